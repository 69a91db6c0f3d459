"""One event as it is meant for one department: everything an envelope needs but the sealed payload."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

WITHDRAWN = "listing.withdrawn"
SUSPENDED = "listing.suspended"
OVERTAKING = frozenset({WITHDRAWN, SUSPENDED})


class Meant(NamedTuple):
    """``previous``: position of the last earlier event meant for the department, 0 if none.

    ``silent``: the listing is no longer listed, so only a stub may go out (its withdrawal excepted).
    """

    position: int
    event_id: str
    epoch: int
    type: str
    occurred_at: datetime
    listing_id: int
    listing_number: str
    commitment: bytes
    measures: Any  # a list of measures, or "information_only"
    previous: int
    silent: bool
    conditions: Any = None  # of the instrument: onward, retention_months, without; None: told before it had any

    @property
    def is_stub(self) -> bool:
        return self.silent and self.type != WITHDRAWN
