"""A person with a passkey, in the tests: made after a counter code, used later."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sharing.employers.evidence import Evidence
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Passkey
from sharing.persons.passkeys import ceremony, keeping, returning
from tests import cast, consenting, visiting
from tests.authenticator import Device


def made(
    device: Device | None = None,
    *,
    by: Identity | None = None,
    evidence: Evidence | None = None,
    now: datetime = cast.NOW,
    **wrong: Any,
) -> Passkey:
    """By the defendant of the cast, unless somebody else is named."""
    who, proof = by or visiting.identity(), evidence or consenting.evidence(now)
    begun = keeping.begin(who, proof, now=now)
    answer = (device or Device()).make(begun.options, **wrong)
    return keeping.make(who, proof, answer, begun.kept, now=now)


def used(device: Device, *, now: datetime = cast.NOW, **wrong: Any) -> UUID:
    """The id of the proof that is kept then."""
    begun = ceremony.begin_using(now=now)
    return returning.redeem(device.use(begun.options, **wrong), begun.kept, now=now)


def kept_of(passkey: Passkey) -> dict[str, object]:
    return asdict(Evidence.of(passkey))
