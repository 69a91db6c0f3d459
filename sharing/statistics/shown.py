"""A release as a page shows it, in one language: the same for readers and, before it is released, for the officers.

Every word and number comes from the frozen content; nothing is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language

from sharing.statistics import charts, prose, spoken
from sharing.statistics.content import Content
from sharing.statistics.files import DATA, DICTIONARY, FIGURES, REPORT
from sharing.statistics.models import Release
from sharing.statistics.report import cited
from sharing.statistics.spoken import Language, Named, base_of, say

SIGNATURE = "signature.jws"
SIGNATURE_TYPE = "application/jose"

AddressOf = Callable[[str], str]
"""The address of the file with this name."""


@dataclass(frozen=True)
class Number:
    """``value`` and ``share`` are "" where the number is left out, or out of nothing."""

    words: str
    value: str
    share: str
    code: str = ""

    @property
    def left_out(self) -> bool:
        return not self.value


@dataclass(frozen=True)
class Based:
    """A number with what it is out of."""

    number: Number
    base: Number


@dataclass(frozen=True)
class Download:
    name: str
    address: str
    size: int

    @property
    def kind(self) -> str:
        """As people call it."""
        return self.name.rpartition(".")[2].upper()


@dataclass(frozen=True)
class Shown:
    """A table with its chart. ``pairs`` instead of ``rows``: what was filed and what was concluded in each year."""

    name: str
    words: str
    note: str
    bases: Sequence[Number]
    unit: str
    rows: Sequence[Number]
    pairs: Sequence[tuple[str, Sequence[Number]]]
    chart: str
    described: str
    downloads: Sequence[Download]


@dataclass(frozen=True)
class Theme:
    """A chapter of tables, as in the printed report."""

    words: str
    mark: str
    tables: Sequence[Shown]


@dataclass(frozen=True)
class Base:
    name: str
    number: Number
    unit: str
    within: str
    definition: str


@dataclass(frozen=True)
class Page:
    number: str
    title: str
    period: str
    smallest: int
    method: int
    cited: str
    bases: Sequence[Base]
    heads: Sequence[Based]
    themes: Sequence[Theme]
    downloads: Sequence[Download]


def language_now() -> Language:
    return "en" if get_language() == "en" else "zh"


def page_of(release: Release, address_of: AddressOf) -> Page:
    """In the language of the reader. ``address_of``: where the page's files are."""
    return _Shown(release, address_of, language_now()).page()


def bytes_of(release: Release, name: str) -> tuple[bytes, str] | None:
    """A file's bytes and content type; of a signed release its signature too. None: there is none."""
    if name == SIGNATURE and release.signature:
        return release.signature.encode(), SIGNATURE_TYPE
    found = release.files.filter(name=name).first()
    return None if found is None else (bytes(found.content), found.content_type)


class _Shown:
    def __init__(self, release: Release, address_of: AddressOf, language: Language) -> None:
        self._release, self._address_of, self._language = release, address_of, language
        self._content: Content = release.told
        self._sizes = dict(release.files.values_list("name", "size"))
        if release.signature:
            self._sizes[SIGNATURE] = len(release.signature)

    def page(self) -> Page:
        content = self._content
        return Page(
            number=content["number"],
            title=self._say(content["title"]),
            period=spoken.period(content, self._language),
            smallest=content["smallest"],
            method=content["method"],
            cited=say(cited(content), self._language),
            bases=[self._base(each) for each in content["bases"]],
            heads=[self._head(each) for each in content["figures"]],
            themes=list(self._themes()),
            downloads=list(self._files(REPORT, FIGURES, DATA, DICTIONARY, SIGNATURE)),
        )

    def _themes(self) -> Iterator[Theme]:
        tables = {each["name"]: self._table(each) for each in self._content["tables"]}
        if charts.CASES_BY_YEAR in charts.names(self._content):
            tables = {charts.CASES_BY_YEAR: self._by_year([tables.pop(name) for name in charts.SERIES]), **tables}
        named = {name for theme in prose.THEMES for name in theme.tables}
        others = tuple(name for name in tables if name not in named)
        for place, theme in enumerate((*prose.THEMES, prose.Theme(prose.OTHERS, others)), start=1):
            of_theme = [tables[name] for name in theme.tables if name in tables]
            if of_theme:
                yield Theme(say(theme.words, self._language), f"theme-{place}", of_theme)

    def _say(self, words: Named | None) -> str:
        return "" if words is None else say(words, self._language)

    def _number(self, counted: Named, out_of: int | None) -> Number:
        value = counted["value"]
        said = "" if value is None else spoken.number(value)
        return Number(self._say(counted["words"]), said, spoken.share(value, out_of), counted.get("code", ""))

    def _base(self, each: Named) -> Base:
        within = base_of(self._content, each["within"]) if each["within"] else None
        return Base(
            each["name"],
            self._number(each, within["value"] if within else None),
            self._say(self._content["units"][each["unit"]]),
            self._say(within["words"]) if within else "",
            self._say(each["definition"]),
        )

    def _head(self, each: Named) -> Based:
        base = base_of(self._content, each["base"])
        return Based(self._number(each, base["value"]), self._number(base, None))

    def _table(self, table: Named) -> Shown:
        base, name = base_of(self._content, table["base"]), table["name"]
        return Shown(
            name=name,
            words=self._say(table["words"]),
            note=self._say(table["note"]),
            bases=[self._number(base, None)],
            unit=self._say(self._content["units"][table["unit"]]),
            rows=[self._number(row, base["value"]) for row in spoken.shown(table)],
            pairs=[],
            chart=self._chart(name),
            described=charts.described(self._content, name, self._language),
            downloads=list(self._files(f"{name}.csv", *self._pictures(name))),
        )

    def _by_year(self, both: Sequence[Shown]) -> Shown:
        """What was filed and what was concluded, in one chart and one table; a year that one of them lacks counts none."""
        name = charts.CASES_BY_YEAR
        of_year = [{row.code: row for row in each.rows} for each in both]
        years = sorted({year for rows in of_year for year in rows})
        words = {year: next(rows[year].words for rows in of_year if year in rows) for year in years}
        csv = [f"{each.name}.csv" for each in both]
        return replace(
            both[0],
            name=name,
            words=say(charts.CASES, self._language),
            bases=[base for each in both for base in each.bases],
            rows=[],
            pairs=[(words[year], [rows.get(year, Number("", "0", "0.0")) for rows in of_year]) for year in years],
            chart=self._chart(name),
            described=charts.described(self._content, name, self._language),
            downloads=list(self._files(*csv, *self._pictures(name))),
        )

    def _pictures(self, name: str) -> list[str]:
        return [charts.chart_name(name, self._language, form) for form in charts.FORMS]

    def _chart(self, name: str) -> str:
        chart = charts.chart_name(name, self._language, "svg")
        return self._address_of(chart) if chart in self._sizes else ""

    def _files(self, *names: str) -> Iterator[Download]:
        return (self._download(name) for name in names if name in self._sizes)

    def _download(self, name: str) -> Download:
        return Download(name, self._address_of(name), self._sizes[name])
