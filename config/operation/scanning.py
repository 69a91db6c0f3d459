"""Whether the virus scanner answers, for those who ask how the installation is: none of them waits for one that hangs.

One question at a time goes to it, in the background. What it said is told if it says so at once; else what it said in the last
seconds, or that nobody knows yet. One that has not answered within its second is away.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from django.conf import settings

from registry import scanner

PATIENCE = 0.05  # seconds: on the court's own network it answers in a few thousandths
LATELY = 10.0  # seconds for which an answer is still told


class Heard(StrEnum):
    OK = "ok"
    AWAY = "away"
    UNKNOWN = "unknown"


@dataclass
class _Asked:
    """One question to one scanner. ``answered_at``: with ``answer``, once ``done``."""

    where: str
    before: _Asked | None
    begun_at: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    answer: bool = False
    answered_at: float = 0.0

    def ask(self) -> None:
        try:
            self.answer = scanner.answers() is True
        finally:
            self.answered_at, self.before = time.monotonic(), None
            self.done.set()


class _Line:
    """To the scanner, with the last question that went there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: _Asked | None = None

    def asked(self, where: str) -> _Asked:
        """The question that is under way, or a new one."""
        with self._lock:
            last = self._last if self._last and self._last.where == where else None
            if last is not None and not last.done.is_set():
                return last
            self._last = asked = _Asked(where, before=last)
        threading.Thread(target=asked.ask, name="scanner", daemon=True).start()
        return asked


_line = _Line()


def heard(*, patience: float = PATIENCE) -> Heard | None:
    """None: there is no scanner. ``patience``: seconds to wait at most. Raises `registry.scanner.ScannerShape`."""
    if scanner.address(settings.REGISTRY_SCANNER) is None:
        return None
    asked = _line.asked(settings.REGISTRY_SCANNER)
    before, now = asked.before, time.monotonic()
    if asked.done.wait(max(0.0, asked.begun_at + patience - now)):
        return Heard.OK if asked.answer else Heard.AWAY
    if now - asked.begun_at > scanner.HEALTH_SECONDS:
        return Heard.AWAY
    if before is not None and now - before.answered_at < LATELY:
        return Heard.OK if before.answer else Heard.AWAY
    return Heard.UNKNOWN
