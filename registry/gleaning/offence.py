"""On which days the text says that it was done: ranges and single days of the facts found, by party."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from registry.gleaning.findings import Finding, found
from registry.gleaning.numerals import SMALL, YEAR, day, whole
from registry.gleaning.parties import Introduced, named
from registry.gleaning.reading import Reading
from registry.gleaning.sections import Sections

_WHEN = r"(?:(?P<y{n}>{year}|同)年)(?:(?P<m{n}>{small})月(?:份)?)?(?:(?P<d{n}>{small})日)?(?:上旬|中旬|下旬|初|底|末|间|左右)?"
_FIRST = _WHEN.format(n=1, year=YEAR, small=SMALL)
_LAST = _WHEN.format(n=2, year=YEAR, small=SMALL)
_MONTH_ONLY = rf"(?P<m3>{SMALL})月(?:份)?(?:(?P<d3>{SMALL})日)?"
_WHILE = re.compile(rf"{_FIRST}(?:(?:起)?(?:至|到|-|—|–)(?:{_LAST}|{_MONTH_ONLY}))?")
_AFTERWARDS = re.compile(
    r"^(?:,)?(?:[^,。;]{0,12})?(?:被(?:民警|公安|刑事拘留|抓获|逮捕|取保|传唤)|到案|主动投案|经电话|自首|退缴|退赔|判处|刑满)"
)


def offence_dates(
    reading: Reading, sections: Sections, parties: list[Introduced], party: Introduced
) -> Iterator[Finding]:
    """Days of sentences that name this party, or nobody. A month without a day gives its first or last day, and says so."""
    years: list[int] = []
    for match in reading.find(_WHILE, sections.facts):
        start = max(reading.plain.rfind(mark, 0, match.start()) for mark in "。;") + 1
        stop = reading.plain.find("。", match.end())
        sentence = reading.plain[start : stop if stop >= 0 else len(reading.plain)]
        year = _year(match["y1"], years)
        if year is None:
            continue
        years.append(year)
        whom = named(parties, sentence)
        if _AFTERWARDS.match(reading.plain[match.end() : match.end() + 40]) or (whom and party.name not in whom):
            continue
        yield from _days(reading, match, year)


def _year(written: str, before: list[int]) -> int | None:
    if written == "同":
        return before[-1] if before else None
    first = day(written, "1", "1")
    return first.year if first else None


def _days(reading: Reading, match: re.Match[str], year: int) -> Iterator[Finding]:
    ends = match["y2"] or match["m3"]
    first, why = _day(year, match["m1"], match["d1"], last=False)
    if first:
        yield found("offence_dates", first.isoformat(), reading.at(match), why)
    if not ends:
        if first and not match["d1"]:
            last, why = _day(year, match["m1"], None, last=True)
            yield found("offence_dates", str(last), reading.at(match), why)
        return
    last_year = _year(match["y2"], [year]) if match["y2"] else year
    last, why = _day(last_year, match["m2"] or match["m3"], match["d2"] or match["d3"], last=True)
    if last:
        yield found("offence_dates", last.isoformat(), reading.at(match), why)


def _day(year: int | None, month: str | None, of_month: str | None, *, last: bool) -> tuple[date | None, Text]:
    number = whole(month) if month else None
    if year is None or number is None or not 1 <= number <= 12:
        return None, ""
    if of_month:
        return day(str(year), str(number), of_month), _("last day of the offence") if last else _("day of the offence")
    if not last:
        return date(year, number, 1), _("only the month is given: its first day")
    following = date(year + number // 12, number % 12 + 1, 1)
    return following - timedelta(days=1), _("only the month is given: its last day")
