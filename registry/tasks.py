"""What the clock does to the book."""

from __future__ import annotations

import time
from typing import Any

from celery import shared_task
from celery.signals import task_prerun
from django.utils import timezone

from registry import actions, agreed_time, bell, code_overlay, lockout, remembering, reminding, violations
from registry.auditing import anchoring, growing
from registry.checkpoints import signing, vouched
from registry.importing import going_on
from registry.statistics import tallying
from registry.verifying import running

IMPORTING_SECONDS = 5  # of one task; the next one is at hand
GROWING_SECONDS = 1  # likewise
TALLYING_SECONDS = 2 * tallying.COUNTING_SECONDS + 60  # waiting for another count, then counting
READING_SECONDS = 1200  # at most, of one file; begun anew by another task if that is not enough


@task_prerun.connect(dispatch_uid="code_lists")
def know_the_code_lists(**_facts: Any) -> None:
    """Before whatever task of whichever room."""
    code_overlay.keep_up()


@shared_task(name=bell.SIGN_TASK)
def sign_the_log() -> None:
    """Whoever is to cosign what is new hears of it at once; so does who has to say first what he has seen."""
    is_new = False
    while signing.sign(now=timezone.now()):
        is_new = True
    if is_new or vouched.is_awaited():
        bell.send(bell.COSIGN_TASK)


@shared_task(name=growing.TASK)
def grow_audit_tree() -> None:
    ends = time.monotonic() + GROWING_SECONDS
    while growing.grow() and time.monotonic() < ends:
        pass


@shared_task(name=anchoring.TASK)
def anchor_audit_tree() -> None:
    anchoring.anchor_if_due(now=timezone.now())


@shared_task(name=running.TASK)
def verify_the_log() -> None:
    if running.go_on(now=timezone.now()):
        bell.send(running.TASK)


@shared_task(name="registry.take_effect")
def take_effect() -> None:
    actions.take_effect(now=agreed_time.moment())


@shared_task(name="registry.expire")
def expire() -> None:
    actions.expire(now=agreed_time.moment())


@shared_task(name="registry.seal")
def seal() -> None:
    actions.seal_by_orders(now=timezone.now())


@shared_task(name="registry.tell_locked")
def tell_who_is_locked() -> None:
    now = timezone.now()
    lockout.forget(now=now)
    remembering.forget()
    violations.forget(now=now)
    lockout.note(now=now)
    lockout.tell(now=now)


@shared_task(name="registry.remind")
def remind() -> None:
    reminding.remind(now=timezone.now())


@shared_task(name="registry.tally", soft_time_limit=TALLYING_SECONDS, time_limit=TALLYING_SECONDS + 30)
def count_the_book() -> None:
    tallying.tally(now=timezone.now())


@shared_task(name=tallying.ASKED_TASK, soft_time_limit=TALLYING_SECONDS, time_limit=TALLYING_SECONDS + 30)
def count_if_asked() -> None:
    tallying.tally_if_asked(now=timezone.now())


@shared_task(name="registry.import", soft_time_limit=READING_SECONDS, time_limit=READING_SECONDS + 30)
def import_rows() -> None:
    ends = time.monotonic() + IMPORTING_SECONDS
    while going_on.go_on(now=timezone.now()) and time.monotonic() < ends:
        pass


@shared_task(name="registry.destroy_imports")
def destroy_imports() -> None:
    going_on.destroy(now=agreed_time.moment())


@shared_task(name="registry.forget_pasted")
def forget_pasted() -> None:
    actions.forget_pasted(now=agreed_time.moment())
