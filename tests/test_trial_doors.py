"""The trial's doors of the API: the same calls, invented persons alone, and nobody else's endpoint."""

from __future__ import annotations

import json

import pytest
from django.test import Client as Browser
from django.utils import timezone

from registry.errors import (
    AfterUnknown,
    NoSuchEndpoint,
    NoSuchEvent,
    NotOnTrial,
    NotSignedIn,
    ReceiptShape,
    ScopeMissing,
)
from registry.identity import canonical
from registry.models import Event
from sharing.delivery.models import Told
from sharing.departments import joining, stages, telling
from sharing.departments.conformance import running, trial_doors, trial_log
from sharing.departments.conformance.checks import BY_KEY, CHECKS
from sharing.departments.models import Receipt, TrialPull, TrialReceipt
from tests import asking, cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
BOTH = ("events", "receipts")


@pytest.fixture
def endpoint():
    return joining.add_endpoint(cast.department(), "http://127.0.0.1:8601/webhooks", now=cast.NOW)[0]


@pytest.fixture
def run(endpoint):
    """A run that has shown what several checks invented."""
    run = running.start(endpoint.pk, member=None, now=timezone.now())
    for key in ("duplicate", "suspension", "outage"):
        trial_log.append(run, BY_KEY[key], restored=False, now=timezone.now())
    run.shown = trial_log.end(run)
    run.save()
    return run


def get(endpoint, path, department=None, scopes=BOTH):
    headers = asking.bearer((department or cast.department()).organisation, scopes)
    return Browser().get(f"/trial/{endpoint.pk}/api/v1/{path}", headers=headers)


def confirm(endpoint, department=None, scopes=BOTH, **said):
    headers = asking.bearer((department or cast.department()).organisation, scopes)
    body = {"kind": "applied", "at": "2026-11-25T08:00:00Z", **said}
    return Browser().post(
        f"/trial/{endpoint.pk}/api/v1/receipts", json.dumps(body), content_type="application/json", headers=headers
    )


def everything(endpoint):
    after, found = 0, []
    while True:
        page = get(endpoint, f"events?after={after}&limit=100").json()
        found += page["events"]
        if page["next"] >= page["head"]:
            return found
        after = page["next"]


def test_a_pull_shows_the_trials_log_page_after_page(endpoint, run):
    events = [each["data"]["event"] for each in everything(endpoint)]
    assert [each["position"] for each in events] == list(range(1, run.shown + 1))
    assert {each["epoch"] for each in events} == {1}
    assert TrialPull.objects.count() == len(events) / 2


def test_who_asks_for_the_headers_alone_has_not_pulled(endpoint, run):
    headers = asking.bearer(cast.department().organisation, BOTH)
    answer = Browser().head(f"/trial/{endpoint.pk}/api/v1/events?after=0", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert not TrialPull.objects.exists()


def test_every_message_of_the_trial_says_that_it_is_one(endpoint, run):
    for each in everything(endpoint):
        assert each["data"]["trial"] == run.number
        assert each["data"]["event"]["listing"]["number"].startswith(f"{run.number}-")
    heartbeat = json.loads(trial_log.beat(run, now=cast.NOW))
    assert (heartbeat["data"]["trial"], heartbeat["data"]["last_position"]) == (run.number, run.shown)


def test_the_persons_are_invented_and_their_numbers_are_well_formed(endpoint, run):
    for each in everything(endpoint):
        person = each["data"]["event"]["listing"].get("person")
        if person:
            assert person["name"].startswith("虚构")
            number = person["documents"][0]["number"]
            assert canonical("resident_id", number, today=cast.NOW.date(), field="number") == number
            assert number[:14] == "11000019000101"


def test_what_was_withdrawn_comes_as_a_stub(endpoint, run):
    stubs = [each["data"] for each in everything(endpoint) if each["data"]["event"].get("stub")]
    assert [each["salt"] for each in stubs] == [None]
    assert set(stubs[0]["event"]["listing"]) == {"number"}


def test_the_snapshot_holds_what_the_events_add_up_to(endpoint, run):
    *lines, last = b"".join(get(endpoint, "listings").streaming_content).splitlines()
    listings = [json.loads(line)["listing"] for line in lines]
    assert json.loads(last)["count"] == len(listings) == 4
    suspended = next(each for each in listings if each["number"].endswith("-12"))
    assert (suspended["state"], suspended["version"]) == ("active", 3)
    assert json.loads(get(endpoint, f"listings/{suspended['number']}").content)["listing"] == suspended
    assert get(endpoint, f"listings/{run.number}-15").status_code == 404


def test_before_the_first_run_there_is_an_empty_log(endpoint):
    assert get(endpoint, "events").json() == {"events": [], "next": 0, "head": 0, "epoch": 1, "opened": 0}
    assert json.loads(b"".join(get(endpoint, "listings").streaming_content))["count"] == 0


def test_what_cannot_be_read_is_refused_as_in_production(endpoint, run):
    assert get(endpoint, "events?after=-1").status_code == 400
    assert confirm(endpoint, event="evt_x", kind="done").json()["code"] == ReceiptShape.code


def test_a_position_beyond_the_trials_log_is_refused_as_in_production(endpoint, run):
    end = trial_log.end(run)
    assert end >= run.shown
    assert get(endpoint, f"events?after={end}").status_code == 200
    assert get(endpoint, f"events?after={end + 1}").json()["code"] == AfterUnknown.code


def test_the_trial_writes_nothing_into_the_book_and_reads_nothing_from_it(endpoint, run):
    cast.measure(cast.department())
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    events = everything(endpoint)
    assert listing.number not in json.dumps(events)
    event_id = events[0]["data"]["event"]["id"]
    assert confirm(endpoint, event=event_id).status_code == 201
    assert (Event.objects.count(), Told.objects.count(), Receipt.objects.count()) == (1, 1, 0)
    assert confirm(endpoint, event=Event.objects.get().event_id).json()["code"] == NoSuchEvent.code


def test_a_receipt_is_taken_once_and_each_repetition_is_kept(endpoint, run):
    event_id = everything(endpoint)[0]["data"]["event"]["id"]
    assert [confirm(endpoint, event=event_id, copies=1).status_code for _ in range(2)] == [201, 200]
    assert [each.answered for each in TrialReceipt.objects.order_by("at")] == [201, 200]


def test_what_is_no_withdrawal_is_not_purged_here_either_and_the_try_is_kept(endpoint, run):
    event_id = everything(endpoint)[0]["data"]["event"]["id"]
    answer = confirm(endpoint, event=event_id, kind="purged")
    assert (answer.status_code, answer.json()["code"], answer.json()["errors"][0]["field"]) == (422, "R-406", "kind")
    assert [each.answered for each in TrialReceipt.objects.all()] == [422]


def test_where_a_key_is_registered_a_receipt_must_be_signed_here_too(endpoint, run):
    department = cast.department()
    department.receipt_key = "whpk_" + "A" * 43 + "="
    department.save()
    event_id = everything(endpoint)[0]["data"]["event"]["id"]
    assert confirm(endpoint, event=event_id).status_code == 403
    assert not TrialReceipt.objects.exists()


def test_in_the_checks_that_say_so_the_registry_is_away_for_the_first_call(endpoint):
    run = running.start(endpoint.pk, member=None, now=timezone.now())
    for check in CHECKS[:3]:
        trial_log.append(run, check, restored=False, now=timezone.now())
    run.shown = trial_log.end(run)
    run.check_index, run.began_at = [check.key for check in CHECKS].index("outage"), timezone.now()
    run.save()
    first = get(endpoint, "events")
    assert (first.status_code, first["Retry-After"]) == (503, "1")
    event_id = get(endpoint, "events").json()["events"][0]["data"]["event"]["id"]
    assert [confirm(endpoint, event=event_id).status_code for _ in range(3)] == [503, 201, 200]


def test_a_program_that_calls_without_end_fills_no_table(endpoint, run, monkeypatch):
    monkeypatch.setattr(trial_doors, "MOST_NOTED", 3)
    event_id = get(endpoint, "events").json()["events"][0]["data"]["event"]["id"]
    for _ in range(5):
        assert get(endpoint, "events").status_code == 200
        assert confirm(endpoint, event=event_id).status_code in {200, 201}
    assert (TrialPull.objects.count(), TrialReceipt.objects.count()) == (3, 3)


# Strangers


def test_another_departments_endpoint_is_as_absent_as_one_that_never_was(endpoint, run):
    telecom = cast.department("telecom")
    for path in ("events", "listings", f"listings/{run.number}-06"):
        assert get(endpoint, path, telecom).json()["code"] == NoSuchEndpoint.code, path
    event_id = run.events.first().event_id
    assert confirm(endpoint, telecom, event=event_id).json()["code"] == NoSuchEndpoint.code
    headers = asking.bearer(cast.department().organisation, BOTH)
    assert Browser().get("/trial/ep_NOBODY/api/v1/events", headers=headers).status_code == 404


def test_without_a_token_or_with_one_for_something_else_nothing_is_shown(endpoint, run):
    assert Browser().get(f"/trial/{endpoint.pk}/api/v1/events").json()["code"] == NotSignedIn.code
    assert get(endpoint, "events", scopes=("receipts",)).json()["code"] == ScopeMissing.code
    assert confirm(endpoint, scopes=("events",), event="evt_x").json()["code"] == ScopeMissing.code
    bank = asking.bank()
    answer = Browser().get(f"/trial/{endpoint.pk}/api/v1/events", headers=asking.bearer(bank.organisation))
    assert answer.status_code == 403


def test_in_production_the_trial_is_closed(endpoint, run):
    stages.open_without_run(endpoint.pk, because="tests", now=cast.NOW)
    assert get(endpoint, "events").json()["code"] == NotOnTrial.code
    assert confirm(endpoint, event=run.events.first().event_id).json()["code"] == NotOnTrial.code
