"""The purge: only after every copy is known to be gone, then of everything but what the schedule names."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry import actions, log
from registry.actions import purging as purging_acts
from registry.errors import NoSuchProposal, PaperReferenceIsPersonal
from registry.models import (
    AccessRecord,
    ActRecord,
    Event,
    EventPayload,
    EventType,
    FormerName,
    IdentityDocument,
    Listing,
    NoticeService,
    Outcome,
    Person,
    Proposal,
    State,
    WithdrawalCause,
)
from registry.models.insert_only import InsertOnlyError
from registry.reading import record_reading
from sharing.delivery import slot
from sharing.departments import institutions, receipts, recording, telling
from sharing.departments.models import Recall, Receipt
from sharing.employers import recalling
from sharing.employers.models import RecallDecision
from sharing.persons.objections import deciding, papers
from sharing.retention import due, purging
from sharing.retention.models import PurgeReport
from tests import asking, cast, desk, objecting, sealing
from tests.purging import confirm_purged, over, purged, walk, withdrawn_and_confirmed
from tests.receiving import receiver
from tests.test_clearance import person
from tests.test_objection_pages import words_of
from tests.test_screening_races import wait_until_somebody_waits_for
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.usefixtures("the_court_has_decided")]

NAME = "高䶮"


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


@pytest.mark.parametrize("named_first", [True, False])
def test_retention_begins_once_the_last_institution_has_confirmed_though_its_department_had_long_before(
    finance, monkeypatch, named_first
):
    listing = cast.in_force()
    walk()
    bank = institutions.register(finance, code="bank", name="甲银行", uscc=asking.BANK_USCC, now=cast.NOW)
    institutions.reach(finance.pk, listing.number, "bank", at=cast.NOW)
    cast.withdrawn(listing)
    walk()
    confirm_purged(finance)
    recall = Recall.objects.get()
    if named_first:
        institutions.escalate(recall, bank, now=cast.NOW)
    with monkeypatch.context() as later:
        confirmed_at = timezone.now() + timedelta(days=25)
        later.setattr("django.utils.timezone.now", lambda: confirmed_at)
        assert institutions.note_confirmed(recall, [bank], at=cast.NOW) == 1
    assert due.listings(now=over(), limit=10) == []
    assert due.overview(now=over()).retained == 1
    assert due.listings(now=over() + timedelta(days=25), limit=10) == [(listing.pk, listing.number)]


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


def test_a_purged_persons_last_draft_is_discarded_and_nothing_of_him_is_left(finance):
    withdrawn_and_confirmed(finance)
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    draft = cast.draft(cast.party(cast.person(former_names=("高龙",))), decision=decision)
    purging.purge(now=over())
    assert Person.objects.get().name == NAME, "the draft still needs it"
    actions.submit([draft.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(draft))
    actions.record_service(
        [draft.pk], served_on=cast.NOW.date(), how="in_court", reference="117", officer=cast.clerk(), now=cast.NOW
    )
    actions.stop([draft.pk], officer=cast.clerk(), now=cast.NOW, reason=f"{NAME} was acquitted")
    actions.discard([draft.pk], officer=cast.clerk(), now=cast.NOW, reason=f"{NAME} was acquitted")
    assert not IdentityDocument.objects.exists()
    assert not FormerName.objects.exists()
    emptied = Person.objects.get()
    assert (bytes(emptied.name_sealed), bytes(emptied.name_digest), emptied.birth_date) == (b"", b"", None)
    assert not NoticeService.objects.exists()
    said = ActRecord.objects.filter(listing_number=draft.number)
    acts = ["enter", "submit", "approve", "record_service", "stop", "discard"]
    assert [(each.act, each.reason) for each in said] == [(act, "") for act in acts]


def test_what_comes_on_paper_about_a_purged_listing_is_not_taken_for_its_person(finance):
    """An institution that was reported late opens the recall again."""
    listing = withdrawn_and_confirmed(finance)
    purging.purge(now=over())
    institutions.register(finance, code="bank", name="某支行", uscc=cast.UNIT_NUMBER, now=cast.NOW)
    institutions.reach(finance.pk, listing.number, "bank", at=cast.NOW)
    recall = Recall.objects.get()
    assert recall.closed_by is None
    paper = {
        "department_id": finance.pk, "purged_on": cast.NOW.date(), "with_institutions": True,
        "officer": cast.high_court_registrar(), "now": timezone.now(),
    }  # fmt: skip
    with pytest.raises(PaperReferenceIsPersonal):
        recording.record_on_paper([recall.pk], reference=cast.DEFENDANT_NUMBER, **paper)
    assert recording.record_on_paper([recall.pk], reference="京银函〔2026〕7号", **paper) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amended", [False, True])
def test_whoever_is_entered_anew_while_the_last_draft_goes_is_entered_whole(finance, amended):
    """The draft is discarded, or amended to somebody else, while another clerk enters the same person."""
    withdrawn_and_confirmed(finance)
    decisions = [cast.entered_decision(cast.judgment(number=f"（2026）京0105刑初{each}号")) for each in (124, 125)]
    draft = cast.draft(decision=decisions[0])
    purging.purge(now=over())
    digest = bytes(IdentityDocument.objects.get().digest)
    entered = Signal()

    def enter():
        with transaction.atomic():
            cast.draft(decision=decisions[1])
            entered.set()
            wait_until_somebody_waits_for(digest)

    def let_go():
        assert entered.wait(10)
        if amended:
            other = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))
            actions.amend_party(draft.pk, other, revision=draft.revision, officer=cast.clerk(), now=cast.NOW)
        else:
            actions.discard([draft.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")

    in_threads(enter, let_go)
    person = Listing.objects.get(party__decision=decisions[1]).party.person
    assert (person.name, person.documents.count()) == (NAME, 1)


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


def test_what_was_said_in_objections_goes_with_the_listing_and_the_steps_stay(finance):
    listing = cast.in_force()
    over_with = objecting.served(listing, files=(objecting.PDF,))
    deciding.withdraw(over_with.number, now=cast.NOW)
    cast.withdrawn(cast.fresh(listing))
    walk()
    confirm_purged(finance)
    assert purging.dry_run(now=over())["persons_objection"] == 1
    assert purging.purge(now=over()) == 1
    found = objecting.fresh(over_with)
    assert (found.content, found.files.get().content, {each.reason for each in found.steps.all()}) == ({}, b"", {""})
    assert [each.step for each in found.steps.all()] == ["receive", "admit", "reject", "serve", "withdraw"]
    assert papers.letter(found).startswith(b"%PDF")


def test_a_purged_listings_number_is_told_on_none_of_the_pages_and_papers_of_an_objection_about_it(finance):
    listing = cast.in_force()
    found = objecting.served(listing)
    deciding.withdraw(found.number, now=cast.NOW)
    cast.withdrawn(cast.fresh(listing))
    walk()
    confirm_purged(finance)
    browser = person()
    pages = [reverse("person:objections"), reverse("person:objection", args=[found.number])]
    assert [listing.number in browser.get(page).content.decode() for page in pages] == [True, True]
    assert purging.purge(now=over()) == 1
    answers = [browser.get(page) for page in pages]
    assert [found.number in answer.content.decode() for answer in answers] == [True, True]
    assert [listing.number in answer.content.decode() for answer in answers] == [False, False]
    words = words_of(papers.letter(objecting.fresh(found)))
    assert found.number in words
    assert listing.number not in words


def test_a_listing_whose_objection_is_open_is_kept_until_it_is_decided(finance):
    listing = cast.in_force()
    going_on = objecting.raised(listing)
    cast.withdrawn(cast.fresh(listing))
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 0
    assert due.overview(now=over()).retained == 1
    deciding.withdraw(going_on.number, now=cast.NOW)
    assert purging.purge(now=over()) == 1


def test_whoever_turns_out_not_to_have_been_meant_has_as_long_for_her_letter(finance):
    listing = withdrawn_and_confirmed(finance)
    stated = cause_proposed(listing, now=timezone.now() + timedelta(days=29))
    assert purging.purge(now=over()) == 0
    said = timezone.now() + timedelta(days=40)
    actions.carry_out(stated.pk, officer=cast.judge(), now=said)
    assert purging.purge(now=said + timedelta(days=29)) == 0
    assert purging.purge(now=said + timedelta(days=31)) == 1


def test_a_cause_that_nobody_decides_keeps_a_listing_half_a_year_and_ends_with_the_purge(finance):
    listing = withdrawn_and_confirmed(finance)
    proposed = timezone.now()
    stated = cause_proposed(listing, now=proposed)
    assert purging.purge(now=proposed + timedelta(days=due.UNSERVED_DAYS + 29)) == 0
    assert purging.purge(now=proposed + timedelta(days=due.UNSERVED_DAYS + 31)) == 1
    judge = desk.at_the_desk(cast.judge())
    assert listing.number not in judge.get("/desk/").content.decode()
    refused = {"do": "refuse", "reason": f"{NAME} was meant"}
    assert judge.post(f"/desk/proposals/{stated.pk}/", refused).status_code == 200
    for decide in (
        lambda: actions.carry_out(stated.pk, officer=cast.judge(), now=cast.NOW),
        lambda: actions.refuse_proposal(stated.pk, officer=cast.judge(), now=cast.NOW, reason=f"{NAME} was meant"),
    ):
        with pytest.raises(NoSuchProposal):
            decide()
    stated.refresh_from_db()
    assert (stated.outcome, stated.decided_by, stated.content["reason"]) == (Outcome.ENDED, None, "")
    assert {each.reason for each in ActRecord.objects.filter(listing_number=listing.number)} == {""}


def cause_proposed(listing, *, now):
    return actions.propose(
        listing.pk, "state_cause", against_version=cast.fresh(listing).version, officer=cast.clerk(), now=now,
        reason="号码录入有误", ground=sealing.RULING, cause=WithdrawalCause.WRONG_PERSON,
    )  # fmt: skip


def test_an_objection_about_a_sealed_listing_keeps_it_from_nothing(finance):
    listing = cast.in_force()
    going_on = objecting.raised(listing)
    sealing.sealed(listing)
    walk()
    confirm_purged(finance)
    assert purging.purge(now=over()) == 1
    assert objecting.fresh(going_on).content == {}


def test_what_was_said_about_no_listing_goes_once_retention_since_its_end_is_over(settings):
    ended, going_on = (objecting.raised(None, told="R-1", files=(objecting.PDF,)) for _ in range(2))
    deciding.refuse(ended.number, officer=cast.high_court_registrar(), now=cast.NOW, reason="与本登记无关")
    later = cast.NOW + timedelta(days=settings.REGISTRY_RETENTION_DAYS)
    assert purging.forget_records(now=later - timedelta(days=1)) == 0
    assert purging.forget_records(now=later) == 4
    assert PurgeReport.objects.get().counts == {
        "persons_objectionmail": 0,
        "persons_objectionstep": 1,
        "persons_objectionevidence": 1,
        "persons_objectionfile": 1,
        "persons_objection": 1,
    }
    found = objecting.fresh(ended)
    assert (found.content, found.files.get().content, {each.reason for each in found.steps.all()}) == ({}, b"", {""})
    assert objecting.fresh(going_on).content["document_number"] == cast.DEFENDANT_NUMBER
    assert purging.forget_records(now=later) == 0


def test_a_dry_run_counts_what_was_said_about_no_listing_and_the_purge_destroys_it(finance, settings, monkeypatch):
    listing = withdrawn_and_confirmed(finance)
    ended, going_on = (objecting.raised(None, told="R-1", files=(objecting.PDF,)) for _ in range(2))
    deciding.refuse(ended.number, officer=cast.high_court_registrar(), now=cast.NOW, reason="与本登记无关")
    settings.REGISTRY_RETENTION_DAYS = 10_000
    assert purging.dry_run(now=over())["persons_objection"] == 0
    assert (due.overview(now=over()).unnamed_retained, due.overview(now=over()).unnamed_due) == (1, 0)
    settings.REGISTRY_RETENTION_DAYS = 30
    moment = over()
    assert (due.overview(now=moment).unnamed_retained, due.overview(now=moment).unnamed_due) == (0, 1)
    foretold = purging.dry_run(now=moment)
    assert {name: foretold[f"persons_objection{name}"] for name in ("", "step", "evidence", "file")} == {
        "": 1,
        "step": 1,
        "evidence": 1,
        "file": 1,
    }
    assert objecting.fresh(ended).content
    monkeypatch.setattr(timezone, "now", lambda: moment)
    said = io.StringIO()
    call_command("purge", "--dry-run", stdout=said)
    assert re.search(r"persons_objection +1\n", said.getvalue())
    assert re.search(r"unnamed_due +1\n", said.getvalue())
    page = desk.at_the_desk(cast.high_court_registrar()).get("/desk/sharing/retention/").content.decode()
    assert re.search(r"Objections about no listing, due now.*?<dd[^>]*>\s*1\s*</dd>", page, re.DOTALL)
    call_command("purge", stdout=io.StringIO())
    done = Counter()
    for report in PurgeReport.objects.all():
        done.update({"registry_listing": report.listings, **report.counts})
    assert done == Counter(foretold)
    assert purged(listing)
    assert objecting.fresh(ended).content == {}
    assert objecting.fresh(going_on).content
    assert purging.dry_run(now=moment)["persons_objection"] == 0
    page = desk.at_the_desk(cast.high_court_registrar()).get("/desk/sharing/retention/").content.decode()
    assert "objections about no listing" in page


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
