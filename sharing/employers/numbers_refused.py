"""Document numbers that can be nobody's are counted by employer and day: many of them are guessed, not read from a card.

The number itself is gone with the refusal. In the portal a slip is found while it is typed, and is not counted.
"""

from __future__ import annotations

from datetime import date

from django.db import connection

from registry.errors import CheckDigit, ImpossibleBirthDate, Refusal, UnknownArea

NOBODYS = (CheckDigit, ImpossibleBirthDate, UnknownArea)

_COUNT = """
INSERT INTO employers_numbersrefused AS refused (employer_id, day, numbers) VALUES (%(employer)s, %(day)s, 1)
ON CONFLICT (employer_id, day) DO UPDATE SET numbers = refused.numbers + 1
"""


def note(refusal: Refusal, employer_id: int, day: date) -> None:
    """Count it if it was refused for its number."""
    if isinstance(refusal, NOBODYS):
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"employer": employer_id, "day": day})
