"""Why somebody reads an objection: it says so itself to whoever is to take the court's next step; anybody else who reads those
of every court is asked.
"""

from __future__ import annotations

from datetime import datetime

from registry.errors import SayWhyFirst
from registry.models import AccessRecord, Officer, Role
from registry.overseeing import sees_every_court
from registry.reading import HOLDS, closed_to
from sharing.persons.models import Objection
from sharing.persons.objections import lifecycle


def refuse_unasked(objection: Objection, *, officer: Officer, now: datetime) -> None:
    """Raise `SayWhyFirst` of who reads every court's, unless the court's next step is his to take."""
    if not sees_every_court(officer) or any(step.is_of_the_court for step in lifecycle.open_to(officer, objection)):
        return
    if objection.listing is not None:
        if closed := closed_to([objection.listing], officer=officer, now=now):
            raise SayWhyFirst(closed)
    elif not _is_own(officer, objection) and not _said_why(objection, officer, now):
        raise SayWhyFirst([objection], where="sharing_desk:why_objection")


def say_why(objection: Objection, *, officer: Officer, reason: str, now: datetime) -> None:
    """Of one that names no listing: open it to the officer for an hour. ``reason``: his words, which the person can read."""
    row = AccessRecord(officer=officer, listing_number=objection.number, page=AccessRecord.WHY, at=now)
    row.reason = reason
    row.save()


def _is_own(officer: Officer, objection: Objection) -> bool:
    """As of a listing (`registry.reading.is_own_case`)."""
    return officer.role != Role.AUDITOR and officer.court_id == objection.court_id


def _said_why(objection: Objection, officer: Officer, now: datetime) -> bool:
    said = AccessRecord.objects.filter(officer=officer, page=AccessRecord.WHY, listing_number=objection.number)
    return said.filter(at__gt=now - HOLDS).exists()
