"""My work: what waits for this officer, in groups, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache, partial

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import actions, assessment, deputies, overdue, waiting
from registry.actions import circumstances
from registry.actions.acting import fetch_for_dates, today
from registry.actions.appointing import may_confirm
from registry.actions.cases import KEEPERS
from registry.admin import (
    bans_not_begun,
    changed_earlier,
    code_words,
    days_in_doubt,
    keeping_accounts,
    never_in_force,
    not_concluded,
    not_entered,
    oversight,
    striking,
)
from registry.admin.facts import spoken_day, spoken_moment
from registry.admin.gathering import by_decision, day_note, late_words, stands_in_until
from registry.admin.groups import SHOWN, Group, Item, apart, first_of, first_of_each
from registry.errors import Refusal, Text
from registry.importing.deciding import waiting_for
from registry.lifecycle import ACTS, DECIDERS, IN_FORCE, is_high_court_registrar
from registry.models import (
    Decision,
    Deputyship,
    ImportState,
    Listing,
    Officer,
    Outcome,
    Proposal,
    Role,
    SealingOrder,
    State,
)

ENDING_WITHIN = timedelta(days=7)
REVIEW_WITHIN = timedelta(days=30)

_CIRCUMSTANCES = _("Circumstances to be recorded, for the report")
_IMPORTS = _("Imports of old decisions")
_SEALING = _("Orders of sealing waiting for me")
_CODE_LISTS = _("Changes of code lists waiting for me")
_STANDING_IN = _("I stand in for")

__all__ = ["SHOWN", "Group", "Item", "groups_for"]


def groups_for(officer: Officer, now: datetime) -> list[Group]:
    """The groups that hold something, and those that could not be loaded."""
    parts = (apart(title, find) for title, find in _parts(officer, now))
    return [group for part in parts for group in part if group.is_shown]


def _parts(officer: Officer, now: datetime) -> Iterator[tuple[Text, Callable[[], Iterable[Group]]]]:
    """Each by itself, with the title of what cannot be loaded when it fails."""
    day = today(now)
    own = Listing.objects.filter(court=officer.court_id).select_related("party__decision", "assigned_to")
    around = deputies.around(officer, day)
    absent = [row for row in around if row.deputy_id == officer.pk]
    if officer.role in (Role.CLERK, Role.JUDGE, Role.REGISTRAR):
        # What comes first is asked for together with what a day is near for, which comes later.
        by_date = cache(lambda: list(_by_date(own, officer, day)))
        yield days_in_doubt.TITLE, lambda: by_date()[:1]
    if officer.role in KEEPERS and not is_high_court_registrar(officer):  # its clerks keep that court's own register
        yield changed_earlier.TITLE, lambda: [changed_earlier.group(officer, now)]
    if officer.role == Role.CLERK:
        yield _("My drafts"), lambda: _drafts(own, officer)
        for row in absent:
            yield _for_whom(row), partial(_drafts_for, own, row)
    if officer.role == Role.JUDGE:
        yield _("Awaiting review"), lambda: _reviews(own, officer, absent, now)
    if officer.role in (Role.CLERK, Role.JUDGE, Role.REGISTRAR):
        yield _("Proposals waiting for me"), lambda: _proposals(officer, deputies.hand_of(officer, around), now)
        yield _("Listings for which a day is near"), lambda: by_date()[1:]
    if officer.role == Role.CLERK:
        yield _CIRCUMSTANCES, lambda: [_circumstances(officer, now)]
    if officer.role in (Role.CLERK, Role.JUDGE):
        yield _IMPORTS, lambda: [_imports(officer, now)]
    yield not_entered.TITLE, lambda: not_entered.groups(officer, now)
    yield not_concluded.TITLE, lambda: not_concluded.groups(officer, now)
    yield striking.TITLE, lambda: striking.groups(officer)
    if officer.role == Role.REGISTRAR:
        yield _("What waits too long in the court"), lambda: oversight.groups(officer, now, day, around)
    if is_high_court_registrar(officer):
        yield _SEALING, lambda: [_sealing(officer)]
        yield _CODE_LISTS, lambda: [_code_lists(officer)]
    if may_confirm(officer):
        yield keeping_accounts.TITLE, lambda: keeping_accounts.groups(officer, now)
    yield _STANDING_IN, lambda: [_standing_in(absent)]


def _drafts(own: QuerySet[Listing], officer: Officer) -> Iterator[Group]:
    drafts = own.filter(state=State.DRAFT, held_by=officer).order_by("entered_at", "pk")
    yield by_decision(_("Returned to me"), drafts.filter(returned_because_sealed__isnull=False))
    yield _with_empty(by_decision(_("My drafts"), drafts.filter(returned_because_sealed__isnull=True)), officer)


def _drafts_for(own: QuerySet[Listing], row: Deputyship) -> Iterator[Group]:
    """What waits with the one whom the officer stands in for; he amends and submits it in his own name."""
    drafts = own.filter(state=State.DRAFT, held_by=row.officer_id).order_by("entered_at", "pk")
    yield _with_empty(by_decision(_for_whom(row), drafts), row.officer)


def _for_whom(row: Deputyship) -> Text:
    return _("Drafts %(for_whom)s") % {"for_whom": stands_in_until(row)}


def _reviews(own: QuerySet[Listing], officer: Officer, absent: Sequence[Deputyship], now: datetime) -> Iterator[Group]:
    """What has waited too long, then what he is asked first, himself or as a deputy, then the rest of the court's."""
    waiting = own.filter(state=State.IN_REVIEW).order_by("submitted_at", "pk")
    late = waiting.filter(pk__in=overdue.in_review("review", now).values("pk"))
    yield by_decision(late_words("review"), late, "admin:review", urgent=True, tag=_("first of all"))
    rest = waiting.exclude(pk__in=late.values("pk"))
    yield by_decision(_("Awaiting my review"), rest.filter(assigned_to=officer), "admin:review")
    for row in absent:
        title = _("Awaiting review %(for_whom)s") % {"for_whom": stands_in_until(row)}
        yield by_decision(title, rest.filter(assigned_to=row.officer_id), "admin:review")
    asked = [officer.pk, *(row.officer_id for row in absent)]
    yield by_decision(_("Awaiting review"), rest.exclude(assigned_to__in=asked), "admin:review")


def _standing_in(absent: Sequence[Deputyship]) -> Group:
    """Said even while nothing waits there, so that nobody forgets whose work is his, too."""
    items = [Item(reverse("admin:deputies"), row.officer.name, [day_note(row.ends_on)]) for row in absent]
    return Group(_STANDING_IN, items, len(items))


def _with_empty(group: Group, officer: Officer) -> Group:
    """Decisions without a party yet have no listing, and would be found nowhere else."""
    empty = Decision.objects.filter(held_by=officer, is_empty=True).order_by("entered_at", "pk")
    found, count = first_of(empty)
    items = [
        Item(reverse("admin:decision", args=[row.pk]), row.number, [_("No party is entered yet.")], row.entered_at)
        for row in found
    ]
    return Group(group.title, [*group.items, *items][:SHOWN], group.count + count)


def _proposals(officer: Officer, hand: set[int], now: datetime) -> Iterator[Group]:
    """Those that he may decide; of a registrar those, too, that nobody decides."""
    acts = [act for act, roles in DECIDERS.items() if officer.role in roles]
    rows = Proposal.objects.filter(outcome=Outcome.PENDING, act__in=acts, listing__court=officer.court_id)
    rows = rows.filter(listing__sealed_at=None).exclude(proposed_by__in=hand)
    rows = rows.select_related("listing__court", "proposed_by").order_by("proposed_at", "pk")
    undecided = [oversight.undecided(officer, now)] if officer.role == Role.REGISTRAR else []
    mine, *others = first_of_each(rows, *undecided)
    yield _proposals_for_me(officer, *mine)
    yield from (oversight.undecided_group(*each) for each in others)


def _proposals_for_me(officer: Officer, found: list[Proposal], count: int) -> Group:
    items = [
        Item(
            reverse("admin:proposal", args=[row.pk]),
            row.listing.number,
            [ACTS[row.act].label, str(row.proposed_by)],
            row.proposed_at,
        )
        for row in found
        if actions.may_decide(row, officer)
    ]
    return Group(_("Proposals waiting for me"), items, count)


def _sealing(officer: Officer) -> Group:
    rows = SealingOrder.objects.filter(outcome=Outcome.PENDING).exclude(proposed_by=officer)
    found, count = first_of(rows.select_related("proposed_by").order_by("proposed_at", "pk"))
    items = [
        Item(reverse("admin:sealing_order", args=[row.pk]), row.ground, [str(row.proposed_by)], row.proposed_at)
        for row in found
    ]
    return Group(_SEALING, items, count)


def _imports(officer: Officer, now: datetime) -> Group:
    """Of a clerk the own ones that wait for him, go on or came back of late; of a judge those that he may decide."""
    found, count = first_of(waiting_for(officer, now))
    items = [
        Item(
            reverse("admin:review_import" if officer.role == Role.JUDGE else "admin:import", args=[row.pk]),
            spoken_moment(row.uploaded_at),
            [ImportState(row.state).label, str(row.uploaded_by)],
            row.submitted_at or row.uploaded_at,
        )
        for row in found
    ]
    return Group(_IMPORTS, items, count)


def _code_lists(officer: Officer) -> Group:
    items, count = code_words.waiting(officer)
    return Group(_CODE_LISTS, items, count)


def _by_date(own: QuerySet[Listing], officer: Officer, day: date) -> Iterator[Group]:
    """First those whose days are in doubt, then whatever a day is near for, or past."""
    over = never_in_force.found_in(own, day)
    still = own.exclude(pk__in=over.order_by().values("pk"))
    waiting = still.filter(state=State.AWAITING_EFFECT)
    wanted: list[tuple[QuerySet[Listing], Callable[[list[Listing], int, date], Group]]] = [
        (over, never_in_force.group),
        (waiting.order_by("approved_at", "pk"), _awaiting_effect),
        (own.filter(state__in=IN_FORCE, ends_on__range=(day, day + ENDING_WITHIN)).order_by("ends_on", "pk"), _ending),
    ]
    if officer.role == Role.CLERK:
        wanted.insert(0, (_not_served(still).order_by("approved_at", "pk"), _to_be_served))
        wanted.append((bans_not_begun.found_in(own, day), bans_not_begun.group))
    if officer.role == Role.JUDGE:
        lifelong = own.filter(state__in=IN_FORCE, review_on__lte=day + REVIEW_WITHIN).order_by("review_on", "pk")
        wanted.insert(0, (lifelong, _to_be_reviewed))
    wanted.insert(0, (days_in_doubt.found_in(own), days_in_doubt.group))
    rows, groups = zip(*wanted, strict=True)
    for group, (found, count) in zip(groups, first_of_each(*rows), strict=True):
        yield group(found, count, day)


def _awaiting_effect(found: list[Listing], count: int, day: date) -> Group:
    fetch_for_dates(found)
    later = waiting.overtaken_of(found)
    items = [Item(_page_of(row), row.number, _waits_for(row, day, later), row.approved_at) for row in found]
    return Group(_("Awaiting effect"), items, count)


def _waits_for(listing: Listing, day: date, overtaken: Mapping[int, str]) -> Sequence[Text]:
    """A holiday that was moved since it was approved may contradict what was certified; then the clock leaves it."""
    try:
        assessment.effect_of(listing.party)
    except Refusal as refusal:
        return [_("It does not take effect: its dates contradict each other."), refusal.text]
    return waiting.waits_for(listing, day, overtaken)


def _not_served(own: QuerySet[Listing]) -> QuerySet[Listing]:
    """Approved, and no service of the notice recorded, whether the listing waits for it or the court waived that."""
    return own.filter(state__in=(State.AWAITING_EFFECT, *IN_FORCE), notice_served_on=None, approved_at__isnull=False)


def _to_be_served(found: list[Listing], count: int, _day: date) -> Group:
    items = [
        Item(
            reverse("sharing_desk:notice", args=[row.number]), row.number, [row.party.decision.number], row.approved_at
        )
        for row in found
    ]
    return Group(_("Notices to be served"), items, count)


def _circumstances(officer: Officer, now: datetime) -> Group:
    """Of the decisions that wait with him, and of any in his court once it is late."""
    owed = circumstances.owed().filter(court=officer.court_id)
    found, count = first_of(owed.filter(Q(held_by=officer) | circumstances.overdue(now)))
    items = [
        Item(reverse("admin:circumstances", args=[row.pk]), row.number, [_due(circumstances.due_on(row), today(now))])
        for row in found
    ]
    return Group(_CIRCUMSTANCES, items, count)


def _ending(found: list[Listing], count: int, _day: date) -> Group:
    return Group(_("In force, ending within 7 days"), list(_ends(found)), count)


def _to_be_reviewed(found: list[Listing], count: int, day: date) -> Group:
    """A ban for life is looked at once a year; named a month before it is due, so that it is not late."""
    items = [
        Item(reverse("admin:act", args=[row.number, "review_lifelong"]), row.number, [_due(row.review_on, day)])
        for row in found
        if row.review_on is not None
    ]
    return Group(_("Lifelong listings to be reviewed"), items, count)


def _due(on: date, day: date) -> Text:
    words = _("overdue since %(day)s") if on < day else _("by %(day)s")
    return words % {"day": spoken_day(on)}


def _ends(listings: Iterable[Listing]) -> Iterator[Item]:
    for row in listings:
        if row.ends_on is not None:
            yield Item(_page_of(row), row.number, [day_note(row.ends_on)])


def _page_of(listing: Listing) -> str:
    return reverse("admin:listing", args=[listing.number])
