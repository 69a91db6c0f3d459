"""The figures that people quote, and what adds up: readers check the report by it, and whoever protects small numbers must
know it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from registry import codes
from registry.statistics.bands import FINES
from registry.statistics.shapes import Figure, Sum, Words, base, cell, figure
from registry.statistics.tables import TABLES, WITHOUT_TERM

FIGURES = (
    Figure(
        "records_above_50000",
        Words("其中信息五万条以上", "Above 50,000 records"),
        "records",
        ("to_500000", "above_500000"),
        "on_records",
    ),
    Figure(
        "records_above_500000",
        Words("其中信息五十万条以上", "Above 500,000 records"),
        "records",
        ("above_500000",),
        "on_records",
    ),
    Figure(
        "highly_sensitive",
        Words("涉高度敏感信息", "With highly sensitive data"),
        "data_tiers",
        ("highly_sensitive",),
        "with_kinds",
    ),
    Figure("sensitive", Words("涉敏感信息", "With sensitive data"), "data_tiers", ("sensitive",), "with_kinds"),
    Figure(
        "to_3_years",
        Words("判处三年有期徒刑以下刑罚", "Sentenced to 3 years or less"),
        "sentences",
        (*WITHOUT_TERM, "term_to_1", "term_to_3"),
        "convicted",
    ),
    Figure(
        "to_5_years",
        Words("判处五年有期徒刑以下刑罚", "Sentenced to 5 years or less"),
        "sentences",
        (*WITHOUT_TERM, "term_to_1", "term_to_3", "term_to_5"),
        "convicted",
    ),
    Figure("on_probation", Words("宣告缓刑", "On probation"), "probation", ("on_probation",), "convicted"),
    Figure(
        "fined_to_100000",
        Words("罚金十万元以下", "Fined 100,000 yuan or less"),
        "fines",
        ("to_10000", "to_50000", "to_100000"),
        "fined",
    ),
    Figure("employed", Words("案发前有工作", "Employed before the crime"), "employed", ("employed",), "convicted"),
)


def sums(rows_of: Mapping[str, Sequence[str]]) -> Iterator[Sum]:
    """What adds up, given the rows that each table has."""
    for table in TABLES:
        if not table.several:
            yield Sum(base(table.base), tuple(cell(table.name, row) for row in rows_of[table.name]))
    for each in FIGURES:
        yield Sum(figure(each.name), tuple(cell(each.table, row) for row in each.rows))
    yield Sum(cell("instances", "first"), (base("first_instance"),))
    yield Sum(base("fined"), tuple(cell("fines", row.code) for row in FINES[1:]))
    yield from _sectors(rows_of["industries"])


def _sectors(industries: Sequence[str]) -> Iterator[Sum]:
    known = codes.entries("industries")
    of_sector: dict[str, list[str]] = {code: [] for code in (*codes.entries("sectors"), "none")}
    for code in industries:
        sector = str(known[code].extra.get("sector", "")) if code in known else ""
        of_sector[sector or "none"].append(code)
    for sector, parts in of_sector.items():
        yield Sum(cell("sectors", sector), tuple(cell("industries", code) for code in parts))
