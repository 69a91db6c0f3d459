"""Where the court has a virus scanner, no file is taken that it has not found clean; and where it is away, none is."""

from __future__ import annotations

import logging
import random
import socket
import tempfile
import threading
import time
from ipaddress import ip_address
from pathlib import Path

import pytest

from config.checks import scanner_is_known, scanner_is_there
from config.operation import scanning
from registry import scanner
from registry.errors import FileInfected, ScannerAway
from registry.scanner import ScannerShape
from tests import clamd
from tests.clamd import EICAR, Clamd


@pytest.fixture
def daemon(settings):
    with Clamd() as found:
        settings.REGISTRY_SCANNER = found.address
        yield found


def test_a_clean_file_is_taken_once_all_of_it_was_looked_at(daemon):
    file = random.Random(1).randbytes(3 * scanner.PIECE + 5)
    scanner.refuse_infected(file)
    assert daemon.files == [file]


@pytest.fixture
def socket_path():
    """A socket's path has 107 bytes at most (unix(7)), which a folder named after its test may well pass."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "clamd.ctl"


def test_it_speaks_through_a_socket_of_the_machine_too(socket_path, settings):
    with Clamd(path=socket_path) as found:
        settings.REGISTRY_SCANNER = found.address
        scanner.refuse_infected(b"a file")
        with pytest.raises(FileInfected):
            scanner.refuse_infected(EICAR)
        assert scanner.answers() is True
    assert found.files == [b"a file", EICAR]


def test_what_it_finds_is_refused_on_the_field_and_named_in_the_log(daemon, caplog):
    caplog.set_level(logging.WARNING)
    with pytest.raises(FileInfected) as refusal:
        scanner.refuse_infected(b"before" + EICAR + b"after", field="licence")
    assert refusal.value.field == "licence"
    assert clamd.NAME in caplog.text


def test_what_is_split_between_two_pieces_is_found(daemon):
    with pytest.raises(FileInfected):
        scanner.refuse_infected(bytes(scanner.PIECE - 10) + EICAR)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0",
        b"OK\0",
        b"stream: OK and more\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"stream: OK\0stream: x FOUND\0",
        b"\xff\xfe\0",
        b"stream: OK" * 1000,
    ],
)
def test_whatever_it_says_that_is_not_clean_takes_no_file(settings, said):
    with Clamd(says=said) as found:
        settings.REGISTRY_SCANNER = found.address
        with pytest.raises(ScannerAway):
            scanner.refuse_infected(b"a file")


def test_one_that_never_answers_is_away(settings, monkeypatch):
    monkeypatch.setattr(scanner, "SECONDS", 0.2)
    monkeypatch.setattr(scanner, "HEALTH_SECONDS", 0.2)
    with Clamd(hangs=True) as found:
        settings.REGISTRY_SCANNER = found.address
        with pytest.raises(ScannerAway):
            scanner.refuse_infected(b"a file")
        assert scanner.answers() is False


def test_one_that_is_not_there_is_away_and_the_log_says_so(settings, caplog):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and listens to none
        settings.REGISTRY_SCANNER = f"tcp:127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(ScannerAway) as refusal:
            scanner.refuse_infected(b"a file")
        assert scanner.answers() is False
    assert refusal.value.status == 503
    assert any(each.levelno == logging.ERROR for each in caplog.records)


def test_to_a_public_address_nothing_is_sent(daemon, monkeypatch):
    monkeypatch.setattr(scanner, "ip_address", lambda _peer: ip_address("93.184.216.34"))
    with pytest.raises(ScannerAway):
        scanner.refuse_infected(b"a paper")
    assert daemon.files == []


def test_without_a_scanner_files_are_taken_as_before(settings):
    settings.REGISTRY_SCANNER = ""
    scanner.refuse_infected(EICAR)
    assert scanner.answers() is None


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("unix:/run/clamav/clamd.ctl", ("/run/clamav/clamd.ctl", "", 0)),
        ("tcp:scanner.internal:3310", ("", "scanner.internal", 3310)),
        ("tcp:[fd00::5]:3310", ("", "fd00::5", 3310)),
    ],
)
def test_the_setting_says_where_it_listens(said, address, settings):
    settings.REGISTRY_SCANNER = said
    assert scanner.address(said) == address
    assert scanner_is_known(None) == []


@pytest.mark.parametrize(
    "said",
    ["scanner:3310", "tcp:scanner", "tcp:scanner:0", "tcp:scanner:70000", "unix:relative", "http://x:1/", "tcp:a b:1"],
)
def test_a_setting_that_cannot_be_read_lets_nothing_start(said, settings):
    settings.REGISTRY_SCANNER = said
    (found,) = scanner_is_known(None)
    assert found.id == "registry.E066"
    with pytest.raises(ScannerShape):
        scanner.refuse_infected(b"a file")


def test_who_deploys_without_one_is_told(settings):
    settings.REGISTRY_SCANNER = ""
    (found,) = scanner_is_there(None)
    assert found.id == "registry.W066"
    settings.REGISTRY_SCANNER = "unix:/run/clamav/clamd.ctl"
    assert scanner_is_there(None) == []


@pytest.mark.django_db
def test_health_says_whether_it_answers(client, settings):
    assert "scanner" not in client.get("/health").json()
    with Clamd() as found:
        settings.REGISTRY_SCANNER = found.address
        assert in_the_end(client, "ok")
    assert in_the_end(client, "away")
    away = client.get("/health")
    assert (away.status_code, away.json()["status"]) == (200, "ok")


def in_the_end(client, word: str) -> bool:
    """What `/health` says of it, once it knows."""
    for _each in range(100):
        if client.get("/health").json()["scanner"] == word:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.django_db
def test_nobody_who_asks_for_health_waits_for_one_that_hangs_and_it_is_said_to_be_away(client, settings):
    with Clamd(hangs=True) as found:
        settings.REGISTRY_SCANNER = found.address
        began = time.monotonic()
        said = [client.get("/health").json()["scanner"] for _each in range(5)]
        assert time.monotonic() - began < scanner.HEALTH_SECONDS
        assert set(said) == {"unknown"}
        assert in_the_end(client, "away")
        assert client.get("/health").json()["scanner"] == "away", "though it is being asked again"


@pytest.mark.django_db
def test_one_that_hangs_is_asked_once_at_a_time_however_many_want_to_know(settings, monkeypatch):
    asked, over = [], threading.Event()

    def hangs() -> bool:
        asked.append(1)
        over.wait(5)
        return False

    monkeypatch.setattr(scanner, "answers", hangs)
    settings.REGISTRY_SCANNER = "unix:/run/nowhere/that.hangs"
    assert {scanning.heard() for _each in range(20)} == {scanning.Heard.UNKNOWN}
    assert len(asked) == 1
    over.set()


@pytest.mark.django_db
def test_one_that_was_there_some_seconds_ago_and_takes_long_now_is_there_and_no_longer_than_that(settings, monkeypatch):
    settings.REGISTRY_SCANNER = "unix:/run/nowhere/that.is.slow"
    monkeypatch.setattr(scanner, "answers", lambda: True)
    assert scanning.heard(patience=1) == scanning.Heard.OK
    over = threading.Event()
    monkeypatch.setattr(scanner, "answers", lambda: over.wait(5))
    assert scanning.heard(patience=0) == scanning.Heard.OK
    monkeypatch.setattr(scanning, "LATELY", 0.0)
    assert scanning.heard(patience=0) == scanning.Heard.UNKNOWN
    monkeypatch.setattr(scanner, "HEALTH_SECONDS", 0)
    assert scanning.heard(patience=0) == scanning.Heard.AWAY
    over.set()
