"""The table of who may read what, as people read it: grouped by data class, with the meaning of every word in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from sharing.disclosure import TABLE, Audience, DataClass, Grant, Row

CLASS_MEANINGS: dict[DataClass, Text] = {
    DataClass.L1: _("Anybody may read it. No field of a listing is in this class."),
    DataClass.L2: _("How the register runs: numbers, versions, times. It says nothing about a person by itself."),
    DataClass.L3: _("It says something about a person."),
    DataClass.L4: _("It says who the person is, or could harm the person most."),
}
GRANT_MEANINGS: dict[Grant, Text] = {
    Grant.YES: _("The field is given as it is."),
    Grant.NO: _("The field is never given."),
    Grant.TO_MATCH: _("Given so that the department finds the right person in its own records, and for nothing else."),
    Grant.ON_A_HIT: _("Given only where a listing in force is within what the purpose lets the employer know."),
    Grant.COMMITMENT: _("The employer types it in to ask. The answer holds a seal of it that nobody can read back."),
    Grant.ON_THE_PAGE: _("Shown beside the answer, never part of the signed code that can be passed on."),
    Grant.AGGREGATED: _("Only as a figure about many; small figures are left out."),
    Grant.OWN_ROWS: _("Each sees what concerns itself and not what concerns others."),
}


@dataclass(frozen=True)
class Cell:
    audience: Audience
    grant: Grant


@dataclass(frozen=True)
class Field:
    label: Text
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Group:
    data_class: DataClass
    meaning: Text
    fields: tuple[Field, ...]


def groups(table: Sequence[Row] = TABLE) -> list[Group]:
    """The whole table in order of class; a class without a field is left out."""
    fields = {each: tuple(_field(row) for row in table if row.data_class == each) for each in DataClass}
    return [Group(each, CLASS_MEANINGS[each], fields[each]) for each in DataClass if fields[each]]


def legend(table: Sequence[Row] = TABLE) -> list[tuple[Grant, Text]]:
    """Every word of the table with its meaning."""
    used = {row.grant(audience) for row in table for audience in Audience}
    return [(grant, GRANT_MEANINGS[grant]) for grant in Grant if grant in used]


def _field(row: Row) -> Field:
    return Field(row.label, tuple(Cell(audience, row.grant(audience)) for audience in Audience))
