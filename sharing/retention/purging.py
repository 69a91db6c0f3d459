"""The purge as a job: what is due, chunk by chunk, with a report of each; and what it would do, without doing it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from registry import actions
from registry.actions.purging import PERSONS, Part, as_keeper
from sharing.retention import ageing, due
from sharing.retention.models import PurgeReport, ReportKind


def _objected(which: str) -> tuple[Part, ...]:
    """What was said in objections and how it was proved; what remains is said in the schedule. ``which``: their numbers, in SQL."""
    return (
        Part(
            "persons_objectionstep",
            f"objection_id IN ({which}) AND reason_sealed IS NOT NULL",
            "reason_sealed = NULL",
        ),
        Part("persons_objectionevidence", f"objection_id IN ({which})", keeper=True),
        Part(
            "persons_objectionfile",
            f"objection_id IN ({which}) AND content_sealed IS NOT NULL",
            "content_sealed = NULL",
        ),
        Part("persons_objection", f"number IN ({which}) AND content_sealed IS NOT NULL", "content_sealed = NULL"),
    )


OBJECTED = _objected("SELECT number FROM persons_objection WHERE listing_id = ANY(%(ids)s::bigint[])")
# With what a person came back: whoever is not listed any more has nothing to come back for.
PASSKEYS = Part(
    "persons_passkey",
    f"EXISTS (SELECT FROM registry_identitydocument d WHERE d.person_id IN ({PERSONS})"
    " AND d.digest = ANY (persons_passkey.subject_digests))",
)
FURTHER = (*OBJECTED, PASSKEYS)
# Whoever named no listing, and was given none, has a clock of his own.
UNNAMED = _objected("SELECT unnest(%(objections)s::text[])")
_ENDED_UNNAMED = """
    SELECT o.number FROM persons_objection o
    WHERE o.listing_id IS NULL AND o.state IN ('refused', 'withdrawn', 'closed') AND o.content_sealed IS NOT NULL
    AND (SELECT max(s.at) FROM persons_objectionstep s WHERE s.objection_id = o.number) <= %(before)s
    ORDER BY o.number LIMIT %(limit)s FOR UPDATE OF o SKIP LOCKED
"""
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
    """Destroy records that are past their years, and what was said in objections about no listing; how many rows."""
    counts = forget_unnamed(now=now)
    for aged in ageing.AGED:
        with transaction.atomic():
            found = ageing.destroy(aged, before=ageing.before(now))
            if found:
                PurgeReport.objects.create(kind=ReportKind.RECORDS, at=now, counts={aged.table: found})
        counts[aged.table] += found
    return counts.total()


def forget_unnamed(*, now: datetime) -> Counter[str]:
    """Destroy one chunk of what was said in objections about no listing, once retention since their end is over; table → rows."""
    counts = Counter[str]()
    facts: dict[str, Any] = {"before": now - timedelta(days=settings.REGISTRY_RETENTION_DAYS), "limit": CHUNK}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ENDED_UNNAMED, facts)
        found = {"objections": [number for (number,) in cursor.fetchall()]}
        for part in UNNAMED:
            with as_keeper() if part.keeper else connection.cursor() as destroying:
                destroying.execute(part.destroying, found)
                counts[part.table] = destroying.rowcount
        if found["objections"]:
            PurgeReport.objects.create(kind=ReportKind.RECORDS, at=now, counts=dict(counts))
    return counts


def dry_run(*, now: datetime) -> dict[str, int]:
    """Table → rows that a purge of everything due now would destroy or empty; nothing is changed."""
    found = due.listings(now=now, limit=EVERYTHING)
    return actions.would_purge([pk for pk, _number in found], [number for _pk, number in found], FURTHER)


def _chunk(now: datetime) -> int:
    with transaction.atomic():
        ids = [pk for pk, _number in due.listings(now=now, limit=CHUNK)]
        if not ids:
            return 0
        counts = actions.purge(ids, now=now, further=FURTHER)
        listings = counts.pop("registry_listing")
        if listings:  # another worker may have been quicker
            PurgeReport.objects.create(kind=ReportKind.LISTINGS, at=now, listings=listings, counts=counts)
    return listings
