"""What a new epoch left behind: the events that were signed before the restore, and that the backup does not have."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import LogEpoch
from registry.tree.checkpoints import Checkpoint
from registry.tree.notes import Note, NoteMalformed


@dataclass(frozen=True)
class Lost:
    """``size``: of what is known to have been signed last; None where even that is lost. ``positions``: first and last that are missing."""

    size: int | None
    positions: tuple[int, int] | None = None

    @property
    def count(self) -> int:
        return 0 if self.positions is None else self.positions[1] - self.positions[0] + 1


def of(epoch: LogEpoch) -> Lost:
    size = max(_size_of(epoch.lost_note), epoch.seen_elsewhere)
    return Lost(size or None, (epoch.size + 1, size) if size > epoch.size else None)


def _size_of(note: str) -> int:
    try:
        return Checkpoint.parse(Note.parse(note.encode()).text).size
    except NoteMalformed:
        return 0
