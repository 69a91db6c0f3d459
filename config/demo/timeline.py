"""The timeline on the screen and in var/demo.json: clock, who, what, to whom, milliseconds, each proved or not."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.demo.saying import say

BEIJING_CLOCK = "%H:%M:%S"
MOST = 15


@dataclass(frozen=True)
class Step:
    """``verified``: proved from the side of whoever received it, not from what the registry believes."""

    clock: str
    who: str
    what: str
    whom: str
    ms: int
    verified: bool


@dataclass
class Timeline:
    """Whoever watches reads at most `MOST` lines."""

    steps: list[Step] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return 0 < len(self.steps) <= MOST and all(step.verified for step in self.steps)

    def add(self, who: str, what: str, whom: str, ms: float, *, verified: bool) -> None:
        clock = datetime.now(UTC).astimezone().strftime(BEIJING_CLOCK)
        step = Step(clock, who, what, whom, round(ms), verified)
        self.steps.append(step)
        mark = "ok" if verified else "NOT PROVED"
        say(f"  {clock}  {who:<12} {what:<52} {whom:<11} {step.ms:>6} ms  {mark}")

    def write(self, path: Path, **facts: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"holds": self.holds, **facts, "timeline": [asdict(step) for step in self.steps]}
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


class Phases:
    """Named phases with their seconds, printed as they end."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._began = time.monotonic()

    def done(self, name: str, said: str = "") -> None:
        seconds = time.monotonic() - self._began
        self._began = time.monotonic()
        self.seconds[name] = round(seconds, 1)
        say(f"  {name:<44} {seconds:5.1f} s  {said}".rstrip())
