"""Somebody who wants messages about questions, in the tests: ordered and confirmed, asked about, and what the clock does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sharing.employers.lookup import Subject
from sharing.employers.models import Screening
from sharing.persons.mails import ending, ordering, walking, writing
from sharing.persons.models import QuestionMails
from tests import asking, cast, consenting

ADDRESS = "gao@mail.example"
NOBODY = (cast.APPLICANT_NUMBER, "王小明")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def token_of(mails: QuestionMails, purpose: str) -> str:
    return ordering.link(mails, purpose).rstrip("/").rsplit("/", 1)[1]


def ordered(by: Subject | None = None, address: str = ADDRESS, now: datetime = cast.NOW) -> QuestionMails:
    """Messages that were confirmed."""
    mails = ordering.begin(by or consenting.person(), address, now=now)
    return ordering.confirm(token_of(mails, "confirm"), now=now)


def ask(now: datetime = cast.NOW, **changes: Any) -> Screening:
    return asking.answered(asking.question(**changes), now=now)


def go(now: datetime) -> int:
    """What the clock does in a minute."""
    ending.note(now=now)
    walking.walk(now=now)
    return writing.tell(now=now)
