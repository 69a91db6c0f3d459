"""What is known of a database at one moment, so that a copy can be held against it: migrations, the log's end, rows of each table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
    SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""
_MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY 1"
_HEAD = "SELECT epoch, size FROM registry_loghead WHERE id = 1"
_NEWEST = "SELECT epoch, size, encode(root, 'base64') FROM registry_checkpoint ORDER BY epoch DESC, size DESC LIMIT 1"
_SIGNED = "SELECT encode(root, 'base64') FROM registry_checkpoint WHERE epoch = %s AND size = %s"


@dataclass(frozen=True)
class Signed:
    """The newest checkpoint; ``root`` in base64."""

    epoch: int
    size: int
    root: str


@dataclass(frozen=True)
class Facts:
    """``migrations``: "app.name", in order; ``counts``: rows by table."""

    epoch: int
    head: int
    checkpoint: Signed | None
    migrations: tuple[str, ...]
    counts: Mapping[str, int]


def read(database: psycopg.Connection) -> Facts:
    """Of one moment where the caller's transaction is of one. Raises psycopg.Error where it is no database of the register."""
    epoch, head = _one(database, _HEAD)
    newest = database.execute(_NEWEST).fetchone()
    return Facts(
        epoch=epoch,
        head=head,
        checkpoint=Signed(*newest) if newest else None,
        migrations=tuple(name for (name,) in database.execute(_MIGRATIONS)),
        counts=_counts(database),
    )


def root_signed(database: psycopg.Connection, checkpoint: Signed) -> str | None:
    """The root under which that database has a checkpoint of this epoch and size; None: it has none."""
    found = database.execute(_SIGNED, [checkpoint.epoch, checkpoint.size]).fetchone()
    return str(found[0]) if found else None


def differing(expected: Facts, found: Facts) -> Iterator[str]:
    """Tables whose rows are not as many, by name."""
    for table in sorted({*expected.counts, *found.counts}):
        before, now = expected.counts.get(table), found.counts.get(table)
        if before != now:
            yield f"{table}: {_said(before)} were backed up, {_said(now)} are restored"


def _counts(database: psycopg.Connection) -> dict[str, int]:
    names = [name for (name,) in database.execute(_TABLES)]
    each = [
        sql.SQL("SELECT {}::text, count(*) FROM public.{}").format(sql.Literal(name), sql.Identifier(name))
        for name in names
    ]
    return dict(database.execute(sql.SQL(" UNION ALL ").join(each)).fetchall())


def _one(database: psycopg.Connection, asked: str) -> Any:
    found = database.execute(asked.encode()).fetchone()
    if found is None:
        raise psycopg.DataError("the log has no head")
    return found


def _said(count: int | None) -> str:
    return "none" if count is None else f"{count:,}"
