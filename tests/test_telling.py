"""For whom an event is meant: decided once, in log order, by measures that are valid by position."""

from __future__ import annotations

import threading
from itertools import pairwise, product

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from registry.keys import KeyUnknown
from registry.models import Event
from sharing.delivery import reading, slot
from sharing.delivery.models import Endpoint, Held, TellingCursor, Told
from sharing.departments import feed, settling, tasks, telling
from sharing.departments.models import LeftOver, Recall
from sharing.departments.opened import Reach
from tests import cast
from tests.benchmarks import book
from tests.receiving import receiver

pytestmark = pytest.mark.usefixtures("notice_waived")


def walk():
    return telling.walk(now=cast.NOW)


def two_measures(department):
    """One that needs the facts of a fraud, and one that does not."""
    cast.measure(department)
    cast.measure(department, code="watch", facts=())


def meant_for(department, after=0):
    return [event.position for event in reading.after(department.pk, after, reading.telling_position())]


@pytest.mark.django_db
def test_a_measure_is_valid_from_its_position_on_whenever_the_events_are_walked():
    early, late = cast.department("finance"), cast.department("telecom")
    cast.measure(early)
    cast.in_force(cast.party(article="CL 253-1"))
    cast.measure(late, code="late")
    cast.second_in_force()
    walk()
    assert meant_for(early) == meant_for(late) == [1, 2]
    told = Told.objects.get(department_id=late.pk, first_position=1)
    assert told.decided_position == 2, "the first one by the opening set, not by the walk"


@pytest.mark.django_db
def test_an_event_from_before_the_measure_does_not_take_its_words_back():
    listing = cast.in_force()
    department = cast.department()
    cast.measure(department)
    assert walk() == 0, "whatever came before the measure is walked before its opening set is told"
    told = Told.objects.get(listing=listing)
    assert [measure["code"] for measure in told.measures] == ["limit-accounts"]
    (event,) = reading.after(department.pk, 0, 1)
    assert [measure["code"] for measure in event.measures] == ["limit-accounts"]


@pytest.mark.django_db
def test_the_first_correction_after_an_opening_set_says_the_new_measures():
    listing = cast.in_force()
    department = cast.department()
    two_measures(department)
    cast.corrected(listing, facts=[])
    walk()
    assert [len(event.measures) for event in reading.after(department.pk, 0, 9)] == [1, 2, 1], (
        "opened, widened, corrected"
    )


@pytest.mark.django_db
def test_a_host_that_lacks_the_key_decides_nothing_and_delivers_what_was_told(finance, monkeypatch):
    def unknown(event):
        raise KeyUnknown("k9")

    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        cast.in_force()
        telling.walk(now=cast.NOW)
        cast.second_in_force()
        monkeypatch.setattr(telling.log, "read", unknown)
        with pytest.raises(KeyUnknown):
            tasks.sweep()
        assert inbox.positions == [1]
    assert reading.telling_position() == 1
    assert not LeftOver.objects.exists()


@pytest.mark.django_db
def test_a_correction_that_begins_to_fit_is_the_first_that_is_told():
    department = cast.department()
    cast.measure(department)
    decision = cast.entered_decision(cast.judgment(facts=()))
    listing = cast.draft(decision=decision)
    assert listing.state == "draft"
    listing = cast.put_in_force(listing)
    cast.corrected(listing, facts=["telecom_fraud_related"])
    walk()
    assert meant_for(department) == [2]
    assert [event.previous for event in reading.after(department.pk, 0, 2)] == [0]


@pytest.mark.django_db
def test_a_withdrawal_opens_a_recall_for_everyone_ever_told_and_for_nobody_else():
    finance, telecom, transport = (cast.department(sector) for sector in ("finance", "telecom", "transport"))
    cast.measure(finance)
    ended = cast.measure(telecom)
    cast.measure(transport, facts=("minors_data",))
    listing = cast.in_force()
    walk()
    cast.ended(ended)
    cast.withdrawn(cast.fresh(listing))
    walk()
    recalls = Recall.objects.order_by("position")
    assert [(each.department_id, each.position) for each in recalls] == [(telecom.pk, 2), (finance.pk, 3)]
    assert {each.closed_by for each in recalls} == {None}
    assert all(each.due_on > cast.NOW.date() for each in recalls)


@pytest.mark.django_db
def test_a_crash_in_the_middle_repeats_nothing_and_skips_nothing(monkeypatch):
    department = cast.department()
    cast.measure(department)
    first = cast.in_force()
    cast.withdrawn(first)
    cast.second_in_force()
    open_recalls = settling.open_recalls

    def crash(*args, **kwargs):
        open_recalls(*args, **kwargs)
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(settling, "open_recalls", crash)
        with pytest.raises(RuntimeError):
            walk()
    assert TellingCursor.objects.get().position == 0
    assert not Told.objects.exists()
    assert not Recall.objects.exists()
    assert walk() == 3
    assert walk() == 0
    assert meant_for(department) == [1, 2, 3]
    assert Recall.objects.count() == 1


@pytest.mark.django_db
def test_the_walk_goes_on_chunk_by_chunk(monkeypatch):
    monkeypatch.setattr(telling, "CHUNK", 2)
    department = cast.department()
    cast.measure(department)
    listing = cast.in_force()
    for fine in range(1, 5):
        cast.corrected(listing, fine_yuan=fine)
    assert walk() == 5
    assert meant_for(department) == [1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_a_repeat_says_the_measures_of_the_first_try():
    with receiver() as inbox:
        department = cast.department()
        two_measures(department)
        cast.add_endpoint(department, inbox.url, now=cast.NOW)
        listing = cast.in_force()
        inbox.answer = lambda received: 500
        walk()
        slot.run()
        cast.corrected(listing, facts=[])
        walk()
        inbox.answer = lambda received: 204
        Endpoint.objects.update(next_due=None)
        slot.run()
        first, repeat, correction = inbox.requests
    assert first.body == repeat.body
    assert (len(first.data["measures"]), len(correction.data["measures"])) == (2, 1)


@pytest.mark.django_db
def test_an_opening_set_sets_held_lanes_behind_the_cursor_of_every_endpoint():
    listing = cast.in_force()
    department = cast.department()
    with receiver() as inbox:
        for _ in range(2):
            cast.add_endpoint(department, inbox.url, now=cast.NOW)
        cast.measure(department)
    held = Held.objects.values_list("listing_id", "from_position", "reason")
    assert list(held) == [(listing.pk, 1, "opening")] * 2


@pytest.mark.django_db
def test_each_event_names_the_one_before_it_for_that_department():
    finance, telecom = cast.department("finance"), cast.department("telecom")
    cast.measure(finance)
    first = cast.in_force()
    cast.second_in_force()
    walk()
    cast.measure(telecom)
    cast.corrected(first, fine_yuan=1)
    walk()
    assert [event.previous for event in reading.after(finance.pk, 0, 3)] == [0, 1, 2]
    # Told of 1 and 2 together, later than both.
    assert [event.previous for event in reading.after(telecom.pk, 0, 3)] == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_two_walkers_at_once_decide_once():
    department = cast.department()
    cast.measure(department)
    listing = cast.in_force()
    for fine in range(1, 8):
        cast.corrected(listing, fine_yuan=fine)
    cast.withdrawn(cast.fresh(listing))
    walked, barrier = [], threading.Barrier(2)

    def walker():
        try:
            barrier.wait()
            walked.append(walk())
        finally:
            connection.close()

    threads = [threading.Thread(target=walker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(walked) == Event.objects.count() == 9
    assert Told.objects.count() == Recall.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("facts", list(product([(), ("telecom_fraud_related",)], repeat=3)))
@pytest.mark.parametrize("withdraw", [False, True])
def test_however_many_events_are_walked_together_the_department_holds_the_same_in_the_end(facts, withdraw, monkeypatch):
    department = cast.department()
    cast.measure(department)
    listing = cast.put_in_force(cast.draft(decision=cast.entered_decision(cast.judgment(facts=facts[0]))))
    for before, after in pairwise(facts):
        if before != after:
            cast.corrected(cast.fresh(listing), facts=list(after))
    if withdraw:
        cast.withdrawn(cast.fresh(listing))
    assert held_after_walking(department, 1, monkeypatch) == held_after_walking(department, 500, monkeypatch)


def held_after_walking(department, chunk, monkeypatch):
    """What the department holds, and what it has to purge and does not hold again; undone afterwards."""
    monkeypatch.setattr(telling, "CHUNK", chunk)
    with transaction.atomic():
        walk()
        holdings = list(feed.holdings(department.pk, Reach(10**6, 10**6)))
        held = [(each.number, each.measures) for each in holdings]
        purging = set(Recall.objects.values_list("listing_id", flat=True)) - {each.listing_id for each in holdings}
        transaction.set_rollback(True)
    return held, purging


@pytest.mark.django_db
def test_a_chunk_takes_as_many_statements_however_many_events_it_has(monkeypatch):
    department = cast.department()
    cast.measure(department)
    keys = book.fill(40)
    counts = []
    for chunk in (5, 30):
        monkeypatch.setattr(telling, "CHUNK", chunk)
        with CaptureQueriesContext(connection) as queries:
            assert telling.step(now=cast.NOW) == chunk
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Told.objects.filter(listing__in=keys).count() == 35
