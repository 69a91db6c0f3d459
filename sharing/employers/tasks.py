"""By the clock: signed forms are called in and waited for, the registry hears of employers to look at, results are
recalled as the log grows, employers are told of it, and wrong tries are forgotten; batches and campaigns go on and are destroyed;
monitoring ends on its day, looks again whom the log is about, and employers are told of changes. Who asks to be admitted is written to.
"""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from registry import agreed_time, bell
from sharing.employers import (
    announcing,
    answers_told,
    batch,
    batch_asking,
    calling,
    corresponding,
    overseeing,
    recalling,
    registration_tries,
    verification,
)
from sharing.employers.campaigns import allowances, asking
from sharing.employers.campaigns import ending as campaign_ending
from sharing.employers.monitoring import ending, noticing, posting, walking

ASKING_SECONDS = 5  # of one task; the next one is at hand


@shared_task(name="sharing.call_in")
def call_in() -> None:
    now = agreed_time.moment()
    try:
        calling.call_in(now=now)
        calling.overdue(now=now)
    finally:  # whoever is to be told does not wait for what cannot be decided
        calling.tell(now=now)
        answers_told.tell(now=now)


@shared_task(name="sharing.oversee")
def oversee() -> None:
    overseeing.raise_alarms(now=timezone.now())


@shared_task(name="sharing.recall_results")
def recall_results() -> None:
    """Who monitors gets a new result in place of one that was recalled."""
    if recalling.walk(now=timezone.now()):
        bell.send(walking.TASK)


@shared_task(name="sharing.announce_recalls")
def announce_recalls() -> None:
    announcing.announce(now=timezone.now())


@shared_task(name=walking.TASK)
def monitor() -> None:
    now = agreed_time.moment()
    ending.end_over(now=now)
    walking.walk(now=now)


@shared_task(name="sharing.tell_changes")
def tell_changes() -> None:
    posting.post(now=timezone.now())


@shared_task(name="sharing.announce_changes")
def announce_changes() -> None:
    now = timezone.now()
    noticing.announce(now=now)
    noticing.warn(now=now)


@shared_task(name="sharing.forget_tries")
def forget_tries() -> None:
    verification.forget_tries(now=timezone.now())


@shared_task(name="sharing.ask_batches")
def ask_batches() -> None:
    ends = time.monotonic() + ASKING_SECONDS
    while batch_asking.go_on(now=timezone.now()) and time.monotonic() < ends:
        pass


@shared_task(name="sharing.destroy_batches")
def destroy_batches() -> None:
    batch.destroy(now=agreed_time.moment())


@shared_task(name="sharing.ask_campaigns")
def ask_campaigns() -> None:
    ends = time.monotonic() + ASKING_SECONDS
    while asking.go_on(now=timezone.now()) and time.monotonic() < ends:
        pass


@shared_task(name="sharing.tidy_campaigns")
def tidy_campaigns() -> None:
    now = agreed_time.moment()
    try:
        campaign_ending.tidy(now=now)  # first: what must go never waits for a mail server
    finally:
        allowances.tell(now=now)


@shared_task(name="sharing.registrations")
def registrations() -> None:
    now = agreed_time.moment()
    registration_tries.alarm(now=now)
    try:
        corresponding.forget(now=now)  # first: what must go never waits for a mail server
    finally:
        corresponding.tell(now=now)
