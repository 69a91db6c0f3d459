"""User name and password, for both doors: one answer, as long, whatever is wrong and whoever must wait."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.utils import timezone

from registry import lockout
from registry.models import Account
from registry.network import network_of


class LockingBackend(ModelBackend):
    """Django's own, which hashes a password also where there is no such account, behind `lockout`.

    The password is looked at even while nobody may try, and what was found is thrown away: no time tells of a lock.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        if username is None or password is None:
            return None
        network = network_of(request) if request is not None and request.META.get("REMOTE_ADDR") else ""
        waits = lockout.check(username, network, now=timezone.now())
        found = super().authenticate(request, username=username, password=password, **kwargs)
        if waits or not isinstance(found, Account):
            return None
        lockout.succeeded(username, network)
        return found
