"""How many seeds of a check are run at once, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable

from tests.ledger.counts import Counts

ALONE = 1  # where time itself is measured, or the machine's load would tell
EACH_PROCESSOR = len(os.sched_getaffinity(0))


def run_at_once(run: Callable[[int, float], Counts], seeds: Iterable[int], seconds: float) -> Counts:
    """What came of all of them. One alone is run here: what it keeps in this process is there afterwards."""
    seeds = list(seeds)
    if len(seeds) == 1:
        return run(seeds[0], seconds)
    counts = Counts()
    with multiprocessing.get_context("fork").Pool(len(seeds)) as pool:
        for each in pool.starmap(run, [(seed, seconds) for seed in seeds], chunksize=1):
            counts.add(each)
    return counts
