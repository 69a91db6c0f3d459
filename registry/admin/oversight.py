"""What a registrar finds in *My work* of others: what waits for too long, what nobody holds, which deputies end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import codes, overdue
from registry.admin.facts import spoken_day
from registry.admin.gathering import by_decision, late_words
from registry.admin.groups import SHOWN, Group, Item, first_of
from registry.lifecycle import ACTS, is_high_court_registrar
from registry.models import Decision, Deputyship, Listing, Officer, Proposal, State

ENDING_WITHIN = timedelta(days=7)


def groups(officer: Officer, now: datetime, day: date, around: Sequence[Deputyship]) -> Iterator[Group]:
    """For a registrar: of his court, and of every court for one of the High Court. ``around``: as `deputies.around`."""
    yield _in_review(officer, now)
    yield _held_by_nobody(officer)
    yield _ending(officer, day, around)


def held_by_nobody(drafts: QuerySet[Listing]) -> QuerySet[Listing]:
    return drafts.filter(Q(held_by=None) | Q(held_by__account__is_active=False))


def _in_review(officer: Officer, now: datetime) -> Group:
    """By court; the counts alone, since the judges of each court are the ones who review."""
    rows = overdue.in_review("review", now)
    if not is_high_court_registrar(officer):
        rows = rows.filter(court=officer.court_id)
    courts = rows.order_by().values("court__code").annotate(count=Count("pk"), since=Min("submitted_at"))
    items = [
        Item(
            f"{reverse('admin:registry_listing_changelist')}?state__exact={State.IN_REVIEW}&court={each['court__code']}"
            if is_high_court_registrar(officer)
            else f"{reverse('admin:registry_listing_changelist')}?state__exact={State.IN_REVIEW}",
            codes.label("courts", each["court__code"]),
            [_("listings: %(count)s") % {"count": each["count"]}, late_words("review")],
            each["since"],
        )
        for each in courts.order_by("since")
    ]
    return Group(_("Waiting for review too long, by court"), items[:SHOWN], len(items))


def undecided(officer: Officer, now: datetime) -> QuerySet[Proposal]:
    """Those of them that the officer may decide himself stand in a group of their own, too."""
    rows = overdue.proposals(now).select_related("listing__court", "proposed_by").order_by("proposed_at", "pk")
    return rows if is_high_court_registrar(officer) else rows.filter(listing__court=officer.court_id)


def undecided_group(found: list[Proposal], count: int) -> Group:
    items = [
        Item(
            reverse("admin:listing", args=[row.listing.number]),
            row.listing.number,
            [ACTS[row.act].label, str(row.proposed_by), str(row.listing.court)],
            row.proposed_at,
        )
        for row in found
    ]
    return Group(_("Proposals that nobody has decided for days"), items, count)


def _held_by_nobody(officer: Officer) -> Group:
    """Of his court: whoever held them has left, or they were handed to nobody."""
    drafts = Listing.objects.filter(court=officer.court_id, state=State.DRAFT).select_related("party__decision")
    group = by_decision("", held_by_nobody(drafts).order_by("entered_at", "pk"), "admin:hand_over")
    empty = Decision.objects.filter(court=officer.court_id, is_empty=True).order_by("entered_at", "pk")
    found, count = first_of(empty.filter(Q(held_by=None) | Q(held_by__account__is_active=False)))
    items = [
        Item(reverse("admin:hand_over", args=[row.pk]), row.number, [_("No party is entered yet.")], row.entered_at)
        for row in found
    ]
    return Group(_("Drafts that nobody holds"), [*group.items, *items][:SHOWN], group.count + count)


def _ending(officer: Officer, day: date, around: Sequence[Deputyship]) -> Group:
    of_court = [row for row in around if row.officer.court_id == officer.court_id]
    ending = [row for row in of_court if row.ends_on <= day + ENDING_WITHIN]
    items = [
        Item(
            reverse("admin:deputies"),
            _("%(deputy)s for %(officer)s") % {"deputy": row.deputy.name, "officer": row.officer.name},
            [_("until %(day)s") % {"day": spoken_day(row.ends_on)}],
        )
        for row in ending[:SHOWN]
    ]
    return Group(_("Deputies whose time ends within 7 days"), items, len(ending))
