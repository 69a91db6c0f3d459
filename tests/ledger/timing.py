"""Does the time of an answer tell what the answer does not? The benchmark's pairs of each kind, as many as the time allows.

On servers of their own and on one processor; something more to do in one of the two is planted in the same run, and must be found.
"""

from __future__ import annotations

import os
from collections import Counter
from math import inf

import pytest

from tests.benchmarks.__main__ import measured
from tests.benchmarks.timing import AUC_FROM_HALF, KINDS, WIDEST
from tests.ledger.at_once import ALONE
from tests.ledger.counts import Counts

SECONDS_A_SEED = inf  # what many short ones say is less than what a long one says
AT_ONCE = ALONE
A_SECOND = 8  # pairs of each kind, with as many of two that are alike
LEAST = 400

_leaks: dict[int, dict[str, str]] = {}


def run(seed: int, seconds: float) -> Counts:
    """Pairs of each kind, or of those that PAIRS_OF names. CannotStart where a measurement does not end well, or the planted leak is not caught."""
    pairs = int(os.environ.get("PAIRS", "0")) or max(LEAST, int(seconds * A_SECOND))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAIRS", str(pairs))
        patch.setenv("PAIRS_SEED", str(seed))
        values = {figure.name: figure.value for figure in measured("timing")}
    counts = Counts()
    for kind in os.environ.get("PAIRS_OF", " ".join(KINDS)).split():
        widest, from_half, leak = values[kind], values[f"{kind}-auc"], values[f"{kind}-leak"]
        _leaks.setdefault(seed, {})[f"leak in {kind}"] = f"caught: {leak:.0f} µs at least" if leak > 0 else ""
        told = f"{kind}, seed {seed}: median within {widest:.1f} µs, AUC {from_half:.4f} from one half"
        counts.add(Counts(Counter({kind: pairs}), [told] if widest > WIDEST or from_half >= AUC_FROM_HALF else []))
    return counts


def planted(seed: int) -> dict[str, str]:
    return _leaks[seed]
