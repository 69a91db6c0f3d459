"""New rows are made, and go in, with as little work as the database lets them.

`bulk_create` composes a statement anew each time, with a place for every value of every row, and a model asks each of
its fields for what it begins with. Where rows are what a request or a chunk mostly is, that costs more than all else
about them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from types import NoneType
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.models.base import ModelState

_Row = TypeVar("_Row", bound=Model)


# Of these the database takes the value as it stands, so that nothing need be asked of the field for each of many rows.
_AS_IT_STANDS = frozenset(
    {
        models.BigAutoField,
        models.BigIntegerField,
        models.BinaryField,
        models.BooleanField,
        models.CharField,
        models.DateField,
        models.DateTimeField,
        models.IntegerField,
        models.PositiveIntegerField,
        models.PositiveSmallIntegerField,
        models.TextField,
        models.UUIDField,
    }
)
_PLAIN = frozenset({bool, int, str, bytes, date, datetime, UUID, NoneType})


class _Way(NamedTuple):
    """``plain``: the names of those fields whose values may go in as they stand; None for the others."""

    fields: tuple[Field[Any, Any], ...]
    plain: tuple[str | None, ...]
    one: str
    many: str


class _Blank(NamedTuple):
    """What a row begins with; ``made``: what is made anew for each, by attribute; ``plain``: fields that are set as they
    stand; ``keys``: of references to rows that know nothing of it, where their key is kept and what it is there.
    """

    values: dict[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    plain: frozenset[str]
    keys: dict[str, tuple[str, str]]


def new_row(model: type[_Row], /, **values: Any) -> _Row:
    """As ``model(**values)``, without asking each field anew. For models without an ``__init__`` of their own."""
    blank = _blank(model)
    row = model.__new__(model)
    row.__dict__.update(blank.values)
    row._state = ModelState()
    for name, make in blank.made:
        row.__dict__[name] = make()
    put(row, **values)
    return row


def put(row: Model, /, **values: Any) -> None:
    """As setting each, without asking what it refers to whether it may be referred to."""
    blank = _blank(type(row))
    for name, value in values.items():
        if name in blank.plain:
            row.__dict__[name] = value
        elif name in blank.keys and value is not None:
            own, theirs = blank.keys[name]
            row.__dict__[own] = value.__dict__[theirs]
            row._state.fields_cache[name] = value
        else:
            setattr(row, name, value)


def refer(row: Model, *names: str) -> None:
    """To the keys that the rows it refers to by these names have got since."""
    references = _references(type(row))
    for name in names:
        related = row._state.fields_cache.get(name)
        if related is not None:
            own, theirs = references[name]
            row.__dict__[own] = related.__dict__[theirs]


@lru_cache
def _blank(model: type[Model]) -> _Blank:
    fields = model._meta.concrete_fields
    made = tuple(
        (str(each.attname), each.get_default) for each in fields if each.has_default() and callable(each.default)
    )
    values = model().__dict__.copy()
    for name in ("_state", *(name for name, _make in made)):
        del values[name]
    plain = frozenset(str(each.attname) for each in fields if not each.is_relation)
    one_to_one = {each.name for each in fields if each.one_to_one}
    keys = {name: where for name, where in _references(model).items() if name not in one_to_one}
    return _Blank(values, made, plain, keys)


@lru_cache
def _references(model: type[Model]) -> dict[str, tuple[str, str]]:
    """By the name of each: where its key is kept, and what it is in the row that it refers to."""
    fields = [each for each in model._meta.concrete_fields if isinstance(each, models.ForeignKey)]
    return {each.name: (str(each.attname), str(each.target_field.attname)) for each in fields}


def store(rows: Sequence[_Row]) -> None:
    """Insert rows of one model, with values as its fields prepare them; a numbered key is left to the database and not read
    back, unless all of them were given theirs before (`take_keys`). Inside the caller's transaction. IntegrityError as for
    `bulk_create`.
    """
    if not rows:
        return
    database = connections[DEFAULT_DB_ALIAS]  # looked up once, and not for each value
    way = _way(type(rows[0]), rows[0].pk is not None)
    _insert(way, [_values(row, way, database) for row in rows], database)
    for row in rows:
        row._state.adding, row._state.db = False, database.alias


def store_alike(row: Model, varying: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert as many copies of ``row`` as there are ``rows``: the values of its ``varying`` attributes, as the database
    takes them. Where rows of one act hardly differ, to make an object of each would cost more than to store it.
    """
    database = connections[DEFAULT_DB_ALIAS]
    way = _way(type(row), row.pk is not None)
    alike = _values(row, way, database)
    places = [[field.attname for field in way.fields].index(name) for name in varying]
    found = []
    for each in rows:
        values = alike.copy()
        for place, value in zip(places, each, strict=True):
            values[place] = value
        found.append(values)
    _insert(way, found, database)


def _insert(way: _Way, rows: Sequence[list[Any]], database: BaseDatabaseWrapper) -> None:
    if not rows:
        return
    with database.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(way.one, rows[0])
            return
        with database.wrap_database_errors, cursor.copy(way.many) as copy:
            for row in rows:
                copy.write_row(row)


def take_keys(rows: Sequence[Model]) -> None:
    """Give rows of one model the next numbered keys, so that others can refer to them before they are stored."""
    if not rows:
        return
    meta = type(rows[0])._meta
    assert meta.auto_field is not None
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(nextval(place)) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS place) AS key, "
            "generate_series(1, %s)",
            [meta.db_table, meta.auto_field.column, len(rows)],
        )
        for row, key in zip(rows, cursor.fetchone()[0], strict=True):
            row.pk = key


@lru_cache
def _way(model: type[Model], keyed: bool) -> _Way:
    """``keyed``: a numbered key goes in with the row."""
    meta = model._meta
    fields = tuple(field for field in meta.concrete_fields if keyed or field is not meta.auto_field)
    quote = connections[DEFAULT_DB_ALIAS].ops.quote_name
    table, columns = quote(meta.db_table), ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return _Way(
        fields=fields,
        plain=tuple(str(field.attname) if _stands(field) else None for field in fields),
        one=f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608 - only the model's own names are put in
        many=f"COPY {table} ({columns}) FROM STDIN",
    )


def _stands(field: Field[Any, Any]) -> bool:
    """A foreign key stands as the key does that it means; what the field itself sets to the hour does not."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    by_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return type(field) in _AS_IT_STANDS and not by_itself


def _values(row: Model, way: _Way, database: BaseDatabaseWrapper) -> list[Any]:
    values: list[Any] = []
    for field, name in zip(way.fields, way.plain, strict=True):
        value = None if name is None else row.__dict__.get(name, values)
        if name is None or type(value) not in _PLAIN:
            value = field.get_db_prep_save(field.pre_save(row, add=True), database)
        values.append(value)
    return values
