"""What is asked of a row before anything of it is kept: which decision it is of, and whether its person was under 18."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from datetime import date
from functools import lru_cache

from registry import case_number, identity
from registry.actions.examining import ADULT
from registry.errors import Refusal
from registry.importing.columns import COLUMNS
from registry.importing.parsing import DEFAULT_DOCUMENT, Faults, of_decision, typed_one
from registry.keys import digest_keys
from registry.models import DecisionKind, PersonKind


def decision_key(cells: Mapping[str, str], court: str, today: date, imposed_by: MutableMapping[str, str]) -> bytes:
    """The same for all rows of a decision, however its number is written; of the court's own when it names none.

    ``imposed_by``: numbers of penalties in the rows before, each with its authority, which the row adds to: further rows
    need the number alone.
    """
    ignored: Faults = []
    typed = of_decision(
        {name: cells[name] for name in ("number", "kind", "court", "authority") if name in cells}, ignored
    )
    number = " ".join(str(typed.get("number", "")).split())
    case = _case_number(number, str(typed.get("court") or court), today)
    is_known = number in imposed_by and not case and "kind" not in typed
    if is_known or typed.get("kind") == DecisionKind.PENALTY:
        imposed_by[number] = str(typed.get("authority") or imposed_by.get(number, ""))
        said = f"{imposed_by[number]}:{number}"
    else:
        said = case or "".join(number.split())
    return digest_keys().digest(f"import.decision:{court}:{said}")


def is_juvenile(cells: Mapping[str, str], today: date) -> bool:
    """Whether the row says of itself that somebody was under 18 at an offence: looked at before anything is kept of it."""
    ignored: Faults = []
    days = typed_one(COLUMNS["offence_dates"], cells, ignored) or ()
    births = {typed_one(COLUMNS["birth_date"], cells, ignored), *_births(cells, today)} - {None}
    return any(identity.age_on(birth, day) < ADULT for birth in births for day in days if day >= birth)


def _births(cells: Mapping[str, str], today: date) -> set[date | None]:
    """As each document tells it that can be read, of whichever type that holds one."""
    found: set[date | None] = set()
    ignored: Faults = []
    for prefix in ("", "second_"):
        typed = cells.get(f"{prefix}document_number")
        if typed is None:
            continue
        kind = typed_one(COLUMNS[f"{prefix}document_type"], cells, ignored) or DEFAULT_DOCUMENT[PersonKind.NATURAL]
        try:
            found.add(identity.birth_date(kind, identity.canonical(kind, typed, today=today)))
        except Refusal:
            continue
    return found


@lru_cache(maxsize=1024)
def _case_number(number: str, court: str, today: date) -> str:
    """ "" where it is none."""
    try:
        return case_number.parse(number, today=today, court=court).text
    except Refusal:
        return ""
