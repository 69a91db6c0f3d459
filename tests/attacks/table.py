"""Attacks A01 to A35 as `attacks.toml` has them: what holds against each, and the defects that its tests must tell."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("attacks.toml")
TESTS = "tests/"


@dataclass(frozen=True)
class Plant:
    """``name``: as whoever made it would have to confess it. At ``place`` (module, colon, what is in it) ``line`` becomes
    ``instead``; ``caught_by``: tests of which one must fail with it, the cheapest that there are.
    """

    name: str
    place: str
    line: str
    instead: str
    caught_by: tuple[str, ...]
    takes_long: bool = False


@dataclass(frozen=True)
class Attack:
    """``held_by``: the files of tests about it."""

    id: str
    what: str
    held_by: tuple[str, ...]
    plants: tuple[Plant, ...]


def _attack(row: dict[str, Any]) -> Attack:
    plants = tuple(Plant(**{**each, "caught_by": _tests(each["caught_by"])}) for each in row["plant"])
    return Attack(id=row["id"], what=row["what"], held_by=_tests(row["held_by"]), plants=plants)


def _tests(names: list[str]) -> tuple[str, ...]:
    return tuple(TESTS + name for name in names)


ATTACKS = tuple(_attack(row) for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["attack"])
BY_NAME = {plant.name: plant for attack in ATTACKS for plant in attack.plants}
