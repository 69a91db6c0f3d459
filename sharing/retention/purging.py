"""The purge as a job: what is due, chunk by chunk, with a report of each; and what it would do, without doing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from registry import actions
from registry.actions.apart import apart, one_by_one
from registry.actions.purging import Part, as_keeper
from sharing.retention import ageing, due
from sharing.retention.ageing import Aged
from sharing.retention.models import PurgeReport, ReportKind


def _objected(which: str) -> tuple[Part, ...]:
    """What was said in objections and how it was proved; what remains is said in the schedule. ``which``: their numbers, in SQL."""
    return (
        Part(
            "persons_objectionstep",
            f"objection_id IN ({which}) AND reason_sealed IS NOT NULL",
            "reason_sealed = NULL",
        ),
        Part("persons_objectionmail", f"objection_id IN ({which})"),
        Part("persons_objectionevidence", f"objection_id IN ({which})", keeper=True),
        Part(
            "persons_objectionfile",
            f"objection_id IN ({which}) AND content_sealed IS NOT NULL",
            "content_sealed = NULL",
        ),
        Part("persons_objection", f"number IN ({which}) AND content_sealed IS NOT NULL", "content_sealed = NULL"),
    )


OBJECTED = _objected("SELECT number FROM persons_objection WHERE listing_id = ANY(%(ids)s::bigint[])")
# With what a person came back: whoever is not listed any more has nothing to come back for. Under a number that was entered by
# mistake it may be its true bearer's, who is in the book himself.
PASSKEYS = Part(
    "persons_passkey",
    "EXISTS (SELECT FROM registry_identitydocument d WHERE d.person_id = ANY(%(persons)s::uuid[])"
    " AND d.digest = ANY (persons_passkey.subject_digests) AND (d.mistaken_at IS NULL OR NOT EXISTS ("
    "SELECT FROM registry_identitydocument o WHERE o.digest = d.digest AND o.mistaken_at IS NULL)))",
)
FURTHER = (*OBJECTED, PASSKEYS)
UNNAMED = _objected("SELECT unnest(%(objections)s::text[])")
SAID = "persons_objection"
RECORDS = {each.table: each for each in ageing.AGED}
CHUNK = 500
CHUNKS_A_RUN = 40  # the clock goes on with what is left
EVERYTHING = 1_000_000


def purge(*, now: datetime, most_chunks: int = CHUNKS_A_RUN) -> int:
    """Purge what is due; the number of listings. Run by the clock, resumable, each listing once. One that cannot be purged is named
    in the log, and keeps none of the others.
    """
    done = after = 0
    for _turn in range(most_chunks):
        ids = [pk for pk, _number in due.listings(now=now, limit=CHUNK, after=after)]
        if not ids:
            break
        done, after = done + apart(ids, partial(_purged, now=now)), ids[-1]
    return done


def forget_records(*, now: datetime) -> int:
    """Destroy records that are past their years, and what was said in objections about no listing; how many rows. A table of which
    nothing can be destroyed is named in the log, and keeps none of the others.
    """
    counts = Counter[str]()
    one_by_one((SAID, *RECORDS), partial(_forget, counts=counts, now=now), "what is past its time in")
    return counts.total()


def _forget(table: str, counts: Counter[str], now: datetime) -> bool:
    counts.update(forget_unnamed(now=now) if table == SAID else _forget_aged(RECORDS[table], now))
    return True


def _forget_aged(aged: Aged, now: datetime) -> Counter[str]:
    with transaction.atomic():
        found = ageing.destroy(aged, before=ageing.before(now))
        if found:
            PurgeReport.objects.create(kind=ReportKind.RECORDS, at=now, counts={aged.table: found})
    return Counter({aged.table: found})


def forget_unnamed(*, now: datetime) -> Counter[str]:
    """Destroy one chunk of what was said in objections about no listing, once retention since their end is over; table → rows."""
    counts = Counter[str]()
    with transaction.atomic():
        found = {"objections": due.unnamed(now=now, limit=CHUNK, held=True)}
        for part in UNNAMED:
            with as_keeper() if part.keeper else connection.cursor() as destroying:
                destroying.execute(part.destroying, found)
                counts[part.table] = destroying.rowcount
        if found["objections"]:
            PurgeReport.objects.create(kind=ReportKind.UNNAMED, at=now, counts=dict(counts))
    return counts


def dry_run(*, now: datetime) -> dict[str, int]:
    """Table → rows that a purge of everything due now would destroy or empty, objections about no listing among it;
    nothing is changed.
    """
    found = due.listings(now=now, limit=EVERYTHING)
    counts = Counter(actions.would_purge([pk for pk, _number in found], [number for _pk, number in found], FURTHER))
    unnamed = {"objections": due.unnamed(now=now, limit=EVERYTHING)}
    with connection.cursor() as cursor:
        for part in UNNAMED:
            cursor.execute(part.counting, unnamed)
            counts[part.table] += cursor.fetchone()[0]
    return dict(counts)


def _purged(ids: Sequence[int], now: datetime) -> int:
    """In the caller's transaction."""
    counts = actions.purge(ids, now=now, further=FURTHER, still_due=partial(due.still, now=now))
    listings = counts.pop("registry_listing")
    if listings:  # another worker may have been quicker
        PurgeReport.objects.create(kind=ReportKind.LISTINGS, at=now, listings=listings, counts=counts)
    return listings
