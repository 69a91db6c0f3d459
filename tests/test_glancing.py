"""What waits seldom is asked for where it has something to do, and only there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django.utils.module_loading import import_string

from config import glancing
from config.celery import app
from config.schedule import AT_A_GLANCE, EVERY, GLANCE_TASK
from registry import bell
from registry.statistics import tallying
from registry.verifying import running as verifying
from sharing.audit import packing
from sharing.departments.conformance import running as conformance
from sharing.departments.models import ConformanceRun
from sharing.employers.models import MonitoringPost
from sharing.employers.monitoring import endpoint, walking
from sharing.witnesses.models import Asked
from tests import asking, auditing, batches, campaigns, cast, importing, logs, releases, sealing, witnessing
from tests.monitored import enrolled
from tests.receiving import receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
ROUNDS = 30  # of tasks that do a part each, until nothing is left


class Waiting:
    """What makes each of them due, in a book in which all else is done."""

    def __init__(self, at_work: World) -> None:
        self.world = at_work

    def ask_witnesses(self) -> None:
        logs.append(1)
        logs.sign_all()

    def grow_audit_tree(self) -> None:
        cast.in_force()

    def seal(self) -> None:
        cast.in_force()
        sealing.ordered()

    def recall_results(self) -> None:
        cast.in_force()

    def monitor(self) -> None:
        cast.in_force()

    def tell_changes(self) -> None:
        endpoint.add(asking.bank().organisation, self.world.program, now=cast.NOW)
        enrolled()
        cast.in_force()
        walking.walk(now=cast.NOW)

    def conformance(self) -> None:
        trial, _secret = cast.add_endpoint(cast.department(), self.world.program, now=cast.NOW)
        trial.stage = "trial"
        trial.save()
        conformance.start(trial.pk, member=None, now=timezone.now())

    def ask_batches(self) -> None:
        batches.begun(batches.applicants(2))

    def ask_campaigns(self) -> None:
        lines = campaigns.people(2)
        campaigns.consented(campaigns.begun(lines), lines)

    def make_packs(self) -> None:
        day = cast.NOW.date() - timedelta(days=2)
        packing.ask(begins=day, ends=day, listing_number="", sample_number="", officer=auditing.auditor(), now=cast.NOW)

    def draw_releases(self) -> None:
        releases.proposed()

    def import_(self) -> None:
        importing.uploaded(importing.csv_file(importing.rows(2)))

    def tally_if_asked(self) -> None:
        tallying.ask(now=cast.NOW)

    def verify_log(self) -> None:
        verifying.ask(officer=auditing.auditor(), now=cast.NOW)


class World:
    """A court at work with whom it deals; ``rung``: what was asked for."""

    def __init__(self, program: str, witness: witnessing.Double, rung: list[str]) -> None:
        self.program, self.witness, self.rung = program, witness, rung

    def is_due(self, task: str) -> bool:
        return bool(import_string(AT_A_GLANCE[task])(timezone.now()))

    def rest(self) -> None:
        """Everything is done that is due."""
        for _round in range(ROUNDS):
            due = [task for task in AT_A_GLANCE if self.is_due(task)]
            if not due:
                return
            for task in due:
                app.tasks[task]()
        pytest.fail(f"these are never done: {due}")

    def waits(self, task: str) -> None:
        name = task.partition(".")[2]
        getattr(Waiting(self), "import_" if name == "import" else name)()


@pytest.fixture
def world(monkeypatch, settings):
    """The clock stands still at the cast's moment; one witness, one receiver."""
    app.loader.import_default_modules()
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    monkeypatch.setattr(conformance, "run_due", lambda: ConformanceRun.objects.all().delete())
    rung: list[str] = []
    monkeypatch.setattr(bell, "send", rung.append)
    with witnessing.witness() as witness, receiver() as program, pytest.MonkeyPatch.context() as patch:
        settings.SHARING_LOG_WITNESSES = witness.setting
        releases.draw_quickly(patch)
        tallying.tally(now=cast.NOW)
        made = World(program.url, witness, rung)
        made.rest()
        yield made


@pytest.mark.parametrize("task", AT_A_GLANCE)
def test_it_is_due_while_it_has_something_to_do(world, task):
    assert not world.is_due(task)
    world.waits(task)
    assert world.is_due(task)
    world.rest()


def test_what_is_due_is_asked_for_and_nothing_else(world):
    world.rung.clear()
    glancing.glance(now=timezone.now())
    assert world.rung == []
    batches.begun(batches.applicants(2))
    world.rung.clear()
    glancing.glance(now=timezone.now())
    assert world.rung == ["registry.grow_audit_tree", "sharing.ask_batches"]


def test_one_that_cannot_be_told_stops_no_other(world, monkeypatch, caplog):
    def away(_now):
        raise OperationalError("canceling statement: 高䶮")

    batches.begun(batches.applicants(2))
    monkeypatch.setattr("registry.auditing.growing.is_due", away)
    world.rung.clear()
    glancing.glance(now=timezone.now())
    assert world.rung == ["sharing.ask_batches"]
    assert "registry.grow_audit_tree" in caplog.text
    assert "高䶮" not in caplog.text


def test_a_witness_that_did_not_cosign_is_asked_again_at_its_time(world):
    world.waits("sharing.ask_witnesses")
    world.witness.answer = lambda: witnessing.Said(503)
    app.tasks["sharing.ask_witnesses"]()
    assert not world.is_due("sharing.ask_witnesses")
    Asked.objects.update(due=cast.NOW)
    assert world.is_due("sharing.ask_witnesses")


def test_who_asks_no_witness_has_nothing_to_ask(world, settings):
    settings.SHARING_LOG_WITNESSES = ""
    logs.append(1)
    logs.sign_all()
    assert not world.is_due("sharing.ask_witnesses")


def test_a_post_that_waits_for_its_time_and_those_behind_it_are_not_due(world):
    world.waits("sharing.tell_changes")
    later = timezone.now() + timedelta(days=300)
    MonitoringPost.objects.update(next_due=later)
    assert not world.is_due("sharing.tell_changes")


def test_a_new_day_looks_at_everybody_who_is_monitored(world, monkeypatch):
    enrolled()
    world.rest()
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(days=1))
    assert world.is_due("sharing.monitor")


def test_whose_result_was_recalled_is_looked_at_without_waiting(world):
    cast.in_force()
    world.rung.clear()
    app.tasks["sharing.recall_results"]()
    assert world.rung == ["sharing.monitor"]
    world.rung.clear()
    app.tasks["sharing.recall_results"]()
    assert world.rung == []


def test_each_is_asked_for_by_the_clock_too():
    """Should it be wrong about having nothing to do."""
    by_the_clock = {task for period, tasks in EVERY.items() if period <= timedelta(minutes=1) for task in tasks}
    assert {*AT_A_GLANCE, GLANCE_TASK} <= by_the_clock


def test_a_glance_at_a_book_at_rest_asks_little(world, django_assert_max_num_queries):
    with django_assert_max_num_queries(2 * len(AT_A_GLANCE)):
        glancing.glance(now=timezone.now())
