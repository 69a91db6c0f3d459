"""Plans that PostgreSQL may choose, chosen for a test."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Model

TRIES = 20
_AVOIDED = ("hashjoin", "mergejoin", "material", "memoize", "indexscan", "bitmapscan")


@contextmanager
def each_row_asked_for_anew(*tables: str) -> Iterator[None]:
    """A subquery in FROM is carried out again for each row of these tables: a nested loop around it, as PostgreSQL may choose
    where it knows of one row or none, which it is told here. Inside a test's transaction.
    """
    settings = [f"enable_{each}" for each in _AVOIDED]
    with connection.cursor() as cursor:
        before = _known(tables)
        # How many rows there are is reckoned from the pages that there are: other tests may have left some.
        cursor.execute(
            "UPDATE pg_class SET reltuples = 1, relpages = greatest(1, pg_relation_size(oid) / 8192)"
            " WHERE relname = ANY(%s)",
            [list(tables)],
        )
        for setting in settings:
            cursor.execute(f"SET LOCAL {setting} = off")
    yield
    with connection.cursor() as cursor:
        for setting in settings:
            cursor.execute(f"SET LOCAL {setting} = on")
        for name, rows, pages in before:
            cursor.execute("UPDATE pg_class SET reltuples = %s, relpages = %s WHERE relname = %s", [rows, pages, name])


def _known(tables: Collection[str]) -> list[tuple[str, float, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples, relpages FROM pg_class WHERE relname = ANY(%s)", [list(tables)])
        return [(name, rows, pages) for name, rows, pages in cursor.fetchall()]


def due_as_they_lie(model: type[Model], first: datetime) -> None:
    """Each row is due a second after the one that lies before it: as long as what is asked anew comes in that order, a row
    taken makes room for the next one. An update moves a row to wherever there is room, so this is looked at afterwards.
    """
    for _ in range(TRIES):
        lying = _lying(model)
        for count, key in enumerate(lying):
            model._default_manager.filter(pk=key).update(next_due=first + timedelta(seconds=count))
        if _lying(model) == lying:
            return
    raise AssertionError("the rows lie in another order after each update")


def _lying(model: type[Model]) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {model._meta.pk.column} FROM {model._meta.db_table} ORDER BY ctid")
        return [key for (key,) in cursor.fetchall()]
