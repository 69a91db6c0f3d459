"""Does the time of an answer tell whether an applicant is listed? The benchmark's pairs, as many as the time allows.

On servers of their own and on one processor; a query more on a hit is planted in the same run, and must be found.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.benchmarks.__main__ import measured

A_SECOND = 25  # pairs, each with one of which neither is listed
LEAST = 400
WIDEST, AUC_FROM_HALF = 20, 0.01


def run(seed: int, seconds: float) -> dict[str, Any]:
    """``widest``: µs that the bound of the 99 % interval is away from zero, ``null``: the same where nothing differs;
    ``leak_low``: its lower bound with the planted leak. CannotStart where the measurement does not end well.
    """
    pairs = int(os.environ.get("PAIRS", "0")) or max(LEAST, int(seconds * A_SECOND))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAIRS", str(pairs))
        patch.setenv("PAIRS_SEED", str(seed))
        figures = {figure.name: figure for figure in measured("timing")}
    widest, auc, leak = (figures[name].values[0] for name in ("timing", "timing-auc", "timing-leak"))
    return {
        "pairs": pairs,
        "widest": round(widest, 1),
        "null": round(figures["timing"].floors[0], 1),
        "auc_from_half": round(auc, 4),
        "leak_low": round(leak, 1),
        "ok": widest <= WIDEST and auc < AUC_FROM_HALF and leak > 0,
    }
