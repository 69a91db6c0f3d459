"""The files of pinned packages, as `make lock` writes them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ROOT / "requirements.txt"
LOCKS = (
    PRODUCT,
    ROOT / "requirements-spans.txt",
    ROOT / "requirements-dev.txt",
    ROOT / "deploy" / "uv.txt",
    ROOT / "tests" / "judges" / "requirements.txt",
    ROOT / "tests" / "supply_chain" / "requirements.txt",
)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}", re.ASCII)


class Pinned(NamedTuple):
    """One package of a lock; ``hashes``: how many files of it may be installed."""

    name: str
    version: Version
    hashes: int


class LockShape(Exception):
    """A line of a lock is neither a pinned package with its hashes nor a comment. The text says which."""


def pinned(lock: Path) -> list[Pinned]:
    """Every package of a lock. Raises LockShape for whatever would be installed unpinned or unchecked."""
    lines = [line for line in lock.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = [_pinned(entry) for entry in "\n".join(lines).replace("\\\n", " ").splitlines()]
    if not found:
        raise LockShape(f"{lock.name} is empty")
    return found


def direct(requirements: Path) -> set[str]:
    """The names that a file of wishes (requirements.in) asks for itself."""
    lines = (line.split("#")[0].strip() for line in requirements.read_text().splitlines())
    return {canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("-")}


def _pinned(entry: str) -> Pinned:
    wished = HASH.sub("", entry).strip()
    try:
        requirement = Requirement(wished)
        (pin,) = requirement.specifier
    except ValueError:
        raise LockShape(f"not one pinned package: {wished[:80]}") from None
    hashes = len(HASH.findall(entry))
    if pin.operator != "==" or pin.version.endswith(".*") or requirement.url or not hashes:
        raise LockShape(f"not pinned to one version with hashes: {wished[:80]}")
    return Pinned(canonicalize_name(requirement.name), Version(pin.version), hashes)
