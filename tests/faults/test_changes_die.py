"""kill -9 of the sender of changes while posts are out: each is told, in its order, and a repeat is known by its id."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.ulid import new_ulid
from sharing.employers.models import (
    Channel,
    EmployerEndpoint,
    Monitoring,
    MonitoringAttempt,
    MonitoringChange,
    MonitoringPost,
    MonitoringTold,
    Screening,
    ScreeningOutcome,
)
from sharing.employers.monitoring import endpoint
from sharing.employers.monitoring.posting import TYPE
from sharing.employers.screening import ask_many
from tests import asking, batches, monitored
from tests.faults.stack import Stack, stack
from tests.receiving import Received

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
EMPLOYEES, CHANGES = 20, 6
KILLS = 3
SLOWLY = 0.15  # seconds for an answer, so that a kill finds posts whose answer nobody wrote down


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("stack")) as made:
        made.inbox.answer = slowly
        yield made


def slowly(received: Received) -> int:
    time.sleep(SLOWLY)
    return 204


def told(running: Stack) -> list[Received]:
    """Every message about a change that came in, in the order in which it was answered."""
    return [each for each in list(running.inbox.requests) if json.loads(each.body)["type"] == TYPE]


def changed_again_and_again(running: Stack) -> None:
    """So many employees are enrolled, and each of their answers has changed so often."""
    bank, now = asking.bank(daily_quota=1000), timezone.now()
    endpoint.add(bank.organisation, running.inbox.url, now=now)
    for line in batches.applicants(EMPLOYEES):
        enrolment = monitored.enrolment(
            until=timezone.localdate() + timedelta(days=30),
            name=line[1],
            document_number=line[3],
            consent=asking.attested(now.date()),
        )
        monitored.enrolled(enrolment, bank, now)
    answers = iter(_answers(EMPLOYEES * CHANGES))
    for number in range(1, CHANGES + 1):
        for monitoring in Monitoring.objects.all():
            _changed(monitoring, number, next(answers))


def _answers(count: int) -> list[Screening]:
    """Screenings of others stand for what was recorded: the sender reads their ids alone."""
    bank, now = asking.bank(), timezone.now()
    questions = [
        asking.question(name=line[1], document_number=line[3], consent=asking.attested(now.date()))
        for line in batches.applicants(EMPLOYEES + count)[EMPLOYEES:]
    ]
    given = ask_many(questions, employer=bank.organisation, asker=asking.machine(bank.organisation), now=now)
    return [each for each in given if isinstance(each, Screening)]


def _changed(monitoring: Monitoring, number: int, answer: Screening) -> None:
    now = timezone.now()
    change = MonitoringChange.objects.create(
        id="mch_" + new_ulid(now),
        monitoring=monitoring,
        number=number,
        before=monitoring.latest,
        was=ScreeningOutcome.NOT_LISTED,
        screening=answer,
        outcome=ScreeningOutcome.LISTED,
        position=answer.as_of,
        at=now,
    )
    MonitoringPost.objects.create(change=change, endpoint=EmployerEndpoint.objects.get())


def posts_are_out() -> bool:
    """The receiver is about to answer posts of which nothing is written down yet."""
    return MonitoringPost.objects.filter(taken_at=None, lease_until__gt=timezone.now()).exists()


def test_a_sender_killed_again_and_again_tells_every_change_in_its_order(running):
    changed_again_and_again(running)
    running.processes.start("worker", "beat")
    for _ in range(KILLS):
        before = MonitoringAttempt.objects.count()
        running.wait_until(lambda before=before: MonitoringAttempt.objects.count() > before and posts_are_out())
        running.processes.kill("worker")
        time.sleep(2 * SLOWLY)
        assert MonitoringPost.objects.filter(taken_at=None).exists(), "killed before the end"
        running.processes.start("worker")
    running.wait_until(lambda: not MonitoringPost.objects.filter(taken_at=None).exists())
    judge(told(running))


def judge(received: list[Received]) -> None:
    said = [(json.loads(each.body), each) for each in received]
    times = Counter(body["id"] for body, _each in said)
    numbers = dict(MonitoringChange.objects.values_list("pk", "number"))
    assert set(times) == set(numbers), "each change is told, and nothing else"
    assert sum(times.values()) > len(times), "what was out when the sender died is told again"
    assert sum(times.values()) - len(times) <= KILLS * EMPLOYEES, "and nothing but that"
    assert all(each.headers["webhook-id"] == body["id"] for body, each in said)
    for id_ in times:
        assert len({each.body for body, each in said if body["id"] == id_}) == 1, "a repeat is the same bytes"
    first_told: defaultdict[str, list[int]] = defaultdict(list)
    for body, _each in said:
        if numbers[body["id"]] not in first_told[body["monitoring"]]:
            first_told[body["monitoring"]].append(numbers[body["id"]])
    assert all(each == list(range(1, CHANGES + 1)) for each in first_told.values()), "in the order of each monitoring"
    assert MonitoringTold.objects.filter(channel=Channel.ENDPOINT).count() == EMPLOYEES * CHANGES
