"""Who somebody is, once it is proved: kept sealed for half an hour, and found by what the browser's session holds.

Every way of proving (`counter`, `oidc`) ends in `keep`; whatever needs a proven person begins with `proven`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from registry.actions.acting import today
from sharing.employers import lookup
from sharing.employers.lookup import Subject
from sharing.persons.models import CounterCode, ProvenIdentity

MINUTES = 30


@dataclass(frozen=True, kw_only=True)
class Identity:
    """As on the document."""

    document_type: str
    document_number: str = field(repr=False)
    name: str = field(repr=False)

    def subject(self, now: datetime) -> Subject:
        """As questions compare it. Raises the refusals of `registry.identity`."""
        return lookup.subject(**asdict(self), today=today(now))

    @property
    def named(self) -> dict[str, str]:
        """As a question names somebody."""
        return {"type": self.document_type, "number": self.document_number, "name": self.name}

    @property
    def sealable(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def read(cls, sealable: bytes) -> Identity:
        return cls(**json.loads(sealable))


def keep(identity: Identity, *, way: str, now: datetime) -> UUID:
    """Keep a proof; the id by which `proven` finds it. Raises the refusals of `registry.identity`."""
    identity.subject(now)
    proof = ProvenIdentity(way=way, expires_at=now + timedelta(minutes=MINUTES))
    proof.identity = identity.sealable
    proof.save(force_insert=True)
    return proof.pk


def proven(proof: str, *, now: datetime) -> Identity | None:
    """Who it is; None: nobody, or not any more."""
    try:
        key = UUID(proof)
    except ValueError:
        return None
    found = ProvenIdentity.objects.filter(pk=key, expires_at__gt=now).first()
    return Identity.read(found.identity) if found else None


def forget(proof: str) -> None:
    """End a proof before its time; again, with the same effect."""
    try:
        ProvenIdentity.objects.filter(pk=UUID(proof)).delete()
    except ValueError:
        return


def forget_what_is_over(*, now: datetime) -> int:
    """Destroy proofs, and whom counter codes name, once their time is over; how many. Run by the clock."""
    ended = ProvenIdentity.objects.filter(expires_at__lte=now).delete()[0]
    over = CounterCode.objects.filter(expires_at__lte=now, identity_sealed__isnull=False)
    return ended + over.update(identity_sealed=None)
