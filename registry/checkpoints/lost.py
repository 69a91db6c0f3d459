"""What a new epoch left behind: the events that were signed before the restore, and that the backup does not have."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import LogEpoch
from registry.tree.checkpoints import Checkpoint
from registry.tree.notes import Note, NoteMalformed


@dataclass(frozen=True)
class Lost:
    """``size``: of what was signed last; None where even that is lost. ``positions``: first and last that are missing."""

    size: int | None
    positions: tuple[int, int] | None = None

    @property
    def count(self) -> int:
        return 0 if self.positions is None else self.positions[1] - self.positions[0] + 1


def of(epoch: LogEpoch) -> Lost:
    try:
        size = Checkpoint.parse(Note.parse(epoch.lost_note.encode()).text).size
    except NoteMalformed:
        return Lost(None)
    return Lost(size, (epoch.size + 1, size) if size > epoch.size else None)
