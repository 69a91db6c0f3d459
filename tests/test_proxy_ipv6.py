"""A visitor whose machine finds the court's address of IPv6 (AAAA) comes to the same servers as by IPv4."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import proxied
from tests.certificates import trusting
from tests.programs import missing, needed
from tests.proxied import DESK_HOST, HOST, LOOPBACK6, Proxy, has_no_ipv6
from tests.test_proxy_zones import serving


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Proxy]:
    if has_no_ipv6():
        missing("IPv6", "sysctl net.ipv6.conf.lo.disable_ipv6=0", in_ci=False)
    folder = tmp_path_factory.mktemp("proxy")
    folder.chmod(0o711)
    needed("nginx")
    with ExitStack() as answering:
        port = serving("public", answering)
        yield answering.enter_context(proxied.proxy(folder, port))


def asked(front: Proxy, name: str, port: int, path: str = "/") -> int:
    """The status; the name is the certificate's."""
    connection = http.client.HTTPConnection(LOOPBACK6, port, timeout=10)
    raw = socket.create_connection((LOOPBACK6, port), timeout=10)
    connection.sock = trusting(front.authority).wrap_socket(raw, server_hostname=name)
    try:
        connection.request("GET", path, headers={"Host": name})
        return connection.getresponse().status
    finally:
        connection.close()


def test_pages_are_answered(front):
    assert asked(front, HOST, front.port) == 200


def test_the_desk_is_for_the_courts_own_network_alone(front):
    assert asked(front, DESK_HOST, front.port) == 403


def test_programs_with_certificates_reach_their_server(front):
    """That server has the doors of programs, and no pages."""
    assert asked(front, HOST, front.mutual, "/log/checkpoint") == 200
    assert asked(front, HOST, front.mutual) == 404


def test_whoever_asks_for_another_name_is_told_nothing(front):
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        asked(front, "other.court.example", front.port)


def test_port_80_leads_to_https(front):
    connection = http.client.HTTPConnection(LOOPBACK6, front.plain, timeout=10)
    try:
        connection.request("GET", "/help/", headers={"Host": HOST})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/help/")
    finally:
        connection.close()
