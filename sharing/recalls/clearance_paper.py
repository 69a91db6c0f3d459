"""The clearance letter on paper, in Chinese and English. It proves nothing by itself: the signed text beside it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst
from django.conf import settings

from registry.addresses import absolute
from registry.errors import ClearancePaperFails
from sharing.employers.paper import COURT, printed
from sharing.recalls.clearing import Letter
from sharing.recalls.hearing import MEMBER, PAPER, PROGRAM, Recipient

LAYOUT = Path(__file__).with_name("clearance.typ")

Words = Mapping[str, str]

TITLE: Words = {"zh": "澄清函", "en": "Clearance letter"}
STATEMENT: Words = {
    "zh": "下列当事人曾被错误登记：裁判文书所指并非此人。登记已经撤出。请接收过该登记的各单位以本函为准，不得再据此对其采取任何措施。",
    "en": "The person named below was listed by mistake: the decision means somebody else. The listing is withdrawn. "
    "Whoever received it is to go by this letter and may take no measure on it any more.",
}
HEARD: Words = {
    "zh": "曾被告知或者查询到该登记的单位",
    "en": "Who had been told of the listing or was answered with it",
}
NOBODY: Words = {
    "zh": "没有任何单位被告知或者查询到该登记。",
    "en": "Nobody had been told of it or was answered with it.",
}
COLUMNS: tuple[Words, ...] = (
    {"zh": "单位", "en": "Who"},
    {"zh": "告知或者答复时刻", "en": "Told or answered at"},
    {"zh": "确认已经清除", "en": "Confirmed that nothing is kept"},
)
NOT_YET: Words = {"zh": "尚未确认，法院正在催办", "en": "not confirmed yet; the court sees to it"}
HOW: Mapping[str, Words] = {
    PROGRAM: {"zh": "系统回执", "en": "by its system"},
    MEMBER: {"zh": "经办人确认", "en": "by a member of its staff"},
    PAPER: {"zh": "书面确认", "en": "on paper"},
}
KINDS: Mapping[str, Words] = {
    "department": {"zh": "部门", "en": "department"},
    "institution": {"zh": "机构", "en": "institution"},
    "employer": {"zh": "用人单位", "en": "employer"},
}
COMPLETE: Words = {"zh": "上列单位均已确认清除。", "en": "All of them have confirmed."}
INCOMPLETE: Words = {
    "zh": "部分单位尚未确认。全部确认后，可以再次取得本函。",
    "en": "Some of them have not confirmed yet. Once all have, the letter can be had again.",
}
SIGNED: Words = {
    "zh": "与本函一同交付的签名文本（JWS）可以用法院公布的公钥核验，也可以粘贴到公开查验页面核验。",
    "en": "The signed text (JWS) that is handed over with this letter verifies with the keys that the court publishes, "
    "or by pasting it into the public page.",
}


def paper(letter: Letter) -> bytes:
    """The PDF. Raises `ClearancePaperFails`: a name holds a character that the font lacks."""
    try:
        return printed(LAYOUT, _said(letter), int(letter.row.issued_at.timestamp()))
    except typst.TypstError:
        raise ClearancePaperFails from None


def _said(letter: Letter) -> dict[str, Any]:
    found = letter.cleared
    complete = COMPLETE if found.is_complete else INCOMPLETE
    return {
        "court": COURT,
        "title": TITLE,
        "statement": STATEMENT,
        "rows": _rows(letter),
        "heard": HEARD if found.recipients else NOBODY,
        "columns": COLUMNS,
        "recipients": [_recipient(each) for each in found.recipients],
        "notes": [complete, SIGNED] if found.recipients else [SIGNED],
    }


def _rows(letter: Letter) -> list[dict[str, Any]]:
    person, listing = letter.claims["person"], letter.claims["listing"]
    numbers = "\n".join(each["number"] for each in person["documents"])
    return [
        _row("姓名", "Name", person["name"]),
        _row("证件号码", "Document number", numbers),
        _row("原登记编号", "Listing", listing["number"]),
        _row("登记法院", "Court", listing["court"]),
        _row("登记时刻", "Listed at", _moment(letter.cleared.published_at)),
        _row("撤出时刻", "Withdrawn at", _moment(letter.cleared.withdrawn_at)),
        _row("函件编号", "Letter", letter.row.pk),
        _row("出具时刻", "Issued at", _moment(letter.row.issued_at)),
        _row("查验", "To be verified at", absolute("/verify/")),
    ]


def _row(zh: str, en: str, value: str) -> dict[str, Any]:
    return {"zh": zh, "en": en, "value": {"zh": value, "en": ""}}


def _recipient(each: Recipient) -> list[Words]:
    kind = KINDS[each.kind]
    name = {"zh": f"{each.name}（{kind['zh']}）", "en": f"{each.name_en or each.name} ({kind['en']})"}
    told = {"zh": _moment(each.told_at), "en": ""}
    if each.confirmed_at is None:
        return [name, told, NOT_YET]
    how = HOW[each.how]
    return [name, told, {"zh": f"{_moment(each.confirmed_at)} {how['zh']}", "en": how["en"]}]


def _moment(at: datetime) -> str:
    return at.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).isoformat(sep=" ", timespec="seconds")
