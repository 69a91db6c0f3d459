"""The secrets of second factors: sealed, too, but inside the sign-in library's JSON, as hexadecimal text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from registry.keys import KeyUnknown, SealBroken, keyring
from registry.signing_in.adapter import PLACE
from sharing.rotation.resealing import Done

WHERE = "mfa.Authenticator.data"
SEALED = ("secret", "codes")  # of codes by an app, and the hashes of recovery codes


def reseal_factors() -> Iterator[Done]:
    """One after each factor. What cannot be opened stays as it is, and is counted."""
    for key in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update(no_key=True).filter(pk=key).first()
            if factor is not None:
                yield _written(factor)


def versions() -> Counter[int]:
    """How many of them each key version has sealed; 0: no key opens them."""
    every = (
        sealed for data in Authenticator.objects.values_list("data", flat=True) for sealed in _sealed(data).values()
    )
    return Counter(_version(each) for each in every)


def _version(sealed: bytes) -> int:
    ring = keyring()
    try:
        ring.open(sealed, bound_to=PLACE)
        return ring.version(sealed)
    except (SealBroken, KeyUnknown):
        return 0


def _written(factor: Any) -> Done:
    ring = keyring()
    old = {name: each for name, each in _sealed(factor.data).items() if _version(each) != ring.current}
    try:
        anew = {name: ring.seal(ring.open(each, bound_to=PLACE), bound_to=PLACE).hex() for name, each in old.items()}
    except (SealBroken, KeyUnknown):
        return Done(0, 1)
    if anew:
        Authenticator.objects.filter(pk=factor.pk).update(data=factor.data | anew)
    return Done(len(anew))


def _sealed(data: dict[str, Any]) -> dict[str, bytes]:
    return {name: _bytes(data[name]) for name in SEALED if name in data}


def _bytes(text: object) -> bytes:
    try:
        return bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return b""
