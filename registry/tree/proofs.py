"""Proofs that a leaf is in a tree, and that a tree is the beginning of a larger one (RFC 6962, section 2.1; RFC 9162,
section 2.1.3.2 and 2.1.4.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from registry.tree.hashing import node, split


class ProofFails(Exception):
    """What is proved is not so, or this is no proof of it."""


class Subtrees(Protocol):
    """Where the hashes of a tree are looked up."""

    def subtree(self, level: int, index: int) -> bytes:
        """Root of the complete subtree over the leaves from ``index * 2**level`` on, ``2**level`` of them."""


def root_of(tree: Subtrees, begin: int, end: int) -> bytes:
    """Root over the leaves in [begin, end), as the whole tree has it: `begin` is a multiple of the power of two that
    the range fits in.
    """
    size = end - begin
    if size.bit_count() == 1:
        level = size.bit_length() - 1
        return tree.subtree(level, begin >> level)
    middle = begin + split(size)
    return node(root_of(tree, begin, middle), root_of(tree, middle, end))


def inclusion(tree: Subtrees, index: int, size: int) -> list[bytes]:
    """The hashes beside the way from the leaf to the root of the first `size` leaves. ValueError: no such leaf."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + split(end - begin)
        if index < middle:
            path.append(root_of(tree, middle, end))
            end = middle
        else:
            path.append(root_of(tree, begin, middle))
            begin = middle
    return path[::-1]


def consistency(tree: Subtrees, old: int, new: int) -> list[bytes]:
    """That the first `old` leaves of the tree of `new` are the tree that it was. ValueError: `old` is not in [1, new]."""
    if not 1 <= old <= new:
        raise ValueError(f"a tree of {new} leaves was never one of {old}")
    path: list[bytes] = []
    begin, end = 0, new
    while old < end:
        middle = begin + split(end - begin)
        if old <= middle:
            path.append(root_of(tree, middle, end))
            end = middle
        else:
            path.append(root_of(tree, begin, middle))
            begin = middle
    if begin:
        path.append(root_of(tree, begin, end))
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Raises ProofFails."""
    if not 0 <= index < size:
        raise ProofFails(f"a tree of {size} leaves has no leaf {index}")
    found = leaf
    for beside, is_left in _climb(index, size - 1, path):
        found = node(beside, found) if is_left else node(found, beside)
    if found != root:
        raise ProofFails("the leaf is not in the tree of this root")


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Raises ProofFails; of an empty tree nothing can be proved."""
    if not 1 <= old <= new:
        raise ProofFails(f"a tree of {new} leaves was never one of {old}")
    if old == new:
        if path or old_root != new_root:
            raise ProofFails("two trees of one size with two roots")
        return
    steps = list(path)
    if old.bit_count() == 1:
        steps.insert(0, old_root)
    if not steps:
        raise ProofFails("the proof is too short")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for beside, is_left in _climb(place, last, steps[1:]):
        before = node(beside, before) if is_left else before
        after = node(beside, after) if is_left else node(after, beside)
    if before != old_root:
        raise ProofFails("the proof does not lead to the old root")
    if after != new_root:
        raise ProofFails("the proof does not lead to the new root")


def _climb(place: int, last: int, path: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The hashes beside the way up from the subtree at `place` of a row that ends with `last`, and whether each is left of
    the way. Raises ProofFails where they are not as many as there are levels.
    """
    for beside in path:
        if not last:
            raise ProofFails("the proof is too long")
        is_left = bool(place & 1) or place == last
        yield beside, is_left
        while is_left and not place & 1 and place:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    if last:
        raise ProofFails("the proof is too short")
