"""By the clock: what is due of objections; who proved who he is, whom counter codes name, and what browsers were about, is
forgotten; passkeys end; who wants to hear of questions about himself is written to, and the registry of what it should look at.
"""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from registry import agreed_time
from sharing.persons import alarming
from sharing.persons.identity import proving
from sharing.persons.mails import ending as ending_mails
from sharing.persons.mails import ordering, parting, walking, writing
from sharing.persons.objections import minding
from sharing.persons.passkeys import ending


@shared_task(name="sharing.forget_identities")
def forget_identities() -> None:
    proving.forget_what_is_over(now=agreed_time.moment())


@shared_task(name="sharing.end_passkeys")
def end_passkeys() -> None:
    ending.end(now=agreed_time.moment())


@shared_task(name="sharing.forget_sessions")
def forget_sessions() -> None:
    call_command("clearsessions")


@shared_task(name="sharing.objections")
def mind_objections() -> None:
    minding.mind(now=timezone.now())


@shared_task(name="sharing.question_mails")
def question_mails() -> None:
    now = agreed_time.moment()
    ordering.forget(now=now)  # first: what must go never waits for a mail server
    parting.forget(now=now)
    walking.forget()
    try:
        ending_mails.note(now=now)
        walking.walk(now=now)
    finally:  # what was found before goes out
        writing.tell(now=now)
        parting.tell(now=now)


@shared_task(name="sharing.record_alarms")
def record_alarms() -> None:
    alarming.tell(now=timezone.now())
