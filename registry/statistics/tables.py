"""The tables of the court's report."""

from __future__ import annotations

from collections.abc import Sequence

from registry import codes
from registry.statistics.bands import FINES, GAINS, RECORDS, TERMS
from registry.statistics.shapes import NOT_RECORDED_ROW, Row, Table, Words, of_list, of_rows

WITHOUT_TERM = ("exempt", "fine_only", "control", "detention")


def _sentences() -> Sequence[Row]:
    kinds = codes.entries("penalty_kinds")
    lighter = [Row(code, Words(kinds[code].zh, kinds[code].en)) for code in WITHOUT_TERM]
    return [*lighter, *TERMS]


_FINDINGS = Words(
    "一件可以有几项，也可以没有，各行相加不等于总数。",
    "One may have several or none, so the rows do not add up to the base.",
)

TABLES = (
    Table("filed_by_year", "cases_filed", Words("各年收案", "Cases filed by year"), None),
    Table("concluded_by_year", "cases_concluded", Words("各年结案", "Cases concluded by year"), None),
    Table(
        "filed_by_court", "cases_filed", Words("各法院收案", "Cases filed by court"), of_list("courts"), by_size=True
    ),
    Table(
        "concluded_by_court",
        "cases_concluded",
        Words("各法院结案", "Cases concluded by court"),
        of_list("courts"),
        by_size=True,
    ),
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
    Table("gains", "decisions", Words("违法所得", "Gains"), of_rows(*GAINS, NOT_RECORDED_ROW)),
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
            NOT_RECORDED_ROW,
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
