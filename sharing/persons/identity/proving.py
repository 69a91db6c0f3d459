"""Who somebody is, once it is proved: kept sealed for half an hour, and found by what the browser's session holds.

Every way of proving (`counter`, `oidc`, `notice`, and a passkey that stands for one of them) ends in `keep`; whatever needs
a proven person begins with `proven`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction

from registry.actions.acting import today
from registry.errors import IdentityNotProved, Refusal
from sharing.employers import lookup
from sharing.employers.evidence import Evidence
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
        """As questions compare it; who is led here by a notice may stand for a unit. Raises the refusals of
        `registry.identity`.
        """
        return lookup.anybody(**asdict(self), today=today(now))

    def refuse_unless_natural(self, now: datetime) -> None:
        """At the counter and with the identity service nobody stands for a unit. Raises the refusals of
        `registry.identity`.
        """
        lookup.subject(**asdict(self), today=today(now))

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


@dataclass(frozen=True, kw_only=True)
class Proved:
    """Who it is, and how it was proved."""

    identity: Identity
    evidence: Evidence


def keep(proved: Proved, *, now: datetime, passkey: UUID | None = None) -> UUID:
    """Keep a proof; the id by which `proven` finds it. Raises the refusals of `registry.identity`.

    ``passkey``: the one that stands for it.
    """
    proved.identity.subject(now)
    ends = now + timedelta(minutes=MINUTES)
    proof = ProvenIdentity(expires_at=ends, passkey=passkey, **asdict(proved.evidence))
    proof.identity = proved.identity.sealable
    proof.save(force_insert=True)
    return proof.pk


class Redeem(Protocol):
    """Whom a code names, once; a wrong try is counted. Raises a `Refusal`."""

    def __call__(self, typed: str, ending: str, *, now: datetime) -> Proved: ...


def redeemed(redeem: Redeem, typed: str, ending: str, *, now: datetime) -> UUID:
    """Use a code and keep the proof, both or neither; the id by which `proven` finds it. Raises what ``redeem`` raises."""
    with transaction.atomic():
        try:
            proved = redeem(typed, ending, now=now)
        except Refusal as refusal:  # raised outside, so that the wrong try stays counted
            refused = refusal
        else:
            return keep(proved, now=now)
    raise refused


def proven(proof: str, *, now: datetime) -> Identity | None:
    """Who it is; None: nobody, or not any more."""
    found = _proof(proof, now)
    return Identity.read(found.identity) if found else None


def evidence(proof: str, *, now: datetime) -> Evidence:
    """How it was proved who it is. Raises `IdentityNotProved`."""
    found = _proof(proof, now)
    if found is None:
        raise IdentityNotProved(minutes=MINUTES)
    return Evidence.of(found)


def forget(proof: str) -> None:
    """End a proof before its time; again, with the same effect."""
    try:
        ProvenIdentity.objects.filter(pk=UUID(proof)).delete()
    except ValueError:
        return


def forget_of_passkey(passkey: UUID) -> None:
    """End the visits that began with it."""
    ProvenIdentity.objects.filter(passkey=passkey).delete()


def forget_what_is_over(*, now: datetime) -> int:
    """Destroy proofs, and whom counter codes name, once their time is over; how many. Run by the clock."""
    ended = ProvenIdentity.objects.filter(expires_at__lte=now).delete()[0]
    over = CounterCode.objects.filter(expires_at__lte=now, identity_sealed__isnull=False)
    return ended + over.update(identity_sealed=None)


def _proof(proof: str, now: datetime) -> ProvenIdentity | None:
    try:
        key = UUID(proof)
    except ValueError:
        return None
    return ProvenIdentity.objects.filter(pk=key, expires_at__gt=now).first()
