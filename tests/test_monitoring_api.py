"""Monitoring by API: an employer's program enrols, looks and ends; strangers are refused."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from sharing.employers.models import Monitoring, MonitoringChange, QuestionsAsked, Screening
from sharing.employers.monitoring import walking
from tests import asking, cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
PATH = "/api/v1/monitorings"


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


def body(**changes):
    until = timezone.localdate() + timedelta(days=200)
    return {**asking.body(), "until": until.isoformat(), "reference": "HR-2026-0117", **changes}


def enrol(headers, said=None, key="enrolment-1"):
    headers = {**headers, "Idempotency-Key": key} if key else headers
    return Browser().post(PATH, said or body(), content_type="application/json", headers=headers)


def get(headers, id="", **query):
    return Browser().get(f"{PATH}/{id}" if id else PATH, query, headers=headers)


def end(headers, id):
    return Browser().delete(f"{PATH}/{id}", headers=headers)


def test_a_program_enrols_and_reads_the_answer_by_the_screenings_id(bank):
    answer = enrol(bank)
    assert answer.status_code == 201
    shown = answer.json()
    monitoring = Monitoring.objects.get()
    assert answer["Location"] == f"{PATH}/{monitoring.pk}"
    assert (shown["id"], shown["state"], shown["reference"]) == (monitoring.pk, "on", "HR-2026-0117")
    assert get(bank, monitoring.pk).json() == {**shown, "changes": []}
    screening = Browser().get(f"/api/v1/screenings/{shown['screening']}", headers=bank).json()
    assert (screening["id"], screening["outcome"]) == (shown["screening"], "not_listed")


def test_what_is_said_of_a_monitoring_is_as_long_whatever_the_answer(bank):
    unlisted = enrol(bank).content
    end(bank, json.loads(unlisted)["id"])
    cast.in_force()
    listed = enrol(bank, key="enrolment-2").content
    assert {each.outcome for each in Screening.objects.all()} == {"listed", "not_listed"}
    assert len(listed) == len(unlisted)
    assert b"listed" not in listed + unlisted


def test_the_same_request_again_gives_the_same_and_costs_nothing(bank):
    said = body()
    assert enrol(bank, said).json() == enrol(bank, said).json()
    assert QuestionsAsked.objects.get().questions == 1
    other = enrol(bank, {**said, "reference": "another"})
    assert (other.status_code, other.json()["code"]) == (422, "R-505")


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"until": "2020-01-01"}, 422, "R-560", "until"),
        ({"reference": cast.DEFENDANT_NUMBER}, 422, "R-561", "reference"),
        ({"reference": "x" * 65}, 422, "R-562", "reference"),
        ({"purpose": "transport_recruitment"}, 422, "R-501", "purpose"),
        ({"post": "pilot"}, 422, "R-502", "post"),
    ],
)
def test_a_refusal_names_the_field_and_costs_nothing(bank, changes, status, code, field):
    answer = enrol(bank, body(**changes))
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (status, code, field)
    assert Screening.objects.count() == 0


@pytest.mark.parametrize("missing", ["until", "reference", "consent", "applicant", "purpose"])
def test_what_is_missing_is_named(bank, missing):
    said = body()
    del said[missing]
    answer = enrol(bank, said)
    assert answer.status_code == 400
    assert {each["field"].split(".")[0] for each in answer.json()["errors"]} == {missing}


def test_a_member_that_is_unknown_is_named_too(bank):
    answer = enrol(bank, body(notify="me"))
    assert [each["field"] for each in answer.json()["errors"]] == ["notify"]


def test_without_an_answer_nobody_is_enrolled(bank, settings):
    settings.SHARING_HELD_SHARE = 1.0
    answer = enrol(bank)
    assert (answer.status_code, answer.json()["code"]) == (409, "R-565")
    assert Screening.objects.get().pk in answer.json()["detail"]
    assert Monitoring.objects.count() == 0


def test_without_a_key_nothing_is_asked(bank):
    assert enrol(bank, key="").json()["code"] == "R-504"


def test_changes_are_listed_with_their_screenings(bank):
    id = enrol(bank).json()["id"]
    cast.in_force()
    walking.walk(now=timezone.now())
    change = MonitoringChange.objects.get()
    shown = get(bank, id).json()
    (row,) = shown["changes"]
    assert (row["id"], row["screening"], row["confirmed_at"]) == (change.pk, change.screening_id, None)
    assert shown["screening"] == change.screening_id
    fetched = Browser().get(f"/api/v1/screenings/{row['screening']}", headers=bank).json()
    assert fetched["outcome"] == "listed"


def test_a_program_ends_it_and_again(bank):
    id = enrol(bank).json()["id"]
    assert [end(bank, id).status_code for _ in range(2)] == [204, 204]
    shown = get(bank, id).json()
    assert (shown["state"], shown["ended_because"]) == ("ended", "employer")
    assert Monitoring.objects.get().subject_sealed is None
    cast.in_force()
    assert walking.walk(now=timezone.now()) == 0


def test_after_its_last_day_it_says_that_it_has_ended_though_no_timer_ran(bank):
    id = enrol(bank).json()["id"]
    Monitoring.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert get(bank, id).json()["state"] == "ended"


def test_they_come_in_pages(bank):
    ids = [
        enrol(bank, key="enrolment-1").json()["id"],
        enrol(bank, body(post="bank_teller"), "enrolment-2").json()["id"],
    ]
    first = get(bank, limit=1).json()
    rest = get(bank, limit=1, after=first["next"]).json()
    assert sorted(row["id"] for row in first["monitorings"] + rest["monitorings"]) == sorted(ids)
    assert rest["next"] is None
    for query in ({"limit": "0"}, {"limit": "501"}, {"after": "somewhere"}):
        assert get(bank, **query).status_code == 400


def test_another_employers_is_not_there(bank):
    id = enrol(bank).json()["id"]
    stranger = asking.bearer(asking.courier_company().organisation)
    assert get(stranger).json()["monitorings"] == []
    for answer in (get(stranger, id), end(stranger, id), get(stranger, "x"), end(stranger, "mon_" + "0" * 26)):
        assert (answer.status_code, answer.json()["code"]) == (404, "R-566")
    assert Monitoring.objects.get().ended_at is None


def test_strangers_are_refused():
    department = asking.bearer(asking.department(), ["events", "receipts"])
    for headers, status in (({}, 401), (department, 403)):
        for answer in (enrol(headers), get(headers), get(headers, "mon_" + "0" * 26), end(headers, "mon_" + "0" * 26)):
            assert answer.status_code == status
    assert Screening.objects.count() == 0


def test_nothing_of_the_person_is_in_what_is_said(bank):
    said = enrol(bank).content + get(bank).content
    for secret in ("高䶮", cast.DEFENDANT_NUMBER):
        assert secret.encode() not in said
