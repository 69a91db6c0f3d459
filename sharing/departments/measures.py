"""Which department is told of which listing, and what it may do with it; decided by log position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from registry import bell, codes, log
from registry.errors import BasisNeeded, FourEyes
from registry.lifecycle import IN_FORCE
from registry.models import Event, Listing, Officer
from registry.payload import WHOLE
from registry.terms import after_months
from sharing.delivery.envelope import INFORMATION_ONLY
from sharing.delivery.models import Endpoint, Held, HeldReason, TellingCursor, Told
from sharing.departments.models import Instrument, Measure


@dataclass(frozen=True, kw_only=True)
class MeasureTerms:
    """What two officers agreed to register. ``articles``: one of them; ``facts``: all of them, found in the judgment."""

    code: str
    basis: str = ""
    information_only: bool = False
    articles: tuple[str, ...]
    facts: tuple[str, ...] = ()
    longest_months: int | None = None


def fits(measure: Measure, listing: Mapping[str, Any]) -> bool:
    """Whether the measure fits the listing part of an event: an article fits with all its paragraphs."""
    decision = listing["decision"]
    article = decision["article"]
    named = any(article == each or article.startswith(f"{each}(") for each in measure.articles)
    return named and set(measure.facts) <= set(decision["facts"])


def envelope_measures(measures: Sequence[Measure], listing: Mapping[str, Any]) -> list[dict[str, Any]] | str:
    """What the envelope says the department may do: code, article and until when; or "information_only"."""
    binding = [measure for measure in measures if not measure.information_only]
    if not binding and measures:
        return INFORMATION_ONLY
    return [
        {"code": measure.code, "article": measure.basis, "until": _until(measure, listing)}
        for measure in sorted(binding, key=lambda each: each.code)
    ]


def open_measure(
    instrument: Instrument, terms: MeasureTerms, *, entered_by: Officer, approved_by: Officer, now: datetime
) -> Measure:
    """Register a measure from the next position on, and tell the department of every listing in force that it fits.

    The opening set goes through held lanes, behind the cursor, so nothing else waits for it. Raises `BasisNeeded`,
    `FourEyes`, `UnknownCode`.
    """
    if entered_by.pk == approved_by.pk:
        raise FourEyes
    if terms.information_only == bool(terms.basis.strip()):
        raise BasisNeeded("basis")
    for article in terms.articles:
        codes.require("articles", article, "articles")
    for fact in terms.facts:
        codes.require("facts", fact, "facts")
    with transaction.atomic():
        TellingCursor.objects.select_for_update().get(pk=1)
        size = lock_head()
        measure = Measure.objects.create(
            instrument=instrument,
            code=terms.code,
            basis=terms.basis.strip(),
            information_only=terms.information_only,
            articles=list(terms.articles),
            facts=list(terms.facts),
            longest_months=terms.longest_months,
            from_position=size + 1,
            entered_by=entered_by,
            approved_by=approved_by,
        )
        _tell_opening_set(measure, size)
        transaction.on_commit(bell.ring, robust=True)
    return measure


def lock_head() -> int:
    """The size of the log, which nobody can move until this transaction ends; taken last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM registry_loghead WHERE id = 1 FOR NO KEY UPDATE")
        (size,) = cursor.fetchone()
    return int(size)


def _tell_opening_set(measure: Measure, size: int) -> None:
    department_id = measure.instrument.department_id
    already = Told.objects.filter(department_id=department_id).values("listing_id")
    listings = Listing.objects.filter(state__in=IN_FORCE).exclude(pk__in=already)
    told = []
    for event in _latest_whole_events(listings):
        listing = log.read(event)["listing"]
        if event.listing_id is not None and fits(measure, listing):
            told.append(
                Told(
                    department_id=department_id,
                    listing_id=event.listing_id,
                    first_position=event.position,
                    decided_position=size + 1,  # later than the last event, as the measure is
                    measures=envelope_measures([measure], listing),
                )
            )
    Told.objects.bulk_create(told)
    endpoints = Endpoint.objects.filter(department_id=department_id)
    # Where the only lane had failed, these are other lanes to ask, now and not when its time comes.
    endpoints.filter(alone_at__isnull=False).update(next_due=None)
    Held.objects.bulk_create(
        [
            Held(
                endpoint_id=endpoint,
                listing_id=row.listing_id,
                from_position=row.first_position,
                reason=HeldReason.OPENING,
            )
            for endpoint in endpoints.values_list("pk", flat=True)
            for row in told
        ],
        ignore_conflicts=True,
    )


def _latest_whole_events(listings: Any) -> list[Event]:
    """For each listing its last event that carries the whole listing, in log order."""
    events = (
        Event.objects.filter(listing__in=listings, type__in=WHOLE)
        .order_by("listing_id", "-position")
        .distinct("listing_id")
    )
    return sorted(events.select_related("payload"), key=lambda event: event.position)


def _until(measure: Measure, listing: Mapping[str, Any]) -> str | None:
    """The end of the listing, or of the measure's longest term from effect, whichever comes first."""
    ends = listing["ends_on"]
    if measure.longest_months is None:
        return str(ends) if ends else None
    longest = after_months(date.fromisoformat(listing["decision"]["effective_on"]), measure.longest_months).isoformat()
    return min(str(ends), longest) if ends else longest
