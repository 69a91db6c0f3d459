"""The report of a release: a white paper of A4 pages in Chinese and in English, to be printed or read aloud (PDF/UA-1).

It says nothing that is not in the frozen content or in `prose`. The same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
import typst

from registry.addresses import absolute
from registry.errors import CodeNotPrintable
from registry.statistics.shapes import Words
from sharing.employers.paper import COURT, printed
from sharing.statistics import charts, prose
from sharing.statistics.charts import CASES_BY_YEAR, SERIES
from sharing.statistics.content import Content, sha256
from sharing.statistics.spoken import (
    LANGUAGES,
    LEFT_OUT,
    Named,
    address,
    base_of,
    day,
    number,
    period,
    share,
    shown,
)

LAYOUT = Path(__file__).with_name("report.typ")
WORDS = Path(__file__).with_name("words.typ")
KEYS = "/.well-known/jwks.json"
HEAD_BASES = ("cases_filed", "cases_concluded", "convicted")
LONG = 18  # rows; longer tables may go on on the next page
CHART_WIDE, CHART_HIGH = 66, 200  # mm
SIZE = re.compile(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"')
HASH_GROUP = 8

Said = dict[str, Any]
"""What the layout reads."""


def report(content: Content, drawn: Mapping[str, str]) -> bytes:
    """The PDF; ``drawn``: the charts `charts.for_paper`, by name.

    Raises typst.TypstError where the font lacks a character: a report with a gap is none.
    """
    return printed(LAYOUT, _said(content, drawn), int(datetime.fromisoformat(content["counted_at"]).timestamp()))


def printable(text: str) -> bool:
    """Whether a title or a reason can stand in a report: the font has all of its characters."""
    try:
        printed(WORDS, {"text": text}, 0)
    except typst.TypstError:
        return False
    return True


def refuse_unprintable(content: Content) -> None:
    """Raise CodeNotPrintable for a row's name of which the font lacks a character: the report could never be made."""
    names = [row["words"][language] for table in content["tables"] for row in table["rows"] for language in LANGUAGES]
    if not printable(" ".join(names)):
        raise CodeNotPrintable(name=next(name for name in names if not printable(name)))


def cited(content: Content) -> Words:
    """The line by which the release is quoted."""
    at = address(content)
    title, counted = content["title"], content["counted_at"]
    return Words(
        f"{COURT['zh']}：《{title['zh']}（{period(content, 'zh')}）》，{content['number']}号统计发布，{day(counted, 'zh')}，{at}",
        f"{COURT['en']}, {title['en']} ({period(content, 'en')}), release {content['number']}, {day(counted, 'en')}, {at}",
    )


def _said(content: Content, drawn: Mapping[str, str]) -> Said:
    return {
        "court": COURT,
        "title": content["title"],
        "labels": {name: _both(words) for name, words in prose.LABELS.items()},
        "left_out": _both(LEFT_OUT),
        "cover": _cover(content),
        "address": address(content),
        "qr": _qr(address(content)),
        "how": [{"title": _both(title), "text": _filled(text, content)} for title, text in prose.HOW_TO_READ],
        "heads": [_base(content, base_of(content, name)) for name in HEAD_BASES if _has(content["bases"], name)],
        "figures": [_figure(content, each) for each in content["figures"]],
        "chapters": list(_chapters(content, drawn)),
        "bases": [_base(content, each) for each in content["bases"]],
        "method": [_filled(each, content) for each in prose.METHOD],
        "corrections": [_corrected(content), _both(prose.CORRECTIONS)],
        "citation": _both(cited(content)),
        "verify": [_filled(each, content) for each in prose.VERIFY],
        "sha256": _grouped(sha256(content)),
    }


def _cover(content: Content) -> list[Said]:
    """The lines under the title: label, Chinese, English."""
    counted = datetime.fromisoformat(content["counted_at"])
    moment: Said = {
        language: f"{day(content['counted_at'], language)} {counted:%H:%M} UTC{counted.isoformat()[-6:]}"
        for language in LANGUAGES
    }
    return [
        {"label": _both(prose.LABELS["number"]), "zh": content["number"], "en": ""},
        {"label": _both(prose.LABELS["period"]), "zh": period(content, "zh"), "en": period(content, "en")},
        {"label": _both(prose.LABELS["counted"]), **moment},
    ]


def _chapters(content: Content, drawn: Mapping[str, str]) -> Iterator[Said]:
    names = [table["name"] for table in content["tables"]]
    shown_in = {name for theme in prose.THEMES for name in theme.tables}
    merged = set(SERIES) if CASES_BY_YEAR in drawn else set()
    others = tuple(name for name in names if name not in shown_in)
    for theme in (*prose.THEMES, prose.Theme(prose.OTHERS, others)):
        tables = [name for name in theme.tables if name in drawn and name not in merged]
        if tables:
            yield {"title": _both(theme.words), "sections": [_section(content, name, drawn[name]) for name in tables]}


def _section(content: Content, name: str, chart: str) -> Said:
    section = _by_year(content) if name == CASES_BY_YEAR else _of_table(content, _table(content, name))
    alternative = " ".join(charts.described(content, name, language) for language in LANGUAGES)
    picture = {"svg": chart, "width": _millimetres(chart), "alternative": alternative}
    return {"name": name, "chart": picture, "long": len(section["rows"]) > LONG, **section}


def _millimetres(chart: str) -> float:
    """How wide it is printed: as wide as its column, unless it were too tall for a page then."""
    width, height = map(float, SIZE.findall(chart)[0])
    return min(CHART_WIDE, CHART_HIGH * width / height)


def _of_table(content: Content, table: Named) -> Said:
    base = base_of(content, table["base"])
    return {
        "title": table["words"],
        "bases": [_base(content, base)],
        "heads": [_both(prose.LABELS[name]) for name in ("item", "value", "share")],
        "rows": [{"words": row["words"], "cells": _cells(row["value"], base["value"])} for row in shown(table)],
        "note": table["note"] or _both(Words("", "")),
    }


def _by_year(content: Content) -> Said:
    """Cases filed and cases concluded as one table."""
    tables = [_table(content, name) for name in SERIES]
    bases = [base_of(content, table["base"]) for table in tables]
    values = [{row["code"]: row["value"] for row in table["rows"]} for table in tables]
    years = sorted({code for each in values for code in each})
    heads = [_both(prose.LABELS["year"])]
    for name in SERIES:
        heads += [_both(charts.SHORT[name]), _both(prose.LABELS["share"])]
    rows = [
        {
            "words": _both(Words(year, "")),
            "cells": [
                cell
                for base, each in zip(bases, values, strict=True)
                for cell in _cells(each.get(year, 0), base["value"])
            ],
        }
        for year in years
    ]
    return {
        "title": _both(charts.CASES),
        "bases": [_base(content, base) for base in bases],
        "heads": heads,
        "rows": rows,
        "note": _both(Words("", "")),
    }


def _cells(value: int | None, base: int | None) -> list[Said]:
    """The number and its share. A number that is left out says so where its share would stand."""
    return [{"text": number(value), "left_out": False}, {"text": share(value, base), "left_out": value is None}]


def _base(content: Content, base: Named) -> Said:
    within = base_of(content, base["within"])["words"] if base["within"] else None
    return {
        "words": base["words"],
        "unit": content["units"][base["unit"]],
        "definition": base["definition"],
        "value": number(base["value"]),
        "left_out": base["value"] is None,
        "within": within,
    }


def _figure(content: Content, figure: Named) -> Said:
    base = base_of(content, figure["base"])
    return {
        "words": figure["words"],
        "base": _base(content, base),
        "value": number(figure["value"]),
        "left_out": figure["value"] is None,
        "share": share(figure["value"], base["value"]),
    }


def _corrected(content: Content) -> Said:
    found = content["corrects"]
    if found is None:
        return _both(prose.NOT_CORRECTING)
    said = {"zh": prose.CORRECTED.zh, "en": prose.CORRECTED.en}
    return {
        language: text.format(number=found["number"], why=found["why"][language]) for language, text in said.items()
    }


def _filled(words: Words, content: Content) -> Said:
    facts = {
        "smallest": content["smallest"],
        "method": content["method"],
        "keys": absolute(KEYS),
    }
    return _both(Words(words.zh.format(**facts), words.en.format(**facts)))


def _both(words: Words) -> Said:
    return {"zh": words.zh, "en": words.en}


def _table(content: Content, name: str) -> Named:
    return next(table for table in content["tables"] if table["name"] == name)


def _has(named: Iterable[Named], name: str) -> bool:
    return any(each["name"] == name for each in named)


def _grouped(text: str) -> Sequence[str]:
    return [text[at : at + HASH_GROUP] for at in range(0, len(text), HASH_GROUP)]


def _qr(text: str) -> str:
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
