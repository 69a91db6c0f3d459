"""Weeks of the registry in counted time (`tests.faults.test_seasons`), each seed with a server of its own.

A seed stands for a thousand seasons: to see one again, `SEASON_SEED=<the season's> SEASONS=1` and the test.
"""

from __future__ import annotations

from collections import Counter

from tests.faults.season_defects import DEFECTS
from tests.ledger.at_once import EACH_PROCESSOR
from tests.ledger.by_tests import ran
from tests.ledger.counts import Counts

TEST = "tests/faults/test_seasons.py"
OF_SEASONS, OF_DEFECTS = f"{TEST} -k whatever_happens", f"{TEST} -k too_late"
SEASONS_OF_A_SEED = 1000
SECONDS_A_SEED = 600.0  # each begins with a server of its own
AT_ONCE = EACH_PROCESSOR
REPORT = "SEASON_REPORT"


def run(seed: int, seconds: float) -> Counts:
    how = {"SEASON_SEED": str(seed * SEASONS_OF_A_SEED), "SEASONS": "1", "SEASON_SECONDS": str(seconds)}
    status, lines, said = ran(OF_SEASONS, seconds, REPORT, **how)
    return Counts(Counter(), [f"seed {seed}: {said}"]) if status else Counts(Counter(lines[0]["done"]))


def planted(seed: int) -> dict[str, str]:
    """One that is not caught fails the test, and its line says so."""
    _status, lines, _said = ran(OF_DEFECTS, 0, REPORT, SEASONS="1", SEASON_DEFECTS="all")
    found = {line["defect"]: line["caught"] for line in lines if "defect" in line}
    return {name: found.get(name, "") for name in DEFECTS}
