"""Sealed payloads of recent events at a slot's hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from sharing.delivery import contents
from sharing.delivery.contents import Payload
from sharing.delivery.meant import Meant

PAYLOADS = 5000  # opened events kept at hand for the other endpoints
TRIMMED = 1000  # events by which more may be at hand for a moment


class Library:
    """Sealed payloads of recent events at hand, each opened once for all endpoints, when it is first sent."""

    def __init__(self) -> None:
        self._sealed: dict[int, tuple[bytes, bytes]] = {}
        self._opened: dict[int, Payload] = {}

    def fetch(self, events: Sequence[Meant]) -> None:
        missing = [event for event in events if event.position not in self._sealed]
        if missing:
            self._sealed.update(contents.sealed(missing))
        _trim(self._sealed)

    def payload(self, event: Meant, upcoming: Callable[[], Sequence[Meant]] = tuple) -> Payload | None:
        """None for a stub, or once purged; ``upcoming``: what may be asked for next. Raises `KeyUnknown`, `SealBroken`."""
        if event.is_stub:
            return None
        if event.position in self._opened:
            return self._opened[event.position]
        if event.position not in self._sealed:
            self.fetch([event, *upcoming()])
        opened = contents.opened(event, self._sealed.get(event.position))
        if opened is not None:
            self._opened[event.position] = opened
            _trim(self._opened)
        return opened


def _trim(kept: dict[int, Any]) -> None:
    """The oldest go, many at once: looking for the first of a dictionary costs more the more went before it."""
    if len(kept) > PAYLOADS + TRIMMED:
        for position in list(islice(kept, len(kept) - PAYLOADS)):
            del kept[position]
