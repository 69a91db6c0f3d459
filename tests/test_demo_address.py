"""Where the demonstration is opened: at a name of this machine, where browsers have passkeys, and at a port that nobody else has."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import valkey
from config.demo.box import box
from config.demo.notices import Served
from config.demo.stage import PORT
from config.valkey import LOOPBACK, free_port, preferred_port
from sharing.persons.identity import ways


def taken(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listening = socket.socket(family)
    listening.bind((host, port))
    listening.listen()
    return listening


def test_a_port_that_nobody_has_is_kept() -> None:
    port = free_port()
    assert preferred_port(port) == port


def has_no_ipv6() -> bool:
    try:
        taken(socket.AF_INET6, "::1", 0).close()
    except OSError:
        return True
    return False


AT_IPV6 = pytest.mark.skipif(has_no_ipv6(), reason="this machine has no IPv6, so that nobody can listen there")
LOOPBACKS = [(socket.AF_INET, LOOPBACK), pytest.param(socket.AF_INET6, "::1", marks=AT_IPV6)]


@pytest.mark.parametrize(("family", "host"), LOOPBACKS)
def test_one_that_somebody_has_is_not_whichever_loopback_he_listens_on(family: socket.AddressFamily, host: str) -> None:
    """A browser at `localhost` would reach him and not the court."""
    port = free_port()
    with taken(family, host, port):
        assert preferred_port(port) != port


def test_at_the_address_in_the_box_a_passkey_is_offered(settings) -> None:
    settings.REGISTRY_ADDRESS = "http://localhost:8000"
    said = box(settings.REGISTRY_ADDRESS, Served(Path("var/notice.pdf"), "ABCDE", "0011"))
    for page in ("/", "/desk/", "/identity/notice/", "/api/v1/docs/"):
        assert f"http://localhost:8000{page}" in said
    assert ways.is_on(ways.PASSKEY)
    settings.REGISTRY_ADDRESS = "http://127.0.0.1:8000"
    assert not ways.is_on(ways.PASSKEY)


@pytest.mark.parametrize(
    "address", ["http://localhost:8000", "http://registry.a-very-long-name-of-a-host.court.example:8000"]
)
@pytest.mark.parametrize("served", [None, Served(Path("var/notice.pdf"), "ABCDE-" * 8, "0011")])
def test_every_line_of_the_box_ends_at_its_side(address, served):
    """In columns of the terminal, of which a Chinese character takes two."""
    lines = box(address, served).splitlines()
    assert len({len(line) + len(re.findall(r"[\u4e00-\u9fff]", line)) for line in lines}) == 1
    assert any(address in line for line in lines)


def test_a_free_port_is_given_out_once(monkeypatch):
    """Whoever it is meant for may be seconds from listening there."""
    monkeypatch.setattr(valkey, "PORTS", range(31_900, 32_000))
    monkeypatch.setattr(valkey, "_given", set())
    given = [free_port() for _each in range(60)]
    assert len(set(given)) == 60


def test_its_command_by_itself_names_the_one_that_starts_its_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the servers of an installation it would play with those."""
    monkeypatch.delenv(PORT, raising=False)
    with pytest.raises(CommandError, match="make demo"):
        call_command("demo")
