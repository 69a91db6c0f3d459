"""The own record on paper: for the person only, in Chinese and in English, made from the present record and never stored.

It proves nothing: no code, no QR, no signature. Whoever is asked for it by an employer or a landlord can say so: the sheet
itself forbids it. That nothing is held is printed in the same way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from registry.actions.acting import today
from registry.errors import Text
from sharing.employers import paper
from sharing.employers.lookup import Subject
from sharing.persons.identity.proving import Identity
from sharing.persons.record import asked, holding, looked, mine, spoken, told
from sharing.persons.record.holding import Holding
from sharing.tables import moment

LAYOUT = Path(__file__).with_name("paper.typ")
# On top of every page; it does not hang on a catalogue.
ONLY: Mapping[str, str] = {"zh-hans": "仅供本人使用", "en": "For the person only"}
MOST = 200  # rows of a table, the newest; the pages have all

logger = logging.getLogger(__name__)

Pair = tuple[str, str]


@dataclass(frozen=True)
class Section:
    """``pairs``: label and value; ``rows`` under ``heads``; ``words``: said where there is nothing, or beside it."""

    title: str
    pairs: Sequence[Pair] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    words: Sequence[str] = ()
    level: int = 2


@dataclass(frozen=True)
class Part:
    """The whole record in one language."""

    tongue: str
    court: str
    title: str
    only: str
    lead: str
    sections: Sequence[Section] = field(default_factory=list)


def record(identity: Identity, *, now: datetime) -> bytes:
    """The PDF. A character that the font lacks is replaced by 〓, and said to be; it is never an empty box."""
    subject = identity.subject(now)
    held = holding.of(subject, now=now)
    parts = [asdict(each) for each in _parts(identity, subject, held)]
    at = int(now.timestamp())
    try:
        return paper.printed(LAYOUT, {"parts": parts}, at)
    except typst.TypstError:
        # Names and statements may hold any character. Which one it was would be a piece of them: it is not logged.
        logger.warning("A record held a character that cannot be printed; it was replaced.")
        return paper.printed(LAYOUT, {"parts": _replaced(parts)}, at)


def _parts(identity: Identity, subject: Subject, held: Holding) -> Iterable[Part]:
    for tongue in ONLY:
        with translation.override(tongue):
            yield _part(tongue, identity, subject, held)


def _part(tongue: str, identity: Identity, subject: Subject, held: Holding) -> Part:
    return Part(
        tongue=tongue,
        court=_("Registry of the High Court"),
        title=_("My record"),
        only=ONLY[tongue],
        lead=_(
            "What the register held about the person named below as of %(moment)s. This sheet is for that person alone. It is no certificate and proves nothing to anybody else; nobody may ask for it, as a condition of anything."
        )
        % {"moment": moment(held.as_of)},
        sections=[
            Section(_("Who it is about"), pairs=_texts(spoken.about(identity))),
            *_listings(held),
            *_told(held),
            _asked(subject),
            _looked(held, subject),
            _besides(subject),
        ],
    )


def _listings(held: Holding) -> list[Section]:
    title = _("What is held")
    if not held.listings:
        return [Section(title, words=[_("Nothing is held about you.")])]
    endings, day = holding.endings(held.numbers), today(held.as_of)
    found = [Section(title, words=[_("Listings, the newest first")])]
    for each in held.listings:
        facts = [(fact.label, fact.value) for fact in (*spoken.decision(each), *spoken.penalty(each))]
        pairs = _texts((*spoken.facts(each, endings.get(each.number), day), *facts))
        found.append(Section(each.number, pairs=pairs, words=spoken.reasons(each), level=3))
    return found


def _told(held: Holding) -> list[Section]:
    found, nobody = told.of(held.listings), _("No department was told.")
    rows, total = spoken.newest_messages(found, MOST), sum(len(each.messages) for each in found)
    messages = _table(_("Who was told"), spoken.MESSAGE_COLUMNS, rows, nobody, total=total)
    if not found:
        return [messages]
    departments = spoken.recipients(found)
    heads = spoken.RECIPIENT_COLUMNS
    return [_table(_("Departments"), heads, departments[:MOST], nobody, total=len(departments)), messages]


def _asked(subject: Subject) -> Section:
    own = mine.subjects(subject)
    found = asked.about(own)
    rows = spoken.questions(list(found[:MOST]), own)
    return _table(
        _("Who asked"), spoken.ASKED_COLUMNS, rows, _("Nobody has asked about you."), total=_total(rows, found)
    )


def _looked(held: Holding, subject: Subject) -> Section:
    found = looked.at(held.numbers, subject)
    rows = spoken.looks(found[:MOST])
    title = _("Who at the court looked")
    return _table(title, spoken.LOOKED_COLUMNS, rows, _("Nobody looked."), total=_total(rows, found))


def _besides(subject: Subject) -> Section:
    found = looked.besides(subject)
    rows = spoken.besides(found[:MOST])
    return _table(_("Besides your listings"), spoken.BESIDES_COLUMNS, rows, _("Nobody looked."), total=len(found))


def _total(rows: Sequence[object], found: QuerySet[Any]) -> int:
    """Counted only where there may be more than are printed."""
    return len(rows) if len(rows) < MOST else found.count()


def _table(title: str, heads: Sequence[Text], rows: Sequence[Sequence[str]], empty: str, *, total: int) -> Section:
    """``total``: how many there are, of which ``rows`` are the newest."""
    if not rows:
        return Section(title, words=[empty])
    more = _("The newest %(most)s of %(total)s; the pages have all of them.") % {"most": len(rows), "total": total}
    return Section(title, heads=[str(each) for each in heads], rows=rows, words=[more] if total > len(rows) else [])


def _texts(lines: Iterable[tuple[Text, object]]) -> list[Pair]:
    return [(str(label), str(value)) for label, value in lines]


def _replaced(parts: Sequence[Mapping[str, Any]]) -> list[Any]:
    return [_deep(part, _printable) for part in parts]


def _deep(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: each if name == "tongue" else _deep(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_deep(each, change) for each in value]
    return value


def _printable(text: str) -> str:
    """Every character outside the planes that the font covers for certain."""
    return "".join(each if _is_sure(each) else "〓" for each in text)


def _is_sure(character: str) -> bool:
    code = ord(character)
    return (
        0x20 <= code < 0x7F
        or 0xA0 <= code < 0x180
        or 0x2010 <= code < 0x2027
        or 0x3000 <= code < 0x3030
        or 0x4E00 <= code < 0x9FA6
        or 0xFF01 <= code < 0xFF5F
        or character in "\n〓→·"
    )
