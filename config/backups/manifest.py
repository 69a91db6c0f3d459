"""What a backup says of itself: one JSON file beside the dump."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from config.backups.facts import Facts, Signed

FORM = 1
NAME = "manifest.json"


class ManifestUnreadable(Exception):
    """The file is no manifest of this form; the text names what is wrong with it."""


@dataclass(frozen=True)
class Stored:
    """One file of the backup: its bytes, and SHA-256 over them in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """``seconds``: how long the backup took; ``server``: PostgreSQL's major version; ``origin``: the name of the log."""

    taken_at: datetime
    seconds: float
    product: str
    server: int
    database: str
    origin: str
    facts: Facts
    files: Mapping[str, Stored]

    def as_json(self) -> str:
        told = asdict(self) | {"form": FORM, "taken_at": self.taken_at.isoformat()}
        return json.dumps(told, indent=1, sort_keys=True) + "\n"

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Raises ManifestUnreadable."""
        try:
            told = json.loads(raw)
        except ValueError:
            raise ManifestUnreadable("it is no JSON") from None
        except RecursionError:
            raise ManifestUnreadable("it is nested too deep") from None
        if _of(told, "form", int) != FORM:
            raise ManifestUnreadable(f"form: {FORM} is the one that this release reads")
        return cls(
            taken_at=_moment(told),
            seconds=_of(told, "seconds", float, int),
            product=_of(told, "product", str),
            server=_of(told, "server", int),
            database=_of(told, "database", str),
            origin=_of(told, "origin", str),
            facts=_facts(_of(told, "facts", dict)),
            files=_files(_of(told, "files", dict)),
        )


def _facts(told: dict[str, Any]) -> Facts:
    checkpoint = told.get("checkpoint")
    return Facts(
        epoch=_of(told, "epoch", int),
        head=_of(told, "head", int),
        checkpoint=None if checkpoint is None else _signed(_of(told, "checkpoint", dict)),
        migrations=tuple(_all_of("migrations", _of(told, "migrations", list), str)),
        counts=_numbers(_of(told, "counts", dict)),
    )


def _signed(told: dict[str, Any]) -> Signed:
    return Signed(_of(told, "epoch", int), _of(told, "size", int), _of(told, "root", str))


def _files(told: dict[str, Any]) -> dict[str, Stored]:
    """Names of files in the folder itself, and of no other place."""
    for name, each in told.items():
        if not isinstance(each, dict) or name in ("", ".", "..", NAME) or "/" in name or "\0" in name:
            raise ManifestUnreadable("files: a name in this folder, with size and sha256 of each")
    return {name: Stored(_of(each, "size", int), _of(each, "sha256", str)) for name, each in told.items()}


def _numbers(told: dict[str, Any]) -> dict[str, int]:
    _all_of("counts", list(told.values()), int)
    return told


def _all_of(name: str, values: list[Any], kind: type) -> list[Any]:
    if not all(type(value) is kind for value in values):
        raise ManifestUnreadable(f"{name}: not all of them are of the type {kind.__name__}")
    return values


def _of(told: Any, name: str, *kinds: type) -> Any:
    value = told.get(name) if isinstance(told, dict) else None
    if type(value) not in kinds:
        raise ManifestUnreadable(f"{name}: missing, or not of the type {kinds[0].__name__}")
    return value


def _moment(told: dict[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(_of(told, "taken_at", str))
    except ValueError:
        raise ManifestUnreadable("taken_at: not a moment as in 2026-11-27T02:00:00+00:00") from None
    if found.tzinfo is None:
        raise ManifestUnreadable("taken_at: a moment without its time zone")
    return found
