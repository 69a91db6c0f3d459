"""On paper: the slip, which names nobody, and the letter with a decision, in Chinese and English. The same bytes each time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from registry import codes
from registry.actions.acting import today
from registry.addresses import absolute
from registry.assessment import rules
from registry.errors import NotServed
from registry.models import Court
from sharing.employers.paper import COURT, Words, printed
from sharing.persons.models import Follows, Objection, ObjectionStep
from sharing.persons.objections import following
from sharing.persons.objections.lifecycle import DECISIONS, UPHOLDING
from sharing.persons.objections.paper_words import (
    DONE,
    FOLLOWS,
    IN_PART,
    LETTER,
    NOTICE,
    NOTICE_RECEIVED,
    ON_THE_PAGE,
    OUTCOMES,
    RECEIVED,
    REVIEWED,
    SLIP,
    SLIP_NOTES,
)
from sharing.persons.objections.reviewing import court_of_review, reviews_itself
from sharing.persons.objections.spoken import listing_told, state_told

LAYOUT = Path(__file__).with_name("paper.typ")
NOBODY: Words = {"zh": "", "en": ""}
LANGUAGES = {"zh": "zh-hans", "en": "en"}

logger = logging.getLogger(__name__)


def slip(objection: Objection) -> bytes:
    """No name, no document, no listing."""
    where = absolute(reverse("person:follow"))
    said = {
        "court": COURT,
        "title": SLIP[objection.kind],
        "outcome": NOBODY,
        "rows": [
            _row("编号", "Number", objection.number),
            _row("查询码", "Code", objection.code, where),
            _row("收到日期", "Received on", objection.received_on.isoformat()),
            _row("状态", "State", *_both(state_told(objection))),
            _row(
                "本阶段期限",
                "Due on",
                objection.due_on.isoformat() if objection.due_on and not objection.is_unread else "—",
            ),
        ],
        "reason": "",
        "notes": SLIP_NOTES,
        "signed": NOBODY,
        "day": "",
    }
    return printed(LAYOUT, said, _seconds(objection.raised_at))


def letter(objection: Objection) -> bytes:
    """The last decision, with its reasons, to the person. Raises `NotServed` before there is one."""
    decided = decision_of(objection)
    if decided is None:
        raise NotServed
    # The standard wants every character shown; a name or an officer's words may hold one that the font lacks.
    for name, reason in ((_name(objection), decided.reason), ("", decided.reason)):
        try:
            return printed(LAYOUT, _letter(objection, decided, name, reason), _seconds(decided.at))
        except typst.TypstError:
            logger.warning("The letter of %s cannot be printed as it is: a character is in no font.", objection.pk)
    return printed(LAYOUT, _letter(objection, decided, "", ON_THE_PAGE), _seconds(decided.at))


def notice(objection: Objection) -> bytes:
    """That the part upheld is carried out, for whom it is served on paper. Raises `NotServed` before it is."""
    done = objection.steps.filter(step="carry_out_in_part").select_related("officer__court").last()
    if done is None:
        raise NotServed
    court, day = _court(objection.court), today(done.at).isoformat()
    said = {
        "court": court,
        "title": NOTICE,
        "outcome": DONE,
        "rows": [
            _row("编号", "Number", objection.number),
            _row("登记编号", "Listing", listing_told(objection)),
            _row("办结日期", "Carried out on", day),
        ],
        "reason": "",
        "notes": [_who_reviews(objection, NOTICE_RECEIVED)],
        "signed": court,
        "day": day,
    }
    return printed(LAYOUT, said, _seconds(done.at))


def decision_of(objection: Objection) -> ObjectionStep | None:
    """The last decision; None before there is one."""
    return objection.steps.filter(step__in=DECISIONS).select_related("officer__court").last()


def _letter(objection: Objection, decided: ObjectionStep, name: str, reason: str) -> dict[str, Any]:
    assert decided.officer is not None
    court, before = _court(decided.officer.court), _court(objection.court)
    on_review = decided.step.startswith("review")
    day = today(decided.at).isoformat()
    return {
        "court": court,
        "title": (REVIEWED if on_review else LETTER)[objection.kind],
        "outcome": OUTCOMES[decided.step],
        "rows": [
            _row("编号", "Number", objection.number),
            _row("登记编号", "Listing", listing_told(objection)),
            _row(*_whose(objection), name or objection.number),
            _row("收到日期", "Received on", objection.received_on.isoformat()),
            _row("决定日期", "Decided on", day),
            *([_row("原决定法院", "Court that decided before", before["zh"], before["en"])] if on_review else ()),
        ],
        "reason": reason,
        "notes": list(_notes(objection, decided)),
        "signed": court,
        "day": day,
    }


def _notes(objection: Objection, decided: ObjectionStep) -> list[Words]:
    clocks, deciding = rules().clocks, _court(objection.court)
    notes: list[Words] = []
    if decided.step.startswith("review") and reviews_itself(objection.court):
        notes.append(
            {
                "zh": "在本登记中本院没有上一级法院，本次复核由此前未参与办理本事项的人员进行。",
                "en": "No court of this register stands above this one; the review was made by officers who had no hand in "
                "the matter before.",
            }
        )
    if decided.step in UPHOLDING and following.had_ended(objection, decided.at):
        notes += _of_what_had_ended(objection, decided)
    elif decided.step in UPHOLDING:
        days, (what_zh, what_en) = clocks["objection_carried_out"].number, FOLLOWS[decided.follows]
        # Of something else nobody outside the court need hear.
        told = decided.follows != Follows.OTHER
        told_zh = "，并通知此前收到该登记的全部部门和用人单位" if told else ""
        told_en = ", and every department and employer that was told is told again" if told else ""
        notes.append(
            {
                "zh": f"成立的部分，{what_zh}，由{deciding['zh']}在{days}个工作日内办理{told_zh}。",
                "en": f"{what_en}. What is upheld is carried out by {deciding['en']} within {days} working days{told_en}.",
            }
        )
    if decided.step in ("uphold_in_part", "reject"):
        notes.append(_who_reviews(objection, IN_PART if decided.step == "uphold_in_part" else RECEIVED))
    if decided.step == "review_reject":
        notes.append(
            {
                "zh": "本程序到此结束。有新的事实或者材料的，可以重新提出异议。",
                "en": "This ends the matter here. With new facts or papers you may object again.",
            }
        )
    return notes


def _of_what_had_ended(objection: Objection, decided: ObjectionStep) -> Iterator[Words]:
    """Nobody is told of it again: with its end everybody was told to delete it."""
    yield {
        "zh": "该登记在本决定作出之前已经结束；此前收到该登记的部门，以及答复中显示该登记的用人单位，均已被要求清除。",
        "en": "The listing had ended before this decision. Every department that was told of it, and every employer whose "
        "answer showed it, has been told to delete it.",
    }
    days, deciding = rules().clocks["objection_carried_out"].number, _court(objection.court)
    if decided.follows == Follows.WITHDRAW and objection.doubts_identity:
        yield {
            "zh": f"登记对象错误一事，由{deciding['zh']}在{days}个工作日内记明为撤出原因。此后可以在本院登记页面或者窗口取得澄清函，"
            "函中列明此前收到该登记的全部部门、机构和用人单位，以及各自是否确认已经清除。",
            "en": f"That somebody else was meant is stated as the cause of its end by {deciding['en']} within {days} working "
            "days. From then on a clearance letter can be had on the court's pages or at a counter: it names everybody who "
            "had heard of the listing, and whether each has confirmed that nothing is kept.",
        }
    elif decided.follows == Follows.OTHER:
        what_zh, what_en = FOLLOWS[Follows.OTHER]
        yield {
            "zh": f"成立的部分，{what_zh}，由{deciding['zh']}在{days}个工作日内办理。",
            "en": f"{what_en}, by {deciding['en']} within {days} working days.",
        }


def _who_reviews(objection: Objection, since: Words) -> Words:
    """``since``: from when the days run."""
    clocks, court = rules().clocks, _court(court_of_review(objection.court))
    ask, answer = clocks["higher_court_asked"].number, clocks["higher_court_decided"].number
    asked_zh, asked_en = f"向上一级法院（{court['zh']}）", f"the higher court, {court['en']},"
    then_zh, then_en = f"该院在{answer}日内作出决定", f"It decides within {answer} days"
    if reviews_itself(objection.court):
        asked_zh, asked_en = "向本院", court["en"]
        then_zh = f"在本登记中本院没有上一级法院，由此前未参与办理的人员复核，在{answer}日内作出决定"
        then_en = (
            "No court of this register stands above it: officers who had no hand in the matter before decide within "
        )
        then_en += f"{answer} days"
    return {
        "zh": f"{since['zh'].format(f'{ask}日内{asked_zh}')}；{then_zh}。"
        "可以在本院登记页面提出，也可以在窗口或者以邮寄方式提出。",
        "en": f"You may ask {asked_en} for a review {since['en'].format(f'{ask} days')}. {then_en}. "
        "Ask on the court's pages, at the counter or by post.",
    }


def _court(court: Court) -> Words:
    entry = codes.entries("courts")[court.code]
    return {"zh": entry.zh, "en": entry.en}


def _name(objection: Objection) -> str:
    """Of the person listed, whoever raised it; of one who says that he is not the one, his own."""
    if objection.listing is not None and not objection.doubts_identity:
        return objection.listing.party.person.name
    return objection.content.get("person") or objection.content.get("name", "")


def _whose(objection: Objection) -> tuple[str, str]:
    """Nobody who says that he is not the one is called the person listed."""
    return ("异议人（申请人）", "Raised by") if objection.doubts_identity else ("被登记人", "Person listed")


def _row(zh: str, en: str, value: str, value_en: str = "") -> dict[str, Any]:
    return {"zh": zh, "en": en, "value": {"zh": value, "en": value_en}}


def _both(label: object) -> tuple[str, str]:
    spoken = []
    for language in LANGUAGES.values():
        with translation.override(language):
            spoken.append(str(label))
    return spoken[0], spoken[1]


def _seconds(at: datetime) -> int:
    return int(at.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).timestamp())
