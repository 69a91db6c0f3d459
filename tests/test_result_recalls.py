"""Recalls of results: what opens one, what never does, who is told, and what the employer answers."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client as Browser

from registry import actions
from registry.errors import (
    HighCourtRegistrarNeeded,
    NoResultYet,
    NoSuchRecalledResult,
    ReasonForRecallNeeded,
    RecallClosed,
    ResultRecalledAlready,
)
from registry.models import Event, EventType, Flag, Role
from registry.models.insert_only import InsertOnlyError
from sharing.employers import announcing, recalling
from sharing.employers.models import (
    RecallConfirmation,
    RecallDecision,
    RecallingCursor,
    RecallTold,
    ResultRecall,
    Screening,
)
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, cast, desk

pytestmark = pytest.mark.django_db
NOW = cast.NOW


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_SUBJECT_A_MONTH = 1000


@pytest.fixture
def listing():
    return cast.in_force()


def recalled():
    recalling.walk(now=NOW)
    return set(ResultRecall.objects.values_list("pk", flat=True))


def suspended(listing):
    actions.suspend([listing.pk], officer=cast.registrar(), now=NOW, reason="retrial ordered")


def revised(listing):
    proposal = actions.propose(
        listing.pk,
        "revise",
        against_version=cast.fresh(listing).version,
        officer=cast.clerk(),
        now=NOW,
        reason="commuted",
        ground="（2026）京刑更2号",
        changes={"sentence_months": 20},
    )
    actions.carry_out(proposal.pk, officer=cast.judge(), now=NOW)


def expired(listing):
    actions.expire(now=NOW + timedelta(days=5 * 366))


CHANGES = {
    EventType.CORRECTED: lambda listing: cast.corrected(listing, sentence_months=20),
    EventType.REVISED: revised,
    EventType.SUSPENDED: suspended,
    EventType.WITHDRAWN: cast.withdrawn,
}


# The log


@pytest.mark.parametrize("type_", CHANGES, ids=str)
def test_a_positive_result_is_recalled_once_its_listing_changes(listing, type_):
    told, clean = asking.answered(), asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER))
    assert recalled() == set()
    CHANGES[type_](listing)
    assert recalled() == {told.pk}
    recall = ResultRecall.objects.get()
    assert (recall.cause, recall.position) == ("listing_changed", Event.objects.get(type=type_).position)
    assert (recall.status_list, recall.status_index) == (told.status_list, told.status_index)
    assert not hasattr(Screening.objects.get(pk=clean.pk), "recall")


def test_the_end_of_the_term_recalls_like_every_withdrawal(listing):
    told = asking.answered()
    expired(listing)
    assert recalled() == {told.pk}


def test_a_flag_a_statement_and_a_reinstatement_recall_nothing(listing):
    asking.answered()
    actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=NOW, reason="objection received")
    actions.state(listing.pk, words="The sum was paid back.", officer=cast.registrar(), now=NOW)
    actions.unflag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=NOW, reason="objection decided")
    assert recalled() == set()
    assert recalling.CHANGES.isdisjoint({EventType.REINSTATED, EventType.FLAGGED, EventType.STATED})


def test_a_result_given_after_the_change_stands_though_the_walker_comes_later(listing):
    before = asking.answered()
    cast.corrected(listing, sentence_months=20)
    after = asking.answered()
    assert after.outcome == "listed"
    assert recalled() == {before.pk}
    cast.withdrawn(cast.fresh(listing))
    assert recalled() == {before.pk, after.pk}


def test_a_pending_answer_and_one_that_was_not_told_of_are_not_recalled(listing):
    asking.answered(asking.question(name="高某"))  # pending
    suspended(listing)
    asking.answered()  # not listed any more
    cast.withdrawn(cast.fresh(listing))
    assert recalled() == set()


def test_a_prohibition_of_a_second_listing_recalls_the_result_that_showed_it():
    first = cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    decision = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    second = cast.put_in_force(
        cast.draft(cast.party(prohibitions=(asking.prohibited(scope="不得从事催收工作", months=40),)), decision)
    )
    told = asking.answered()
    assert (told.listing_id, told.also_told) == (first.pk, [second.pk])
    cast.withdrawn(second)
    assert recalled() == {told.pk}


def test_events_are_walked_once(listing):
    asking.answered()
    cast.withdrawn(listing)
    assert recalling.walk(now=NOW) == Event.objects.count()
    assert recalling.walk(now=NOW) == 0
    assert RecallingCursor.objects.get().position == Event.objects.order_by("-position")[0].position


def test_a_walker_killed_in_between_leaves_all_or_nothing(listing, monkeypatch):
    told = asking.answered()
    cast.withdrawn(listing)

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RecallingCursor, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            recalling.walk(now=NOW)
    assert (ResultRecall.objects.count(), RecallingCursor.objects.get().position) == (0, 0)
    assert recalled() == {told.pk}


@pytest.mark.django_db(transaction=True)
def test_two_walkers_at_once_open_each_recall_once(listing):
    told = {asking.answered().pk for _ in range(3)}
    cast.withdrawn(listing)
    start, walked = threading.Barrier(2), []

    def walk():
        try:
            start.wait()
            walked.append(recalling.walk(now=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=walk) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(walked) == [0, Event.objects.count()]
    assert recalled() == told


def test_what_is_recorded_is_written_once(listing):
    told = asking.answered()
    cast.withdrawn(listing)
    recalled()
    with pytest.raises(InsertOnlyError):
        ResultRecall.objects.get().delete()
    for statement in (
        "UPDATE employers_resultrecall SET cause = 'erroneous'",
        "DELETE FROM employers_resultrecall",
        "DELETE FROM employers_statuslist",
    ):
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError, match="result_recall_has_one_cause"), transaction.atomic():
        ResultRecall.objects.create(screening=asking.answered(), cause="erroneous", opened_at=NOW)
    assert told.pk in recalled()


# Given in error


def recall(screening, officer=None, reason="asked about somebody else"):
    officer = officer or cast.high_court_registrar()
    return recalling.recall_as_erroneous(screening, officer=officer, reason=reason, now=NOW)


def test_a_registrar_of_the_high_court_recalls_what_was_given_in_error_whatever_it_said():
    clean = asking.answered()
    made = recall(clean)
    assert (made.cause, made.position, made.officer, made.reason) == (
        "erroneous",
        None,
        cast.high_court_registrar(),
        "asked about somebody else",
    )
    with pytest.raises(ResultRecalledAlready):
        recall(clean)


def test_nobody_else_may_and_not_without_a_reason_or_a_result(listing):
    told = asking.answered()
    for officer in (cast.registrar(), cast.judge(), cast.officer("C-XU", Role.CLERK, court="京")):
        with pytest.raises(HighCourtRegistrarNeeded):
            recall(told, officer)
    for reason in ("", "  \n", "x" * 201):
        with pytest.raises(ReasonForRecallNeeded):
            recall(told, reason=reason)
    with pytest.raises(NoResultYet):
        recall(asking.answered(asking.question(name="高某")))
    assert ResultRecall.objects.count() == 0


def test_the_log_does_not_recall_again_what_was_recalled_by_hand(listing):
    told = asking.answered()
    recall(told)
    cast.withdrawn(listing)
    assert recalled() == {told.pk}
    assert ResultRecall.objects.get().cause == "erroneous"


# The desk


def test_the_registrar_finds_a_result_and_recalls_it(listing):
    told = asking.answered()
    browser = desk.at_the_desk(cast.high_court_registrar())
    found = browser.post("/desk/sharing/results/", {"id": f" {told.pk} "})
    assert found["Location"] == f"/desk/sharing/results/{told.pk}/"
    shown = browser.get(found["Location"]).content.decode()
    assert "loan officer" in shown
    for secret in (cast.DEFENDANT_NUMBER, "高䶮", cast.DEFENDANT_NUMBER[-4:]):
        assert secret not in shown
    refused = browser.post(found["Location"], {"reason": ""}).content.decode()
    assert "A recall of a result needs a reason." in refused
    assert ResultRecall.objects.count() == 0
    assert browser.post(found["Location"], {"reason": "the form named another person"}).status_code == 302
    shown = browser.get(found["Location"]).content.decode()
    assert "the form named another person" in shown
    assert "Recall it for this reason" not in shown
    again = browser.post(found["Location"], {"reason": "once more"}).content.decode()
    assert "recalled already" in again


def test_an_id_that_is_nobodys_is_said_beside_the_field():
    browser = desk.at_the_desk(cast.high_court_registrar())
    answer = browser.post("/desk/sharing/results/", {"id": "scr_nothing"})
    assert "There is no result with this id." in answer.content.decode()
    assert browser.get("/desk/sharing/results/scr_nothing/").status_code == 404


@pytest.mark.parametrize("who", [cast.registrar, cast.clerk, cast.judge, cast.stranger])
def test_strangers_are_refused_at_the_desk_and_told_who_may_look(who):
    told = asking.answered()
    browser = desk.at_the_desk(who())
    for path in ("/desk/sharing/results/", f"/desk/sharing/results/{told.pk}/"):
        page = browser.get(path)
        assert page.status_code == 403
        assert "registrar of the High Court, auditor" in page.content.decode()
        assert browser.post(path, {"id": told.pk, "reason": "because"}).status_code == 403
    assert ResultRecall.objects.count() == 0


def test_an_auditor_looks_and_does_not_recall():
    told = asking.answered()
    browser = desk.at_the_desk(cast.officer("A-MA", Role.AUDITOR, court="京"))
    page = f"/desk/sharing/results/{told.pk}/"
    assert "Recall it for this reason" not in browser.get(page).content.decode()
    assert browser.post(page, {"reason": "because"}).status_code == 403
    assert ResultRecall.objects.count() == 0


# What the employer says


@pytest.fixture
def told(listing):
    screening = asking.answered()
    cast.withdrawn(listing)
    recalled()
    return screening


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


def confirm(screening_id, headers, **body):
    said = {"removed": True, "decision": "reconsidered", **body}
    return Browser().post(
        f"/api/v1/recalled-results/{screening_id}", said, content_type="application/json", headers=headers
    )


def listed_open(headers, **query):
    return Browser().get("/api/v1/recalled-results", query, headers=headers)


def test_the_employer_reads_what_was_recalled_and_confirms_it(told, bank):
    (row,) = listed_open(bank).json()["recalled"]
    assert row == {"screening": told.pk, "cause": "listing_changed", "recalled_at": "2026-11-24T02:00:00Z"}
    answer = confirm(told.pk, bank)
    assert (answer.status_code, answer.json()["decision"]) == (200, "reconsidered")
    assert listed_open(bank).json() == {"recalled": [], "next": None}
    said = RecallConfirmation.objects.get()
    assert (said.removed, said.client.organisation, said.member) == (True, told.employer, None)


def test_the_same_word_twice_is_one_and_another_one_is_refused(told, bank):
    first, again = confirm(told.pk, bank), confirm(told.pk, bank)
    assert first.json() == again.json()
    other = confirm(told.pk, bank, decision="not_reconsidered")
    assert (other.status_code, other.json()["code"]) == (409, "R-522")
    assert RecallConfirmation.objects.count() == 1


def test_not_removed_yet_is_recorded_and_leaves_it_open(told, bank):
    assert confirm(told.pk, bank, removed=False, decision="no_decision_yet").status_code == 200
    assert len(listed_open(bank).json()["recalled"]) == 1
    assert confirm(told.pk, bank).status_code == 200
    assert [each.removed for each in RecallConfirmation.objects.order_by("at")] == [False, True]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"removed", "decision"}),
        ({"removed": "perhaps", "decision": "reconsidered"}, {"removed"}),
        ({"removed": True, "decision": "no"}, {"decision"}),
        ({"removed": True, "decision": "reconsidered", "note": "…"}, {"note"}),
    ],
)
def test_a_word_that_cannot_be_read_names_its_fields(told, bank, body, fields):
    path = f"/api/v1/recalled-results/{told.pk}"
    answer = Browser().post(path, body, content_type="application/json", headers=bank)
    assert answer.status_code == 400
    assert {each["field"] for each in answer.json()["errors"]} == fields


def test_another_employers_recall_is_not_there(told):
    stranger = asking.bearer(asking.courier_company().organisation)
    assert listed_open(stranger).json()["recalled"] == []
    absent = confirm(told.pk, stranger), confirm("scr_" + "0" * 26, stranger), confirm("x", stranger)
    assert {(each.status_code, each.json()["code"]) for each in absent} == {(404, "R-521")}
    assert RecallConfirmation.objects.count() == 0


def test_strangers_are_refused_by_the_api(told):
    assert listed_open({}).status_code == 401
    assert confirm(told.pk, {}).status_code == 401
    department = asking.bearer(asking.department(), ["events", "receipts"])
    assert listed_open(department).status_code == 403
    assert confirm(told.pk, department).status_code == 403


def test_open_ones_come_in_pages(listing, bank):
    ids = sorted(asking.answered().pk for _ in range(3))
    cast.withdrawn(listing)
    recalled()
    first = listed_open(bank, limit=2).json()
    rest = listed_open(bank, limit=2, after=first["next"]).json()
    assert [row["screening"] for row in first["recalled"] + rest["recalled"]] == ids
    assert rest["next"] is None
    for query in ({"limit": "0"}, {"limit": "501"}, {"limit": "²"}, {"after": "somewhere"}):
        assert listed_open(bank, **query).status_code == 400


def test_a_member_confirms_too(told):
    member = members.take_in(told.employer, username="hr", password="a long enough phrase", name="人事")
    said = recalling.confirm(
        told.pk,
        employer_id=told.employer_id,
        removed=True,
        decision=RecallDecision.NO_DECISION_YET,
        by=member,
        now=NOW,
    )
    assert (said.member, said.client) == (member, None)
    with pytest.raises(RecallClosed):
        recalling.confirm(
            told.pk,
            employer_id=told.employer_id,
            removed=False,
            decision=RecallDecision.RECONSIDERED,
            by=member,
            now=NOW,
        )
    with pytest.raises(NoSuchRecalledResult):
        recalling.confirm(
            told.pk, employer_id=0, removed=True, decision=RecallDecision.RECONSIDERED, by=member, now=NOW
        )


# Who is told


@pytest.fixture
def people(listing):
    organisation = asking.bank().organisation
    for username, role in (("owner", MemberRole.OWNER), ("engineer", MemberRole.INTEGRATOR)):
        members.take_in(
            organisation,
            username=username,
            password="a long enough phrase",
            name=username,
            email=f"{username}@bank.example",
            role=role,
        )


def sent(now):
    mail.outbox.clear()
    announcing.announce(now=now)
    return [message.to for message in mail.outbox]


OWNER, COURT = "owner@bank.example", "registry@court.example"


def test_the_employers_people_are_told_at_once_and_again_until_it_is_removed(people, told, bank):
    days = {day: sent(NOW + timedelta(days=day)) for day in (0, 0.5, 1, 2, 3, 7, 8, 14)}
    late = [[OWNER, COURT]]
    assert days == {0: [[OWNER]], 0.5: [], 1: late, 2: [], 3: late, 7: late, 8: [], 14: late}
    assert RecallTold.objects.count() == 5
    confirm(told.pk, bank)
    assert sent(NOW + timedelta(days=21)) == []


def test_the_message_speaks_of_no_person(people, told):
    sent(NOW)
    (message,) = mail.outbox
    assert told.pk in message.body
    assert "http://127.0.0.1:8000" in message.body
    for secret in (cast.DEFENDANT_NUMBER, "高䶮", "listed", told.listing.number):
        assert secret not in message.subject + message.body.replace("listed in the portal", "")


def test_many_results_make_one_message(people, listing):
    told = [asking.answered().pk for _ in range(25)]
    cast.withdrawn(listing)
    recalled()
    sent(NOW)
    (message,) = mail.outbox
    assert sum(each in message.body for each in told) == announcing.SHOWN
    assert "5 more" in message.body


def test_a_message_that_could_not_be_sent_is_sent_later(people, told, monkeypatch, caplog):
    def away(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", away)
        assert sent(NOW) == []
    assert RecallTold.objects.count() == 0
    assert sent(NOW) == [[OWNER]]


def test_where_nobody_can_be_told_the_court_is(told):
    assert sent(NOW) == [[COURT]]


def test_the_clock_runs_what_the_settings_name(settings):
    names = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"sharing.recall_results", "sharing.announce_recalls", "sharing.forget_tries"} <= names
