"""What stands on the papers of an objection whatever it is about, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from sharing.employers.paper import Words
from sharing.persons.models import Follows, ObjectionKind

SLIP: Mapping[str, Words] = {
    ObjectionKind.OBJECTION: {"zh": "异议受理单", "en": "Slip of an objection"},
    ObjectionKind.REPAIR: {"zh": "提前终止申请受理单", "en": "Slip of an application for an early end"},
    ObjectionKind.STATEMENT: {"zh": "说明受理单", "en": "Slip of a statement"},
}
LETTER: Mapping[str, Words] = {
    ObjectionKind.OBJECTION: {"zh": "异议处理决定书", "en": "Decision on an objection"},
    ObjectionKind.REPAIR: {
        "zh": "提前终止申请处理决定书",
        "en": "Decision on an application for an early end",
    },
}
REVIEWED: Mapping[str, Words] = {
    ObjectionKind.OBJECTION: {"zh": "异议复核决定书", "en": "Decision on review of an objection"},
    ObjectionKind.REPAIR: {
        "zh": "提前终止申请复核决定书",
        "en": "Decision on review of an application for an early end",
    },
}
NOTICE: Words = {"zh": "异议办结通知书", "en": "Completion letter: what was upheld in part is carried out"}
DONE: Words = {"zh": "异议成立的部分已经办结。", "en": "The part that was upheld is carried out."}
OUTCOMES: Mapping[str, Words] = {
    "uphold": {"zh": "异议（申请）成立。", "en": "It is upheld."},
    "uphold_in_part": {"zh": "异议部分成立。", "en": "It is upheld in part."},
    "reject": {"zh": "异议（申请）不成立。", "en": "It is rejected."},
    "review_uphold": {
        "zh": "复核认为异议（申请）成立，原决定予以变更。",
        "en": "On review it is upheld; the decision before is changed.",
    },
    "review_reject": {"zh": "复核维持原决定。", "en": "On review the decision before stands."},
}
SLIP_NOTES: tuple[Words, ...] = (
    {
        "zh": "凭编号和查询码可在上述页面查看办理状态和期限，页面不显示任何个人信息。请妥善保管，不要交给他人。",
        "en": "With number and code anybody sees state and deadline on the page above, and nothing about any person. "
        "Keep it, and give it to nobody.",
    },
    {
        "zh": "期限按照法院工作日历计算。调休安排变动的，期限随之调整，以页面显示为准。",
        "en": "Deadlines follow the court's calendar of working days. Where that changes they move; the page counts.",
    },
)

# From when the higher court may be asked within its days; {} is how many, and which court.
RECEIVED: Words = {
    "zh": "不服本决定的，可以自收到之日起{}申请复核",
    "en": "within {} of the day on which this reached you",
}
IN_PART: Words = {
    "zh": RECEIVED["zh"] + "；成立部分的办结通知在此之后收到的，自收到该通知之日起计算",
    "en": RECEIVED["en"] + " or, if that is later, of the day on which the completion "
    "letter reached you, which says that the upheld part is carried out",
}
NOTICE_RECEIVED: Words = {
    "zh": "不服原决定其余部分的，可以自收到本通知之日起{}申请复核；决定书在此之后收到的，自收到决定书之日起计算",
    "en": "within {} of the day on which this letter reached you or, if that is later, of the day on which the decision did",
}
FOLLOWS: Mapping[str, tuple[str, str]] = {
    Follows.CORRECT: ("更正登记", "The listing is corrected"),
    Follows.REVISE: ("变更登记", "The listing is revised"),
    Follows.WITHDRAW: ("撤出登记", "The listing is withdrawn"),
    Follows.OTHER: ("按理由所述办理", "It is done as the reasons say"),
}
ON_THE_PAGE = "理由见本院登记页面。 The reasons are on the court's page."
