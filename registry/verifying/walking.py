"""The walk over the log: every event in its order, in steps of constant memory, from any step on."""

from __future__ import annotations

from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.db import connection

from registry.checkpoints import growing
from registry.models import Checkpoint, LogEpoch
from registry.tree.hashing import Frontier
from registry.tree.tiles import WIDTH
from registry.verifying import events, leaves, signed
from registry.verifying.events import Opened, Row
from registry.verifying.findings import Finding, Found, Kind
from registry.verifying.leaves import Grown
from registry.verifying.signed import Guarded, Signatures

STEP = 8 * WIDTH
# Read by one statement, so that no act and no checkpoint of the meantime looks like a fault.
_ENDS = """
    SELECT h.size, h.epoch, h.seen_elsewhere,
           (SELECT max(position) FROM registry_event), (SELECT min(position) FROM registry_event),
           (SELECT max(size) FROM registry_checkpoint), (SELECT max(epoch) FROM registry_checkpoint)
    FROM registry_loghead h WHERE h.id = 1
"""


@dataclass
class Walk:
    """Up to ``size``, as the log was when it began; it is done up to ``frontier.size``. ``signed_size``: of the newest
    checkpoint by then.
    """

    size: int
    signed_size: int
    frontier: Frontier
    guard: Guarded
    signatures: Signatures = field(default_factory=Signatures)

    @property
    def is_over(self) -> bool:
        return self.frontier.size >= self.size

    def step(self, found: Found) -> None:
        """The next `STEP` events."""
        begin = self.frontier.size
        end = min(self.size, (begin // STEP + 1) * STEP)
        rows = events.read(begin, end)
        found.add(_out_of_place(rows, begin, end))
        found.add(_of_another_epoch(rows))
        unopened: list[Finding] = []
        opened = list(events.opened(rows, unopened))
        found.add(unopened)
        checkpoints = signed.stored(begin, end)
        marked = {row.size for row in checkpoints} | {self.guard.size}
        differing, grown = verified(opened, _in_order(rows, begin, end), self.frontier, marked)
        found.add(differing)
        found.add(leaves.compared(grown.tiles, self.signed_size))
        self._judge(checkpoints, grown, found)
        self.frontier = grown.frontier
        if self.is_over:
            self._end(found)

    def _judge(self, checkpoints: Sequence[Checkpoint], grown: Grown, found: Found) -> None:
        for row in checkpoints:
            found.add(self.signatures.judge(row, grown.marks[row.size]))
        roots = {size: tree.root for size, tree in grown.marks.items()}
        found.add(signed.against_guard(self.guard, roots, self.signatures.agreed))

    def _end(self, found: Found) -> None:
        found.add(self.signatures.end())
        found.add(leaves.upper(min(self.signed_size, self.size)))

    def as_json(self) -> dict[str, Any]:
        kept = {**asdict(self.guard), "root": _text(self.guard.root)}
        return {
            "size": self.size,
            "signed_size": self.signed_size,
            "at": self.frontier.size,
            "frontier": _text(growing.packed(self.frontier)),
            "guard": kept,
            "signatures": asdict(self.signatures),
        }

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> Self:
        told = kept["guard"]
        return cls(
            size=kept["size"],
            signed_size=kept["signed_size"],
            frontier=growing.unpacked(kept["at"], b64decode(kept["frontier"])),
            guard=Guarded(**{**told, "root": b64decode(told["root"]), "kind": told["kind"] and Kind(told["kind"])}),
            signatures=Signatures(**kept["signatures"]),
        )


def verified(
    opened: Sequence[Opened], commitments: Sequence[bytes], frontier: Frontier, marked: Iterable[int] = ()
) -> tuple[list[Finding], Grown]:
    """All that is arithmetic: what is wrong with events that are read and opened already, and the tree grown by these
    commitments. ``frontier`` ends with a complete tile.
    """
    return list(events.differing(opened)), leaves.grown(frontier, commitments, marked)


def begun(found: Found, since: Checkpoint | None = None) -> Walk:
    """From the first event, or from the last tile that a stored checkpoint had complete; what stands before it is taken
    for granted.
    """
    kept = signed.guarded()  # before the log's end is read: it is never behind it
    with connection.cursor() as cursor:
        cursor.execute(_ENDS)
        size, epoch, seen, last, first, signed_size, signed_epoch = cursor.fetchone()
    found.add(_beyond(size, last, first))
    found.add(_short(size, epoch, signed_size, signed_epoch))
    found.add(_seen_elsewhere(max(signed_size or 0, kept.size), seen))
    found.add(_of_the_guard(kept, size, epoch, is_signed=signed_size is not None))
    reached = min(size, max(last or 0, kept.size))
    if reached < size:
        found.add([_gap(reached + 1, size)])
    frontier = leaves.complete(growing.unpacked(since.size, bytes(since.frontier))) if since else Frontier()
    walk = Walk(reached, signed_size or 0, frontier, kept, Signatures(agreed=frontier.size))
    found.add(signed.against_guard(kept, _signed_before(kept, frontier.size), 0))
    for row in Checkpoint.objects.filter(size=0).defer("signed_at") if since is None else ():
        found.add(walk.signatures.judge(row, Frontier()))
    if walk.is_over:
        walk._end(found)
    return walk


def _signed_before(kept: Guarded, size: int) -> dict[int, bytes]:
    """Where the walk begins after what the guard says: what was signed there."""
    if kept.size > size:
        return {}
    root = Checkpoint.objects.filter(epoch=kept.epoch, size=kept.size).values_list("root", flat=True).first()
    return {} if root is None else {kept.size: bytes(root)}


def _beyond(size: int, last: int | None, first: int | None) -> Iterator[Finding]:
    if last is not None and last > size:
        yield Finding(kind=Kind.BEYOND, position=size + 1, until=last)
    if first is not None and first < 1:
        yield Finding(kind=Kind.BEYOND, position=first)


def _short(size: int, epoch: int, signed_size: int | None, signed_epoch: int | None) -> Iterator[Finding]:
    if (signed_size or 0) > size or (signed_epoch or 0) > epoch:
        yield Finding(kind=Kind.SHORT, position=size + 1, part=f"{signed_epoch}/{signed_size}")


def _seen_elsewhere(signed: int, seen: int) -> Iterator[Finding]:
    """What was done and is not signed is nothing that a witness has seen."""
    if seen > signed:
        yield Finding(kind=Kind.SHORT, position=signed + 1, part=f"witness {seen}")


def _of_the_guard(kept: Guarded, size: int, epoch: int, *, is_signed: bool) -> Iterator[Finding]:
    if kept.kind == Kind.NO_GUARD and not is_signed:
        return
    if kept.kind is not None:
        yield Finding(kind=kept.kind)
    elif kept.size > size or kept.epoch > epoch:
        yield Finding(kind=Kind.SHORT, position=size + 1, part=f"guard {kept.epoch}/{kept.size}")
    elif kept.epoch < epoch:
        yield Finding(kind=Kind.BAD_GUARD, part=f"guard {kept.epoch}/{kept.size}")


def _out_of_place(rows: Sequence[Row], begin: int, end: int) -> Iterator[Finding]:
    expected = begin + 1
    for row in rows:
        if row.position < expected:
            yield Finding(kind=Kind.DOUBLE, position=row.position)
            continue
        if row.position > expected:
            yield _gap(expected, row.position - 1)
        expected = row.position + 1
    if expected <= end:
        yield _gap(expected, end)


def _gap(first: int, last: int) -> Finding:
    return Finding(kind=Kind.GAP, position=first, until=last if last > first else None)


def _in_order(rows: Sequence[Row], begin: int, end: int) -> list[bytes]:
    """One commitment for each position; nothing in the place of one that is missing."""
    by_position = {row.position: row.commitment for row in rows}
    return [by_position.get(position, b"") for position in range(begin + 1, end + 1)]


def _of_another_epoch(rows: Sequence[Row]) -> Iterator[Finding]:
    """An epoch begins with the position after the size that the log had when it was opened."""
    opened = list(LogEpoch.objects.order_by("number").values_list("size", "number"))
    sizes, numbers = [size for size, _number in opened], [1, *(number for _size, number in opened)]
    for row in rows:
        if row.epoch != numbers[bisect_left(sizes, row.position)]:
            yield Finding(kind=Kind.EPOCH, position=row.position)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
