"""Objections at the desk: what waits by days left, one with its history and what may be done now, its files and letter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from registry.admin.checking import Back
from registry.admin.doors import door, officer_of, page
from registry.admin.facts import spoken_day
from registry.admin.saving import to_save
from registry.errors import NoSuchObjection, Text, WrongRole
from registry.lifecycle import ACTS
from registry.lifecycle import may as may_act
from registry.models import Listing, Officer, Role, State
from registry.reading import READERS, may_open, refuse_reader
from sharing.desk.objection_facts import content_of, facts
from sharing.desk.spoken import NOTHING
from sharing.persons.models import (
    Objection,
    ObjectionKind,
    ObjectionState,
    ObjectionStep,
    Part,
)
from sharing.persons.objections import finding, hands, lifecycle, papers
from sharing.persons.objections.asking_why import refuse_unasked
from sharing.persons.objections.clocks import days_left
from sharing.persons.objections.lifecycle import CARRYING_OUT, OFFICE
from sharing.persons.objections.spoken import (
    TITLES,
    done_label,
    follows_label,
    left_words,
    part_label,
    received_words,
    state_label,
)
from sharing.persons.objections.step import Step
from sharing.persons.pages.objections_slip import pdf
from sharing.tables import Cell, Table

SHOWN = 200
TO_CARRY_OUT = (ObjectionState.UPHELD, ObjectionState.PARTLY, ObjectionState.PARTLY_ASKED)
FILTERS = {
    "open": gettext_lazy("Open"),
    "mine": gettext_lazy("I took part"),
    "court": gettext_lazy("My court"),
    "doubt": gettext_lazy("Identity doubted"),
    "overdue": gettext_lazy("Overdue"),
    "ended": gettext_lazy("Ended"),
}


def every_objection() -> Back:
    return Back(_("Objections"), reverse("sharing_desk:objections"))


def back_to(found: Objection) -> Back:
    return Back(found.number, reverse("sharing_desk:objection", args=[found.number]))


@require_safe
@door
def objections(request: HttpRequest) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    refuse_reader(officer)
    which = request.GET.get("which", "open")
    which = which if which in FILTERS else "open"
    turned = Paginator(finding.filtered(officer, which, now), SHOWN).get_page(request.GET.get("page"))
    return page(
        request,
        "objections",
        _("Objections"),
        tables=[_table(turned, FILTERS[which], now)],
        turned=turned,
        which=which,
        filters=[(name, label, name == which) for name, label in FILTERS.items()],
        may_enter=officer.role in OFFICE,
    )


@require_safe
@door
def show_objection(request: HttpRequest, number: str) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    found = finding.for_officer(officer, number)
    refuse_unasked(found, officer=officer, now=now)
    finding.record(found, officer=officer, page="objection", now=now)
    return page(
        request,
        "objection",
        f"{TITLES[found.kind]} {found.number}",
        found=found,
        facts=list(facts(found, officer)),
        words=content_of(found).get("words", ""),
        files=list(found.files.all()),
        steps=[
            {"title": done_label(each), "at": each.at, "who": _who(each), "text": each.shown_reason}
            for each in found.steps.select_related("officer", "proposal", "objection")
        ],
        offers=[(step.name, capfirst(str(step.label))) for step in _offers(officer, found)],
        doubted=found.doubts_identity and not found.is_ended,
        over=found.listing is not None and found.listing.state == State.WITHDRAWN,
        nobody=finding.nobody_may_review(found),
        opens_listing=found.listing is not None and may_open(officer, found.listing),
        stopping=way_to_stop(officer, found.listing, found),
        decided=papers.decision_of(found) is not None,
        carried_out=found.state == ObjectionState.CARRIED_OUT,
        others=_others(found),
        proposals=list(_to_propose(officer, found)),
        trail=[every_objection()],
    )


@require_POST
@door
def look(request: HttpRequest, number: str, file_id: UUID) -> HttpResponse:
    """The file to save: nothing in it runs in the desk's pages. The look is on record."""
    officer, now = officer_of(request), timezone.now()
    found = finding.for_officer(officer, number)
    kept = found.files.filter(pk=file_id, content_sealed__isnull=False).first()
    if kept is None:
        raise NoSuchObjection
    if officer.role == Role.AUDITOR:
        raise WrongRole(act=_("look at a file"), roles=", ".join(str(role.label) for role in lifecycle.COURT))
    refuse_unasked(found, officer=officer, now=now)
    finding.record(found, officer=officer, page="objection_file", now=now)
    return to_save(kept.content, kept.media_type, number)


@require_POST
@door
def letter(request: HttpRequest, number: str) -> HttpResponse:
    """The decision, or the completion letter of a part, to be handed over or posted. The look is on record."""
    officer, now = officer_of(request), timezone.now()
    found = finding.for_officer(officer, number)
    refuse_unasked(found, officer=officer, now=now)
    finding.record(found, officer=officer, page="objection_letter", now=now)
    printed = papers.notice if request.POST.get("paper") == "notice" else papers.letter
    return pdf(printed(found), found.number)


def way_to_stop(officer: Officer, listing: Listing | None, found: Objection) -> str:
    """The act by which the same page stops the listing where somebody says that he is not the one: ``suspend`` what is
    in force, ``stop`` what awaits its effect; "" where there is none for the officer.
    """
    if listing is None or not found.doubts_identity or found.is_ended:
        return ""
    return next((name for name in ("suspend", "stop") if may_act(name, officer, listing)), "")


def waiting_for(officer: Officer) -> list[Objection]:
    """What this officer can take the next step of, `SHOWN` at most: who says that he is not the one, then by days left. What waits for
    others, however much, keeps none of it from him, and nothing more is asked about it.
    """
    if officer.role not in READERS or officer.role == Role.AUDITOR:
        return []
    urgent = ExpressionWrapper(Q(part=Part.IDENTITY, state=ObjectionState.RECEIVED), BooleanField())
    rows = finding.filtered(officer, "open", timezone.now()).filter(state__in=lifecycle.awaiting(officer.role))
    looked_at = _with_hands(rows.annotate(urgent=urgent).order_by("-urgent", "due_on", "raised_at"))
    return list(islice((each for each in looked_at if _waits_for(officer, each)), SHOWN))


def _with_hands(rows: QuerySet[Objection]) -> Iterator[Objection]:
    """With who had a hand in each, asked for as many at once as are shown."""
    found = rows.iterator(SHOWN)
    while some := list(islice(found, SHOWN)):
        hands.fetch(some)
        yield from some


def _waits_for(officer: Officer, found: Objection) -> bool:
    return any(_forward(step, officer, found) for step in _offers(officer, found)) or _is_to_stop(officer, found)


def is_urgent(found: Objection) -> bool:
    """Somebody says that he is not the one, and nobody looked at it yet: it is looked at within hours."""
    return found.doubts_identity and found.state == ObjectionState.RECEIVED


def _is_to_stop(officer: Officer, found: Objection) -> bool:
    """Whoever entered the listing may not end such a doubt, and may stop the listing."""
    return is_urgent(found) and officer.role in OFFICE and bool(way_to_stop(officer, found.listing, found))


def _forward(step: Step, officer: Officer, found: Objection) -> bool:
    """The court's own next steps, not those that it writes down for the person, nor what another court is to do."""
    is_others = step.name in CARRYING_OUT and officer.court_id != found.court_id
    return step.is_of_the_court and not is_others


def _offers(officer: Officer, found: Objection) -> Iterator[Step]:
    for step in lifecycle.open_to(officer, found):
        is_served = {"serve": found.served_on is not None, "serve_notice": not found.has_notice}
        if not is_served.get(step.name, False):
            yield step


def _table(turned: Page[Objection], caption: Text, now: datetime) -> Table:
    lines = [
        (
            Cell(each.number, href=reverse("sharing_desk:objection", args=[each.number])),
            str(TITLES[each.kind]) if each.kind != ObjectionKind.OBJECTION else part_label(each),
            each.listing.number if each.listing else NOTHING,
            str(each.court),
            state_label(each),
            spoken_day(each.due_on) if each.due_on else NOTHING,
            _left(each, now),
        )
        for each in turned
    ]
    columns = (_("Objection number"), _("What"), _("Listing"), _("Court"), _("State"), _("Due"), _("Left"))
    return Table(caption, columns, lines, empty=_("No objection."), total=turned.paginator.count)


def _left(found: Objection, now: datetime) -> Cell:
    left = days_left(found, now)
    if is_urgent(found):
        return Cell(_("within hours"), colour="red")
    if left is None:
        return Cell(NOTHING)
    return Cell(left_words(left), colour="red" if left < 0 else None)


def _who(step: ObjectionStep) -> str:
    by = ACTS[step.proposal.act].label if step.proposal else ""
    follows = follows_label(step.objection, step.follows, step.at) if step.follows else ""
    seen = step.get_authority_display() if step.authority else ""
    late = _("recorded late: %(why)s") % {"why": step.get_late_because_display()} if step.late_because else ""
    return " · ".join(str(each) for each in (step.officer, by, follows, received_words(step), seen, late) if each)


def _to_propose(officer: Officer, found: Objection) -> Iterator[tuple[Text, str]]:
    """What the decision named, where this officer may propose it."""
    decided = papers.decision_of(found)
    if found.listing is None or decided is None or found.state not in TO_CARRY_OUT:
        return
    for name in ("correct", "revise", "withdraw"):
        if decided.follows == name and may_act(name, officer, found.listing):
            yield ACTS[name].label, reverse("admin:propose", args=[found.listing.number, name])
    if found.doubts_identity and decided.follows == "withdraw" and may_act("state_cause", officer, found.listing):
        yield ACTS["state_cause"].label, reverse("admin:propose", args=[found.listing.number, "state_cause"])


def _others(found: Objection) -> list[Objection]:
    """Further ones about the same listing."""
    if found.listing is None:
        return []
    return list(
        Objection.objects.filter(finding.UNSEALED, listing=found.listing)
        .exclude(pk=found.pk)
        .order_by("-raised_at")[:20]
    )
