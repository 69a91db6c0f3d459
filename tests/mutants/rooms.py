"""The rooms of `rooms.toml`: which files are changed, which tests must tell, and what need not be told."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("rooms.toml")


@dataclass(frozen=True)
class Same:
    """A change that changes nothing: ``line`` of a function ``of`` a module becomes ``instead``. ``why`` nobody could tell it."""

    of: str
    line: str
    instead: str
    why: str


@dataclass(frozen=True)
class Room:
    """``files`` are changed, by path; ``tests``: files that must tell; ``without``: those of their tests that can tell nothing,
    since they hand a file on as it lies there; ``same``: what they need not tell.
    """

    name: str
    what: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()
    same: tuple[Same, ...] = ()


def read(file: Path = FILE) -> Sequence[Room]:
    return tuple(_room(row) for row in tomllib.loads(file.read_text(encoding="utf-8"))["room"])


def _room(row: dict[str, Any]) -> Room:
    return Room(
        name=row["name"],
        what=row["what"],
        files=tuple(row["files"]),
        tests=tuple(row["tests"]),
        without=tuple(row.get("without", ())),
        same=tuple(Same(**each) for each in row.get("same", ())),
    )
