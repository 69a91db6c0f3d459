"""The page to read first: which step an objection can take, from which state, by whom, and which time limit begins.

Officers, persons, the clock, tests and docs/objections.md read this one table. A step missing here does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry.errors import (
    HigherCourtNeeded,
    MayNotDecide,
    ObjectionNotNow,
    ObjectionOfAnotherCourt,
    Refusal,
    Text,
    WrongRole,
)
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Officer, Role
from sharing.persons.models import Objection, ObjectionKind, ObjectionState
from sharing.persons.models.objection_states import ENDED, SERVICE
from sharing.persons.objections import hands
from sharing.persons.objections.reviewing import court_of_review

OFFICE = (Role.REGISTRAR, Role.CLERK)
BENCH = (Role.JUDGE, Role.REGISTRAR)
COURT = (Role.CLERK, Role.JUDGE, Role.REGISTRAR)
ALL = (ObjectionKind.OBJECTION, ObjectionKind.REPAIR, ObjectionKind.STATEMENT)
DECIDABLE = (ObjectionKind.OBJECTION, ObjectionKind.REPAIR)
State = ObjectionState


@dataclass(frozen=True)
class Step:
    """One row. ``target`` None: the state stays. ``roles``: the officers who may; ``person``: the person may, too, on his
    own page; neither: the clock does it. ``clock``: the time limit that begins, "" where the running one ends, None where
    it runs on; ``repair_clock``: the one of an application for an early end, where it is another.

    ``high_court``: also the High Court's registry, for objections of every court; ``higher``: by an officer of the court
    that reviews (`reviewing`) alone, and by nobody who had a hand in what is reviewed; ``of_review``: of what that court
    decided, by its registrars, too; ``four_eyes``: by nobody who ever entered, submitted or approved the listing, or
    decided before.
    """

    name: str
    label: Text
    sources: tuple[State, ...]
    target: State | None
    roles: tuple[Role, ...] = ()
    person: bool = False
    clock: str | None = ""
    repair_clock: str = ""
    kinds: tuple[ObjectionKind, ...] = ALL
    high_court: bool = False
    higher: bool = False
    of_review: bool = False
    four_eyes: bool = False
    reason: bool = False
    final_clock: str = ""
    """The time limit, where all that the person can still do is to ask the higher court and the decision reached him; where nothing
    is left then, none begins.
    """

    def clock_for(self, objection: Objection) -> str | None:
        """The name of the time limit that begins for this one; before its state is changed."""
        if objection.kind == ObjectionKind.REPAIR and self.repair_clock:
            return self.repair_clock
        after = self.target or objection.state
        if objection.served_on is not None and after in WAITS:
            return self.final_clock or self.clock
        if objection.served_on is not None and after == State.CLOSED:
            return ""
        return self.clock


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
        kinds=(ObjectionKind.OBJECTION,),
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
        final_clock="higher_court_asked",
        kinds=(ObjectionKind.OBJECTION,),
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
# Steps by which an officer has a hand in it; in the others he writes down what the person does.
HANDS = tuple(row.name for row in _ROWS if not row.person)


def refuse_state(step: Step, objection: Objection) -> None:
    """Raise `ObjectionNotNow` unless the table has the step for kind and state; what has ended is served at most."""
    if not _is_now(step, objection):
        raise ObjectionNotNow(step=step.label, state=State(objection.state).label)


def refuse_officer(step: Step, officer: Officer, objection: Objection) -> None:
    """Raise `WrongRole`, `HigherCourtNeeded`, `ObjectionOfAnotherCourt`, `MayNotDecide`."""
    if officer.role not in step.roles or not officer.account.is_active:
        raise WrongRole(act=step.label, roles=", ".join(str(role.label) for role in step.roles))
    in_high_court = officer.court.level == HIGH_COURT_LEVEL
    if step.higher and officer.court_id != court_of_review(objection.court).pk:
        raise HigherCourtNeeded
    opens = step.high_court and in_high_court and officer.role == Role.REGISTRAR
    if not (
        step.higher or opens or officer.court_id == objection.court_id or _is_of_own_review(step, officer, objection)
    ):
        raise ObjectionOfAnotherCourt
    if step.four_eyes and officer.pk in _concerned(step, objection):
        raise MayNotDecide


def may(name: str, officer: Officer, objection: Objection) -> bool:
    step = STEPS[name]
    try:
        refuse_state(step, objection)
        refuse_officer(step, officer, objection)
    except Refusal:
        return False
    return True


def open_to(officer: Officer, objection: Objection) -> Iterator[Step]:
    """The steps that this officer could take now; pages offer these and no others."""
    return (step for step in _ROWS if step.sources and may(step.name, officer, objection))


def open_to_person(objection: Objection) -> set[str]:
    return {step.name for step in _ROWS if step.person and _is_now(step, objection)}


def _is_now(step: Step, objection: Objection) -> bool:
    is_over = objection.is_ended and not objection.is_to_be_served
    return objection.kind in step.kinds and objection.state in step.sources and not is_over


def _is_of_own_review(step: Step, officer: Officer, objection: Objection) -> bool:
    """The last decision is of the officer's court, which reviewed."""
    is_theirs = officer.role == Role.REGISTRAR and officer.court_id == court_of_review(objection.court).pk
    if not (step.of_review and is_theirs):
        return False
    decided = objection.steps.filter(step__in=DECISIONS).last()
    return decided is not None and decided.step in ON_REVIEW


def _concerned(step: Step, objection: Objection) -> set[int | None]:
    if step.higher:
        return hands.on_listing(objection) | hands.on_objection(objection, HANDS) | hands.on_proposals(objection)
    return hands.on_listing(objection) | hands.on_objection(objection, DECISIONS)
