"""A person orders messages about questions: an address that is confirmed by a link, until he has enough, or two years.

Found by the keyed digests of his number and never by a name. Ended means destroyed: no row remains of a wish that is over,
but for a day the count of addresses that were given, and the address alone until a last message is out (`parting`).
Links hold the row's id, signed: they open a page with one button, for mail programs open links by themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from registry.actions.acting import hold_digests
from registry.addresses import absolute
from registry.errors import MailAddressesSpent, MailAddressShape, MailLinkDead, NoMessagesOrdered
from registry.keys import digest_keys
from sharing.employers import lookup
from sharing.employers.lookup import Subject
from sharing.persons.mails import parting
from sharing.persons.models import MailAddressTry, News, QuestionMails, QuestionMailsDigest

A_DAY = timedelta(days=1)
TO_CONFIRM = A_DAY
ADDRESSES_A_DAY = 5
ADDRESS_MOST = 254  # RFC 5321, 4.5.3.1.3
CONFIRM, END, GO_ON = "confirm", "end", "go-on"


class Ordered(NamedTuple):
    """``running``: confirmed; ``waiting``: the latest address whose link was not opened so far."""

    running: QuestionMails | None
    waiting: QuestionMails | None


def ordered(subject: Subject, *, now: datetime) -> Ordered:
    rows = list(_of(subject).filter(ends_at__gt=now).order_by("-begun_at"))
    running = next((each for each in rows if each.confirmed_at), None)
    fresh = (each for each in rows if each.confirmed_at is None and each.begun_at > now - TO_CONFIRM)
    return Ordered(running, next(fresh, None))


def begin(subject: Subject, address: str, *, now: datetime) -> QuestionMails:
    """Order for an address; nothing but the link goes to it before it is confirmed.

    MailAddressShape; MailAddressesSpent, so that nobody has others' mailboxes filled.
    """
    typed = _sound(address)
    with transaction.atomic():
        _try(subject, now)
        mails = QuestionMails(begun_at=now, ends_at=_end(now), digest_key=digest_keys().current)
        mails.subject, mails.address = lookup.kept(subject), typed
        mails.save(force_insert=True)
        give_digests(mails, subject)
    return mails


def _try(subject: Subject, now: datetime) -> None:
    """Counted apart from the wishes, which end and leave nothing. Raises `MailAddressesSpent`."""
    hold_digests(sha256(b"mail address tries:" + each).digest() for each in subject.digests)
    tries = MailAddressTry.objects.filter(digest__in=subject.digests, at__gt=now - A_DAY)
    if tries.count() >= ADDRESSES_A_DAY:
        raise MailAddressesSpent("address", most=ADDRESSES_A_DAY)
    MailAddressTry.objects.create(digest=subject.digest, at=now)


def confirm(token: str, *, now: datetime) -> QuestionMails:
    """The link in the first message was used: from now on, and in place of every other address of this person.

    Again, with the same effect. Raises `MailLinkDead`.
    """
    with transaction.atomic():
        _hold(_with(opened(token, CONFIRM, now=now)))
        mails = opened(token, CONFIRM, now=now)
        if mails.confirmed_at is None:
            mails.confirmed_at, mails.ends_at = now, _end(now)
            _take_over(mails, now)
            mails.save(update_fields=["confirmed_at", "ends_at", "mailed_at"])
            _end_all(_with(mails).exclude(pk=mails.pk), now, elsewhere=mails.address)
    return mails


def _take_over(mails: QuestionMails, now: datetime) -> None:
    """Nothing that was asked while messages went elsewhere is lost: what was found and not told yet, nor what no walk has found so
    far. What was told comes along, or the next walk would find it anew.
    """
    former = _with(mails).exclude(pk=mails.pk).exclude(confirmed_at=None).filter(ends_at__gt=now).first()
    if former is None:
        return
    mails.confirmed_at, mails.mailed_at = former.confirmed_at, former.mailed_at
    News.objects.filter(mails=former).exclude(kind=News.Kind.ENDING).update(mails=mails)


def renew(subject: Subject, *, now: datetime) -> QuestionMails:
    """For another period from now on. Raises `NoMessagesOrdered`."""
    running = ordered(subject, now=now).running
    if running is None or not _renew(running, now):
        raise NoMessagesOrdered
    return running


def renew_by_link(token: str, *, now: datetime) -> None:
    """By whoever has the mailbox, with nothing else at hand. Raises `MailLinkDead`."""
    if not _renew(opened(token, GO_ON, now=now), now):
        raise MailLinkDead


def _renew(mails: QuestionMails, now: datetime) -> bool:
    """Whether it still ran. That it ends soon is not said any more, and will be said before its next end."""
    with transaction.atomic():
        running = QuestionMails.objects.filter(pk=mails.pk).exclude(confirmed_at=None)
        if not running.update(ends_at=_end(now)):
            return False
        News.objects.filter(mails=mails, kind=News.Kind.ENDING).delete()
    return True


def end(subject: Subject, *, now: datetime) -> bool:
    """At once, with every link that waits to be confirmed; again, with the same effect. Whether messages went anywhere."""
    with transaction.atomic():
        went = ordered(subject, now=now).running is not None
        _end_all(_of(subject), now)
    return went


def end_by_link(token: str, *, now: datetime) -> None:
    """Raises `MailLinkDead`, also where it was ended already."""
    with transaction.atomic():
        found = opened(token, END, now=now)
        _end_all(QuestionMails.objects.filter(pk=found.pk), now)


def opened(token: str, purpose: str, *, now: datetime) -> QuestionMails:
    """Whom a link is about. ``purpose``: `CONFIRM`, `END` or `GO_ON`. Raises `MailLinkDead`."""
    try:
        key = UUID(_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        raise MailLinkDead from None
    found = QuestionMails.objects.filter(pk=key, ends_at__gt=now).first()
    late = found is not None and found.confirmed_at is None and found.begun_at <= now - TO_CONFIRM
    if found is None or late or (purpose == GO_ON and found.confirmed_at is None):
        raise MailLinkDead
    return found


def link(mails: QuestionMails, purpose: str) -> str:
    path = reverse(f"person:mails_{purpose.replace('-', '_')}", args=[_signer(purpose).sign(str(mails.pk))])
    return absolute(path)


def give_digests(mails: QuestionMails, subject: Subject) -> None:
    rows = (QuestionMailsDigest(mails=mails, digest=each) for each in subject.digests)
    QuestionMailsDigest.objects.bulk_create(rows)


def forget(*, now: datetime) -> int:
    """Destroy what is over, and addresses that nobody confirmed; how many. Run by the clock."""
    MailAddressTry.objects.filter(at__lte=now - A_DAY).delete()
    unconfirmed = QuestionMails.objects.filter(confirmed_at=None, begun_at__lte=now - TO_CONFIRM)
    with transaction.atomic():
        return _destroy(QuestionMails.objects.filter(ends_at__lte=now) | unconfirmed)


def _end_all(rows: QuerySet[QuestionMails], now: datetime, elsewhere: str = "") -> None:
    """``elsewhere``: to which address messages go from now on."""
    held = QuestionMails.objects.filter(pk__in=_hold(rows))
    parting.leave(held, now=now, elsewhere=elsewhere)
    _destroy(held)


def _destroy(rows: QuerySet[QuestionMails]) -> int:
    """Locked first, so that the walker writes no news for a row that goes."""
    held = _hold(rows)
    QuestionMails.objects.filter(pk__in=held).delete()
    return len(held)


def _hold(rows: QuerySet[QuestionMails]) -> list[UUID]:
    """Which of them are still there, locked in the order of their keys."""
    held = QuestionMails.objects.select_for_update().filter(pk__in=list(rows.values_list("pk", flat=True)))
    return list(held.order_by("pk").values_list("pk", flat=True))


def _with(mails: QuestionMails) -> QuerySet[QuestionMails]:
    """Every order of the same person, this one included."""
    digests = mails.digests.values_list("digest", flat=True)
    same = QuestionMailsDigest.objects.filter(digest__in=[bytes(each) for each in digests])
    return QuestionMails.objects.filter(pk__in=same.values("mails"))


def _of(subject: Subject) -> QuerySet[QuestionMails]:
    found = QuestionMailsDigest.objects.filter(digest__in=subject.digests)
    return QuestionMails.objects.filter(pk__in=found.values("mails"))


def _sound(address: str) -> str:
    typed = address.strip()
    try:
        validate_email(typed)
    except ValidationError:
        raise MailAddressShape("address") from None
    if len(typed) > ADDRESS_MOST:
        raise MailAddressShape("address")
    return typed


def _end(now: datetime) -> datetime:
    return now + timedelta(days=settings.SHARING_QUESTION_MAILS_DAYS)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"question mails: {purpose}", sep=".")
