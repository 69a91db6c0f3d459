"""The figures that the court published, each with the base it is a part of, for comparison with the computed ones.

How they are counted here:

- A case shares the findings (kinds of data, records) of the decision in force of its matter, so a decision after an
  appeal counts for the first-instance case and for the second-instance case.
- A case is in a tier by the highest tier among its kinds of data.
- Convicted are the natural persons of the decisions as these took effect, each once; an acquittal on retrial or a
  correction afterwards does not change the published period. Units convicted besides them are not among the 302.
- Three years or less includes detention, fine alone and exemption from punishment; probation is part of it.
- Sentenced on the number of records are first-instance cases whose records are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

REPORT = "北京市高级人民法院2023年11月通报"
WHITE_PAPER = "北京法院侵犯公民个人信息犯罪案件审判白皮书"
EARLIER = "此前公布，基数不同"


@dataclass(frozen=True)
class Figure:
    """``published`` is None where only words were published ("more than half"); ``base`` names the figure it is part of.

    ``derived``: the number was worked out from a published percentage.
    """

    name: str
    published: int | None
    base: str
    source: str
    words: str = ""
    derived: bool = False


PUBLISHED: tuple[Figure, ...] = (
    Figure("cases_filed", 233, "", REPORT),
    Figure("cases_concluded", 229, "cases_filed", REPORT),
    Figure("cases_filed_2022", 9, "cases_filed", REPORT),
    Figure("cases_filed_2023", 27, "cases_filed", REPORT),
    Figure("first_instance_cases_concluded", 179, "cases_concluded", WHITE_PAPER),
    Figure("sentenced_on_records", 162, "first_instance_cases_concluded", WHITE_PAPER),
    Figure("records_above_50000", None, "sentenced_on_records", WHITE_PAPER, "more than half"),
    Figure("records_above_500000", None, "sentenced_on_records", WHITE_PAPER, "about a quarter"),
    Figure("cases_with_kinds_recorded", 203, "cases_concluded", EARLIER, derived=True),
    Figure("highly_sensitive_cases", 50, "cases_with_kinds_recorded", EARLIER, "24.6 %", derived=True),
    Figure("sensitive_cases", 20, "cases_with_kinds_recorded", EARLIER, "9.9 %", derived=True),
    Figure("convicted_persons", 302, "", WHITE_PAPER),
    Figure("three_years_or_less", 221, "convicted_persons", WHITE_PAPER, "73.2 %"),
    Figure("five_years_or_less", 298, "convicted_persons", WHITE_PAPER, "98.7 %"),
    Figure("on_probation", 44, "convicted_persons", WHITE_PAPER, "about 14.6 %"),
    Figure("fined", 298, "convicted_persons", WHITE_PAPER, derived=True),
    Figure("fined_100000_or_less", 248, "fined", WHITE_PAPER, "83.2 %", derived=True),
    Figure("employed_before_the_crime", None, "convicted_persons", REPORT, "more than half"),
)
