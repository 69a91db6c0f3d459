"""Document numbers that can be nobody's are counted by employer and day: many of them are guessed, not read from a card.

Counted are questions and enrolments of programs, and the rows of a file or a call of many, where guessing in bulk would
show: each upload anew. The number itself is gone with the refusal. In the portal a slip in a single question is found
while it is typed, and is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

from registry.errors import CheckDigit, ImpossibleBirthDate, Refusal, UnknownArea

NOBODYS = (CheckDigit, ImpossibleBirthDate, UnknownArea)

_COUNT = """
INSERT INTO employers_numbersrefused AS refused (employer_id, day, numbers) VALUES (%(employer)s, %(day)s, %(numbers)s)
ON CONFLICT (employer_id, day) DO UPDATE SET numbers = refused.numbers + excluded.numbers
"""


def note(refusal: Refusal, employer_id: int, day: date) -> None:
    """Count it if it was refused for its number."""
    note_all([refusal], employer_id, day)


def note_all(refusals: Iterable[Refusal], employer_id: int, day: date) -> None:
    """Count those that were refused for their number, however many, in one statement."""
    numbers = sum(isinstance(each, NOBODYS) for each in refusals)
    if numbers:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"employer": employer_id, "day": day, "numbers": numbers})
