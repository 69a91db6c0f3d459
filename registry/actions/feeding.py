"""Feeding the case register from case management: every row checked, the same rows again change nothing.

A row files a case, concludes it, or changes what was told before. What it leaves empty is not told and takes nothing away,
so an export that knows less than the register does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from registry import case_number, codes, not_entered
from registry.actions.acting import today
from registry.actions.cases import Changes, Hand, differences, fill, refuse_keeper, values
from registry.actions.matters import find_earlier, hold_courts, read_earlier, take_up, waiting_for
from registry.codes.titles import title
from registry.entries import FedCase
from registry.errors import CaseEnteredOtherwise, CaseTwice, Refusal, Refusals, UnknownCode
from registry.lifecycle import is_high_court_registrar
from registry.models import Case, CaseAct, CaseActKind, CaseWay, Court, Officer

STATED = ("outcome", "concluded_on", "effective_on")  # how a case ended: a change of it is shown as such
SUPPLIED = "concluded_by_decision"
COMPARED = ("filed_on", *STATED, "continues")  # of rows of one case


class Verdict(models.TextChoices):
    FILED = "filed", _("filed")
    CONCLUDED = "concluded", _("concluded")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    PASSED_OVER = "passed_over", _("passed over: another charge")
    REFUSED = "refused", _("refused")


@dataclass(frozen=True, kw_only=True)
class Feeder:
    """Who tells. ``court``: of whose cases alone; None: of every court's."""

    hand: Hand
    court: Court | None


@dataclass(frozen=True)
class Told:
    """What became of a row. ``number``: as the register writes it, where it could be read."""

    row: int
    number: str
    verdict: Verdict
    changes: Changes = field(default_factory=dict)
    refusals: Sequence[Refusal] = ()

    @property
    def restates(self) -> bool:
        """Whether it says otherwise how the case ended than was told before."""
        told = self.verdict is Verdict.CHANGED
        return told and any(before for name, (before, _since) in self.changes.items() if name in STATED)


def feeder_at_the_desk(officer: Officer) -> Feeder:
    """A clerk or registrar feeds his own court's register, a registrar of the High Court every court's. WrongRole."""
    refuse_keeper(officer)
    hand = Hand(way=CaseWay.FILE, officer=officer)
    return Feeder(hand=hand, court=None if is_high_court_registrar(officer) else officer.court)


def feed_cases(
    rows: Sequence[tuple[int, FedCase | Sequence[Refusal]]],
    *,
    feeder: Feeder,
    now: datetime,
    partly: bool = False,
    only_look: bool = False,
) -> list[Told]:
    """Take the rows, each with its number in the file or call, or refused already for its shape. Where one of them is refused nothing is done, unless
    ``partly``: then the others are taken. ``only_look``: say what would become of them, and do nothing.
    """
    day = today(now)
    courts = {court.code: court for court in Court.objects.all()}
    with transaction.atomic():
        read = [_read(place, row, feeder, courts, day) for place, row in rows]
        known = [each for each in read if isinstance(each, _Row)]
        hold_courts(code for row in known for code in row.court_codes(day))
        register = _Register(known, feeder.hand, now, _contradicted(known, day))
        told = [register.take(each) if isinstance(each, _Row) else each for each in read]
        if only_look or (not partly and any(each.verdict is Verdict.REFUSED for each in told)):
            transaction.set_rollback(True)
        else:
            CaseAct.objects.bulk_create(register.acts)
    return told


@dataclass(frozen=True)
class _Row:
    """A row whose number names a case that the feeder may tell of."""

    place: int
    entry: FedCase
    court: Court
    number: str

    @property
    def key(self) -> tuple[str, str]:
        return self.court.code, self.number

    def said(self, day: date) -> tuple[str, ...]:
        """What it tells of the case, as `COMPARED` has it."""
        told = {name: str(getattr(self.entry, name) or "") for name in COMPARED}
        with suppress(Refusal):  # the row is refused for it later
            told["continues"] = told["continues"] and str(
                read_earlier(told["continues"], court=self.court.code, day=day)
            )
        return tuple(told.values())

    def court_codes(self, day: date) -> Iterable[str]:
        yield self.court.code
        if self.entry.continues:
            try:
                yield read_earlier(self.entry.continues, court=self.court.code, day=day).court
            except Refusal:
                return  # the row is refused for it later


def _read(
    place: int, row: FedCase | Sequence[Refusal], feeder: Feeder, courts: Mapping[str, Court], day: date
) -> _Row | Told:
    if not isinstance(row, FedCase):
        return Told(place, "", Verdict.REFUSED, refusals=row)
    if row.charge and row.charge not in codes.entries("charges"):
        return Told(place, row.number.strip(), Verdict.PASSED_OVER)
    own = feeder.court.code if feeder.court else ""
    try:
        number = case_number.parse(row.number, court=row.court or own, today=day)
        if own:
            case_number.require_court(number, own)
        if row.court:
            case_number.require_court(number, codes.known("courts", row.court, "court").code, "court")
        if number.court not in courts:
            raise UnknownCode("number", value=number.court, list=title("courts"))
    except Refusal as refusal:
        return Told(place, row.number.strip(), Verdict.REFUSED, refusals=[refusal])
    return _Row(place, row, courts[number.court], number.text)


class _Register:
    """What the register holds of the rows' cases, locked, and what is done to it."""

    def __init__(self, rows: Sequence[_Row], hand: Hand, now: datetime, contradicted: Mapping[int, Refusal]) -> None:
        numbers, courts = [row.number for row in rows], {row.court.pk for row in rows}
        held = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("court").order_by("pk")
        self.held = {(case.court.code, case.number): case for case in held.filter(court__in=courts, number__in=numbers)}
        self.waited_for = set(waiting_for(numbers).values_list("earlier_court", "earlier_number"))
        self.hand, self.now, self.day = hand, now, today(now)
        self.acts: list[CaseAct] = []
        self._contradicted = contradicted

    def take(self, row: _Row) -> Told:
        try:
            if row.place in self._contradicted:
                raise self._contradicted[row.place]
            case = self.held.get(row.key)
            return self._file(row) if case is None else self._compare(case, row)
        except Refusals as found:
            return Told(row.place, row.number, Verdict.REFUSED, refusals=found.refusals)
        except Refusal as refusal:
            return Told(row.place, row.number, Verdict.REFUSED, refusals=[refusal])

    def _file(self, row: _Row) -> Told:
        case = Case(court=row.court, number=row.number, number_as_typed=row.entry.number.strip())
        fill(case, row.entry, self.day)
        find_earlier(case)
        case.save(force_insert=True)
        if row.key in self.waited_for:
            take_up(case)
        if case.earlier_number and case.continues is None:
            self.waited_for.add((case.earlier_court, case.earlier_number))
        self.held[row.key] = case  # for a further row of it, as of another defendant
        self._note(case, CaseActKind.FILE, {})
        return Told(row.place, row.number, Verdict.FILED)

    def _compare(self, case: Case, row: _Row) -> Told:
        before = values(case)
        fill(case, _completed(row.entry, case), self.day)
        changes, is_news = differences(before, values(case)), _is_first_told(row.entry, case)
        if not changes and not is_news:
            return Told(row.place, row.number, Verdict.UNCHANGED)
        if case.is_entered and not not_entered.expects_decision(case.outcome):
            raise CaseEnteredOtherwise("outcome", number=case.number)
        case.concluded_by_decision = case.concluded_by_decision and not is_news
        self._change(case, joined="continues" in changes)
        concluded = is_news or (not before["outcome"] and bool(case.outcome))
        self._note(case, CaseActKind.CONCLUDE if concluded else CaseActKind.CHANGE, changes)
        return Told(row.place, row.number, Verdict.CONCLUDED if concluded else Verdict.CHANGED, changes)

    def _change(self, case: Case, *, joined: bool) -> None:
        """Only these fields are written: the links of a case that others continue may have moved meanwhile."""
        if not joined:
            case.save(update_fields=["filed_on", *STATED, SUPPLIED])
            return
        find_earlier(case)
        case.save(
            update_fields=["filed_on", *STATED, SUPPLIED, "earlier_court", "earlier_number", "continues", "matter"]
        )
        take_up(case)

    def _note(self, case: Case, act: CaseActKind, changes: Changes) -> None:
        self.acts.append(self.hand.note(case, act, now=self.now, changes=changes))


def _contradicted(rows: Sequence[_Row], day: date) -> dict[int, Refusal]:
    """By their places, the rows of one case of which another one says otherwise, each naming it: nobody knows which is right, and
    where one of two defendants is not judged yet the case is not concluded. A charge may differ from one to the other.
    """
    of_case: dict[tuple[str, str], dict[tuple[str, ...], list[int]]] = {}
    for row in rows:
        of_case.setdefault(row.key, {}).setdefault(row.said(day), []).append(row.place)
    found: dict[int, Refusal] = {}
    for (_court, number), said in of_case.items():
        for mine, places in said.items():
            if (other := next((each for each in said if each != mine), None)) is None:
                continue
            field_ = next(name for name, one, two in zip(COMPARED, mine, other, strict=True) if one != two)
            refusals = {place: CaseTwice(field_, number=number, row=said[other][0]) for place in places}
            found.update(refusals)
    return found


def _is_first_told(entry: FedCase, case: Case) -> bool:
    """Whether the row is the first word of how a case ended of which only its decision spoke so far."""
    return case.concluded_by_decision and bool(entry.outcome or entry.concluded_on)


def _completed(entry: FedCase, case: Case) -> FedCase:
    """What the row leaves empty is as the register has it."""
    return replace(
        entry,
        filed_on=entry.filed_on or case.filed_on,
        outcome=entry.outcome or case.outcome,
        concluded_on=entry.concluded_on or case.concluded_on,
        effective_on=entry.effective_on or case.effective_on,
    )
