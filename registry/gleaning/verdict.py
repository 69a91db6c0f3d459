"""What the decision says of one party: charge, penalty, fine, probation, custody credited, prohibitions, measures."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.gleaning.findings import Finding, found
from registry.gleaning.numerals import DAY, DAY_2, LENGTH, NUMBER, day_of, months, second_day_of, whole
from registry.gleaning.parties import Introduced, named, plain_name
from registry.gleaning.reading import Reading, Span
from registry.gleaning.sections import Sections

_ITEM = re.compile(r"(?<=[。;:,)])(?:[一二三四五六七八九十]{1,3}、|\(?[0-9一二三四五六七八九十]{1,2}[)、.])")
_CHARGE = re.compile(r"犯(?P<charge>[\u4e00-\u9fff、]{4,40}?罪)(?=[,;。、:(]|判处|免予|免除|单处|处|$)")
_TERM = re.compile(rf"(?P<kind>有期徒刑|拘役|管制)(?P<length>{LENGTH})")
_PROBATION = re.compile(rf"缓刑(?:考验期(?:限)?(?:为)?)?(?P<length>{LENGTH})")
_FINE = re.compile(rf"(?:罚金|罚款)(?:计|共计|合计|人民币|:|为)*(?P<sum>{NUMBER})元")
_ALONE = re.compile(r"单处罚金")
_EXEMPT = re.compile(r"免予刑事处罚|免除处罚")
_TOGETHER = re.compile(r"决定执行|合并执行")
_TERM_DAYS = re.compile(rf"(?:即)?自{DAY}起至{DAY_2}止")
_CREDITED = re.compile(
    rf"(?:先行|已(?:经)?|被)羁押(?:的)?(?:时间|期间)?(?:共计|计|共)?(?P<days>{NUMBER})(?:日|天)|(?:折抵(?:刑期)?|扣除(?:先行)?(?:羁押)?(?:的)?)(?P<days2>{NUMBER})(?:日|天)"
)
_BAN = re.compile(r"(?:禁止|不得)[^。;]{0,60}?(?:从事|担任)[^。;]{2,160}")
_BAN_LENGTH = re.compile(
    rf"(?P<length>{LENGTH})(?:内|以内|,|禁止|不得)|(?:期限|为期)(?:为)?(?P<length2>{LENGTH.replace('<years>', '<years2>').replace('<months>', '<months2>')})"
)
_ON_PROBATION = re.compile(r"考验期限?内|管制期间|执行期间")
_KINDS = {"有期徒刑": "fixed_term", "拘役": "detention", "管制": "control"}
MEASURES = {
    "order_to_correct": "责令(?:限期)?改正",
    "warning": "警告",
    "confiscation": "没收违法所得",
    "suspend_service": "暂停或者终止提供服务|(?:暂停|终止)提供服务",
    "fine": "罚款",
    "suspend_business": "暂停相关业务",
    "stop_for_rectification": "停业整顿",
    "revoke_permit": "吊销[^,。;]{0,12}许可",
    "revoke_licence": "吊销[^,。;]{0,6}营业执照",
    "bar_from_office": "禁止[^。;]{0,40}担任",
    "credit_record": "信用档案",
}


def items(reading: Reading, sections: Sections, parties: Sequence[Introduced], party: Introduced) -> list[Span]:
    """The places of ``plain`` that decide about this party: those items of the decision that name it, up to another's name.

    An item that names nobody belongs to the only party there is, or to whom the item before it names.
    """
    start, end = sections.verdict
    cuts = sorted(
        {
            start,
            *(match.start() for match in reading.find(_ITEM, (start, end))),
            *_names(reading, parties, (start, end)),
            end,
        }
    )
    own: list[Span] = []
    about: set[str] = {party.name for party in parties} if len(parties) == 1 else set()
    joined = False
    for first, last in itertools.pairwise(cuts):
        piece = reading.plain[first:last]
        whom = named(parties, piece)
        about = (about | whom if joined else whom) or about
        joined = bool(whom) and piece.endswith(("、", "和", "及", "与"))
        if party.name in about and piece:
            own.append((first, last))
    return own


def of_the_party(
    reading: Reading, sections: Sections, places: Sequence[Span], party: Introduced, pronounced: date | None
) -> Iterator[Finding]:
    if sections.kind == "penalty":
        yield from _administrative(reading, places)
    else:
        yield from _criminal(reading, places, party, pronounced)
    yield from _prohibitions(reading, places, sections.kind)


def _criminal(
    reading: Reading, places: Sequence[Span], party: Introduced, pronounced: date | None
) -> Iterator[Finding]:
    yield from _charges(reading, places)
    yield from _terms(reading, places)
    yield from _fines(reading, places)
    yield from _kind_without_term(reading, places, party)
    yield from _credited(reading, places, pronounced)


def _charges(reading: Reading, places: Sequence[Span]) -> Iterator[Finding]:
    known = {entry.zh: entry.code for entry in codes.entries("charges").values()}
    for match in _each(reading, _CHARGE, places):
        code = known.get(match["charge"])
        if code:
            yield found("charge", code, reading.at(match, "charge"), _("convicted of it in the decision"))
        elif "个人信息" not in match["charge"]:
            fault = _("This charge is not recorded here; its penalty is none of this register's.")
            yield found(
                "charge", match["charge"], reading.at(match, "charge"), _("convicted of it in the decision"), fault
            )


def _terms(reading: Reading, places: Sequence[Span]) -> Iterator[Finding]:
    for match in _each(reading, _TERM, places):
        length = months(match["years"], match["months"])
        if length:
            merged = _TOGETHER.search(reading.plain, max(match.start() - 8, 0), match.start())
            why = _("carried out for all charges together") if merged else _("the decision's sentence")
            yield found("penalty_kind", _KINDS[match["kind"]], reading.at(match, "kind"), why)
            yield found("sentence_months", length, reading.at(match), why)
    for match in _each(reading, _PROBATION, places):
        length = months(match["years"], match["months"])
        if length:
            yield found("probation_months", length, reading.at(match), _("the sentence is suspended so long"))


def _fines(reading: Reading, places: Sequence[Span]) -> Iterator[Finding]:
    for match in _each(reading, _FINE, places):
        if (yuan := whole(match["sum"])) is not None:
            yield found("fine_yuan", yuan, reading.at(match), _("the decision's fine"))


def _kind_without_term(reading: Reading, places: Sequence[Span], party: Introduced) -> Iterator[Finding]:
    for match in list(_each(reading, _EXEMPT, places))[:1]:
        yield found("penalty_kind", "exempt", reading.at(match), _("the decision's words"))
    if any(True for _match in _each(reading, _TERM, places)):
        return
    for match in list(_each(reading, _ALONE if not party.unit else re.compile("罚金"), places))[:1]:
        yield found(
            "penalty_kind", "unit_fine" if party.unit else "fine_only", reading.at(match), _("the decision's words")
        )


def _credited(reading: Reading, places: Sequence[Span], pronounced: date | None) -> Iterator[Finding]:
    for match in _each(reading, _CREDITED, places):
        days = whole(match["days"] or match["days2"])
        if days is not None and days > 1:  # "one day of custody for one day of the term" is the rule, and no number
            yield found("custody_credited_days", days, reading.at(match), _("so many days are said to be credited"))
    for match in list(_each(reading, _TERM_DAYS, places))[:1]:
        first, last = day_of(match), second_day_of(match)
        if pronounced and first and last and timedelta(0) < pronounced - first and first < last:
            why = _("from the first day of the term to the pronouncement; days up to the effect come on top")
            yield found("custody_credited_days", (pronounced - first).days, reading.at(match), why)


def _prohibitions(reading: Reading, places: Sequence[Span], kind: str) -> Iterator[Finding]:
    """Bans from an occupation or office. What is forbidden during probation alone (CL 72) is another thing."""
    basis = "CL 37-1" if kind == "criminal" else "PIPL 66"
    for match in _each(reading, _BAN, places):
        sentence, start = (_after(reading, marks, match.start()) for marks in ("。;", "。;:,)、"))
        if _ON_PROBATION.search(reading.plain, sentence, match.end()):
            continue
        at = reading.span(start, match.end())
        row: dict[str, str | int | bool] = {"scope": reading.words(at), "basis": basis}
        length = _ban_length(reading, (start, match.end()))
        if "终身" in reading.plain[start : match.end()]:
            row["for_life"] = True
        elif length:
            row["months"] = length
        yield found("prohibitions", row, at, _("the decision forbids it"))


def _after(reading: Reading, marks: str, place: int) -> int:
    """Where the piece begins that the place stands in."""
    return max(reading.plain.rfind(mark, 0, place) for mark in marks) + 1


def _ban_length(reading: Reading, within: Span) -> int | None:
    for match in reading.find(_BAN_LENGTH, within):
        length = months(match["years"] or match["years2"], match["months"] or match["months2"])
        if length:
            return length
    return None


def _administrative(reading: Reading, places: Sequence[Span]) -> Iterator[Finding]:
    for code, words in MEASURES.items():
        for match in list(_each(reading, re.compile(words), places))[:1]:
            yield found("penalty_measures", code, reading.at(match), _("the decision orders it"))
    for start, end in places[:1]:
        if end > start:
            yield found(
                "penalty_kind",
                "administrative",
                reading.span(start, min(end, start + 12)),
                _("an administrative penalty"),
            )
    yield from _fines(reading, places)


def _each(reading: Reading, pattern: re.Pattern[str], places: Sequence[Span]) -> Iterator[re.Match[str]]:
    for place in places:
        yield from reading.find(pattern, place)


def _names(reading: Reading, parties: Sequence[Introduced], within: Span) -> Iterator[int]:
    """Where the decision turns to a party."""
    for party in parties:
        name = re.escape(plain_name(party))
        for match in reading.find(
            re.compile(rf"(?<=[。;:,、)])(?:被告人|被告单位|上诉人\([^()]*\)|当事人|对)?{name}"), within
        ):
            yield match.start()
