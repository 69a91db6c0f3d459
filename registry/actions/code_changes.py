"""Changes of the code lists: one registrar of the High Court proposes, another decides; nothing is ever deleted.

The lists are validated against what their readers ask of them (`registry.codes.shapes`), when it is proposed and again when
it is decided. What was told before stands: the bytes of events are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import code_overlay, codes
from registry.actions.acting import given, today
from registry.actions.code_examining import LEVEL, PARENT, examine_entries, is_same
from registry.codes import Code
from registry.codes.shapes import CALENDAR, HOLIDAY, NOTICE, SHAPES, WORKDAY, Shape
from registry.deputies import refuse_one_hand
from registry.entries import DaysOff
from registry.errors import (
    CodeChangedSince,
    CodeRetired,
    CodeSourceNeeded,
    CodeTaken,
    CodeWordsHoldNumber,
    DayOfBothKinds,
    FieldMissing,
    ImpossibleDate,
    NoSuchCode,
    NoSuchCodeList,
    NoSuchCodeProposal,
    NoticeOfAnotherYear,
    WaitsAlready,
    WrongRole,
)
from registry.models import CodeChange, CodeProposal, Court, Officer, Outcome
from registry.overseeing import refuse_unless_registrar
from registry.turns import Lock, wait_for
from registry.words import is_number

SOURCE_LEAST, SOURCE_MOST = 4, 200
NOTICE_MARGIN = timedelta(days=15)


def refuse_not_changing(officer: Officer) -> None:
    """Raise `WrongRole` unless the officer may propose and decide."""
    refuse_unless_registrar(officer, WrongRole(act=_("change code lists"), roles=_("registrar of the High Court")))


def shape_of(list_name: str) -> Shape:
    """Raises `NoSuchCodeList`."""
    if list_name not in SHAPES:
        raise NoSuchCodeList
    return SHAPES[list_name]


def standing(list_name: str, code: str) -> Code:
    """The entry as it stands. Raises `NoSuchCodeList`, `NoSuchCode`."""
    shape_of(list_name)
    entry = codes.entries(list_name).get(code)
    if entry is None:
        raise NoSuchCode
    return entry


def propose_addition(
    list_name: str, entry: Code, *, source: str, reason: str, officer: Officer, now: datetime
) -> CodeProposal:
    """An entry with a code that the list does not have. Raises `CodeTaken` and as `propose_codes`."""
    shape_of(list_name)
    code_overlay.lay()
    if entry.code in codes.entries(list_name):
        raise CodeTaken("code", value=entry.code)
    return propose_codes(list_name, [entry], source=source, reason=reason, officer=officer, now=now)


def propose_retirement(
    list_name: str, code: str, *, source: str, reason: str, officer: Officer, now: datetime
) -> CodeProposal:
    """The code is to be offered for nothing new. Raises `CodeRetired` where it is, and as `propose_codes`."""
    entry = standing(list_name, code)
    if entry.retired:
        raise CodeRetired(value=code, list=SHAPES[list_name].label)
    retired = Code(entry.code, entry.zh, entry.en, entry.extra, retired=True)
    return propose_codes(list_name, [retired], source=source, reason=reason, officer=officer, now=now)


def propose_notice(
    year: int, days: Sequence[DaysOff], worked: Sequence[date], *, source: str, officer: Officer, now: datetime
) -> CodeProposal:
    """The yearly notice of the General Office of the State Council, whole: ``days`` off, ``worked`` in their place.

    Days that stand alike already are passed over. Raises `DayOfBothKinds`, `NoticeOfAnotherYear`, `FieldMissing`.
    """
    if not days:
        raise FieldMissing("days", name=_("days off"))
    for each in days:
        _refuse_far(year, each.first, "days")
        _refuse_far(year, each.last, "days")
        if each.last < each.first:
            raise ImpossibleDate("days")
    for day in worked:
        _refuse_far(year, day, "worked")
    rows = [Code(str(year), f"{year}年放假安排", f"holidays of {year}", {"kind": NOTICE})]
    rows += [_day(day, each.zh, each.en, HOLIDAY) for each in days for day in each.each_day()]
    rows += [_day(day, "调休上班", "make-up working day", WORKDAY) for day in worked]
    _refuse_twice(rows)
    known = codes.entries(CALENDAR)
    changed = [row for row in rows if not is_same(known.get(row.code), row)]
    reason = f"{year}年放假安排 / holidays of {year}"
    return propose_codes(CALENDAR, changed, source=source, reason=reason, officer=officer, now=now)


def propose_codes(
    list_name: str, entries: Sequence[Code], *, source: str, reason: str, officer: Officer, now: datetime
) -> CodeProposal:
    """What these codes of one list become, decided together.

    Raises `WrongRole`, `NoSuchCodeList`, `CodeSourceNeeded`, `ReasonNeeded`, `CodeWordsHoldNumber`, `NothingToChange`,
    `WaitsAlready`, and as `Refusals` whatever does not fit the list (`registry.codes.shapes`) or what is in use.
    """
    refuse_not_changing(officer)
    shape_of(list_name)
    words = {"source": _source(source), "reason": given(reason)}
    for field, said in words.items():
        if is_number(said):
            raise CodeWordsHoldNumber(field)
    with transaction.atomic():
        _hold_lists()
        examine_entries(list_name, entries)
        waiting = CodeChange.objects.filter(
            proposal__outcome=Outcome.PENDING, proposal__list_name=list_name, code__in=[each.code for each in entries]
        ).first()
        if waiting is not None:
            raise WaitsAlready("code", value=waiting.code)
        proposal = CodeProposal.objects.create(
            list_name=list_name, **words, made_on=code_overlay.latest(), proposed_by=officer, proposed_at=now
        )
        CodeChange.objects.bulk_create([_row(proposal, each) for each in entries])
    return proposal


def approve_codes(proposal_id: UUID, *, officer: Officer, now: datetime) -> CodeProposal:
    """The second registrar carries it out: the lists are changed from now on, and courts in their table with them.

    Raises `WrongRole`, `FourEyes`, `NoSuchCodeProposal`, `CodeChangedSince`, and as `propose_codes` what no longer fits.
    """
    refuse_not_changing(officer)
    with transaction.atomic():
        _hold_lists()
        proposal = _pending(proposal_id)
        refuse_one_hand(officer, today(now), proposal.proposed_by_id)
        entries = [row.entry for row in proposal.changes.order_by("pk")]
        _refuse_changed_since(proposal, entries)
        examine_entries(proposal.list_name, entries)
        proposal.version = code_overlay.latest() + 1
        _decide(proposal, officer, now, Outcome.CARRIED_OUT)
        if proposal.list_name == "courts":
            _keep_courts(entries, now)
        transaction.on_commit(code_overlay.lay, robust=True)
    return proposal


def refuse_codes(proposal_id: UUID, *, reason: str, officer: Officer, now: datetime) -> None:
    """The second registrar says no; the proposal stays on record."""
    refuse_not_changing(officer)
    words = given(reason)
    if is_number(words):
        raise CodeWordsHoldNumber("reason")
    with transaction.atomic():
        proposal = _pending(proposal_id)
        refuse_one_hand(officer, today(now), proposal.proposed_by_id)
        proposal.refused_because = words
        _decide(proposal, officer, now, Outcome.REFUSED)


def _hold_lists() -> None:
    """Until the end of the transaction nobody else changes a list, and the lists known here are those of the database."""
    wait_for(Lock.CODE_CHANGES)
    code_overlay.lay()


def _keep_courts(entries: Iterable[Code], now: datetime) -> None:
    for entry in entries:
        parent = Court.objects.filter(code=entry.extra.get(PARENT, "")).first()
        values = {LEVEL: entry.extra[LEVEL], PARENT: parent}
        court, _made = Court.objects.update_or_create(code=entry.code, defaults=values)
        retired_at = (court.retired_at or now) if entry.retired else None
        Court.objects.filter(pk=court.pk).update(retired_at=retired_at)


def _refuse_changed_since(proposal: CodeProposal, entries: Iterable[Code]) -> None:
    names = [each.code for each in entries]
    since = CodeChange.objects.filter(
        proposal__list_name=proposal.list_name, proposal__version__gt=proposal.made_on, code__in=names
    ).first()
    if since is not None:
        raise CodeChangedSince(value=since.code)


def _pending(proposal_id: UUID) -> CodeProposal:
    proposal = CodeProposal.objects.select_for_update().filter(pk=proposal_id, outcome=Outcome.PENDING).first()
    if proposal is None:
        raise NoSuchCodeProposal
    return proposal


def _decide(proposal: CodeProposal, officer: Officer, now: datetime, outcome: Outcome) -> None:
    proposal.decided_by, proposal.decided_at, proposal.outcome = officer, now, outcome
    proposal.save(update_fields=["decided_by", "decided_at", "outcome", "refused_because", "version"])


def _source(typed: str) -> str:
    words = " ".join(typed.split())
    if not SOURCE_LEAST <= len(words) <= SOURCE_MOST:
        raise CodeSourceNeeded("source", least=SOURCE_LEAST, most=SOURCE_MOST)
    return words


def _refuse_far(year: int, day: date, field: str) -> None:
    if not date(year, 1, 1) - NOTICE_MARGIN <= day <= date(year, 12, 31) + NOTICE_MARGIN:
        raise NoticeOfAnotherYear(field, day=day.isoformat(), year=year)


def _refuse_twice(rows: Iterable[Code]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row.code in seen:
            raise DayOfBothKinds("days", day=row.code)
        seen.add(row.code)


def _day(day: date, zh: str, en: str, kind: str) -> Code:
    return Code(day.isoformat(), zh, en, {"kind": kind})


def _row(proposal: CodeProposal, entry: Code) -> CodeChange:
    return CodeChange(
        proposal=proposal, code=entry.code, zh=entry.zh, en=entry.en, extra=dict(entry.extra), retired=entry.retired
    )
