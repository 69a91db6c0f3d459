"""My work: what waits for this officer, in groups, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import actions, assessment
from registry.actions.acting import today
from registry.admin import code_words
from registry.admin.facts import spoken_day
from registry.admin.story import spoken_reason
from registry.errors import Refusal, Text
from registry.lifecycle import ACTS, DECIDERS, IN_FORCE, is_high_court_registrar
from registry.models import Decision, Listing, Officer, Outcome, Proposal, Role, SealingOrder, State

SHOWN = 25
ENDING_WITHIN = timedelta(days=7)
REVIEW_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Item:
    """One line: where it leads, what it is and what to know about it. Never a name."""

    address: str
    title: str
    notes: Sequence[Text]
    since: datetime | None = None


@dataclass(frozen=True)
class Group:
    """``urgent``: it stands before all others, marked red."""

    title: Text
    items: list[Item]
    count: int
    urgent: bool = False


def groups_for(officer: Officer, now: datetime) -> list[Group]:
    """The groups that hold something."""
    return [group for group in _groups(officer, now) if group.items]


def _groups(officer: Officer, now: datetime) -> Iterator[Group]:
    own = Listing.objects.filter(court=officer.court_id).select_related("party__decision")
    if officer.role == Role.CLERK:
        drafts = own.filter(state=State.DRAFT, entered_by=officer).order_by("entered_at")
        yield _by_decision(_("Returned to me"), drafts.filter(returned_because_sealed__isnull=False))
        yield _with_empty(_by_decision(_("My drafts"), drafts.filter(returned_because_sealed__isnull=True)), officer)
    if officer.role == Role.JUDGE:
        waiting = own.filter(state=State.IN_REVIEW).order_by("submitted_at")
        yield _by_decision(_("Awaiting review"), waiting, "admin:review")
        yield _to_be_reviewed(own, today(now))
    if officer.role in (Role.CLERK, Role.JUDGE, Role.REGISTRAR):
        yield _proposals(officer)
        if officer.role == Role.CLERK:
            yield _to_be_served(own)
        yield _awaiting_effect(own.filter(state=State.AWAITING_EFFECT).order_by("approved_at"), today(now))
        yield _ending(own, today(now))
    if is_high_court_registrar(officer):
        yield _sealing(officer)
        yield _code_lists(officer)


def _by_decision(title: Text, listings: QuerySet[Listing], route: str = "admin:decision") -> Group:
    """One line for each decision: its listings are handed on together."""
    together: dict[int, list[Listing]] = {}
    for listing in listings:
        together.setdefault(listing.party.decision_id, []).append(listing)
    items = [_of_decision(rows, route) for rows in together.values()]
    return Group(title, items[:SHOWN], len(items))


def _of_decision(listings: list[Listing], route: str) -> Item:
    decision = listings[0].party.decision
    why = {spoken_reason(row.returned_because) for row in listings} - {""}
    numbers = ", ".join(row.number for row in listings)
    since = listings[0].submitted_at or listings[0].entered_at
    return Item(reverse(route, args=[decision.pk]), decision.number, [numbers, *why], since)


def _with_empty(group: Group, officer: Officer) -> Group:
    """Decisions without a party yet have no listing, and would be found nowhere else."""
    empty = Decision.objects.filter(entered_by=officer, parties=None).order_by("entered_at")
    items = [
        Item(reverse("admin:decision", args=[row.pk]), row.number, [_("No party is entered yet.")], row.entered_at)
        for row in empty[:SHOWN]
    ]
    return Group(group.title, [*group.items, *items][:SHOWN], group.count + empty.count())


def _proposals(officer: Officer) -> Group:
    acts = [act for act, roles in DECIDERS.items() if officer.role in roles]
    rows = Proposal.objects.filter(outcome=Outcome.PENDING, act__in=acts, listing__court=officer.court_id)
    rows = rows.filter(listing__sealed_at=None)
    rows = rows.exclude(proposed_by=officer).select_related("listing", "proposed_by").order_by("proposed_at")
    items = [
        Item(
            reverse("admin:proposal", args=[row.pk]),
            row.listing.number,
            [ACTS[row.act].label, str(row.proposed_by)],
            row.proposed_at,
        )
        for row in rows[:SHOWN]
        if actions.may_decide(row, officer)
    ]
    return Group(_("Proposals waiting for me"), items, rows.count())


def _sealing(officer: Officer) -> Group:
    rows = SealingOrder.objects.filter(outcome=Outcome.PENDING).exclude(proposed_by=officer)
    rows = rows.select_related("proposed_by").order_by("proposed_at")
    items = [
        Item(reverse("admin:sealing_order", args=[row.pk]), row.ground, [str(row.proposed_by)], row.proposed_at)
        for row in rows[:SHOWN]
    ]
    return Group(_("Orders of sealing waiting for me"), items, rows.count())


def _code_lists(officer: Officer) -> Group:
    rows, count = code_words.waiting(officer)
    items = [Item(row.address, row.title, row.notes, row.since) for row in rows]
    return Group(_("Changes of code lists waiting for me"), items, count)


def _awaiting_effect(listings: QuerySet[Listing], day: date) -> Group:
    items = [Item(_page_of(row), row.number, _waits_for(row, day), row.approved_at) for row in listings[:SHOWN]]
    return Group(_("Awaiting effect"), items, listings.count())


def _waits_for(listing: Listing, day: date) -> Sequence[Text]:
    """A holiday that was moved since it was approved may contradict what was certified; then the clock leaves it."""
    try:
        assessment.assess(listing.party, listing.reviewed_on)
    except Refusal as refusal:
        return [_("It does not take effect: its dates contradict each other."), refusal.text]
    return assessment.waits_for(listing, day)


def _to_be_served(own: QuerySet[Listing]) -> Group:
    """Approved, and no service of the notice recorded, whether the listing waits for it or the court waived that."""
    owed = own.filter(state__in=(State.AWAITING_EFFECT, *IN_FORCE), notice_served_on=None, approved_at__isnull=False)
    owed = owed.order_by("approved_at", "pk")
    items = [
        Item(
            reverse("sharing_desk:notice", args=[row.number]), row.number, [row.party.decision.number], row.approved_at
        )
        for row in owed[:SHOWN]
    ]
    return Group(_("Notices to be served"), items, owed.count())


def _ending(own: QuerySet[Listing], day: date) -> Group:
    rows = own.filter(state__in=IN_FORCE, ends_on__range=(day, day + ENDING_WITHIN)).order_by("ends_on")
    return Group(_("In force, ending within 7 days"), list(_ends(rows[:SHOWN])), rows.count())


def _to_be_reviewed(own: QuerySet[Listing], day: date) -> Group:
    """A ban for life is looked at once a year; named a month before it is due, so that it is not late."""
    rows = own.filter(state__in=IN_FORCE, review_on__lte=day + REVIEW_WITHIN).order_by("review_on")
    items = [
        Item(reverse("admin:act", args=[row.number, "review_lifelong"]), row.number, [_due(row, day)])
        for row in rows[:SHOWN]
    ]
    return Group(_("Lifelong listings to be reviewed"), items, rows.count())


def _due(listing: Listing, day: date) -> Text:
    assert listing.review_on is not None
    words = _("overdue since %(day)s") if listing.review_on < day else _("by %(day)s")
    return words % {"day": spoken_day(listing.review_on)}


def _ends(listings: Iterable[Listing]) -> Iterator[Item]:
    for row in listings:
        if row.ends_on is not None:
            yield Item(_page_of(row), row.number, [_("until %(day)s") % {"day": spoken_day(row.ends_on)}])


def _page_of(listing: Listing) -> str:
    return reverse("admin:listing", args=[listing.number])
