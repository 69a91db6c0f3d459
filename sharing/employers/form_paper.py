"""The form by which an applicant without a telephone consents on paper: one A4 page in Chinese and English.

Signed, it stays with the employer, who gives its fingerprint with the question (`consent.Attestation`). It says what the
applicant's pages say: who asks, for what, what would be answered, for how long, and how it is revoked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from sharing.employers import paper
from sharing.employers.consent import LONGEST_DAYS
from sharing.employers.paper import COURT, SCOPES, Words
from sharing.employers.purposes import Post, Purpose, Scope
from sharing.employers.spoken import articles_of
from sharing.parties.models import Organisation

LAYOUT = Path(__file__).with_name("consent_form.typ")
TITLE: Words = {"zh": "授权书", "en": "Consent of the applicant"}
TITLE_OF_AN_EMPLOYEE: Words = {"zh": "授权书", "en": "Consent of the employee"}
LEARNT: Words = {"zh": "用人单位可以得到的答复", "en": "What the employer would be answered"}
MEANINGS: Mapping[Scope, Words] = {
    Scope.LISTING: {
        "zh": "查询当日是否有您的有效登记。如有，还包括：登记编号、类型、条文、法院、起止日期，涉及该岗位的从业禁止，是否存在异议或者在复议诉讼中，以及您的说明。",
        "en": "Whether a listing of yours is in force on the day of asking. If so, its number, kind, article, court, from "
        "when and until when, the prohibitions that touch the post, whether it is disputed or under review, and your "
        "statement.",
    },
    Scope.PROHIBITION: {
        "zh": "查询当日是否有涉及该岗位的有效从业禁止。如有，还包括其内容、依据、起止日期，登记是否存在异议或者在复议诉讼中，以及您的说明。没有的，答复与未被登记的人完全相同。",
        "en": "Only whether a prohibition in force on the day of asking touches the post. If so, what it forbids, its "
        "basis, from when and until when, whether the listing is disputed or under review, and your statement. If not, the answer is the very one for a person who is not in the register.",
    },
}
NEVER: Words = {
    "zh": "不包括：刑期、罚金、涉案数据、其他罪名、他人信息，以及已经期满、中止或者撤出的登记。",
    "en": "Never: the sentence, the fine, the data concerned, other offences, other persons, or a listing that is over, "
    "suspended or withdrawn.",
}
FREE: Words = {
    "zh": "您可以拒绝。用人单位不得因此对您作出不利推断。",
    "en": "You may refuse. Nothing may be concluded from that.",
}
REVOKED: Words = {
    "zh": "撤回：在查询之前，可以随时书面告知用人单位撤回，此后不得查询。查询之后，可以在法院网页“我的授权同意”中撤回：尚未答复的不再答复，"
    "持续查询即行终止；已经答复的，撤回不影响该答复。对登记或者答复有异议的，可以向法院提出：",
    "en": "To revoke: tell the employer in writing, at any time before it asks; it may not ask then. Once it has asked, "
    "revoke on the court's page “My consents”: what waits gets no answer, and monitoring ends; what was answered before "
    "stays. You may object to a listing or an answer at the court:",
}
AGREED: Words = {
    "zh": "本人同意上述用人单位为上述目的和岗位，在上述期间内，向法院登记系统就本人查询一次。",
    "en": "I agree that the employer above asks the court's register about me once, for the purpose and post and within "
    "the time above.",
}
AGREED_TO_MONITORING: Words = {
    "zh": "本人同意上述用人单位为上述目的和岗位，在上述期间内，向法院登记系统就本人查询一次，并自查询时起至上述持续查询截止日止，在答复发生变化时得到告知。",
    "en": "I agree that the employer above asks the court's register about me once, for the purpose and post and within "
    "the time above, and is told of each change of the answer until the last day of monitoring above.",
}
BLANKS: Sequence[Words] = (
    {"zh": "姓名", "en": "Name"},
    {"zh": "证件类型和号码", "en": "Type and number of the document"},
    {"zh": "签署日期", "en": "Date of the signature"},
    {"zh": "签名", "en": "Signature"},
)


@dataclass(frozen=True)
class Row:
    label: Words
    value: Words


@dataclass(frozen=True)
class Said:
    """Everything that stands on the form, for paper and page alike."""

    court: Words
    title: Words
    rows: Sequence[Row]
    learnt: Words
    notes: Sequence[Words]
    agreed: Words
    blanks: Sequence[Words]


def said(employer: Organisation, purpose: Purpose, post: Post, until: date | None = None) -> Said:
    """``until``: the last day of monitoring, which the form then names and consents to."""
    rows = (
        _row("用人单位", "Employer", employer.name, employer.name_en),
        _row("统一社会信用代码", "Unified social credit code", employer.uscc),
        _row("查询目的", "Purpose", purpose.zh, purpose.en),
        _row("法律依据", "Legal basis", *(_articles(purpose, tongue) for tongue in ("zh-hans", "en"))),
        _row("岗位", "Post", post.zh, post.en),
        _row("答复范围", "What is asked about", SCOPES[purpose.scope]["zh"], SCOPES[purpose.scope]["en"]),
        _period(until),
    )
    notes = (MEANINGS[purpose.scope], NEVER, FREE, REVOKED, _court())
    title, agreed = TITLE, AGREED
    if until is not None:
        title, agreed = TITLE_OF_AN_EMPLOYEE, AGREED_TO_MONITORING
    return Said(COURT, title, rows, LEARNT, notes, agreed, BLANKS)


def form(employer: Organisation, purpose: Purpose, post: Post, *, now: datetime, until: date | None = None) -> bytes:
    """The PDF, to be printed and signed; ``until``: as in `said`."""
    return paper.printed(LAYOUT, asdict(said(employer, purpose, post, until)), int(now.timestamp()))


def _period(until: date | None) -> Row:
    zh, en = (
        f"自签署之日起{LONGEST_DAYS}日内，查询一次",
        f"one question, within {LONGEST_DAYS} days from the signature",
    )
    if until is None:
        return _row("期间", "Period", zh, en)
    last = f"{until.year}年{until.month}月{until.day}日"
    return _row("期间", "Period", f"{zh}；持续查询至{last}", f"{en}; monitoring until {until.isoformat()}")


def _row(zh: str, en: str, value: str, value_en: str = "") -> Row:
    return Row({"zh": zh, "en": en}, {"zh": value, "en": value_en})


def _articles(purpose: Purpose, tongue: str) -> str:
    with translation.override(tongue):
        return articles_of(purpose) or "—"


def _court() -> Words:
    where: dict[str, Any] = {
        name: getattr(settings, f"REGISTRY_CONTACT_{name.upper()}") for name in ("office", "address", "phone")
    }
    line = "{office}，{address}，{phone}".format(**where)
    return {"zh": line, "en": ""}
