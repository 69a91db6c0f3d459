"""Reading the log for a department: the one answer to "what is meant for it", for push, pull and snapshot alike."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from registry.models import State
from sharing.delivery.meant import WITHDRAWN, Meant


class Stretch(NamedTuple):
    """Of one department: what lies after a position and up to another."""

    department_id: int
    after: int
    upto: int


class Withdrawal(NamedTuple):
    """``reader``: the department that it was withdrawn from alone; None: from everybody."""

    position: int
    listing_id: int
    reader: int | None


SILENT_STATES = frozenset({State.WITHDRAWN.value, State.PURGED.value})
NEARBY = 1000  # positions
# Moments come as microseconds: the driver of the database needs four times as long for a datetime.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Within one of the department's spans of the listing, and not for another reader alone.
SPAN = """
    {t}.listing_id = {e}.listing_id AND {t}.department_id = %(department)s AND {e}.position >= {t}.first_position
    AND ({t}.ended_position IS NULL OR {e}.position <= {t}.ended_position)
    AND ({e}.reader IS NULL OR {e}.reader = %(department)s)
"""
# A repeat must say the same `previous_position` as the first try: rows decided later than the event do not count.
# Mostly the one before is near: positions are walked back until one was meant for the department. Asked as a subquery of
# each, for of a join PostgreSQL may think that all listings that the department was told of are needed. Where none is near,
# the department was told of few listings, or nothing was meant for it for long: then each listing it was told of is asked
# for its last event, so that the cost never grows with the log.
_NEARBY = f"""
    SELECT e2.position FROM registry_event e2
    WHERE e2.position < e.position AND e2.position >= e.position - %(nearby)s AND (
        SELECT true FROM delivery_told t2
        WHERE {SPAN.format(e="e2", t="t2")} AND t2.decided_position <= greatest(e.position, t.decided_position) LIMIT 1
    )
    ORDER BY e2.position DESC LIMIT 1
"""  # noqa: S608 - only constants are put in
_BY_LISTING = f"""
    SELECT max(last.position) FROM delivery_told t2 CROSS JOIN LATERAL (
        SELECT e2.position FROM registry_event e2
        WHERE {SPAN.format(e="e2", t="t2")} AND e2.position < e.position
        ORDER BY e2.position DESC LIMIT 1
    ) AS last
    WHERE t2.department_id = %(department)s AND t2.decided_position <= greatest(e.position, t.decided_position)
"""  # noqa: S608 - only constants are put in
_EARLIER = f"coalesce(({_NEARBY}), ({_BY_LISTING}), 0)"
# In an unbroken row of events the one before is mostly the answer.
_BEFORE = f"""
    CASE WHEN lag(t.decided_position) OVER in_order <= greatest(e.position, t.decided_position)
         THEN lag(e.position) OVER in_order ELSE {_EARLIER} END
"""
# [measures, conditions] as the envelope said them at this event.
_SAID = """
    CASE WHEN t.earlier = '[]' THEN jsonb_build_array(t.measures, t.conditions) ELSE coalesce((
        SELECT jsonb_build_array(said -> 1, said -> 2) FROM jsonb_array_elements(t.earlier) AS said
        WHERE e.position < (said ->> 0)::bigint ORDER BY (said ->> 0)::bigint LIMIT 1
    ), jsonb_build_array(t.measures, t.conditions)) END
"""
_MEANT = f"""
    SELECT e.position, e.event_id, e.epoch, e.type, (extract(epoch FROM e.occurred_at) * 1000000)::bigint AS occurred,
           e.listing_id, l.number, e.commitment, {{said}} AS said, l.state, t.ended_position, {{previous}} AS previous
    FROM registry_event e
    JOIN delivery_told t ON {SPAN.format(e="e", t="t")}
    JOIN registry_listing l ON l.id = e.listing_id
    WHERE e.position > %(after)s AND e.position <= %(upto)s
"""  # noqa: S608 - only constants are put in
_IN_A_ROW = (
    _MEANT.format(said=_SAID, previous=_BEFORE) + " WINDOW in_order AS (ORDER BY e.position) ORDER BY e.position"
)
_STRETCHES = """
    SELECT asked.number, meant.* FROM unnest(%(departments)s::bigint[], %(afters)s::bigint[], %(uptos)s::bigint[])
        WITH ORDINALITY AS asked (department_id, after, upto, number)
    CROSS JOIN LATERAL ({in_a_row}) AS meant
    ORDER BY asked.number, meant.position
"""
# Asked as a subquery of each, like what is near: joined, all that the department was told of is read for a page of five.
_END = f"""
    SELECT e.position FROM registry_event e WHERE e.position > %(after)s AND e.position <= %(upto)s AND (
        SELECT true FROM delivery_told t WHERE {SPAN.format(e="e", t="t")} LIMIT 1
    )
    ORDER BY e.position OFFSET %(count)s - 1 LIMIT 1
"""  # noqa: S608 - only constants are put in
# Positions are picked before anything is asked of them: beside what `previous` might cost in the worst case, PostgreSQL
# holds reading the log from there to its end for nothing, and of a limit behind a join, that all listings are needed.
_PICKED = _MEANT + " AND e.position = ANY(ARRAY({positions})) ORDER BY e.position"
_OF_LISTINGS = """
    SELECT e1.position FROM registry_event e1
    WHERE e1.listing_id = ANY(%(listings)s::bigint[]) AND e1.position > %(after)s AND e1.position <= %(upto)s
"""
_OF_IDS = "SELECT e1.position FROM registry_event e1 WHERE e1.event_id = ANY(%(ids)s)"

_NEWEST = f"""
    SELECT e.position FROM registry_event e JOIN delivery_told t ON {SPAN.format(e="e", t="t")}
    WHERE e.position <= %(upto)s {{of_type}} {{of_listing}} ORDER BY e.position DESC LIMIT %(limit)s
"""  # noqa: S608 - only constants are put in
_OF_TYPE = "AND e.type = %(type)s"
_OF_LISTING = "AND e.listing_id = (SELECT id FROM registry_listing WHERE number = %(number)s)"


def telling_position() -> int:
    """Up to where it is decided for whom each event is meant; nobody reads beyond it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT position FROM delivery_tellingcursor WHERE id = 1")
        (position,) = cursor.fetchone()
    return int(position)


def after(department_id: int, after_position: int, upto: int) -> list[Meant]:
    """What is meant for the department in (after, upto], in order."""
    (found,) = after_each([Stretch(department_id, after_position, upto)])
    return found


def end_of(stretch: Stretch, count: int) -> int:
    """Position of the ``count``-th event that is meant for the department in its stretch; its end where there are fewer."""
    department_id, after_position, upto = stretch
    facts = {"department": department_id, "after": after_position, "upto": upto, "count": count}
    with connection.cursor() as cursor:
        cursor.execute(_END, facts)
        row = cursor.fetchone()
    return int(row[0]) if row else upto


def after_each(stretches: Sequence[Stretch]) -> list[list[Meant]]:
    """What is meant for each department in its stretch, in order: one look for all, for each look costs a millisecond."""
    found: list[list[Meant]] = [[] for _ in stretches]
    facts: dict[str, int | list[int]] = {
        "departments": [stretch.department_id for stretch in stretches],
        "afters": [stretch.after for stretch in stretches],
        "uptos": [stretch.upto for stretch in stretches],
        "nearby": NEARBY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STRETCHES.format(in_a_row=_of_asked(_IN_A_ROW)), facts)
        for number, *row in cursor.fetchall():
            found[number - 1].append(_meant(row))
    return found


def _of_asked(sql: str) -> str:
    for name in ("department", "after", "upto"):
        column = "department_id" if name == "department" else name
        sql = sql.replace(f"%({name})s", f"asked.{column}")
    return sql


def of_listing(department_id: int, listing_id: int, from_position: int, upto: int) -> list[Meant]:
    """What is meant for the department of one listing in [from, upto], in order."""
    return of_listings(department_id, {listing_id: from_position}, upto)[listing_id]


def of_listings(department_id: int, from_positions: Mapping[int, int], upto: int) -> dict[int, list[Meant]]:
    """The same for many listings at once, each from its own position on; by listing id, empty where there is nothing."""
    return _by_listing(_picked(_OF_LISTINGS), department_id, from_positions, upto)


def without_previous(department_id: int, from_positions: Mapping[int, int], upto: int) -> dict[int, list[Meant]]:
    """The same where nobody asks which event was meant for the department before: ``previous``, which costs most, is 0."""
    return _by_listing(_picked(_OF_LISTINGS, previous="0"), department_id, from_positions, upto)


def _by_listing(sql: str, department_id: int, from_positions: Mapping[int, int], upto: int) -> dict[int, list[Meant]]:
    found: dict[int, list[Meant]] = {listing_id: [] for listing_id in from_positions}
    if not found:
        return found
    for event in _fetch(sql, department_id, min(from_positions.values()) - 1, upto, listings=list(found)):
        if event.position >= from_positions[event.listing_id]:
            found[event.listing_id].append(event)
    return found


def one(department_id: int, event_id: str, upto: int) -> Meant | None:
    """The event with this id, if it is meant for the department."""
    found = _fetch(_picked(_OF_IDS), department_id, 0, upto, ids=[event_id])
    return found[0] if found else None


def latest(department_id: int, before: int, limit: int, *, type_: str = "", number: str = "") -> list[Meant]:
    """The last events meant for the department before the position, the newest first; of a type or listing, if given."""
    newest = _NEWEST.format(of_type=_OF_TYPE if type_ else "", of_listing=_OF_LISTING if number else "")
    upto = min(before - 1, telling_position())
    return _fetch(_picked(newest), department_id, 0, upto, type=type_, number=number, limit=limit)[::-1]


def some(department_id: int, event_ids: Sequence[str]) -> list[Meant]:
    """Those of the events that are meant for the department, in order."""
    return _fetch(_picked(_OF_IDS), department_id, 0, telling_position(), ids=list(event_ids))


def last_meant(department_id: int, upto: int) -> int:
    """Position of the last event meant for the department, 0 if none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.position FROM registry_event e JOIN delivery_told t ON {SPAN.format(e='e', t='t')} "  # noqa: S608 - only constants are put in
            "WHERE e.position <= %(upto)s ORDER BY e.position DESC LIMIT 1",
            {"department": department_id, "upto": upto},
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def withdrawn_after(position: int) -> tuple[int, list[Withdrawal]]:
    """The end of the log now, and what was withdrawn after the position, whether anybody was told or not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, type, listing_id, reader FROM registry_event WHERE position > %s ORDER BY position",
            [position],
        )
        rows = cursor.fetchall()
    end = rows[-1][0] if rows else position
    withdrawn = [Withdrawal(at, listing, reader) for at, type_, listing, reader in rows if type_ == WITHDRAWN]
    return int(end), withdrawn


def position_at(moment: datetime) -> int:
    """The first position that was recorded at the moment or later; one past the end of the log if none was.

    Halving, because positions are given out in the order of time: an index on the time would cost every act.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM registry_loghead WHERE id = 1")
        low, high = 1, int(cursor.fetchone()[0]) + 1
        while low < high:
            middle = (low + high) // 2
            cursor.execute("SELECT recorded_at < %s FROM registry_event WHERE position = %s", [moment, middle])
            low, high = (middle + 1, high) if cursor.fetchone()[0] else (low, middle)
    return low


def _picked(positions: str, *, previous: str = _EARLIER) -> str:
    """Those of these positions that are meant for the department, in order."""
    return _PICKED.format(said=_SAID, previous=previous, positions=positions)


def _fetch(sql: str, department_id: int, after_position: int, upto: int, **more: Any) -> list[Meant]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql, {"department": department_id, "after": after_position, "upto": upto, "nearby": NEARBY, **more}
        )
        return [_meant(row) for row in cursor.fetchall()]


def _meant(row: Sequence[Any]) -> Meant:
    position, event_id, epoch, type_, occurred, listing_id, number, commitment, said, state, ended, previous = row
    measures, conditions = _said(said) if isinstance(said, str) else said
    return Meant(
        position,
        event_id,
        epoch,
        type_,
        EPOCH + timedelta(microseconds=occurred),
        listing_id,
        number,
        bytes(commitment),
        measures,
        previous,
        state in SILENT_STATES or ended is not None,
        conditions,
    )


@lru_cache(maxsize=1024)
def _said(text: str) -> Any:
    """Measures and conditions, the same of most listings. Nobody changes what comes out."""
    return json.loads(text)
