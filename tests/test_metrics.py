"""Metrics: for who has the token, true to the database, and about nobody."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.db import Error, OperationalError, connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config.checks import production_is_safe
from config.operation import measured, measuring, metrics, readiness, reading, recent
from config.operation.counting import REQUESTS
from registry.models import AuditEntry, AuditKind, Halt, LogHead
from sharing.delivery import pulses
from sharing.delivery.models import Attempt, Process
from sharing.departments import telling
from sharing.witnesses import alarming
from tests import asking, cast
from tests.permitted.routes import every_route

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
TOKEN = "a token of thirty-two characters"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LABELS = {"upto", "for", "process", "task", "state", "reason", "witness", "kind", "duty", "quantile", "status", "part", "at_fault", "route",
          "room", "le"}  # fmt: skip


@pytest.fixture(autouse=True)
def token(settings):
    settings.REGISTRY_METRICS_TOKEN = TOKEN


def samples(headers=BEARER):
    """By name and the values of the labels, in the order of the labels' names."""
    text = Client().get("/metrics", headers=headers).content.decode()
    return {
        (each.name, *(value for _name, value in sorted(each.labels.items()))): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer another"}, {"Authorization": TOKEN}, {"Authorization": f"Basic {TOKEN}"}]
)
def test_a_stranger_is_refused(client, headers):
    answer = client.get("/metrics", headers=headers)
    assert (answer.status_code, answer["WWW-Authenticate"], answer.content) == (401, "Bearer", b"")


def test_without_a_token_in_the_settings_there_is_no_such_address(client, settings):
    settings.REGISTRY_METRICS_TOKEN = ""
    assert client.get("/metrics", headers=BEARER).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_token_that_can_be_guessed_does_not_start_in_production(settings):
    settings.DEVELOPMENT = False
    for token, wrong in (("", False), ("x" * 31, True), ("x" * 32, False)):
        settings.REGISTRY_METRICS_TOKEN = token
        assert any("REGISTRY_METRICS_TOKEN" in each.msg for each in production_is_safe(None)) is wrong


def test_who_has_it_is_told_in_the_format_of_prometheus(client):
    answer = client.get("/metrics", headers=BEARER)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, "text/plain")
    assert answer["Cache-Control"] == "no-store"
    assert samples()["registry_database_up",] == 1


def test_what_readiness_says_is_said_in_figures():
    pulses.mark(Process.BEAT)
    LogHead.objects.update(halted=Halt.BROKEN)
    alarming.watch(now=timezone.now())
    found = samples()
    assert found["registry_part_state", "", "beat"] == 0
    assert found["registry_part_state", "worker", "worker"] == 2
    assert found["registry_log_halted",] == found["registry_log_alarms", "halted"] == 1
    assert found["registry_pulse_age_seconds", "beat"] < 45
    assert ("registry_pulse_age_seconds", "worker") not in found, "there is none, and none is said"


def test_a_database_that_is_away_is_a_figure(monkeypatch):
    def away(**_more):
        raise OperationalError

    monkeypatch.setattr(readiness, "measure", away)
    found = samples()
    assert found["registry_database_up",] == 0
    assert found["registry_part_state", "database", "database"] == 2


def test_first_attempts_are_timed_from_when_the_event_was_written(finance):
    cast.measure(finance)
    endpoint, _ = cast.add_endpoint(finance, "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    event = cast.in_force().events.get()
    telling.walk(now=timezone.now())
    for after, status in ((2, 503), (7, 204)):
        Attempt(
            endpoint=endpoint, event=event, started_at=event.recorded_at + timedelta(seconds=after), elapsed_ms=5,
            status=status, length=0,
        ).save()  # fmt: skip
    found = recent.lately()
    assert found.first_attempts_counted == 1, "a repeat is no first attempt"
    assert found.first_attempts[0.99] == pytest.approx(2, abs=1.5)
    assert found.attempts == {"2xx": 1, "5xx": 1}


def test_questions_and_refusals_are_counted_and_whom_they_name_is_not_told():
    asking.answered()
    AuditEntry(kind=AuditKind.TOKEN_REFUSED, at=timezone.now()).save()
    AuditEntry(kind=AuditKind.TOKEN_REFUSED, at=timezone.now() - timedelta(hours=1)).save()
    found = samples()
    assert found["registry_entries", "token_refused"] == 1
    assert not {key for key in found if {"listed", "not_listed"} & set(map(str, key))}


def test_requests_are_counted_by_route_and_how_they_ended(client):
    before = samples()
    client.get("/health/ready")
    client.get(f"/nowhere/{cast.DEFENDANT_NUMBER}")
    found = samples()

    def grown(*key):
        return found[("registry_requests_total", *key)] - before.get(("registry_requests_total", *key), 0)

    assert grown("ready", "5xx") == 1, "no process lives here"
    assert grown("none", "4xx") == 1


def test_no_label_holds_a_person_a_number_or_an_address_of_something(client):
    REQUESTS.clear()  # of tests that have routes of their own
    cast.in_force()
    client.get(f"/desk/listings/{cast.DEFENDANT_NUMBER}/")
    client.get("/api/v1/screenings/scr_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    text = client.get("/metrics", headers=BEARER).content.decode()
    families = list(text_string_to_metric_families(text))
    labels = [label for family in families for sample in family.samples for label in sample.labels.items()]
    assert {name for name, _value in labels} <= LABELS
    routes = {route.name for route in every_route()} | {"none"}
    assert {value for name, value in labels if name == "route"} <= routes
    assert "scr_" not in text
    assert cast.DEFENDANT_NUMBER not in text


@pytest.mark.parametrize("zone", ["portal", "public"])
def test_where_zones_are_apart_each_counts_its_own_requests_and_reads_no_database(
    client, settings, zone, django_assert_num_queries
):
    client.get("/health")
    settings.REGISTRY_ZONE = zone
    with django_assert_num_queries(0):
        found = {name for name, *_labels in samples()}
    assert "registry_requests_total" in found
    assert [name for name in found if not name.startswith("registry_request")] == []


def test_every_figure_that_is_named_is_there():
    said = {family.name for family in text_string_to_metric_families(metrics.text().decode())}
    assert {gauge.name for gauge in metrics.GAUGES} | set(metrics.LATELY) <= said


COUNT = """
import os, django
django.setup()
from config.operation.counting import REQUESTS, counted
from prometheus_client import generate_latest
REQUESTS.labels("landing", "2xx").inc()
if os.fork() == 0:
    REQUESTS.labels("landing", "2xx").inc(2)
    os._exit(0)
os.wait()
print(generate_latest(counted()).decode())
"""


def test_the_processes_of_a_server_are_counted_together(tmp_path: Path):
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    said = subprocess.run(
        [sys.executable, "-c", COUNT],
        env=environment,
        cwd=configured.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert 'registry_requests_total{route="landing",status="2xx"} 3.0' in said


# One that cannot be read


def broken(*_given, **_named):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def slow(*_given, **_named):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


@pytest.mark.parametrize("fails", [broken, slow])
def test_of_the_last_minutes_one_that_cannot_be_read_takes_no_other_away_and_is_named(monkeypatch, fails):
    for limit in ("TOGETHER", "ALONE"):
        monkeypatch.setattr(reading, limit, 0.2)
    monkeypatch.setattr(recent, "_first", fails)
    found = samples()
    assert found["registry_screenings", "answered"] == 0
    assert found["registry_log_epoch",] == 1
    assert ("registry_first_attempts",) not in found
    unread = {part for (name, *part_of) in found if name == metrics.UNREAD for part in part_of}
    assert unread == {*measured.PARTS, *recent.PARTS}
    assert [key[1] for key, value in found.items() if key[0] == metrics.UNREAD and value] == ["first_attempts"]


GROUPS = [
    ("delivery", "_delivery", "registry_endpoints"),
    ("audit", "_audit", "registry_audit_leaves"),
    ("months", "_months", "registry_months_ahead"),
    ("witnesses", "_witnesses", "registry_witness_waiting_seconds"),
    ("alarms", "_alarms", "registry_log_alarms"),
    ("migrations", "_unapplied", "registry_migrations_unapplied"),
    ("backups", "_backups", "registry_backups_watched"),
    ("recalling", "_walked", "registry_waiting_seconds"),
]


@pytest.mark.parametrize(("part", "of", "gauge"), GROUPS)
def test_of_the_moment_one_that_cannot_be_read_takes_no_other_away_and_is_named(monkeypatch, part, of, gauge):
    pulses.mark(Process.BEAT)
    monkeypatch.setattr(measuring, of, broken)
    found = samples()
    assert found["registry_database_up",] == 1
    assert found[metrics.UNREAD, part] == 1
    assert found["registry_part_state", "database", part] == 1
    assert found["registry_pulse_age_seconds", "beat"] < 45
    assert found["registry_screenings", "answered"] == 0
    if gauge != "registry_waiting_seconds":
        assert gauge not in {name for name, *_labels in found}
    ready = Client().get("/health/ready").json()
    assert {"name": part, "state": "late", "at_fault": "database", "unread": 1} in ready["parts"]


def test_a_fault_of_the_program_is_no_other_thing_and_no_word_of_it_is_in_the_log(monkeypatch, caplog):
    def faulty(*_given):
        raise ValueError(cast.DEFENDANT_NUMBER)

    monkeypatch.setattr(measuring, "_audit", faulty)
    assert samples()[metrics.UNREAD, "audit"] == 1
    assert "the figures of audit cannot be read: ValueError" in caplog.text
    assert cast.DEFENDANT_NUMBER not in caplog.text


def test_a_database_that_goes_away_in_the_middle_is_away(monkeypatch):
    limit, said = reading.Reading._limit, []

    def gone(of):
        said.append(1)
        if len(said) > 2:
            raise OperationalError
        limit(of)

    monkeypatch.setattr(measuring, "_months", broken)
    monkeypatch.setattr(reading.Reading, "_limit", gone)
    with pytest.raises(Error):
        measuring.measure(silent_after=45)


def test_however_many_fail_nobody_waits_for_all_of_them(monkeypatch):
    monkeypatch.setattr(measuring, "SECONDS", 0.5)
    monkeypatch.setattr(reading, "TOGETHER", 0.5)
    for name in ("_delivery", "_audit", "_months", "_witnesses", "_walked", "_alarms"):
        monkeypatch.setattr(measuring, name, slow)
    began = time.monotonic()
    found = measuring.measure(silent_after=45)
    assert time.monotonic() - began < 3
    assert {"delivery", "audit", "alarms"} <= set(found.unread)
