"""Whether every recorded row is as it was written: leaves against rows, the tree against the log.

What the triggers hash is computed here anew, by the database's own functions and not by those of the triggers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Min
from django.utils import timezone

from registry import log
from registry.auditing.growing import entry, frontier_of
from registry.keys import KeyUnknown, SealBroken
from registry.models import AuditEnd, AuditLeaf, AuditTree, AuditVerification, Event, EventType
from registry.models.log import open_parts
from registry.models.recorded import TRIGGERS
from registry.tree.hashing import Frontier
from sharing.audit.faults import NAMED, Comparison, Fault, Wrong
from sharing.audit.recorded import RECORDED, Source

CHUNK = 5_000


# Nobody waits for it, and tables are read whole.
_AS_HASHED = "SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL statement_timeout = '10min'"
_LEAVES = """
    SELECT position, source, digest, emptied_digest FROM registry_auditleaf
    WHERE position > %s AND position <= %s ORDER BY position
"""
_WITH_ROWS = """
    SELECT leaf.position, coalesce(leaf.row_key, ''), leaf.row_key IS NULL, kept.said IS NULL,
        ARRAY(SELECT how FROM registry_auditend WHERE leaf = leaf.id AND source = leaf.source),
        leaf.digest = sha256(uuid_send(leaf.salt) || convert_to((kept.said - %(emptied)s::text[])::text, 'UTF8')),
        leaf.emptied_digest IS NOT DISTINCT FROM CASE WHEN %(emptied)s::text[] <> '{{}}' THEN
            sha256(uuid_send(leaf.emptied_salt) || convert_to((
                SELECT jsonb_object_agg(name, kept.said -> name) FROM unnest(%(emptied)s::text[]) AS name
            )::text, 'UTF8')) END,
        NOT EXISTS (SELECT FROM unnest(%(emptied)s::text[]) AS name WHERE coalesce(kept.said ->> name, '') NOT IN ('', '\\x'))
    FROM registry_auditleaf AS leaf
    LEFT JOIN LATERAL (
        SELECT (SELECT jsonb_object_agg(field, CASE
                WHEN (field = 'sealed' OR field LIKE '%%\\_sealed') AND value <> '"\\\\x"' THEN 'true' ELSE value END)
            FROM jsonb_each(jsonb_strip_nulls(to_jsonb(whole))) AS each (field, value)) AS said
        FROM {table} AS whole WHERE whole.{key} = CASE WHEN leaf.row_key ~ %(like_a_key)s THEN leaf.row_key::{type} END
    ) AS kept ON true
    WHERE leaf.source = %(source)s AND leaf.position > %(after)s AND leaf.position <= %(upto)s ORDER BY leaf.position
"""
# What no key of the table looks like was written by hand, and is the key of no row.
_LIKE_A_KEY = {
    "uuid": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    "bigint": "^[0-9]{1,18}$",
    "integer": "^[0-9]{1,9}$",
}
_WITHOUT_LEAF = """
    SELECT {key}::text, count(*) OVER () FROM {table} AS whole WHERE NOT EXISTS (
        SELECT FROM registry_auditleaf WHERE source = %s AND row_key = whole.{key}::text
    ) ORDER BY {key} LIMIT %s
"""
# One that waits has none yet. Tree and leaves as they are at this moment: more is placed while others are compared.
_UNPLACED = """
    SELECT position, source, coalesce(row_key, ''), count(*) OVER () FROM registry_auditleaf
    WHERE position < 1 OR position > (SELECT size FROM registry_audittree WHERE id = 1) ORDER BY position LIMIT %s
"""
_GUARDED = """
    SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = ANY(%s) AND tgenabled IN ('O', 'A')
"""


def _nobody_waits() -> None:
    pass


def compare(alive: Callable[[], object] = _nobody_waits) -> Comparison:
    """All of it, chunk by chunk; each statement sees rows and leaves as they were at one moment.

    ``alive`` is called between statements, of which each takes ten minutes at most.
    """
    found = Comparison()
    roots = _anchored(found)  # before the tree, which is never behind its anchors
    tree = AuditTree.objects.defer("unanchored_since").get(pk=1)
    found.size = tree.size
    frontier = Frontier()
    begin = 0
    while begin < tree.size:
        upto = min(begin + CHUNK, tree.size)
        frontier, tables = _leaves(begin, upto, frontier, roots, found)
        for source in RECORDED:
            if source.table in tables:
                _rows(source, begin, upto, found)
        begin = upto if tables else _before_the_next(upto, tree.size)
        alive()
    if frontier != _head(tree):
        found.add(Wrong(Fault.HEAD, position=tree.size))
    for size in sorted(each for each in roots if each > tree.size):
        found.add(Wrong(Fault.ANCHOR, position=size))
    _outside(found, alive)
    return found


def _before_the_next(position: int, size: int) -> int:
    """Where leaves go on after a chunk without any: a size that somebody wrote is not counted up to."""
    following = AuditLeaf.objects.filter(position__gt=position).aggregate(first=Min("position"))["first"]
    return size if following is None else following - 1


def verify(*, now: datetime, alive: Callable[[], object] = _nobody_waits) -> tuple[Comparison, AuditVerification]:
    """The same, on record. ``now``: when it began."""
    found = compare(alive)
    first = found.first
    kept = AuditVerification.objects.create(
        size=found.size,
        begun_at=now,
        ended_at=timezone.now(),
        findings=found.count,
        fault=first.fault if first else "",
        position=first.position if first else None,
        row=first.row if first else "",
    )
    return found, kept


def _head(tree: AuditTree) -> Frontier | None:
    try:
        return frontier_of(tree)
    except ValueError:
        return None


def _anchored(found: Comparison) -> dict[int, bytes]:
    """By size: the roots that the log has, each opened and held against its commitment."""
    roots: dict[int, bytes] = {}
    events = Event.objects.filter(type=EventType.ANCHORED, listing=None).select_related("payload").order_by("position")
    for event in events.defer("occurred_at", "recorded_at").iterator(chunk_size=500):
        told = _told(event)
        if told is None or roots.setdefault(*told) != told[1]:
            found.add(Wrong(Fault.NO_ANCHOR, source="registry_event", key=str(event.position)))
        else:
            found.anchors += 1
    return roots


def _told(event: Event) -> tuple[int, bytes] | None:
    if not hasattr(event, "payload"):
        return None
    try:
        body, salt = open_parts(event.event_id, bytes(event.payload.body_sealed), bytes(event.payload.salt_sealed))
    except (SealBroken, KeyUnknown):
        return None
    if log.commitment(salt, body) != bytes(event.commitment):
        return None
    said = log.read(event)["listing"]
    return int(said["size"]), bytes.fromhex(said["root"])


def _leaves(
    begin: int, upto: int, frontier: Frontier, roots: Mapping[int, bytes], found: Comparison
) -> tuple[Frontier, set[str]]:
    """The tree up to there, from the leaves alone, compared with each anchor on the way; and of which tables they are."""
    with _asked() as cursor:
        cursor.execute(_LEAVES, [begin, upto])
        rows = cursor.fetchall()
    recorded = {source.table for source in RECORDED}
    entries: list[bytes] = []
    for expected, row in enumerate(rows, start=begin + 1):
        if row[0] != expected:
            found.add(Wrong(Fault.MISSING, position=expected))
            break
        if row[1] not in recorded:
            found.add(Wrong(Fault.UNKNOWN, position=expected, source=row[1]))
        entries.append(entry(row[2], row[3]))
    else:
        if len(rows) < upto - begin:
            found.add(Wrong(Fault.MISSING, position=begin + len(rows) + 1))
    return _grown(frontier, begin, entries, roots, found), {row[1] for row in rows}


def _grown(
    frontier: Frontier, begin: int, entries: Sequence[bytes], roots: Mapping[int, bytes], found: Comparison
) -> Frontier:
    at = 0
    for size in (*sorted(each for each in roots if begin < each <= begin + len(entries)), begin + len(entries)):
        frontier, at = frontier.grown(entries[at : size - begin]), size - begin
        if size in roots and frontier.root != roots[size]:
            found.add(Wrong(Fault.ANCHOR, position=size))
    return frontier


def _rows(source: Source, begin: int, upto: int, found: Comparison) -> None:
    table, key, kind = _place(source)
    statement = _WITH_ROWS.format(table=table, key=key, type=kind)
    values: dict[str, Any] = {"emptied": list(source.emptied), "source": source.table, "after": begin, "upto": upto}
    values["like_a_key"] = _LIKE_A_KEY.get(kind, "")
    with _asked() as cursor:
        cursor.execute(statement, values)
        for position, row_key, is_gone, is_missing, ends, fits, emptied_fits, is_empty in cursor.fetchall():
            wrong: Fault | None = None
            if is_gone or is_missing:
                found.purged += AuditEnd.DELETED in ends
                wrong = None if is_gone and AuditEnd.DELETED in ends else Fault.DELETED
            elif not fits:
                wrong = Fault.CHANGED
            elif AuditEnd.EMPTIED in ends and is_empty:
                found.emptied += 1
            elif not emptied_fits:
                wrong = Fault.EMPTIED if is_empty else Fault.CHANGED
            if wrong:
                found.add(Wrong(wrong, position=position, source=source.table, key=row_key))


@contextmanager
def _asked() -> Iterator[CursorWrapper]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_AS_HASHED)
        yield cursor


def _outside(found: Comparison, alive: Callable[[], object]) -> None:
    """What the leaves of the tree cannot tell: leaves beside it, rows without one, and tables that are not watched any more."""
    _unplaced(found)
    for source in RECORDED:
        alive()
        _without_leaf(source, found)
        names = list(TRIGGERS if source.emptied else TRIGGERS[:2])
        with _asked() as cursor:
            cursor.execute(_GUARDED, [source.table, names])
            if cursor.fetchone()[0] != len(names):
                found.add(Wrong(Fault.UNGUARDED, source=source.table))


def _unplaced(found: Comparison) -> None:
    with _asked() as cursor:
        cursor.execute(_UNPLACED, [NAMED])
        rows = cursor.fetchall()
    for position, source, row_key, _count in rows:
        found.add(Wrong(Fault.UNPLACED, position=position, source=source, key=row_key))
    _add_unnamed(rows, found)


def _without_leaf(source: Source, found: Comparison) -> None:
    table, key, _kind = _place(source)
    with _asked() as cursor:
        cursor.execute(_WITHOUT_LEAF.format(table=table, key=key), [source.table, NAMED])
        rows = cursor.fetchall()
    for row_key, _count in rows:
        found.add(Wrong(Fault.UNRECORDED, source=source.table, key=row_key))
    _add_unnamed(rows, found)


def _add_unnamed(rows: Sequence[tuple[Any, ...]], found: Comparison) -> None:
    """All are counted, in the last column; as many as are ever named were asked for."""
    if rows:
        found.add_unnamed(rows[0][-1] - len(rows))


@lru_cache
def _place(source: Source) -> tuple[str, str, str]:
    """Table, key and the key's type, as statements have them."""
    quote = connection.ops.quote_name
    app, _underscore, name = source.table.partition("_")
    key = apps.get_model(app, name)._meta.pk
    return quote(source.table), quote(source.key), str(key.db_type(connection))
