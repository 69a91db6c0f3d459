"""How long nobody may try to sign in, after tries that failed: with one user name, and from one network (NIST SP 800-63B-4,
3.2.2; OWASP ASVS 5.0, 6.3.1).

A try counts as failed from the moment it is let through until it succeeded, so a thousand at once are as slow as one after
another. Facts stand in PostgreSQL; what was typed as a user name is kept as a keyed digest, known or not.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet, Subquery
from django.template.loader import render_to_string

from registry import letters
from registry.addresses import absolute
from registry.keys import digest_keys
from registry.models import Account, AccountAct, SignInFailures

Of = SignInFailures.Of
ABOUT = "the lock of account"  # of a letter to its owner

FREE, LOCKED, STOPPED = 4, 10, 100  # tries with one user name: without a wait, until it is locked, until it is stopped
FREE_OF_NETWORK = 20
MOST, MOST_OF_NETWORK = timedelta(minutes=15), timedelta(minutes=5)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
FORGOTTEN = timedelta(hours=1)  # since the last try from a network; and with a user name that is nobody's, `KEPT`
KEPT = timedelta(days=1)
NOT_AT_ALL = timedelta(0)


def check(user_name: str, network: str, *, now: datetime, of: Of = Of.PASSWORD) -> timedelta:
    """How long to wait before the next try; zero: this one is let through, and counts. ``network`` "": of nobody's browser.

    ``of``: a second factor is counted apart, or whoever knows the password would begin anew with every guess. Whoever must
    wait is answered as if the password were wrong, after as long: `registry.locking_backend`.
    """
    with transaction.atomic():
        rows = [_held(user_name, of, now), *([_held(network, Of.NETWORK, now)] if network else [])]
        waits = max(_waits(row, now) for row in rows)
        if waits > NOT_AT_ALL:
            return waits
        for row in rows:
            row.count = 1 if _is_forgotten(row, now) else row.count + 1
            row.tried_at = now
            row.save(update_fields=["count", "tried_at"])
    return NOT_AT_ALL


def succeeded(user_name: str, network: str, *, of: Of = Of.PASSWORD) -> None:
    """The tries with this user name are forgotten; of those from the network, this one."""
    with transaction.atomic():
        SignInFailures.objects.filter(digest=_digest(user_name, of)).delete()
        if network:
            own = SignInFailures.objects.filter(digest=_digest(network, Of.NETWORK), count__gt=0)
            own.update(count=F("count") - 1)


def after(count: int) -> timedelta:
    """The wait after so many tries with one user name that failed; `timedelta.max`: until somebody unlocks it."""
    if count <= FREE:
        return NOT_AT_ALL
    if count < LOCKED:
        return SECOND * (1 << (count - FREE - 1))
    if count >= STOPPED:
        return timedelta.max
    return MOST if count - LOCKED > 4 else min(MOST, MINUTE * (1 << (count - LOCKED)))


def after_from_network(count: int) -> timedelta:
    """Never until somebody unlocks it: many people may share a network."""
    beyond = count - FREE_OF_NETWORK
    if beyond <= 0:
        return NOT_AT_ALL
    return MOST_OF_NETWORK if beyond > 9 else min(MOST_OF_NETWORK, SECOND * (1 << (beyond - 1)))


def locked() -> QuerySet[SignInFailures]:
    """Of accounts, the longest locked first."""
    rows = SignInFailures.objects.filter(account__isnull=False, count__gte=LOCKED)
    return rows.select_related("account").order_by("tried_at", "pk")


def unlock(account: Account) -> bool:
    """Whether there was anything to unlock."""
    gone, _tables = SignInFailures.objects.filter(account=account).delete()
    return gone > 0


def note(*, now: datetime) -> int:
    """Put every account that is locked on record, once, whether or not a message will reach its owner; how many."""
    noted = 0
    for row in locked().filter(noted_at=None):
        account = row.account
        assert account is not None  # `locked`
        nobody = {} if account.email and settings.REGISTRY_SENDS_MAIL else {"told_at": now}
        with transaction.atomic():
            if SignInFailures.objects.filter(pk=row.pk, noted_at=None).update(noted_at=now, **nobody):
                AccountAct.objects.create(account=account, act=AccountAct.Act.LOCKED, at=now)
                noted += 1
    return noted


def tell(*, now: datetime) -> int:
    """Write once to the owner of each account that is on record as locked; the number of messages. By the clock: a message in the
    request would take time, and tell that the account exists. Whoever none reaches for a week is written to no more.
    """
    waiting = locked().filter(told_at=None, noted_at__isnull=False)
    told, since = 0, {row.account_id: row.noted_at or now for row in waiting}
    for account in Account.objects.in_bulk(letters.awake(since, ABOUT, now=now)).values():
        went = letters.sent_or_rests(partial(_message, account), ABOUT, account.pk, now=now)
        if went or now - since[account.pk] >= letters.GIVEN_UP_AFTER:
            waiting.filter(account=account).update(told_at=now)
        told += went
    return told


def forget(*, now: datetime) -> None:
    """Tries from networks, and with user names that are nobody's, that nobody needs any more. By the clock."""
    SignInFailures.objects.filter(of=Of.NETWORK, tried_at__lt=now - FORGOTTEN).delete()
    SignInFailures.objects.filter(account=None, tried_at__lt=now - KEPT).exclude(of=Of.NETWORK).delete()


def _held(text: str, of: Of, now: datetime) -> SignInFailures:
    """The row, locked. User names before networks, so that two tries never wait for each other.

    One that is there is written to: so nobody takes it away before it is read, and a name that was nobody's becomes his whose
    it is by now.
    """
    digest = _digest(text, of)
    # Looked for by the statement that writes it, so that no row comes back of a name that is somebody's.
    his = None if of == Of.NETWORK else Subquery(Account.called(text).values("pk"))
    row = SignInFailures(digest=digest, of=of, account_id=his, tried_at=now)
    SignInFailures.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["digest"], update_fields=["account"]
    )
    return SignInFailures.objects.select_for_update().get(digest=digest)


def _digest(text: str, of: Of) -> bytes:
    return digest_keys().digest(f"sign_in.{of}:{text if of == Of.NETWORK else _name(text)}")


def _name(typed: str) -> str:
    return Account.normalize_username(typed)


def _waits(row: SignInFailures, now: datetime) -> timedelta:
    if _is_forgotten(row, now):
        return NOT_AT_ALL
    whole = after_from_network(row.count) if row.of == Of.NETWORK else after(row.count)
    # A clock that stepped back makes nobody wait for longer than the whole.
    return whole if whole == timedelta.max else min(whole, row.tried_at + whole - now)


def _is_forgotten(row: SignInFailures, now: datetime) -> bool:
    return row.of == Of.NETWORK and row.tried_at < now - FORGOTTEN


def _message(account: Account) -> EmailMessage:
    """In both languages: nobody keeps which one an officer, or a member, reads."""
    address = absolute("/desk/" if account.is_staff else "/portal/")
    return EmailMessage(
        subject="账户已锁定 / Your account is locked",
        body=render_to_string("desk/locked.txt", {"address": address, "minutes": MOST.seconds // 60}),
        to=[account.email],
    )
