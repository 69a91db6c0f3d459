"""Who is convicted or penalised, as the head of the text introduces them: names, documents, birth, custody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from registry import codes, identity
from registry.errors import Refusal, Text
from registry.gleaning.findings import Finding, found
from registry.gleaning.numerals import DAY, DAY_2, day_of, second_day_of
from registry.gleaning.reading import Reading, Span
from registry.gleaning.sections import Sections

_WHO = r"(?:原审)?被告(?P<unit>单位|人)|(?:上诉人|原审上诉人)\((?:原审)?被告(?P<appealing>单位|人)\)|(?:当事人|被处罚人|被处罚单位)(?=:)"
# A unit's place or form stands in brackets within its name; brackets after a name say something else of its bearer.
_NAME = r"[^,。;:()]{2,40}(?:\([^()]{1,20}\)[^,。;:()]{0,40}?(?:公司|集团|企业|中心|[厂店部所社行院]))?(?:\((?:有限|普通|特殊的?普通)合伙\))?"
_PARTY = re.compile(
    rf"(?<![对与和、系])(?:{_WHO})[::]?(?P<name>{_NAME})(?:\([^()]{{1,60}}\))?(?=,|。|\(|统一社会|住所|法定代表人|主要负责人|地址|性别|身份证|营业执照)"
)
_ABOUT_PERSON = re.compile(r"(?:,|\()(?:男|女)(?:,|。)|出生|公民身份|身份证")
_ABOUT_UNIT = re.compile(r"统一社会信用代码|住所(?:地)?|法定代表人|诉讼代表人|主要负责人|营业执照")
_ENDS = re.compile(r"辩护人|指定辩护人|公诉机关|诉讼代理人|值班律师")
_BORN = re.compile(rf"{DAY}(?:出)?生|(?:出生(?:日期|于)?|生于):?{DAY_2}")
_RESIDENT = re.compile(
    r"(?:公民身份(?:证)?号码?|(?:居民)?身份证(?:号码?)?|证件号码?):?(?:为)?(?P<number>[0-9][0-9Xx*]{13,18})"
)
_OTHERS = re.compile(
    r"(?P<what>护照|港澳居民来往内地通行证|台湾居民来往大陆通行证|港澳台居民居住证|外国人永久居留身份证)(?:号码?)?:?(?P<number>[A-Za-z0-9]{5,18})"
)
_CREDIT = re.compile(r"统一社会信用代码:?(?:为)?(?P<number>[0-9A-Za-z]{18})")
_FORMER = re.compile(r"曾用名:?(?P<name>[^,。;()]{2,12})")
_DETAINED = re.compile(r"(?:现)?(?:羁押|关押)(?:于|在)[^,。]{2,20}看守所")
_HELD = re.compile(
    rf"{DAY}被(?:[^,。;]{{0,10}})?(?:刑事拘留|羁押|抓获|逮捕)[^。]{{0,200}}?(?P<until>{DAY_2})(?:被)?(?:[^,。;]{{0,8}})?(?:取保候审|释放|监视居住)"
)
_TYPES = {
    "护照": ("passport_cn", "passport_other"),
    "港澳居民来往内地通行证": ("hk_macau_permit",),
    "台湾居民来往大陆通行证": ("taiwan_permit",),
    "港澳台居民居住证": ("hmt_residence_permit",),
    "外国人永久居留身份证": ("foreign_resident_card",),
}
_EDUCATION = {
    "none": "文盲|未受教育",
    "primary": "小学",
    "junior_secondary": "初中",
    "senior_secondary": "高中|中专|职高|技校",
    "college": "大专|专科",
    "bachelor": "本科|学士",
    "postgraduate": "研究生|硕士|博士",
}
_SCHOOLED = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _EDUCATION.items()))
NOT_NAMES = re.compile(r"^(?:的|及|在|为|对|是|犯|均|将|以|系|自|因|与|到案|供述|认罪)|[一二三四五六七八九十]名")


@dataclass(frozen=True)
class Introduced:
    """A party where it is introduced: ``about``: places of ``plain`` that speak of it alone."""

    name: str
    unit: bool
    at: Span
    about: Span


def introduced(reading: Reading, sections: Sections) -> list[Introduced]:
    """Each party once, in the order of the text."""
    matches = [match for match in reading.find(_PARTY, sections.head) if not NOT_NAMES.match(match["name"])]
    starts = [match.start() for match in matches] + [sections.head[1]]
    every: dict[str, Introduced] = {}
    for match, following in zip(matches, starts[1:], strict=False):
        rest = _ENDS.search(reading.plain, match.end(), following)
        about = (match.start(), rest.start() if rest else following)
        words = reading.plain[match.end("name") : about[1]]
        unit = "单位" in (match["unit"] or match["appealing"] or "") or not _ABOUT_PERSON.search(words)
        if unit and not _ABOUT_UNIT.search(words):
            continue
        name = reading.words(reading.at(match, "name"))
        every.setdefault(name, Introduced(name, unit, reading.at(match, "name"), about))
    return list(every.values())


def plain_name(party: Introduced) -> str:
    """As it stands in ``plain``."""
    return Reading(party.name).plain


def named(parties: Sequence[Introduced], piece: str) -> set[str]:
    """Whose names stand in this piece of ``plain``. One with which another's begins is not read out of that one: 王伟 is not 王伟明."""
    names = {plain_name(each): each.name for each in parties}
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    return {names[match] for match in re.findall("|".join(longest_first), piece)} if names else set()


def of_the_person(reading: Reading, party: Introduced, today: date) -> Iterator[Finding]:
    """Name, kind, documents, birth date, schooling, custody."""
    yield found("kind", "unit" if party.unit else "natural", party.at, _("as the text introduces it"))
    yield found("name", party.name, party.at, _("as the text introduces it"))
    for match in reading.find(_FORMER, party.about):
        yield found(
            "former_names", reading.words(reading.at(match, "name")), reading.at(match), _("called a former name")
        )
    documents = list(_documents(reading, party, today))
    yield from documents
    if not party.unit:
        yield from _birth(reading, party, documents)
        yield from _schooling(reading, party)
        yield from _custody(reading, party)


def _documents(reading: Reading, party: Introduced, today: date) -> Iterator[Finding]:
    if party.unit:
        for match in list(reading.find(_CREDIT, party.about))[:1]:
            yield _document(reading, match, ("uscc",), today)
        return
    for match in reading.find(_RESIDENT, party.about):
        if "*" not in match["number"]:
            yield _document(reading, match, ("resident_id",), today)
    for match in reading.find(_OTHERS, party.about):
        yield _document(reading, match, _TYPES[match["what"]], today)


def _document(reading: Reading, match: re.Match[str], types: tuple[str, ...], today: date) -> Finding:
    """As the first type whose rule it fits; a number that fits none is said to be wrong, and cannot be taken."""
    fault: Text = ""
    for code in types:
        try:
            number = identity.canonical(code, match["number"], today=today)
        except Refusal as refusal:
            fault = fault or refusal.text
        else:
            return found(
                "documents",
                {"type": code, "number": number},
                reading.at(match),
                _("its check digit is right") if code in ("resident_id", "uscc") else _("its form is right"),
            )
    return found(
        "documents", {"type": types[0], "number": match["number"]}, reading.at(match), _("a document number"), fault
    )


def _birth(reading: Reading, party: Introduced, documents: list[Finding]) -> Iterator[Finding]:
    """Only where no document tells it, as the form asks; one that contradicts the document is shown."""
    told = [identity.birth_date(str(row["type"]), str(row["number"])) for row in map(_row, documents) if row]
    for match in list(reading.find(_BORN, party.about))[:1]:
        day = _either_day(match)
        if day is None:
            continue
        known = next((each for each in told if each is not None), None)
        if known is None:
            yield found("birth_date", day.isoformat(), reading.at(match), _("no document number tells it"))
        elif known != day:
            fault = _("The document number tells another birth date. Compare both with the paper.")
            yield found("birth_date", day.isoformat(), reading.at(match), _("the text's birth date"), fault)


def _row(finding: Finding) -> dict[str, object]:
    return dict(finding.value) if not finding.fault and isinstance(finding.value, dict) else {}


def _either_day(match: re.Match[str]) -> date | None:
    return day_of(match) if match["y"] else second_day_of(match)


def _schooling(reading: Reading, party: Introduced) -> Iterator[Finding]:
    for match in list(reading.find(_SCHOOLED, party.about))[:1]:
        code = match.lastgroup or ""
        if code in codes.entries("education"):
            yield found("education", code, reading.at(match), _("the schooling that the text names"))


def _custody(reading: Reading, party: Introduced) -> Iterator[Finding]:
    for match in list(reading.find(_DETAINED, party.about))[:1]:
        yield found(
            "detained",
            True,
            reading.at(match),
            _("held when the judgment was written; check the last day of the appeal period"),
        )
    for match in list(reading.find(_HELD, party.about))[:1]:
        first, last = day_of(match), second_day_of(match)
        if first and last and timedelta(0) < last - first < timedelta(days=2000):
            days = (last - first).days
            at = reading.at(match)
            yield found(
                "custody_credited_days", days, at, _("held from the first to the second day, the second not counted")
            )
            yield found("custody_credited_days", days + 1, at, _("held from the first to the second day, both counted"))
