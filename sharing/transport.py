"""The only module that opens a socket: many posts at once over one libcurl multi handle, each to a judged address.

A post never follows a redirect, never uses a proxy, never unpacks a reply, never speaks less than TLS 1.2 and never
outlives its total time. What the receiver answers is kept as status, content type, length and hash, not as text.
"""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pycurl

from sharing.addresses import Network, check_url, may_connect

__all__ = ["FAILURES", "Post", "Reply", "Transport", "check_url"]

RETRY_AFTER_LEAST, RETRY_AFTER_MOST = 1.0, 3600.0
CONTENT_TYPE_MOST = 100
# pycurl waits with select(2), which cannot watch file descriptors above 1023; transfers beyond wait their turn.
CONNECTIONS_MOST = 800
FIXED_HEADERS = ["Content-Type: application/json", "Accept-Encoding: identity", "Expect:"]

FAILURES = {
    "": "the receiver answered; the status says what",
    "resolve": "the host name has no address",
    "blocked": "the address, or the scheme, may not be connected to; nothing was sent",
    "connect": "no connection, or no end of the TLS handshake, within the connect time; or refused",
    "tls": "the certificate or the handshake is wrong",
    "timeout": "no status within the total time",
    "too_slow": "a status came, but its reply did not end within the total time",
    "cut": "the connection ended before the reply did",
    "garbled": "what came is not an HTTP reply",
    "other": "anything else libcurl reports",
}

CUT_BY_US = pycurl.E_WRITE_ERROR
FAILURE_OF = {
    CUT_BY_US: "",
    pycurl.E_COULDNT_RESOLVE_HOST: "resolve",
    pycurl.E_URL_MALFORMAT: "blocked",
    pycurl.E_COULDNT_CONNECT: "connect",
    pycurl.E_INTERFACE_FAILED: "connect",
    pycurl.E_SSL_CONNECT_ERROR: "tls",
    pycurl.E_PEER_FAILED_VERIFICATION: "tls",
    pycurl.E_SSL_CIPHER: "tls",
    pycurl.E_SSL_CERTPROBLEM: "tls",
    pycurl.E_SSL_CACERT_BADFILE: "tls",
    pycurl.E_SSL_ISSUER_ERROR: "tls",
    pycurl.E_SSL_INVALIDCERTSTATUS: "tls",
    pycurl.E_SSL_ENGINE_INITFAILED: "tls",
    pycurl.E_GOT_NOTHING: "cut",
    pycurl.E_PARTIAL_FILE: "cut",
    pycurl.E_SEND_ERROR: "cut",
    pycurl.E_RECV_ERROR: "cut",
    pycurl.E_HTTP2: "cut",
    92: "cut",  # CURLE_HTTP2_STREAM, which pycurl does not name: the receiver reset the stream
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "garbled",
    pycurl.E_BAD_CONTENT_ENCODING: "garbled",
    100: "garbled",  # CURLE_TOO_LARGE, which pycurl does not name: headers beyond 300 kB
}


@dataclass(frozen=True, slots=True)
class Post:
    """One message to send. ``key`` comes back in the reply; ``headers`` come on top of ``FIXED_HEADERS``.

    ``keep_text``: a test message, whose answer is shown to whoever sent it; of no other is the text kept.
    """

    key: Any
    url: str
    headers: Mapping[str, str]
    body: bytes
    keep_text: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one post.

    ``started_at`` is unix seconds; ``status`` is 0 when none came; ``failure`` is one of ``FAILURES``;
    ``retry_after`` is the receiver's wish in seconds, from 1 to 3,600 (RFC 9110 §10.2.3), or None;
    ``length`` and ``sha256`` are of what was read of the reply, at most ``reply_limit`` bytes.
    """

    key: Any
    started_at: float
    elapsed_ms: int
    status: int
    failure: str
    retry_after: float | None
    content_type: str
    length: int
    sha256: str
    text: str = ""

    @property
    def transported(self) -> bool:
        """A 2xx whose reply ended, or was ended by us at the limit: an oversized reply is not retried for ever."""
        return not self.failure and 200 <= self.status < 300


class Transport:
    """Posts in flight side by side; one thread uses it. ``close`` it; a post still in flight then has no reply.

    ``authorities`` is a file of trusted certificates in PEM, by default the system's.
    """

    def __init__(
        self,
        *,
        allowed_networks: Sequence[Network] = (),
        allow_http: bool = False,
        connect_timeout: float = 5.0,
        total_timeout: float = 15.0,
        reply_limit: int = 8192,
        authorities: str | None = None,
        user_agent: str = "Registry/1",
    ) -> None:
        self._networks = tuple(allowed_networks)
        self._reply_limit = reply_limit
        self._options: list[tuple[int, Any]] = [
            (pycurl.POST, 1),
            (pycurl.NOSIGNAL, 1),
            (pycurl.USERAGENT, user_agent),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTPS | (pycurl.PROTO_HTTP if allow_http else 0)),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.PROXY, ""),
            (pycurl.NOPROXY, "*"),
            (pycurl.HTTP_CONTENT_DECODING, 0),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
            (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
            (pycurl.SSL_VERIFYPEER, 1),
            (pycurl.SSL_VERIFYHOST, 2),
            (pycurl.TCP_NODELAY, 1),
            (pycurl.CONNECTTIMEOUT_MS, int(connect_timeout * 1000)),
            (pycurl.TIMEOUT_MS, int(total_timeout * 1000)),
        ]
        trusted = authorities or ssl.get_default_verify_paths().cafile
        if trusted:
            self._options.append((pycurl.CAINFO, trusted))
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, CONNECTIONS_MOST)
        self._flying: dict[pycurl.Curl, _Exchange] = {}
        self._idle: list[_Exchange] = []

    @property
    def in_flight(self) -> int:
        return len(self._flying)

    def send(self, post: Post) -> None:
        """Start a post; its reply comes out of ``wait``. ValueError when a header holds a line break."""
        exchange = self._idle.pop() if self._idle else _Exchange(self._options, self._networks, self._reply_limit)
        exchange.start(post)
        self._flying[exchange.curl] = exchange
        self._multi.add_handle(exchange.curl)

    def wait(self, timeout: float) -> list[Reply]:
        """The replies that are there, as soon as there is one; none after ``timeout`` seconds, or with none in flight."""
        ends = time.monotonic() + timeout
        while self._flying:
            self._multi.perform()
            replies = self._finished()
            left = ends - time.monotonic()
            if replies or left <= 0:
                return replies
            due = self._multi.timeout()
            self._multi.select(left if due < 0 else min(left, due / 1000))
        return []

    def close(self) -> None:
        """End everything in flight and every connection."""
        for exchange in self._flying.values():
            self._multi.remove_handle(exchange.curl)
            exchange.close()
        for exchange in self._idle:
            exchange.close()
        self._flying.clear()
        self._idle.clear()
        self._multi.close()

    def _finished(self) -> list[Reply]:
        _, answered, failed = self._multi.info_read()
        replies = [self._landed(curl, None) for curl in answered]
        replies += [self._landed(curl, error) for curl, error, _ in failed]
        return replies

    def _landed(self, curl: pycurl.Curl, error: int | None) -> Reply:
        exchange = self._flying.pop(curl)
        reply = exchange.reply(error)
        self._multi.remove_handle(curl)
        self._idle.append(exchange)
        return reply


class _Exchange:
    """One reusable easy handle and what its present post has received so far."""

    def __init__(self, options: list[tuple[int, Any]], networks: tuple[Network, ...], limit: int) -> None:
        self._networks = networks
        self._limit = limit
        self.curl = pycurl.Curl()
        for option, value in options:
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._read)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)

    def start(self, post: Post) -> None:
        lines = [f"{name}: {value}" for name, value in post.headers.items()]
        if any("\n" in line or "\r" in line for line in lines):
            raise ValueError("A header holds a line break.")
        self._key = post.key
        self._refused = False
        self._opened: list[socket.socket] = []
        self._length = 0
        self._hash = hashlib.sha256()
        self._text = bytearray() if post.keep_text else None
        self.curl.setopt(pycurl.URL, post.url)
        self.curl.setopt(pycurl.HTTPHEADER, FIXED_HEADERS + lines)
        self.curl.setopt(pycurl.POSTFIELDS, post.body)
        self._started_at = time.time()

    def reply(self, error: int | None) -> Reply:
        for opened in self._opened:
            opened.close()
        get = self.curl.getinfo
        status = get(pycurl.RESPONSE_CODE)
        status = status if status >= 200 else 0
        return Reply(
            key=self._key,
            started_at=self._started_at,
            elapsed_ms=int(get(pycurl.TOTAL_TIME) * 1000),
            status=status,
            failure="" if error is None else self._failure(error, status),
            retry_after=self._retry_after() if status >= 300 else None,
            content_type=self._content_type(),
            length=self._length,
            sha256=self._hash.hexdigest(),
            text=self._text.decode(errors="replace") if self._text is not None else "",
        )

    def close(self) -> None:
        for opened in self._opened:
            opened.close()
        self.curl.close()

    def _open(self, _purpose: int, address: Any) -> Any:
        family, kind, protocol, where = address
        if family not in {socket.AF_INET, socket.AF_INET6} or not may_connect(where[0], self._networks):
            self._refused = True
            return pycurl.SOCKET_BAD
        # libcurl works on its own duplicate of the descriptor.
        opened = socket.socket(family, kind, protocol)
        self._opened.append(opened)
        return opened

    def _read(self, data: bytes) -> int:
        taken = data[: self._limit - self._length]
        self._length += len(taken)
        self._hash.update(taken)
        if self._text is not None:
            self._text += taken
        return len(taken)

    def _failure(self, error: int, status: int) -> str:
        if error == pycurl.E_OPERATION_TIMEDOUT:
            if status:
                return "too_slow"
            return "timeout" if self._request_left() else "connect"
        if error == pycurl.E_UNSUPPORTED_PROTOCOL:
            return "garbled" if self._request_left() else "blocked"
        if error == pycurl.E_COULDNT_CONNECT and self._refused:
            return "blocked"
        return FAILURE_OF.get(error, "other")

    def _request_left(self) -> bool:
        return bool(self.curl.getinfo(pycurl.REQUEST_SIZE))

    def _retry_after(self) -> float | None:
        # libcurl reads seconds and HTTP dates; 0 stands for none, for the past and for what cannot be read.
        seconds = self.curl.getinfo(pycurl.RETRY_AFTER)
        return min(max(float(seconds), RETRY_AFTER_LEAST), RETRY_AFTER_MOST) if seconds > 0 else None

    def _content_type(self) -> str:
        raw: bytes | None = self.curl.getinfo_raw(pycurl.CONTENT_TYPE)
        text = (raw or b"")[:CONTENT_TYPE_MOST].decode("latin-1")
        return text if text.isprintable() else ""
