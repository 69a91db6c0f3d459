"""By the clock: what is due of objections; who proved who he is, whom counter codes name, and what browsers were about, is forgotten."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from sharing.persons.identity import proving
from sharing.persons.objections import minding


@shared_task(name="sharing.forget_identities")
def forget_identities() -> None:
    proving.forget_what_is_over(now=timezone.now())


@shared_task(name="sharing.forget_sessions")
def forget_sessions() -> None:
    call_command("clearsessions")


@shared_task(name="sharing.objections")
def mind_objections() -> None:
    minding.mind(now=timezone.now())
