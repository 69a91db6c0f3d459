"""One play in one process: a receiver that is down, one that refuses a listing, a slot that dies, a withdrawal.

It ends when everything is due and the receivers are healthy; then the checker judges. Needs a database.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from registry import actions
from registry.models import Flag, Listing
from sharing.delivery import slot
from sharing.delivery.models import Endpoint, Held
from sharing.departments import telling
from sharing.transport import Transport
from tests import cast
from tests.faults import checker
from tests.receiving import Received, Receiver, receiver


class Killed(Exception):
    """The process ends here."""


def play() -> None:
    """AssertionError where something does not hold in the end."""
    with receiver() as inbox:
        for sector in ("finance", "telecom"):
            department = cast.department(sector)
            cast.measure(department)
            cast.add_endpoint(department, inbox.url, now=cast.NOW)
        first, second = cast.in_force(), cast.second_in_force()
        silent_from = {}
        down(inbox)
        refusing(inbox, first)
        dying_slot(first, second)
        third = cast.in_force(cast.party(cast.person(cast.APPLICANT_NUMBER, "某甲")), number=cast.APPLICANT_NUMBER)
        dying_walk(third)
        inbox.answer = lambda received: 500 if received.event["listing"]["number"] == second.number else 204
        flag(second)
        flag(third)
        run()
        cast.withdrawn(cast.fresh(second))
        silent_from[second.number] = len(inbox.requests)
        run()
        inbox.answer = lambda received: 204
        for _ in range(4):
            make_due()
            run()
        checker.check(inbox.requests, silent_from=silent_from)


def run() -> None:
    telling.walk(now=cast.NOW)
    slot.run()


def make_due() -> None:
    Endpoint.objects.update(next_due=None, lease_until=None)
    Held.objects.update(next_due=None)


def flag(listing: Listing) -> None:
    act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
    act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


def down(inbox: Receiver) -> None:
    """Nobody takes anything, twice; then all is well."""
    inbox.answer = lambda received: 503
    run()
    make_due()
    run()
    inbox.answer = lambda received: 204


def refusing(inbox: Receiver, listing: Listing) -> None:
    """One listing is refused while others go through; then its turn comes."""

    def answer(received: Received) -> int:
        return 500 if received.event["listing"]["number"] == listing.number else 204

    inbox.answer = answer
    flag(listing)
    make_due()
    run()
    flag(listing)
    run()
    inbox.answer = lambda received: 204


def dying_slot(*listings: Listing) -> None:
    """A slot dies while its posts are out; another one takes over."""
    for listing in listings:
        for _ in range(3):
            flag(listing)
    make_due()
    telling.walk(now=cast.NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transport, "wait", killing_after(2))
        with pytest.raises(Killed):
            slot.run()
    Endpoint.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run()


def killing_after(waits: int) -> object:
    wait, left = Transport.wait, iter(range(waits))

    def waiting(self: Transport, timeout: float) -> object:
        replies = wait(self, timeout)
        if next(left, None) is None:
            raise Killed
        return replies

    return waiting


def dying_walk(listing: Listing) -> None:
    """The walk of the log dies while it decides; the next one starts where the last one ended."""
    flag(listing)
    decide = telling._decide

    def deciding(*args: object) -> None:
        decide(*args)  # type: ignore[arg-type]  # passed on as they came
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(telling, "_decide", deciding)
        with pytest.raises(Killed):
            telling.walk(now=cast.NOW)
