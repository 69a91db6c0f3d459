"""Every link and every button of the pages that somebody can reach, as he would press them. Whatever he does is undone."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.db import transaction
from django.test import Client as Browser

PAGES_MOST = 400  # that one reader looks at
BROKEN = (404, 405)
# Ends the visit, or says the same in another language.
NOT_FOLLOWED = ("sign-out", "logout", "/leave/", "/act-as/", "setlang", "/language/")


@dataclass(frozen=True)
class Press:
    """One button: where it sends, and what with."""

    to: str
    sent: tuple[tuple[str, str], ...]


@dataclass
class _Form:
    method: str
    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, an address of its own

    def presses(self, at: str) -> Iterator[Press]:
        for name, value, action in self.buttons if self.method == "post" else ():
            sent = {**self.hidden, **({name: value} if name else {})}
            yield Press(urljoin(at, action or self.action), tuple(sorted(sent.items())))


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[_Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag == "a" and had.get("href"):
            self.links.append(had["href"])
        if tag == "form":
            self.forms.append(_Form(had.get("method", "get"), had.get("action", "")))
        if not self.forms:
            return
        if tag == "input" and had.get("type") == "hidden":
            self.forms[-1].hidden[had.get("name", "")] = had.get("value", "")
        if tag in ("button", "input") and had.get("type", "submit" if tag == "button" else "text") == "submit":
            self.forms[-1].buttons.append((had.get("name", ""), had.get("value", ""), had.get("formaction", "")))


@dataclass
class Crawl:
    """``dead``: what leads nowhere or breaks, and on which page it stands; ``pages``: those that were read, by address."""

    browser: Browser
    dead: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    _waiting: deque[tuple[str, str]] = field(default_factory=deque)
    _seen: set[str] = field(default_factory=set)

    def from_(self, *starts: str) -> Crawl:
        for start in starts:
            self._wait_for(start, "")
        while self._waiting and len(self.pages) < PAGES_MOST:
            self._look(*self._waiting.popleft())
        return self

    def _look(self, address: str, on: str) -> None:
        answer = self._ask(address, on)
        if answer.status_code in (301, 302, 303):
            self._wait_for(urljoin(address, answer["Location"]), address)
        if answer.status_code != 200 or not answer.get("Content-Type", "").startswith("text/html"):
            return
        self.pages[address] = answer.content.decode()
        page = _Page(self.pages[address])
        for link in page.links:
            self._wait_for(urljoin(address, link), address)
        for press in {each for form in page.forms for each in form.presses(address)}:
            if _is_followed(press.to):
                self._ask(press.to, address, dict(press.sent))

    def _ask(self, address: str, on: str, sent: dict[str, str] | None = None) -> Any:
        with transaction.atomic():
            answer = self.browser.get(address) if sent is None else self.browser.post(address, sent)
            if answer.streaming:
                deque(answer, maxlen=0)  # to its end, as a browser takes it
            transaction.set_rollback(True)
        if answer.status_code in BROKEN or answer.status_code >= 500:
            pressed = "" if sent is None else f" with {sorted(sent.keys() - {'csrfmiddlewaretoken'})}"
            self.dead[f"{address}{pressed}"] = f"{answer.status_code}, from {on}"
        return answer

    def _wait_for(self, address: str, on: str) -> None:
        plain, parts = address.partition("#")[0], urlsplit(address)
        names = sorted(name for name, _value in parse_qsl(parts.query))  # a list in one order is enough
        kind = f"{parts.path}?{'&'.join(names)}"
        if plain and kind not in self._seen and _is_followed(address):
            self._seen.add(kind)
            self._waiting.append((plain, on))


def _is_followed(address: str) -> bool:
    parts = urlsplit(address)
    return not parts.netloc and not parts.scheme and not any(each in address for each in NOT_FOLLOWED)
