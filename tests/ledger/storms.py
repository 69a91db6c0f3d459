"""Drawn faults on a whole stack that is acted on and asked (`tests.faults.test_storms`), each seed with servers of its own."""

from __future__ import annotations

from collections import Counter

from tests.faults.storm_defects import IN_WEB, IN_WORKERS
from tests.ledger.at_once import ALONE
from tests.ledger.by_tests import ran
from tests.ledger.counts import Counts

TEST = "tests/faults/test_storms.py"
OF_FAULTS, OF_DEFECTS = f"{TEST} -k whatever_dies", f"{TEST} -k planted"
SECONDS_A_SEED = 600.0
AT_ONCE = ALONE  # within how many seconds all has arrived, is judged
ENDLESS = str(10**6)
REPORT = "STORM_REPORT"


def run(seed: int, seconds: float) -> Counts:
    how = {"STORM_SEED": str(seed), "STORM_FAULTS": ENDLESS, "STORM_SECONDS": str(seconds)}
    status, lines, said = ran(OF_FAULTS, seconds, REPORT, **how)
    return Counts(Counter(), [f"seed {seed}: {said}"]) if status else Counts(Counter(lines[0]["done"]))


def planted(seed: int) -> dict[str, str]:
    status, _lines, _said = ran(OF_DEFECTS, 0, REPORT, STORM_SEED=str(seed), STORM_FAULTS="0", STORM_DEFECTS="1")
    return dict.fromkeys([*IN_WORKERS, *IN_WEB], "" if status else "caught")
