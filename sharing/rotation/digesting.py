"""Digesting anew, under the current digest key and suite, what the same row has sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from registry.keys import KeyUnknown, SealBroken, digest_keys, keyring
from sharing.rotation import tables
from sharing.rotation.columns import MANY, SEALED, Recomputed, Sealed
from sharing.rotation.resealing import PASSES, Done

_SEALED = {(each.model, each.column): each for each in SEALED}
BROKEN = 0  # as a version: the digest is of no key, or what it is of cannot be opened


def digest_again(column: Recomputed) -> Iterator[Done]:
    """One after each step. What cannot be opened keeps its digest, and is counted."""
    table, where = _table(column), _filled(column)
    for again in range(PASSES):
        rows = 0
        for step in tables.steps(table, where, {}, MANY):
            done = _written(table, column, step)
            rows += done.rows
            yield done if not again else Done(done.rows)
        if rows == 0:
            return


def versions(column: Recomputed) -> Counter[int]:
    """How many digests are of each key version. Of a list: the current one if it is in it."""
    found: Counter[int] = Counter()
    for step in tables.steps(_table(column), _filled(column), {}, MANY, to_write=False):
        found.update(_version(column, row) for row in step)
    return found


def _table(column: Recomputed) -> tables.Table:
    sealed = _SEALED[column.model, column.sealed]
    names = dict.fromkeys((column.column, column.sealed, *sealed.places, *column.further))
    return tables.Table.of(column.model, (*names, column.version) if column.version else tuple(names))


def _filled(column: Recomputed) -> str:
    return f"octet_length({column.sealed}) > 0"


def _form(column: Recomputed, row: tables.Row) -> str:
    """Raises SealBroken, KeyUnknown."""
    sealed: Sealed = _SEALED[column.model, column.sealed]
    opened = keyring().open(row[column.sealed], bound_to=sealed.place.format_map(row))
    return column.form(opened.decode(), row)


def _written(table: tables.Table, column: Recomputed, rows: list[tables.Row]) -> Done:
    anew: list[list[Any]] = []
    broken = 0
    for row in rows:
        try:
            values = _values(column, row)
        except (SealBroken, KeyUnknown):
            broken += 1
            continue
        if values:
            anew.append([*values, row["key"]])
    columns = (column.column, column.version) if column.version else (column.column,)
    tables.write(table, columns, anew, keeper=column.keeper)
    return Done(len(anew), broken)


def _values(column: Recomputed, row: tables.Row) -> list[Any]:
    """What is to be written, where it is another. Raises SealBroken, KeyUnknown."""
    form, ring = _form(column, row), digest_keys()
    kept = row[column.column]
    if column.each:
        every = ring.digests(form)
        return [] if [bytes(each) for each in kept] == every else [every]
    digest = ring.digest(form)
    if not column.version:
        return [] if bytes(kept) == digest else [digest]
    return [] if (bytes(kept), row[column.version]) == (digest, ring.current) else [digest, ring.current]


def _version(column: Recomputed, row: tables.Row) -> int:
    ring, kept = digest_keys(), row[column.column]
    try:
        digests = dict(zip(ring.keys, ring.digests(_form(column, row)), strict=True))
    except (SealBroken, KeyUnknown):
        return BROKEN
    found = {bytes(each) for each in kept} if column.each else {bytes(kept)}
    return next((version for version, digest in digests.items() if digest in found), BROKEN)
