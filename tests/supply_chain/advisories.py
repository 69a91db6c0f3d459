"""`python -m tests.supply_chain.advisories`: the lock against the weaknesses that are written down in advisories.json.

Needs no network. Exit 0: none of the pinned versions is affected; 1: some are, and named; 2: the file cannot be read.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from tests.supply_chain.lock import LOCKS, LockShape, Pinned, pinned

FILE = Path(__file__).with_name("advisories.json")
FIELDS = {"package", "affected", "id", "critical", "known_on", "summary"}


class Advisory(NamedTuple):
    """A weakness. ``affected``: the versions that have it, as PEP 440 specifiers, parted by " or "."""

    package: str
    affected: str
    id: str
    critical: bool
    known_on: str
    summary: str

    def hits(self, one: Pinned) -> bool:
        ranges = (SpecifierSet(each, prereleases=True) for each in self.affected.split(" or "))
        return one.name == canonicalize_name(self.package) and any(one.version in each for each in ranges)


class AdvisoriesShape(Exception):
    """The file of advisories is not what it should be: nothing was judged. The text says where."""


def read(file: Path = FILE) -> list[Advisory]:
    """Raises AdvisoriesShape; also where the file is empty, which would call everything sound."""
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))["advisories"]
        found = [_advisory(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, InvalidSpecifier) as problem:
        raise AdvisoriesShape(f"{file.name}: {problem}") from None
    if not found:
        raise AdvisoriesShape(f"{file.name} holds no advisory")
    return found


def affected(packages: Sequence[Pinned], advisories: Sequence[Advisory]) -> list[str]:
    """In words: each pinned version that has a known weakness."""
    return [
        f"{one.name} {one.version}: {each.id} ({'24 h' if each.critical else '72 h'} from {each.known_on}): {each.summary}"
        for one in packages
        for each in advisories
        if each.hits(one)
    ]


def _advisory(row: dict[str, object]) -> Advisory:
    if set(row) != FIELDS or not isinstance(row["critical"], bool) or not all(str(value) for value in row.values()):
        raise AdvisoriesShape(
            f"{FILE.name}: {row.get('id', row)} has not exactly the fields {', '.join(sorted(FIELDS))}"
        )
    advisory = Advisory(**row)  # type: ignore[arg-type]  # looked at just now
    for each in advisory.affected.split(" or "):
        if not len(SpecifierSet(each)):
            raise AdvisoriesShape(f"{FILE.name}: {advisory.id} names no versions")
    return advisory


def main(locks: Sequence[Path] = LOCKS, file: Path = FILE) -> int:
    try:
        advisories = read(file)
        packages = sorted({one for lock in locks for one in pinned(lock)})
    except (AdvisoriesShape, LockShape, OSError) as problem:
        sys.stderr.write(f"Nothing was judged. {problem}\n")
        return 2
    hits = affected(packages, advisories)
    sys.stdout.writelines(f"{each}\n" for each in hits)
    sys.stdout.write(f"{len(packages)} locked packages, {len(advisories)} advisories, {len(hits)} affected\n")
    return 1 if hits else 0


if __name__ == "__main__":
    sys.exit(main())
