"""What a page shows of a row of an import: the person with masked numbers, and what the file says, column by column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from registry import codes, identity
from registry.admin.facts import Fact, spoken_day
from registry.entries import DataEntry
from registry.importing.columns import OF_DECISION, OF_PARTY, Column, Shape, names_in
from registry.importing.grouping import Line

_HIDDEN = ("name", "document_number", "second_document_number", "document_type", "second_document_type")


@dataclass(frozen=True)
class Person:
    """``documents``: type and masked number of each."""

    row: int
    decision: str
    name: str
    documents: list[Fact]
    facts: list[Fact]


def shown(line: Line) -> Person:
    assert line.party is not None
    documents = [
        Fact(codes.label("document_types", each.type), identity.masked("".join(each.number.split())))
        for each in line.party.entry.person.documents
    ]
    return Person(
        row=line.number,
        decision=str(line.of_decision.get("number", "")),
        name=line.party.entry.person.name,
        documents=documents,
        facts=list(_facts(line)),
    )


def _facts(line: Line) -> Iterator[Fact]:
    for columns, said in ((OF_DECISION, line.of_decision), (OF_PARTY, line.of_party)):
        for column in columns:
            if column.name in said and column.name not in _HIDDEN:
                yield Fact(column.label, _text(said[column.name], column))


def _text(value: Any, column: Column) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return spoken_day(value)
    if isinstance(value, int):
        return _("for life") if column.shape is Shape.MONTHS and value < 0 else f"{value:,}"
    if isinstance(value, tuple):
        return _("; ").join(_text(each, column) for each in value)
    if isinstance(value, DataEntry):
        kind = _named(value.kind, column)
        return kind if value.records is None else _("%(kind)s: %(records)s") % {"kind": kind, "records": value.records}
    return _named(str(value), column) if column.list else str(value)


def _named(code: str, column: Column) -> str:
    zh, en = names_in(column.list).get(code, (code, code))
    return codes.spoken({"zh": zh, "en": en})
