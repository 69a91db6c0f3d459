"""The audit tree grows: leaves that were written get their positions, in the order in which a worker finds them."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Coalesce, Now

from registry.models import AuditLeaf, AuditTree
from registry.tree.hashing import HASH_BYTES, Frontier

TASK = "registry.grow_audit_tree"
MOST = 5_000  # leaves of one transaction

# Rows are found whose transaction has ended, whenever it began: a leaf that is not seen yet gets a later position.
_WAITING = "SELECT id, digest, emptied_digest FROM registry_auditleaf WHERE position IS NULL ORDER BY id LIMIT %s"
_PLACED = """
    UPDATE registry_auditleaf AS leaf SET position = %s + place.number
    FROM unnest(%s::bigint[]) WITH ORDINALITY AS place (id, number) WHERE leaf.id = place.id
"""


def grow() -> int:
    """One step; how many leaves got a position. 0 where none waits, or another worker is at it."""
    with transaction.atomic():
        tree = AuditTree.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if tree is None:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, [MOST])
            waiting = cursor.fetchall()
            if not waiting:
                return 0
            cursor.execute(_PLACED, [tree.size, [row[0] for row in waiting]])
        grown = frontier_of(tree).grown(entry(digest, emptied) for _id, digest, emptied in waiting)
        tree.size, tree.frontier = grown.size, b"".join(grown.roots)
        tree.unanchored_since = Coalesce("unanchored_since", Now())
        tree.save()
    return len(waiting)


def is_due(_now: datetime) -> bool:
    return AuditLeaf.objects.filter(position=None).exists()


def entry(digest: bytes, emptied_digest: bytes | None) -> bytes:
    """What the tree has of a leaf: the digests of a row, one after another."""
    return bytes(digest) + bytes(emptied_digest or b"")


def frontier_of(tree: AuditTree) -> Frontier:
    """Raises ValueError where the row was tampered with."""
    raw = bytes(tree.frontier)
    return Frontier(tree.size, tuple(raw[begin : begin + HASH_BYTES] for begin in range(0, len(raw), HASH_BYTES)))
