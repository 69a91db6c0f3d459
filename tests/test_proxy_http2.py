"""What the proxy does with HTTP/2 that no browser sends (RFC 9113, 8.2), and with TRACE: frames by hand, for no library sends these."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator

import pytest

from config.valkey import LOOPBACK
from tests import proxied
from tests.certificates import trusting
from tests.programs import needed
from tests.proxied import DESK_HOST, HOST, INSIDE, OUTSIDE, Proxy

HEADERS, RST_STREAM, SETTINGS, GOAWAY = 1, 3, 4, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
ENOUGH = 64  # frames
WRITTEN_OUT = b"\x48\x03"  # RFC 7541, 6.2.1: the name of the status is indexed, three letters follow
INDEXED = {0x88: "200", 0x8C: "400", 0x8D: "404", 0x8E: "500"}  # RFC 7541, appendix A


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    folder.chmod(0o711)
    needed("nginx")
    with (
        proxied.served("tests.proxied_app", folder, {**os.environ, "PYTHONPATH": str(proxied.ROOT)}) as port,
        proxied.proxy(folder, port) as made,
    ):
        yield made


def frame(kind: int, flags: int, stream: int, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + body


def literal(name: bytes, value: bytes) -> bytes:
    """RFC 7541, 6.2.2: not indexed, not compressed."""
    return bytes([0, len(name)]) + name + bytes([len(value)]) + value


def answer(
    front: Proxy, *more: tuple[bytes, bytes], path: str = "/help/", name: str = HOST, authority: str = "", source: str = OUTSIDE
) -> str:  # fmt: skip
    """The status, or "refused": by the end of the stream or of the connection. ``name``: of the certificate."""
    context = trusting(front.authority)
    context.set_alpn_protocols(["h2"])
    head = [(b":method", b"GET"), (b":scheme", b"https"), (b":path", path.encode())]
    head += [(b":authority", (authority or name).encode()), *more]
    sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0)
    sent += frame(HEADERS, END_STREAM | END_HEADERS, 1, b"".join(literal(*each) for each in head))
    with (
        socket.create_connection((LOOPBACK, front.port), timeout=10, source_address=(source, 0)) as raw,
        context.wrap_socket(raw, server_hostname=name) as wire,
    ):
        wire.sendall(sent)
        return _first(wire.makefile("rb"))


def _first(received) -> str:
    for _ in range(ENOUGH):
        head = received.read(9)
        if len(head) < 9:
            return "refused"
        body = received.read(int.from_bytes(head[:3], "big"))
        if head[3] in (RST_STREAM, GOAWAY):
            return "refused"
        if head[3] == HEADERS and body.startswith(WRITTEN_OUT):
            return str(body[2:5], "ascii")
        if head[3] == HEADERS:
            return str(INDEXED.get(body[0], body[:5].hex()))
    return "silent"


def test_a_request_by_hand_is_answered(front):
    assert answer(front) == "200"


def test_the_desks_name_is_kept_inside(front):
    assert answer(front, path="/desk/", name=DESK_HOST, source=INSIDE) == "200"
    assert answer(front, path="/desk/", name=DESK_HOST) == "403"


def test_a_connection_for_one_name_asks_for_pages_of_no_other(front):
    """Browsers use one connection for two names where the certificate has both; a forger does it anyway."""
    for source in (INSIDE, OUTSIDE):
        assert answer(front, path="/desk/", authority=DESK_HOST, source=source) == "421"
        assert answer(front, path="/desk/", name=DESK_HOST, authority=HOST, source=source) == "421"


@pytest.mark.parametrize(
    "header",
    [(b"x-one", b"a\r\nx-two: b"), (b"x-one", b"a\nb"), (b"x-one\r\nx-two", b"b"), (b"x-one", b"a\0b")],
    ids=["a line", "half a line", "a line in a name", "NUL"],
)
def test_a_header_with_a_line_in_it_is_refused(front, header):
    assert answer(front, header) in {"refused", "400"}


@pytest.mark.parametrize(
    "header",
    [(b"transfer-encoding", b"chunked"), (b"connection", b"keep-alive"), (b"upgrade", b"h2c")],
    ids=["transfer-encoding", "connection", "upgrade"],
)
def test_a_header_of_the_connection_is_refused(front, header):
    assert answer(front, header) in {"refused", "400"}


def test_trace_is_refused(front):
    assert (
        b" 405 "
        in front.said(f"TRACE / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()).split(b"\r\n")[0]
    )
