"""Whether the installation works, asked once: for the page, the command and the metrics alike."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import Error

from config.operation.doorbell import broker_answers
from config.operation.measured import Measured
from config.operation.measuring import measure
from config.operation.parts import Part, State, database_away, judged, worst
from config.operation.scanning import PATIENCE, heard


@dataclass(frozen=True)
class Readiness:
    """``measured`` is None while the database cannot be asked."""

    parts: tuple[Part, ...]
    measured: Measured | None

    @property
    def state(self) -> State:
        return worst(self.parts)


def look(*, patience: float = PATIENCE) -> Readiness:
    """Never raises for a server that is away: that is what it says. ``patience``: seconds to wait for a scanner at most."""
    silent_after = settings.REGISTRY_SILENT_SECONDS
    try:
        measured = measure(silent_after=silent_after)
    except Error:
        return Readiness(database_away(), None)
    parts = judged(measured, silent_after=silent_after, broker_answers=broker_answers, scanner=heard(patience=patience))
    return Readiness(parts, measured)
