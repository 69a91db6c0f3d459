"""Since when a rotation of the book's keys was begun and not ended. From the versions alone: what still depends on an old one is
counted by `sharing.rotation.needed`, which reads every row and is no question for each look at the installation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import takewhile

from registry.models import KeyVersion, Ring


def rotations() -> Mapping[Ring, datetime]:
    """When the key was first there that a rotation was begun with; of a ring of which none is under way, nothing.

    A rotation of data keys is ended when the former ones are retired; one of digest keys when all that can be was digested
    anew, for what cannot needs its key until it is deleted (docs/keys.md).
    """
    known = list(KeyVersion.objects.filter(retired_at=None).order_by("pk"))
    found = {ring: [each for each in known if each.ring == ring] for ring in Ring}
    begun = {Ring.DATA: found[Ring.DATA][1:], Ring.DIGEST: _not_digested_under(found[Ring.DIGEST])}
    return {ring: versions[0].seen_at for ring, versions in begun.items() if versions}


def _not_digested_under(known: Sequence[KeyVersion]) -> list[KeyVersion]:
    """Those that came after the last one that took over; the first one of all had none before it to take over from."""
    newest = list(takewhile(lambda each: each.rotated_at is None, reversed(known)))
    later = newest[::-1]
    return later[1:] if len(later) == len(known) else later
