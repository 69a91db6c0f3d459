"""Case numbers: from what was typed to the canonical text and its parts.

Since 2016 （2023）京0105刑初123号: year of acceptance, court code, kind of case, serial number (法〔2015〕137号), since 2018
with an optional character for a specialised bench before the kind (法〔2018〕335号). Before 2016 （2014）朝刑初字第344号:
the court is only abbreviated, two courts may share an abbreviation, so the court is chosen and a number is unique
only together with it. Courts and kinds are data (`registry/codes/courts.json`, `case_kinds.json`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from registry import codes
from registry.codes.shapes import COURT_CODE, HAN
from registry.codes.titles import title
from registry.errors import CaseNumberOfAnotherCourt, CaseNumberShape, CaseNumberYear, CourtNeeded, UnknownCode

EXAMPLE = "（2023）京0105刑初123号"
MOST_TYPED = 64  # more is refused before any work is done on it
FIRST_YEAR = 1979  # the first Criminal Law and Criminal Procedure Law
FIRST_YEAR_WITH_CODE = 2016
BRACKETS = str.maketrans(dict.fromkeys("([〔【〈", "（") | dict.fromkeys(")]〕】〉", "）"))
WITH_CODE = re.compile(
    rf"（(?P<year>[0-9]{{4}})）(?P<court>{COURT_CODE})(?P<words>[{HAN}]{{1,6}})"
    r"(?P<serial>[0-9]{1,8})号",
    re.ASCII,
)
LEGACY = re.compile(
    rf"（(?P<year>[0-9]{{4}})）(?P<words>[{HAN}]{{2,12}})字第(?P<serial>[0-9]{{1,8}})号",
    re.ASCII,
)


@dataclass(frozen=True)
class CaseNumber:
    """A case number; ``text`` is its canonical form. ``special`` is the bench's character, "" without one."""

    year: int
    court: str
    special: str
    kind: str
    serial: int
    text: str


def parse(typed: str, *, today: date, court: str = "", field: str = "number") -> CaseNumber:
    """Read a case number; brackets, spaces and full-width digits may differ. ``court`` counts before 2016 only.

    CaseNumberShape; CaseNumberYear: in the future, or of the other form; CourtNeeded: from before 2016 and no court
    chosen; UnknownCode: a court or kind of case that is not in the list.
    """
    text = tidied(typed)
    if found := LEGACY.fullmatch(text):
        return _legacy(found, today, court, field)
    if found := WITH_CODE.fullmatch(text):
        return _with_code(found, today, field)
    raise CaseNumberShape(field, example=EXAMPLE)


def require_court(number: CaseNumber, court: str, field: str = "number") -> None:
    """CaseNumberOfAnotherCourt: the number does not belong to this court (a court code)."""
    if number.court != court:
        found, expected = codes.label_lazy("courts", number.court), codes.label_lazy("courts", court)
        raise CaseNumberOfAnotherCourt(field, found=found, expected=expected)


def tidied(typed: str) -> str:
    """Brackets, width and blanks as canonical numbers have them; "" where it is too long to be one."""
    if len(typed) > MOST_TYPED:
        return ""
    return "".join(unicodedata.normalize("NFKC", typed).split()).translate(BRACKETS)


def _with_code(found: re.Match[str], today: date, field: str) -> CaseNumber:
    year = _year(found, FIRST_YEAR_WITH_CODE, today.year, field)
    special, kind = _kind(found["words"], field)
    if len(special) > 1:
        raise UnknownCode(field, value=found["words"], list=title("case_kinds"))
    court = codes.known("courts", found["court"], field).code
    serial = _serial(found, field)
    return CaseNumber(year, court, special, kind, serial, f"（{year}）{court}{special}{kind}{serial}号")


def _legacy(found: re.Match[str], today: date, court: str, field: str) -> CaseNumber:
    year = _year(found, FIRST_YEAR, min(today.year, FIRST_YEAR_WITH_CODE - 1), field)
    abbreviation, kind = _kind(found["words"], field)
    if not abbreviation:
        raise CaseNumberShape(field, example=EXAMPLE)
    if not court:
        raise CourtNeeded("court")
    chosen = codes.known("courts", court, "court").code
    serial = _serial(found, field)
    return CaseNumber(year, chosen, "", kind, serial, f"（{year}）{abbreviation}{kind}字第{serial}号")


def _year(found: re.Match[str], earliest: int, latest: int, field: str) -> int:
    year = int(found["year"])
    if not earliest <= year <= latest:
        raise CaseNumberYear(field)
    return year


def _kind(words: str, field: str) -> tuple[str, str]:
    """What stands before the kind of case, and the kind."""
    for kind in codes.entries("case_kinds"):
        if words.endswith(kind):
            return words.removesuffix(kind), kind
    raise UnknownCode(field, value=words, list=title("case_kinds"))


def _serial(found: re.Match[str], field: str) -> int:
    serial = int(found["serial"])
    if serial == 0:
        raise CaseNumberShape(field, example=EXAMPLE)
    return serial
