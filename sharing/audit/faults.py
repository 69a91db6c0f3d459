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
    UNPLACED = (
        "unplaced",
        _("the leaf stands beside the tree: it was inserted past the trigger, and nothing vouches for its row"),
    )
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
    """``anchors``: how many the log has that are what it committed to; ``first``: the lowest position that is wrong, whether it
    is named or not, and without one the first that was found.
    """

    size: int = 0
    anchors: int = 0
    purged: int = 0
    emptied: int = 0
    count: int = 0
    named: list[Wrong] = field(default_factory=list)
    first: Wrong | None = None

    def add(self, wrong: Wrong) -> None:
        self.count += 1
        if self.first is None or _is_before(wrong, self.first):
            self.first = wrong
        if len(self.named) < NAMED:
            self.named.append(wrong)

    def add_unnamed(self, count: int) -> None:
        """As many more of what was named before."""
        self.count += count

    @property
    def is_sound(self) -> bool:
        return not self.count


def _is_before(one: Wrong, another: Wrong) -> bool:
    return one.position is not None and (another.position is None or one.position < another.position)
