"""What a drill says: one line for each thing that was looked at, green, red, or not tried and why."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self


class Colour(StrEnum):
    GREEN = "green"
    RED = "red"
    NOT_TRIED = "not tried"


@dataclass(frozen=True)
class Line:
    """``said`` holds no word of a person."""

    check: str
    colour: Colour
    said: str

    def __str__(self) -> str:
        return f"{self.colour:<9}  {self.check:<14}  {self.said}"

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str) -> Self:
        """Raises ValueError, KeyError or TypeError where it is no line."""
        told = json.loads(text)
        return cls(told["check"], Colour(told["colour"]), told["said"])


def green(check: str, said: str) -> Line:
    return Line(check, Colour.GREEN, said)


def red(check: str, said: str) -> Line:
    return Line(check, Colour.RED, said)


def not_tried(check: str, said: str) -> Line:
    return Line(check, Colour.NOT_TRIED, said)


def judged(check: str, wrong: str, right: str) -> Line:
    """Red where something is said to be wrong."""
    return red(check, wrong) if wrong else green(check, right)
