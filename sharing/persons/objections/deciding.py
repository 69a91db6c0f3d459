"""What the court does with an objection: the check of its form, the decision, its service, what follows, the higher court."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from registry import actions
from registry.actions.acting import given, today
from registry.errors import (
    AuthorityNeeded,
    CompletionOver,
    FollowsImpossible,
    FollowsNeeded,
    ListingNeeded,
    NotCarriedOutYet,
    NotServed,
    ObjectionNotNow,
    ReviewOver,
    WordsShape,
)
from registry.models import Listing, Officer
from registry.reading import listing_for
from sharing.persons.models import Authority, Follows, Objection, ObjectionState
from sharing.persons.models.objection_states import UNREAD
from sharing.persons.objections import days, files, following, stepping
from sharing.persons.objections.lifecycle import (
    BENCH,
    CARRYING_OUT,
    DECISIONS,
    STEPS,
    UPHOLDING,
    refuse_officer,
)
from sharing.persons.objections.raising import WORDS_MOST
from sharing.persons.objections.step import Step
from sharing.persons.objections.stepping import Row

TAKING_BACK = tuple(each for each in Authority.values if each)
WORDS_LEAST = 2
CARRIED_OUT_FROM: Mapping[str, str] = {
    ObjectionState.PARTLY: "carry_out_in_part",
    ObjectionState.PARTLY_ASKED: "carry_out_meanwhile",
}
COMPLETED_FROM: Mapping[str, str] = {ObjectionState.CLOSED: "complete_late"}
ASKED_FROM: Mapping[str, str] = {ObjectionState.PARTLY: "ask_review_early", ObjectionState.CLOSED: "ask_review_late"}


def give_back(number: str, *, officer: Officer, now: datetime, reason: str) -> Objection:
    """For completion; the reason is what is missing, and the person reads it. ReasonNeeded."""
    return stepping.take(number, "return", Row(reason=given(reason)), officer=officer, now=now)


def complete(
    number: str,
    *,
    words: str,
    sent: Sequence[bytes] = (),
    officer: Officer | None = None,
    now: datetime,
    received_on: date | None = None,
    posted_on: date | None = None,
    late_because: str = "",
) -> Objection:
    """What was missing, from the person or, at the counter or by letter, through an officer, who says on which day it
    reached the court, and was posted. A letter that was posted in time opens again what the clock has closed. WordsShape,
    FilesTooMany, FileRefused; the refusals of `papers.judged`; ArrivedLater, PostedLater, LateBecauseNeeded; CompletionOver.
    """
    said, day = sound(words), received_on or today(now)
    files.refuse_unfit(sent)
    kept = files.judged(sent)

    def prepare(objection: Objection) -> None:
        since = days.of_step(objection, ("return",))
        days.let_in(objection, day, posted_on, now, since=since, late_because=late_because, over=CompletionOver())
        files.keep(objection, kept, now=now)

    return stepping.take(
        number,
        _from_its_state(number, COMPLETED_FROM, "complete"),
        Row(reason=said, received_on=day, posted_on=posted_on, late_because=late_because),
        officer=officer,
        now=now,
        start=day,
        prepare=prepare,
    )


def refuse(number: str, *, officer: Officer, now: datetime, reason: str) -> Objection:
    return stepping.take(number, "refuse", Row(reason=given(reason)), officer=officer, now=now)


def admit(number: str, *, officer: Officer, now: datetime, listing: str = "") -> Objection:
    """From now on the listing is disputed. ``listing``: its number, where none was named. The time to decide runs from the
    day on which it reached the court, or was completed. ListingNeeded; NoSuchListing.
    """
    found = Objection.objects.filter(pk=number).first()
    start = days.whole_since(found) if found else None
    about = named_by(officer, number, listing)

    def prepare(objection: Objection) -> None:
        if objection.listing is None:
            raise ListingNeeded("listing")

    return stepping.take(number, "admit", officer=officer, now=now, about=about, start=start, prepare=prepare)


def named_by(officer: Officer, number: str, listing: str) -> Listing | None:
    """The listing that an officer names, where the objection has none."""
    if not listing or Objection.objects.filter(pk=number, listing__isnull=False).exists():
        return None
    return listing_for(officer, listing)


def accept(number: str, *, officer: Officer, now: datetime) -> Objection:
    """The person's statement becomes part of the listing, and every recipient is shown it. Raises as `actions.state`."""
    with transaction.atomic():
        objection = stepping.take(number, "accept", officer=officer, now=now)
        if objection.listing is None:  # the draft that it was about is gone
            raise ListingNeeded("listing")
        actions.state(objection.listing.pk, words=objection.content["words"], officer=officer, now=now)
    return objection


def decide(number: str, step: str, *, officer: Officer, now: datetime, reason: str, follows: str = "") -> Objection:
    """``step``: uphold, uphold_in_part or reject; on review review_uphold or review_reject. ``follows``: what an upheld one
    is carried out by, a value of `Follows`.

    MayNotDecide; ReasonNeeded; FollowsNeeded, FollowsImpossible.
    """
    said = given(reason)
    if (step in UPHOLDING) is not (follows in Follows.values):
        raise FollowsNeeded("follows")

    def prepare(objection: Objection) -> None:
        if follows and follows not in following.possible(objection):
            raise FollowsImpossible("follows")
        objection.served_on = None

    row = Row(reason=said, follows=follows)
    return stepping.take(number, step, row, officer=officer, now=now, prepare=prepare)


def serve(
    number: str, *, officer: Officer | None, now: datetime, on: date | None = None, late_because: str = ""
) -> Objection:
    """The decision reached the person: he opened it on his page, or an officer has the evidence of that day. NotServed: it was
    served before; ArrivedLater, LateBecauseNeeded.
    """
    day = on or today(now)

    def prepare(objection: Objection) -> None:
        if objection.served_on is not None:
            raise NotServed
        since = days.of_step(objection, DECISIONS)
        days.refuse_unfit("served_on", day, now, since=since, late_because=late_because)
        objection.served_on = day

    row = Row(late_because=late_because)
    return stepping.take(number, "serve", row, officer=officer, now=now, start=day, prepare=prepare)


def serve_notice(
    number: str, *, officer: Officer | None, now: datetime, on: date | None = None, late_because: str = ""
) -> Objection:
    """That the part upheld is carried out reached the person (`serve`): his days to ask the higher court begin, or by the
    decision's service. NotServed: it was served before, or the decision was not; ArrivedLater, LateBecauseNeeded.
    """
    day = on or today(now)
    # None: `prepare` refuses. Once there, the day is changed by no step that leaves the notice to be served.
    decided_on = Objection.objects.filter(pk=number).values_list("served_on", flat=True).first()

    def prepare(objection: Objection) -> None:
        if not objection.has_notice:
            raise NotServed
        since = days.of_step(objection, CARRYING_OUT)
        days.refuse_unfit("served_on", day, now, since=since, late_because=late_because)

    start = max(day, decided_on or day)
    row = Row(late_because=late_because)
    return stepping.take(number, "serve_notice", row, officer=officer, now=now, start=start, prepare=prepare)


def carry_out(
    number: str, *, officer: Officer, now: datetime, proposal_id: UUID | None = None, reason: str = ""
) -> Objection:
    """What was upheld is done: by a proposal of the kind that the decision named, which was carried out since it was raised.
    A reason stands instead of it where the listing has ended; and else by one who might have decided, or a registrar of
    the High Court who might have.

    NotCarriedOutYet; ReasonNeeded; by a reason alone also WrongRole, MayNotDecide.
    """
    before = Objection.objects.filter(pk=number).first()
    name = _from_its_state(number, CARRIED_OUT_FROM, "carry_out")
    start = days.asked_on(before) if before and name == "carry_out_meanwhile" else None
    proposal = following.proposal_of(before, proposal_id)
    said = given(reason) if reason.strip() else ""

    def prepare(objection: Objection) -> None:
        if not following.is_done_by(proposal, objection):
            _refuse_reason_alone(STEPS[name], objection, said, officer)

    row = Row(reason=said, proposal=proposal)
    return stepping.take(number, name, row, officer=officer, now=now, start=start, prepare=prepare)


def ask_review(
    number: str,
    *,
    words: str,
    officer: Officer | None = None,
    now: datetime,
    received_on: date | None = None,
    posted_on: date | None = None,
    late_because: str = "",
) -> Objection:
    """The person asks the higher court, from the service of the decision on; the last day is ten days after it, or after that
    of the completion letter of a part. An officer says on which day the letter reached the court, and was posted; one
    that was posted in time opens again what the clock has closed.

    WordsShape; ArrivedLater, PostedLater; LateBecauseNeeded; ReviewOver.
    """
    said, day = sound(words), received_on or today(now)

    def prepare(objection: Objection) -> None:
        since = days.of_step(objection, DECISIONS)
        days.let_in(objection, day, posted_on, now, since=since, late_because=late_because, over=ReviewOver())

    return stepping.take(
        number,
        _from_its_state(number, ASKED_FROM, "ask_review"),
        Row(reason=said, received_on=day, posted_on=posted_on, late_because=late_because),
        officer=officer,
        now=now,
        start=day,
        prepare=prepare,
    )


def withdraw(number: str, *, now: datetime) -> Objection:
    """The person takes it back on his page; not what was decided and he has not read: the decision may be one to have reviewed.

    ObjectionNotNow.
    """

    def prepare(objection: Objection) -> None:
        if objection.is_unread:
            raise ObjectionNotNow(step=STEPS["withdraw"].label, state=UNREAD)

    return stepping.take(number, "withdraw", officer=None, now=now, prepare=prepare)


def withdraw_for(
    number: str, *, officer: Officer, now: datetime, received_on: date, authority: str, reason: str
) -> Objection:
    """The person, or who speaks for him, takes it back at the counter or by letter: the officer says on which day that
    reached the court, what he saw of the right to say so, and how it was said.

    ReasonNeeded; AuthorityNeeded; ArrivedLater; MayNotDecide.
    """
    said = given(reason)
    if authority not in TAKING_BACK:
        raise AuthorityNeeded("authority")

    def prepare(objection: Objection) -> None:
        days.refuse_impossible("received_on", received_on, now, since=objection.received_on)

    row = Row(reason=said, received_on=received_on, authority=authority)
    return stepping.take(number, "withdraw", row, officer=officer, now=now, prepare=prepare)


def remove_statement(listing: Listing, *, now: datetime) -> None:
    """At the person's wish, at once: it needs nobody's leave. NotAllowedNow: there are none."""
    actions.remove_statement(listing.pk, now=now)


def sound(words: str) -> str:
    """Raises `WordsShape`."""
    said = words.strip()
    if not WORDS_LEAST <= len(said) <= WORDS_MOST:
        raise WordsShape("words", most=WORDS_MOST)
    return said


def _from_its_state(number: str, names: Mapping[str, str], usual: str) -> str:
    """The step's name where it is in one of these states; ``usual`` in any other."""
    state = Objection.objects.filter(pk=number).values_list("state", flat=True).first()
    return names.get(state or "", usual)


def _refuse_reason_alone(step: Step, objection: Objection, said: str, officer: Officer) -> None:
    if not said:
        raise NotCarriedOutYet("reason")
    if following.is_left_to_do(objection):
        # One word ends it: not by whoever entered the listing, nor by the one who decided that it is to be done.
        refuse_officer(replace(step, roles=BENCH, four_eyes=True), officer, objection)
