"""How fast one endpoint may be posted to: a token bucket kept as one moment (GCRA, ITU-T I.371).

Every post moves the moment by one step; a post may go while the moment is at most a tenth of a second ahead. So a
burst is a tenth of a second's posts, or one. Pure: seconds of any clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable

BURST_SECONDS = 0.1
SLACK = 0.02  # seconds by which a post may come late, without the next ones being late too


class Pace:
    """``ahead``: seconds by which it was used up when it was saved last; so a new lease gives no new burst."""

    def __init__(self, per_second: int, ahead: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._step = 1 / per_second
        self._allowance = max(BURST_SECONDS - self._step, min(SLACK, self._step))
        self._clock = clock
        self._used_upto = clock() + max(ahead, 0.0)

    @property
    def ahead(self) -> float:
        return max(self._used_upto - self._clock(), 0.0)

    def wait(self) -> float:
        """Seconds until the next post may go; 0.0: now."""
        wait = self._used_upto - self._allowance - self._clock()
        return wait if wait > 1e-6 else 0.0

    def take(self) -> None:
        """A post goes."""
        self._used_upto = max(self._used_upto, self._clock()) + self._step
