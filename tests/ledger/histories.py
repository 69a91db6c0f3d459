"""Histories of one endpoint in time that is counted, not waited for: listings told, refused, withdrawn, slots that die.

The product's own lanes, in a world without a database (`tests.lane_world`). A history is 60 steps drawn from its seed; a
seed of the ledger stands for a million of them: to see one again, `random_run(history)`.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter

import pytest

from tests.faults.planted import DEFECTS, Defect
from tests.lane_world import random_run
from tests.ledger.at_once import EACH_PROCESSOR
from tests.ledger.counts import Counts

HISTORIES_OF_A_SEED = 1_000_000
SECONDS_A_SEED = 60.0
AT_ONCE = EACH_PROCESSOR
SECONDS_TO_CATCH = 60.0


def run(seed: int, seconds: float) -> Counts:
    done, failures = 0, []
    ends = time.monotonic() + seconds
    for history in range(seed * HISTORIES_OF_A_SEED, (seed + 1) * HISTORIES_OF_A_SEED):
        done += 1
        try:
            random_run(history)
        except AssertionError as problem:
            failures.append(f"history {history}: {problem}")
        if failures or time.monotonic() > ends:
            break
    return Counts(Counter(histories=done), failures)


def planted(seed: int) -> dict[str, str]:
    return {defect.name: _caught(defect, seed) for defect in DEFECTS if defect.in_lanes}


def _caught(defect: Defect, seed: int) -> str:
    start = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        defect.plant(patch)
        for history in itertools.count(seed * HISTORIES_OF_A_SEED):
            try:
                random_run(history)
            except AssertionError as problem:
                return f"in history {history} after {time.monotonic() - start:.1f} s: {problem}"
            if time.monotonic() - start > SECONDS_TO_CATCH:
                return ""
    return ""
