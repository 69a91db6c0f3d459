"""Posts in flight side by side over one libcurl multi handle."""

from __future__ import annotations

import ssl
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future
from concurrent.futures import wait as wait_for
from typing import Any

import pycurl

from sharing.addresses import Network
from sharing.transport.egress import Egress, Lookups
from sharing.transport.exchange import Exchange
from sharing.transport.failures import PROXY
from sharing.transport.messages import Post, Reply, TlsIdentity

# pycurl waits with select(2), which cannot watch file descriptors above 1023; transfers beyond wait their turn.
CONNECTIONS_MOST = 800
IDLE_MOST = 800  # handles kept for the next post
BITS = 128  # of security that whoever is connected to must have (OWASP ASVS 5.0, 11.2.3)
LEVELS = {128: 3, 112: 2}  # OpenSSL's names for them: SSL_CTX_set_security_level(3)
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"  # of TLS 1.2; those of 1.3 are as good
LOOKUP_STEP = 0.01  # seconds waited for a name while other posts are in flight


class Transport:
    """One thread uses it. ``close`` it; a post still in flight then has no reply.

    ``authorities`` is a file of trusted certificates in PEM, by default the system's; ``egress``: the court's proxy,
    through which everything then goes; ``bits``: of security, one of `LEVELS`.
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
        egress: Egress | None = None,
        bits: int = BITS,
    ) -> None:
        self._networks = tuple(allowed_networks)
        self._reply_limit = reply_limit
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._options: list[tuple[int, Any]] = [
            (pycurl.POST, 1),
            *connection_options(allow_http, connect_timeout, total_timeout, user_agent, egress, authorities, bits),
        ]
        self._lookups = Lookups(self._networks) if egress else None
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, CONNECTIONS_MOST)
        self._flying: dict[pycurl.Curl, Exchange] = {}
        self._idle: defaultdict[TlsIdentity | None, list[Exchange]] = defaultdict(list)
        self._idle_count = 0
        self._looking_up: dict[Exchange, tuple[Future[str], float]] = {}

    @property
    def in_flight(self) -> int:
        return len(self._flying)

    def send(self, post: Post) -> None:
        """Start a post; its reply comes out of ``wait``. ValueError when a header holds a line break."""
        exchange = self._exchange(post.identity)
        exchange.start(post)
        self._flying[exchange.curl] = exchange
        if self._lookups is None:
            self._multi.add_handle(exchange.curl)
        else:
            self._looking_up[exchange] = (self._lookups.ask(post.url), time.monotonic())

    def wait(self, timeout: float) -> list[Reply]:
        """The replies that are there, as soon as there is one; none after ``timeout`` seconds, or with none in flight."""
        ends = time.monotonic() + timeout
        while self._flying:
            replies = self._looked_up() if self._looking_up else []
            self._multi.perform()
            replies += self._finished()
            left = ends - time.monotonic()
            if replies or left <= 0:
                return replies
            due = self._multi.timeout()
            self._pause(left if due < 0 else min(left, due / 1000))
        return []

    def close(self) -> None:
        """End everything in flight and every connection."""
        for exchange in self._flying.values():
            if exchange not in self._looking_up:
                self._multi.remove_handle(exchange.curl)
            exchange.close()
        for exchange in (each for idle in self._idle.values() for each in idle):
            exchange.close()
        self._flying.clear()
        self._idle.clear()
        self._looking_up.clear()
        self._multi.close()
        if self._lookups is not None:
            self._lookups.close()

    def _exchange(self, identity: TlsIdentity | None) -> Exchange:
        idle = self._idle[identity]
        if idle:
            self._idle_count -= 1
            return idle.pop()
        through_proxy = self._lookups is not None
        return Exchange(self._options, self._networks, self._reply_limit, identity, through_proxy=through_proxy)

    def _keep(self, exchange: Exchange) -> None:
        if self._idle_count >= IDLE_MOST:
            exchange.close()
            return
        self._idle_count += 1
        self._idle[exchange.identity].append(exchange)

    def _pause(self, seconds: float) -> None:
        if not self._looking_up:
            self._multi.select(seconds)
            return
        self._multi.select(0)
        wait_for([future for future, _ in self._looking_up.values()], min(seconds, LOOKUP_STEP), FIRST_COMPLETED)

    def _looked_up(self) -> list[Reply]:
        """Post where the address is known by now; the replies of those that have none in time."""
        replies = []
        now = time.monotonic()
        for exchange, (future, since) in list(self._looking_up.items()):
            if not future.done() and now - since < self._connect_timeout:
                continue
            del self._looking_up[exchange]
            failure = self._tunnel(exchange, future, self._total_timeout - (now - since))
            if failure:
                del self._flying[exchange.curl]
                replies.append(exchange.unsent(failure))
                self._keep(exchange)
        return replies

    def _tunnel(self, exchange: Exchange, future: Future[str], seconds: float) -> str:
        """Ask the proxy for the address that was found; "", or why not."""
        if not future.done() or future.exception() is not None:
            self._forget(exchange)
            return "resolve"
        address = future.result()
        if not address:
            self._forget(exchange)
            return "blocked"
        exchange.tunnel_to(address, seconds)
        self._multi.add_handle(exchange.curl)
        return ""

    def _forget(self, exchange: Exchange) -> None:
        if self._lookups is not None:
            self._lookups.forget(exchange.url)

    def _finished(self) -> list[Reply]:
        _, answered, failed = self._multi.info_read()
        replies = [self._landed(curl, None, "") for curl in answered]
        replies += [self._landed(curl, error, said) for curl, error, said in failed]
        return replies

    def _landed(self, curl: pycurl.Curl, error: int | None, said: str) -> Reply:
        exchange = self._flying.pop(curl)
        reply = exchange.reply(error, said)
        self._multi.remove_handle(curl)
        if reply.failure and reply.failure != PROXY:
            self._forget(exchange)
        self._keep(exchange)
        return reply


def connection_options(
    allow_http: bool,
    connect_timeout: float,
    total_timeout: float,
    user_agent: str,
    egress: Egress | None,
    authorities: str | None = None,
    bits: int = BITS,
) -> list[tuple[int, Any]]:
    """What every connection of the court's is made with."""
    options: list[tuple[int, Any]] = [
        (pycurl.NOSIGNAL, 1),
        (pycurl.USERAGENT, user_agent),
        (pycurl.PROTOCOLS, pycurl.PROTO_HTTPS | (pycurl.PROTO_HTTP if allow_http else 0)),
        (pycurl.FOLLOWLOCATION, 0),
        (pycurl.HTTP_CONTENT_DECODING, 0),
        (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
        (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
        (pycurl.SSL_CIPHER_LIST, f"{CIPHERS}:@SECLEVEL={LEVELS[bits]}"),
        (pycurl.SSL_VERIFYPEER, 1),
        (pycurl.SSL_VERIFYHOST, 2),
        (pycurl.TCP_NODELAY, 1),
        (pycurl.CONNECTTIMEOUT_MS, int(connect_timeout * 1000)),
        (pycurl.TIMEOUT_MS, int(total_timeout * 1000)),
        *_way_out(egress),
    ]
    trusted = authorities or ssl.get_default_verify_paths().cafile
    return [*options, (pycurl.CAINFO, trusted)] if trusted else options


def _way_out(egress: Egress | None) -> list[tuple[int, Any]]:
    """Through the court's proxy, by a tunnel even for plain http; or directly, whatever the environment says."""
    if egress is None:
        return [(pycurl.PROXY, ""), (pycurl.NOPROXY, "*")]
    way: list[tuple[int, Any]] = [(pycurl.PROXY, egress.address), (pycurl.NOPROXY, ""), (pycurl.HTTPPROXYTUNNEL, 1)]
    if egress.user:
        way += [(pycurl.PROXYUSERNAME, egress.user), (pycurl.PROXYPASSWORD, egress.password)]
    return way
