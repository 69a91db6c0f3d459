"""User name and password, for both doors: one answer, as long, whatever is wrong and whoever must wait."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import get_hasher, make_password
from django.db.models import Case, Q, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from registry import lockout
from registry.models import Account
from registry.network import network_of


class LockingBackend(ModelBackend):
    """Django's own behind `lockout`, with another account where there is none of that name.

    The password is looked at even while nobody may try, and what was found is thrown away: no time tells of a lock. Django
    itself hashes a password where there is no such account, but reads no row and builds no account: 85 µs that can be measured.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Account | None:
        if username is None or password is None:
            return None
        network = network_of(request) if request is not None and request.META.get("REMOTE_ADDR") else ""
        waits = lockout.check(username, network, now=timezone.now())
        found = _called(username)
        is_right = found.check_password(password)
        if waits or not is_right or found.pk is None or not self.user_can_authenticate(found):
            return None
        lockout.succeeded(username, network)
        return found

    def get_user(self, user_id: int) -> Account | None:
        """Of a request: with the officer whose account it is, whom nearly every page of the desk asks for."""
        found = Account.objects.select_related("officer__court").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None


def _called(username: str) -> Account:
    """Whose name it is; where it is nobody's, an account without a key, whose password nobody knows.

    That one is read as the others are: the next in the order of names, from wherever it lies, or the oldest after the last name.
    """
    name = Account.normalize_username(username)
    next_one = Account.objects.filter(username__gte=name).order_by("username").values("pk")[:1]
    oldest = Account.objects.order_by("pk").values("pk")[:1]
    is_before = Case(When(username__gte=name, then=Value(0)), default=Value(1))
    read = Account.objects.filter(Q(pk=next_one) | Q(pk=oldest)).order_by(is_before, "username")
    found = read.first() or Account()
    if found.username != name:
        found.pk, found.password = None, _nobodys(get_hasher().algorithm)
    return found


@cache
def _nobodys(algorithm: str) -> str:
    return make_password(get_random_string(32), hasher=algorithm)
