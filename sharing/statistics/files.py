"""The files of a release that anybody may take: tables for people's programs, the content, its dictionary, charts, report.

The files are made one after the other, so that whoever keeps them can do so one by one and say how far it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from registry.spreadsheets import Row, unsealed_csv_file
from registry.statistics import shapes
from sharing.statistics import charts
from sharing.statistics.charts import FORMS, Form, chart_name
from sharing.statistics.content import Content, canonical
from sharing.statistics.report import report
from sharing.statistics.spoken import LANGUAGES, Language, Named, base_of, share

TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "svg": "image/svg+xml",
    "png": "image/png",
}
DATA, FIGURES, DICTIONARY, REPORT = "data.json", "figures.csv", "dictionary.csv", "report.pdf"
COLUMNS = ("table", "row", "row_zh", "row_en", "value", "base", "base_value", "share", "left_out")
LONG = ("number", "kind", *COLUMNS)
TERMS = (
    "name", "kind", "unit", "unit_zh", "unit_en", "base", "words_zh", "words_en", "definition_zh", "definition_en",
)  # fmt: skip


class File(NamedTuple):
    name: str
    content: bytes
    content_type: str


def names_of(content: Content) -> list[str]:
    """The names of all files, in the order in which `files_of` makes them."""
    return list(_made(content))


def files_of(content: Content) -> Iterator[File]:
    """Every file. Raises what `report` raises."""
    return (file_of(content, name) for name in names_of(content))


def file_of(content: Content, name: str) -> File:
    """The file of this name alone, the same as among all. KeyError: there is none; else what `report` raises."""
    made = _made(content)[name]
    return File(name, made(), TYPES[name.rpartition(".")[2]])


def _made(content: Content) -> Mapping[str, Callable[[], bytes]]:
    """How each file is made, by its name."""
    return {
        DATA: lambda: canonical(content),
        DICTIONARY: lambda: _csv(TERMS, _terms(content)),
        FIGURES: lambda: _csv(LONG, _long(content)),
        **{_csv_name(table["name"]): partial(_table_csv, content, table) for table in content["tables"]},
        **{name: partial(_drawn, content, *chart) for name, chart in _charts(content).items()},
        REPORT: lambda: report(content, {name: charts.for_paper(content, name) for name in charts.names(content)}),
    }


def _charts(content: Content) -> dict[str, tuple[str, Language, Form]]:
    every: list[tuple[str, Language, Form]] = [
        (name, language, form) for name in charts.names(content) for language in LANGUAGES for form in FORMS
    ]
    return {chart_name(*chart): chart for chart in every}


def _drawn(content: Content, name: str, language: Language, form: Form) -> bytes:
    drawn = charts.svg(content, name, language)
    return drawn.encode() if form == "svg" else charts.png(drawn)


def _csv_name(table: str) -> str:
    return f"{table}.csv"


def _table_csv(content: Content, table: Named) -> bytes:
    return _csv(COLUMNS, _rows(content, table))


def _csv(header: Row, rows: Iterable[Row]) -> bytes:
    return b"".join(unsealed_csv_file(header, rows))


def _rows(content: Content, table: Named) -> Iterator[Row]:
    base = base_of(content, table["base"])
    for row in table["rows"]:
        yield _numbers(table["name"], row["code"], row, base)


def _long(content: Content) -> Iterator[Row]:
    for base in content["bases"]:
        within = base_of(content, base["within"]) if base["within"] else None
        yield shapes.base(base["name"]), "base", *_numbers("", "", base, within)
    for figure in content["figures"]:
        numbers = _numbers(figure["table"], " ".join(figure["rows"]), figure, base_of(content, figure["base"]))
        yield shapes.figure(figure["name"]), "figure", *numbers
    for table in content["tables"]:
        for numbers in _rows(content, table):
            yield shapes.cell(table["name"], numbers[1]), "row", *numbers


def _numbers(table: str, row: str, counted: Named, base: Named | None) -> Row:
    value, of = counted["value"], base["value"] if base else None
    left_out = "yes" if value is None else "no"
    words = counted["words"]
    name = base["name"] if base else ""
    return table, row, words["zh"], words["en"], _cell(value), name, _cell(of), share(value, of), left_out


def _cell(value: int | None) -> str:
    return "" if value is None else str(value)


def _terms(content: Content) -> Iterator[Row]:
    """Every name with its unit, its base and what it means."""
    for base in content["bases"]:
        yield _term(content, shapes.base(base["name"]), "base", base["name"], base, base["definition"])
    for figure in content["figures"]:
        adds = {"zh": f"{figure['table']}表下列各行之和：", "en": f"the sum of these rows of table {figure['table']}: "}
        means = {language: said + ", ".join(figure["rows"]) for language, said in adds.items()}
        yield _term(content, shapes.figure(figure["name"]), "figure", figure["base"], figure, means)
    for table in content["tables"]:
        yield _term(content, f"table:{table['name']}", "table", table["base"], table, table["note"])
        for row in table["rows"]:
            yield _term(content, shapes.cell(table["name"], row["code"]), "row", table["base"], row, None)


def _term(content: Content, name: str, kind: str, base: str, named: Named, means: Named | None) -> Row:
    unit = base_of(content, base)["unit"]
    in_units, words, means = content["units"][unit], named["words"], means or {"zh": "", "en": ""}
    return name, kind, unit, in_units["zh"], in_units["en"], base, words["zh"], words["en"], means["zh"], means["en"]
