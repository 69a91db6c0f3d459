"""Over TLS: whom it trusts, as whom it comes, what it is told when that fails, and that nothing is shared meanwhile."""

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from sharing.transport import Post, Reply, TlsIdentity, Transport
from tests.certificates import Authority, demanding
from tests.hostile import Hostile

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
PATIENCE = 20.0
BOTH = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    """The one that the system trusts, in these tests."""
    return Authority(folder, "trusted")


@pytest.fixture(scope="module")
def another(folder: Path) -> Authority:
    return Authority(folder, "another")


@pytest.fixture
def transport(authority: Authority) -> Iterator[Transport]:
    with closing(_transport(authority)) as opened:
        yield opened


def _transport(authority: Authority | None, **options: Any) -> Transport:
    trusted = str(authority.file) if authority else None
    usual: dict[str, Any] = {"allowed_networks": LOOPBACK, "total_timeout": 10.0, "authorities": trusted}
    return Transport(**(usual | options))


def _post(
    transport: Transport, hostile: Hostile, identity: TlsIdentity | None = None, host: str = "localhost"
) -> Reply:
    transport.send(Post("key", hostile.url("/ok", host=host), {}, b"{}", identity=identity))
    (reply,) = transport.wait(PATIENCE)
    return reply


def _over_tls(
    context: ssl.SSLContext, transport: Transport, identity: TlsIdentity | None = None, host: str = "localhost"
) -> Reply:
    with Hostile(tls=context) as hostile:
        reply = _post(transport, hostile, identity, host)
        assert len(hostile.requests) == (1 if reply.transported else 0)
    return reply


def _trusting(*authorities: Authority) -> TlsIdentity:
    return TlsIdentity(authorities="".join(each.pem for each in authorities).encode())


def _as(authority: Authority, name: str) -> TlsIdentity:
    certificate, key = authority.client(name)
    return TlsIdentity(certificate=certificate, key=key)


# The receiver's certificate


def test_a_right_certificate_is_accepted(authority: Authority, transport: Transport) -> None:
    assert _over_tls(authority.context(), transport).transported


def test_an_expired_certificate_is_refused(authority: Authority, transport: Transport) -> None:
    assert _over_tls(authority.context(days=-1), transport).failure == "tls_expired"


def test_a_certificate_that_is_not_valid_yet_is_refused(authority: Authority, transport: Transport) -> None:
    assert _over_tls(authority.context(days=70), transport).failure == "tls_expired"


def test_a_certificate_of_another_name_is_refused(authority: Authority, transport: Transport) -> None:
    assert _over_tls(authority.context("other.example.cn"), transport).failure == "tls_name"
    assert _over_tls(authority.context(), transport, host="127.0.0.1").failure == "tls_name"


def test_a_certificate_of_an_unknown_authority_is_refused(another: Authority, transport: Transport) -> None:
    assert _over_tls(another.context(), transport).failure == "tls_issuer"


def test_the_system_decides_whom_to_trust_unless_told(authority: Authority) -> None:
    with closing(_transport(None)) as transport:
        assert _over_tls(authority.context(), transport).failure == "tls_issuer"


@pytest.mark.parametrize("latest", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_tls_before_1_2_is_refused(authority: Authority, transport: Transport, latest: ssl.TLSVersion) -> None:
    old = authority.context()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, latest
    assert _over_tls(old, transport).failure == "tls_old"


@pytest.mark.parametrize("latest", BOTH)
def test_tls_1_2_and_1_3_are_spoken(authority: Authority, transport: Transport, latest: ssl.TLSVersion) -> None:
    context = authority.context()
    context.maximum_version = latest
    assert _over_tls(context, transport).transported


@pytest.mark.parametrize("banner", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_a_port_that_speaks_something_else_is_told_apart(transport: Transport, banner: bytes) -> None:
    with Hostile(banner=banner) as hostile:
        assert _post(transport, hostile).failure == "not_tls"


def test_a_receiver_without_a_cipher_in_common_breaks_off(authority: Authority, transport: Transport) -> None:
    context = authority.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES256-GCM-SHA384")  # its certificate is not of RSA
    assert _over_tls(context, transport).failure == "tls_handshake"


# An endpoint's own authority


def test_an_endpoints_authority_is_trusted_for_it_alone_and_instead_of_the_systems(
    authority: Authority, another: Authority, transport: Transport
) -> None:
    assert _over_tls(another.context(), transport, _trusting(another)).transported
    assert _over_tls(another.context(), transport).failure == "tls_issuer"
    assert _over_tls(authority.context(), transport, _trusting(another)).failure == "tls_issuer"
    assert _over_tls(authority.context(), transport, _trusting(another, authority)).transported


def test_it_must_still_be_the_right_name_and_time(another: Authority, transport: Transport) -> None:
    assert _over_tls(another.context("x.example.cn"), transport, _trusting(another)).failure == "tls_name"
    assert _over_tls(another.context(days=-1), transport, _trusting(another)).failure == "tls_expired"


def test_the_folder_of_the_systems_authorities_is_not_asked_either(
    authority: Authority, another: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with closing(_transport(None)) as transport:
        assert _over_tls(authority.context(), transport).transported
        assert _over_tls(authority.context(), transport, _trusting(another)).failure == "tls_issuer"


# The court's own certificate


@pytest.mark.parametrize("latest", BOTH)
def test_a_receiver_that_demands_a_certificate_is_shown_it(
    authority: Authority, another: Authority, transport: Transport, latest: ssl.TLSVersion
) -> None:
    with Hostile(tls=demanding(authority.context(), another.pem, latest=latest)) as hostile:
        assert _post(transport, hostile, _as(another, "court")).transported
        assert hostile.peers == ["court"]


def test_without_one_it_is_said_that_one_is_demanded(
    authority: Authority, another: Authority, transport: Transport
) -> None:
    new = demanding(authority.context(), another.pem)
    assert _over_tls(new, transport).failure == "tls_client"
    # Before TLS 1.3 there is no alert for it (RFC 5246 §7.4.6).
    old = demanding(authority.context(), another.pem, latest=ssl.TLSVersion.TLSv1_2)
    assert _over_tls(old, transport).failure == "tls_handshake"


@pytest.mark.parametrize("latest", BOTH)
def test_the_wrong_one_is_told_from_none(
    authority: Authority, another: Authority, transport: Transport, latest: ssl.TLSVersion
) -> None:
    context = demanding(authority.context(), another.pem, latest=latest)
    assert _over_tls(context, transport, _as(authority, "court")).failure == "tls_client"


def test_a_receiver_that_demands_none_learns_nothing(authority: Authority, transport: Transport) -> None:
    with Hostile(tls=authority.context()) as hostile:
        assert _post(transport, hostile, _as(authority, "court")).transported
        assert hostile.peers == [""]


def test_a_key_of_another_certificate_is_a_failure_and_not_a_crash(authority: Authority, transport: Transport) -> None:
    mixed = TlsIdentity(certificate=_as(authority, "a").certificate, key=_as(authority, "b").key)
    assert _over_tls(authority.context(), transport, mixed).failure == "other"


# Nothing is shared between identities


@pytest.mark.parametrize("latest", BOTH)
def test_no_connection_is_shared_between_two_identities_at_one_address(
    authority: Authority, transport: Transport, latest: ssl.TLSVersion
) -> None:
    context = demanding(authority.context(), authority.pem, latest=latest)
    context.verify_mode = ssl.CERT_OPTIONAL
    finance, telecom = _as(authority, "finance"), _as(authority, "telecom")
    with Hostile(tls=context) as hostile:
        for identity in (finance, telecom, None, finance, telecom, None):
            assert _post(transport, hostile, identity).transported
        assert hostile.peers == ["finance", "telecom", ""], "each its own connection, and each kept"
        assert hostile.resumed == 0


def test_side_by_side_too(authority: Authority, transport: Transport) -> None:
    context = demanding(authority.context(), authority.pem)
    names = [f"department-{number}" for number in range(6)]
    identities = {name: _as(authority, name) for name in names}
    with Hostile(tls=context) as hostile:
        for turn in range(5):
            for name in names:
                url = hostile.url(f"/ok?as={name}&turn={turn}", host="localhost")
                transport.send(Post((name, turn), url, {}, b"{}", identity=identities[name]))
        while transport.in_flight:
            assert all(reply.transported for reply in transport.wait(PATIENCE))
        assert set(hostile.peers) == set(names)
        assert all(request.peer == request.query["as"] for request in hostile.requests)
        assert len(hostile.requests) == 30


def test_an_unverified_connection_is_not_taken_over_by_who_trusts_somebody_else(
    authority: Authority, another: Authority, transport: Transport
) -> None:
    with Hostile(tls=authority.context()) as hostile:
        assert _post(transport, hostile).transported
        assert _post(transport, hostile, _trusting(another)).failure == "tls_issuer"
        assert _post(transport, hostile).transported
        assert hostile.connections == 2


def test_a_new_certificate_is_shown_on_a_new_connection(authority: Authority, transport: Transport) -> None:
    with Hostile(tls=demanding(authority.context(), authority.pem)) as hostile:
        for name in ("before", "after"):
            assert _post(transport, hostile, _as(authority, name)).transported
        assert hostile.peers == ["before", "after"]
        assert hostile.resumed == 0


def test_with_a_certificate_no_session_is_kept_to_be_resumed(authority: Authority, transport: Transport) -> None:
    finance = _as(authority, "finance")
    with Hostile(tls=demanding(authority.context(), authority.pem)) as hostile:
        assert _post(transport, hostile, finance).transported
        for connection in tuple(hostile.open):
            connection.shutdown(socket.SHUT_RDWR)
        assert _post(transport, hostile, finance).transported
        assert (hostile.peers, hostile.resumed) == (["finance", "finance"], 0)


def test_without_own_settings_a_session_may_be_resumed_and_a_connection_is_kept(
    authority: Authority, transport: Transport
) -> None:
    """Otherwise the tests above would show nothing."""
    with Hostile(tls=authority.context()) as hostile:
        for _ in range(3):
            assert _post(transport, hostile).transported
        assert hostile.connections == 1
        for connection in tuple(hostile.open):
            connection.shutdown(socket.SHUT_RDWR)
        assert _post(transport, hostile).transported
        assert (hostile.connections, hostile.resumed) == (2, 1)


def test_a_private_key_is_not_shown_where_an_identity_is(authority: Authority) -> None:
    assert "PRIVATE KEY" not in repr(_as(authority, "court"))
