"""A person's own record, printed by an officer for whoever stands before him with the document."""

from __future__ import annotations

from datetime import datetime

from registry.models import Officer
from registry.reading import record_reading
from sharing.persons.identity.proving import Identity
from sharing.persons.models import CounterRecord
from sharing.persons.record import holding, paper

PAGE = "own_record"


def printed(identity: Identity, *, officer: Officer, now: datetime) -> bytes:
    """The PDF; that it was made is on record before, also where nothing is held. Raises the refusals of `registry.identity`.

    The person asks for it himself, so no reason is asked of an officer of another court. Whoever
    stands there proves nothing for a unit.
    """
    identity.refuse_unless_natural(now)
    subject = identity.subject(now)
    CounterRecord.objects.create(officer=officer, subject_digest=subject.digest, at=now)
    listings = holding.of(subject, now=now).listings
    record_reading(listings, officer=officer, page=PAGE, now=now, reason_needed=False)
    return paper.record(identity, now=now)
