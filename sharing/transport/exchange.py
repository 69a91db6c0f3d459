"""One reusable easy handle, and what its present post has received so far."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Iterable
from typing import Any

import pycurl

from sharing.addresses import Network, may_connect
from sharing.transport import failures
from sharing.transport.messages import Post, Reply, TlsIdentity

RETRY_AFTER_LEAST, RETRY_AFTER_MOST = 1.0, 3600.0
CONTENT_TYPE_MOST = 100
FIXED_HEADERS = ["Content-Type: application/json", "Accept-Encoding: identity", "Expect:"]


class Exchange:
    """For posts of one TLS identity. ``through_proxy``: what is connected to is the court's proxy, not judged here."""

    def __init__(
        self,
        options: Iterable[tuple[int, Any]],
        networks: tuple[Network, ...],
        limit: int,
        identity: TlsIdentity | None,
        *,
        through_proxy: bool,
    ) -> None:
        self._networks = networks
        self._limit = limit
        self.identity = identity
        self.through_proxy = through_proxy
        self.url = ""
        self.curl = pycurl.Curl()
        for option, value in options:
            self.curl.setopt(option, value)
        if identity is not None:
            self._identify(identity)
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
        if post.url != self.url:
            self.url = post.url
            self.curl.setopt(pycurl.URL, post.url)
        self.curl.setopt(pycurl.HTTPHEADER, FIXED_HEADERS + lines)
        self.curl.setopt(pycurl.POSTFIELDS, post.body)
        self._started_at = time.time()

    def tunnel_to(self, address: str, seconds: float) -> None:
        """Whatever the URL says, this is where the proxy is asked to connect to; ``seconds`` are left for all."""
        self.curl.setopt(pycurl.CONNECT_TO, [f"::{address}"])
        self.curl.setopt(pycurl.TIMEOUT_MS, max(int(seconds * 1000), 1))

    def reply(self, error: int | None, said: str) -> Reply:
        self._close_sockets()
        get = self.curl.getinfo
        status = get(pycurl.RESPONSE_CODE)
        status = status if status >= 200 else 0
        return Reply(
            key=self._key,
            started_at=self._started_at,
            elapsed_ms=int(get(pycurl.TOTAL_TIME) * 1000),
            status=status,
            failure="" if error is None else failures.of(error, said, self._progress(status)),
            retry_after=self._retry_after() if status >= 300 else None,
            content_type=self._content_type(),
            length=self._length,
            sha256=self._hash.hexdigest(),
            text=self._text.decode(errors="replace") if self._text is not None else "",
        )

    def unsent(self, failure: str) -> Reply:
        """It did not come to a connection."""
        return Reply(
            key=self._key,
            started_at=self._started_at,
            elapsed_ms=max(int((time.time() - self._started_at) * 1000), 0),
            status=0,
            failure=failure,
            retry_after=None,
            content_type="",
            length=0,
            sha256=self._hash.hexdigest(),
        )

    def close(self) -> None:
        self._close_sockets()
        self.curl.close()

    def _identify(self, identity: TlsIdentity) -> None:
        """Connections are libcurl's to keep: it shares them between equal identities only; sessions are not resumed."""
        self.curl.setopt(pycurl.SSL_SESSIONID_CACHE, 0)
        if identity.authorities:
            self.curl.unsetopt(pycurl.CAINFO)
            self.curl.unsetopt(pycurl.CAPATH)
            self.curl.setopt(pycurl.CAINFO_BLOB, identity.authorities)
        if identity.certificate:
            self.curl.setopt(pycurl.SSLCERT_BLOB, identity.certificate)
            self.curl.setopt(pycurl.SSLKEY_BLOB, identity.key)

    def _close_sockets(self) -> None:
        for opened in self._opened:
            opened.close()
        self._opened.clear()

    def _open(self, _purpose: int, address: Any) -> Any:
        family, kind, protocol, where = address
        if not self.through_proxy and (
            family not in {socket.AF_INET, socket.AF_INET6} or not may_connect(where[0], self._networks)
        ):
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

    def _progress(self, status: int) -> failures.Progress:
        get = self.curl.getinfo
        return failures.Progress(
            status=status,
            blocked=self._refused,
            connected=get(pycurl.CONNECT_TIME) > 0,
            request_left=bool(get(pycurl.REQUEST_SIZE)),
            os_error=get(pycurl.OS_ERRNO),
            verify=get(pycurl.SSL_VERIFYRESULT),
            through_proxy=self.through_proxy,
            tunnel=get(pycurl.HTTP_CONNECTCODE),
        )

    def _retry_after(self) -> float | None:
        # libcurl reads seconds and HTTP dates; 0 stands for none, for the past and for what cannot be read.
        seconds = self.curl.getinfo(pycurl.RETRY_AFTER)
        return min(max(float(seconds), RETRY_AFTER_LEAST), RETRY_AFTER_MOST) if seconds > 0 else None

    def _content_type(self) -> str:
        raw: bytes | None = self.curl.getinfo_raw(pycurl.CONTENT_TYPE)
        text = (raw or b"")[:CONTENT_TYPE_MOST].decode("latin-1")
        return text if text.isprintable() else ""
