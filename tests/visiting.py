"""Somebody at a browser who has proved who he is, in the tests."""

from __future__ import annotations

import html
import re
from datetime import datetime
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from sharing.persons.identity import proving
from sharing.persons.identity.proving import Identity, Proved
from sharing.persons.pages.visit import PROOF
from tests import cast, consenting

NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"


def identity(number: str = NUMBER, name: str = NAME) -> Identity:
    return Identity(document_type="resident_id", document_number=number, name=name)


def visitor(number: str = NUMBER, name: str = NAME, language: str = "en", now: datetime | None = None) -> Browser:
    """A browser; without a number, of somebody who has not proved who he is."""
    browser = Browser(headers={"accept-language": language})
    if number:
        session = browser.session
        now = now or timezone.now()
        proved = Proved(identity=identity(number, name), evidence=consenting.evidence(now))
        session[PROOF] = str(proving.keep(proved, now=now))
        session.save()
    return browser


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def main_of(answer: Any) -> str:
    """What a person reads: the page's own part, without tokens and markup."""
    part = text_of(answer).split("<main", 1)[1].split("</main>", 1)[0].split(">", 1)[1]
    words = re.sub(r"<[^>]+>", " ", re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", part))
    return " ".join(words.split())


def hidden_in(answer: Any) -> dict[str, str]:
    """What a page's form sends by itself; of the page of a consent, which request and whose proof it was shown for."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text_of(answer))
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def shape_of(answer: Any) -> list[str]:
    """Headings, captions and heads of tables, in their order."""
    found = re.findall(
        r"<(h[1-6]|caption|th scope=\"col\")[^>]*>(.*?)</(?:h[1-6]|caption|th)>", text_of(answer), re.DOTALL
    )
    return [f"{tag} {' '.join(re.sub(r'<[^>]+>', '', words).split())}" for tag, words in found]
