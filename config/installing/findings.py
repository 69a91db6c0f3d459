"""What the installation finds: green, yellow (it can wait) or red, each with what it means and the remedy."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

WIDTH = 20


class Colour(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


PAINT = {Colour.GREEN: "32", Colour.YELLOW: "33", Colour.RED: "31"}


@dataclass(frozen=True)
class Finding:
    """``part``: what was looked at; ``remedy``: what to do, "" where nothing is."""

    part: str
    colour: Colour
    said: str
    remedy: str = ""


def green(part: str, said: str) -> Finding:
    return Finding(part, Colour.GREEN, said)


def yellow(part: str, said: str, remedy: str) -> Finding:
    return Finding(part, Colour.YELLOW, said, remedy)


def red(part: str, said: str, remedy: str) -> Finding:
    return Finding(part, Colour.RED, said, remedy)


class Stopped(Exception):
    """A step could not be done; ``findings`` say why, and what to do."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(each.said for each in findings))
        self.findings = findings


def is_red(findings: Iterable[Finding]) -> bool:
    return any(each.colour is Colour.RED for each in findings)


def show(findings: Iterable[Finding]) -> None:
    """One line each, and the remedy below it; in colours at a terminal."""
    for each in findings:
        sys.stdout.write(f"{_painted(each.colour)} {each.part:<{WIDTH}} {each.said}\n")
        if each.remedy:
            sys.stdout.write(f"{'':<{WIDTH + 9}}→ {each.remedy}\n")
    sys.stdout.flush()


def _painted(colour: Colour) -> str:
    word = f"{_word(colour):<7}"
    return f"\033[{PAINT[colour]}m{word}\033[0m" if sys.stdout.isatty() else word


def _word(colour: Colour) -> str:
    return {Colour.GREEN: _("green"), Colour.YELLOW: _("yellow"), Colour.RED: _("red")}[colour]
