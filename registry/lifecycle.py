"""The page to read first: what may be done to a listing, from which state, by whom, and what the log says of it.

Officers, tests and the documentation read this one table. An act missing here does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.errors import AnotherCourt, FourEyes, NotAllowedNow, WrongRole
from registry.models import EventType, Listing, Officer, Role, State

DESK = (State.DRAFT, State.IN_REVIEW, State.AWAITING_EFFECT)
IN_FORCE = (State.ACTIVE, State.SUSPENDED)

HIGH_COURT_LEVEL = "high"


def is_high_court_registrar(officer: Officer) -> bool:
    """Who confirms appointments, lets departments and employers in, and judges consents."""
    return officer.role == Role.REGISTRAR and officer.court.level == HIGH_COURT_LEVEL


@dataclass(frozen=True)
class Act:
    """One row: ``roles`` empty means the system; ``proposed`` acts need a proposal and a second officer.

    ``high_court`` opens the act to officers of the High Court's registry for listings of every court.
    """

    name: str
    label: Any
    sources: tuple[State, ...]
    target: State | None  # None: the state stays
    roles: tuple[Role, ...]
    event: EventType | None = None
    proposed: bool = False
    high_court: bool = False
    reason: bool = False


_OFFICERS_OF_THE_COURT = (Role.CLERK, Role.JUDGE, Role.REGISTRAR)

_ROWS = (
    Act("amend", _("amend"), (State.DRAFT,), None, (Role.CLERK,)),
    Act("discard", _("discard"), (State.DRAFT,), None, (Role.CLERK,), reason=True),
    Act("submit", _("submit"), (State.DRAFT,), State.IN_REVIEW, (Role.CLERK,)),
    Act("return", _("return"), (State.IN_REVIEW,), State.DRAFT, (Role.JUDGE,), reason=True),
    Act("approve", _("approve"), (State.IN_REVIEW,), State.AWAITING_EFFECT, (Role.JUDGE,)),
    Act("confirm_no_appeal", _("confirm that no appeal was filed"), DESK, None, (Role.CLERK,)),
    # From the approval on: there is no notice of a draft.
    Act(
        "record_service",
        _("record service of the notice"),
        (State.AWAITING_EFFECT, *IN_FORCE),
        None,
        (Role.CLERK,),
    ),
    # For the court's report; told to nobody, and never waited for.
    Act(
        "record_circumstances",
        _("record the circumstances"),
        (*DESK, *IN_FORCE, State.WITHDRAWN),
        None,
        (Role.CLERK,),
    ),
    # Of units; told to nobody.
    Act("record_representative", _("record the legal representative"), (*DESK, *IN_FORCE), None, (Role.CLERK,)),
    Act("hold", _("hold because of an appeal"), (State.AWAITING_EFFECT,), State.DRAFT, (Role.CLERK,), reason=True),
    Act(
        "stop",
        _("stop before it takes effect"),
        (State.AWAITING_EFFECT,),
        State.DRAFT,
        _OFFICERS_OF_THE_COURT,
        high_court=True,
        reason=True,
    ),
    # By the clock, where nobody stops it: its term is long over, and it was never in force.
    Act("lapse", _("end before it took effect"), (State.AWAITING_EFFECT,), None, ()),
    Act("take_effect", _("take effect"), (State.AWAITING_EFFECT,), State.ACTIVE, (), EventType.PUBLISHED),
    Act("correct", _("correct"), IN_FORCE, None, (Role.CLERK,), EventType.CORRECTED, proposed=True, reason=True),
    Act("revise", _("revise"), IN_FORCE, None, (Role.CLERK,), EventType.REVISED, proposed=True, reason=True),
    Act(
        "suspend",
        _("suspend"),
        (State.ACTIVE,),
        State.SUSPENDED,
        _OFFICERS_OF_THE_COURT,
        EventType.SUSPENDED,
        high_court=True,
        reason=True,
    ),
    Act(
        "reinstate",
        _("reinstate"),
        (State.SUSPENDED,),
        State.ACTIVE,
        _OFFICERS_OF_THE_COURT,
        EventType.REINSTATED,
        proposed=True,
        reason=True,
    ),
    Act(
        "withdraw",
        _("withdraw"),
        IN_FORCE,
        State.WITHDRAWN,
        _OFFICERS_OF_THE_COURT,
        EventType.WITHDRAWN,
        proposed=True,
        reason=True,
    ),
    # Nobody is told: the recipients heard of the withdrawal, and none of them is ever told a cause.
    Act(
        "state_cause",
        _("state the cause of the withdrawal anew"),
        (State.WITHDRAWN,),
        None,
        _OFFICERS_OF_THE_COURT,
        proposed=True,
        reason=True,
    ),
    # Nobody is told: who truly bears the number can be entered under it from then on.
    Act(
        "mark_mistaken",
        _("mark a number as entered by mistake"),
        (State.WITHDRAWN,),
        None,
        _OFFICERS_OF_THE_COURT,
        proposed=True,
        reason=True,
    ),
    Act("expire", _("end of term"), IN_FORCE, State.WITHDRAWN, (), EventType.WITHDRAWN),
    # Done by a ruling about the birth date or by an order of sealing, which two officers stand behind.
    Act("seal", _("seal"), IN_FORCE, State.WITHDRAWN, (), EventType.WITHDRAWN),
    Act("purge", _("purge"), (State.WITHDRAWN,), State.PURGED, ()),
    Act("review_lifelong", _("confirm the lifelong term"), IN_FORCE, None, (Role.JUDGE,), reason=True),
    Act(
        "flag_disputed",
        _("flag as disputed"),
        IN_FORCE,
        None,
        (Role.REGISTRAR,),
        EventType.FLAGGED,
        high_court=True,
        reason=True,
    ),
    Act(
        "unflag_disputed",
        _("remove the flag “disputed”"),
        IN_FORCE,
        None,
        (Role.REGISTRAR,),
        EventType.UNFLAGGED,
        high_court=True,
        reason=True,
    ),
    Act(
        "flag_under_review",
        _("flag as under review"),
        IN_FORCE,
        None,
        (Role.CLERK, Role.REGISTRAR),
        EventType.FLAGGED,
        reason=True,
    ),
    Act(
        "unflag_under_review",
        _("remove the flag “under review”"),
        IN_FORCE,
        None,
        (Role.CLERK, Role.REGISTRAR),
        EventType.UNFLAGGED,
        reason=True,
    ),
    Act(
        "state",
        _("add the person's statement"),
        IN_FORCE,
        None,
        (Role.REGISTRAR,),
        EventType.STATED,
        high_court=True,
    ),
    # By the clock, or at the person's word, once the last open objection is at its end; no officer stands behind it.
    Act("begin_dispute", _("flag as disputed, by an admitted objection"), IN_FORCE, None, (), EventType.FLAGGED),
    Act("end_dispute", _("remove the flag, no objection is open"), IN_FORCE, None, (), EventType.UNFLAGGED),
    Act("remove_statement", _("remove the person's statement"), IN_FORCE, None, (), EventType.STATED),
    # For one reader alone: what it may do changed, the listing did not.
    Act("tell_anew", _("tell one department anew"), IN_FORCE, None, (), EventType.REVISED),
    Act("end_sharing", _("end sharing with one department"), IN_FORCE, None, (), EventType.WITHDRAWN),
)

ACTS: dict[str, Act] = {row.name: row for row in _ROWS}

# Who may propose may also decide, but never both on one proposal; corrections and revisions are decided by a judge.
DECIDERS: dict[str, tuple[Role, ...]] = {
    "correct": (Role.JUDGE,),
    "revise": (Role.JUDGE,),
    "reinstate": (Role.JUDGE, Role.REGISTRAR),
    "withdraw": (Role.JUDGE, Role.REGISTRAR),
    "state_cause": (Role.JUDGE, Role.REGISTRAR),
    "mark_mistaken": (Role.JUDGE, Role.REGISTRAR),
}


def refuse_state(act: Act, listing: Listing) -> None:
    """Raise `NotAllowedNow` unless the table has the act for the listing's state."""
    if listing.state not in act.sources:
        raise NotAllowedNow(act=act.label, state=State(listing.state).label)


def refuse_role(act: Act, officer: Officer, roles: Sequence[Role] | None = None) -> None:
    """Raise `WrongRole` unless the officer's role may do the act (or, with ``roles``, decide its proposal)."""
    allowed = act.roles if roles is None else roles
    if officer.role not in allowed or not officer.account.is_active:
        raise WrongRole(act=act.label, roles=", ".join(str(role.label) for role in allowed))


def refuse_court(act: Act, officer: Officer, listing: Listing) -> None:
    """Raise `AnotherCourt` unless the officer sits in the listing's court, or in the High Court where the act allows."""
    if officer.court_id == listing.court_id:
        return
    if act.high_court and officer.court.level == HIGH_COURT_LEVEL:
        return
    raise AnotherCourt


def refuse_own(officer: Officer, *others: int | None, tried: str = "", about: str = "") -> None:
    """Raise `FourEyes` if the officer is one of ``others`` (ids of who entered, submitted or proposed). ``tried`` and
    ``about``: the act and what it concerns, for the record of refused acts.
    """
    if officer.pk in others:
        raise FourEyes(tried=tried, about=about)


def may(name: str, officer: Officer, listing: Listing) -> bool:
    """Whether the officer could do, or propose, the act now; pages offer what this allows and nothing else."""
    act = ACTS[name]
    try:
        refuse_state(act, listing)
        refuse_role(act, officer)
        refuse_court(act, officer, listing)
        if name == "approve":
            refuse_own(officer, listing.entered_by_id, listing.submitted_by_id)
    except (NotAllowedNow, WrongRole, AnotherCourt, FourEyes):
        return False
    return True


def acts_open_to(officer: Officer, listing: Listing) -> list[Act]:
    return [act for act in _ROWS if may(act.name, officer, listing)]
