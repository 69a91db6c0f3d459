"""An organisation asks to be admitted as an employer, confirms its mail address, and follows what becomes of it.

Nothing reaches the registry before the address is confirmed; what is not confirmed is destroyed after two days. Whoever
has the number and the secret, shown once, or a link that was mailed, sees the state and nothing about any person.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from registry import identity, letters
from registry.actions.acting import today
from registry.errors import (
    FieldMissing,
    FormKind,
    LicenceKind,
    MailboxUnderWay,
    NoSuchRegistration,
    PurposeUnknown,
    RegisteredAlready,
    RegistrationElsewhere,
    SentOtherwise,
    VerificationCodeShape,
)
from registry.keys import digest_keys
from registry.pdf import papers
from registry.pdf.papers import Paper
from sharing.employers import calling, registration_tries, verification_code
from sharing.employers.models import (
    UNDER_WAY,
    Enclosure,
    Registration,
    RegistrationAct,
    RegistrationState,
)
from sharing.employers.purposes import purposes
from sharing.parties.models import Organisation

TO_CONFIRM = timedelta(hours=48)
NUMBER = 8  # characters
MAILBOX_ONCE = "registration_mailbox_under_way_once"
WORDS_MOST = 2000
BY_MAIL, BY_SECRET = "m", "s"  # how somebody came by a link
ABOUT = "registration"  # of a letter to the contact


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was typed, as it was typed; who speaks for the organisation stays out of logs."""

    name: str
    name_en: str
    uscc: str
    address: str
    legal_basis: str
    purposes: Sequence[str]
    contact_name: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class Entry:
    """A registration that somebody may see; ``by_mail``: who came by a mailed link, and so has the address."""

    registration: Registration
    by_mail: bool


def send(sent: Sent, licence: bytes, *, form_key: str, source: str, now: datetime) -> tuple[Registration, str]:
    """The registration, which waits for the mail address, and its secret, shown this once.

    ``source``: the sender's network, counted for a day. The same ``form_key`` again is the same registration, without
    its secret. SentOtherwise; TooManyRegistrations; DocumentShape, CheckDigit; PurposeUnknown; LicenceKind;
    RegisteredAlready; the refusals of `papers.judged`.
    """
    before = Registration.objects.filter(form_key=form_key).first()
    if before is not None:
        return _again(before, sent, now), ""
    registration_tries.count(source, sent.email, now=now)
    uscc = _uscc(sent, now)
    if not sent.purposes or not set(sent.purposes) <= set(purposes()):
        raise PurposeUnknown("purposes", known=", ".join(purposes()))
    paper = _judged(licence)
    refuse_known(uscc)
    secret = verification_code.new()
    registration = _registration(sent, uscc, secret, form_key, now)
    try:
        with transaction.atomic():
            registration.save(force_insert=True)
            enclose(registration, paper, now=now)
    except IntegrityError:  # the same form, sent twice at once
        return _again(Registration.objects.get(form_key=form_key), sent, now), ""
    return registration, secret


def _again(before: Registration, sent: Sent, now: datetime) -> Registration:
    """What was made of the form. Raises `SentOtherwise`: a mistyped address that was put right would be lost unseen."""
    kept = (before.name, before.name_en, before.uscc, before.address, before.legal_basis, set(before.purposes))
    told = (sent.name, sent.name_en, _uscc(sent, now), sent.address, sent.legal_basis, set(sent.purposes))
    if told != kept or before.contact not in ({}, _contact(sent)):
        raise SentOtherwise(number=before.id)
    return before


def _uscc(sent: Sent, now: datetime) -> str:
    return identity.canonical("uscc", sent.uscc, today=today(now), field="uscc")


def _contact(sent: Sent) -> dict[str, str]:
    return {"name": sent.contact_name, "email": sent.email, "phone": sent.phone}


def refuse_known(uscc: str) -> None:
    """Raises `RegisteredAlready`, which does not say whether it is admitted, suspended or on its way."""
    under_way = Registration.objects.filter(uscc=uscc, state__in=UNDER_WAY)
    if Organisation.objects.filter(uscc=uscc).exists() or under_way.exists():
        raise RegisteredAlready("uscc")


def confirm(number: str, *, now: datetime) -> None:
    """The address is the contact's: from now on the registry sees it. Again, it changes nothing.

    NoSuchRegistration; RegisteredAlready: another one with the same credit code was confirmed meanwhile; MailboxUnderWay:
    one that this mailbox confirmed is not decided yet, so that nobody keeps many organisations out with tags of one address.
    """
    try:
        with transaction.atomic():
            found = locked(number)
            if found.state != RegistrationState.UNCONFIRMED:
                return
            if found.sent_at + TO_CONFIRM < now:
                raise NoSuchRegistration
            refuse_known(found.uscc)
            _refuse_mailbox(found)
            turn(found, RegistrationState.RECEIVED, untold=False, waiting_since=now)
            RegistrationAct.objects.create(registration=found, act=RegistrationAct.Act.CONFIRM, at=now)
    except IntegrityError as error:
        if MAILBOX_ONCE in str(error):
            raise MailboxUnderWay from None
        raise RegisteredAlready("uscc") from None


def _refuse_mailbox(found: Registration) -> None:
    digests = registration_tries.mailbox_digests(found.contact.get("email", ""))
    if Registration.objects.filter(state__in=UNDER_WAY, mailbox_digest__in=digests).exists():
        raise MailboxUnderWay


def answer(number: str, words: str, file: bytes, *, now: datetime) -> None:
    """What the court asked for; it waits for the court again. RegistrationElsewhere; FieldMissing; LicenceKind, and the
    refusals of `papers.judged`.
    """
    text = words.strip()[:WORDS_MOST]
    paper = _judged(file) if file else None
    with transaction.atomic():
        found = locked(number)
        if found.state != RegistrationState.MORE:
            raise RegistrationElsewhere
        if not text and not file:
            raise FieldMissing("words", name="")
        enclose(found, paper, words=text, now=now)
        turn(found, RegistrationState.RECEIVED, untold=False, waiting_since=now)
        RegistrationAct.objects.create(registration=found, act=RegistrationAct.Act.ANSWER, at=now)


def link_of(registration: Registration, came_by: str) -> str:
    """What opens its page without the secret; made anew whenever it is needed, so that it lies nowhere."""
    return f"{registration.pk}.{came_by}.{_macs(registration.pk, came_by)[0]}"


def by_link(link: str) -> Entry:
    """Raises `NoSuchRegistration`."""
    number, _dot, rest = link.partition(".")
    came_by, _dot, mac = rest.partition(".")
    if not any(hmac.compare_digest(each.encode(), mac.encode()) for each in _macs(number, came_by)):
        raise NoSuchRegistration
    found = Registration.objects.filter(pk=number).first()
    if found is None:
        raise NoSuchRegistration
    return Entry(found, came_by == BY_MAIL)


def by_secret(number: str, secret: str) -> Registration:
    """Raises `NoSuchRegistration`, whichever of the two is wrong."""
    found = Registration.objects.filter(pk=_number(number)).first()
    kept = bytes(found.secret_digest) if found else b""
    fits = any(hmac.compare_digest(kept, each) for each in _secret_digests(secret))
    if found is None or not fits:
        raise NoSuchRegistration("secret")
    return found


def locked(number: str) -> Registration:
    """The row, locked until the end of the transaction. Raises `NoSuchRegistration`."""
    found = Registration.objects.select_for_update().filter(pk=number).first()
    if found is None:
        raise NoSuchRegistration
    return found


def turn(found: Registration, state: RegistrationState, *, untold: bool, waiting_since: datetime | None = None) -> None:
    """``untold``: the contact is to be written to about the new state."""
    found.state, found.untold = state, untold
    found.waiting_since = waiting_since or found.waiting_since
    found.save(update_fields=["state", "untold", "waiting_since"])
    if untold:
        letters.wake(ABOUT, found.pk)


def enclose(of: Registration, paper: Paper | None, *, now: datetime, words: str = "") -> None:
    enclosure = Enclosure(registration=of, media_type=paper.media_type if paper else "", sent_at=now)
    if paper:
        enclosure.content = paper.content
    if words:
        enclosure.words = words
    enclosure.save(force_insert=True)


def phone_digest(phone: str) -> bytes:
    """To tell that two organisations gave the same number; the number itself is sealed."""
    digits = [each for each in unicodedata.normalize("NFKC", phone) if each in string.digits]
    return digest_keys().digest("registration.phone:" + "".join(digits)[-11:])


def _registration(sent: Sent, uscc: str, secret: str, form_key: str, now: datetime) -> Registration:
    registration = Registration(
        id=_new_number(),
        name=sent.name,
        name_en=sent.name_en,
        uscc=uscc,
        address=sent.address,
        legal_basis=sent.legal_basis,
        purposes=[code for code in purposes() if code in sent.purposes],
        phone_digest=phone_digest(sent.phone),
        mailbox_digest=registration_tries.mailbox_digests(sent.email)[0],
        secret_digest=_secret_digests(secret)[0],
        form_key=form_key,
        sent_at=now,
    )
    registration.contact = _contact(sent)
    return registration


def _judged(file: bytes) -> Paper:
    """LicenceKind; the refusals of `papers.judged`."""
    try:
        calling.refuse_kind(file)
    except FormKind as refusal:
        raise LicenceKind("licence", **refusal.facts) from None
    (paper,) = papers.judged([file], named="licence")
    return paper


def _new_number() -> str:
    return verification_code.grouped("".join(secrets.choice(verification_code.ALPHABET) for _ in range(NUMBER)))


def _number(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed[:64]).upper().translate(verification_code.LOOKS_LIKE)
    return verification_code.grouped("".join(each for each in plain if each.isalnum()))


def _secret_digests(typed: str) -> list[bytes]:
    """What cannot be a secret is digested as it is, so that it costs the same."""
    try:
        secret = verification_code.read(typed[:64])
    except VerificationCodeShape:
        secret = typed[:64]
    return digest_keys().digests("registration.secret:" + secret)


def _macs(number: str, came_by: str) -> list[str]:
    digests = digest_keys().digests(f"registration.link:{came_by}:{number}")
    return [base64.urlsafe_b64encode(each[:24]).decode() for each in digests]
