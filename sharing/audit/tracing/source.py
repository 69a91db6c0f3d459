"""What a source is: a table in which something left, how it is narrowed to what is traced, and how a row of it is told."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Model, Q

from sharing.audit.tracing.scope import Party, PartyKind, Scope

CHUNK = 2_000
AT = "happened"  # of a row as it is read

Found = Mapping[str, Any]


class Row(NamedTuple):
    """``kind``: what happened (docs/breach.md lists them); ``organisation``: the code of the department, employer or court;
    ``who``: kind and reference of the party; ``listing``: its number, "" where none is named; ``what``: the id of the event,
    question or file; ``said``: how it went, in codes.
    """

    at: datetime
    kind: str
    organisation: str
    who: str
    listing: str
    what: str
    said: str


Narrowed = Callable[[Scope], Q | None]
Telling = Callable[[Found, Scope], Iterable[Row]]


def _everything() -> Q:
    return Q()


@dataclass(frozen=True, kw_only=True)
class Source:
    """``at``: when it happened, as Django follows it; ``about``: which rows are about listings, None where none can be;
    ``by``: which are a party's, None where it is not of this kind; ``taken``: what `read` is given of a row, with its moment
    under `AT`. ``besides``: tables whose rows stand in these rows.
    """

    model: type[Model]
    at: str
    by: Callable[[Party], Q | None]
    taken: tuple[str, ...]
    read: Telling
    about: Narrowed | None = None
    of: Callable[[], Q] = _everything
    moment: Any = None  # an expression in place of a column
    besides: tuple[type[Model], ...] = ()

    @property
    def tables(self) -> set[str]:
        return {each._meta.db_table for each in (self.model, *self.besides)}


def rows(source: Source, scope: Scope) -> Generator[Row, None, None]:
    """In order of time; read in chunks."""
    narrowed = _narrowed(source, scope)
    if narrowed is None:
        return
    # Narrowed before the moment is put to it: what is joined for the one is what the other is taken from.
    moment = source.moment if source.moment is not None else F(source.at)
    timed = source.model._base_manager.filter(narrowed & source.of()).annotate(**{AT: moment})
    found = timed.filter(scope.within(AT)).order_by(AT, "pk").values(AT, *source.taken)
    for each in found.iterator(chunk_size=CHUNK):
        for row in source.read(each, scope):
            yield row._replace(listing=scope.shown(row.listing), what=scope.shown(row.what))


def of(**paths: str) -> Callable[[Party], Q | None]:
    """By kind of party: the path from a row to the party's row; no path, no row of such a party."""

    def narrowed(party: Party) -> Q | None:
        path = paths.get(party.kind)
        return None if path is None else Q(**{path: party.key})

    return narrowed


def who(kind: PartyKind, reference: Any) -> str:
    return f"{kind}:{reference}"


def asker(found: Found, path: str, otherwise: str) -> str:
    """The member or the machine of a row that has one of both."""
    if found[f"{path}member"]:
        return f"{PartyKind.MEMBER}:M{found[f'{path}member']}"
    client = found[f"{path}client__client_id"]
    return who(PartyKind.CLIENT, client) if client else otherwise


def _narrowed(source: Source, scope: Scope) -> Q | None:
    if scope.party is not None:
        return source.by(scope.party)
    return source.about(scope) if source.about is not None else None
