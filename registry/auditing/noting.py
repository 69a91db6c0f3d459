"""Audit entries: one call, in the transaction of what it is about; where it cannot be written, that does not happen."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from registry import visitors
from registry.keys import digest_keys
from registry.models import Account, AuditEntry, AuditKind

ADDRESS_BYTES = 16


def note(
    kind: str, *, who: str = "", about: str = "", code: str = "", door: str = "", address: str = "", now: datetime
) -> None:
    """Write it down. ``kind``: of `registry.models.AuditKind`; ``who``: what `account`, `client` or `command` say, or "";
    ``about``: a number of the book or the id of a thing, never personal data; ``address``: an IP address, kept as a keyed
    digest. What is too long is cut.
    """
    AuditEntry.objects.create(
        kind=kind[:24],
        who=who[:128],
        about=about[:64],
        code=code[:24],
        door=door[:64],
        address_digest=_digest(address) if address else None,
        at=now,
    )


def note_request(request: HttpRequest | None, kind: str, *, who: str = "", about: str = "", code: str = "") -> None:
    """The same of what came over HTTP: who is signed in, on which page, from where."""
    if request is None:
        note(kind, who=who, about=about, code=code, now=timezone.now())
        return
    match = request.resolver_match
    note(
        kind,
        who=who or caller(request),
        about=about,
        code=code,
        door=match.view_name if match else "",
        address=str(visitors.address_of(request.META) or ""),
        now=timezone.now(),
    )


def caller(request: HttpRequest) -> str:
    """Who is signed in; of a machine that shows a token, the API puts the caller there."""
    user = getattr(request, "user", None)
    if isinstance(user, Account):
        return account(user.pk)
    machine = getattr(user, "client", None)
    return client(machine.client_id) if machine is not None else ""


def note_command(name: str, *, about: str = "") -> None:
    """The same of a command that changes something; called before it does."""
    note(AuditKind.COMMAND, who=command(name), about=about, now=timezone.now())


def account(account_id: int) -> str:
    """An officer or member, by what he signs in with."""
    return f"account:{account_id}"


def client(client_id: str) -> str:
    """An organisation's machine."""
    return f"client:{client_id}"


def command(name: str) -> str:
    """Whoever has the server's command line."""
    return f"command:{name}"


def _digest(address: str) -> bytes:
    return digest_keys().digest(f"audit.address {address}")[:ADDRESS_BYTES]
