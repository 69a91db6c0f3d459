"""Invented judgments and penalties in varied form; nobody in them exists. {…} are numbers with valid check digits."""

from __future__ import annotations

from pathlib import Path

from tests import cast

HERE = Path(__file__).parent
NUMBERS = {
    "A": cast.DEFENDANT_NUMBER,
    "B": cast.SECOND_NUMBER,
    "C": cast.APPLICANT_NUMBER,
    "UNIT": cast.UNIT_NUMBER,
    "WRONG": cast.DEFENDANT_NUMBER[:-1] + ("0" if cast.DEFENDANT_NUMBER[-1] != "0" else "1"),
}


def text(name: str) -> str:
    """The text of ``name``.txt with its numbers."""
    return (HERE / f"{name}.txt").read_text(encoding="utf-8").format(**NUMBERS)
