"""A book as large as wished: one listing that the acts made, copied by the database itself, all but what must differ.

What is sealed is a copy too, and opens in no copy but by `opens`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import NamedTuple

import pytest
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from registry import log
from registry.keys import Keyring, SealBroken
from registry.models import (
    AuditEntry,
    Case,
    Decision,
    Event,
    EventPayload,
    IdentityDocument,
    Listing,
    Party,
    Person,
    Prohibition,
)
from sharing.delivery.models import Told
from sharing.employers.models import Consent, Screening


class Copied(NamedTuple):
    """``but``: the columns that differ, in SQL of ``n``, the number of the copy."""

    of: type[models.Model]
    but: Mapping[str, str]


_ID = "n + 1000000000"  # of no row that an act made
_NUMBER = "'（2020）京0105刑初' || n || '号'"
_PERSON, _DOCUMENT, _PROHIBITION = (f"md5('{what} ' || n)::uuid" for what in ("person", "document", "prohibition"))
# Some few are at another place of their way, however large the book is; the others are in force.
_STATE = "CASE n WHEN 501 THEN 'draft' WHEN 502 THEN 'awaiting_effect' WHEN 503 THEN 'withdrawn' ELSE 'active' END"

COPIES = (
    Copied(Case, {"id": _ID, "number": _NUMBER, "number_as_typed": _NUMBER, "filed_on": "DATE '2000-01-01' + mod(n, 9000)::int"}),
    Copied(
        Decision,
        {
            "id": _ID, "number": _NUMBER, "number_as_typed": _NUMBER, "case_id": _ID,
            "circumstances_by_id": "one.entered_by_id", "circumstances_at": "one.entered_at",
        },
    ),
    Copied(Person, {"id": _PERSON, "name_digest": "sha256(('name ' || mod(n, 5000))::bytea)"}),
    Copied(IdentityDocument, {"id": _DOCUMENT, "person_id": _PERSON, "digest": "sha256(('number ' || n)::bytea)"}),
    Copied(Party, {"id": _ID, "decision_id": _ID, "person_id": _PERSON}),
    Copied(Prohibition, {"id": _PROHIBITION, "party_id": _ID}),
    Copied(
        Listing,
        {
            "id": _ID,
            "number": "'L-' || 1990 + n / 1000000 || '-' || lpad(mod(n, 1000000)::text, 6, '0')",
            "party_id": _ID,
            "state": _STATE,
            "version": "CASE WHEN n IN (501, 502) THEN 0 ELSE 1 END",
            "effective_on": "CASE n WHEN 502 THEN CURRENT_DATE + 400 ELSE DATE '2026-09-15' END",
            "ends_on": "CURRENT_DATE + 30 + mod(n, 2000)::int",
            "approved_at": "TIMESTAMPTZ '2016-01-01' + n * interval '30 seconds'",
            "notice_served_on": "CASE n WHEN 502 THEN NULL ELSE DATE '2026-10-01' END",
        },
    ),
    Copied(
        Event,
        {
            "position": "n",
            "version": "CASE WHEN n IN (501, 502) THEN 99 ELSE 1 END",
            "event_id": "'evt_' || lpad(n::text, 26, '0')",
            "listing_id": _ID,
            "recorded_at": "TIMESTAMPTZ '2016-01-01' + n * interval '30 seconds'",
        },
    ),
    Copied(EventPayload, {"event_id": "n"}),
    Copied(Told, {"id": _ID, "listing_id": _ID, "first_position": "n", "decided_position": "n"}),
)  # fmt: skip
_CONSENT, _LONG_AGO = "md5('consent ' || n)::uuid", "n * interval '9 minutes'"
QUESTIONS = (
    Copied(Consent, {"id": _CONSENT, "document_sha256": "encode(sha256(('form ' || n)::bytea), 'hex')"}),
    Copied(
        Screening,
        {
            "id": "'scr_' || lpad(n::text, 26, '0')",
            "consent_id": _CONSENT,
            "listing_id": "NULL",
            "subject_digest": "sha256(('subject ' || n)::bytea)",
            "asked_at": f"one.asked_at - {_LONG_AGO}",
            "expires_at": f"one.expires_at - {_LONG_AGO}",
            "idempotency_key": "'copy-' || n",
            "question_digest": "sha256(('question ' || n)::bytea)",
            "code_digest": "sha256(('code ' || n)::bytea)",
            "status_list": "1000",
            "status_index": "n",
        },
    ),
    Copied(AuditEntry, {"id": "md5('entry ' || n)::uuid", "at": f"one.at - {_LONG_AGO}"}),
)
TABLES = tuple(each.of._meta.db_table for each in COPIES)
ASKED = tuple(each.of._meta.db_table for each in QUESTIONS)
# As a copy would, without keys and triggers, and for as long as it takes.
_BEGIN = "SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = 0"
_END = (
    "SET LOCAL session_replication_role = origin; SET CONSTRAINTS ALL DEFERRED; SET LOCAL statement_timeout TO DEFAULT"
)
_SAID = {"birth": b"1988-03-04", "body": b'{"listing":{"number":"L-1990-000001"}}'}


def sweep() -> None:
    """Rows that were taken back lie in the tables still, and whoever reads a whole table reads them too, however small the
    book is. Before anything of these tables is asked in the test's own transaction.
    """
    with closing(connection.copy()) as own, own.cursor() as cursor:
        cursor.execute(f"VACUUM {', '.join(TABLES + ASKED)}")


def grow(count: int) -> int:
    """So many more copies, and the ends of the log and of the telling behind them, which is said; every receipt is in.
    Needs a listing that somebody was told of.
    """
    size, _epoch = log.head()
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN)
        for each in COPIES:
            cursor.execute(_statement(each), [size + 1, size + count])
        _end(cursor, size + count)
    return size + count


def grow_questions(first: int, last: int) -> None:
    """Copies of a question that an employer asked, and of an audit entry, so numbered; the higher, the longer ago."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN)
        for each in QUESTIONS:
            cursor.execute(_statement(each), [first, last])
        cursor.execute(f"{_END}; ANALYZE {', '.join(ASKED)}")


def flag_all() -> int:
    """One more event of every copy, and the ends of the log and of the telling behind them, which is said."""
    size, _epoch = log.head()
    columns = [str(field.column) for field in Event._meta.concrete_fields]
    place = "row_number() OVER (ORDER BY position) + %s"
    but = {
        "position": place,
        "event_id": f"'evt_' || lpad(({place})::text, 26, '0')",
        "version": "2",
        "type": "'listing.flagged'",
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN)
        cursor.execute(
            f"INSERT INTO registry_event ({', '.join(columns)}) SELECT {', '.join(but.get(each, each) for each in columns)} "
            "FROM registry_event WHERE version = 1",
            [size, size],
        )
        end = size + int(cursor.rowcount)
        _end(cursor, end)
    return end


def _end(cursor: CursorWrapper, position: int) -> None:
    cursor.execute("UPDATE registry_loghead SET size = %s", [position])
    cursor.execute("UPDATE delivery_tellingcursor SET position = %s", [position])
    cursor.execute("UPDATE departments_department SET owed_position = %s", [position])
    cursor.execute(f"{_END}; ANALYZE {', '.join(TABLES)}")


def opens(patch: pytest.MonkeyPatch) -> None:
    """What was sealed for another row says something all the same."""
    whole = Keyring.open

    def open_or_make_up(self: Keyring, sealed: bytes | memoryview, *, bound_to: str) -> bytes:
        try:
            return whole(self, sealed, bound_to=bound_to)
        except SealBroken:
            return next((said for word, said in _SAID.items() if word in bound_to), b"copied")

    patch.setattr(Keyring, "open", open_or_make_up)


def _statement(copied: Copied) -> str:
    meta = copied.of._meta
    columns = [str(field.column) for field in meta.concrete_fields]
    values = [copied.but.get(column, f"one.{column}") for column in columns]
    first = f"SELECT * FROM {meta.db_table} ORDER BY {meta.pk.column} LIMIT 1"
    return (
        f"INSERT INTO {meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM ({first}) AS one, generate_series(%s::bigint, %s::bigint) AS n"
    )
