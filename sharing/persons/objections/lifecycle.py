"""The page to read first: which step an objection can take, from which state, by whom, and which time limit begins.

Officers, persons, the clock, tests and docs/objections.md read this one table. A step missing here does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from registry.errors import (
    HigherCourtNeeded,
    MayNotDecide,
    ObjectionNotNow,
    ObjectionOfAnotherCourt,
    Refusal,
    WrongRole,
)
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Officer, Role
from sharing.persons.models import Objection, ObjectionKind, ObjectionState
from sharing.persons.models.objection_states import ENDED, SERVICE
from sharing.persons.objections import hands
from sharing.persons.objections.reviewing import reviews
from sharing.persons.objections.step import Step

OFFICE = (Role.REGISTRAR, Role.CLERK)
BENCH = (Role.JUDGE, Role.REGISTRAR)
COURT = (Role.CLERK, Role.JUDGE, Role.REGISTRAR)
DECIDABLE = (ObjectionKind.OBJECTION, ObjectionKind.REPAIR)
OBJECTIONS = (ObjectionKind.OBJECTION,)
State = ObjectionState


WAITS = (State.REJECTED, State.CARRIED_OUT)

_ROWS = (
    Step("receive", _("receive"), (), State.RECEIVED, OFFICE, True, "objection_form", high_court=True),
    Step(
        "return",
        _("return for completion"),
        (State.RECEIVED,),
        State.RETURNED,
        OFFICE,
        clock="objection_completed",
        high_court=True,
        four_eyes=True,
        reason=True,
    ),
    Step(
        "complete",
        _("add what was missing"),
        (State.RETURNED,),
        State.RECEIVED,
        OFFICE,
        True,
        "objection_form",
        high_court=True,
    ),
    Step(
        "complete_late",
        _("add what was missing, sent in time"),
        (State.CLOSED,),
        State.RECEIVED,
        OFFICE,
        clock="objection_form",
        high_court=True,
        reopens="objection_completed",
    ),
    Step(
        "refuse",
        _("refuse on form"),
        (State.RECEIVED,),
        State.REFUSED,
        (Role.REGISTRAR,),
        high_court=True,
        four_eyes=True,
        reason=True,
    ),
    Step(
        "admit",
        _("admit"),
        (State.RECEIVED,),
        State.ADMITTED,
        (Role.REGISTRAR,),
        clock="objection_decided",
        repair_clock="repair_decided",
        kinds=DECIDABLE,
        high_court=True,
    ),
    Step(
        "accept",
        _("accept the statement"),
        (State.RECEIVED,),
        State.CLOSED,
        (Role.REGISTRAR,),
        kinds=(ObjectionKind.STATEMENT,),
        high_court=True,
    ),
    Step(
        "uphold",
        _("uphold"),
        (State.ADMITTED,),
        State.UPHELD,
        BENCH,
        clock="objection_carried_out",
        kinds=DECIDABLE,
        four_eyes=True,
        reason=True,
    ),
    Step(
        "uphold_in_part",
        _("uphold in part"),
        (State.ADMITTED,),
        State.PARTLY,
        BENCH,
        clock="objection_carried_out",
        kinds=OBJECTIONS,
        four_eyes=True,
        reason=True,
    ),
    Step(
        "reject",
        _("reject"),
        (State.ADMITTED,),
        State.REJECTED,
        BENCH,
        clock=SERVICE,
        kinds=DECIDABLE,
        four_eyes=True,
        reason=True,
    ),
    Step(
        "serve",
        _("serve the decision"),
        (State.UPHELD, State.PARTLY, *WAITS, State.CLOSED),
        None,
        OFFICE,
        True,
        None,
        kinds=DECIDABLE,
        high_court=True,
        of_review=True,
        final_clock="higher_court_asked",
    ),
    Step(
        "serve_notice",
        _("serve the completion letter"),
        (State.CARRIED_OUT,),
        None,
        OFFICE,
        True,
        "higher_court_asked",
        kinds=OBJECTIONS,
        high_court=True,
    ),
    Step(
        "carry_out",
        _("record that it is carried out"),
        (State.UPHELD,),
        State.CLOSED,
        COURT,
        clock=SERVICE,
        kinds=DECIDABLE,
        high_court=True,
    ),
    Step(
        "carry_out_in_part",
        _("record that the part upheld is carried out"),
        (State.PARTLY,),
        State.CARRIED_OUT,
        COURT,
        clock=SERVICE,
        kinds=OBJECTIONS,
        high_court=True,
    ),
    Step(
        "carry_out_meanwhile",
        _("record that the part upheld is carried out"),
        (State.PARTLY_ASKED,),
        State.IN_REVIEW,
        COURT,
        clock="higher_court_decided",
        kinds=OBJECTIONS,
        high_court=True,
    ),
    Step(
        "ask_review",
        _("ask the higher court"),
        WAITS,
        State.IN_REVIEW,
        OFFICE,
        True,
        "higher_court_decided",
        kinds=DECIDABLE,
        high_court=True,
        reason=True,
    ),
    Step(
        "ask_review_early",
        _("ask the higher court"),
        (State.PARTLY,),
        State.PARTLY_ASKED,
        OFFICE,
        True,
        None,
        kinds=OBJECTIONS,
        high_court=True,
        reason=True,
    ),
    Step(
        "ask_review_late",
        _("ask the higher court, sent in time"),
        (State.CLOSED,),
        State.IN_REVIEW,
        OFFICE,
        clock="higher_court_decided",
        kinds=DECIDABLE,
        high_court=True,
        reason=True,
        reopens="higher_court_asked",
    ),
    Step(
        "review_uphold",
        _("uphold on review"),
        (State.IN_REVIEW,),
        State.UPHELD,
        BENCH,
        clock="objection_carried_out",
        kinds=DECIDABLE,
        higher=True,
        four_eyes=True,
        reason=True,
    ),
    Step(
        "review_reject",
        _("reject on review"),
        (State.IN_REVIEW,),
        State.CLOSED,
        BENCH,
        clock=SERVICE,
        kinds=DECIDABLE,
        higher=True,
        four_eyes=True,
        reason=True,
    ),
    Step(
        "withdraw",
        _("take back"),
        (State.RECEIVED, State.RETURNED, State.ADMITTED, *WAITS, State.IN_REVIEW),
        State.WITHDRAWN,
        OFFICE,
        True,
        high_court=True,
        four_eyes=True,
    ),
    Step("lapse", _("close without completion"), (State.RETURNED,), State.CLOSED),
    Step("close", _("close, nobody asked the higher court"), WAITS, State.CLOSED, kinds=DECIDABLE),
    Step(
        "fall_away",
        _("close, there is nothing left to decide"),
        (*(state for state in State if state not in ENDED), State.CLOSED),
        State.CLOSED,
    ),
)

STEPS: Mapping[str, Step] = {row.name: row for row in _ROWS}
UPHOLDING = ("uphold", "uphold_in_part", "review_uphold")
DECISIONS = ("uphold", "uphold_in_part", "reject", "review_uphold", "review_reject")
ON_REVIEW = tuple(row.name for row in _ROWS if row.higher)
COMPLETING = ("complete", "complete_late")
ASKING = ("ask_review", "ask_review_early", "ask_review_late")
CARRYING_OUT = ("carry_out", "carry_out_in_part", "carry_out_meanwhile")
# Steps by which an officer has a hand in it; in the others he writes down what the person does.
HANDS = tuple(row.name for row in _ROWS if row.is_of_the_court)


def refuse_state(step: Step, objection: Objection) -> None:
    """Raise `ObjectionNotNow` unless the table has the step for kind and state; what has ended is served at most, or
    opened again by what was posted in time.
    """
    if not _is_now(step, objection):
        raise ObjectionNotNow(step=step.label, state=State(objection.state).label)


def refuse_officer(step: Step, officer: Officer, objection: Objection) -> None:
    """Raise `WrongRole`, `HigherCourtNeeded`, `ObjectionOfAnotherCourt`, `MayNotDecide`."""
    if officer.role not in step.roles or not officer.account.is_active:
        raise WrongRole(act=step.label, roles=", ".join(str(role.label) for role in step.roles))
    in_high_court = officer.court.level == HIGH_COURT_LEVEL
    if step.higher and not reviews(officer.court, objection.court):
        raise HigherCourtNeeded
    opens = step.high_court and in_high_court and officer.role == Role.REGISTRAR
    if not (
        step.higher or opens or officer.court_id == objection.court_id or _is_of_own_review(step, officer, objection)
    ):
        raise ObjectionOfAnotherCourt
    if step.four_eyes and officer.pk in _concerned(step, objection):
        raise MayNotDecide


def may(name: str, officer: Officer, objection: Objection) -> bool:
    return _is_now(STEPS[name], objection) and is_for(name, officer, objection)


def is_for(name: str, officer: Officer, objection: Objection) -> bool:
    """Whether the step is this officer's to take, now or once its state is reached."""
    try:
        refuse_officer(STEPS[name], officer, objection)
    except Refusal:
        return False
    return True


def open_to(officer: Officer, objection: Objection) -> Iterator[Step]:
    """The steps that this officer could take now; pages offer these and no others."""
    return (step for step in _ROWS if step.sources and may(step.name, officer, objection))


def awaiting(role: str) -> set[ObjectionState]:
    """The states in which a step of the court's own may be that of an officer in this role."""
    own = (step for step in _ROWS if role in step.roles and step.is_of_the_court)
    return {state for step in own for state in step.sources}


def open_to_person(objection: Objection) -> set[str]:
    return {step.name for step in _ROWS if step.person and _is_now(step, objection)}


def _is_now(step: Step, objection: Objection) -> bool:
    is_over = objection.is_ended and not objection.is_to_be_served and not step.reopens
    is_kind = objection.kind in step.kinds and step.reopens in ("", objection.over_clock)
    return is_kind and objection.state in step.sources and not is_over


def _is_of_own_review(step: Step, officer: Officer, objection: Objection) -> bool:
    """The last decision is of the officer's court, which reviewed."""
    is_theirs = officer.role == Role.REGISTRAR and reviews(officer.court, objection.court)
    if not (step.of_review and is_theirs):
        return False
    decided = [row.step for row in objection.steps.all() if row.step in DECISIONS]
    return bool(decided) and decided[-1] in ON_REVIEW


def _concerned(step: Step, objection: Objection) -> set[int | None]:
    if step.higher:
        return hands.on_listing(objection) | hands.on_objection(objection, HANDS) | hands.on_proposals(objection)
    return hands.on_listing(objection) | hands.on_objection(objection, DECISIONS)
