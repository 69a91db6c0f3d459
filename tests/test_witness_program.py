"""The witness as a program: its key, its store, its settings, what it shows, and clients that behave badly."""

from __future__ import annotations

import signal
import socket
import sqlite3
import sys
import time
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.tree.notes import COSIGNATURE, Key
from sharing.witness import store as stored
from sharing.witness.__main__ import main
from sharing.witness.binding import bind
from sharing.witness.server import CONNECTIONS_MOST, LONGEST_BODY
from sharing.witness.settings import BadSetting, read_settings
from sharing.witness.store import Store
from tests.witness_world import COURT, WITNESS, Log, Program, serving

LOG = Log(40)
FORK = Log(40, fork_at=3)


@pytest.fixture
def program(tmp_path):
    found = Program(tmp_path)
    yield found
    found.end(signal.SIGKILL)


@pytest.fixture
def witness(tmp_path):
    with serving(tmp_path / "store") as found:
        yield found


@pytest.fixture
def ran(monkeypatch, capsys, caplog):
    """The program in this process, up to where it would serve: its status, what it printed, what it logged."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["witness", *map(str, arguments)])
        caplog.clear()
        status = main()
        return status, capsys.readouterr().out.splitlines(), caplog.text

    monkeypatch.setattr("os.umask", lambda mask: mask)
    return run


def test_a_key_is_made_once_and_for_one_account(program):
    made = program.run("keygen", "--name", "witness.example/w1")
    key = Key.parse(made.stdout.strip())
    assert (key.name, key.kind) == ("witness.example/w1", COSIGNATURE)
    path = program.folder / "key"
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_text()
    again = program.run("keygen", "--name", "witness.example/w2")
    assert (again.returncode, again.stdout) == (2, "")
    assert "name another file" in again.stderr
    assert path.read_text() == before
    assert program.run("vkey").stdout == made.stdout


def test_what_was_answered_outlives_a_kill(program):
    program.run("keygen", "--name", "witness.example/w1")
    witness = program.start()
    assert witness.add(LOG.request(0, 9)).status == 200
    program.end(signal.SIGKILL)
    witness = program.start()
    assert witness.add(LOG.request(0, 20)).text == "9\n"
    assert program.run("show").returncode == 0
    assert witness.add(FORK.request(9, 9)).status == 422
    assert program.end(signal.SIGTERM) == 0
    shown = program.run("show", "--whole")
    assert shown.returncode == 1
    assert "log registry.example/log/1: size 9" in shown.stdout
    assert "REFUSED registry.example/log/1: two roots of one size" in shown.stdout
    assert FORK.request(9, 9).decode() in shown.stdout
    forgetful = program.run("serve", "--log", COURT.key.vkey, "--port", "0", "--store", str(program.folder / "another"))
    assert forgetful.returncode == 2


def test_a_settled_doubt_is_shown_and_alarms_nobody(ran, witness):
    witness.add(LOG.request(0, 9))
    witness.add(FORK.request(9, 20).partition(b"\n\n")[0] + b"\n\n" + LOG.request(9, 20).partition(b"\n\n")[2])
    path = witness.store.path
    assert ran("show", "--store", path)[0] == 1
    witness.add(LOG.request(9, 20))
    status, lines, _ = ran("show", "--store", path)
    assert status == 0
    assert any(line.startswith("refused, and proved at 2027-01-15T08:00:00Z") for line in lines)


def test_a_key_goes_on_with_the_store_it_began_with(tmp_path):
    key = tmp_path / "key"

    def begin(name, signer=WITNESS):
        with closing(Store(tmp_path / name)) as store:
            bind(store, signer, key)

    begin("store")
    begin("store")
    with pytest.raises(BadSetting, match="has cosigned with another store"):
        begin("another")
    with pytest.raises(BadSetting, match="is the store of another key"):
        begin("store", COURT)
    (tmp_path / "store").rename(tmp_path / "lost")
    with pytest.raises(BadSetting, match="if it is lost, make a new key"):
        begin("store")


@pytest.mark.parametrize(
    ("content", "mode", "remedy"),
    [
        (None, 0o600, "keygen makes a key"),
        ("PRIVATE+KEY+a+00000000+" + "A" * 44, 0o600, "another kind"),
        ("PRIVATE+KEY+a+00000000+B" + "A" * 43, 0o600, "do not belong together"),
        ("PRIVATE+KEY+a+00000000+B" + "A" * 42, 0o600, "no key of a witness"),
        ("", 0o600, "no key of a witness"),
        ("", 0o640, "chmod 600"),
        ("", 0o604, "chmod 600"),
    ],
)
def test_a_file_that_is_no_key_is_refused_with_what_to_do(ran, tmp_path, content, mode, remedy):
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    status, printed, log = ran("vkey", "--key", path)
    assert (status, printed) == (2, [])
    assert remedy in log


@pytest.mark.parametrize("name", ["two words", "plus+sign", "line\n"])
def test_a_witness_has_a_name_that_can_be_signed_by(ran, tmp_path, name):
    assert ran("keygen", "--name", name, "--key", tmp_path / "key")[0] == 2
    assert not (tmp_path / "key").exists()


def test_it_does_not_take_its_own_key_for_a_logs(ran, tmp_path, monkeypatch):
    monkeypatch.setattr(signal, "pthread_sigmask", lambda how, mask: set())
    monkeypatch.setattr(signal, "sigwait", lambda awaited: signal.SIGTERM)  # should it begin to serve
    _, [vkey], _ = ran("keygen", "--name", "witness.example/w1", "--key", tmp_path / "key")
    status, _, log = ran("serve", "--key", tmp_path / "key", "--store", tmp_path / "store", "--log", vkey, "--port", 0)
    assert (status, "the witness's own key" in log) == (2, True)


def test_without_a_store_there_is_nothing_to_show(ran, tmp_path):
    status, _, log = ran("show", "--store", tmp_path / "none")
    assert (status, "there is no store" in log) == (2, True)
    (tmp_path / "text").write_text("this is no store, whatever it is called; it is only text\n" * 40)
    assert ran("show", "--store", tmp_path / "text")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["serve"], "name the log"),
        (["serve", "--log", "registry.example"], "copy it from the court's page"),
        (["keygen"], "name the witness"),
        (["serve", "--log", COURT.key.vkey, "--prefix", "witness"], "--prefix"),
        (["serve", "--log", COURT.key.vkey, "--prefix", "/witness/"], "--prefix"),
    ],
)
def test_settings_that_do_not_do_say_what_to_change(arguments, remedy):
    with pytest.raises(BadSetting, match=remedy):
        read_settings(arguments, {})


def test_the_environment_stands_in_for_flags():
    other = Key("other.example/log", COURT.key.public)
    told = read_settings(
        ["serve", "--port", "1"],
        {
            "WITNESS_LOGS": f"{COURT.key.vkey}  {other.vkey}",
            "WITNESS_PORT": "2",
            "WITNESS_KEY": "/k",
            "WITNESS_PREFIX": "/w",
        },
    )
    assert told.logs == {COURT.name: [COURT.key], other.name: [other]}
    assert (told.port, str(told.key), told.prefix) == (1, "/k", "/w")


def test_the_store_itself_refuses_to_go_back(witness):
    witness.add(LOG.request(0, 9))
    for change in ("size = 8", "at = at - 1", "root = x'00'"):
        with pytest.raises(sqlite3.IntegrityError, match="only grows"), witness.store.changing() as store:
            store.execute(f"UPDATE logs SET {change}")
    assert witness.size == 9


def test_what_fills_the_store_is_bounded(witness, monkeypatch):
    monkeypatch.setattr(stored, "EVIDENCE_MOST", 2)
    witness.add(LOG.request(0, 9))
    for size in (20, 21, 22):
        assert witness.add(FORK.request(9, size)).status == 422
    assert witness.add(FORK.request(9, 9)).status == 422
    with witness.store.changing() as store:
        assert [(each.reason, each.size) for each in stored.evidence(store)] == [
            (stored.PROOF_FAILS, 20), (stored.PROOF_FAILS, 21), (stored.TWO_ROOTS, 9),
        ]  # fmt: skip


def test_a_store_that_fails_cosigns_nothing(witness):
    witness.store.close()
    assert witness.add(LOG.request(0, 9)).status == 503


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        ("GET", "/add-checkpoint", 405, "POST"),
        ("PUT", "/add-checkpoint", 405, "POST"),
        ("HEAD", "/", 405, "GET"),
        ("WHATEVER", "/", 405, "GET"),
        ("POST", "/", 405, "GET"),
        ("POST", f"/{'0' * 64}/checkpoint", 405, "GET"),
        ("POST", "/add-checkpoints", 404, None),
        ("GET", f"/{'0' * 63}/checkpoint", 404, None),
        ("GET", "/witness/", 404, None),
        ("DELETE", "/elsewhere", 404, None),
    ],
)
def test_other_ways_lead_nowhere(witness, method, path, status, allowed):
    answer = witness.ask(method, path, b"" if method == "POST" else None)
    assert (answer.status, answer.headers.get("Allow")) == (status, allowed)


def test_it_may_stand_below_a_prefix(tmp_path):
    with serving(tmp_path / "store", prefix="/witness") as witness:
        assert witness.ask("POST", "/witness/add-checkpoint", LOG.request(0, 9)).status == 200
        assert witness.ask("GET", "/witness/").status == 200
        for path in ("/", "/add-checkpoint", "/witnessadd-checkpoint"):
            assert witness.ask("GET", path).status == 404


def sent(witness, raw):
    """The beginning of what comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", witness.port), timeout=20) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        try:
            return line.recv(1000)
        except ConnectionResetError:
            return b""


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("", 411),
        ("Transfer-Encoding: chunked\r\n", 411),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 411),
        ("Content-Length: 5\r\nContent-Length: 5\r\n", 400),
        ("Content-Length: five\r\n", 400),
        ("Content-Length: +5\r\n", 400),
        ("Content-Length: -5\r\n", 400),
        (f"Content-Length: {10**30}\r\n", 400),
        (f"Content-Length: {LONGEST_BODY + 1}\r\n", 413),
    ],
)
def test_a_body_says_how_long_it_is(witness, headers, status):
    said = sent(witness, f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\n{headers}\r\n".encode())
    assert said.startswith(f"HTTP/1.1 {status} ".encode())


def test_who_hangs_up_in_the_middle_is_not_answered(witness):
    raw = LOG.request(0, 9)
    head = f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {len(raw)}\r\n\r\n".encode()
    assert sent(witness, head + raw[:-1]) == b""
    assert witness.size == 0
    assert sent(witness, head + raw).startswith(b"HTTP/1.1 200 ")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=60).map(lambda path: f"GET /{path} HTTP/1.1\r\n\r\n".encode()))
def test_no_request_line_breaks_it(witness, caplog, raw):
    caplog.clear()
    said = sent(witness, raw)
    assert b" 500 " not in said[:20]
    assert "Traceback" not in caplog.text


def test_a_client_that_sends_byte_by_byte_is_not_waited_for(tmp_path):
    with (
        serving(tmp_path / "store", request_seconds=0.5) as witness,
        socket.create_connection(("127.0.0.1", witness.port), timeout=20) as line,
    ):
        began, said = time.monotonic(), b"not yet"
        line.settimeout(0.05)
        while said and time.monotonic() - began < 10:
            try:
                line.send(b"G")
                said = line.recv(10)
            except TimeoutError:
                continue
            except OSError:
                said = b""
        assert said == b""
        assert time.monotonic() - began < 5


def test_a_connection_is_kept_for_the_next_checkpoint(witness):
    raw, more = LOG.request(0, 9), LOG.request(9, 20)
    with socket.create_connection(("127.0.0.1", witness.port), timeout=20) as line:
        for each in (raw, more):
            line.sendall(
                b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: %d\r\n\r\n%s" % (len(each), each)
            )
            said = b""
            while not said.endswith(b"==\n"):
                said += line.recv(1000)
            assert said.startswith(b"HTTP/1.1 200 ")


def test_of_too_many_connections_the_last_is_sent_away(witness):
    lines = [socket.create_connection(("127.0.0.1", witness.port), timeout=20) for _ in range(CONNECTIONS_MOST)]
    try:
        for each in lines:
            each.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert each.recv(2000).startswith(b"HTTP/1.1 200 ")
        assert witness.ask("GET", "/").status == 503
    finally:
        for each in lines:
            each.close()
    until = time.monotonic() + 10
    while witness.ask("GET", "/").status == 503 and time.monotonic() < until:
        time.sleep(0.05)
    assert witness.ask("GET", "/").status == 200
