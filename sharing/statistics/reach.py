"""The listings in force, of how many each sector was told, and of how many it said that it applies them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.db import connection

from registry import codes
from registry.statistics.counting import Counts
from registry.statistics.shapes import base, cell


def with_reach(counts: Counts, *, today: date) -> Counts:
    """The counts with the listings in force and the tables "told" and "applied"; of the moment, whatever the period.

    One statement is one moment: no sector was told of more listings than there are.
    """
    zero = {cell(table, sector): 0 for table in ("told", "applied") for sector in codes.entries("sectors")}
    return replace(counts, numbers={**counts.numbers, **zero, **dict(_reached(today))})


def _reached(today: date) -> Iterator[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, {"today": today})
        in_force, *sectors = cursor.fetchall()
        yield base("in_force"), in_force[1]
        for sector, told, applied in sectors:
            yield cell("told", sector), told
            yield cell("applied", sector), applied


# Whose last day is over is in force no more, also where the clock has not ended it yet. First the listings in force. Applied: the department's receipt for the last event of the listing that was meant for it.
_REACHED = """
    SELECT NULL AS sector, count(*), 0 FROM registry_listing
        WHERE state IN ('active', 'suspended') AND sealed_at IS NULL AND (ends_on IS NULL OR ends_on >= %(today)s)
    UNION ALL
    SELECT d.sector, count(DISTINCT t.listing_id),
           count(DISTINCT t.listing_id) FILTER (WHERE EXISTS (
               SELECT FROM departments_receipt r
               WHERE r.department_id = t.department_id AND r.kind = 'applied' AND r.event_id = (
                   SELECT max(e.position) FROM registry_event e
                   WHERE e.listing_id = t.listing_id AND (e.reader IS NULL OR e.reader = t.department_id))))
    FROM delivery_told t
         JOIN registry_listing l ON l.id = t.listing_id
         JOIN departments_department d ON d.organisation_id = t.department_id
    WHERE l.state IN ('active', 'suspended') AND l.sealed_at IS NULL AND t.ended_position IS NULL
          AND (l.ends_on IS NULL OR l.ends_on >= %(today)s)
    GROUP BY d.sector
    ORDER BY sector NULLS FIRST
"""
