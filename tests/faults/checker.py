"""What must hold whatever happened (`sharing.audit.promises`), as a test says it; and that silence is kept.

Silence: once a listing is withdrawn, nothing of it goes out but stubs and the withdrawal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sharing.audit.promises import checking
from sharing.audit.promises.arrivals import Request
from sharing.delivery.meant import WITHDRAWN
from tests.receiving import Received

SMALL_PAGE, PAGES = 7, 100  # of the feed: small ones, but not so many that a long record is judged for minutes
SHOWN = 5


def check(requests: Sequence[Received], *, silent_from: Mapping[str, int] | None = None) -> None:
    """AssertionError, naming what does not hold. ``silent_from``: listing number → requests made before it was withdrawn."""
    received = [Request(each.headers, each.body, each.answered) for each in requests]
    found = checking.check([received], drained=True, page=max(SMALL_PAGE, len(received) // PAGES))
    assert not found.counts, "; ".join(map(str, found.kept[:SHOWN]))
    silence_is_kept(requests, silent_from or {})


def silence_is_kept(requests: Sequence[Received], silent_from: Mapping[str, int]) -> None:
    for order, received in enumerate(requests):
        if not received.is_event:
            continue
        event = received.event
        begins = silent_from.get(event["listing"]["number"])
        if begins is None or order < begins or event["type"] == WITHDRAWN:
            continue
        assert event.get("stub"), f"silence: {event['position']} went out whole after the withdrawal"
