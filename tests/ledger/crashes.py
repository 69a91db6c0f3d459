"""Processes killed at drawn steps, lives without end, on servers of their own (`tests.faults.test_crash_points`).

A seed stands for a thousand lives: to see one again, `CRASH_SEED=<the life's> CRASH_LIVES=1` and the test.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.crash_defects import DEFECTS
from tests.ledger.counts import Counts

TEST = "tests/faults/test_crash_points.py"
OF_LIVES, OF_DEFECTS = f"{TEST}::test_whatever_a_process_dies_of_nothing_is_lost", f"{TEST} -k wrong_order"
LIVES_OF_A_SEED = 1000
SECONDS_A_SEED = 600.0  # each begins with servers of its own
GRACE = 1800  # seconds beyond those asked for, on a machine that is busy
SAID = 1500  # characters of a failure


def run(seed: int, seconds: float) -> Counts:
    lines, said = _told(
        OF_LIVES,
        seconds,
        CRASH_SEED=str(seed * LIVES_OF_A_SEED),
        CRASH_LIVES="1",
        CRASH_SECONDS=str(seconds),
    )
    done: Counter[str] = Counter()
    for line in lines:
        done.update(line["done"])
    return Counts(done, [] if lines else [f"seed {seed}: {said}"])


def planted(seed: int) -> dict[str, str]:
    lines, _said = _told(OF_DEFECTS, 0, CRASH_DEFECTS="all")
    found = {line["defect"]: line["caught"] for line in lines}
    return {defect.name: found.get(defect.name, "") for defect in DEFECTS}


def _told(which: str, seconds: float, **environment: str) -> tuple[list[dict[str, Any]], str]:
    """What the tests reported, and what pytest said in the end. The servers of this process are none of theirs."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.jsonl"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *which.split(" ")]
        given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        ended = subprocess.run(
            command,
            env={**given, **environment, "CRASH_REPORT": str(report)},
            check=False,
            capture_output=True,
            text=True,
            timeout=seconds + GRACE,
        )
        lines = report.read_text().splitlines() if report.exists() and ended.returncode in (0, 1) else []
        sound = lines if ended.returncode == 0 or "defect" in "".join(lines) else []
        return [json.loads(line) for line in sound], ended.stdout[-SAID:]
