"""The chain of one matter on one page: first instance, appeal, retrial, commutation, and what was entered from each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registry import codes, not_entered
from registry.actions.acting import today
from registry.actions.cases import KEEPERS
from registry.admin.changed_earlier import notes_on as what_it_asks
from registry.admin.doors import officer_of, page
from registry.admin.facts import Fact, spoken_day
from registry.admin.not_entered import entry_address, kind_of, notes_on
from registry.changed_earlier import asking
from registry.errors import NotInTheBook, Text
from registry.models import Aside, Case, CaseAct, CaseActKind, Decision, Listing, Officer, Role
from registry.overseeing import sees_every_court
from registry.reading import closed_to, may_open_decisions, record_reading, refuse_reader

FIELDS: dict[str, Text] = {
    "filed_on": _("filed on"),
    "outcome": _("outcome"),
    "concluded_on": _("concluded on"),
    "effective_on": _("effective on"),
    "continues": _("continues the case"),
    "court": _("looked at by"),
}
NOTHING = "—"


@dataclass(frozen=True)
class Row:
    """A listing of a decision; ``name`` "" where the officer is not shown whose it is."""

    listing: Listing
    name: str


@dataclass(frozen=True)
class Entered:
    decision: Decision
    rows: Sequence[Row]


@dataclass(frozen=True)
class Noted:
    """What was done to the case; ``aside``: why no decision is to be entered, for who keeps that register alone."""

    act: CaseAct
    who: Text
    changes: Sequence[Text]
    aside: Aside | None

    @property
    def aside_label(self) -> str:
        return codes.label("not_entered_reasons", self.aside.code) if self.aside and self.aside.code else ""


@dataclass(frozen=True)
class Link:
    """One case of the chain. ``open``: its decisions and history are shown to the officer."""

    case: Case
    kind: Text
    facts: Sequence[Fact]
    stands: bool
    open: bool
    awaits: Sequence[Text] = ()
    asks: Sequence[Text] = ()
    decisions: Sequence[Entered] = ()
    history: Sequence[Noted] = ()
    actions: Sequence[tuple[Text, str]] = field(default=())
    may_take_back: bool = False


@require_safe
def show_case(request: HttpRequest, case_id: int) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    refuse_reader(officer)
    case = _open_to(officer).filter(pk=case_id).first()
    if case is None:
        raise NotInTheBook
    cases = [case] if case.struck_at else chain_of(case)
    shown = _Shown(cases, officer, now)
    return page(request, "matter", case.number, case=case, links=[shown.link(each) for each in cases], first=cases[0])


def _open_to(officer: Officer) -> QuerySet[Case]:
    """Cases of matters that the officer's court had a part in; another court's matter is as absent as one that never was."""
    rows = Case.including_struck.select_related("court", "strike_proposed_by")
    if sees_every_court(officer):
        return rows
    chain = Q(pk=OuterRef("first")) | Q(matter=OuterRef("first"))
    rows = rows.alias(first=Coalesce("matter", "pk"))
    return rows.filter(Exists(Case.including_struck.filter(chain, court=officer.court_id)))


def chain_of(case: Case) -> list[Case]:
    """All cases of the matter, in the order in which they were filed."""
    first = case.matter_id or case.pk
    cases = Case.objects.filter(Q(pk=first) | Q(matter=first)).select_related("court", "continues")
    return list(cases.order_by("filed_on", "pk"))


def standing_in(cases: Iterable[Case]) -> Decision | None:
    """The decision in force in a matter, as the court's figures count it: the last one from which somebody was listed."""
    entered = Decision.objects.filter(
        case__in=[each.pk for each in cases],
        parties__listing__version__gte=1,
        parties__listing__sealed_at=None,
        parties__listing__in_error=False,
    )
    return entered.order_by("-pronounced_on", "-pk").first()


class _Shown:
    """What of the chain this officer is shown; whose persons he sees is on record before the page is made."""

    def __init__(self, cases: Sequence[Case], officer: Officer, now: datetime) -> None:
        self.officer, self.day = officer, today(now)
        self.open = {each.pk for each in cases if may_open_decisions(officer, each.court_id)}
        self.standing = standing_in(cases)
        self.awaited = set(not_entered.awaited(Case.objects.filter(pk__in=self.open)).values_list("pk", flat=True))
        self.asking = set(
            asking(Case.objects.filter(pk__in=[each.pk for each in cases]), officer.court).values_list("pk", flat=True)
        )
        found = Listing.objects.filter(party__decision__case__in=self.open)
        listings = list(found.select_related("court", "party__person", "party__decision").order_by("party__ordinal"))
        closed = {row.pk for row in closed_to(listings, officer=officer, now=now)}
        named = [row for row in listings if row.pk not in closed]
        record_reading(named, officer=officer, page="matter", now=now)
        names = {row.pk: row.party.person.shown_name for row in named}
        self.rows: dict[int, list[Row]] = {}
        for row in listings:
            self.rows.setdefault(row.party.decision_id, []).append(Row(row, names.get(row.pk, "")))

    def link(self, case: Case) -> Link:
        stands = self.standing is not None and self.standing.case_id == case.pk
        kind, facts = kind_of(case).label, list(_facts(case))
        asks = what_it_asks(case) if case.pk in self.asking else ()
        if case.pk not in self.open:
            actions = list(self._actions(case, keeps=False))
            history = list(_history(case, self.officer, keeps=False, own_alone=True))
            return Link(case, kind, facts, stands, open=False, asks=asks, actions=actions, history=history)
        keeps = self.officer.role in KEEPERS and self.officer.court_id == case.court_id
        decisions = Decision.objects.filter(case=case).order_by("pronounced_on", "pk")
        return Link(
            case,
            kind,
            facts,
            stands,
            open=True,
            awaits=notes_on(case, self.day) if case.pk in self.awaited else (),
            asks=asks,
            decisions=[Entered(row, self.rows.get(row.pk, ())) for row in decisions],
            history=list(_history(case, self.officer, keeps=keeps)),
            actions=list(self._actions(case, keeps=keeps)),
            may_take_back=keeps and case.set_aside_at is not None and case.struck_at is None,
        )

    def _actions(self, case: Case, *, keeps: bool) -> Iterator[tuple[Text, str]]:
        if case.pk in self.asking and self.officer.role in KEEPERS:
            yield _("Nothing more has to change"), reverse("admin:look_at_earlier", args=[case.pk])
        if not keeps or case.struck_at is not None:
            return
        if not case.outcome or case.concluded_by_decision:
            yield _("Conclude"), reverse("admin:conclude_case", args=[case.pk])
        if case.pk in self.awaited:
            if self.officer.role == Role.CLERK:
                yield _("Enter this decision"), entry_address(case)
            yield _("It is not to be entered"), reverse("admin:set_case_aside", args=[case.pk])
        yield from self._about_striking(case)

    def _about_striking(self, case: Case) -> Iterator[tuple[Text, str]]:
        if case.strike_proposed_by_id is None and not case.is_entered:
            yield _("Filed by mistake"), reverse("admin:propose_striking", args=[case.pk])
        if case.strike_proposed_by_id not in (None, self.officer.pk):
            yield _("Strike it out"), reverse("admin:strike_case", args=[case.pk])
            yield _("Do not strike it out"), reverse("admin:keep_case", args=[case.pk])


def _facts(case: Case) -> Iterator[Fact]:
    yield Fact(str(_("Court")), str(case.court))
    yield Fact(str(_("Filed on")), spoken_day(case.filed_on))
    if case.outcome:
        yield Fact(capfirst(str(FIELDS["outcome"])), _spoken_outcome(case))
    if case.concluded_on:
        yield Fact(str(_("Concluded on")), spoken_day(case.concluded_on))
    if case.effective_on:
        yield Fact(str(_("Effective on")), spoken_day(case.effective_on))
    if case.earlier_number:
        yield Fact(str(_("Continues the case")), case.earlier_number)


def _spoken_outcome(case: Case) -> str:
    outcome = codes.label("case_outcomes", case.outcome)
    return f"{outcome} · {_('as its decision says; nobody told of it yet')}" if case.concluded_by_decision else outcome


def _history(case: Case, officer: Officer, *, keeps: bool, own_alone: bool = False) -> Iterator[Noted]:
    """``own_alone``: nothing but the looks that this officer's court took."""
    for act in CaseAct.objects.filter(case=case).select_related("officer"):
        own = officer.role in KEEPERS and act.court == officer.court.code
        if own_alone and not own:
            continue
        yield Noted(act, _who(act), list(_changes(act)), act.reason if keeps or own else None)


def _who(act: CaseAct) -> Text:
    if act.officer:
        return str(act.officer)
    if act.system:
        return _("case management (%(system)s)") % {"system": act.system}
    if act.act == CaseActKind.CONCLUDE:
        return _("by its decision, which is in force")
    return _("by itself: what was in force by its decision had been entered in error")


def _changes(act: CaseAct) -> Iterator[Text]:
    for name, (before, since) in act.changes.items():
        yield spoken_change(name, before, since)


def spoken_change(name: str, before: str, since: str) -> str:
    """One field of what was told, before and since."""
    return f"{FIELDS.get(name, name)}: {_spoken(name, before)} → {_spoken(name, since)}"


def _spoken(name: str, value: str) -> str:
    if not value:
        return NOTHING
    if name == "court":
        return codes.label("courts", value)
    if name == "outcome":
        return codes.label("case_outcomes", value)
    return spoken_day(date.fromisoformat(value)) if name.endswith("_on") else value
