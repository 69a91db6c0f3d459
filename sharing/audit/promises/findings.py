"""What is not kept, as data: which promise, where, and what is wrong. Never a name, never a number of a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

MOST_OF_A_KIND = 100


class Promise(StrEnum):
    """Of the document on assurance; the words are in `sharing.audit.promises`."""

    ARRIVES = "I1"
    IN_ORDER = "I2"
    THE_SAME = "I3"
    COMMITTED = "I4"
    NO_GAP = "I5"
    AS_SIGNED = "I6"
    ANSWERS = "I7"
    FOUR_EYES = "I8"


@dataclass(frozen=True)
class Broken:
    """``where``: a position, an endpoint, a row; "" for the whole."""

    promise: Promise
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.where}{': ' if self.where else ''}{self.what}"


@dataclass
class Findings:
    """All are counted, and of each promise the first `MOST_OF_A_KIND` kept."""

    kept: list[Broken] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, promise: Promise, where: str, what: str) -> None:
        self.counts[promise] += 1
        if self.counts[promise] <= MOST_OF_A_KIND:
            self.kept.append(Broken(promise, where, what))
