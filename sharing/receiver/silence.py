"""How long nothing genuine has come. The court sends a heartbeat after a minute in which an endpoint took nothing, so
silence of several minutes says that pushes no longer arrive: it never says that nothing changed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Silence:
    """Begins anew with the program, which pulls at its start. ``after``: seconds, several heartbeats."""

    after: float
    _heard_at: float = field(default_factory=time.monotonic)

    def end(self) -> None:
        """Something genuine came."""
        self._heard_at = time.monotonic()

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self._heard_at)

    @property
    def lasts(self) -> bool:
        return time.monotonic() - self._heard_at >= self.after
