"""Drawn faults on a whole stack that is acted on and asked (`tests.faults.test_storms`), each seed with servers of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults.storm_defects import IN_WEB, IN_WORKERS
from tests.ledger.counts import Counts

TEST = "tests/faults/test_storms.py"
OF_FAULTS, OF_DEFECTS = f"{TEST} -k whatever_dies", f"{TEST} -k planted"
SECONDS_A_SEED = 600.0
GRACE = 900  # seconds beyond those asked for, on a machine that is busy
SAID = 1500  # characters of a failure


def run(seed: int, seconds: float) -> Counts:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.jsonl"
        ended = _pytest(
            OF_FAULTS,
            seconds,
            STORM_SEED=str(seed),
            STORM_FAULTS=str(10**6),
            STORM_SECONDS=str(seconds),
            STORM_REPORT=str(report),
        )
        if ended.returncode:
            return Counts(Counter(), [f"seed {seed}: {ended.stdout[-SAID:]}"])
        return Counts(Counter(json.loads(report.read_text())["done"]))


def planted(seed: int) -> dict[str, str]:
    caught = _pytest(OF_DEFECTS, 0, STORM_SEED=str(seed), STORM_FAULTS="0").returncode == 0
    return dict.fromkeys([*IN_WORKERS, *IN_WEB], "caught" if caught else "")


def _pytest(which: str, seconds: float, **environment: str) -> subprocess.CompletedProcess[str]:
    """The servers of this process are none of theirs."""
    given = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *which.split(" ")],
        env={**given, **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds + GRACE,
    )
