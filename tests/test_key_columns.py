"""One list names every column that a key of the book sealed or digested, and the database lets them be rotated."""

from __future__ import annotations

import base64
import inspect
import re
import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from registry.keys import Keyring
from sharing.rotation.columns import KEPT, PLAIN, RECOMPUTED, SEALED, WALKED, Sealed, model
from sharing.rotation.resealing import reseal

OLD = "1:" + base64.b64encode(b"a" * 32).decode()
NEW = "2:gm:" + base64.b64encode(b"b" * 16).decode()
OURS = ("registry", "sharing")


def bytes_of(each: type[models.Model]) -> list[str]:
    fields = each._meta.concrete_fields
    return [f.name for f in fields if isinstance(f.base_field if isinstance(f, ArrayField) else f, models.BinaryField)]


def test_every_column_of_bytes_is_sealed_digested_or_named_as_neither():
    ours = [each for each in apps.get_models() if each.__module__.startswith(OURS)]
    there = {f"{each._meta.label}.{name}" for each in ours for name in bytes_of(each)}
    listed = [f"{each.model}.{each.column}" for each in (*SEALED, *RECOMPUTED, *KEPT, *WALKED)]
    assert len(listed) == len(set(listed))
    assert not set(listed) & PLAIN
    assert {*listed, *PLAIN} == there


class Opened(BaseException):
    """What a value was to be opened with, by whoever opened it."""


def place_in_the_model(column: Sealed, row: models.Model, monkeypatch: Any) -> set[str]:
    """To what the model's own code says that this column is bound."""
    mark = f"{column.model}.{column.column}".encode()
    found = set()

    def opened(_ring: Keyring, sealed: bytes, *, bound_to: str) -> bytes:
        if bytes(sealed) == mark:
            found.add(bound_to)
        raise Opened

    monkeypatch.setattr(Keyring, "open", opened)
    setattr(row, column.column, mark)
    for name, member in inspect.getmembers(type(row), lambda each: isinstance(each, property)):
        if member.fget is not None and member.fget.__module__.startswith(OURS) and not name.startswith("_"):
            try:
                getattr(row, name)
            except (Opened, Exception):
                continue
    return found


@pytest.mark.parametrize(
    "column", [each for each in SEALED if not each.found], ids=lambda each: f"{each.model}.{each.column}"
)
def test_a_value_is_bound_to_what_its_model_says(column, monkeypatch):
    fields = {each: f"{each}-7" for each in column.places}
    row = model(column.model)(**fields)
    assert place_in_the_model(column, row, monkeypatch) == {column.place.format_map(fields)}


# A row of each table, however it came there: what the rotation meets is the columns, the triggers and the grants.


def value_of(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, ArrayField):
        return []
    if isinstance(field, models.ForeignKey):
        return value_of(field.target_field)
    kinds: list[tuple[type, Any]] = [
        (models.BooleanField, False),
        (models.UUIDField, uuid.uuid4()),
        (models.DateTimeField, datetime(2026, 3, 2, tzinfo=UTC)),
        (models.DateField, date(2026, 3, 2)),
        (models.BinaryField, bytes(32)),
        (models.JSONField, "{}"),
        (models.IntegerField, 7),
        (models.CharField, "7"),
        (models.TextField, "7"),
    ]
    return next(value for kind, value in kinds if isinstance(field, kind))


def inserted(label: str, **said: Any) -> dict[str, Any]:
    """A row of this table, whose checks and foreign keys are off in this test."""
    meta = model(label)._meta
    row = {str(each.column): value_of(each) for each in meta.concrete_fields} | said
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", [meta.db_table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {meta.db_table} DROP CONSTRAINT "{name}"')
        cursor.execute("SET LOCAL session_replication_role = replica")
        names, places = ", ".join(f'"{each}"' for each in row), ", ".join(["%s"] * len(row))
        cursor.execute(
            f"INSERT INTO {meta.db_table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({places})", list(row.values())
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    return row


def planted(column: Sealed, ring: Keyring) -> tuple[Any, str]:
    """The key of a new row with a sealed value, and to what it is bound."""
    if column.found or column.model == "registry.Listing":
        inserted("registry.Event", position=7, event_id="01J")
    row = inserted(column.model)
    place = column.place.format_map(row | {"ulid": "01J"})
    key = str(model(column.model)._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            f"UPDATE {model(column.model)._meta.db_table} SET {column.column} = %s",
            [ring.seal(b"said", bound_to=place)],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    return row[key], place


@pytest.mark.django_db
@pytest.mark.parametrize("column", SEALED, ids=lambda each: f"{each.model}.{each.column}")
def test_the_database_lets_every_column_be_sealed_anew(column, settings):
    settings.REGISTRY_DATA_KEYS = OLD
    key, place = planted(column, Keyring(OLD))
    settings.REGISTRY_DATA_KEYS = f"{NEW},{OLD}"
    assert sum(each.rows for each in reseal(column)) == 1
    meta = model(column.model)._meta
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column.column} FROM {meta.db_table} WHERE {meta.pk.column} = %s", [key])
        (sealed,) = cursor.fetchone()
    assert Keyring(NEW).open(sealed, bound_to=place) == b"said"
    assert not re.search(b"said", sealed)
