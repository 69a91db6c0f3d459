"""The answer to a question that waited: what was so on the day of asking and still is, and nothing that came since.

The applicant agreed to be asked about as of one day; that an officer was slow tells the employer of no later one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from registry.actions.acting import today
from registry.errors import SamePersonUndecided
from registry.models import Event, EventType
from sharing.employers import answers, recording, results, status_list
from sharing.employers.answers import Answer
from sharing.employers.lookup import Book, Match, Subject
from sharing.employers.models import BECAUSE, HeldBecause, Screening, ScreeningOutcome, Verdict
from sharing.employers.purposes import Post, Scope, purposes

VOID = Answer(outcome=ScreeningOutcome.VOID, listing_id=None, shown=None)
IN_FORCE = frozenset({EventType.PUBLISHED, EventType.REINSTATED})
OUT_OF_FORCE = frozenset({EventType.SUSPENDED, EventType.WITHDRAWN})


class Given(NamedTuple):
    """An answer with its proof and its term. ``as_of``: position of the log up to which it knows what changed."""

    answer: Answer
    body: bytes
    as_of: int
    expires_at: datetime

    @classmethod
    def as_before(cls, screening: Screening) -> Given:
        answer = Answer(
            outcome=ScreeningOutcome(screening.outcome),
            listing_id=screening.listing_id,
            shown=None,
            also_told=tuple(screening.also_told),
        )
        return cls(answer, screening.answer, screening.as_of, screening.expires_at)

    @classmethod
    def void(cls, screening: Screening, verdict: Verdict) -> Given:
        told = {"outcome": ScreeningOutcome.VOID.value, "listing": None, "void_because": BECAUSE[verdict].value}
        body = {**json.loads(screening.answer), **told, "result": ""}
        return cls(VOID, results.written(body), screening.as_of, screening.expires_at)


def decided(book: Book, screening: Screening, post: Post, same_person: bool | None, now: datetime) -> Answer:
    """``post``: as `post_of` finds it; ``same_person``: whether a listing with another name is of whom it was asked about.
    SamePersonUndecided.
    """
    scope, day = Scope(screening.scope), today(now)
    matches = list(_of_both_days(book.matches, screening))
    found = answers.answer(matches, scope=scope, post=post, today=day)
    if found.held_because != HeldBecause.NAME:
        return found
    if same_person is None:
        raise SamePersonUndecided("same_person")
    return answers.answer(_called(matches, same_person), scope=scope, post=post, today=day)


def given(screening: Screening, subject: Subject, book: Book, answer: Answer) -> Given:
    """Signed anew under the same id, moment, code and place in the status list: nobody could rely on what was pending."""
    signed = json.loads(screening.answer)["as_of"]["checkpoint"]
    assert screening.status_list is not None
    assert screening.status_index is not None
    place = status_list.Place(screening.status_list, screening.status_index)
    proof = results.Proof(place=place, code=results.code_of(screening.answer))
    made = results.result(recording.asked(screening, subject, signed), answer, proof)
    return Given(answer, made.body, book.position, screening.expires_at)


def _of_both_days(matches: Sequence[Match], screening: Screening) -> Iterator[Match]:
    """Of the listings in force now, those that were when it was asked; where only prohibitions are told, with those that ran."""
    then = _in_force_then([each.id for each in matches], screening.as_of)
    day = today(screening.asked_at)
    for each in matches:
        if each.id not in then:
            continue
        if Scope(screening.scope) is Scope.PROHIBITION:
            ran = tuple(found for found in each.prohibitions if answers.runs(found.facts, day))
            yield replace(each, prohibitions=ran)
        else:
            yield each


def _in_force_then(listings: Sequence[int], as_of: int) -> set[int]:
    """By the log, as far as the book had come when the question read it."""
    turns = Event.objects.filter(listing__in=listings, position__lte=as_of, reader=None)
    turns = turns.filter(type__in=[*IN_FORCE, *OUT_OF_FORCE]).order_by("position")
    last = dict(turns.values_list("listing_id", "type"))
    return {listing for listing, type_ in last.items() if listing is not None and type_ in IN_FORCE}


def _called(matches: Sequence[Match], same_person: bool) -> list[Match]:
    """With the other name confirmed as the person's, or without the listings of somebody else."""
    if same_person:
        return [replace(match, called=True) for match in matches]
    return [match for match in matches if match.called]


def post_of(screening: Screening) -> Post | None:
    """None: it, or its purpose, is no longer registered."""
    purpose = purposes().get(screening.purpose)
    return purpose.posts.get(screening.post) if purpose else None
