"""One number under two names within the file: found among all its rows, for no chunk sees the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.db import connection

from registry.importing.grouping import CHUNK, group
from registry.models import Import, ImportRow
from registry.models.people import name_digests

# Rows of persons who stand in the file under more than one name, in the order in which they would be written.
_SEVERAL_NAMES = """
    WITH each AS (
        SELECT id, row, key, name, pronounced_on, unnest(ARRAY[person, second]) AS digest
        FROM registry_importrow WHERE of_import_id = %s AND state = 'sound'
    ), several AS (
        SELECT digest FROM each WHERE digest IS NOT NULL GROUP BY digest HAVING count(DISTINCT name) > 1
    )
    SELECT id, row, key, name, digest FROM each JOIN several USING (digest) ORDER BY pronounced_on, key, row, digest
"""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A row and one of its documents, by digests."""

    id: int
    row: int
    key: bytes
    name: bytes
    document: bytes


@dataclass
class Names:
    """Who was called what first, among decisions that nothing is wrong with; ``former``: what each was called before."""

    former: dict[int, frozenset[bytes]]
    first: dict[bytes, Bearer] = field(default_factory=dict)

    def differing(self, decision: Iterable[Bearer]) -> dict[int, int]:
        """Which of its rows are called otherwise than in a row before, and that row's number. Where none is, its rows
        count from now on; a decision that is not written names nobody.
        """
        wrong: dict[int, int] = {}
        new: dict[bytes, Bearer] = {}
        for each in decision:
            first = self.first.get(each.document)
            if first is None:
                new[each.document] = each
            elif each.name != first.name and each.name not in self.former[first.id]:
                wrong[each.id] = first.row
        if not wrong:
            self.first |= new
        return wrong


def called_otherwise(import_: Import) -> dict[int, int]:
    """The rows whose person another row has under another name, each with the number of that row, which is written first and
    does not know the name as a former one. Nothing is changed.
    """
    bearers = list(_bearers(import_))
    names = Names(_former(sorted({each.id for each in bearers})))
    wrong: dict[int, int] = {}
    for _key, decision in groupby(bearers, key=lambda each: each.key):
        wrong |= names.differing(decision)
    return wrong


def _bearers(import_: Import) -> Iterator[Bearer]:
    with connection.cursor() as cursor:
        cursor.execute(_SEVERAL_NAMES, [import_.pk])
        for key, row, decision, name, document in cursor.fetchall():
            yield Bearer(key, row, bytes(decision), bytes(name), bytes(document))


def _former(ids: list[int]) -> dict[int, frozenset[bytes]]:
    """The former names that each row says, as digests under every readable key."""
    found: dict[int, frozenset[bytes]] = {}
    for start in range(0, len(ids), CHUNK):
        for row in ImportRow.objects.filter(pk__in=ids[start : start + CHUNK]):
            said = group([row]).lines[0].of_party.get("former_names", ())
            found[row.pk] = frozenset(digest for name in said for digest in name_digests(name))
    return found
