"""What an employment prohibition may be: as the list of their bases stood on the day of the decision.

The list says of each basis which kind of decision orders it, from which level of authority, how long, and whether for life.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.actions import citing
from registry.actions.findings import MOST_MONTHS as MOST_SENTENCE_MONTHS
from registry.actions.findings import Findings, refuse_before
from registry.codes import Code
from registry.entries import DecisionEntry, ProhibitionEntry
from registry.errors import AmountImpossible, FieldMissing, ImpossibleDate, ProhibitionNotPossible, ScopeTooLong
from registry.models import DecisionKind, Prohibition
from registry.terms.months import after_months

LIST = "prohibition_bases"
SCOPE_MOST = 200  # characters of what a prohibition forbids
START = _("The start of the prohibition")
LEAST_MONTHS, MOST_MONTHS = 1, 600  # where the list says nothing of one end
_RULES = {
    DecisionKind.CRIMINAL: _("ordered by a criminal judgment alone"),
    DecisionKind.PENALTY: _("ordered by an administrative penalty alone"),
}


def examine_prohibitions(
    rows: Sequence[ProhibitionEntry],
    *,
    kind: str,
    authority: str,
    pronounced_on: date,
    today: date,
    findings: Findings,
) -> None:
    """Everything by which a decision of this kind and day, by this authority, cannot have ordered them."""
    for index, row in enumerate(rows):
        examine_prohibition(
            row, f"prohibitions.{index}", kind=kind, authority=authority, pronounced_on=pronounced_on, today=today,
            findings=findings,
        )  # fmt: skip


def examine_prohibition(
    row: ProhibitionEntry,
    where: str,
    *,
    kind: str,
    authority: str,
    pronounced_on: date,
    today: date,
    findings: Findings,
    held: Collection[str] = (),
) -> None:
    """One of them; ``where`` it stands is what is blamed, before the name of the part. ``held``: codes that it has already, which
    may be retired by now.
    """
    with findings.note():
        _listed(LIST, row.basis, f"{where}.basis", held)
        basis = _stood(row.basis, pronounced_on)
        _refuse_orderer(basis, kind, authority, f"{where}.basis")
        _refuse_length(basis, row.months, f"{where}.months")
    if row.starts_on is not None:
        with findings.note():
            refuse_start(row.starts_on, f"{where}.starts_on", pronounced_on=pronounced_on, today=today)
    _examine_words(row, where, findings, held)


def _listed(list_name: str, value: str, field: str, held: Collection[str]) -> None:
    (codes.known if value in held else codes.require)(list_name, value, field)


def refuse_start(first: date, field: str, *, pronounced_on: date, today: date) -> None:
    """DatesOutOfOrder: before the decision; ImpossibleDate: so far off that no sentence would end before it."""
    refuse_before(field, START, first, _("the decision"), pronounced_on)
    if first > after_months(today, MOST_SENTENCE_MONTHS):
        raise ImpossibleDate(field)


def refuse_amended(prohibitions: Iterable[Prohibition], entry: DecisionEntry, kind: str) -> None:
    """Raise what `examine_prohibitions` finds where the decision that ordered them becomes another authority's, or another
    day's.
    """
    for row in prohibitions:
        basis = _stood(row.basis, entry.pronounced_on)
        _refuse_orderer(basis, kind, entry.authority, "authority")
        _refuse_length(basis, row.months, "pronounced_on")
        refuse_before("pronounced_on", START, row.starts_on, _("the decision"), entry.pronounced_on)


def _stood(basis: str, day: date) -> Code:
    return codes.as_of(LIST, basis, day) or codes.known(LIST, basis, "basis")


def _refuse_orderer(basis: Code, kind: str, authority: str, field: str) -> None:
    orderer = basis.extra["decision"]
    if orderer not in (kind, "both"):
        raise ProhibitionNotPossible(field, basis=_named(basis), rule=_RULES[DecisionKind(orderer)])
    citing.refuse_too_low(LIST, basis, authority, field)


def _refuse_length(basis: Code, months: int | None, field: str) -> None:
    """A basis without any length bars for life alone."""
    least, most, for_life = (basis.extra.get(name) for name in ("least_months", "most_months", "for_life"))
    if for_life and months is None:
        return
    if for_life and least is None and most is None:
        raise ProhibitionNotPossible(field, basis=_named(basis), rule=_("for life alone"))
    least, most = least or LEAST_MONTHS, most or MOST_MONTHS
    if months is None or not least <= months <= most:
        raise AmountImpossible(field, name=_("length of the prohibition in months"), least=least, most=most)


def _examine_words(row: ProhibitionEntry, where: str, findings: Findings, held: Collection[str]) -> None:
    for value in row.occupations:
        with findings.note():
            _listed("occupations", value, f"{where}.occupations", held)
    if not row.scope.strip():
        findings.add(FieldMissing(f"{where}.scope", name=_("scope of the prohibition")))
    if len(row.scope) > SCOPE_MOST:
        findings.add(ScopeTooLong(f"{where}.scope", most=SCOPE_MOST))


def _named(basis: Code) -> str:
    return codes.label_lazy(LIST, basis.code)
