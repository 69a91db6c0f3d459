"""A person's own record, printed by an officer for whoever stands before him with the document, or speaks for its holder."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from registry.errors import AuthorityNeeded, FieldMissing
from registry.models import Officer
from registry.reading import record_reading
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Authority, CounterRecord, Raiser
from sharing.persons.models.record import ASKING
from sharing.persons.record import holding, paper

PAGE = "own_record"
NAME = _("name of the agent or the relative")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for it, and what the officer saw of his right; ``name``: of an agent, or of a near relative of who died."""

    by: str = Raiser.PERSON
    authority: str = Authority.DOCUMENT
    name: str = field(default="", repr=False)


def printed(identity: Identity, asked: Asked, *, officer: Officer, now: datetime) -> bytes:
    """The PDF; that it was made is on record before, also where nothing is held. AuthorityNeeded, FieldMissing: an agent is
    not named; and the refusals of `registry.identity`.

    The person asks for it himself or through one who may, so no reason is asked of an officer of another court. Whoever
    stands there proves nothing for a unit.
    """
    identity.refuse_unless_natural(now)
    _refuse_unfit(asked)
    subject = identity.subject(now)
    row = CounterRecord(
        officer=officer, subject_digest=subject.digest, asked_by=asked.by, authority=asked.authority, at=now
    )
    row.name = "" if asked.by == Raiser.PERSON else asked.name.strip()
    row.save(force_insert=True)
    listings = holding.of(subject, now=now).listings
    record_reading(listings, officer=officer, page=PAGE, now=now, reason_needed=False)
    return paper.record(identity, now=now)


def _refuse_unfit(asked: Asked) -> None:
    fitting = {str(by): seen for by, seen in ASKING.items()}
    if asked.authority not in fitting.get(asked.by, ()):
        raise AuthorityNeeded("authority")
    if asked.by != Raiser.PERSON and not asked.name.strip():
        raise FieldMissing("asked_name", name=NAME)
