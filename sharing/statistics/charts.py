"""The charts of a release: one for each table, and one of cases filed and concluded, in Chinese and in English.

They are pictures by themselves: what is counted, its base and the release stand in them. They are narrow, so that their
words can be read where a page of 320 px shows them. The same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn
import vl_convert

from registry.statistics.shapes import Words
from sharing.statistics.content import Content
from sharing.statistics.plotting import Frame, Mark, Spec, bars, columns
from sharing.statistics.spoken import LEFT_OUT, TAGS, Language, Named, base_of, number, period, say, share, shown

CASES_BY_YEAR = "cases_by_year"
SERIES = ("filed_by_year", "concluded_by_year")
YEARS_MOST = 8  # as columns; more of them are bars, one below the other
DRAWN_MOST = 32  # rows of a chart; all are in its table
ROWS_MOST = 12  # of a table by number, before the rows of zero are told in a line below
SCALE = 2  # pixels of a PNG to one of the drawing

Form = Literal["svg", "png"]
FORMS: tuple[Form, ...] = ("svg", "png")

CASES = Words("各年收案、结案", "Cases filed and concluded by year")
SHORT = {"filed_by_year": Words("收案", "filed"), "concluded_by_year": Words("结案", "concluded")}
INITIAL = {"filed_by_year": Words("收", "F"), "concluded_by_year": Words("结", "C")}
MORE = {"zh": "另有{count}项见统计表", "en": "{count} more are in the table"}
ALSO_ZERO = {"zh": "另有{count}项为零", "en": "{count} more are zero"}
COLON = {"zh": "：", "en": ": "}
BASE = {"zh": "基数：{bases}", "en": "Out of {bases}"}
RELEASE = {"zh": "{number}号统计发布，{period}", "en": "Release {number}, {period}"}


def names(content: Content) -> list[str]:
    """What there is a chart of: each table, and cases by year where both of its tables are there."""
    tables = [table["name"] for table in content["tables"]]
    return [CASES_BY_YEAR, *tables] if set(SERIES) <= set(tables) else tables


def chart_name(name: str, language: Language, form: Form) -> str:
    return f"{name}.{TAGS[language]}.{form}"


def svg(content: Content, name: str, language: Language) -> str:
    """The chart as SVG 1.1 without script, style or anything outside it; a title and a description are in it."""
    frame = _frame(content, name, language)
    drawing = _spec(content, name, language, frame)
    return _titled(_converted(drawing), _title(content, name, language), described(content, name, language), language)


def for_paper(content: Content, name: str) -> str:
    """The same in Chinese for the printed report, which says title, base and release beside it."""
    frame = Frame(title="", under=(), below=(), width=Frame.PAPER, language="zh")
    return _titled(_converted(_spec(content, name, "zh", frame)), _title(content, name, "zh"), "", "zh")


def png(drawn: str) -> bytes:
    """An SVG of this module as PNG."""
    _fonts()
    return vl_convert.svg_to_png(drawn, scale=SCALE)


def described(content: Content, name: str, language: Language) -> str:
    """What a reader who does not see the chart must know of it, in one sentence."""
    if name == CASES_BY_YEAR:
        parts = [_described(content, _table(content, each), language) for each in SERIES]
        return ("；" if language == "zh" else "; ").join(parts) + ("。" if language == "zh" else ".")
    return _described(content, _table(content, name), language) + ("。" if language == "zh" else ".")


def _described(content: Content, table: Named, language: Language) -> str:
    base = base_of(content, table["base"])
    rows = sorted(
        (row for row in table["rows"] if row["value"]),
        key=lambda row: -row["value"],
    )
    left_out = sum(row["value"] is None for row in table["rows"])
    largest = [_said(row, base, language) for row in rows[:3]]
    if language == "zh":
        told = f"{say(table['words'], 'zh')}（{_bases([base], 'zh')}）"
        told += f"：{'，'.join(largest)}" if largest else "：没有可以公布的数值"
        return told + (f"；{left_out}项不公布" if left_out else "")
    told = f"{say(table['words'], 'en')}, out of {_bases([base], 'en')}: "
    told += ", ".join(largest) if largest else "no number above zero is published"
    return told + (f"; {left_out} of {len(table['rows'])} rows left out" if left_out else "")


def _said(row: Named, base: Named, language: Language) -> str:
    part = share(row["value"], base["value"])
    said = f"{say(row['words'], language)} {number(row['value'])}"
    if not part:
        return said
    return f"{said}（{part}%）" if language == "zh" else f"{said} ({part} %)"


def _bases(bases: Sequence[Named], language: Language) -> str:
    if language == "zh":
        return "，".join(f"{base['words']['zh']} {_value(base, 'zh')}" for base in bases)
    words = [base["words"]["en"] for base in bases]
    return ", ".join(
        f"{said[:1].lower()}{said[1:]} ({_value(base, 'en')})" for said, base in zip(words, bases, strict=True)
    )


def _value(base: Named, language: Language) -> str:
    return say(LEFT_OUT, language) if base["value"] is None else number(base["value"])


def _table(content: Content, name: str) -> Named:
    return next(table for table in content["tables"] if table["name"] == name)


def _title(content: Content, name: str, language: Language) -> str:
    return say(CASES if name == CASES_BY_YEAR else _table(content, name)["words"], language)


def _frame(content: Content, name: str, language: Language) -> Frame:
    tables = SERIES if name == CASES_BY_YEAR else (name,)
    bases = [base_of(content, _table(content, each)["base"]) for each in tables]
    return Frame(
        title=_title(content, name, language),
        under=(BASE[language].format(bases=_bases(bases, language)),),
        below=(RELEASE[language].format(number=content["number"], period=period(content, language)),),
        width=Frame.PAGE,
        language=language,
    )


def _spec(content: Content, name: str, language: Language, frame: Frame) -> Spec:
    if name == CASES_BY_YEAR:
        return _by_year_both(content, language, frame)
    table = _table(content, name)
    if name in SERIES and len(table["rows"]) <= YEARS_MOST:
        return columns(frame, [Mark(say(row["words"], language), row["value"]) for row in table["rows"]])
    rows = _drawn_rows(table)
    marks = [Mark(say(row["words"], language), row["value"]) for row in rows[:DRAWN_MOST]]
    return bars(frame.saying(*_not_drawn(table, rows, language)), marks)


def _drawn_rows(table: Named) -> Sequence[Named]:
    """The rows to be drawn: of a long table by number not those of zero."""
    rows = shown(table)
    above_zero = [row for row in rows if row["value"] != 0]
    return above_zero if table["by_size"] and len(rows) > ROWS_MOST and above_zero else rows


def _not_drawn(table: Named, rows: Sequence[Named], language: Language) -> Iterator[str]:
    """The lines that tell of the rest."""
    if len(rows) > DRAWN_MOST:
        yield MORE[language].format(count=len(rows) - DRAWN_MOST)
    if len(rows) < len(table["rows"]):
        yield ALSO_ZERO[language].format(count=len(table["rows"]) - len(rows))


def _by_year_both(content: Content, language: Language, frame: Frame) -> Spec:
    marks = list(_pairs(content, language))
    if len(marks) > len(SERIES) * YEARS_MOST:
        return bars(frame, [Mark(f"{mark.label} {mark.series}", mark.value, light=mark.light) for mark in marks])
    key = [
        (f"{say(INITIAL[each], language)}{COLON[language]}{say(SHORT[each], language)}", each != SERIES[0])
        for each in SERIES
    ]
    return columns(frame, marks, key)


def _pairs(content: Content, language: Language) -> Iterator[Mark]:
    """Filed and concluded of each year that one of the two tables has."""
    found = {name: {row["code"]: row["value"] for row in _table(content, name)["rows"]} for name in SERIES}
    for year in sorted({code for rows in found.values() for code in rows}):
        for name in SERIES:
            series, initial = say(SHORT[name], language), say(INITIAL[name], language)
            yield Mark(year, found[name].get(year, 0), series=series, initial=initial, light=name != SERIES[0])


def _converted(drawing: Spec) -> str:
    _fonts()
    return vl_convert.vegalite_to_svg(drawing)


def _titled(drawn: str, title: str, description: str, language: Language) -> str:
    """With its name and its description as a reader of SVG finds them, in their language."""
    head, body = drawn.split(">", 1)
    named = f"<title>{escape(title)}</title>" + (f"<desc>{escape(description)}</desc>" if description else "")
    return f'{head} role="img" xml:lang="{"zh-Hans" if language == "zh" else "en"}">{named}{body}'


@lru_cache(maxsize=1)
def _fonts() -> None:
    """The one font, registered once: by it the room that words take is the same on every machine."""
    vl_convert.register_font_directory(str(pylopdf_fonts_zh_cn.sans_path().parent))
