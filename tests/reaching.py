"""Tries to reach what must not be reached, in every form, at every stage, and counts what came of it.

`python -m tests.reaching` prints what the kernel counted of its own network, for a test that starts it in one where every
address is answered by the machine itself. Needs no database and no name server.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

import pycurl
import pytest

from registry.errors import Refusal
from sharing import addresses
from sharing.transport import Post, Rules, Transport, Wanted, exchange, fetch
from sharing.transport.egress import Lookups
from sharing.transport.exchange import Exchange
from tests.test_addresses import NUMERIC_HOSTS, REFUSED_FORMS

PATIENCE = 20.0
NAME = "receiver.example.cn"
GUARD_OFF = "guard-off"


@dataclass
class Reached:
    """``saved``, ``resolved``, ``opened``: forms that got past a stage; of the last, one socket each."""

    tried: int = 0
    saved: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        return not (self.saved or self.resolved or self.opened)


def all_forms() -> list[str]:
    return [*REFUSED_FORMS, *NUMERIC_HOSTS]


def try_all(forms: Sequence[str], *, really: bool = False) -> Reached:
    """Each form saved as an endpoint, resolved for the proxy, posted to and fetched from; as itself, and as what a name
    that was public when it was saved means by now. Unless ``really``, a socket that is opened all the same leads nowhere.
    """
    reached = Reached()
    with _watched(reached, really=really):
        for form in forms:
            _save(form, reached)
            _resolve(form, reached)
        _post(forms, reached)
        for form in forms[:: max(1, len(forms) // 60)]:
            fetch(Wanted(_kept(form)), Rules())
            reached.tried += 1
    return reached


def _save(form: str, reached: Reached) -> None:
    """As a host, and as the only address of a host."""
    reached.tried += 2
    for url, known in ((_url(form), None), (f"https://{NAME}/", _literal(form))):
        try:
            with _named(known):
                addresses.check_url(url)
        except Refusal:
            continue
        reached.saved.append(form)


def _resolve(form: str, reached: Reached) -> None:
    literal = _literal(form)
    if literal is None:
        return
    reached.tried += 1
    with _named(literal), closing(Lookups(())) as lookups:
        if lookups.ask(f"https://{NAME}/").result(PATIENCE):
            reached.resolved.append(form)


def _post(forms: Sequence[str], reached: Reached) -> None:
    """The address itself, and a name that the resolver of libcurl takes for it (rebinding)."""
    with closing(Transport(total_timeout=5.0)) as transport, pytest.MonkeyPatch.context() as patch:
        start, known = Exchange.start, dict[object, str]()

        def started(exchange: Exchange, post: Post) -> None:
            start(exchange, post)
            if post.key in known:
                exchange.curl.setopt(pycurl.RESOLVE, [f"name-{post.key}.example.cn:443:{known[post.key]}"])

        patch.setattr(Exchange, "start", started)
        for place, form in enumerate(forms):
            transport.send(Post(form, _kept(form), {}, b"{}"))
            literal = _literal(form)
            if literal is not None:
                known[place] = literal
                transport.send(Post(place, f"https://name-{place}.example.cn/", {}, b"{}"))
        reached.tried += len(forms) + len(known)
        while transport.in_flight and transport.wait(PATIENCE):
            pass


@contextmanager
def _watched(reached: Reached, *, really: bool) -> Iterator[None]:
    """No connection of ours is made through another door than this one: libcurl asks it for every socket."""
    opened = socket.socket

    def watched(family: int, kind: int, protocol: int) -> socket.socket:
        reached.opened.append(str(family))
        return opened(family, kind, protocol) if really else opened(socket.AF_UNIX)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sharing.transport.exchange.socket.socket", watched)
        yield


@contextmanager
def _named(address: str | None) -> Iterator[None]:
    """Whatever is asked for has this address; None: the system is asked."""
    if address is None:
        yield
        return
    told = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socket.getaddrinfo", lambda *_asked, **_more: told)
        patch.setattr("sharing.transport.egress.getaddrinfo", lambda *_asked, **_more: told)
        yield


def _literal(form: str) -> str | None:
    """The form as an IP address, if it is one."""
    try:
        return str(ip_address(form.partition("%")[0].strip("[]")))
    except ValueError:
        return None


def _url(form: str) -> str:
    literal = _literal(form)
    return f"https://[{literal}]/" if literal and ":" in literal else f"https://{literal or form}/"


def _kept(form: str) -> str:
    """As it would be kept had it been saved: in ASCII."""
    return _url(form) if form.isascii() else _url(form.encode("idna").decode())


def _counted() -> dict[str, int]:
    """What left, as the kernel counts it for this network alone: TCP of both families."""
    names, values = [
        line.split()[1:] for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Tcp:")
    ]
    told = dict(zip(names, map(int, values), strict=True))
    return {name: told[name] for name in ("ActiveOpens", "OutSegs")}


def main() -> None:
    if GUARD_OFF in sys.argv:
        exchange.may_connect = lambda *_asked: True  # type: ignore[attr-defined]  # planted
    before = _counted()
    reached = try_all(all_forms(), really=True)
    left = {name: count - before[name] for name, count in _counted().items()}
    told = {"forms": len(all_forms()), "tried": reached.tried, "opened": len(reached.opened), **left}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
