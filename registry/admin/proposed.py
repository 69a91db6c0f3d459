"""What was found in a text, as the page shows it: by decision and party, with its words; and as the forms take it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry import codes
from registry.admin.forms_circumstances import CircumstancesForm, DataForm, PartyCircumstancesForm
from registry.admin.forms_decision import INSTRUMENTS, DecisionForm
from registry.admin.forms_party import DocumentForm, PartyForm, ProhibitionForm
from registry.admin.pasted import PEOPLE
from registry.errors import Text
from registry.gleaning import Finding, Gleaned
from registry.models import DecisionKind, PersonKind

ROWS: Mapping[str, Any] = {"data": DataForm, "documents": DocumentForm, "prohibitions": ProhibitionForm}
ROWS_SHOWN = {"data": 4, "documents": 2, "prohibitions": 2}  # of an empty form
OF_THE_PERSON = tuple(PartyCircumstancesForm.base_fields)  # told on the sheet of circumstances, party by party
PASSAGE_MOST = 40  # characters of it beside a proposal
LISTS = {
    "article": "articles",
    "charge": "charges",
    "penalty_kind": "penalty_kinds",
    "penalty_measures": "penalty_measures",
    "facts": "facts",
    "channels": "channels",
    "instance": "instances",
    "education": "education",
    "authority": "authorities",
}
OF_ROWS = {"kind": "data_kinds", "type": "document_types", "basis": "prohibition_bases"}
WORDS: Mapping[str, Mapping[str, Text]] = {
    "kind": {**dict(DecisionKind.choices), **dict(PersonKind.choices)},
    "instrument": dict(INSTRUMENTS),
}


@dataclass(frozen=True)
class Line:
    """One finding: ``key`` says which, in the form; ``box``: the id of its checkbox; ``passage``: of its mark; ``words``: the
    beginning of the passage; ``of``: whose circumstance it is, "" where the decision's.
    """

    key: str
    label: str
    value: str
    finding: Finding
    words: str
    of: str = ""

    @property
    def name(self) -> str:
        """What may be taken once."""
        return f"{self.of} {self.finding.field}" if self.of else self.finding.field

    @property
    def box(self) -> str:
        return f"id_take_{self.key}"

    @property
    def passage(self) -> str:
        return f"passage-{self.key}"


@dataclass(frozen=True)
class Group:
    """The decision, one party, or the circumstances for the report."""

    title: str
    lines: list[Line]
    of_decision: bool = False
    of_circumstances: bool = False

    def too_many(self, chosen: set[str]) -> bool:
        """Whether more rows are taken than the form opens with."""
        taken = [line.finding.field for line in self.lines if line.key in chosen]
        return any(taken.count(name) > most for name, most in ROWS_SHOWN.items())


@dataclass(frozen=True)
class Piece:
    """A stretch of the text: ``to``: the line that it belongs to, None where to none; ``anchors``: lines that begin here."""

    text: str
    to: Line | None
    anchors: list[Line]


def groups_of(text: str, gleaned: Gleaned, *, with_decision: bool) -> list[Group]:
    groups = []
    of_decision = [each for each in gleaned.decision if each.field in DecisionForm.base_fields]
    if with_decision and of_decision:
        groups.append(Group(_("Decision"), _lines(text, "d", of_decision, DecisionForm), of_decision=True))
    for number, party in enumerate(gleaned.parties):
        found = [each for each in party.findings if each.field not in OF_THE_PERSON]
        if found:
            groups.append(Group(f"{number + 1}. {party.name}", _lines(text, f"p{number}", found, PartyForm)))
    circumstances = list(_circumstances(text, gleaned))
    if circumstances:
        groups.append(Group(_("Circumstances, for the court’s report"), circumstances, of_circumstances=True))
    return groups


def _circumstances(text: str, gleaned: Gleaned) -> Iterator[Line]:
    """What the sheet of circumstances asks, of the decision and of each party."""
    of_decision = [each for each in gleaned.decision if each.field not in DecisionForm.base_fields]
    yield from _lines(text, "c", of_decision, CircumstancesForm)
    for number, party in enumerate(gleaned.parties):
        found = [each for each in party.findings if each.field in OF_THE_PERSON]
        for line in _lines(text, f"c{number}", found, PartyCircumstancesForm):
            yield replace(line, label=f"{party.name}{_(': ')}{line.label}", of=party.name)


def highlighted(text: str, groups: Iterable[Group]) -> list[Piece]:
    """The text in pieces, each finding's passage marked; where passages overlap, the shorter one has the mark."""
    lines = [line for group in groups for line in group.lines]
    cuts = sorted({0, len(text), *(line.finding.start for line in lines), *(line.finding.end for line in lines)})
    pieces = []
    for start, end in itertools.pairwise(cuts):
        over = [line for line in lines if line.finding.start <= start and end <= line.finding.end]
        shortest = min(over, key=lambda line: line.finding.end - line.finding.start, default=None)
        pieces.append(Piece(text[start:end], shortest, [line for line in over if line.finding.start == start]))
    return pieces


def laid(group: Group, chosen: set[str]) -> dict[str, Any] | None:
    """What is taken of it, as `registry.admin.prefill` lays it out; None where nothing is."""
    values: dict[str, Any] = {}
    rows: dict[str, list[Any]] = {}
    for line in group.lines:
        finding = line.finding
        if line.key not in chosen or finding.fault:
            continue
        if line.of:
            values.setdefault(PEOPLE, {}).setdefault(line.of, {})[finding.field] = finding.value
        elif isinstance(finding.value, Mapping):
            rows.setdefault(finding.field, []).append(dict(finding.value))
        elif finding.several:
            values.setdefault(finding.field, []).append(finding.value)
        else:
            values[finding.field] = finding.value
    for name, between in (("offence_dates", ", "), ("former_names", "\n")):
        if name in values:
            values[name] = between.join(sorted(values[name]))
    return {"values": values, "rows": rows} if values or rows else None


def _lines(text: str, prefix: str, findings: Iterable[Finding], form: Any) -> list[Line]:
    order = {name: place for place, name in enumerate(_order(form))}
    sorted_ = sorted(enumerate(findings), key=lambda pair: order.get(pair[1].field, len(order)))
    return [
        Line(
            key=f"{prefix}-{place}",
            label=capfirst(str(_label(finding, form))),
            value=_spoken(finding.field, finding.value),
            finding=finding,
            words=_words(text[finding.start : finding.end]),
        )
        for place, finding in sorted_
    ]


def _words(passage: str) -> str:
    whole = "".join(passage.split())
    return whole if len(whole) <= PASSAGE_MOST else f"{whole[:PASSAGE_MOST]}…"


def _order(form: Any) -> list[str]:
    """As the form asks, with its rows where it has them."""
    names = [name for _legend, part in getattr(form, "sections", ()) for name in part]
    return [*names[:4], "documents", *names[4:], "prohibitions", "data"]


def _label(finding: Finding, form: Any) -> Text:
    titles = {
        "data": _("Personal data involved"),
        "documents": _("Identity document"),
        "prohibitions": _("Employment prohibition"),
    }
    if finding.field in titles:
        return titles[finding.field]
    label: Text = form.base_fields[finding.field].label
    return label


def _spoken(field: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return " · ".join(_cell(field, name, each) for name, each in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field in LISTS and str(value) in codes.entries(LISTS[field]):
        return codes.label(LISTS[field], str(value))
    if field in WORDS:
        return str(WORDS[field].get(str(value), value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def _cell(field: str, name: str, value: Any) -> str:
    if name in OF_ROWS:
        return codes.label(OF_ROWS[name], str(value))
    label = str(ROWS[field].base_fields[name].label)
    if isinstance(value, bool):
        return label
    return f"{label}{_(': ')}{value:,}" if isinstance(value, int) else str(value)
