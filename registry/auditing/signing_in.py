"""Sign-ins, refused ones and sign-outs, as Django tells of them: whichever page or library does it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from registry.auditing.noting import account, note_request
from registry.models import Account, AuditKind


def connect() -> None:
    """Once, when the application starts."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit.sign_in")
    user_login_failed.connect(_refused, dispatch_uid="audit.sign_in_refused")
    user_logged_out.connect(_signed_out, dispatch_uid="audit.sign_out")


def _signed_in(*, request: HttpRequest | None, user: Account, **_rest: Any) -> None:
    note_request(request, AuditKind.SIGN_IN, who=account(user.pk))


def _refused(*, request: HttpRequest | None = None, **_rest: Any) -> None:
    """Whom somebody wanted to be is not kept: people type passwords there."""
    note_request(request, AuditKind.SIGN_IN_REFUSED)


def _signed_out(*, request: HttpRequest | None, user: Account | None, **_rest: Any) -> None:
    if user is not None:
        note_request(request, AuditKind.SIGN_OUT, who=account(user.pk))
