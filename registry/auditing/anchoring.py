"""The root of the audit tree goes into the log, whose checkpoints are signed and witnessed: from then on nobody can write
the trail anew without writing the log anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from registry import log
from registry.auditing.growing import frontier_of
from registry.models import AuditAnchor, AuditTree, EventType

TASK = "registry.anchor_audit_tree"
EVERY = timedelta(hours=1)


def anchor_if_due(*, now: datetime) -> AuditAnchor | None:
    """One event in the log, once an hour and only where the tree grew; None otherwise. Refusal: LogHalted."""
    with transaction.atomic():
        tree = AuditTree.objects.select_for_update().get(pk=1)
        last = latest()
        # One that lies ahead was made under a clock that has been put right since.
        if last and (tree.size <= last.size or last.at <= now < last.at + EVERY):
            return None
        return anchor(tree, now=now) if tree.size else None


def anchor(tree: AuditTree, *, now: datetime) -> AuditAnchor:
    """The event's listing part is `root` (hex) and `size`; it is about no listing, so nobody is told of it (WIRE §1)."""
    root = frontier_of(tree).root
    payload = {"root": root.hex(), "size": tree.size, "version": 0}
    AuditTree.objects.filter(pk=tree.pk).update(unanchored_since=None)
    (event,) = log.append([log.Entry(type=EventType.ANCHORED, listing=None, payload=payload, occurred_at=now)])
    return AuditAnchor.objects.create(position=event.position, size=tree.size, root=root, at=now)


def latest() -> AuditAnchor | None:
    return AuditAnchor.objects.order_by("-position").first()
