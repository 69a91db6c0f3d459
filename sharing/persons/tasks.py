"""By the clock: who proved who he is, and whom counter codes name, is forgotten."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sharing.persons.identity import proving


@shared_task(name="sharing.forget_identities")
def forget_identities() -> None:
    proving.forget_what_is_over(now=timezone.now())
