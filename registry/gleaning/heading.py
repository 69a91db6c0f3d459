"""What concerns the decision as a whole: number, form, instance, days, personal data, gains, circumstances."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from registry import case_number, codes
from registry.errors import Refusal
from registry.gleaning.findings import Finding, each_once, found
from registry.gleaning.numerals import DAY, NUMBER, day_of, whole
from registry.gleaning.numerals import HAN as HANS
from registry.gleaning.reading import Reading
from registry.gleaning.sections import Sections

HAN = "\u4e00-\u9fff"
_CASE = re.compile(rf"\([0-9]{{4}}\)(?:最高法|[{HAN}](?:[0-9]{{4}}|[0-9]{{2}})?)[{HAN}]{{1,6}}[0-9]{{1,8}}号")
_CASE_OLD = re.compile(rf"\([0-9]{{4}}\)[{HAN}]{{2,12}}字第[0-9]{{1,8}}号")
_PENALTY = re.compile(r"罚(?:决)?(?:告)?字?\([0-9]{4}\)第?[0-9]{1,6}号")
_HAN = re.compile(f"[{HAN}]")
BEFORE_MOST = 12  # characters of a document's number before 罚
_FORM = re.compile(r"刑事(?:附带民事)?(?P<form>判决|裁定)书")
_DAY = re.compile(DAY)
_SIGNED = re.compile(rf"{DAY}(?=(?:\(?(?:院|公)?印\)?)?(?:法官助理|代?书记员|本件与原本|附|$))")
_SAID = re.compile(rf"(?:于{DAY}(?:公开)?(?:开庭)?(?:宣告|宣判)|(?:宣告|宣判)(?:日期|于)[::]?)")
_FILED = re.compile(rf"(?:于)?{DAY}(?:依法)?(?:受理后?|立案)")
_RECORDS = re.compile(rf"(?<![第0-9.,{HANS}])(?P<number>{NUMBER})(?P<more>余|多)?(?P<more_unit>万)?(?:余|多)?(?:条|组)")
_GAINS = re.compile(
    rf"(?:违法所得|非法获利|犯罪所得|非法所得|获利|获取利益)[^0-9。;{HAN}]{{0,2}}(?:共计|合计|总计|人民币|约|款项|数额|为|达|计|,|:)*(?P<sum>{NUMBER})余?元"
)

DATA_KINDS = {
    "location": "行踪轨迹|定位信息|轨迹信息",
    "communication_content": "通信内容|聊天内容",
    "credit": "征信",
    "property": "财产信息|银行账户信息",
    "lodging": "住宿|开房",
    "communication_record": "通信记录|通话记录|话单",
    "health": "健康|病历|就诊|孕产",
    "transaction": "交易信息|交易记录|订单",
    "phone_number": "手机号|电话号码|手机号码|机主",
    "identity_card": "身份证",
    "address": "住址|地址",
    "account_password": "账号密码|账号、密码",
    "vehicle": "车辆|车主",
    "education": "学籍|学生信息|学生及家长",
}
CIRCUMSTANCES = {
    "facts": {
        "especially_serious": "情节特别严重",
        "serious": "情节严重",
        "duty_or_service": "在履行职责或者?提供服务过程中",
        "telecom_fraud_related": "电信网络诈骗|电信诈骗|网络诈骗",
        "minors_data": "未成年人(?:的)?(?:个人)?信息",
        "exchanged": "相互交换|互相交换",
        "unit_offence": "单位犯罪",
    },
    "channels": {
        "social_app": "微信|QQ|Telegram|即时通讯|即时通信|社交软件",
        "dark_web": "暗网",
        "forum": "论坛|贴吧",
        "hacking": "侵入|撞库|木马|黑客",
        "crawling": "爬虫",
    },
}


def of_the_decision(reading: Reading, sections: Sections, today: date) -> tuple[Finding, ...]:
    numbers = list(
        _penalty_number(reading, sections) if sections.kind == "penalty" else _number(reading, sections, today)
    )
    every = [
        *([_kind(reading, sections)] if reading.plain else []),
        *numbers,
        *_authority(reading, sections),
        *_form(reading, sections),
        *_pronounced(reading, sections, today),
        *(_filed(reading) if sections.kind == "criminal" else ()),
        *_records(reading, sections),
        *_gains(reading),
        *_circumstances(reading, sections),
    ]
    return each_once(every)


def instance(number: Finding, today: date) -> str:
    """As the kind of case in the number says; "" where it does not."""
    try:
        kind = case_number.parse(str(number.value), today=today, court="京").kind
    except Refusal:
        return ""
    return str(codes.entries("case_kinds")[kind].extra.get("instance", ""))


def _kind(reading: Reading, sections: Sections) -> Finding:
    where = re.search(r"刑事[^。]{0,6}书|处罚决定书|被告人|公诉机关", reading.plain)
    at = reading.at(where) if where else reading.span(0, 1)
    return found("kind", sections.kind, at, _("as the text calls itself"))


def _number(reading: Reading, sections: Sections, today: date) -> Iterator[Finding]:
    """The number in the head; without one there, every number in the text."""
    places = [sections.head, None] if sections.head[1] else [None]
    for within in places:
        matches = [match for form in (_CASE, _CASE_OLD) for match in reading.find(form, within)]
        if matches:
            matches = [min(matches, key=lambda match: match.start())] if within else matches
            for match in matches:
                yield from _as_number(reading, match, today, within is not None)
            return


def _as_number(reading: Reading, match: re.Match[str], today: date, in_head: bool) -> Iterator[Finding]:
    why = _("the first case number in the head") if in_head else _("a case number in the text")
    fault = ""
    written = reading.words(reading.at(match))
    try:
        written = case_number.parse(written, today=today, court="京").text if "字第" not in written else written
    except Refusal as refusal:
        fault = refusal.text
    number = found("number", written, reading.at(match), why, fault)
    yield number
    if spoken := instance(number, today):
        yield found("instance", spoken, reading.at(match), _("from the kind of case in the number"))


def _penalty_number(reading: Reading, sections: Sections) -> Iterator[Finding]:
    match = next(reading.find(_PENALTY), None)
    if match:
        start = match.start()
        while match.start() - start < BEFORE_MOST and _same_line(reading, start):
            start -= 1
        at = reading.span(start, match.end())
        yield found("number", reading.words(at), at, _("the document's number"))


def _same_line(reading: Reading, place: int) -> bool:
    """Whether a Chinese character stands before this place in the same line."""
    if place == 0 or not _HAN.fullmatch(reading.plain[place - 1]):
        return False
    return "\n" not in reading.text[reading.places[place - 1] : reading.places[place]]


def _authority(reading: Reading, sections: Sections) -> Iterator[Finding]:
    if sections.kind != "penalty":
        return
    for entry in codes.entries("authorities").values():
        place = reading.plain.find(entry.zh)
        if place >= 0:
            yield found("authority", entry.code, reading.span(place, place + len(entry.zh)), _("its name stands there"))


def _form(reading: Reading, sections: Sections) -> Iterator[Finding]:
    match = _FORM.search(reading.plain)
    if match and sections.kind == "criminal":
        form = "judgment" if match["form"] == "判决" else "ruling"
        yield found("instrument", form, reading.at(match), _("as the text calls itself"))


def _pronounced(reading: Reading, sections: Sections, today: date) -> Iterator[Finding]:
    """The day under the signatures, and the day on which the text says it was pronounced."""
    end = (sections.verdict[0], sections.tail[1])
    signed = list(reading.find(_SIGNED, end)) or list(reading.find(_DAY, sections.tail))[-1:]
    for match, why in [
        *((match, _("the day under the signatures")) for match in signed[-1:]),
        *((match, _("the text says that it was pronounced then")) for match in reading.find(_SAID) if match["y"]),
    ]:
        if (day := day_of(match)) is not None and day <= today:
            yield found("pronounced_on", day.isoformat(), reading.span(match.start("y"), match.end("d") + 1), why)


def _filed(reading: Reading) -> Iterator[Finding]:
    for match in reading.find(_FILED):
        if (day := day_of(match)) is not None:
            yield found("filed_on", day.isoformat(), reading.at(match), _("the day on which the court filed the case"))


def _records(reading: Reading, sections: Sections) -> Iterator[Finding]:
    """Numbers of records with the kind of data that stands before them in the same clause."""
    for match in reading.find(_RECORDS, (sections.facts[0], sections.verdict[0])):
        written = match["number"] + (match["more_unit"] or "")
        records = whole(written)
        if records is None or records < 2:
            continue
        clause = max(reading.plain.rfind(mark, 0, match.start()) for mark in "。;") + 1
        before = reading.plain[max(clause, match.start() - 30) : match.start()]
        if "信息" not in before and not any(re.search(words, before) for words in DATA_KINDS.values()):
            continue
        why = (
            _("at least so many: the text says “more than”")
            if "余" in match[0] or "多" in match[0]
            else _("a number of records")
        )
        kinds = [kind for kind, words in DATA_KINDS.items() if re.search(words, before)] or [""]
        for kind in kinds:
            row: dict[str, str | int | bool] = {"kind": kind, "records": records} if kind else {"records": records}
            yield found("data", row, reading.at(match), why)


def _gains(reading: Reading) -> Iterator[Finding]:
    for match in reading.find(_GAINS):
        if (yuan := whole(match["sum"])) is not None:
            yield found("gains_yuan", yuan, reading.at(match), _("the text calls it gains"))


def _circumstances(reading: Reading, sections: Sections) -> Iterator[Finding]:
    within = (sections.facts[0], sections.verdict[0])
    for name, known in CIRCUMSTANCES.items():
        for code, words in known.items():
            match = next(reading.find(re.compile(words), within), None)
            if match and code in codes.entries(name):
                yield found(name, code, reading.at(match), _("the words stand in the text"))
