"""What one run of a long check says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Counts:
    """``done``: how much of what was tried; ``failures``: in words, with whatever replays each of them."""

    done: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        self.done += other.done
        self.failures += other.failures
