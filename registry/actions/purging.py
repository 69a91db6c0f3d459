"""Purging: what was told and held of a person is destroyed once every copy outside is known to be gone.

Of the log only salt and body go, so that every commitment still stands in its place and says nothing any more; the event
of the withdrawal, which names nobody, stays whole. Who may be purged is decided by `sharing.retention`, and
asked again here, under the lock, with that it is withdrawn.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from registry.actions.acting import hold_decisions, hold_digests, lock, perform
from registry.actions.departing import mark_what_they_held
from registry.models import IdentityDocument, Listing, Outcome, Person, PersonKind, Proposal, State

KEEPER = "registry_keeper"
StillDue = Callable[[Collection[int]], Collection[int]]

logger = logging.getLogger(__name__)


class Part(NamedTuple):
    """Rows of one table that go with a listing, or some of whose columns do. ``keeper``: by the second role alone."""

    table: str
    where: str
    columns: str = ""  # SET …; empty: the rows are deleted
    keeper: bool = False

    @property
    def counting(self) -> str:
        return f"SELECT count(*) FROM {self.table} WHERE {self.where}"  # noqa: S608 - only constants are put in

    @property
    def destroying(self) -> str:
        what = f"UPDATE {self.table} SET {self.columns}" if self.columns else f"DELETE FROM {self.table}"  # noqa: S608
        return f"{what} WHERE {self.where}"


_FILES = "SELECT id FROM registry_decisionfile WHERE decision_id = ANY(%(decisions)s::bigint[])"
_PARTIES = "SELECT party_id FROM registry_listing WHERE id = ANY(%(ids)s::bigint[])"
# Whose last listings these are: whoever is entered under the same person and is not purged still needs it.
_PERSONS = f"""
    SELECT DISTINCT p.person_id FROM registry_party p WHERE p.id IN ({_PARTIES}) AND NOT EXISTS (
        SELECT FROM registry_party o JOIN registry_listing l ON l.party_id = o.id
        WHERE o.person_id = p.person_id AND l.state <> 'purged' AND l.id <> ALL(%(ids)s::bigint[]))
"""  # noqa: S608 - only constants are put in
PARTS = (
    Part(
        "registry_eventpayload",
        "event_id IN (SELECT position FROM registry_event WHERE listing_id = ANY(%(ids)s::bigint[])"
        " AND type <> 'listing.withdrawn')",
        keeper=True,
    ),
    Part(
        "registry_actrecord",
        "listing_number = ANY(%(numbers)s::text[]) AND reason_sealed IS NOT NULL",
        "reason_sealed = NULL",
        keeper=True,
    ),
    Part(
        "registry_seal",
        "listing_id = ANY(%(ids)s::bigint[]) AND words_sealed IS NOT NULL",
        "words_sealed = NULL",
        keeper=True,
    ),
    Part(
        "registry_sealopened",
        "listing_id = ANY(%(ids)s::bigint[]) AND reason_sealed IS NOT NULL",
        "reason_sealed = NULL",
        keeper=True,
    ),
    # The judgment names all its parties: its file goes with the first of them that is purged while it is there.
    Part(
        "registry_fileremoval",
        f"file_id IN ({_FILES}) AND reason_sealed IS NOT NULL",
        "reason_sealed = NULL",
        keeper=True,
    ),
    Part(
        "registry_decisionfile",
        "decision_id = ANY(%(decisions)s::bigint[]) AND content_sealed IS NOT NULL",
        "content_sealed = NULL",
        keeper=True,
    ),
    Part("registry_noticeservice", "listing_number = ANY(%(numbers)s::text[])", keeper=True),
    Part("registry_returneddraft", "listing_id = ANY(%(ids)s::bigint[])"),
    Part("registry_proposal", "listing_id = ANY(%(ids)s::bigint[]) AND changes_sealed <> ''", "changes_sealed = ''"),
    Part("registry_prohibition", f"party_id IN ({_PARTIES})"),
    Part(
        "registry_party",
        f"id IN ({_PARTIES})",
        "offence_dates = '{}', received_on = NULL, detained = false, appealed_on = NULL, appeal_withdrawn_on = NULL,"
        " sentence_ends_on = NULL, released_on = NULL, custody_credited_days = 0",
    ),
    Part("registry_unitchange", "unit_id = ANY(%(persons)s::uuid[])", keeper=True),
    Part("registry_identitydocument", "person_id = ANY(%(persons)s::uuid[])"),
    Part("registry_formername", "person_id = ANY(%(persons)s::uuid[])"),
    Part(
        "registry_person",
        "id = ANY(%(persons)s::uuid[]) AND name_sealed <> ''",
        "name_sealed = '', name_digest = '', birth_date_sealed = NULL, birth_date_corrected = false",
    ),
)

# What the row of the listing itself loses.
_OF_THE_LISTING: dict[str, Any] = {
    "statement_sealed": None,
    "returned_because_sealed": None,
    "flags": [],
    "ends_on": None,
    "review_on": None,
    "reviewed_on": None,
    "notice_served_on": None,
    "notice_served_how": "",
    "days_differ_since": None,
    "no_appeal_confirmed_at": None,
}


def purge(
    listing_ids: Collection[int], *, now: datetime, further: Sequence[Part] = (), still_due: StillDue = frozenset
) -> dict[str, int]:
    """Destroy what is held of these withdrawn listings; how many rows of each table. Those not withdrawn are left.

    ``further``: what goes with them besides what the book holds. ``still_due``: which of them may go, asked once they are held:
    what was raised since they were found keeps them.
    """
    with transaction.atomic():
        hold_decisions(Listing.including_sealed.filter(pk__in=listing_ids).values_list("party__decision", flat=True))
        listings = _still_due(lock(listing_ids, sealed_too=True), still_due)
        mark_what_they_held(listings)
        persons = [row.party.person_id for row in listings]
        held = IdentityDocument.including_mistaken.filter(person__in=persons).values_list("digest", flat=True)
        hold_digests(map(bytes, held))
        perform("purge", listings, officer=None, now=now, alike=_OF_THE_LISTING)
        _end_proposals(listings, now)
        facts = _facts([row.pk for row in listings], [row.number for row in listings])
        return {"registry_listing": len(listings), **_destroyed(facts, (*further, *PARTS))}


def _still_due(held: Sequence[Listing], still_due: StillDue) -> list[Listing]:
    """Those that are withdrawn and still due; the others are named in the log."""
    withdrawn = [row for row in held if row.state == State.WITHDRAWN]
    due = still_due([row.pk for row in withdrawn])
    for row in withdrawn:
        if row.pk not in due:
            logger.info("%s is not due for purging any more, and stays", row)
    return [row for row in withdrawn if row.pk in due]


def _end_proposals(listings: Sequence[Listing], now: datetime) -> None:
    """What nobody decided waits for nobody any more, and nobody gives a reason for refusing it, which would stay."""
    pending = Proposal.objects.filter(listing__in=listings, outcome=Outcome.PENDING)
    pending.update(outcome=Outcome.ENDED, decided_at=now)


def forget_said(numbers: Collection[str]) -> None:
    """Of drafts that are destroyed: the reasons of their acts, and what proved a service. Who did what when stays.

    In the caller's transaction.
    """
    facts = _facts((), numbers)
    with as_keeper() as cursor:
        for part in PARTS:
            if part.table in ("registry_actrecord", "registry_noticeservice"):
                cursor.execute(part.destroying, facts)


def forget_changes(person: Person) -> None:
    """Of a unit under which nobody is entered any more: what became of it. In the caller's transaction."""
    if person.kind != PersonKind.UNIT:
        return
    with as_keeper() as cursor:
        cursor.execute("DELETE FROM registry_unitchange WHERE unit_id = %s", [person.pk])


def forget_files(decisions: Collection[int]) -> None:
    """The files of these decisions: a party of theirs is sealed, or nobody is entered from them any more. That they were
    attached stays. In the caller's transaction.
    """
    with as_keeper() as cursor:
        for part in PARTS:
            if part.table in ("registry_decisionfile", "registry_fileremoval"):
                cursor.execute(part.destroying, {"decisions": list(decisions)})


def destroy_file(file_id: UUID) -> bool:
    """The content of one file; whether there was any. In the caller's transaction."""
    with as_keeper() as cursor:
        cursor.execute(
            "UPDATE registry_decisionfile SET content_sealed = NULL WHERE id = %s AND content_sealed IS NOT NULL",
            [file_id],
        )
        return bool(cursor.rowcount)


def would_purge(listing_ids: Collection[int], numbers: Collection[str], further: Sequence[Part] = ()) -> dict[str, int]:
    """How many rows `purge` would destroy; nothing is changed."""
    facts = _facts(listing_ids, numbers)
    with connection.cursor() as cursor:
        counts = {each.table: _count(cursor, each, facts) for each in (*further, *PARTS)}
    return {"registry_listing": len(listing_ids), **counts}


@contextmanager
def as_keeper() -> Iterator[Any]:
    """A cursor that works as the second role, inside the caller's transaction: it alone may destroy evidence."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {KEEPER}")
        yield cursor
        cursor.execute("RESET ROLE")


def _facts(ids: Collection[int], numbers: Collection[str]) -> dict[str, Any]:
    """Whose last listings these are is asked here, since the second role may not read who is listed."""
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, {"ids": list(ids)})
        persons = [person for (person,) in cursor.fetchall()]
        cursor.execute(f"SELECT DISTINCT decision_id FROM registry_party WHERE id IN ({_PARTIES})", {"ids": list(ids)})  # noqa: S608
        decisions = [decision for (decision,) in cursor.fetchall()]
    return {"ids": list(ids), "numbers": list(numbers), "persons": persons, "decisions": decisions}


def _destroyed(facts: dict[str, Any], parts: Sequence[Part]) -> dict[str, int]:
    counts = {}
    with as_keeper() as cursor:
        for part in (each for each in parts if each.keeper):
            cursor.execute(part.destroying, facts)
            counts[part.table] = cursor.rowcount
    with connection.cursor() as cursor:
        for part in (each for each in parts if not each.keeper):
            cursor.execute(part.destroying, facts)
            counts[part.table] = cursor.rowcount
    return counts


def _count(cursor: Any, part: Part, facts: dict[str, Any]) -> int:
    cursor.execute(part.counting, facts)
    return int(cursor.fetchone()[0])
