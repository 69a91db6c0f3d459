"""What an entry of each list must say, so that none can break what stands on it: terms, statistics, disclosure.

Derived from what the readers of a list ask of it. A list that is not here is not changed at the desk: the vocabulary is
the product's own, and an operator's further lists are his.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry.codes.members import Flag, Member, Number, OfList, Pattern, Texts, Word
from registry.codes.titles import TITLES
from registry.errors import Text

PLAIN = r"[A-Za-z0-9](?:[A-Za-z0-9 _().-]*[A-Za-z0-9)])?"
HAN = "\u4e00-\u9fff"
COURT_CODE = rf"最高法|[{HAN}](?:[0-9]{{4}}|[0-9]{{2}})?"
KIND_OF_CASE = f"[{HAN}]{{2,6}}"
DAY_OR_YEAR = r"(?:19|20)[0-9]{2}(?:-[0-9]{2}-[0-9]{2})?"
CALENDAR = "calendar_days"
HOLIDAY, WORKDAY, NOTICE = "holiday", "workday", "notice"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """``code``: how its codes are written; ``most``: how long they are, as the tables hold them.

    ``closed``: the program knows each code, so names change and nothing else.
    """

    label: Text
    members: tuple[Member, ...] = ()
    code: str = PLAIN
    most: int = 48
    example: str = "telecom_fraud"
    closed: bool = False

    def member(self, name: str) -> Member | None:
        return next((each for each in self.members if each.name == name), None)


_DECISION = {"criminal": _("criminal judgment"), "penalty": _("administrative penalty")}
_PERSON = {"natural": _("natural person"), "unit": _("unit")}
_SEALED = Flag(name="sealed", label=_("sealed by law: decisions that rest on it are refused"))
_LEAST_LEVEL = Word(
    name="least_level",
    label=_("least level of the authority"),
    words={"": _("any"), "provincial": _("provincial"), "national": _("national")},
    blank=True,
)
_SECTOR = OfList(name="sector", label=_("sector"), list_name="sectors", blank=True)
_STATUTE = "CL 253-1(1)"


def _outcome(instrument: str, label: Text) -> OfList:
    return OfList(name=instrument, label=label, list_name="case_outcomes", blank=True, fixed=False)


SHAPES: Mapping[str, Shape] = {
    "articles": Shape(
        label=TITLES["articles"],
        members=(
            Word(name="kind", label=_("kind of decision"), words=_DECISION),
            _SEALED,
            _LEAST_LEVEL,
        ),
        example=_STATUTE,
    ),
    "charges": Shape(label=TITLES["charges"], example="CL 253-1"),
    "prohibition_bases": Shape(
        label=TITLES["prohibition_bases"],
        members=(
            Word(name="decision", label=_("kind of decision"), words={**_DECISION, "both": _("both")}),
            _LEAST_LEVEL,
            Number(name="least_months", label=_("least months"), blank=True, fixed=False),
            Number(name="most_months", label=_("most months"), blank=True, fixed=False),
            Flag(name="for_life", label=_("may be for life"), fixed=False),
            Word(
                name="runs_from",
                label=_("runs from"),
                words={"completion": _("completion of the sentence"), "effect": _("effect of the decision")},
            ),
        ),
        example="CL 37-1",
    ),
    "penalty_kinds": Shape(
        label=TITLES["penalty_kinds"],
        members=(
            Word(name="kind", label=_("on whom"), words={**_PERSON, "both": _("both")}),
            Word(name="decision", label=_("kind of decision"), words=_DECISION),
            Flag(name="probation", label=_("may be suspended on probation")),
        ),
        most=32,
        closed=True,
    ),
    "penalty_measures": Shape(
        label=TITLES["penalty_measures"], members=(Flag(name="prohibition", label=_("bars from an occupation")),)
    ),
    "authorities": Shape(
        label=TITLES["authorities"],
        members=(
            Word(
                name="level",
                label=_("level"),
                words={
                    "": _("any"),
                    "district": _("district"),
                    "provincial": _("provincial"),
                    "national": _("national"),
                },
                blank=True,
            ),
            _SEALED,
        ),
        example="CAC-BJ",
    ),
    "courts": Shape(
        label=TITLES["courts"],
        members=(
            Word(
                name="level",
                label=_("level"),
                words={
                    "high": _("high court"),
                    "intermediate": _("intermediate court"),
                    "basic": _("basic court"),
                    "special": _("special court"),
                },
            ),
            OfList(name="parent", label=_("higher court"), list_name="courts", blank=True, fixed=False),
        ),
        code=COURT_CODE,
        most=16,
        example="京0105",
    ),
    "case_kinds": Shape(
        label=TITLES["case_kinds"],
        members=(
            OfList(name="instance", label=_("instance"), list_name="instances", blank=True),
            _outcome("judgment", _("a judgment concludes it as")),
            _outcome("ruling", _("a ruling concludes it as")),
        ),
        code=KIND_OF_CASE,
        most=6,
        example="刑初",
    ),
    "case_outcomes": Shape(
        label=TITLES["case_outcomes"],
        members=(
            Flag(name="expects_decision", label=_("a decision to be entered follows")),
            Flag(name="leaves_earlier", label=_("the earlier case’s decision stands")),
            Flag(name="changes_earlier", label=_("what is listed from earlier cases is looked at")),
        ),
        most=32,
    ),
    "instances": Shape(label=TITLES["instances"], most=16, closed=True),
    "facts": Shape(label=TITLES["facts"]),
    "data_kinds": Shape(
        label=TITLES["data_kinds"],
        members=(
            OfList(name="tier", label=_("tier of sensitivity"), list_name="data_tiers"),
            Number(name="threshold", label=_("records from which it is an offence"), fixed=False),
        ),
    ),
    "data_tiers": Shape(
        label=TITLES["data_tiers"],
        members=(Number(name="threshold", label=_("records from which it is an offence"), fixed=False),),
        closed=True,
    ),
    "channels": Shape(label=TITLES["channels"]),
    "payments": Shape(label=TITLES["payments"]),
    "evasions": Shape(label=TITLES["evasions"]),
    "associated_offences": Shape(label=TITLES["associated_offences"]),
    "sectors": Shape(label=TITLES["sectors"], most=32, example="finance"),
    "occupations": Shape(label=TITLES["occupations"], members=(_SECTOR,), example="bank_teller"),
    "industries": Shape(label=TITLES["industries"], members=(_SECTOR,), example="insurance"),
    "education": Shape(label=TITLES["education"]),
    "unit_roles": Shape(label=TITLES["unit_roles"]),
    "not_entered_reasons": Shape(label=TITLES["not_entered_reasons"], most=16),
    "document_types": Shape(
        label=TITLES["document_types"],
        members=(
            Word(name="kind", label=_("of whom"), words=_PERSON),
            Word(
                name="rule",
                label=_("how its number is checked"),
                words={
                    "pattern": _("by its form alone"),
                    "resident": _("as of a resident identity card"),
                    "foreign_resident": _("as of a foreign permanent resident card"),
                    "uscc": _("as a unified social credit code"),
                },
            ),
            Member(name="family", label=_("documents that share their numbers")),
            Pattern(name="pattern", label=_("form of the number, as a regular expression"), fixed=False),
            Texts(name="form", label=_("form of the number, in words"), fixed=False),
            Number(name="key_length", label=_("characters that stay when it is renewed"), blank=True),
        ),
        most=32,
        example="resident_id",
    ),
    "areas": Shape(label=TITLES["areas"], code="[1-9][0-9]", most=2, example="11"),
    CALENDAR: Shape(
        label=TITLES[CALENDAR],
        members=(
            Word(
                name="kind",
                label=_("what kind of day"),
                words={
                    HOLIDAY: _("day off"),
                    WORKDAY: _("make-up working day"),
                    NOTICE: _("the holidays of this year are entered"),
                },
                fixed=False,
            ),
        ),
        code=DAY_OR_YEAR,
        most=10,
        example="2027-10-01",
    ),
}
