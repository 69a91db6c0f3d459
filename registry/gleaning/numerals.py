"""Numbers, days, lengths and sums as judgments write them: 三年六个月, 二〇二六年九月一日, 五万二千元, 5.2万余条.

What is not written in the one regular way is not a number: 三四百 and 二百三 are two readings, and give none.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from registry.late import late

cn2an = late("cn2an")

DIGITS = "零一二三四五六七八九"
FORMAL = str.maketrans("〇两壹贰叁肆伍陆柒捌玖拾佰仟萬億貳參陸", "零二一二三四五六七八九十百千万亿二三六")
HAN = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
NUMBER = rf"(?:[0-9][0-9,]*(?:\.[0-9]{{1,4}})?[百千万亿]{{0,2}}|[{HAN}]+)"
YEAR = r"(?:[12][0-9]{3}|[二一][零〇一二三四五六七八九]{3})"
SMALL = r"(?:[0-9]{1,2}|[一二三四五六七八九十廿]{1,3})"
DAY = rf"(?P<y>{YEAR})年(?P<m>{SMALL})月(?P<d>{SMALL})日"
DAY_2 = DAY.replace("<y>", "<y2>").replace("<m>", "<m2>").replace("<d>", "<d2>")
LENGTH = rf"(?:(?P<years>{NUMBER})年)?(?:[零又]?(?P<months>{NUMBER})个?月)?"

_ARABIC = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]{1,4})?([百千万亿]{0,2})", re.ASCII)
_UNITS = {"": 1, "百": 100, "千": 1000, "万": 10_000, "亿": 10**8, "百万": 10**6, "千万": 10**7}
MOST = 10**15


def whole(written: str) -> int | None:
    """The whole number that is written, None where it is none, or may be read in two ways."""
    arabic = _ARABIC.fullmatch(written)
    value = _arabic(arabic) if arabic else _han(written)
    return value if value is not None and value < MOST else None


def day(year: str, month: str, of_month: str) -> date | None:
    numbers = (_year(year), whole(month.replace("廿", "二十")), whole(of_month.replace("廿", "二十")))
    if None in numbers:
        return None
    try:
        return date(*numbers)  # type: ignore[arg-type]  # none is None
    except ValueError:
        return None


def day_of(match: re.Match[str]) -> date | None:
    """The day of a match that holds `DAY`."""
    return day(match["y"], match["m"], match["d"])


def second_day_of(match: re.Match[str]) -> date | None:
    """The day of a match that holds `DAY_2`."""
    return day(match["y2"], match["m2"], match["d2"])


def months(years: str | None, months_: str | None) -> int | None:
    """A length in months; None without any, or where one cannot be read."""
    if not years and not months_:
        return None
    of_years, rest = whole(years) if years else 0, whole(months_) if months_ else 0
    return None if of_years is None or rest is None else of_years * 12 + rest


def _year(written: str) -> int | None:
    if written.isascii():
        return int(written)
    digits = written.translate(FORMAL)
    return int("".join(str(DIGITS.index(each)) for each in digits)) if set(digits) <= set(DIGITS) else None


def _arabic(found: re.Match[str]) -> int | None:
    number, part, unit = found.groups()
    if unit not in _UNITS:
        return None
    value = Decimal(number.replace(",", "") + (part or "")) * _UNITS[unit]
    return int(value) if value == value.to_integral_value() else None


def _han(written: str) -> int | None:
    plain = written.translate(FORMAL)
    try:
        value = int(cn2an.cn2an(plain, "strict"))
    except ValueError:
        return None
    return value if plain in _ways(value) else None


def _ways(value: int) -> set[str]:
    """The ways to write it: 一十五 and 十五."""
    written = str(cn2an.an2cn(str(value)))
    if value >= 10**8 and 1000 <= value % 10**8 < 10_000:
        written = written.replace("亿", "亿零")  # no ten thousands stand between, which the library does not say
    return {written, f"一{written}" if written.startswith("十") else written}
