"""The same Idempotency-Key with the same question gives the same answer again, and counts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from registry.errors import IdempotencyKeyReused, Refusal
from registry.keys import digest_keys
from sharing.employers.models import Screening
from sharing.employers.question import Question


class Recorded(NamedTuple):
    """``is_new``: newly given, and not before under the same key."""

    screening: Screening
    is_new: bool


def given_before(questions: Mapping[int, Question], employer_id: int) -> dict[int, Recorded | Refusal]:
    """The answers given under these keys; IdempotencyKeyReused where one answered another question."""
    keys = [question.idempotency_key for question in questions.values()]
    if not keys:
        return {}
    # Not sorted: ORDER BY id lets the planner walk the whole primary key for a key that is new.
    given = Screening.objects.filter(employer=employer_id, idempotency_key__in=keys).order_by()
    by_key = {each.idempotency_key: each for each in given}
    return {
        place: _repeated(question, by_key[question.idempotency_key])
        for place, question in questions.items()
        if question.idempotency_key in by_key
    }


def _repeated(question: Question, given: Screening) -> Recorded | Refusal:
    same = bytes(given.question_digest) in digest_keys().digests(question.canonical)
    return Recorded(given, is_new=False) if same else IdempotencyKeyReused("Idempotency-Key")
