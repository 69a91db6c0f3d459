"""The witnesses that the court asks: ``SHARING_LOG_WITNESSES``, each as "<vkey> <address>", parted by commas."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from registry.tree.notes import COSIGNATURE, Key, NoteMalformed


class WitnessShape(ValueError):
    """The setting does not name witnesses. The text says which part, and what it should be."""


class Witness(NamedTuple):
    """``address``: its submission prefix (C2SP tlog-witness)."""

    key: Key
    address: str


def witnesses() -> tuple[Witness, ...]:
    """In the order of the setting. Raises WitnessShape."""
    return _read(settings.SHARING_LOG_WITNESSES)


@lru_cache(maxsize=4)
def _read(text: str) -> tuple[Witness, ...]:
    found = tuple(_witness(each.strip()) for each in text.split(",") if each.strip())
    if len({each.key.vkey for each in found}) != len(found):
        raise WitnessShape("a witness is named twice")
    return found


def _witness(text: str) -> Witness:
    vkey, _, address = text.partition(" ")
    try:
        key = Key.parse(vkey)
    except NoteMalformed as error:
        raise WitnessShape(f"{vkey!r}: {error}") from None
    if key.kind != COSIGNATURE:
        raise WitnessShape(f"{key.name}: this key signs notes, not as a witness (type 04)")
    parts = urlsplit(address.strip())
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
        raise WitnessShape(f"{key.name}: its address is no https address")
    return Witness(key, address.strip().rstrip("/"))
