"""One small document fetched, or one form or text posted, with the same rules as every post: judged addresses, no redirects,
TLS 1.2 at least, the court's own proxy and no other, a total time and a limit of bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import TimeoutError as NoAddressYet
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pycurl

from sharing.addresses import Network
from sharing.transport.egress import Egress, Lookups
from sharing.transport.exchange import Exchange
from sharing.transport.messages import Post, Reply
from sharing.transport.multi import BITS, connection_options

BYTES_MOST = 256 * 1024
SECONDS = 10.0


@dataclass(frozen=True)
class Rules:
    """What the settings allow."""

    allowed_networks: Sequence[Network] = ()
    allow_http: bool = False
    egress: Egress | None = None
    user_agent: str = "Registry/1"
    bits: int = BITS


@dataclass(frozen=True)
class Wanted:
    """``form``: posted as application/x-www-form-urlencoded; ``body``: posted as it is, with a Content-Type among the
    headers; neither: the document is fetched.
    """

    url: str
    form: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


def fetch(wanted: Wanted, rules: Rules) -> Reply:
    """Its reply, with the text. ValueError when a header holds a line break."""
    options = connection_options(
        rules.allow_http, SECONDS / 2, SECONDS, rules.user_agent, rules.egress, bits=rules.bits
    )
    through_proxy = rules.egress is not None
    exchange = Exchange(options, tuple(rules.allowed_networks), BYTES_MOST, None, through_proxy=through_proxy)
    try:
        return _fetched(exchange, wanted, rules)
    finally:
        exchange.close()


def _fetched(exchange: Exchange, wanted: Wanted, rules: Rules) -> Reply:
    body = urlencode(wanted.form).encode() if wanted.form is not None else wanted.body
    exchange.start(Post(key=None, url=wanted.url, headers=wanted.headers, body=body, keep_text=True))
    exchange.curl.setopt(pycurl.HTTPHEADER, _headers(wanted))
    if wanted.form is None and not wanted.body:
        exchange.curl.setopt(pycurl.HTTPGET, 1)
    if rules.egress is not None:
        failure = _way_to(exchange, wanted.url, rules)
        if failure:
            return exchange.unsent(failure)
    try:
        exchange.curl.perform()
    except pycurl.error as error:
        code, said = error.args[0], str(error.args[1])
        return exchange.reply(code, said)
    return exchange.reply(None, "")


def _way_to(exchange: Exchange, url: str, rules: Rules) -> str:
    """Name the judged address to the proxy; what failed, "" if nothing."""
    lookups = Lookups(rules.allowed_networks)
    try:
        address = lookups.ask(url).result(SECONDS / 2)
    except (NoAddressYet, OSError, UnicodeError):
        return "resolve"
    finally:
        lookups.close()
    if not address:
        return "blocked"
    exchange.tunnel_to(address, SECONDS)
    return ""


def _headers(wanted: Wanted) -> list[str]:
    given = {"Accept": "application/json", "Accept-Encoding": "identity", "Expect": ""}
    if wanted.form is not None:
        given["Content-Type"] = "application/x-www-form-urlencoded"
    return [f"{name}: {value}".rstrip() for name, value in {**given, **wanted.headers}.items()]
