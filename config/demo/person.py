"""The listed person at a browser: opens the own pages with the code of the notice, reads, and objects, over HTTP."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, Request, build_opener

TIMEOUT_SECONDS = 10
HIDDEN = re.compile(r'<input type="hidden"\s+name="(?P<name>[^"]+)"\s+value="(?P<value>[^"]*)"')
NOTICE, RECORD, TOLD, ASKED, OBJECT = (
    "/identity/notice/",
    "/record/",
    "/record/told/",
    "/record/asked/",
    "/objections/new/",
)


class NoPage(Exception):
    """The court's pages said something else than was to come; the text is the address and the status."""


def _opener() -> OpenerDirector:
    return build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))


@dataclass
class Person:
    """``page``: the page that is open; ``path``: its address."""

    address: str
    language: str = "zh-hans"
    page: str = field(default="", repr=False)
    path: str = ""
    _opener: OpenerDirector = field(default_factory=_opener, repr=False)

    def open(self, path: str) -> str:
        """What the page says. Raises `NoPage`."""
        return self._go(path, None)

    def walk_in(self, code: str, last_four: str) -> None:
        """Type the code of the notice; the own record opens. Raises `NoPage`."""
        self.open(NOTICE)
        self._send(NOTICE, code=code, last_four=last_four)
        if self.path != RECORD:
            raise NoPage(f"the code opened {self.path}")

    def object(self, listing: str, part: str, words: str) -> str:
        """Question by question, as the pages ask; the number of the objection. Raises `NoPage`."""
        self.open(OBJECT)
        for typed in ({"kind": "objection"}, {"listing": listing}, {"part": part}, {"words": words}, {}):
            self._send(OBJECT, **typed)
        sent = re.fullmatch(r"/objections/(?P<number>O-[0-9-]+)/sent/", self.path)
        if sent is None:
            raise NoPage(f"the objection led to {self.path}")
        return sent["number"]

    def read_decision(self, number: str) -> None:
        """Open it: from then on it is served. Raises `NoPage`."""
        self.open(f"/objections/{number}/")
        self._send(f"/objections/{number}/read/")

    def _send(self, path: str, **typed: str) -> str:
        """With what the open page hides in its form."""
        hidden = {found["name"]: html.unescape(found["value"]) for found in HIDDEN.finditer(self.page)}
        return self._go(path, urlencode({**hidden, **typed}).encode())

    def _go(self, path: str, sent: bytes | None) -> str:
        wanted = Request(self.address + path, sent, {"Accept-Language": self.language})  # noqa: S310 - loopback
        try:
            with self._opener.open(wanted, timeout=TIMEOUT_SECONDS) as answer:
                self.page, self.path = answer.read().decode(), urlsplit(answer.geturl()).path
        except HTTPError as error:
            raise NoPage(f"{path} answered {error.code}") from None
        return self.page
