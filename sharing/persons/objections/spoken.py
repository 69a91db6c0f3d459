"""What the pages say of objections, to the person and at the desk: states, steps, time limits in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.admin.facts import spoken_day
from registry.errors import Text
from registry.models import State
from sharing.persons.models import Follows, Objection, ObjectionKind, ObjectionState, ObjectionStep, Part
from sharing.persons.models.objection_states import NOTICE_WAITS, UNREAD
from sharing.persons.objections import following
from sharing.persons.objections.clocks import days_left
from sharing.persons.objections.reviewing import court_of_review, reviews_itself

NO_LISTING = "—"
DONE: Mapping[str, Text] = {
    "receive": gettext_lazy("received"),
    "return": gettext_lazy("returned for completion"),
    "complete": gettext_lazy("completed"),
    "complete_late": gettext_lazy("completed by what was sent in time"),
    "refuse": gettext_lazy("refused on form"),
    "admit": gettext_lazy("admitted for decision"),
    "accept": gettext_lazy("statement accepted, every recipient is shown it"),
    "uphold": gettext_lazy("decided: upheld"),
    "uphold_in_part": gettext_lazy("decided: upheld in part"),
    "reject": gettext_lazy("decided: rejected"),
    "serve": gettext_lazy("decision served"),
    "serve_notice": gettext_lazy("completion letter served"),
    "carry_out": gettext_lazy("carried out"),
    "carry_out_in_part": gettext_lazy("the part upheld is carried out"),
    "carry_out_meanwhile": gettext_lazy("the part upheld is carried out"),
    "ask_review": gettext_lazy("the higher court was asked"),
    "ask_review_early": gettext_lazy("the higher court was asked"),
    "ask_review_late": gettext_lazy("the higher court was asked by what was sent in time"),
    "review_uphold": gettext_lazy("decided by the higher court: upheld"),
    "review_reject": gettext_lazy("decided by the higher court: the decision stands"),
    "withdraw": gettext_lazy("taken back"),
    "lapse": gettext_lazy("closed, it was not completed in time"),
    "close": gettext_lazy("closed, the higher court was not asked in time"),
    "fall_away": gettext_lazy("closed, there is nothing left to decide"),
}
# What a time limit is for, as "… by 27 November".
AWAITED: Mapping[str, Text] = {
    "objection_form": gettext_lazy("the court checks the form"),
    "objection_completed": gettext_lazy("to be completed"),
    "objection_decided": gettext_lazy("the court decides"),
    "repair_decided": gettext_lazy("the court decides"),
    "objection_served": gettext_lazy("the decision is served"),
    "objection_carried_out": gettext_lazy("the court carries it out"),
    "higher_court_asked": gettext_lazy("the higher court may be asked"),
    "higher_court_decided": gettext_lazy("the higher court decides"),
}
NOTICE_SERVED = gettext_lazy("the completion letter is served")
CAUSE_STATED = gettext_lazy("that somebody else was meant is stated as the cause of its end")
TITLES: Mapping[str, Text] = {
    ObjectionKind.OBJECTION: gettext_lazy("Objection"),
    ObjectionKind.REPAIR: gettext_lazy("Application for an early end"),
    ObjectionKind.STATEMENT: gettext_lazy("Statement"),
}


def listing_told(objection: Objection) -> str:
    """The number of its listing, on the person's pages and papers. Of a purged one it is told to nobody any more: what stays of the
    objection says that there was one.
    """
    listing = objection.listing
    return NO_LISTING if listing is None or listing.state == State.PURGED else listing.number


def state_label(objection: Objection) -> str:
    return capfirst(str(ObjectionState(objection.state).label))


def state_told(objection: Objection) -> Text:
    """The state as the person, and whoever holds the slip, may know it."""
    if objection.is_unread:
        return UNREAD
    return NOTICE_WAITS if objection.has_notice else ObjectionState(objection.state).label


def due_told(objection: Objection, now: datetime) -> str:
    """As `due_words`; "—" where the time limit would say which way it was decided."""
    return "—" if objection.is_unread else due_words(objection, now)


def follows_label(objection: Objection, follows: str, at: datetime) -> Text:
    """By what one that was, or would be, upheld at this moment is carried out."""
    to_state = follows == Follows.WITHDRAW and objection.doubts_identity and following.had_ended(objection, at)
    return CAUSE_STATED if to_state else Follows(follows).label


def part_label(objection: Objection) -> str:
    """What is said to be wrong; "—" where nothing is."""
    return capfirst(str(Part(objection.part).label)) if objection.part else "—"


def due_words(objection: Objection, now: datetime) -> str:
    """What is awaited until when, and how many days are left; "—" where nothing is due."""
    left = days_left(objection, now)
    if left is None or objection.due_on is None:
        return "—"
    awaited = NOTICE_SERVED if objection.has_notice else AWAITED[objection.clock]
    what = _("%(what)s by %(day)s") % {"what": awaited, "day": spoken_day(objection.due_on)}
    return capfirst(f"{what} · {left_words(left)}")


def left_words(left: int) -> str:
    if left < 0:
        return ngettext("overdue by %(days)s day", "overdue by %(days)s days", -left) % {"days": -left}
    if left == 0:
        return _("the last day is today")
    return ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}


def review_words(objection: Objection) -> str:
    """Who reviews the decision."""
    court = court_of_review(objection.court)
    if reviews_itself(objection.court):
        return _("%(court)s, other officers, none of whom had a hand in it: no court of this register stands above") % {
            "court": court
        }
    return _("%(court)s, the court above") % {"court": court}


def done_label(step: ObjectionStep) -> str:
    return capfirst(str(DONE[step.step]))


def received_words(step: ObjectionStep) -> str:
    """Of what an officer wrote down for the person."""
    if step.officer_id is None or step.received_on is None:
        return ""
    received = _("received on %(day)s") % {"day": spoken_day(step.received_on)}
    if step.posted_on is None:
        return received
    return f"{_('posted on %(day)s') % {'day': spoken_day(step.posted_on)}} · {received}"
