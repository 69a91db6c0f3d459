"""The bell is answered, the sweep finds what no bell announced, silence is broken by a heartbeat,
people are told of outages, of what waits for them and of what is due, and conformance runs go on.

Bell and sweep run at most one slot a worker has room for.
"""

from __future__ import annotations

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from registry import agreed_time, bell
from registry.turns import Lock, one_of
from sharing.delivery import clock, heartbeat, pulses, slot, turns
from sharing.delivery.models import Process
from sharing.departments import alarms, announcing, escalating, instruments, retrying, settling, telling
from sharing.departments.conformance import running

logger = logging.getLogger(__name__)


@shared_task(name="sharing.tell")
def tell() -> None:
    """Answers the bell, before the log is read; the one who signs it is called from here, so that an act rings once."""
    bell.answer()
    bell.send(bell.SIGN_TASK)
    _tell_and_deliver()


@shared_task(name="sharing.sweep")
def sweep() -> None:
    clock.follow()
    pulses.mark(Process.SWEEP)
    _tell_and_deliver()


@shared_task(name="sharing.heartbeat")
def beat() -> None:
    heartbeat.beat(now=timezone.now())


@shared_task(name="sharing.alarms")
def raise_alarms() -> None:
    alarms.raise_alarms(now=timezone.now())


@shared_task(name="sharing.conformance")
def run_conformance() -> None:
    """Whoever comes meanwhile leaves it to the one that is at it: endpoints on trial keep one worker busy at most."""
    with one_of(of=Lock.CONFORMANCE) as turn:
        if turn is not None:
            running.run_due()


@shared_task(name="sharing.announce")
def announce() -> None:
    announcing.announce(now=timezone.now())


@shared_task(name="sharing.escalate")
def escalate() -> None:
    escalating.escalate(now=timezone.now())


@shared_task(name="sharing.watch_instruments")
def watch_instruments() -> None:
    instruments.watch(now=agreed_time.moment())


@shared_task(name="sharing.follow_calendar")
def follow_calendar() -> None:
    settling.follow_calendar(now=timezone.now())


def _tell_and_deliver() -> None:
    """What was decided goes out, whatever cannot be decided; that is raised afterwards."""
    try:
        telling.walk(now=timezone.now())
        settling.settle_all(now=timezone.now())
        retrying.try_again(now=timezone.now())
    finally:
        _deliver()


def _deliver() -> None:
    with one_of(turns.of_this_worker(settings.SHARING_SLOTS), of=Lock.DELIVERING) as turn:
        if turn is not None:
            # All workers may be busy with slots, and what was decided meanwhile must not wait for one to end.
            slot.run(before_look=_tell_on)


def _tell_on() -> None:
    try:
        telling.step(now=timezone.now())
    except Exception as error:
        logger.error("what came meanwhile cannot be told: %s", type(error).__name__)
