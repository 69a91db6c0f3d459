"""Sealing anew, under the current data key and suite, what another one sealed. Nothing that is opened leaves this module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection

from registry.keys import Keyring, KeyUnknown, SealBroken, keyring
from sharing.rotation import tables
from sharing.rotation.columns import Sealed

PASSES = 3  # rows that somebody held are tried again; what is left then, another run finds


class Done(NamedTuple):
    """``broken``: what no key opens."""

    rows: int = 0
    broken: int = 0


def reseal(column: Sealed) -> Iterator[Done]:
    """One after each step. What cannot be opened stays as it is, and is counted."""
    table = _table(column)
    values = {"header": keyring().header}
    for again in range(PASSES):
        rows = 0
        for step in tables.steps(table, _other(table, column), values, column.step):
            done = _written(table, column, step)
            rows += done.rows
            yield done if not again else Done(done.rows)
        if rows == 0:
            return


def left(column: Sealed) -> int:
    table = _table(column)
    return tables.count(table, _other(table, column), {"header": keyring().header})


def opened(column: Sealed, most: int) -> Done:
    """Of so many values, the first of the table: how many our keys open. Nothing is written."""
    table, ring, broken, rows = _table(column), keyring(), 0, 0
    place = f"octet_length({table.name}.{column.column}) > 0"
    for row in next(tables.steps(table, place, {}, most, to_write=False), []):
        if _opens(ring, row[column.column], column.place.format_map(row)):
            rows += 1
        else:
            broken += 1
    return Done(rows, broken)


def versions(column: Sealed) -> Counter[int]:
    """How many values each key version has sealed."""
    table = _table(column)
    place = f"{table.name}.{column.column}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT substr({place}, 2, 2), count(*) FROM {table.name} WHERE octet_length({place}) > 0 GROUP BY 1"  # noqa: S608
        )
        return Counter({int.from_bytes(version, "big"): count for version, count in cursor.fetchall()})


def is_any_opened(column: Sealed, version: int) -> bool:
    """Whether a key opens one of the values that say they are of this version: the others need none."""
    table, ring = _table(column), keyring()
    place = f"{table.name}.{column.column}"
    where, values = f"substr({place}, 2, 2) = %(version)s", {"version": version.to_bytes(2, "big")}
    rows = (row for step in tables.steps(table, where, values, column.step, to_write=False) for row in step)
    return any(_opens(ring, row[column.column], column.place.format_map(row)) for row in rows)


def _opens(ring: Keyring, sealed: bytes, place: str) -> bool:
    try:
        ring.open(sealed, bound_to=place)
    except (SealBroken, KeyUnknown):
        return False
    return True


def _table(column: Sealed) -> tables.Table:
    own = [each for each in column.places if each not in column.found]
    return tables.Table.of(column.model, (column.column, *own), dict(column.found))


def _other(table: tables.Table, column: Sealed) -> str:
    place = f"{table.name}.{column.column}"
    return f"octet_length({place}) > 0 AND substr({place}, 1, 3) <> %(header)s"


def _written(table: tables.Table, column: Sealed, rows: list[tables.Row]) -> Done:
    ring = keyring()
    sealed, broken = [], 0
    for row in rows:
        place = column.place.format_map(row)
        try:
            opened = ring.open(row[column.column], bound_to=place)
        except (SealBroken, KeyUnknown):
            broken += 1
            continue
        sealed.append((ring.seal(opened, bound_to=place), row["key"]))
    tables.write(table, (column.column,), sealed, keeper=column.keeper)
    return Done(len(sealed), broken)
