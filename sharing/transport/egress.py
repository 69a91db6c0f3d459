"""The court's own way out: an HTTP proxy that is asked to CONNECT to an address that was resolved and judged here.

The proxy is never told a name, so it cannot resolve one to something else than what was judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from socket import SOCK_STREAM, getaddrinfo
from urllib.parse import unquote, urlsplit

from sharing.addresses import Network, may_connect

RESOLVERS = 8  # names looked up side by side; the name server may take seconds
PORTS = {"http": 80, "https": 443}


class EgressShape(ValueError):
    """It is not "http://host:port" or "http://user:password@host:port". Says nothing of what was given."""


@dataclass(frozen=True, slots=True)
class Egress:
    """Where the proxy is, and as whom it is asked."""

    address: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, text: str) -> Egress | None:
        """None for "". Raises `EgressShape`."""
        if not text:
            return None
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise EgressShape from None
        if parts.scheme != "http" or not host or port is None or parts.path.strip("/") or parts.query:
            raise EgressShape
        shown = f"[{host}]" if ":" in host else host
        return cls(f"http://{shown}:{port}", unquote(parts.username or ""), unquote(parts.password or ""))


class Lookups:
    """Names looked up beside the posts, each once while the transport is open; one that fails is asked again."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._pool = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="lookup")
        self._asked: dict[tuple[str, int], Future[str]] = {}

    def ask(self, url: str) -> Future[str]:
        """Its result is the address to connect to, as CONNECT_TO has it, or "" when there is none that may be connected
        to; OSError or UnicodeError when the name has no address."""
        place = _place(url)
        if place not in self._asked:
            self._asked[place] = self._pool.submit(self._find, *place)
        return self._asked[place]

    def forget(self, url: str) -> None:
        """Ask anew next time: the answer was of no use."""
        self._asked.pop(_place(url), None)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _find(self, host: str, port: int) -> str:
        if not host:
            return ""
        for _family, _type, _protocol, _name, where in getaddrinfo(host, port, type=SOCK_STREAM):
            address = str(where[0])
            if may_connect(address, self._networks):
                return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        return ""


def _place(url: str) -> tuple[str, int]:
    """Host and port; no host where none can be read."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return "", 0
