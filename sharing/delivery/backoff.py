"""When to try again: pure, and tabled in its test."""

from __future__ import annotations

import random

SECONDS = (1, 5, 30, 120, 300, 900, 1800, 3600)
SPREAD = 0.2
GONE = 410
OUR_MOST = 3  # steps, while the court's own way out is disturbed: the receiver is not to blame, and may be well
LONGEST = 3600


def delay(failures: int, *, status: int = 0, retry_after: float | None = None, ours: bool = False) -> float:
    """Seconds until the next try after that many failures in a row: 1 s to an hour, ±20 %, never given up.

    A receiver's own Retry-After counts where it is later; 410 is probed hourly from the first time on. ``ours``: the
    failure is the court's own, which is asked for every 30 s at the latest.
    """
    if ours:
        failures = min(failures, OUR_MOST)
    step = LONGEST if status == GONE else SECONDS[min(max(failures, 1), len(SECONDS)) - 1]
    spread = step * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - spreads load, keeps no secret
    return max(spread, min(retry_after or 0, LONGEST))
