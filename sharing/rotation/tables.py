"""Chunks of one table, locked for a moment and written back: by the application, or where evidence is guarded by the keeper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction

from registry.actions.purging import as_keeper
from sharing.rotation.columns import model

Row = dict[str, Any]
LOCK = "FOR NO KEY UPDATE OF {} SKIP LOCKED"


class Table(NamedTuple):
    """What is asked of one table. ``columns``: the expression of each, by the name under which a row has it."""

    name: str
    key: str
    columns: dict[str, str]

    @classmethod
    def of(cls, label: str, columns: Sequence[str], found: dict[str, str] | None = None) -> Table:
        meta = model(label)._meta
        assert meta.pk is not None
        named = {each: f"{meta.db_table}.{each}" for each in columns} | (found or {})
        return cls(meta.db_table, str(meta.pk.column), named)


def steps(table: Table, where: str, values: dict[str, Any], size: int, *, to_write: bool = True) -> Iterator[list[Row]]:
    """Each in a transaction of its own, which ends when the next one is asked for, in the order of the key. ``to_write``: they
    are locked, and those that somebody else holds are left out.
    """
    after: Any = None
    while True:
        with transaction.atomic():
            rows = _rows(table, where, {**values, "size": size}, after, LOCK.format(table.name) if to_write else "")
            if not rows:
                return
            yield rows
        after = rows[-1]["key"]


def _rows(table: Table, where: str, values: dict[str, Any], after: Any, lock: str) -> list[Row]:
    beyond = "" if after is None else f"{table.name}.{table.key} > %(after)s AND "
    columns = ", ".join(table.columns.values())
    statement = (
        f"SELECT {table.name}.{table.key}, {columns} FROM {table.name} WHERE {beyond}{where} "  # noqa: S608 - declared names
        f"ORDER BY {table.name}.{table.key} LIMIT %(size)s {lock}"
    )
    facts = values | ({} if after is None else {"after": after})
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return [dict(zip(("key", *table.columns), each, strict=True)) for each in cursor.fetchall()]


def write(table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, keeper: bool) -> None:
    """``rows``: the new values, and the key last. Inside the step's transaction."""
    if not rows:
        return
    places = ", ".join(f"{each} = %s" for each in columns)
    statement = f"UPDATE {table.name} SET {places} WHERE {table.key} = %s"  # noqa: S608 - declared names
    if keeper:
        with as_keeper() as cursor:
            cursor.executemany(statement, rows)
        return
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def count(table: Table, where: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table.name} WHERE {where}", values)  # noqa: S608 - declared names
        return int(cursor.fetchone()[0])
