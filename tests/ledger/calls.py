"""Generated calls of the API, made in one process on servers of their own (`tests.test_generated_calls`)."""

from __future__ import annotations

import time
from collections import Counter

from tests.ledger.at_once import EACH_PROCESSOR
from tests.ledger.by_tests import ran
from tests.ledger.counts import Counts

TEST = "tests/test_generated_calls.py"
DRAWN = f"{TEST}::test_whatever_is_drawn_is_answered_as_described"
DEFECTS = ("test_a_fault_of_the_server_is_found", "test_a_number_that_an_error_repeats_is_found")
SECONDS_A_SEED = 600.0  # it takes some to begin
AT_ONCE = EACH_PROCESSOR
REPORT = "GENERATED_REPORT"


def run(seed: int, seconds: float) -> Counts:
    """``calls`` made, ``slow`` of them over a second."""
    status, lines, said = ran(DRAWN, seconds, REPORT, GENERATED_SECONDS=str(seconds), GENERATED_SEED=str(seed))
    if status or not lines:
        return Counts(Counter(), [f"seed {seed}: {lines or said}"])
    return Counts(Counter(calls=lines[0]["calls"], slow=lines[0]["slow"]))


def planted(seed: int) -> dict[str, str]:
    return {defect: _caught(defect) for defect in DEFECTS}


def _caught(defect: str) -> str:
    begun = time.monotonic()
    return "" if ran(f"{TEST}::{defect}", 0, REPORT).status else f"caught after {time.monotonic() - begun:.1f} s"
