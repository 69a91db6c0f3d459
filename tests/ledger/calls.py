"""Generated calls of the API, made in one process on servers of their own (`tests.test_generated_calls`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.ledger.counts import Counts

SECONDS_A_SEED = 600.0  # it takes some to begin
GRACE = 900
FILE = "tests/test_generated_calls.py"
DRAWN = "test_whatever_is_drawn_is_answered_as_described"
DEFECTS = ("test_a_fault_of_the_server_is_found", "test_a_number_that_an_error_repeats_is_found")


def run(seed: int, seconds: float) -> Counts:
    """``calls`` made, ``slow`` of them over a second. RuntimeError where they did not come to an end."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        ended = _pytest(DRAWN, seconds, seed=seed, report=report)
        if not report.exists():
            raise RuntimeError(f"the calls did not end: {ended.stdout[-2000:]}")
        told: dict[str, Any] = json.loads(report.read_text())
    return Counts(Counter(calls=told["calls"], slow=told["slow"]), [] if told["ok"] else [f"seed {seed}: {told}"])


def planted(seed: int) -> dict[str, str]:
    return {defect: _caught(defect) for defect in DEFECTS}


def _caught(defect: str) -> str:
    begun = time.monotonic()
    return "" if _pytest(defect, 0).returncode else f"caught after {time.monotonic() - begun:.1f} s"


def _pytest(
    test: str, seconds: float, *, seed: int | None = None, report: Path | None = None
) -> subprocess.CompletedProcess[str]:
    told = {"GENERATED_SECONDS": str(seconds)} if seconds else {}
    told |= {"GENERATED_SEED": str(seed), "GENERATED_REPORT": str(report)} if report else {}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"{FILE}::{test}"]
    environment = {**os.environ, **told}
    return subprocess.run(
        command, env=environment, check=False, capture_output=True, text=True, timeout=seconds + GRACE
    )
