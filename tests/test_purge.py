"""The purge: only after every copy is known to be gone, then of everything but what the schedule names."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from registry import actions, log
from registry.actions import purging as purging_acts
from registry.keys import KeyUnknown, SealBroken, keyring
from registry.models import (
    AccessRecord,
    ActRecord,
    Event,
    EventPayload,
    EventType,
    FormerName,
    IdentityDocument,
    Listing,
    Person,
    Proposal,
    State,
)
from registry.models.insert_only import InsertOnlyError
from registry.reading import record_reading
from sharing.delivery import slot
from sharing.departments import receipts, telling
from sharing.departments.models import Recall, Receipt
from sharing.employers import recalling
from sharing.employers.models import RecallDecision
from sharing.employers.monitoring import walking
from sharing.retention import due, purging
from sharing.retention.models import PurgeReport
from tests import asking, cast, desk, sealing
from tests.receiving import receiver
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NAME = "高䶮"
STATEMENT = "我已改过并赔偿了陶然亭的邻居"
REASON = "复核时发现望京花家地的地址有误"


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True


@pytest.fixture
def finance():
    department = cast.department()
    cast.measure(department)
    return department


def walk():
    """Whoever reads the log by a cursor is at its end."""
    telling.walk(now=cast.NOW)
    recalling.walk(now=cast.NOW)
    while walking.walk(now=cast.NOW):
        pass


def confirm_purged(department):
    """The department's receipts for every withdrawal that it has."""
    for recall in Recall.objects.filter(department=department.organisation, closed_by=None):
        event = Event.objects.get(position=recall.position)
        entry = receipts.ReceiptEntry(event=event.event_id, kind="purged", at=cast.NOW)
        receipts.record(entry, department=department.organisation, signed=True)


def over():
    """A moment at which retention is over: recorded_at and received_at are of the database's clock."""
    return timezone.now() + timedelta(days=31)


def withdrawn_and_confirmed(department):
    listing = cast.withdrawn(cast.in_force())
    walk()
    confirm_purged(department)
    return listing


def purged(listing):
    return sealing.whole(listing).state == State.PURGED


# When


def test_a_listing_in_force_is_never_due(finance):
    cast.in_force()
    walk()
    assert due.listings(now=over(), limit=10) == []


def test_it_waits_for_every_department_that_was_told_and_then_for_the_days_of_retention(finance):
    telecom = cast.department("telecom")
    cast.measure(telecom)
    listing = cast.withdrawn(cast.in_force())
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 0
    assert due.overview(now=over()).at_departments == 1
    confirm_purged(telecom)
    assert purging.purge(now=timezone.now() + timedelta(days=29)) == 0
    assert due.overview(now=timezone.now()).retained == 1
    assert purging.purge(now=over()) == 1
    assert purged(listing)


def test_it_waits_until_the_withdrawal_has_been_told_at_all(finance):
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    cast.withdrawn(listing)
    assert purging.purge(now=over()) == 0
    assert due.overview(now=over()).not_walked == 1


def test_it_waits_for_the_employer_that_was_answered(finance):
    listing = cast.in_force()
    screening = asking.answered()
    assert screening.listing_id == listing.pk
    cast.withdrawn(listing)
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 0
    assert due.overview(now=over()).at_employers == 1
    machine = asking.machine(asking.bank().organisation)
    recalling.confirm(
        screening.pk, employer_id=screening.employer_id, removed=True, decision=RecallDecision.NO_DECISION_YET,
        by=machine, now=cast.NOW,
    )  # fmt: skip
    assert purging.purge(now=over()) == 1


def test_a_listing_that_nobody_was_told_of_is_purged_after_its_days():
    listing = cast.withdrawn(cast.in_force())
    walk()
    assert purging.purge(now=over()) == 1
    assert purged(listing)


def test_the_days_of_retention_are_the_courts_setting(finance, settings):
    settings.REGISTRY_RETENTION_DAYS = 90
    withdrawn_and_confirmed(finance)
    assert purging.purge(now=over()) == 0


# What


def test_everything_the_book_holds_of_the_person_is_destroyed(finance):
    listing = withdrawn_and_confirmed(finance)
    assert purging.purge(now=over()) == 1
    assert Person.objects.get().name == ""
    assert not IdentityDocument.objects.exists()
    assert [each.type for each in Event.objects.filter(payload__isnull=False)] == [EventType.WITHDRAWN]
    assert all(each.reason == "" for each in ActRecord.objects.all())
    assert Proposal.objects.get().content == {"changes": {}, "reason": "", "ground": ""}
    whole = sealing.whole(listing)
    assert (whole.state, whole.ends_on, whole.statement) == (State.PURGED, None, None)
    assert not whole.party.prohibitions.exists()
    assert whole.party.offence_dates == []


def test_events_and_their_commitments_stay_in_their_places(finance):
    listing = withdrawn_and_confirmed(finance)
    before = list(Event.objects.values_list("position", "event_id", "commitment"))
    purging.purge(now=over())
    assert list(Event.objects.values_list("position", "event_id", "commitment")) == before
    (withdrawal,) = Event.objects.filter(listing=listing, type=EventType.WITHDRAWN)
    assert log.read(withdrawal)["listing"] == {"number": listing.number, "version": 2}


def test_a_person_with_another_listing_stays_until_that_one_is_purged_too(finance):
    first = cast.in_force()
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    second = cast.put_in_force(cast.draft(decision=decision))
    cast.withdrawn(first)
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 1
    assert Person.objects.get().name == NAME
    assert IdentityDocument.objects.exists()
    assert not EventPayload.objects.filter(event__listing=first, event__type=EventType.PUBLISHED).exists()
    cast.withdrawn(second)
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 1
    assert Person.objects.get().name == ""
    assert not IdentityDocument.objects.exists()


def test_the_person_can_be_entered_anew_after_a_purge(finance):
    withdrawn_and_confirmed(finance)
    purging.purge(now=over())
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    assert cast.put_in_force(cast.draft(decision=decision)).state == State.ACTIVE


def test_what_is_sealed_is_purged_like_everything_else(finance):
    listing = cast.in_force()
    sealing.found_young(listing)
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 1
    whole = sealing.whole(listing)
    assert (whole.state, whole.seal.words, whole.sealed_at is not None) == (State.PURGED, "", True)


def test_two_workers_at_once_purge_each_listing_once_and_report_it_once(finance):
    withdrawn_and_confirmed(finance)
    found = [pk for pk, _number in due.listings(now=over(), limit=10)]
    assert actions.purge(found, now=cast.NOW)["registry_listing"] == 1
    assert actions.purge(found, now=cast.NOW)["registry_listing"] == 0


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_report_no_listing_twice():
    first, second = cast.in_force(), cast.second_in_force()
    for listing in (first, second):
        cast.withdrawn(listing)
    walk()
    in_threads(*[lambda: purging.purge(now=over())] * 3)
    assert sum(each.listings for each in PurgeReport.objects.all()) == 2


def test_a_crash_leaves_a_chunk_whole_or_not_begun(finance, monkeypatch):
    listing = withdrawn_and_confirmed(finance)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(PurgeReport.objects, "create", killed)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        purging.purge(now=over())
    monkeypatch.undo()
    assert cast.fresh(listing).state == State.WITHDRAWN
    assert Person.objects.get().name == NAME
    assert purging.purge(now=over()) == 1


def test_nobody_but_the_keeper_destroys_evidence(finance):
    withdrawn_and_confirmed(finance)
    for sql in (
        "DELETE FROM registry_eventpayload",
        "UPDATE registry_actrecord SET reason_sealed = NULL",
        "DELETE FROM registry_accessrecord WHERE true",
        "UPDATE departments_receipt SET note = ''",
    ):
        record_reading(Listing.objects.all(), officer=cast.clerk(), page="listing", now=cast.NOW)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises(InsertOnlyError):
        EventPayload.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic(), purging_acts.as_keeper() as cursor:
        cursor.execute("UPDATE registry_actrecord SET reason_sealed = 'another'")


# Said before and after


def test_a_dry_run_says_what_would_go_and_changes_nothing(finance):
    withdrawn_and_confirmed(finance)
    foretold = purging.dry_run(now=over())
    assert foretold["registry_listing"] == foretold["registry_identitydocument"] == 1
    assert Person.objects.get().name == NAME
    purging.purge(now=over())
    report = PurgeReport.objects.get()
    assert {"registry_listing": report.listings, **report.counts} == foretold


def test_the_command_reports_in_words_and_as_json(finance, monkeypatch):
    withdrawn_and_confirmed(finance)
    moment = over()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    said = io.StringIO()
    call_command("purge", "--dry-run", stdout=said)
    assert "would be destroyed" in said.getvalue()
    said = io.StringIO()
    call_command("purge", "--json", stdout=said)
    assert json.loads(said.getvalue())["rows"]["registry_listing"] == 1
    assert not Listing.objects.filter(state=State.WITHDRAWN).exists()


def test_reports_are_written_once(finance):
    withdrawn_and_confirmed(finance)
    purging.purge(now=over())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM retention_purgereport")


def test_auditors_and_registrars_of_the_high_court_see_what_is_due_and_done_and_nobody_else(finance):
    withdrawn_and_confirmed(finance)
    purging.purge(now=over())
    for officer in (cast.high_court_registrar(), cast.officer("A-WU", "auditor", court="京")):
        page = desk.at_the_desk(officer).get("/desk/sharing/retention/").content.decode()
        assert "registry_identitydocument 1" in page
    for officer in (cast.clerk(), cast.registrar(), cast.judge()):
        assert desk.at_the_desk(officer).get("/desk/sharing/retention/").status_code == 403


# The others cope


def test_pull_push_and_replay_say_stubs_of_what_is_purged(finance):
    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url)
        withdrawn_and_confirmed(finance)
        purging.purge(now=over())
        slot.run()
    headers = asking.bearer(finance.organisation, ("events", "receipts"))
    pulled = Browser().get("/api/v1/events?after=0", headers=headers).json()["events"]
    assert [each["data"]["event"].get("stub", False) for each in pulled] == [True, False]
    assert [each.event.get("stub", False) for each in inbox.accepted_events] == [True, False]


def test_a_department_that_joins_after_a_purge_and_a_telling_that_begins_anew_are_not_stopped_by_it(finance):
    withdrawn_and_confirmed(finance)
    purging.purge(now=over())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_tellingcursor SET position = 0")
    assert telling.walk(now=cast.NOW) == 2


def test_the_desks_pages_of_a_purged_listing_still_open(finance):
    listing = withdrawn_and_confirmed(finance)
    purging.purge(now=over())
    for officer, path in (
        (cast.registrar(), f"/desk/sharing/listings/{listing.number}/"),
        (cast.clerk(), f"/desk/listings/{listing.number}/"),
        (cast.clerk(), f"/desk/decisions/{listing.party.decision_id}/"),
        (cast.clerk(), "/desk/registry/listing/"),
        (cast.judge(), f"/desk/proposals/{Proposal.objects.get().pk}/"),
    ):
        assert desk.at_the_desk(officer).get(path).status_code == 200, path
    registrar = desk.with_a_reason(cast.high_court_registrar(), listing)
    assert registrar.get(f"/desk/sharing/listings/{listing.number}/").status_code == 200


# Records


def test_records_of_who_looked_go_after_their_years_and_not_before(finance):
    listing = cast.in_force()
    record_reading([listing], officer=cast.clerk(), page="listing", now=cast.NOW)
    assert purging.forget_records(now=cast.NOW + timedelta(days=3 * 365)) == 0
    assert purging.forget_records(now=cast.NOW + timedelta(days=3 * 365 + 2)) == 1
    assert not AccessRecord.objects.exists()
    assert PurgeReport.objects.get().counts == {"registry_accessrecord": 1}


def test_a_departments_note_goes_after_its_years_and_the_receipt_stays(finance):
    listing = withdrawn_and_confirmed(finance)
    event = Event.objects.get(listing=listing, type=EventType.PUBLISHED)
    entry = receipts.ReceiptEntry(event=event.event_id, kind="applied", at=cast.NOW, note="张科长已处理")
    receipts.record(entry, department=finance.organisation, signed=True)
    purging.forget_records(now=timezone.now() + timedelta(days=3 * 365 + 3))
    assert sorted(Receipt.objects.values_list("kind", "note")) == [("applied", ""), ("purged", "")]


# Nothing is left


def test_after_a_purge_no_table_holds_anything_of_the_person_but_what_the_schedule_names(finance):
    telecom = cast.department("telecom")
    cast.measure(telecom)
    entry = cast.party(cast.person(former_names=("高龙",)))
    listing = cast.in_force(entry)
    record_reading([listing], officer=cast.clerk(), page="listing", now=cast.NOW)
    asking.answered()
    actions.state(listing.pk, words=STATEMENT, officer=cast.registrar(), now=cast.NOW)
    cast.corrected(listing, name="高䶮䶮")
    actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason=REASON)
    cast.withdrawn(cast.fresh(listing))
    walk()
    for department in (finance, telecom):
        confirm_purged(department)
    for recall in recalling.open_recalls():
        recalling.confirm(
            recall.screening_id, employer_id=recall.screening.employer_id, removed=True,
            decision=RecallDecision.RECONSIDERED, by=asking.machine(asking.bank().organisation), now=cast.NOW,
        )  # fmt: skip
    words = (NAME, "高龙", "高䶮䶮", cast.DEFENDANT_NUMBER, "1988-03-04", "19880304", STATEMENT, REASON,
             "不得从事个人信息处理相关职业", "acquitted on retrial", "clerical error")  # fmt: skip
    assert {word for word, _where in found_in_the_database(words)} >= set(words) - {"19880304"}
    assert purging.purge(now=over()) == 1
    left = {(word, where) for word, where in found_in_the_database(words) if where not in KEPT_BY_THEIR_OWN_SCHEDULE}
    assert left == set()
    assert FormerName.objects.count() == 0
    assert Listing.objects.get().number == listing.number
    assert date.fromisoformat("1988-03-04") not in dates_in_the_database()


# What employers were answered is theirs to answer for, and stays by its own schedule (docs/retention.md).
KEPT_BY_THEIR_OWN_SCHEDULE = {"employers_screening.answer_sealed"}


def found_in_the_database(words):
    """(word, table.column) of every column of every table, opened where it is sealed with our keys."""
    for table, column, value, row in every_value():
        text = readable(value, row, column)
        for word in words:
            if word in text:
                yield word, f"{table}.{column}"


def every_value():
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.all():
            for field in model._meta.concrete_fields:
                yield model._meta.db_table, field.column, getattr(row, field.attname), row


def dates_in_the_database():
    return {value for _table, _column, value, _row in every_value() if type(value) is date}


def readable(value, row, column):
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace") + (opened(bytes(value), row) if "sealed" in column else "")
    return json.dumps(value, ensure_ascii=False, default=str)


def opened(value, row):
    """What our keys make of it, in whichever place it may be bound to: the seal is opened without being told where."""
    if not value:
        return ""
    for place in places(row):
        try:
            return keyring().open(value, bound_to=place).decode("utf-8", "replace")
        except (SealBroken, KeyUnknown):
            continue
    raise AssertionError(f"nobody knows where a sealed value of {row._meta.label} is bound to")


def places(row):
    """Every place that a property of the row's model binds to, and the log's own."""
    values = {"key": row.pk, "number": getattr(row, "number", ""), "listing": getattr(row, "listing_id", "")}
    names = ("person.name", "person.birth_date", "former_name.name", "document.number", "proposal.changes", "act.reason",
             "seal_opened.reason", "screening.answer", "verdict.answer", "consent.person", "endpoint.secret",
             "delivery.secret")  # fmt: skip
    yield from (f"{name}.{values['key']}" for name in names)
    yield from (f"listing.{name}.{values['number']}" for name in ("statement", "returned_because"))
    yield f"seal.words.{values['listing']}"
    if isinstance(row, EventPayload):
        yield from (f"event.{part}.{row.event.event_id}" for part in ("body", "salt"))
