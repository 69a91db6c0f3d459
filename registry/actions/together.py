"""The days of one party's listing, computed together with the others of its judgment.

A criminal judgment takes effect on one day for all its parties (Criminal Procedure Law, art. 233, 259), so what is recorded
of one of them moves the others. At the desk they are computed anew at once. In force they keep the days that were told: that
these would be computed otherwise is noted, and two officers decide (docs/decisions/0095).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from registry import assessment
from registry.actions.acting import fetch_for_dates, hold_decisions, hold_digests, lock
from registry.actions.changing import Days
from registry.assessment import Assessment
from registry.errors import Refusal
from registry.lifecycle import DESK, IN_FORCE
from registry.models import IdentityDocument, Listing
from registry.terms import Effect, kept_effect

CAPPED = "term_capped"  # of the reasons of a term


def others(decisions: Collection[int], *, but: Collection[int] = ()) -> set[int]:
    """Ids of the listings of these decisions that what is recorded of one party may move. To be locked with its own."""
    rows = Listing.objects.filter(party__decision__in=decisions, state__in=(*DESK, *IN_FORCE)).exclude(pk__in=but)
    return set(rows.values_list("pk", flat=True))


def lock_with_others(listing_ids: Collection[int]) -> tuple[list[Listing], set[int]]:
    """The listings, and the ids of the others of their decisions, all locked in one order, their decisions first: nobody is
    entered there meanwhile who would not follow. Raises `NoSuchListing`.
    """
    decisions = set(Listing.objects.filter(pk__in=listing_ids).values_list("party__decision", flat=True))
    hold_decisions(decisions)
    beside = others(decisions, but=listing_ids)
    return [row for row in lock({*listing_ids, *beside}) if row.pk not in beside], beside


def follow(listing_ids: Collection[int], *, now: datetime) -> None:
    """Let these, which the caller has locked, follow what was recorded of another party.

    What waits and is due now goes out by the clock. Raises the refusals of `registry.terms` where dates contradict.
    """
    rows = Listing.objects.filter(pk__in=listing_ids, state__in=(*DESK, *IN_FORCE)).order_by("pk")
    found = list(rows.select_related("court", "party__decision", "party__person"))
    fetch_for_dates(found)
    for listing in found:
        if listing.state in IN_FORCE:
            _note(listing, now)
        else:
            compute_at_the_desk(listing)
            listing.save(update_fields=["effective_on", "ends_on", "review_on", "no_appeal_confirmed_at"])


def compute_at_the_desk(listing: Listing) -> None:
    """Compute the days of what is not in force yet; the caller saves the listing.

    That no appeal was filed was confirmed of one period: once that moves, it has to be confirmed of the other.
    """
    before = listing.effective_on
    assessment.apply(listing)
    if listing.effective_on != before:
        listing.no_appeal_confirmed_at = None


def effect_now(listing: Listing) -> Effect:
    """As it is computed from what is recorded now. Raises the refusals of `registry.terms`.

    Where a party is purged, when it received the decision is gone, and may have been the last receipt: then what was
    told before stands, unless a later day follows from the others.
    """
    found, told = assessment.effect_of(listing.party), listing.effective_on
    if found.on is None or told is None or found.on >= told:
        return found
    gone = any(assessment.is_purged(party) for party in listing.party.decision.parties.all())
    return replace(found, on=told) if gone else found


def computed(listing: Listing, days: Days) -> Assessment:
    """Of a listing in force whose TERM or EFFECT changes: the term from the day of effect that was told, or both anew.

    Raises the refusals of `registry.terms`.
    """
    told = listing.effective_on
    effect = effect_now(listing) if days is Days.EFFECT or told is None else kept_effect(told)
    return assessment.assess(listing.party, listing.reviewed_on, effect=effect)


def lock_with_runs(listing_ids: Collection[int]) -> tuple[list[Listing], list[Listing]]:
    """The listings, and what else is in force of the same persons, all locked in one order: what takes effect may shorten the run of
    terms that these are in. Their decisions first: no party whose days count comes or goes meanwhile. Raises `NoSuchListing`.
    """
    hold_decisions(set(Listing.objects.filter(pk__in=listing_ids).values_list("party__decision", flat=True)))
    hold_runs_of(listing_ids)
    running = running_beside(listing_ids)
    found = lock({*listing_ids, *running})
    return [row for row in found if row.pk not in running], [row for row in found if row.pk in running]


def hold_runs(persons: Collection[UUID], digests: Iterable[bytes] = ()) -> None:
    """Until the end of the transaction no term of these persons begins or moves elsewhere, so that of two at the same moment the second
    sees the first. To be called before `lock`. ``digests``: of documents about to be entered, whose bearers may be new.
    """
    held = IdentityDocument.at_the_desk.filter(person__in=persons).values_list("digest", flat=True)
    marks = {*(person.bytes for person in persons), *map(bytes, held), *digests}
    hold_digests(sha256(b"run of terms:" + mark).digest() for mark in marks)


def hold_runs_of(listing_ids: Collection[int]) -> None:
    """`hold_runs` of the persons of these listings."""
    hold_runs(set(Listing.objects.filter(pk__in=listing_ids).values_list("party__person", flat=True)))


def running_beside(listing_ids: Collection[int]) -> set[int]:
    """Ids of what else is in force of the same persons. To be locked with these where a term of theirs begins or moves, once `hold_runs`
    keeps the others out.
    """
    persons = Listing.objects.filter(pk__in=listing_ids).values("party__person")
    in_force = Listing.objects.filter(party__person__in=persons, state__in=IN_FORCE).exclude(pk__in=listing_ids)
    return set(in_force.values_list("pk", flat=True))


def note_runs(running: Sequence[Listing], *, now: datetime) -> None:
    """A term of the same person began or moved beside these, which the caller has locked. Whose dates contradict is in doubt for that."""
    fetch_for_dates(running)
    for listing in running:
        try:
            _note(listing, now)
        except Refusal:
            continue


def ends_sooner(listing: Listing) -> date | None:
    """The end by which a run of the person's terms is over, where that is before the one that was told: an earlier term of it came into
    the book later (docs/decisions/0115). Raises the refusals of `registry.terms`.
    """
    told, until = listing.effective_on, listing.ends_on
    if told is None or until is None:
        return None
    term = assessment.assess(listing.party, listing.reviewed_on, effect=kept_effect(told)).term
    if term is None or term.ends_on is None or term.ends_on >= until:
        return None
    return term.ends_on if any(reason.code == CAPPED for reason in term.reasons) else None


def _note(listing: Listing, now: datetime) -> None:
    """Since when the days differ: the first moment stays, and what agrees again differs no more."""
    found = effect_now(listing)
    if found.uncertified and listing.days_differ_since:
        return  # whether they agree again, nobody knows before there is a certificate
    agrees = (found.uncertified or found.on == listing.effective_on) and ends_sooner(listing) is None
    since = None if agrees else listing.days_differ_since or now
    if since != listing.days_differ_since:
        listing.days_differ_since = since
        listing.save(update_fields=["days_differ_since"])
