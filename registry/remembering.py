"""Django's cache, in PostgreSQL: whether a code was used, how often somebody tried. Who signs in needs no broker for it.

Django's own cache in the database keeps pickles, which whoever may write a row could make run in the web process; here values
are JSON.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db.models import Q, QuerySet

from registry.models import Remembered

Timeout = float | None | object


class Cache(BaseCache):
    """For ``CACHES``."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: Any, value: Any, timeout: Timeout = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        name = self._name(key, version)
        Remembered.objects.filter(key=name, until__lte=_now()).delete()
        row = {"value": value, "until": self._until(timeout)}
        _row, is_new = Remembered.objects.get_or_create(key=name, defaults=row)
        return is_new

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        found = self._standing(key, version).values_list("value", flat=True)[:1]
        return next(iter(found), default)

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        names = {self._name(key, version): key for key in keys}
        found = Remembered.objects.filter(Q(until=None) | Q(until__gt=_now()), key__in=names)
        return {names[name]: value for name, value in found.values_list("key", "value")}

    def set(self, key: Any, value: Any, timeout: Timeout = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        row = {"value": value, "until": self._until(timeout)}
        Remembered.objects.update_or_create(key=self._name(key, version), defaults=row)

    def touch(self, key: Any, timeout: Timeout = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._standing(key, version).update(until=self._until(timeout)) > 0

    def delete(self, key: Any, version: int | None = None) -> bool:
        return Remembered.objects.filter(key=self._name(key, version)).delete()[0] > 0

    def clear(self) -> None:
        Remembered.objects.all().delete()

    def _standing(self, key: Any, version: int | None) -> QuerySet[Remembered]:
        return Remembered.objects.filter(Q(until=None) | Q(until__gt=_now()), key=self._name(key, version))

    def _name(self, key: Any, version: int | None) -> str:
        return hashlib.sha256(self.make_key(key, version=version).encode()).hexdigest()

    def _until(self, timeout: Timeout) -> datetime | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else _now() + timedelta(seconds=float(seconds))  # type: ignore[arg-type]  # a number


def forget() -> None:
    """What nobody remembers any more. By the clock."""
    Remembered.objects.filter(until__lte=_now()).delete()


def _now() -> datetime:
    """The machine's own time, as the libraries that ask have it."""
    return datetime.now(UTC)
