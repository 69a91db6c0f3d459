"""Runs a plant's tests with the defect in place, in a process of their own, and says which of them caught it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.attacks.table import Plant
from tests.tables import NAMED

PLANTED = "REGISTRY_PLANTED"
PATIENCE = 300  # seconds
# Of the session that asks: the servers and workers of one are not those of another.
OF_THE_SESSION = ("DATABASE_URL", "REDIS_URL", NAMED)
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+::.*?)(?: - (.*))?$", re.MULTILINE)
CRASHES = ("NameError", "SyntaxError", "ImportError", "UnboundLocalError", "tests.attacks.planting.DoesNotApply")
SOME_FAILED = 1  # pytest.ExitCode.TESTS_FAILED


@dataclass(frozen=True)
class Outcome:
    """``caught``: the test that failed first, "" where none did; ``why``, of which a crash of the plant itself would be none
    that counts; ``said``: the end of what was printed.
    """

    plant: Plant
    caught: str
    why: str
    seconds: float
    said: str


def run(plant: Plant, *, servers: dict[str, str] | None = None) -> Outcome:
    """``servers``: what names those that are used; without, the process starts its own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    without = {name: value for name, value in inherited.items() if name not in OF_THE_SESSION}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.attacks.planting",
        "-p",
        "no:cacheprovider",
        "-x",
        "-rfE",
        "--tb=line",
    ]
    began = time.monotonic()
    done = subprocess.run(
        [*command, *plant.caught_by],
        env={**without, **(servers or {}), PLANTED: plant.name, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    found = FAILED.search(done.stdout)
    caught, why = (found[1], found[2] or "") if found and done.returncode == SOME_FAILED else ("", "")
    if why.startswith(CRASHES):
        caught = ""
    return Outcome(plant, caught, why, time.monotonic() - began, (done.stdout + done.stderr)[-2000:])
