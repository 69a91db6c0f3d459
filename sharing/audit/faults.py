"""What a comparison of the audit trail finds: which fault, at which position of the tree, in which row. Nobody is named."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

NAMED = 100  # findings that are kept by name


class Fault(TextChoices):
    CHANGED = "changed", _("the row is not as it was written")
    DELETED = "deleted", _("the row is missing, and no purge destroyed it")
    UNRECORDED = "unrecorded", _("the row has no leaf: it was inserted past the trigger, or its leaf was removed")
    EMPTIED = "emptied", _("words of the row were emptied, and no purge did it")
    MISSING = "missing", _("the leaf is missing")
    UNKNOWN = "unknown", _("the leaf is of a table that is not recorded")
    ANCHOR = "anchor", _("up to here the tree is not the one whose root is in the log: it was written anew")
    NO_ANCHOR = "no_anchor", _("the anchor cannot be read, or is not what the log committed to")
    HEAD = "head", _("the tree is not the one that its leaves make")
    UNGUARDED = "unguarded", _("the table’s triggers are missing or switched off: what is written now is not recorded")


@dataclass(frozen=True)
class Wrong:
    """``position``: in the tree, None where there is no leaf; ``source`` and ``key``: which row."""

    fault: Fault
    position: int | None = None
    source: str = ""
    key: str = ""

    @property
    def row(self) -> str:
        return f"{self.source} {self.key}".strip()

    def __str__(self) -> str:
        where = f"position {self.position:,}" if self.position is not None else "no position"
        return ": ".join(filter(None, (where, self.row, str(self.fault.label))))


@dataclass
class Comparison:
    """``anchors``: (position in the log, size, root) as the log has them; ``first`` is the lowest position that is wrong."""

    size: int = 0
    anchors: int = 0
    purged: int = 0
    emptied: int = 0
    count: int = 0
    named: list[Wrong] = field(default_factory=list)

    def add(self, wrong: Wrong) -> None:
        self.count += 1
        if len(self.named) < NAMED:
            self.named.append(wrong)

    @property
    def is_sound(self) -> bool:
        return not self.count

    @property
    def first(self) -> Wrong | None:
        placed = [each for each in self.named if each.position is not None]
        return min(placed, key=lambda each: each.position or 0) if placed else next(iter(self.named), None)
