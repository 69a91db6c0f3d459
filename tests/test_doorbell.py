"""Whether the broker answers is found out without an error; and so is what lies there because somebody does not hear."""

from __future__ import annotations

import time
from unittest.mock import Mock

import pytest
from amqp.exceptions import AccessRefused
from django.conf import settings as given
from kombu import Connection, Queue

from config.operation import doorbell

AWAY = "redis://127.0.0.1:9/0"
OURS, NEVER_WAS = "tests.left-lying", "tests.never-was"


@pytest.fixture
def queue():
    """One of our own, at the broker that the tests were given."""
    with Connection(given.CELERY_BROKER_URL) as broker:
        with broker.SimpleQueue(OURS) as queue:
            queue.clear()
            yield queue
        Queue(OURS, channel=broker.channel()).delete()  # once nobody consumes from it


def test_a_broker_that_is_not_there_is_found_out_without_an_error(settings):
    settings.CELERY_BROKER_URL = AWAY
    assert doorbell.broker_answers() is False


def test_a_broker_that_lets_us_in_no_more_does_not_answer(settings, monkeypatch):
    settings.CELERY_BROKER_URL = "amqp://registry:changed@127.0.0.1/"
    refuse = Mock(side_effect=AccessRefused("ACCESS_REFUSED", (10, 40), 403))
    monkeypatch.setattr("kombu.Connection.ensure_connection", refuse)
    assert doorbell.broker_answers() is False


@pytest.mark.service
@pytest.mark.broker
def test_a_broker_that_is_there_answers():
    assert doorbell.broker_answers() is True


def test_of_a_broker_that_is_not_there_nobody_knows_what_lies_in_it(settings):
    settings.CELERY_BROKER_URL = AWAY
    assert doorbell.left_lying([OURS]) is None


@pytest.mark.service
@pytest.mark.broker
def test_what_nobody_took_is_seen_lying_there(queue):
    assert doorbell.left_lying([OURS, NEVER_WAS]) is False
    queue.put({})
    queues, ends = [NEVER_WAS, OURS], time.monotonic() + 10
    while not doorbell.left_lying(queues):
        assert time.monotonic() < ends, "what was sent is not seen"


@pytest.mark.service
@pytest.mark.broker
def test_what_is_taken_between_two_looks_is_not_left_lying(queue, monkeypatch):
    queue.put({})
    monkeypatch.setattr(doorbell.time, "sleep", lambda _seconds: queue.get(timeout=5).ack())
    monkeypatch.setattr(doorbell, "LOOKS", 2)
    assert doorbell.left_lying([OURS]) is False
