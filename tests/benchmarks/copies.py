"""Many rows quickly: copies of the first row of a table, each with what makes it another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection
from django.db.models import Model

Copies = Sequence[tuple[type[Model], Mapping[str, str]]]


def copies(model: type[Model], given: Mapping[str, str]) -> str:
    """The statement; ``given``: column → SQL over ``nth``, a number from %(first)s to %(last)s, and over ``copied``."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(given.get(column, f'copied."{column}"') for column in columns)
    table, key = model._meta.db_table, model._meta.pk.column
    names = ", ".join(f'"{column}"' for column in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {values} "
        f"FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS nth, (SELECT * FROM {table} ORDER BY {key} LIMIT 1) AS copied"
    )


def insert(rows: Copies, first: int, last: int) -> None:
    """The copies so numbered of each, for as long as it takes; keys and triggers are not asked."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET session_replication_role = replica")
        for model, given in rows:
            cursor.execute(copies(model, given), {"first": first, "last": last})
        cursor.execute("SET session_replication_role = origin")
