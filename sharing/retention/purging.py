"""The purge as a job: what is due, chunk by chunk, with a report of each; and what it would do, without doing it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction

from registry import actions
from registry.actions.purging import Part
from sharing.retention import ageing, due
from sharing.retention.models import PurgeReport, ReportKind

_OBJECTIONS = "SELECT number FROM persons_objection WHERE listing_id = ANY(%(ids)s::bigint[])"
OBJECTED = (
    Part(
        "persons_objectionstep",
        f"objection_id IN ({_OBJECTIONS}) AND reason_sealed IS NOT NULL",
        "reason_sealed = NULL",
    ),
    Part("persons_objectionevidence", f"objection_id IN ({_OBJECTIONS})", keeper=True),
    Part(
        "persons_objectionfile",
        f"objection_id IN ({_OBJECTIONS}) AND content_sealed IS NOT NULL",
        "content_sealed = NULL",
    ),
    Part(
        "persons_objection",
        "listing_id = ANY(%(ids)s::bigint[]) AND content_sealed IS NOT NULL",
        "content_sealed = NULL",
    ),
)
CHUNK = 500
CHUNKS_A_RUN = 40  # the clock goes on with what is left
EVERYTHING = 1_000_000


def purge(*, now: datetime, most_chunks: int = CHUNKS_A_RUN) -> int:
    """Purge what is due; the number of listings. Run by the clock, resumable, each listing once."""
    done = 0
    for _turn in range(most_chunks):
        found = _chunk(now)
        if not found:
            break
        done += found
    return done


def forget_records(*, now: datetime) -> int:
    """Destroy records that are past their years; how many rows."""
    counts = Counter[str]()
    for aged in ageing.AGED:
        with transaction.atomic():
            found = ageing.destroy(aged, before=ageing.before(now))
            if found:
                PurgeReport.objects.create(kind=ReportKind.RECORDS, at=now, counts={aged.table: found})
        counts[aged.table] += found
    return counts.total()


def dry_run(*, now: datetime) -> dict[str, int]:
    """Table → rows that a purge of everything due now would destroy or empty; nothing is changed."""
    found = due.listings(now=now, limit=EVERYTHING)
    return actions.would_purge([pk for pk, _number in found], [number for _pk, number in found], OBJECTED)


def _chunk(now: datetime) -> int:
    with transaction.atomic():
        ids = [pk for pk, _number in due.listings(now=now, limit=CHUNK)]
        if not ids:
            return 0
        counts = actions.purge(ids, now=now, further=OBJECTED)
        listings = counts.pop("registry_listing")
        if listings:  # another worker may have been quicker
            PurgeReport.objects.create(kind=ReportKind.LISTINGS, at=now, listings=listings, counts=counts)
    return listings
