"""The result on paper: one A4 page as PDF, in Chinese and English, for every outcome in the same layout.

It proves nothing by itself: its code and QR lead to the public page that does. It names no person, for the register
keeps no name; who was asked about is shown by the first groups of the commitment that the signed result holds, which the
employer can compare with its own file. The same screening gives the same bytes, until its employer is renamed.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pylopdf_fonts_zh_cn
import segno
import typst
from django.conf import settings

from registry.errors import NoResultYet, ResultRecalled
from sharing.employers.models import Screening, ScreeningOutcome
from sharing.employers.purposes import Scope, purposes
from sharing.employers.results import verification_address

LAYOUT = Path(__file__).with_name("paper.typ")
STANDARD: Final = "ua-1"  # tagged, so that it can be read aloud
COMMITMENT_SHOWN, GROUP = 16, 4

logger = logging.getLogger(__name__)

Words = Mapping[str, str]
"""The same in Chinese ("zh") and English ("en"); the English is empty where both are alike."""

COURT: Words = {"zh": "高级人民法院登记系统", "en": "Registry of the High Court"}
TITLE: Words = {"zh": "查询结果", "en": "Screening result"}
OUTCOMES: Mapping[tuple[Scope, str], Words] = {
    (Scope.LISTING, ScreeningOutcome.NOT_LISTED): {
        "zh": "查询时，没有该查询目的可以告知的有效登记。",
        "en": "At the moment of asking there was no listing in force that this purpose may be told of.",
    },
    (Scope.LISTING, ScreeningOutcome.LISTED): {
        "zh": "查询时，有该查询目的可以告知的有效登记。",
        "en": "At the moment of asking there was a listing in force that this purpose may be told of.",
    },
    (Scope.PROHIBITION, ScreeningOutcome.NOT_LISTED): {
        "zh": "查询时，没有涉及该岗位的有效从业禁止。",
        "en": "At the moment of asking there was no prohibition in force that touches this post.",
    },
    (Scope.PROHIBITION, ScreeningOutcome.LISTED): {
        "zh": "查询时，有涉及该岗位的有效从业禁止。",
        "en": "At the moment of asking there was a prohibition in force that touches this post.",
    },
}
SCOPES: Mapping[Scope, Words] = {
    Scope.LISTING: {"zh": "有效登记", "en": "listings in force"},
    Scope.PROHIBITION: {"zh": "涉及该岗位的有效从业禁止", "en": "prohibitions in force that touch the post"},
}
NOTES: tuple[Words, ...] = (
    {
        "zh": "本页不是无犯罪记录证明，也不评价任何人的品行。它只说明登记簿在上述时刻的记载，不说明此前、此后或者其他任何记录。",
        "en": "This page is no certificate of good character. It says what this register held at the moment above, "
        "and nothing about any time before or after, or about any other record.",
    },
    {
        "zh": "真伪和是否撤回以公开查验页面为准。输入查验码可以核实本页由本院签发、是否过期或者撤回；"
        "同时输入应聘人证件号码后四位，页面才显示结果内容。",
        "en": "What counts is the public page. The code shows that this was issued by the court, and whether it has "
        "expired or was recalled; the outcome is confirmed only with the last four characters of the document number.",
    },
    {
        "zh": "如因本结果不予录用，应当书面告知应聘人理由及其提出异议的权利。",
        "en": "An applicant who is turned down because of this result is to be told why in writing, and of the right "
        "to object.",
    },
)


def paper(screening: Screening) -> bytes:
    """The PDF. Raises `NoResultYet` while an officer looks at the question, and where it got no answer; `ResultRecalled`."""
    if screening.is_recalled:
        raise ResultRecalled
    answered = screening.latest
    if (Scope(screening.scope), answered.outcome) not in OUTCOMES:
        raise NoResultYet
    at = int(answered.answered_at.timestamp())
    try:
        return printed(LAYOUT, _said(screening, screening.employer.name), at)
    except typst.TypstError:
        # The standard wants every character shown. A name may hold one that the font lacks; the rest is ours or codes.
        logger.exception("The name of employer %s cannot be printed; its code stands for it.", screening.employer_id)
        return printed(LAYOUT, _said(screening, ""), at)


def qr(code: str) -> segno.QRCode:
    """The address of the public page with the code after “#”: browsers send nothing of that, so no log holds it."""
    return segno.make(f"{verification_address()}#{code}", error="m", micro=False)


def printed(layout: Path, said: dict[str, Any], at: int) -> bytes:
    """A PDF of this layout with this data; ``at``: its date, in unix seconds. Raises typst.TypstError."""
    compiler = typst.Compiler(layout, font_paths=_fonts(), sys_inputs={"data": json.dumps(said)})
    made = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=at)
    assert isinstance(made, bytes)
    return made


def _said(screening: Screening, employer: str) -> dict[str, Any]:
    answered = screening.latest
    answer = json.loads(answered.answer)
    code = answer["verification"]["code"]
    return {
        "court": COURT,
        "title": TITLE,
        "outcome": OUTCOMES[Scope(screening.scope), answered.outcome],
        "qr": _svg(code),
        "qr_alt": f"查验页面二维码 QR code of {verification_address()}",
        "rows": _rows(screening, employer, code, answer["applicant"]["commitment"]),
        "notes": NOTES,
    }


def _rows(screening: Screening, employer: str, code: str, commitment: str) -> list[dict[str, Any]]:
    scope = SCOPES[Scope(screening.scope)]
    shown = " ".join(commitment[at : at + GROUP] for at in range(0, COMMITMENT_SHOWN, GROUP))
    return [
        _row("查验码", "Verification code", code, verification_address()),
        _row("查询编号", "Screening", screening.pk),
        _row("查询时刻", "Moment of asking", _moment(screening.asked_at)),
        _row("有效期至", "May be relied on until", _moment(screening.latest.expires_at)),
        _row("用人单位", "Employer", f"{employer} {screening.employer.uscc}".strip(), screening.employer.name_en),
        _row("查询目的", "Purpose", *_purpose(screening)),
        _row("岗位", "Post", *_post(screening)),
        _row("答复范围", "What was asked about", scope["zh"], scope["en"]),
        _row("应聘人", "Applicant", f"{shown} …", "the first groups of the commitment in the signed result"),
    ]


def _row(zh: str, en: str, value: str, value_en: str = "") -> dict[str, Any]:
    return {"zh": zh, "en": en, "value": {"zh": value, "en": value_en}}


def _purpose(screening: Screening) -> tuple[str, str]:
    found = purposes().get(screening.purpose)
    return (found.zh, found.en) if found else (screening.purpose, "")


def _post(screening: Screening) -> tuple[str, str]:
    purpose = purposes().get(screening.purpose)
    found = purpose.posts.get(screening.post) if purpose else None
    return (found.zh, found.en) if found else (screening.post, "")


def _moment(at: datetime) -> str:
    return at.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).isoformat(sep=" ", timespec="seconds")


def _svg(code: str) -> str:
    drawn = io.BytesIO()
    qr(code).save(drawn, kind="svg", border=4, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """The one font, read once: what the machine has besides would make other bytes elsewhere."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
    )
