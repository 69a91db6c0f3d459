"""Which questions are held for consent checking whatever the book says, so that those whose name does not fit hide among them.

docs/decisions/0017, 0123.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings

from registry.keys import digest_keys
from sharing.employers.lookup import Subject

DRAW = timedelta(days=30)


def held(subject: Subject, day: date) -> bool:
    """Whether the question falls into the share that is held for consent checking (setting ``SHARING_HELD_SHARE``).

    The same person does so with every employer and name for 30 days, which begin for each person on another day: asking again
    tells nothing more, the day after either. Were it drawn anew on one day for all, whoever is pending on both sides of it would
    bear another name, and not be of the share.
    """
    person = subject.digest.hex()
    begins = _drawn(f"held begins:{person}") % DRAW.days
    share: float = settings.SHARING_HELD_SHARE
    return _drawn(f"held:{(day.toordinal() + begins) // DRAW.days}:{person}") < share * 2**64


def _drawn(text: str) -> int:
    return int.from_bytes(digest_keys().digest(text)[:8], "big")
