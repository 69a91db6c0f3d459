"""From awaiting effect to in force: by the clock, or in the act by which the last thing was there that a listing waited for."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from registry import assessment, waiting
from registry.actions import concluding, drafted, together
from registry.actions.acting import fetch_for_dates, perform, today
from registry.actions.apart import apart
from registry.actions.people import hold_persons
from registry.errors import Refusal
from registry.models import Listing, State

CHUNK = 500
logger = logging.getLogger(__name__)


def take_effect(*, now: datetime) -> int:
    """Publish what was approved and is due; the number of listings that took effect. Run by the clock, resumable."""
    due = Listing.objects.filter(state=State.AWAITING_EFFECT, effective_on__lte=today(now)).order_by(
        "effective_on", "pk"
    )
    ids = list(due.values_list("pk", "party__person"))

    def put_chunk_in_force(chunk: Sequence[int]) -> int:
        found, running = together.lock_with_runs(chunk)
        listings = [row for row in found if row.state == State.AWAITING_EFFECT]
        return take_effect_where_due(listings, now, running=running, by_clock=True)

    return sum(apart(chunk, put_chunk_in_force) for chunk in _apart_by_person(ids))


def _apart_by_person(due: Sequence[tuple[int, UUID]]) -> Iterator[list[int]]:
    """In chunks, and of each person one in each: the next one's term is computed beside the one before it, which is in force by then."""
    left = due
    while left:
        of_each: dict[UUID, int] = {}
        for listing_id, person in left:
            of_each.setdefault(person, listing_id)
        ids = sorted(of_each.values())
        yield from (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
        left = [(listing_id, person) for listing_id, person in left if of_each[person] != listing_id]


def take_effect_where_due(
    listings: Sequence[Listing], now: datetime, *, running: Sequence[Listing], by_clock: bool = False
) -> int:
    """Compute the dates of listings that await effect and publish those that wait for nothing; how many those are. ``running``: what
    else is in force of their persons, locked with them.

    Raises the refusals of `registry.terms` where dates contradict; ``by_clock``: those are left, and the others go out.
    """
    day, agreeing = today(now), []
    fetch_for_dates(listings)
    for listing in listings:
        try:
            compute(listing)
        except Refusal as refusal:  # a holiday that was moved since may contradict a certificate
            if not by_clock:
                raise
            logger.error("%s does not take effect: its dates contradict each other (%s)", listing.number, refusal.code)
            continue
        agreeing.append(listing)
    going = ready(agreeing, day)
    goes = {listing.pk for listing in going}
    for listing in agreeing:
        if listing.pk not in goes:
            listing.save(update_fields=["effective_on", "ends_on", "review_on", "no_appeal_confirmed_at"])
    put_in_force(going, running, now)
    return len(going)


def put_in_force(going: Sequence[Listing], running: Sequence[Listing], now: datetime) -> None:
    """What their drafts said of their persons counts from now on."""
    concluding.supply(going, now=now)
    hold_persons([row.party.person for row in going])
    drafted.prove(going)
    perform("take_effect", going, officer=None, now=now)
    if going:
        together.note_runs(running, now=now)


def compute(listing: Listing) -> None:
    """The days, once more: a holiday may have moved the period since somebody looked whether an appeal came in, who then has not looked
    at all of it.
    """
    assessment.apply(listing)
    looked = listing.no_appeal_confirmed_at
    if looked is not None and waiting.is_too_early(listing.effective_on, today(looked)):
        listing.no_appeal_confirmed_at = None


def ready(listings: Sequence[Listing], day: date) -> list[Listing]:
    """Those that wait for nothing: nothing is missing, no later case overtook theirs, and no term ran out meanwhile. Their days
    were computed in this transaction.
    """
    overtaken = waiting.overtaken_of(listings)
    return [listing for listing in listings if not waiting.waits_for(listing, day, overtaken)]
