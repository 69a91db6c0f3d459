"""Processes killed at drawn steps, lives without end, on servers of their own (`tests.faults.test_crash_points`).

A seed stands for a thousand lives: to see one again, `CRASH_SEED=<the life's> CRASH_LIVES=1` and the test.
"""

from __future__ import annotations

from collections import Counter

from tests.faults.crash_defects import DEFECTS
from tests.ledger.at_once import EACH_PROCESSOR
from tests.ledger.by_tests import ran
from tests.ledger.counts import Counts

TEST = "tests/faults/test_crash_points.py"
OF_LIVES, OF_DEFECTS = f"{TEST}::test_whatever_a_process_dies_of_nothing_is_lost", f"{TEST} -k wrong_order"
LIVES_OF_A_SEED = 1000
SECONDS_A_SEED = 600.0  # each begins with servers of its own
AT_ONCE = EACH_PROCESSOR
REPORT = "CRASH_REPORT"


def run(seed: int, seconds: float) -> Counts:
    how = {"CRASH_SEED": str(seed * LIVES_OF_A_SEED), "CRASH_LIVES": "1", "CRASH_SECONDS": str(seconds)}
    status, lines, said = ran(OF_LIVES, seconds, REPORT, **how)
    done: Counter[str] = Counter()
    for line in lines:
        done.update(line["done"])
    return Counts(Counter(), [f"seed {seed}: {said}"]) if status or not lines else Counts(done)


def planted(seed: int) -> dict[str, str]:
    """One that is not caught fails the test, and its line says so."""
    _status, lines, _said = ran(OF_DEFECTS, 0, REPORT, CRASH_DEFECTS="all")
    found = {line["defect"]: line["caught"] for line in lines if "defect" in line}
    return {defect.name: found.get(defect.name, "") for defect in DEFECTS}
