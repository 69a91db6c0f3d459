"""From the cells of a row to what entering takes: only the shape is read here, and what is wrong is named by column.

Whether it may be entered is asked of the same rules as by hand (`registry.actions.examining`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from registry import codes
from registry.actions.circumstances import LISTS, OF_A_PARTY
from registry.actions.findings import MOST_YUAN
from registry.amounts import ungrouped
from registry.days import read_day
from registry.entries import (
    CircumstancesEntry,
    DataEntry,
    DecisionEntry,
    DocumentEntry,
    PartyEntry,
    PersonEntry,
    ProhibitionEntry,
)
from registry.errors import (
    AmountImpossible,
    FieldMissing,
    ImpossibleDate,
    NotYesOrNo,
    NumberRounded,
    Refusal,
    TooManyNames,
    UnknownCode,
)
from registry.importing.columns import COLUMNS, FOR_LIFE, OF_DECISION, OF_PARTY, Column, Shape, said_codes, said_form
from registry.models import DecisionKind, PersonKind

WHOLE = re.compile(r"[0-9]{1,15}(?:\.0+)?", re.ASCII)
COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
MIDNIGHT = re.compile(r"[ T]0{1,2}:00(?::00)?(?:\.0+)?$", re.ASCII)
ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+", re.ASCII)
BETWEEN = re.compile(r"[\n,，、;；|]+")
COLON = re.compile(r"[:：]")
YES, NO = frozenset({"是", "yes", "y", "true", "1", "√"}), frozenset({"否", "no", "n", "false", "0", "×"})
NAMES_MOST = 10
MONTHS_MOST = 600  # of a prohibition
DEFAULT_DOCUMENT: Mapping[str, str] = {PersonKind.NATURAL: "resident_id", PersonKind.UNIT: "uscc"}
DEFAULT_BASIS: Mapping[str, str] = {DecisionKind.CRIMINAL: "CL 37-1", DecisionKind.PENALTY: "PIPL 66"}
HIDDEN = "…"  # in place of what stands in a cell: the file has it, and it may be anybody's name

Typed = dict[str, Any]
Faults = list[tuple[str, Refusal]]


def of_decision(cells: Mapping[str, str], faults: Faults) -> Typed:
    """What the row says of its decision, column by column, without those that are empty."""
    return _typed(OF_DECISION, cells, faults)


def of_party(cells: Mapping[str, str], faults: Faults) -> Typed:
    return _typed(OF_PARTY, cells, faults)


def decision_entry(typed: Typed) -> DecisionEntry:
    """``typed``: of all its rows together, with the number and the day."""
    said = {name: value for name, value in typed.items() if name != "kind" and name not in _CIRCUMSTANCES}
    return DecisionEntry(kind=typed.get("kind", DecisionKind.CRIMINAL.value), **said)


def circumstances_entry(typed: Typed) -> CircumstancesEntry:
    """What the court's report counts of the decision; that of its parties is kept with each (`own_circumstances`)."""
    return CircumstancesEntry(**{name: value for name, value in typed.items() if name in _CIRCUMSTANCES})


def own_circumstances(typed: Typed) -> Typed:
    return {name: value for name, value in typed.items() if name in OF_A_PARTY}


def party_entry(typed: Typed, kind: str) -> PartyEntry:
    """``kind``: of the decision."""
    elsewhere = {*_OF_PERSON, *_OF_PROHIBITION, *OF_A_PARTY}
    said = {name: value for name, value in typed.items() if name not in elsewhere}
    prohibited = any(name in typed for name in _OF_PROHIBITION)
    return PartyEntry(person=_person(typed), prohibitions=(_prohibition(typed, kind),) if prohibited else (), **said)


def _typed(columns: tuple[Column, ...], cells: Mapping[str, str], faults: Faults) -> Typed:
    typed: Typed = {}
    for column in columns:
        if column.name in cells:
            value = typed_one(column, cells, faults)
            if value is not None:
                typed[column.name] = value
        elif column.needed and not any(name == column.name for name, _why in faults):
            faults.append((column.name, FieldMissing(column.name, name=column.named)))
    return typed


def typed_one(column: Column, cells: Mapping[str, str], faults: Faults) -> Any:
    """What the row says in this column; None where it is empty, or wrong, which ``faults`` is told."""
    text = cells.get(column.name)
    if text is None:
        return None
    try:
        return _READERS[column.shape](text, column)
    except Refusal as refusal:
        faults.append((column.name, refusal))
        return None


def _words(text: str, column: Column) -> str:
    return text


def _number(text: str, column: Column) -> str:
    if ROUNDED.fullmatch(text):
        raise NumberRounded(column.name)
    return text


def _names(text: str, column: Column) -> tuple[str, ...]:
    names = tuple(part.strip() for part in BETWEEN.split(text) if part.strip())
    if len(names) > NAMES_MOST:
        raise TooManyNames(column.name, most=NAMES_MOST)
    return names


def _day(text: str, column: Column) -> date:
    return _read_day(text)


def _days(text: str, column: Column) -> tuple[date, ...]:
    return tuple(_read_day(part.strip()) for part in BETWEEN.split(text) if part.strip())


@lru_cache(maxsize=8192)
def _read_day(text: str) -> date:
    """As by hand, and as 20260901; Excel writes midnight behind a day. Days of decisions come again and again."""
    plain = MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip())
    compact = COMPACT.fullmatch(plain)
    if compact is None:
        return read_day("".join(plain.split()))
    try:
        return date(*(int(part) for part in compact.groups()))
    except ValueError:
        raise ImpossibleDate from None


def _amount(text: str, column: Column) -> int:
    """20,000 is 20000."""
    return _whole(ungrouped(unicodedata.normalize("NFKC", text).strip()), column)


def _whole(text: str, column: Column) -> int:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not WHOLE.fullmatch(plain):
        raise AmountImpossible(column.name, name=column.named, least=0, most=MOST_YUAN)
    return int(plain.partition(".")[0])


def _months(text: str, column: Column) -> int:
    """For life: -1, since an empty cell says nothing."""
    months = -1 if said_form(text) in FOR_LIFE else _whole(text, column)
    if months > MONTHS_MOST:
        raise AmountImpossible(column.name, name=column.named, least=0, most=MONTHS_MOST)
    return months


def _yes_or_no(text: str, column: Column) -> bool:
    said = said_form(text)
    if said not in YES | NO:
        raise NotYesOrNo(column.name)
    return said in YES


def _code(text: str, column: Column) -> str:
    code = said_codes(column.list).get(said_form(text))
    if code is None:
        raise UnknownCode(column.name, value=HIDDEN, list=column.named)
    return code


def _codes(text: str, column: Column) -> tuple[str, ...]:
    """One alone may have a comma in its name."""
    whole = said_codes(column.list).get(said_form(text))
    return (whole,) if whole else tuple(_code(part, column) for part in BETWEEN.split(text) if part.strip())


def _counted(text: str, column: Column) -> tuple[DataEntry, ...]:
    return tuple(_counted_one(part, column) for part in re.split(r"[\n、;；|]+", text) if part.strip())


def _counted_one(text: str, column: Column) -> DataEntry:
    kind, *records = COLON.split(text, maxsplit=1)
    return DataEntry(kind=_code(kind, column), records=_amount(records[0], column) if records else None)


_READERS: Mapping[Shape, Callable[[str, Column], Any]] = {
    Shape.WORDS: _words,
    Shape.NUMBER: _number,
    Shape.NAMES: _names,
    Shape.DAY: _day,
    Shape.DAYS: _days,
    Shape.WHOLE: _whole,
    Shape.AMOUNT: _amount,
    Shape.MONTHS: _months,
    Shape.YES_OR_NO: _yes_or_no,
    Shape.CODE: _code,
    Shape.CODES: _codes,
    Shape.COUNTED: _counted,
}
_OF_PERSON = frozenset(
    {
        "name",
        "person_kind",
        "document_type",
        "document_number",
        "second_document_type",
        "second_document_number",
        "former_names",
        "birth_date",
    }
)
_CIRCUMSTANCES = frozenset({*LISTS, "data", "gains_yuan"})
_OF_PROHIBITION = frozenset(name for name in COLUMNS if name.startswith("prohibition_"))


def _person(typed: Typed) -> PersonEntry:
    kind = typed.get("person_kind") or _kind_of(typed.get("document_type", ""))
    documents = [
        DocumentEntry(type=typed.get("document_type") or DEFAULT_DOCUMENT[kind], number=typed["document_number"])
    ]
    if "second_document_number" in typed:
        second = typed.get("second_document_type") or DEFAULT_DOCUMENT[kind]
        documents.append(DocumentEntry(type=second, number=typed["second_document_number"]))
    return PersonEntry(
        kind=kind,
        name=typed["name"],
        documents=tuple(documents),
        former_names=typed.get("former_names", ()),
        birth_date=typed.get("birth_date"),
    )


def _kind_of(document_type: str) -> str:
    known = codes.entries("document_types").get(document_type)
    return str(known.extra["kind"]) if known else PersonKind.NATURAL.value


def _prohibition(typed: Typed, kind: str) -> ProhibitionEntry:
    """FieldMissing: neither a length nor “for life”."""
    months = typed.get("prohibition_months")
    if months is None:
        raise FieldMissing("prohibition_months", name=COLUMNS["prohibition_months"].named)
    return ProhibitionEntry(
        scope=typed.get("prohibition_scope", ""),
        basis=typed.get("prohibition_basis") or DEFAULT_BASIS.get(kind, ""),
        occupations=typed.get("prohibition_occupations", ()),
        months=None if months < 0 else months,
        starts_on=typed.get("prohibition_starts_on"),
    )
