"""A person's passkeys: made after a proof of identity, listed, and removed; whom each names lies sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from registry.actions.acting import hold_digests, today
from registry.errors import (
    NoSuchPasskey,
    NothingGoesOn,
    PasskeyAfterPasskey,
    PasskeyNotMade,
    PasskeysTooMany,
    Refusal,
)
from registry.keys import KeyUnknown, SealBroken
from registry.models import IdentityDocument
from sharing.employers.evidence import Evidence
from sharing.employers.lookup import Subject
from sharing.persons.identity import proving
from sharing.persons.identity.proving import Identity
from sharing.persons.mails import noting
from sharing.persons.models import News, Passkey
from sharing.persons.passkeys import ceremony, lasting
from sharing.persons.passkeys.ceremony import Begun
from sharing.persons.record import holding

MOST = 5


def refuse_unless_may(subject: Subject, evidence: Evidence, *, now: datetime) -> None:
    """Raises `PasskeyAfterPasskey`, so that none outlives what it was made for by another; `NothingGoesOn`, `PasskeysTooMany`."""
    if evidence.passkey_at is not None:
        raise PasskeyAfterPasskey
    if not lasting.has_reason(subject, now=now):
        raise NothingGoesOn
    if len(mine(subject, now=now)) >= MOST:
        raise PasskeysTooMany(most=MOST)


def begin(identity: Identity, evidence: Evidence, *, now: datetime) -> Begun:
    """What `refuse_unless_may` raises; NoSuchWay."""
    subject = identity.subject(now)
    refuse_unless_may(subject, evidence, now=now)
    others = [bytes(each.credential_id) for each in mine(subject, now=now)]
    # In the device's own list: the day tells several apart, and nothing says whose they are.
    return ceremony.begin_making(_("My pages, %(day)s") % {"day": today(now).isoformat()}, others, now=now)


def make(identity: Identity, evidence: Evidence, answer: str, kept: Mapping[str, Any], *, now: datetime) -> Passkey:
    """``answer``: the browser's, ``kept``: by its session. What `begin` raises; PasskeyNotMade."""
    subject = identity.subject(now)
    with transaction.atomic():
        # So that it is not made while the last listing is purged, and many at once are no more.
        hold_digests(subject.digests)
        refuse_unless_may(subject, evidence, now=now)
        made = ceremony.finish_making(answer, kept, now=now)
        ends = lasting.end(now)
        passkey = Passkey(made_at=now, looked_at=now, ends_at=ends, **asdict(made), **asdict(evidence))
        passkey.subject_digests, passkey.identity = list(subject.digests), identity.sealable
        try:
            with transaction.atomic():
                passkey.save(force_insert=True)
        except IntegrityError:  # somebody's device has it already
            raise PasskeyNotMade from None
        noting.note(subject, News.Kind.MADE, now=now)
    return passkey


def mine(subject: Subject, *, now: datetime) -> list[Passkey]:
    """Those that open something, by number and name, also under his other documents and names; the newest first."""
    documents = IdentityDocument.including_mistaken.filter(person__in=holding.persons(subject), drafts=None)
    digests = [*subject.digests, *map(bytes, documents.values_list("digest", flat=True))]
    rows = Passkey.objects.filter(subject_digests__overlap=digests, ends_at__gt=now).order_by("-made_at")
    return [each for each in rows if _is_of(each, subject, now)]


def remove(key: UUID, subject: Subject, *, now: datetime) -> None:
    """It opens nothing any more, and who came with it is out. Raises `NoSuchPasskey`: another's is as absent as none."""
    with transaction.atomic():
        found = Passkey.objects.select_for_update().filter(pk=key).first()
        if found is None or not _is_of(found, subject, now):
            raise NoSuchPasskey
        destroy(found)


def destroy(passkey: Passkey) -> None:
    """In a transaction that has locked it."""
    proving.forget_of_passkey(passkey.pk)
    passkey.delete()


def named(passkey: Passkey, now: datetime) -> Subject | None:
    """Whom it names; None: it cannot be opened, or what it names is no document any more."""
    try:
        return Identity.read(passkey.identity).subject(now)
    except (KeyUnknown, SealBroken, Refusal):
        return None


def _is_of(passkey: Passkey, subject: Subject, now: datetime) -> bool:
    """The same document and name, or a record that both open; the name alone makes nobody the same person."""
    its = named(passkey, now)
    if its is None:
        return False
    if its.digest == subject.digest and its.names[0] == subject.names[0]:
        return True
    return not holding.persons(its).isdisjoint(holding.persons(subject))
