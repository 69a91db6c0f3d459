"""The same Idempotency-Key with the same question gives the same answer again, and counts nothing."""

from __future__ import annotations

from collections.abc import Mapping

from registry.errors import IdempotencyKeyReused, Refusal
from registry.keys import digest_keys
from sharing.employers.models import Screening
from sharing.employers.question import Question


def given_before(questions: Mapping[int, Question], employer_id: int) -> dict[int, Screening | Refusal]:
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


def _repeated(question: Question, given: Screening) -> Screening | Refusal:
    same = bytes(given.question_digest) in digest_keys().digests(question.canonical)
    return given if same else IdempotencyKeyReused("Idempotency-Key")
