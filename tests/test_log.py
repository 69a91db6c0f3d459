"""The log: gap-free and in commit order, written once, and whole with the book; the bell may be lost."""

from __future__ import annotations

import json
import re
import threading
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from config.celery import app
from registry import actions, bell, log
from registry.errors import NotAllowedNow
from registry.models import AccessRecord, ActRecord, Bell, Event, EventPayload, EventType, Flag, Listing, LogHead
from registry.models.insert_only import InsertOnlyError
from registry.models.log import open_part
from sharing.delivery.models import Attempt, Endpoint, TellingCursor
from sharing.departments import receipts, tasks, telling
from sharing.departments.models import Receipt
from sharing.employers.models import Screening
from tests import asking, cast
from tests.bells import ringing_at
from tests.threads import in_threads

committing = pytest.mark.django_db(transaction=True)
GUARDED = (Event, ActRecord, AccessRecord, EventPayload, Attempt, Receipt, Screening)

pytestmark = pytest.mark.usefixtures("notice_waived")


def flag(listing):
    act = actions.unflag if Flag.DISPUTED in cast.fresh(listing).flags else actions.flag
    act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


class Killed(Exception):
    pass


def flag_and_die(listing):
    """The act is done, but its transaction never commits."""
    with transaction.atomic():
        flag(listing)
        raise Killed


# Order


@committing
def test_four_writers_leave_no_gap_and_a_reader_that_follows_misses_nothing():
    first, second = cast.in_force(), cast.second_in_force()
    cast.registrar()
    acts_each, seen, writing = 15, [], threading.Event()
    writing.set()

    def write(listing):
        def acts():
            for _ in range(acts_each):
                act_until_it_is_ours(listing)

        return acts

    def act_until_it_is_ours(listing):
        while True:
            try:
                return flag(listing)
            except NotAllowedNow:
                continue  # another writer was first: the flag stands already

    def follow():
        while True:
            still = writing.is_set()
            last = seen[-1] if seen else 0
            seen.extend(Event.objects.filter(position__gt=last).values_list("position", flat=True))
            if not still:
                return

    def write_all():
        try:
            in_threads(write(first), write(first), write(second), write(second))
        finally:
            writing.clear()

    in_threads(follow, write_all)
    total = 2 + 4 * acts_each
    assert list(Event.objects.values_list("position", flat=True)) == list(range(1, total + 1))
    assert seen == list(range(1, total + 1)), "a reader that asks for what lies behind its last position saw them all"
    assert LogHead.objects.get().size == total
    for listing in (first, second):
        versions = list(Event.objects.filter(listing=listing).values_list("version", flat=True))
        assert versions == list(range(1, len(versions) + 1))
        assert cast.fresh(listing).version == len(versions)


@committing
def test_an_act_that_fails_gives_its_position_back():
    listing = cast.in_force()
    with pytest.raises(Killed):
        flag_and_die(listing)
    assert log.head() == (1, 1)
    flag(listing)
    assert list(Event.objects.values_list("position", flat=True)) == [1, 2]


@pytest.mark.django_db
def test_a_batch_is_appended_in_its_own_order():
    listings = [cast.in_force(), cast.second_in_force()]
    entries = [
        log.Entry(type=EventType.FLAGGED, listing=listing, payload={"version": 2}, occurred_at=cast.NOW)
        for listing in reversed(listings)
    ]
    events = log.append(entries)
    assert [event.position for event in events] == [3, 4]
    assert [event.listing_id for event in events] == [listing.pk for listing in reversed(listings)]
    assert log.append([]) == []
    assert log.head() == (4, 1)


@pytest.mark.django_db
def test_what_is_stored_fits_its_commitment_and_nothing_else_does():
    listing = cast.in_force()
    flag(listing)
    for event in Event.objects.select_related("payload"):
        body = open_part(event.event_id, "body", event.payload.body_sealed)
        salt = open_part(event.event_id, "salt", event.payload.salt_sealed)
        assert len(salt) == 32
        assert log.commitment(salt, body) == bytes(event.commitment)
        assert log.commitment(salt, body + b" ") != bytes(event.commitment)
        assert log.canonical(json.loads(body)) == body
        assert log.read(event)["position"] == event.position
    salts = {bytes(payload.salt_sealed) for payload in EventPayload.objects.all()}
    assert len(salts) == 2


@pytest.mark.django_db
def test_an_event_is_sealed_in_the_very_form_that_is_told():
    listing = cast.in_force()
    entry = log.Entry(
        type=EventType.FLAGGED, listing=listing, payload={"version": 2, "名": "值"}, occurred_at=cast.NOW, reader=7
    )
    (event,) = log.append([entry])
    sealed = event.payload.body_sealed
    told = (
        f'{{"epoch":1,"id":"{event.event_id}","listing":{{"version":2,"名":"值"}},"occurred_at":"2026-11-24T02:00:00Z",'
        '"position":2,"schema":1,"type":"listing.flagged"}'
    )
    assert open_part(event.event_id, "body", sealed).decode() == told
    assert re.fullmatch(r"evt_[0-9A-HJKMNP-TV-Z]{26}", event.event_id)
    stored = Event.objects.get(position=2)
    assert (stored.reader, stored.version, stored.epoch, stored.occurred_at) == (7, 2, 1, cast.NOW)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2026-11-24T02:00:00+00:00", "2026-11-24T02:00:00Z"),
        ("2026-11-24T10:00:00.999999+08:00", "2026-11-24T02:00:00Z"),
        ("2026-11-24T07:59:59+08:00", "2026-11-23T23:59:59Z"),
    ],
)
def test_a_moment_is_written_in_whole_seconds_of_utc(moment, text):
    assert log.utc_text(datetime.fromisoformat(moment)) == text


@pytest.mark.django_db
def test_a_payload_does_not_open_in_the_place_of_another():
    cast.in_force()
    cast.second_in_force()
    first, second = Event.objects.select_related("payload")
    with pytest.raises(Exception, match="does not fit"):
        open_part(first.event_id, "body", second.payload.body_sealed)
    with pytest.raises(Exception, match="does not fit"):
        open_part(first.event_id, "salt", first.payload.body_sealed)


# Written once


@pytest.fixture
def a_row_in_each_guarded_table(db, notice_waived):
    department = cast.department()
    cast.measure(department)
    endpoint, _ = cast.add_endpoint(department, "http://127.0.0.1:9999/", now=cast.NOW)
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    event = Event.objects.get()
    AccessRecord.objects.create(officer=cast.clerk(), listing_number=listing.number, page="listing", at=cast.NOW)
    Attempt.objects.create(endpoint=endpoint, event=event, started_at=cast.NOW, elapsed_ms=1, status=204, length=0)
    entry = receipts.ReceiptEntry(event=event.event_id, kind="applied", at=cast.NOW)
    receipts.record(entry, department=department.organisation, signed=False)
    asking.answered()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refused(sql):
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("model", GUARDED)
@pytest.mark.usefixtures("a_row_in_each_guarded_table")
def test_the_database_refuses_to_change_delete_or_empty(model):
    table, key = model._meta.db_table, model._meta.pk.column
    assert model.objects.exists()
    refused(f"UPDATE {table} SET {key} = {key}")
    refused(f"DELETE FROM {table}")
    refused(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("model", GUARDED)
@pytest.mark.usefixtures("a_row_in_each_guarded_table")
def test_the_model_refuses_to_change_or_delete(model):
    row = model.objects.first()
    field = next(each.name for each in model._meta.fields if not each.primary_key)
    for change in (
        row.save,
        row.delete,
        model.objects.all().delete,
        lambda: model.objects.update(**{field: None}),
        lambda: model.objects.bulk_update([row], [field]),
    ):
        with pytest.raises(InsertOnlyError):
            change()


@pytest.mark.usefixtures("a_row_in_each_guarded_table")
def test_a_row_is_not_overwritten_by_another_of_the_same_key():
    (event,) = Event.objects.all()
    twin = Event(position=event.position, event_id="evt_other", epoch=1, type=event.type, version=9)
    twin.occurred_at, twin.commitment = cast.NOW, b""
    with pytest.raises(DatabaseError), transaction.atomic():
        twin.save()


# The log and the book are one


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", ["state = 'withdrawn'", "ends_on = ends_on + 1", "flags = '{disputed}'", "number = 'L-2026-999999'"]
)
def test_a_listing_in_force_does_not_change_without_a_new_version(change):
    cast.in_force()
    with (
        pytest.raises(DatabaseError, match="without a new version"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE registry_listing SET {change}")


@pytest.mark.django_db
def test_a_version_does_not_fall():
    cast.in_force()
    with (
        pytest.raises(DatabaseError, match="without a new version"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE registry_listing SET version = 0")


@committing
def test_a_new_version_without_its_event_is_refused_at_the_commit():
    listing = cast.in_force()
    with pytest.raises(DatabaseError, match="has no event for version 2"):
        Listing.objects.update(version=2, state="withdrawn")
    assert cast.fresh(listing).state == "active"


@committing
def test_a_listing_is_not_put_in_force_without_its_event():
    listing = cast.submitted()
    with pytest.raises(DatabaseError, match="has no event for version 1"):
        Listing.objects.filter(pk=listing.pk).update(
            state="active", version=1, approved_by=cast.judge().pk, approved_at=cast.NOW
        )
    assert cast.fresh(listing).state == "in_review"


@pytest.mark.django_db
def test_a_listing_with_events_is_not_deleted():
    cast.in_force()
    with pytest.raises(DatabaseError, match="foreign key"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_listing; SET CONSTRAINTS ALL IMMEDIATE")


# The bell


@pytest.fixture
def sent(monkeypatch):
    """What was given to the broker."""
    kept = []
    monkeypatch.setattr(app, "send_task", lambda name, **how: kept.append((name, how)))
    return kept


def rings(sent):
    return [name for name, _ in sent]


@committing
def test_a_burst_rings_once_until_somebody_answers(sent):
    listing = cast.in_force()
    for _ in range(5):
        flag(listing)
    assert rings(sent) == ["sharing.tell"]
    bell.answer()
    flag(listing)
    assert rings(sent) == ["sharing.tell"] * 2


@committing
def test_a_new_measure_rings_for_its_opening_set(sent):
    cast.measure(cast.department())
    assert rings(sent) == ["sharing.tell"]


@committing
def test_the_message_says_nothing_but_its_name(sent):
    cast.in_force()
    ((_, how),) = sent
    assert set(how) == {"expires", "ignore_result", "retry"}


@committing
def test_a_bell_that_nobody_answered_rings_again_after_a_second(sent):
    listing = cast.in_force()
    Bell.objects.update(rung_at=timezone.now() - timedelta(seconds=2))
    flag(listing)
    assert len(sent) == 2


@committing
def test_an_act_stands_whatever_becomes_of_its_bell(monkeypatch):
    listing = cast.in_force()

    def broken():
        raise RuntimeError("the bell")

    monkeypatch.setattr(bell, "ring", broken)
    flag(listing)
    assert log.head() == (2, 1)


@committing
def test_nothing_rings_where_nothing_was_committed(sent):
    listing = cast.in_force()
    bell.answer()
    sent.clear()
    with pytest.raises(Killed):
        flag_and_die(listing)
    assert sent == []


@pytest.fixture
def broker_away():
    """Nobody listens where the broker should be."""
    with ringing_at("redis://127.0.0.1:9/0"):
        yield


@committing
def test_with_the_broker_away_an_act_is_committed_and_the_sweep_tells(broker_away, caplog, monkeypatch):
    monkeypatch.setattr(tasks.slot, "run", lambda **how: 0)
    department = cast.department()
    cast.measure(department)
    cast.in_force()
    assert Event.objects.count() == 1
    # That of the measure; the act does not wait for the broker once more.
    (record,) = (each for each in caplog.records if each.name == "registry.bell")
    assert record.getMessage() == "bell not heard: OperationalError; the sweep will find the events"
    assert record.exc_info is None
    assert "高䶮" not in caplog.text
    assert cast.DEFENDANT_NUMBER not in caplog.text
    assert TellingCursor.objects.get().position == 0
    tasks.sweep()
    assert TellingCursor.objects.get().position == 1
    assert not Endpoint.objects.exists()
