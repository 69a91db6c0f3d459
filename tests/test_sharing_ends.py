"""Joining, widening, narrowing and leaving: what a department may have is what it is told, and no more."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import actions, log
from registry.errors import FourEyes, NotAllowedNow
from registry.models import ActRecord, Event, Proposal
from sharing.delivery import reading, slot
from sharing.delivery.models import Endpoint, Held, Told
from sharing.departments import feed, measures, settling, telling
from sharing.departments.models import Department, Measure, Recall
from tests import cast
from tests.benchmarks import book
from tests.receiving import receiver

NARROW = measures.MeasureTerms(
    code="narrow", name="限制未成年人信息相关业务", basis="Art. 31", articles=("CL 253-1",), facts=("minors_data",)
)
WATCH = measures.MeasureTerms(code="watch", name="重点关注", basis="Art. 31", articles=("CL 253-1",))

pytestmark = pytest.mark.usefixtures("notice_waived")


@pytest.fixture
def finance():
    return cast.department()


@pytest.fixture
def telecom():
    department = cast.department("telecom")
    cast.measure(department, code="limit-numbers")
    return department


def replaced(measure, terms):
    return measures.replace_measure(
        measure,
        terms,
        entered_by=cast.high_court_registrar(),
        approved_by=cast.second_high_court_registrar(),
        now=cast.NOW,
    )


def told(department, after=0):
    """(type, version, codes of the measures, whether only a stub) of each event meant for the department."""
    telling.walk(now=cast.NOW)
    events = reading.after(department.pk, after, reading.telling_position())
    versions = dict(Event.objects.values_list("position", "version"))
    return [
        (each.type, versions[each.position], [one["code"] for one in each.measures], each.is_stub) for each in events
    ]


def held(department):
    """Numbers in the snapshot."""
    lines = [json.loads(line) for line in feed.snapshot(department.pk)]
    return [line["listing"]["number"] for line in lines[:-1]]


def types(inbox):
    return [each.data["event"]["type"] for each in inbox.accepted]


def closed(department):
    spans = Told.objects.filter(department_id=department.pk).order_by("listing_id", "first_position")
    return list(spans.values_list("ended_position", flat=True))


@pytest.mark.django_db
def test_ending_a_measure_withdraws_from_that_department_alone(finance, telecom):
    measure = cast.measure(finance)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.ended(measure)
    assert told(finance) == [
        ("listing.published", 1, ["limit-accounts"], True),
        ("listing.withdrawn", 2, ["limit-accounts"], False),
    ]
    assert told(telecom) == [("listing.published", 1, ["limit-numbers"], False)]
    assert (held(finance), held(telecom)) == ([], [listing.number])
    assert cast.fresh(listing).state == "active"
    assert list(Recall.objects.values_list("department_id", "position")) == [(finance.pk, 2)]


@pytest.mark.django_db
def test_the_withdrawal_of_one_department_reads_as_any_other(finance):
    measure = cast.measure(finance)
    cast.in_force()
    second = cast.second_in_force()
    cast.withdrawn(second)
    cast.ended(measure)
    alone, everybody = [
        log.read(event)["listing"]
        for event in Event.objects.filter(type="listing.withdrawn").order_by("-position").select_related("payload")
    ]
    assert alone.keys() == everybody.keys() == {"number", "version"}


@pytest.mark.django_db
def test_a_department_that_left_is_told_nothing_more_of_the_listing(finance, telecom):
    measure = cast.measure(finance)
    listing = cast.in_force()
    cast.ended(measure)
    cast.corrected(cast.fresh(listing), fine_yuan=1)
    cast.withdrawn(cast.fresh(listing))
    assert [type_ for type_, *_ in told(finance)] == ["listing.published", "listing.withdrawn"]
    assert [version for _, version, *_ in told(telecom)] == [1, 3, 4], "the version between was finance's alone"
    assert Recall.objects.filter(department_id=finance.pk).count() == 1


@pytest.mark.django_db
def test_what_another_measure_still_allows_is_said_anew(finance):
    ended = cast.measure(finance)
    cast.measure(finance, code="watch", facts=())
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.ended(ended)
    assert told(finance) == [
        ("listing.published", 1, ["limit-accounts", "watch"], False),
        ("listing.revised", 2, ["watch"], False),
    ]
    assert held(finance) == [listing.number]
    assert not Recall.objects.exists()


@pytest.mark.django_db
def test_widening_says_the_new_measure_at_once(finance):
    cast.measure(finance)
    cast.in_force()
    telling.walk(now=cast.NOW)
    cast.measure(finance, code="watch", facts=())
    assert told(finance)[-1] == ("listing.revised", 2, ["limit-accounts", "watch"], False)


@pytest.mark.django_db
def test_narrowing_keeps_what_still_fits_and_withdraws_the_rest(finance):
    wide = cast.measure(finance)
    gone = cast.in_force()
    other = cast.judgment(facts=("minors_data", "telecom_fraud_related"), number="（2026）京0105刑初124号")
    stays = cast.put_in_force(cast.draft(decision=cast.entered_decision(other)))
    telling.walk(now=cast.NOW)
    replaced(wide, NARROW)
    assert held(finance) == [stays.number]
    assert told(finance, after=2) == [
        ("listing.revised", 2, ["narrow"], False),
        ("listing.withdrawn", 2, ["limit-accounts"], False),
    ]
    assert Recall.objects.get().listing_id == gone.pk


@pytest.mark.django_db
def test_who_comes_back_is_told_anew_with_a_version_that_a_receiver_takes(finance):
    measure = cast.measure(finance)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.ended(measure)
    cast.measure(finance, code="again")
    assert told(finance)[-2:] == [
        ("listing.withdrawn", 2, ["limit-accounts"], False),
        ("listing.revised", 3, ["again"], False),
    ]
    assert held(finance) == [listing.number]
    assert closed(finance) == [2, None]


@pytest.mark.django_db
def test_a_correction_that_no_longer_fits_is_withheld_and_the_listing_withdrawn_from_the_department(finance, telecom):
    cast.measure(finance)
    cast.measure(telecom, code="watch", facts=())
    listing = cast.in_force()
    cast.corrected(listing, facts=[])
    assert told(finance) == [
        ("listing.published", 1, ["limit-accounts"], True),
        ("listing.corrected", 2, ["limit-accounts"], True),
        ("listing.withdrawn", 3, ["limit-accounts"], False),
    ]
    assert told(telecom)[-1] == ("listing.corrected", 2, ["watch"], False)


@pytest.mark.django_db
def test_a_correction_taken_back_before_anybody_was_told_ends_nothing(finance):
    cast.measure(finance)
    listing = cast.in_force()
    cast.corrected(listing, facts=[])
    cast.corrected(cast.fresh(listing), facts=["telecom_fraud_related"])
    assert [type_ for type_, *_ in told(finance)] == ["listing.published", "listing.corrected", "listing.corrected"]
    assert held(finance) == [listing.number]


@pytest.mark.django_db
def test_a_correction_that_fits_again_but_was_walked_after_the_end_is_said_anew(finance, monkeypatch):
    cast.measure(finance)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.corrected(listing, facts=[])
    cast.corrected(cast.fresh(listing), facts=["telecom_fraud_related"])
    monkeypatch.setattr(telling, "CHUNK", 1)
    types = [(type_, version) for type_, version, *_ in told(finance)]
    assert types[-2:] == [("listing.withdrawn", 4), ("listing.revised", 5)]
    assert held(finance) == [listing.number]


@pytest.mark.django_db
def test_a_listing_withdrawn_from_everybody_while_it_no_longer_fits_is_withdrawn_once(finance):
    cast.measure(finance)
    listing = cast.in_force()
    cast.corrected(listing, facts=[])
    cast.withdrawn(cast.fresh(listing))
    assert [(type_, stub) for type_, _, _, stub in told(finance)][-1] == ("listing.withdrawn", False)
    assert Event.objects.filter(type="listing.withdrawn").count() == Recall.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("terms", [NARROW, WATCH], ids=["withdrawn", "said anew"])
def test_a_chunk_takes_as_many_statements_however_many_listings_it_has(telecom, monkeypatch, terms):
    book.fill(40)
    telling.walk(now=cast.NOW)
    monkeypatch.setattr(measures, "carry_through", lambda department_id, now: None)
    replaced(Measure.objects.get(), terms)
    counts = []
    for chunk in (4, 36):
        monkeypatch.setattr(settling, "CHUNK", chunk)
        with CaptureQueriesContext(connection) as queries:
            settling._settle_chunk(telecom.pk, cast.NOW)
        counts.append(len(queries))
    assert Event.objects.filter(reader=telecom.pk).count() == 40
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_settling_goes_on_where_it_stopped(finance, monkeypatch):
    measure = cast.measure(finance)
    listings = [cast.in_force(), cast.second_in_force()]
    telling.walk(now=cast.NOW)
    monkeypatch.setattr(settling, "CHUNK", 1)
    with monkeypatch.context() as patch:
        patch.setattr(
            measures.settling, "settle", lambda department_id, now: settling._settle_chunk(department_id, now)
        )
        cast.ended(measure)
    assert Department.objects.get().settled_listing == listings[0].pk
    assert [each is None for each in closed(finance)] == [False, True]
    settling.settle_all(now=cast.NOW)
    settling.settle_all(now=cast.NOW)
    assert all(closed(finance))
    assert Department.objects.get().unsettled_position is None
    assert Event.objects.filter(type="listing.withdrawn").count() == 2


@pytest.mark.django_db
def test_nothing_is_settled_before_the_walk_has_reached_the_change(finance, monkeypatch):
    measure = cast.measure(finance)
    cast.in_force()
    monkeypatch.setattr(measures.telling, "walk", lambda now: 0)
    cast.ended(measure)
    assert not Told.objects.exists()
    assert Department.objects.get().unsettled_position == 1
    monkeypatch.undo()
    telling.walk(now=cast.NOW)
    settling.settle_all(now=cast.NOW)
    assert closed(finance) == [2], "told by a measure that was valid then, and withdrawn from since"


@pytest.mark.django_db
def test_a_proposal_that_waits_is_none_the_worse(finance):
    measure = cast.measure(finance)
    listing = cast.in_force()
    proposal = cast.withdrawal_proposed(listing)
    telling.walk(now=cast.NOW)
    cast.ended(measure)
    assert Proposal.objects.get().against_version == 2
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert cast.fresh(listing).state == "withdrawn"


@pytest.mark.django_db
def test_the_act_is_on_record_as_the_systems_own(finance):
    measure = cast.measure(finance)
    cast.in_force()
    telling.walk(now=cast.NOW)
    cast.ended(measure)
    record = ActRecord.objects.get(act="end_sharing")
    assert (record.officer, record.version, record.reason) == (None, 2, settling.MEASURES_CHANGED)


@pytest.mark.django_db
def test_a_measure_is_ended_by_two_officers_and_once(finance):
    measure = cast.measure(finance)
    one = cast.high_court_registrar()
    with pytest.raises(FourEyes):
        measures.end_measure(measure, entered_by=one, approved_by=one, now=cast.NOW)
    cast.ended(measure)
    with pytest.raises(NotAllowedNow):
        cast.ended(measure)


@pytest.mark.django_db
def test_a_department_leaves_in_the_middle_of_a_backlog_and_learns_nothing_more(finance, telecom):
    """It was away the whole time: the withdrawal is the first thing that says anything, the rest are stubs."""
    with receiver() as inbox:
        measure = cast.measure(finance)
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        listing = cast.in_force()
        cast.corrected(listing, fine_yuan=1)
        cast.ended(measure)
        telling.walk(now=cast.NOW)
        slot.run()
        bodies = inbox.accepted
    assert [each.data["event"]["position"] for each in bodies] == [1, 2, 3]
    assert all(cast.DEFENDANT_NUMBER.encode() not in each.body for each in bodies)
    assert bodies[-1].data["event"]["type"] == "listing.withdrawn"
    assert Endpoint.objects.get(department_id=finance.pk).cursor == 3
    assert not Held.objects.exists()


@pytest.mark.django_db
def test_what_is_one_departments_alone_never_reaches_another(finance, telecom):
    with receiver() as inbox, receiver() as other:
        measure = cast.measure(finance)
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        cast.add_endpoint(telecom, other.url, now=cast.NOW)
        cast.in_force()
        telling.walk(now=cast.NOW)
        slot.run()
        cast.ended(measure)
        telling.walk(now=cast.NOW)
        slot.run()
        assert types(inbox) == ["listing.published", "listing.withdrawn"]
        assert types(other) == ["listing.published"]
    alone = Event.objects.get(reader=finance.pk)
    assert reading.one(telecom.pk, alone.event_id, alone.position) is None
    assert reading.last_meant(telecom.pk, alone.position) == 1
    assert [each.previous for each in reading.after(finance.pk, 0, alone.position)] == [0, 1]


@pytest.mark.django_db
def test_the_whole_chunk_is_told_even_if_one_listing_was_discarded_meanwhile(finance):
    """Only what is in force is addressed: a listing that was withdrawn in between needs no second withdrawal."""
    measure = cast.measure(finance)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.withdrawn(listing)
    assert actions.end_sharing([listing.pk], reader=finance.pk, now=cast.NOW, reason="x") == {}
    cast.ended(measure)
    assert Event.objects.filter(type="listing.withdrawn").count() == 1


@pytest.mark.django_db
def test_terms_are_examined_when_a_measure_is_replaced(finance):
    measure, he = cast.measure(finance), cast.high_court_registrar()
    with pytest.raises(FourEyes):
        measures.replace_measure(measure, WATCH, entered_by=he, approved_by=he, now=cast.NOW)
    successor = replaced(measure, replace(WATCH, code="limit-accounts"))
    measure.refresh_from_db()
    assert measure.to_position == successor.from_position


@pytest.mark.django_db
def test_an_older_event_is_told_to_nobody_on_a_measure_that_has_ended_since(finance, monkeypatch):
    measure, listing = cast.measure(finance), cast.in_force()
    telling.walk(now=cast.NOW)
    cast.corrected(listing, facts=[])
    cast.corrected(listing, facts=["telecom_fraud_related"])
    monkeypatch.setattr(measures, "carry_through", lambda department_id, now: None)
    cast.ended(measure)
    monkeypatch.setattr(telling, "CHUNK", 1)
    telling.walk(now=cast.NOW)
    settling.settle_all(now=cast.NOW)
    alone = Event.objects.filter(reader=finance.pk).order_by("position").values_list("type", flat=True)
    assert list(alone) == ["listing.withdrawn"]
    assert Recall.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_settled_on_measures_that_are_newer_than_what_was_walked(finance, monkeypatch):
    measure, listing = cast.measure(finance), cast.in_force()
    telling.walk(now=cast.NOW)
    cast.corrected(listing, facts=[])
    monkeypatch.setattr(measures, "carry_through", lambda department_id, now: None)
    replaced(measure, WATCH)
    assert settling.settle_each(finance.pk, [listing.pk], now=cast.NOW) == []
    assert not Event.objects.filter(reader=finance.pk).exists()
    telling.walk(now=cast.NOW)
    settling.settle_all(now=cast.NOW)
    alone = Event.objects.filter(reader=finance.pk).order_by("position").values_list("type", flat=True)
    assert list(alone)[-1] == "listing.revised"
    assert Told.objects.get(ended_position=None).measures[0]["code"] == "watch"
