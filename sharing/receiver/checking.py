"""The check that a supervised institution makes about a customer whom it holds already: "applies, until", or nothing.

It never gets the list, and of a listing it learns neither number nor reason. Whom it was told of is written down before
it is answered, and it hears of a withdrawal or suspension when it asks what to lift.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sharing.receiver import onward
from sharing.receiver.alike import name_form, sought
from sharing.receiver.clock import court_day, now_ms
from sharing.receiver.events import Json
from sharing.receiver.store import Held, listing

CHECK_ONLY = "check_only"
TOKEN_LEAST = 32
REFERENCE_MOST = 64
_MINUTE = 60.0


class BadQuestion(Exception):
    """A question that cannot be read. Its text names the member, never a value."""


@dataclass(frozen=True)
class Question:
    """``reference``: what the institution calls its customer, returned when there is something to lift."""

    document_type: str
    document_number: str = field(repr=False)
    name: str = field(repr=False)
    reference: str


@dataclass(frozen=True)
class Institutions:
    """Who may ask: bearer tokens by code, kept as hashes; ``checks_a_minute`` for each of them."""

    tokens: Mapping[str, bytes]
    checks_a_minute: int
    _asked: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def called(self, authorization: str) -> str | None:
        """The institution whose token this is."""
        scheme, _, token = authorization.partition(" ")
        given = token_hash(token)
        found = [code for code, known in self.tokens.items() if hmac.compare_digest(known, given)]
        return found[0] if found and scheme.lower() == "bearer" else None

    def may_check(self, institution: str) -> bool:
        """Counts the check; False where the last minute had as many as there may be."""
        with self._lock:
            asked, now = self._asked[institution], time.monotonic()
            while asked and asked[0] <= now - _MINUTE:
                asked.popleft()
            if len(asked) >= self.checks_a_minute:
                return False
            asked.append(now)
            return True


NOBODY = Institutions({}, 0)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def read_question(content: bytes) -> Question:
    """Raises BadQuestion."""
    said = _object(content)
    document = said.get("document")
    if not isinstance(document, dict):
        raise BadQuestion("document")
    return Question(
        _text(document, "type", 32), _text(document, "number", 32), _text(said, "name", 100), read_reference(said)
    )


def read_reference(said: Json) -> str:
    return _text(said, "reference", REFERENCE_MOST)


def read_confirmation(content: bytes) -> str:
    """The reference. Raises BadQuestion."""
    return read_reference(_object(content))


def answer(store: sqlite3.Connection, institution: str, question: Question) -> Json:
    """Inside the writer's transaction: whoever is answered that a measure applies is on record as reached, with every listing
    on which one does: each of them may be withdrawn.
    """
    day = court_day()
    applying: list[Json] = []
    for held in _found(store, question):
        measures = _applying(held, day)
        if measures:
            onward.note_reached(store, institution, held.number, question.reference, now_ms())
        applying += measures
    return {"applies": True, "measures": _longest(applying)} if applying else {"applies": False}


def _found(store: sqlite3.Connection, question: Question) -> list[Held]:
    """The listings under this document and name that may be passed on as the answer to a check."""
    document, called = sought(question.document_type, question.document_number), name_form(question.name)
    rows = store.execute(
        "SELECT DISTINCT documents.number FROM documents JOIN onward_rules USING (number)"
        " WHERE type IN (?, ?) AND value BETWEEN ? AND ? AND rule = ? ORDER BY documents.number",
        (*document.types, document.first, document.last, CHECK_ONLY),
    )
    found = [listing(store, number) for (number,) in rows.fetchall()]
    return [held for held in found if held and called in map(name_form, _names(held.payload["person"]))]


def _names(person: Json) -> list[str]:
    """What it is called, and of a unit what it was called before."""
    return [person["name"], *person.get("former_names", ())]


def _applying(held: Held, day: str) -> list[Json]:
    """Code and last day of each measure in force; none for a listing that is suspended, over or for information only."""
    ends = held.payload.get("ends_on")
    if held.state != "active" or (ends is not None and ends < day) or not isinstance(held.measures, list):
        return []
    return [
        {"code": each["code"], "until": each["until"]}
        for each in held.measures
        if each["until"] is None or each["until"] >= day
    ]


def _longest(measures: Iterable[Json]) -> list[Json]:
    """Each once, until the last of its days; null is later than any."""
    found: dict[str, Json] = {}
    for each in measures:
        other = found.setdefault(each["code"], each)
        if other["until"] is not None and (each["until"] is None or each["until"] > other["until"]):
            found[each["code"]] = each
    return list(found.values())


def _object(content: bytes) -> Json:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise BadQuestion("not JSON") from None
    if not isinstance(said, dict):
        raise BadQuestion("not an object")
    return said


def _text(said: Json, name: str, most: int) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise BadQuestion(name)
    return value
