"""The conformance run: the reference receiver passes every check, and each flaw is red in its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from registry.errors import EndpointPaused, NotOnTrial, RunGoesOn
from sharing.delivery import slot
from sharing.delivery.models import Endpoint
from sharing.departments import endpoints, stages, telling
from sharing.departments.conformance import report, running
from sharing.departments.conformance.checks import CHECKS, Settle
from sharing.departments.models import ConformanceRun, Department, RunState
from tests import cast, trial_programs
from tests.receiver_double import becomes_true
from tests.trial_programs import FLAWS, Trial

pytestmark = pytest.mark.django_db(transaction=True)


LOOKED_AT_EVERY = 0.1


@pytest.fixture(autouse=True)
def patience(settings, monkeypatch):
    """Sets how many seconds it is; to begin with, long enough on a busy machine. What is green does not wait for it."""

    def of(seconds: float) -> None:
        settings.SHARING_CONFORMANCE_SECONDS = seconds
        monkeypatch.setattr(running, "POLLS", seconds / LOOKED_AT_EVERY)

    of(15)
    return of


@pytest.fixture
def trial(live_server):
    return trial_programs.on_trial(cast.department(), live_server.url)


def started(trial: Trial) -> ConformanceRun:
    return running.start(trial.endpoint.pk, member=None, now=timezone.now())


def driven(run: ConformanceRun, until: Callable[[ConformanceRun], bool] = lambda run: False) -> ConformanceRun:
    """The run, worked on as the worker would until it ends, or until the condition holds."""
    while run.state == RunState.RUNNING and not until(run):
        if not running.advance(run.pk):
            time.sleep(max(0.02, (run.due_at - timezone.now()).total_seconds()))
        run.refresh_from_db()
    return run


def test_a_run_waits_no_longer_because_the_clock_was_set_back(trial):
    run, hour = started(trial), timedelta(hours=1)
    ConformanceRun.objects.update(due_at=run.due_at + hour, lease_until=timezone.now() + hour)
    running.set_back(hour)
    since = ConformanceRun.objects.get()
    assert since.due_at == run.due_at
    assert since.lease_until <= timezone.now() + running.LEASE


def red(run: ConformanceRun) -> dict[str, str]:
    return {line.key: line.result.reason if line.result else "open" for line in report.lines(run) if not green(line)}


def green(line: report.Line) -> bool:
    return line.result is not None and line.result.verdict == "green"


@pytest.mark.slow
def test_the_reference_receiver_passes_every_check(trial, tmp_path):
    program = trial_programs.reference(trial, tmp_path / "trial.sqlite", "--trial")
    program.start()
    try:
        run = driven(started(trial))
        assert (red(run), run.state) == ({}, RunState.FINISHED)
        assert report.is_green(run)
        again = driven(started(trial))
        assert red(again) == {}
        assert again.finished_at - again.started_at < timedelta(minutes=1)
    finally:
        program.stop()


def test_a_small_program_without_a_flaw_passes_every_check(trial):
    with trial_programs.small(trial):
        assert red(driven(started(trial))) == {}


def test_a_program_that_does_not_sign_its_purges_could_close_no_recall_and_is_told_so(trial, patience):
    patience(2)
    Department.objects.update(receipt_key="")
    with trial_programs.small(trial) as program:
        program.unsigned = True
        assert set(red(driven(started(trial))).values()) == {"purge_unsigned"}


def test_one_task_goes_on_while_the_next_step_is_near(trial):
    """Only where a receiver is to be left alone for a while does another task go on."""
    run, tasks = started(trial), 0
    with trial_programs.small(trial):
        while run.state == RunState.RUNNING:
            time.sleep(max(0.02, (run.due_at - timezone.now()).total_seconds()))
            tasks += bool(running.run_due(seconds=60))
            run.refresh_from_db()
    assert tasks <= 1 + sum(isinstance(step, Settle) for check in CHECKS for step in check.steps)


def test_a_task_does_not_wait_for_what_is_far(trial):
    run, since = started(trial), time.monotonic()
    ConformanceRun.objects.update(due_at=run.due_at + timedelta(minutes=1))
    assert running.run_due(seconds=60) == 0
    assert time.monotonic() - since < running.SOON.total_seconds()


EXPECTED = {
    "signature": "took_it",
    "replay": "took_it",
    "receipt": "not_repeated",
    "duplicate": "twice",
    "order": "older_applied",
    "gap": "asked_too_late",
    "rotation": "not_taken",
    "correction": "none_made",
    "suspension": "not_taken",
    "withdrawal": "another_kind",
    "outage": "not_asked_again",
    "restore": "none_made",
}


@pytest.mark.slow
@pytest.mark.parametrize("flaw", FLAWS)
def test_each_flaw_is_red_in_its_own_check_and_in_no_other(trial, patience, flaw):
    patience(4)
    with trial_programs.small(trial, flaw):
        run = driven(started(trial))
    assert red(run) == {flaw: EXPECTED[flaw]}
    assert not report.is_green(run)


def test_of_a_program_that_is_not_there_every_check_is_red_and_the_run_ends_soon(trial):
    run = driven(started(trial))
    assert set(red(run).values()) == {"not_taken", "not_refused"}
    assert len(red(run)) == len(CHECKS)
    assert run.finished_at - run.started_at < timedelta(seconds=60)


def test_a_program_that_answers_and_does_nothing_is_waited_for_so_long_and_no_longer(trial, patience):
    patience(0.3)
    with trial_programs.small(trial) as program:
        program.stopping = True
        run = driven(started(trial))
    assert red(run).keys() == {check.key for check in CHECKS} - {"signature", "replay"}
    assert set(red(run).values()) == {"not_confirmed", "not_asked"}


# What happens to the worker


@pytest.mark.slow
def test_kill_9_in_the_middle_of_a_post_loses_nothing_and_colours_nothing_green(trial):
    """A process of its own is killed while the receiver works on its seventh message; another one goes on."""
    with trial_programs.small(trial) as program:
        arrived, calls, take = threading.Event(), [], program.take

        def hesitant(headers, body):
            calls.append(headers["webhook-id"])
            if len(calls) == 7:
                arrived.set()
                time.sleep(1)
            return take(headers, body)

        program.take = hesitant
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "run_conformance", trial.endpoint.pk],
            env={**os.environ, "DATABASE_URL": own_database_url()},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert arrived.wait(60)
        worker.kill()
        worker.wait()
        run = ConformanceRun.objects.get()
        assert (run.state, run.attempts.count()) == (RunState.RUNNING, 6)
        assert not running.advance(run.pk)  # its lease still stands, as far as anybody can see
        ConformanceRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert red(driven(run)) == {}
        assert calls[6] == calls[7]  # the message that was under way, once more


def own_database_url() -> str:
    """The test's own database, for another process."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def test_a_run_that_nobody_works_on_for_long_is_broken_off_and_proves_nothing(trial):
    with trial_programs.small(trial):
        run = driven(started(trial), until=lambda run: run.check_index == 3)
        ConformanceRun.objects.update(started_at=timezone.now() - timedelta(minutes=11))
        run.refresh_from_db()
        assert driven(run).state == RunState.BROKEN_OFF
    assert run.broken_because == "took_too_long"
    assert not report.is_green(run)
    assert report.proof(trial.endpoint, now=timezone.now()).missing == "no_run"


def test_the_results_of_two_workers_at_one_step_count_once(trial):
    with trial_programs.small(trial):
        run = driven(started(trial), until=lambda run: run.check_index == 3 and run.step_index == 1)
        stale = ConformanceRun.objects.select_related("endpoint").get(pk=run.pk)
        running.advance(run.pk)
        running._advance(stale, CHECKS[stale.check_index], timezone.now())
        assert run.attempts.filter(check_key="duplicate", step_index=1).count() == 1
        assert red(driven(run)) == {}


# When there is a run


def test_an_endpoint_has_one_run_at_a_time(trial):
    run = started(trial)
    with pytest.raises(RunGoesOn):
        started(trial)
    ConformanceRun.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    assert started(trial).number != run.number
    run.refresh_from_db()
    assert run.state == RunState.BROKEN_OFF


def test_an_endpoint_in_production_hears_of_no_invented_person(trial):
    stages.open_without_run(trial.endpoint.pk, because="tests", now=cast.NOW)
    with pytest.raises(NotOnTrial):
        started(trial)


def test_a_paused_endpoint_is_resumed_first(trial):
    endpoints.pause(trial.endpoint.pk)
    with pytest.raises(EndpointPaused):
        started(trial)


@pytest.mark.parametrize("change", ["paused", "address_changed", "stage_changed"])
def test_a_run_whose_endpoint_changes_is_broken_off(trial, change):
    run = started(trial)
    if change == "paused":
        endpoints.pause(trial.endpoint.pk)
    elif change == "address_changed":
        endpoints.move(trial.endpoint.pk, "http://127.0.0.1:8601/webhooks", now=cast.NOW)
    else:
        stages.open_without_run(trial.endpoint.pk, because="tests", now=cast.NOW)
    assert (driven(run).state, run.broken_because) == (RunState.BROKEN_OFF, change)


def test_there_is_a_flawed_program_for_every_check():
    assert {check.key for check in CHECKS} == set(FLAWS) == set(EXPECTED)
    assert len(CHECKS) == 12


@pytest.mark.slow
def test_from_trial_to_production_the_list_begins_empty(trial, live_server, tmp_path, settings):
    """The whole way of a department: proved on invented persons, opened, and told of real ones, in two stores."""
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    cast.measure(cast.department())
    listing = cast.in_force()
    proving = trial_programs.reference(trial, tmp_path / "trial.sqlite", "--trial")
    proving.start()
    try:
        assert red(driven(started(trial))) == {}
        stages.to_production(trial.endpoint.pk, officer=cast.high_court_registrar(), now=timezone.now())
        deliver()
        assert Endpoint.objects.get().last_failure == "400"  # the program still keeps the trial
        assert listing.number not in proving.numbers()
    finally:
        proving.stop()
    told = {"REGISTRY_URL": live_server.url}
    with pytest.raises(ValueError, match="Expecting value"):  # it says no port: it did not start
        trial_programs.reference(trial, tmp_path / "trial.sqlite", **told).start()
    serving = trial_programs.reference(trial, tmp_path / "list.sqlite", **told)
    serving.start()
    try:
        Endpoint.objects.update(next_due=None)
        deliver()
        assert becomes_true(lambda: serving.numbers() == [listing.number])
    finally:
        serving.stop()


def deliver() -> None:
    telling.walk(now=timezone.now())
    slot.run()
