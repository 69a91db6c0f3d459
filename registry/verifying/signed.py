"""What was signed: every stored checkpoint, and the guard outside the database, against the tree grown anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry.checkpoints import growing, guard, origin
from registry.models import Checkpoint
from registry.tree import checkpoints as tree
from registry.tree.hashing import Frontier
from registry.tree.notes import Key, Note, NoteMalformed
from registry.verifying.findings import Finding, Kind


@dataclass
class Signatures:
    """How far the comparison is. ``agreed``: the largest size whose signed root is the log's; ``forked``: one is not, and
    so none after it can be. ``seen``: a key of this log had signed one; ``unsigned``: the last one that none had.

    Who takes a key out of ``REGISTRY_LOG_KEYS`` leaves old checkpoints that none of the others signed: the newer ones,
    which say the same of every event before them, vouch for those.
    """

    agreed: int = 0
    forked: bool = False
    seen: bool = False
    unsigned: str = ""

    def judge(self, row: Checkpoint, grown: Frontier) -> Iterator[Finding]:
        """Of one stored checkpoint; `grown`: the tree of its size."""
        signed = _read(row)
        if signed is None or not self._holds(row, signed[0]):
            yield _wrong(row)
            return
        _note, text = signed
        if not _stands(row, text):
            yield _wrong(row)
        if text.root == grown.root:
            self.agreed = row.size
        elif not self.forked:
            self.forked = True
            first, last = _differing(row, grown, text.root)
            yield _forked(max(first, min(self.agreed + 1, last)), last, str(row))

    def end(self) -> Iterator[Finding]:
        if self.unsigned and not self.seen:
            yield Finding(kind=Kind.CHECKPOINT, position=int(self.unsigned.partition("/")[2]), part=self.unsigned)

    def _holds(self, row: Checkpoint, note: Note) -> bool:
        """Whether every signature of a key of this log holds, and there is one unless all older ones had none, too."""
        ours = [key for key in origin.keys(row.epoch) if _has_signed(note, key)]
        if ours:
            self.seen = True
            return len(note.witnessed_by(ours)) == len(ours)
        self.unsigned = str(row)
        return not self.seen


def stored(begin: int, end: int) -> Sequence[Checkpoint]:
    """The checkpoints of the sizes after `begin` up to `end`, the smallest first."""
    rows = Checkpoint.objects.filter(size__gt=begin, size__lte=end).order_by("size", "epoch")
    return list(rows.defer("signed_at"))  # it says nothing, and may be a moment that no calendar has


@dataclass(frozen=True)
class Guarded:
    """What the guard says: epoch, size and root; or what is wrong with it."""

    epoch: int = 0
    size: int = 0
    root: bytes = b""
    kind: Kind | None = None


def guarded() -> Guarded:
    try:
        kept = guard.read()
    except (guard.GuardUnreadable, OSError):
        return Guarded(kind=Kind.BAD_GUARD)
    if kept is None:
        return Guarded(kind=Kind.NO_GUARD)
    return Guarded(kept[0], kept[1].size, kept[1].root)


def against_guard(kept: Guarded, roots: Mapping[int, bytes], agreed: int) -> Iterator[Finding]:
    """``agreed``: the largest size by then whose signed root is the log's."""
    if kept.kind is None and kept.size in roots and roots[kept.size] != kept.root:
        yield _forked(min(agreed + 1, kept.size), kept.size, "guard")


def _forked(first: int, last: int, part: str) -> Finding:
    return Finding(kind=Kind.FORKED, position=first, until=last if last > first else None, part=part)


def _read(row: Checkpoint) -> tuple[Note, tree.Checkpoint] | None:
    try:
        note = Note.parse(row.note.encode())
        return note, tree.Checkpoint.parse(note.text)
    except NoteMalformed:
        return None


def _has_signed(note: Note, key: Key) -> bool:
    return any((each.name, each.key_id) == (key.name, key.key_id) for each in note.signatures)


def _stands(row: Checkpoint, text: tree.Checkpoint) -> bool:
    """Whether the row says what the note says."""
    if (text.origin, text.size, text.root) != (origin.origin(row.epoch), row.size, bytes(row.root)):
        return False
    kept = _frontier(row)
    return kept is not None and kept.root == text.root


def _frontier(row: Checkpoint) -> Frontier | None:
    try:
        return growing.unpacked(row.size, bytes(row.frontier))
    except ValueError:
        return None


def _differing(row: Checkpoint, grown: Frontier, root: bytes) -> tuple[int, int]:
    """The positions of the first complete subtree that is another one than it was when it was signed."""
    kept = _frontier(row)
    if kept is None or kept.root != root:
        return 1, row.size
    begin = 0
    for place, (before, now) in enumerate(zip(kept.roots, grown.roots, strict=True)):
        width = _widths(row.size)[place]
        if before != now:
            return begin + 1, begin + width
        begin += width
    return 1, row.size


def _widths(size: int) -> list[int]:
    """How many leaves each complete subtree has, the largest first."""
    return [1 << bit for bit in reversed(range(size.bit_length())) if size >> bit & 1]


def _wrong(row: Checkpoint) -> Finding:
    return Finding(kind=Kind.CHECKPOINT, position=row.size, part=str(row))
