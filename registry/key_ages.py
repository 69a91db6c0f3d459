"""For how long each key has been the current one of its ring: what is to be replaced every year is told of when it is not.

Known by fingerprint, from the day on which a worker first had it; so a key that was put in front of an old book's is as old
as it is here. Nothing is refused because of age (docs/decisions/0068).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from registry.keys import digest_keys, fingerprint, keyring, read_keys
from registry.models import KeySeen

SIGNING = ("REGISTRY_LOG_KEYS", "SHARING_RESULT_KEYS", "SHARING_WEBHOOK_KEYS")


class Age(NamedTuple):
    """Of the current key of a ring, which ``setting`` names."""

    setting: str
    days: int


def note(*, now: datetime) -> None:
    """Those that were not there before."""
    found = [(ring, fingerprint(ring, key)) for ring, held in _rings().items() for key in held]
    known = _seen()
    new = [KeySeen(ring=ring, fingerprint=mark, seen_at=now) for ring, mark in found if (ring, mark) not in known]
    KeySeen.objects.bulk_create(new, ignore_conflicts=True)


def old(*, now: datetime) -> list[Age]:
    """Those that have been current for longer than ``REGISTRY_KEY_DAYS``."""
    return [each for each in ages(now=now) if each.days > settings.REGISTRY_KEY_DAYS]


def ages(*, now: datetime) -> list[Age]:
    """Without those that no worker has had yet."""
    seen = _seen()
    marks = {ring: fingerprint(ring, held[0]) for ring, held in _rings().items()}
    return [Age(ring, (now - seen[ring, mark]).days) for ring, mark in marks.items() if (ring, mark) in seen]


def _seen() -> Mapping[tuple[str, bytes], datetime]:
    rows = KeySeen.objects.values_list("ring", "fingerprint", "seen_at")
    return {(ring, bytes(mark)): seen_at for ring, mark, seen_at in rows}


def _rings() -> Mapping[str, list[bytes]]:
    """Every key of every ring, the current one first."""
    return {
        "REGISTRY_DATA_KEYS": [each.key for each in keyring().keys.values()],
        "REGISTRY_DIGEST_KEYS": [each.key for each in digest_keys().keys.values()],
        **{name: list(read_keys(getattr(settings, name)).values()) for name in SIGNING},
        "SECRET_KEY": [each.encode() for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)],
    }
