"""Notices in the tests: the defendant of the cast is approved, told on paper, and opens her pages with its code."""

from __future__ import annotations

import io
import re
from datetime import datetime

import pypdf

from registry.entries import DocumentEntry, PartyEntry, PersonEntry
from registry.models import Listing, Officer
from sharing.persons.models import Notice
from sharing.persons.notices import issuing
from sharing.persons.notices.issuing import Made
from tests import cast

CODE = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}")
UNIT_NAME = "龑㛃数据有限公司"


def approved(entry: PartyEntry | None = None, number: str = cast.DEFENDANT_NUMBER, now: datetime = cast.NOW) -> Listing:
    """Approved; it awaits effect unless the court waived the service of the notice."""
    listing = cast.submitted(entry, now=now)
    cast.approve(listing, number, now=now)
    return cast.fresh(listing)


def issued(
    listing: Listing | None = None,
    *,
    language: str = "zh-hans",
    officer: Officer | None = None,
    now: datetime = cast.NOW,
) -> Notice:
    listing = listing or approved(now=now)
    return issuing.issue(listing.pk, language, officer=officer or cast.clerk(), now=now)


def made(listing: Listing | None = None, *, language: str = "zh-hans", now: datetime = cast.NOW) -> Made:
    return issuing.make(issued(listing, language=language, now=now).pk, officer=cast.clerk(), now=now)


def unit(**changes: object) -> PartyEntry:
    """A unit that was fined."""
    documents = (DocumentEntry(type="uscc", number=cast.UNIT_NUMBER),)
    fined = {"penalty_kind": "unit_fine", "sentence_months": 0, "prohibitions": ()}
    return cast.party(PersonEntry(kind="unit", name=UNIT_NAME, documents=documents), **{**fined, **changes})


def text(pdf: bytes) -> str:
    """Without blanks: between kerned letters the extraction puts some."""
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def code_in(pdf: bytes) -> str:
    (found,) = {match.group() for match in CODE.finditer(text(pdf))}
    return found
