"""Many questions of one employer in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from registry.errors import Refusal
from sharing.employers.models import Employer, Screening
from sharing.employers.screening import Question, ask
from sharing.parties.models import Client, Member


def ask_many(
    questions: Sequence[Question], *, employer: Employer, asker: Client | Member, now: datetime
) -> list[Screening | Refusal]:
    """The answer to each, or why there is none, in their order; at most 500."""
    with transaction.atomic():
        return [_asked(each, employer=employer, asker=asker, now=now) for each in questions]


def _asked(question: Question, *, employer: Employer, asker: Client | Member, now: datetime) -> Screening | Refusal:
    try:
        return ask(question, employer=employer, asker=asker, now=now)
    except Refusal as refusal:
        return refusal
