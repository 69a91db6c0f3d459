"""The packages aics-tlog, metamorphic-log and pymerkle as judges of a log.

Runs where they are installed, not where this project is. It is asked and answers as tests/judges/tree_judge.go does.
"""

from __future__ import annotations

import hashlib
import json
import sys
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

import aics_tlog
import metamorphic_log
import pymerkle
from aics_tlog.tiles import entry_bundle_path, tile_path
from pymerkle.core import _inclusion_path_layout as layout

Question = Mapping[str, Any]
ALGORITHM = "sha256"
ROOT_LINE = 2


class Refused(Exception):
    """In the words of this file, where the package says no more than no."""


def need(said: object, otherwise: str) -> None:
    if not said:
        raise Refused(otherwise)


def read(address: str) -> bytes | None:
    say({"read": address})
    data = json.loads(sys.stdin.readline())["data"]
    return None if data is None else b64decode(data)


def checkpoint() -> bytes:
    found = read("checkpoint")
    if found is None:
        raise Refused("the log has no checkpoint")
    return found


class Tiles:
    """As aics-tlog reads a log."""

    def read_tile(self, level: int, index: int, width: int | None) -> bytes | None:
        return read(tile_path(level, index, width))

    def read_entry_bundle(self, index: int, width: int | None) -> bytes | None:
        return read(entry_bundle_path(index, width))


def aics_log(asked: Question) -> None:
    note = aics_tlog.parse_note(checkpoint())
    key = aics_tlog.parse_vkey(asked["vkey"])
    witnesses = [aics_tlog.parse_vkey(each) for each in asked["witnesses"]]
    found = aics_tlog.verify_checkpoint(note, key, witnesses, len(witnesses), expected_origin=key.name)
    need(found.ok, str(found.error))
    entries = binary(asked["entries"])
    need(found.size == len(entries), f"{len(entries)} entries in a tree of {found.size}")
    need(found.root == aics_tlog.MerkleTree(entries).root(), "another root than that over the entries")
    aics_tlog.audit_tiles(Tiles(), found.size, found.root)


def aics_inclusion(asked: Question) -> None:
    path, root = binary(asked["path"]), b64decode(asked["root"])
    entry, index, size = b64decode(asked["entry"]), asked["index"], asked["size"]
    need(aics_tlog.verify_leaf_inclusion(entry, index, size, path, root), "no proof of inclusion")


def aics_consistency(asked: Question) -> None:
    old_root, root = b64decode(asked["old_root"]), b64decode(asked["root"])
    need(
        aics_tlog.verify_consistency(asked["old"], asked["size"], old_root, root, binary(asked["path"])),
        "no proof of consistency",
    )


def metamorphic_log_(asked: Question) -> None:
    """The checkpoint only: the package knows no witnesses and no tiles."""
    found = metamorphic_log.checkpoint_verify(checkpoint().decode(), [asked["vkey"]])
    need(found.origin == asked["vkey"].partition("+")[0], "another origin than the name of the key")
    need(found.size == len(asked["entries"]), f"{len(asked['entries'])} entries in a tree of {found.size}")


def metamorphic_inclusion(asked: Question) -> None:
    path, root = binary(asked["path"]), b64decode(asked["root"])
    metamorphic_log.verify_inclusion(asked["index"], asked["size"], leaf(asked), path, root)


def metamorphic_consistency(asked: Question) -> None:
    old_root, root = b64decode(asked["old_root"]), b64decode(asked["root"])
    metamorphic_log.verify_consistency(asked["old"], asked["size"], binary(asked["path"]), old_root, root)


def pymerkle_log(asked: Question) -> None:
    """The root only: the package knows no notes and no tiles."""
    tree = pymerkle.InmemoryTree(algorithm=ALGORITHM)
    for entry in binary(asked["entries"]):
        tree.append_entry(entry)
    root = b64decode(checkpoint().split(b"\n")[ROOT_LINE])
    need(tree.get_root() == root, "another root than that over the entries")


def pymerkle_inclusion(asked: Question) -> None:
    """Its paths begin with the leaf, and it counts from one; its proofs of consistency are of another form than RFC 6962's."""
    index, size = asked["index"] + 1, asked["size"]
    need(index <= size, "no such leaf")
    path = [leaf(asked), *binary(asked["path"])]
    proof = pymerkle.InclusionProof(ALGORITHM, True, size, index, layout(index, size)[0], path)
    pymerkle.verify_inclusion(leaf(asked), b64decode(asked["root"]), proof, index, size, ALGORITHM)


def leaf(asked: Question) -> bytes:
    return hashlib.sha256(b"\x00" + b64decode(asked["entry"])).digest()


def binary(texts: list[str]) -> list[bytes]:
    return [b64decode(text) for text in texts]


JUDGES: Mapping[str, Mapping[str, Callable[[Question], None]]] = {
    "log": {"aics-tlog": aics_log, "metamorphic-log": metamorphic_log_, "pymerkle": pymerkle_log},
    "inclusion": {
        "aics-tlog": aics_inclusion,
        "metamorphic-log": metamorphic_inclusion,
        "pymerkle": pymerkle_inclusion,
    },
    "consistency": {"aics-tlog": aics_consistency, "metamorphic-log": metamorphic_consistency},
}


def verdict(judge: Callable[[Question], None], asked: Question) -> str:
    try:
        judge(asked)
    except Exception as no:
        return f"{type(no).__name__}: {no}"
    return "accepted"


def say(said: Mapping[str, str]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


for line in iter(sys.stdin.readline, ""):
    question = json.loads(line)
    say({name: verdict(judge, question) for name, judge in JUDGES[question["kind"]].items()})
