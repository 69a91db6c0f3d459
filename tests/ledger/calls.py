"""Generated calls of the API, made in one process on servers of their own (`tests.test_generated_calls`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

TEST = "tests/test_generated_calls.py::test_whatever_is_drawn_is_answered_as_described"
GRACE = 300


def run(seed: int, seconds: float) -> dict[str, Any]:
    """What the calls of this seed were answered; ``ok``: no fault, nothing undescribed, nothing repeated. RuntimeError
    where they did not come to an end.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        told = {"GENERATED_SEED": str(seed), "GENERATED_SECONDS": str(seconds), "GENERATED_REPORT": str(report)}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TEST]
        environment = {**os.environ, **told}
        ended = subprocess.run(
            command, env=environment, check=False, capture_output=True, text=True, timeout=seconds + GRACE
        )
        if not report.exists():
            raise RuntimeError(f"the calls did not end: {ended.stdout[-2000:]}")
        answered: dict[str, Any] = json.loads(report.read_text())
        return answered
