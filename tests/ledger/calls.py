"""Generated calls of the API, made in one process on servers of their own (`tests.test_generated_calls`)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable

from tests.ledger.at_once import EACH_PROCESSOR
from tests.ledger.by_tests import ran
from tests.ledger.counts import Counts

TEST = "tests/test_generated_calls.py"
DRAWN = "test_whatever_is_drawn_is_answered_as_described"
DEFECTS = ("test_a_fault_of_the_server_is_found", "test_a_number_that_an_error_repeats_is_found")
SECONDS_A_SEED = 600.0  # it takes some to begin
AT_ONCE = EACH_PROCESSOR
REPORT = "GENERATED_REPORT"


def run(seed: int, seconds: float) -> Counts:
    """``calls`` made, ``slow`` of them over a second."""
    return drawn(TEST, seed, seconds)


def planted(seed: int) -> dict[str, str]:
    return caught(TEST, DEFECTS)


def drawn(test: str, seed: int, seconds: float) -> Counts:
    how = {"GENERATED_SECONDS": str(seconds), "GENERATED_SEED": str(seed)}
    status, lines, said = ran(f"{test}::{DRAWN}", seconds, REPORT, **how)
    if status or not lines:
        return Counts(Counter(), [f"seed {seed}: {lines or said}"])
    return Counts(Counter(calls=lines[0]["calls"], slow=lines[0]["slow"]))


def caught(test: str, defects: Iterable[str]) -> dict[str, str]:
    return {defect: _caught(f"{test}::{defect}") for defect in defects}


def _caught(defect: str) -> str:
    begun = time.monotonic()
    return "" if ran(defect, 0, REPORT).status else f"caught after {time.monotonic() - begun:.1f} s"
