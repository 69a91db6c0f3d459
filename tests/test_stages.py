"""Trial and production: nothing real before a green run, everything from the start afterwards; and who decides it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client as Browser
from django.utils import timezone
from django.utils.translation import override

from registry.errors import HighCourtRegistrarNeeded, NotProven, OnTrial, ReasonForStageNeeded, StageAlready
from registry.models import AuditEntry
from registry.models.insert_only import InsertOnlyError
from sharing.delivery import heartbeat, slot
from sharing.delivery.models import Endpoint, EndpointStage, Held
from sharing.departments import endpoints, joining, owing, receipts, stages, telling
from sharing.departments.conformance import checks
from sharing.departments.models import StageChange
from tests import asking, cast, trial_programs
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


@pytest.fixture
def endpoint(finance, inbox):
    return joining.add_endpoint(finance, inbox.url, now=cast.NOW)[0]


def deliver():
    telling.walk(now=cast.NOW)
    slot.run()


def opened(endpoint):
    return stages.to_production(endpoint.pk, officer=cast.high_court_registrar(), now=cast.NOW)


def closed(endpoint, because="its program lost the list"):
    return stages.to_trial(endpoint.pk, officer=cast.high_court_registrar(), because=because, now=cast.NOW)


def pull(department):
    return Browser().get("/api/v1/events", headers=asking.bearer(department.organisation, ("events", "receipts")))


# What an endpoint on trial hears


def test_on_trial_no_real_event_and_no_heartbeat_of_the_real_log_is_sent(endpoint, inbox):
    cast.in_force()
    deliver()
    assert heartbeat.beat(now=cast.NOW) == 0
    assert inbox.requests == []


def test_in_production_everything_is_told_from_the_start_and_nothing_was_lost(finance, inbox):
    before = cast.in_force()
    telling.walk(now=cast.NOW)
    endpoint, _ = joining.add_endpoint(finance, inbox.url, now=cast.NOW)
    during = cast.second_in_force()
    deliver()
    trial_programs.proven(endpoint)
    opened(endpoint)
    deliver()
    assert {each.event["listing"]["number"] for each in inbox.accepted} == {before.number, during.number}
    assert not Held.objects.exists()


def test_what_was_withdrawn_during_the_trial_comes_as_a_stub_and_its_withdrawal(endpoint, inbox):
    cast.withdrawn(cast.in_force())
    deliver()
    trial_programs.proven(endpoint)
    opened(endpoint)
    deliver()
    assert [
        each.event.get("stub", False) for each in sorted(inbox.accepted, key=lambda each: each.event["position"])
    ] == [
        True,
        False,
    ]
    assert cast.DEFENDANT_NUMBER.encode() not in b"".join(each.body for each in inbox.requests)


def test_the_pull_of_the_list_is_closed_until_then(finance, endpoint):
    cast.in_force()
    telling.walk(now=cast.NOW)
    headers = asking.bearer(finance.organisation, ("events", "receipts"))
    for path in ("events", "listings", "listings/L-2026-000001"):
        answer = Browser().get(f"/api/v1/{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, OnTrial.code), path
    trial_programs.proven(endpoint)
    opened(endpoint)
    assert len(pull(finance).json()["events"]) == 1


def test_a_department_that_pulls_only_or_has_another_endpoint_in_production_pulls_on(finance, inbox):
    assert pull(finance).status_code == 200
    cast.add_endpoint(finance, inbox.url)
    joining.add_endpoint(finance, inbox.url, now=cast.NOW)
    assert pull(finance).status_code == 200


def test_whoever_holds_a_list_is_never_cut_off_from_its_withdrawals(finance, inbox):
    """It pulled for long, confirmed what it did, and adds its first endpoint now."""
    cast.in_force()
    telling.walk(now=cast.NOW)
    event = pull(finance).json()["events"][0]["data"]["event"]["id"]
    entry = receipts.ReceiptEntry(event=event, kind="applied", at=cast.NOW)
    receipts.record(entry, department=finance.organisation, signed=False)
    joining.add_endpoint(finance, inbox.url, now=cast.NOW)
    assert pull(finance).status_code == 200


@pytest.mark.parametrize("path", ["events", "listings", "listings/L-2026-000001"])
def test_who_pulled_and_confirmed_nothing_yet_is_not_cut_off_either(path, finance, inbox):
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    get = Browser().get(f"/api/v1/{path}", headers=asking.bearer(finance.organisation, ("events", "receipts")))
    assert get.status_code == 200
    owed = [duty.event_id for duty in owing.owed(finance.pk, 10)]
    joining.add_endpoint(finance, inbox.url, now=cast.NOW)
    cast.withdrawn(listing)
    telling.walk(now=cast.NOW)
    kinds = [each["type"] for each in pull(finance).json()["events"]]
    assert kinds == ["listing.published", "listing.withdrawn"]
    assert len(owed) == 1
    assert [duty.is_recall for duty in owing.owed(finance.pk, 10)] == [True], (
        "it owes the purge as it would without one"
    )


def test_what_it_owes_stays_owed_when_it_adds_an_endpoint_and_when_that_goes_to_production(finance, inbox):
    cast.in_force()
    telling.walk(now=cast.NOW)
    pull(finance)
    owing.keep(finance.pk, now=timezone.now() + timedelta(hours=1))
    (before,) = owing.owed(finance.pk, 10)
    endpoint, _ = joining.add_endpoint(finance, inbox.url, now=cast.NOW)
    assert owing.owed(finance.pk, 10) == [before]
    inbox.answer = lambda received: 500
    stages.open_without_run(endpoint.pk, because="its program is known", now=cast.NOW)
    slot.run()
    owing.keep(finance.pk, now=timezone.now() + timedelta(hours=2))
    assert owing.owed(finance.pk, 10) == [before]


def test_who_was_given_nothing_by_a_pull_holds_no_list(finance, inbox):
    assert pull(finance).json()["events"] == []
    joining.add_endpoint(finance, inbox.url, now=cast.NOW)
    assert pull(finance).status_code == 403


def test_when_it_last_pulled_is_kept_to_the_hour(finance):
    for minutes, kept in ((0, 0), (59, 0), (61, 61), (62, 61)):
        stages.note_pull(finance.pk, now=cast.NOW + timedelta(minutes=minutes))
        finance.refresh_from_db()
        assert finance.pulled_at == cast.NOW + timedelta(minutes=kept)


# The switch


def test_production_is_opened_on_a_green_run_and_it_is_on_record_by_whom(endpoint):
    run = trial_programs.proven(endpoint)
    opened(endpoint)
    change = StageChange.objects.get()
    assert (change.stage, change.officer, change.run) == ("production", cast.high_court_registrar(), run)
    with pytest.raises(StageAlready):
        opened(endpoint)
    with pytest.raises(InsertOnlyError):
        StageChange.objects.all().delete()


LATER = cast.NOW + timedelta(minutes=5)
UNPROVEN = {
    "no run": lambda endpoint: None,
    "broken off": lambda endpoint: trial_programs.proven(endpoint, state="broken_off"),
    "going on": lambda endpoint: trial_programs.proven(endpoint, state="running", finished_at=None),
    "red": lambda endpoint: trial_programs.proven(endpoint, red="gap"),
    "red after green": lambda endpoint: (
        trial_programs.proven(endpoint),
        trial_programs.proven(endpoint, red="gap", now=LATER),
    ),
    "another address": lambda endpoint: trial_programs.proven(endpoint, url="http://127.0.0.1:8601/other"),
    "older checks": lambda endpoint: trial_programs.proven(endpoint, version=checks.VERSION - 1),
    "too old": lambda endpoint: trial_programs.proven(endpoint, now=cast.NOW - timedelta(days=30, seconds=1)),
}


@pytest.mark.parametrize("case", UNPROVEN)
def test_without_a_proof_it_is_refused(endpoint, case):
    UNPROVEN[case](endpoint)
    with pytest.raises(NotProven):
        opened(endpoint)
    assert Endpoint.objects.get().stage == EndpointStage.TRIAL
    assert not StageChange.objects.exists()


def test_a_run_in_which_a_check_is_missing_proves_nothing(endpoint, monkeypatch):
    with monkeypatch.context() as fewer:
        fewer.setattr(checks, "CHECKS", checks.CHECKS[:-1])
        trial_programs.proven(endpoint)
    with pytest.raises(NotProven):
        opened(endpoint)


def test_the_refusal_says_why_in_both_languages(endpoint):
    trial_programs.proven(endpoint, red="gap")
    with pytest.raises(NotProven) as refused:
        opened(endpoint)
    with override("en"):
        assert "was not green in every check" in refused.value.text
    with override("zh-hans"):
        assert "green" not in refused.value.text


@pytest.mark.parametrize("stranger", [cast.clerk, cast.judge, cast.registrar, cast.stranger])
def test_nobody_but_a_registrar_of_the_high_court_switches(endpoint, stranger):
    trial_programs.proven(endpoint)
    with pytest.raises(HighCourtRegistrarNeeded):
        stages.to_production(endpoint.pk, officer=stranger(), now=cast.NOW)
    opened(endpoint)
    with pytest.raises(HighCourtRegistrarNeeded):
        stages.to_trial(endpoint.pk, officer=stranger(), because="x", now=cast.NOW)


def test_back_to_trial_needs_a_reason_and_ends_the_pushes_at_once(finance, endpoint, inbox):
    trial_programs.proven(endpoint)
    opened(endpoint)
    for empty in ("", "  ", "x" * 201):
        with pytest.raises(ReasonForStageNeeded):
            closed(endpoint, because=empty)
    closed(endpoint)
    cast.in_force()
    deliver()
    assert inbox.requests == []
    assert pull(finance).status_code == 200  # so that withdrawals reach it
    with pytest.raises(NotProven):
        opened(endpoint)  # what it proved before says nothing any more
    trial_programs.proven(endpoint, now=LATER)
    opened(endpoint)
    deliver()
    assert len(inbox.accepted) == 1


def test_a_slot_that_works_for_an_endpoint_on_its_way_to_trial_moves_it_no_more(endpoint):
    fence = Endpoint.objects.get().fence
    trial_programs.proven(endpoint)
    opened(endpoint)
    assert Endpoint.objects.get().fence > fence


# Moving


def test_on_another_host_an_endpoint_is_on_trial_again_and_on_the_same_it_is_not(endpoint):
    trial_programs.proven(endpoint)
    opened(endpoint)
    assert not endpoints.move(endpoint.pk, "http://127.0.0.1:8602/other", now=cast.NOW)
    assert Endpoint.objects.get().stage == EndpointStage.PRODUCTION
    assert endpoints.move(endpoint.pk, "http://127.0.0.2:8602/other", now=cast.NOW)
    assert Endpoint.objects.get().stage == EndpointStage.TRIAL
    assert StageChange.objects.get(stage="trial").because == stages.MOVED
    with pytest.raises(NotProven):
        opened(endpoint)


# The operator


def test_the_operator_opens_without_a_run_and_his_reason_stays(endpoint):
    out = io.StringIO()
    call_command("open_endpoint", endpoint.pk, "--because", "its program was proved elsewhere", stdout=out)
    assert "is in production" in out.getvalue()
    change = StageChange.objects.get()
    assert (change.officer, change.run, change.because) == (None, None, "its program was proved elsewhere")


@pytest.mark.parametrize(("named", "because"), [("ep_NOBODY", "x"), ("", "  ")])
def test_what_the_operator_cannot_open_is_said(endpoint, named, because):
    with pytest.raises(CommandError):
        call_command("open_endpoint", named or endpoint.pk, "--because", because)
    assert Endpoint.objects.get().stage == EndpointStage.TRIAL


def test_a_list_that_was_empty_was_not_held(finance, inbox):
    """Else a program that never proved itself could pull what comes afterwards."""
    headers = asking.bearer(finance.organisation, ("events", "receipts"))
    empty = Browser().get("/api/v1/listings", headers=headers)
    assert b'"count": 0' in empty.getvalue()
    assert not AuditEntry.objects.filter(kind="pull").exists(), "nothing was given"
    joining.add_endpoint(finance, inbox.url, now=cast.NOW)
    cast.in_force()
    telling.walk(now=cast.NOW)
    for path in ("events", "listings"):
        answer = Browser().get(f"/api/v1/{path}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (OnTrial.status, OnTrial.code)


def test_a_list_with_a_line_was_held_and_is_on_record(finance, inbox):
    cast.in_force()
    telling.walk(now=cast.NOW)
    headers = asking.bearer(finance.organisation, ("events", "receipts"))
    assert b'"count": 1' in Browser().get("/api/v1/listings", headers=headers).getvalue()
    assert AuditEntry.objects.filter(kind="pull").count() == 1
    joining.add_endpoint(finance, inbox.url, now=cast.NOW)
    assert Browser().get("/api/v1/listings", headers=headers).status_code == 200
