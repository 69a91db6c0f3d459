"""What the court's report counts: each base, table and figure with its definition, in both languages.

A table is one-dimensional: rows of one unit out of one base. Where every unit of the base is in one row, the rows add up
to the base; where a unit may be in several rows, or in none, they do not. `SUMS` says which numbers are sums of which
others: readers check the report by it, and whoever protects small numbers must know it.

Names of numbers: "base:NAME", "table:NAME:ROW", "figure:NAME".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry import codes

NOT_RECORDED = "not_recorded"


class Unit(StrEnum):
    CASES = "cases"
    DECISIONS = "decisions"
    PERSONS = "persons"
    UNITS = "units"
    LISTINGS = "listings"


@dataclass(frozen=True)
class Words:
    zh: str
    en: str


@dataclass(frozen=True)
class Row:
    """``code`` is unique in its table. ``above``: the row counts numbers from this one to below the next row's."""

    code: str
    words: Words
    above: int | None = None


@dataclass(frozen=True)
class Base:
    """What is counted. ``within``: the base that it is a part of, "" for none."""

    name: str
    unit: Unit
    words: Words
    definition: Words
    within: str = ""


@dataclass(frozen=True)
class Table:
    """``several``: a unit may be in several rows, or in none. ``rows`` None: they come from what is counted (years, courts).

    ``by_size``: the rows are shown by number, the largest first; otherwise in their own order.
    """

    name: str
    base: str
    words: Words
    rows: Callable[[], Sequence[Row]] | None
    several: bool = False
    by_size: bool = False
    note: Words | None = None


@dataclass(frozen=True)
class Figure:
    """A number that people quote: the sum of some rows of a table, out of a base."""

    name: str
    words: Words
    table: str
    rows: tuple[str, ...]
    base: str


@dataclass(frozen=True)
class Sum:
    """``whole`` = the sum of ``parts``."""

    whole: str
    parts: tuple[str, ...]


UNITS: Mapping[Unit, Words] = {
    Unit.CASES: Words("案件（件）", "cases"),
    Unit.DECISIONS: Words("裁判文书（份）", "decisions"),
    Unit.PERSONS: Words("被判刑人（人次）", "persons"),
    Unit.UNITS: Words("单位（个次）", "units"),
    Unit.LISTINGS: Words("登记（条）", "listings"),
}


def of_list(name: str, *, not_recorded: bool = False) -> Callable[[], Sequence[Row]]:
    """The entries of a code list; ``not_recorded`` adds the row of those of whom nothing is recorded."""

    def rows() -> Sequence[Row]:
        listed = [Row(each.code, Words(each.zh, each.en)) for each in codes.entries(name).values()]
        return [*listed, _NOT_RECORDED] if not_recorded else listed

    return rows


def of_rows(*rows: Row) -> Callable[[], Sequence[Row]]:
    return lambda: rows


_NOT_RECORDED = Row(NOT_RECORDED, Words("未记录", "not recorded"))

RECORDS = (
    Row("to_5000", Words("5,000条以下", "up to 5,000"), 0),
    Row("to_50000", Words("5,001至50,000条", "5,001 to 50,000"), 5_001),
    Row("to_500000", Words("50,001至500,000条", "50,001 to 500,000"), 50_001),
    Row("above_500000", Words("500,000条以上", "above 500,000"), 500_001),
)
GAINS = (
    Row("to_5000", Words("5,000元以下", "up to 5,000 yuan"), 0),
    Row("to_50000", Words("5,001至50,000元", "5,001 to 50,000 yuan"), 5_001),
    Row("to_500000", Words("50,001至500,000元", "50,001 to 500,000 yuan"), 50_001),
    Row("above_500000", Words("500,000元以上", "above 500,000 yuan"), 500_001),
)
TERMS = (
    Row("term_to_1", Words("有期徒刑一年以下", "imprisonment, up to 1 year"), 0),
    Row("term_to_3", Words("有期徒刑一年以上至三年", "imprisonment, over 1 to 3 years"), 13),
    Row("term_to_5", Words("有期徒刑三年以上至五年", "imprisonment, over 3 to 5 years"), 37),
    Row("term_above_5", Words("有期徒刑五年以上", "imprisonment, over 5 years"), 61),
)
FINES = (
    Row("not_fined", Words("未处罚金", "not fined"), 0),
    Row("to_10000", Words("1万元以下", "up to 10,000 yuan"), 1),
    Row("to_50000", Words("1万元以上至5万元", "over 10,000 to 50,000 yuan"), 10_001),
    Row("to_100000", Words("5万元以上至10万元", "over 50,000 to 100,000 yuan"), 50_001),
    Row("to_500000", Words("10万元以上至50万元", "over 100,000 to 500,000 yuan"), 100_001),
    Row("above_500000", Words("50万元以上", "over 500,000 yuan"), 500_001),
)
_WITHOUT_TERM = ("exempt", "fine_only", "control", "detention")


def _sentences() -> Sequence[Row]:
    kinds = codes.entries("penalty_kinds")
    lighter = [Row(code, Words(kinds[code].zh, kinds[code].en)) for code in _WITHOUT_TERM]
    return [*lighter, *TERMS]


BASES = (
    Base(
        "cases_filed",
        Unit.CASES,
        Words("收案", "Cases filed"),
        Words(
            "统计期内立案的案件，一审、二审和再审分别计算。",
            "Cases of the case register filed in the period; each instance is a case of its own.",
        ),
    ),
    Base(
        "cases_concluded",
        Unit.CASES,
        Words("结案", "Cases concluded"),
        Words(
            "统计期内审结的案件，不论何时立案。",
            "Cases of the register concluded in the period, whenever they were filed.",
        ),
    ),
    Base(
        "first_instance",
        Unit.CASES,
        Words("审结的一审案件", "First-instance cases concluded"),
        Words("审结案件中案号类型代字为一审的案件。", "Concluded cases whose number is that of a first instance."),
        within="cases_concluded",
    ),
    Base(
        "on_records",
        Unit.CASES,
        Words("按信息条数量刑的一审案件", "First-instance cases sentenced on the number of records"),
        Words(
            "审结的一审案件中，本案当前生效文书载明了信息条数的案件；条数为各类信息之和。",
            "First-instance cases concluded whose matter's decision in force states numbers of records; they are added up over "
            "the kinds of data.",
        ),
        within="first_instance",
    ),
    Base(
        "with_kinds",
        Unit.CASES,
        Words("载明信息种类的案件", "Cases with kinds of data recorded"),
        Words(
            "审结的案件中，同案当前生效文书载明了信息种类的案件；一审、二审共用同一生效文书的认定。",
            "Concluded cases whose matter's decision in force records kinds of data; the instances of a matter share its findings.",
        ),
        within="cases_concluded",
    ),
    Base(
        "decisions",
        Unit.DECISIONS,
        Words("生效裁判文书", "Decisions in force"),
        Words(
            "统计期内宣告或者作出、已经生效的裁判文书和处罚决定，每份计一次。",
            "Judgments, rulings and penalty decisions pronounced in the period that took effect, each once.",
        ),
    ),
    Base(
        "convicted",
        Unit.PERSONS,
        Words("被判有罪的自然人", "Convicted persons"),
        Words(
            "统计期内宣告的生效刑事裁判文书中的被告人（自然人），以文书生效时为准，每份文书每人计一次；"
            "此后再审改判不影响已经公布的统计期，登记错误（错人、无效登记）和依法封存的不计入。",
            "Natural persons of the criminal decisions pronounced in the period that took effect, as these took effect, once for "
            "each decision; a later retrial does not change a period, and who was entered in error or is sealed is not counted.",
        ),
    ),
    Base(
        "fined",
        Unit.PERSONS,
        Words("被判处罚金的自然人", "Persons fined"),
        Words("被判有罪的自然人中罚金大于零的人。", "Convicted persons with a fine above zero."),
        within="convicted",
    ),
    Base(
        "units_convicted",
        Unit.UNITS,
        Words("被判有罪的单位", "Units convicted"),
        Words(
            "同上，当事人为单位。不计入被判有罪的自然人。",
            "The same for units; they are not among the convicted persons.",
        ),
    ),
    Base(
        "penalised",
        Unit.PERSONS,
        Words("受行政处罚的自然人", "Persons penalised"),
        Words(
            "统计期内作出、已经生效的处罚决定中的自然人。",
            "Natural persons of penalty decisions of the period that took effect.",
        ),
    ),
    Base(
        "in_force",
        Unit.LISTINGS,
        Words("在列登记", "Listings in force"),
        Words(
            "统计时刻处于在列或者中止共享状态的登记。",
            "Listings that are active or suspended at the moment of counting.",
        ),
    ),
)

_FINDINGS = Words(
    "一件可以有几项，也可以没有，各行相加不等于总数。",
    "One may have several or none, so the rows do not add up to the base.",
)

TABLES = (
    Table("filed_by_year", "cases_filed", Words("各年收案", "Cases filed by year"), None),
    Table("concluded_by_year", "cases_concluded", Words("各年结案", "Cases concluded by year"), None),
    Table("filed_by_court", "cases_filed", Words("各法院收案", "Cases filed by court"), None, by_size=True),
    Table("concluded_by_court", "cases_concluded", Words("各法院结案", "Cases concluded by court"), None, by_size=True),
    Table("outcomes", "cases_concluded", Words("结案方式", "How cases ended"), of_list("case_outcomes")),
    Table(
        "instances",
        "cases_concluded",
        Words("结案的审级", "Instances of the cases concluded"),
        of_rows(
            Row("first", Words("一审", "first instance")),
            Row("second", Words("二审", "second instance")),
            Row("other", Words("再审及其他", "retrial and others")),
        ),
    ),
    Table(
        "data_tiers",
        "with_kinds",
        Words("涉案信息的敏感程度", "How sensitive the data was"),
        of_list("data_tiers"),
        note=Words("按本案涉及的最高一级计。", "A case counts under the highest tier among its kinds of data."),
    ),
    Table(
        "data_kinds",
        "with_kinds",
        Words("涉案信息种类", "Kinds of data"),
        of_list("data_kinds"),
        several=True,
        by_size=True,
        note=_FINDINGS,
    ),
    Table("records", "on_records", Words("涉案信息条数", "Number of records"), of_rows(*RECORDS)),
    Table(
        "decision_kinds",
        "decisions",
        Words("文书类别", "Kinds of decision"),
        of_rows(
            Row("criminal", Words("刑事裁判文书", "criminal judgments and rulings")),
            Row("penalty", Words("行政处罚决定", "administrative penalties")),
        ),
    ),
    Table(
        "channels",
        "decisions",
        Words("获取、交易渠道", "Channels"),
        of_list("channels"),
        several=True,
        by_size=True,
        note=_FINDINGS,
    ),
    Table(
        "payments",
        "decisions",
        Words("支付方式", "Means of payment"),
        of_list("payments"),
        several=True,
        by_size=True,
        note=_FINDINGS,
    ),
    Table(
        "evasions",
        "decisions",
        Words("规避监管手段", "Means of evasion"),
        of_list("evasions"),
        several=True,
        by_size=True,
        note=_FINDINGS,
    ),
    Table(
        "associated_offences",
        "decisions",
        Words("关联犯罪", "Associated offences"),
        of_list("associated_offences"),
        several=True,
        by_size=True,
        note=_FINDINGS,
    ),
    Table("gains", "decisions", Words("违法所得", "Gains"), of_rows(*GAINS, _NOT_RECORDED)),
    Table("sentences", "convicted", Words("主刑", "Sentences"), _sentences),
    Table(
        "probation",
        "convicted",
        Words("缓刑", "Probation"),
        of_rows(
            Row("on_probation", Words("宣告缓刑", "on probation")),
            Row("without", Words("未宣告缓刑", "without probation")),
        ),
    ),
    Table("fines", "convicted", Words("罚金", "Fines"), of_rows(*FINES)),
    Table(
        "employed",
        "convicted",
        Words("案发前是否有工作", "Employed before the crime"),
        of_rows(
            Row("employed", Words("有工作", "employed")),
            Row("not_employed", Words("无工作", "not employed")),
            _NOT_RECORDED,
        ),
    ),
    Table("education", "convicted", Words("文化程度", "Education"), of_list("education", not_recorded=True)),
    Table(
        "industries",
        "convicted",
        Words("所在行业", "Industries"),
        of_list("industries", not_recorded=True),
        by_size=True,
    ),
    Table(
        "sectors",
        "convicted",
        Words("所在行业属于的主管领域", "Sectors of these industries"),
        lambda: [*of_list("sectors")(), Row("none", Words("其他领域或者未记录", "no such sector, or not recorded"))],
    ),
    Table(
        "occupations",
        "convicted",
        Words("职业", "Occupations"),
        of_list("occupations", not_recorded=True),
        by_size=True,
    ),
    Table(
        "told",
        "in_force",
        Words("已告知各领域的在列登记", "Listings in force of which a sector was told"),
        of_list("sectors"),
        several=True,
        note=Words("一条登记可以告知几个领域。", "One listing may be told to several sectors."),
    ),
    Table(
        "applied",
        "in_force",
        Words("各领域已经适用的在列登记", "Listings in force that a sector confirmed as applied"),
        of_list("sectors"),
        several=True,
        note=Words(
            "至少一个部门以签名回执确认已经适用现行版本。",
            "At least one of its departments confirmed the present version.",
        ),
    ),
)

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
        (*_WITHOUT_TERM, "term_to_1", "term_to_3"),
        "convicted",
    ),
    Figure(
        "to_5_years",
        Words("判处五年有期徒刑以下刑罚", "Sentenced to 5 years or less"),
        "sentences",
        (*_WITHOUT_TERM, "term_to_1", "term_to_3", "term_to_5"),
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


def base(name: str) -> str:
    return f"base:{name}"


def cell(table: str, row: str) -> str:
    return f"table:{table}:{row}"


def figure(name: str) -> str:
    return f"figure:{name}"


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
