"""Which log this is, and with which keys it is signed.

``REGISTRY_LOG_KEYS`` is "2:<base64 seed>,1:<base64 seed>" (Ed25519): every key signs, so that whoever verifies may change
over during a rotation. The log of each epoch has an origin of its own, under which nothing was ever signed that a restore
could have lost: without scheme, the address at which it is read (C2SP tlog-tiles).
"""

from __future__ import annotations

import re
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from registry.keys import read_keys
from registry.settled import when_changed
from registry.tree.notes import Key, Signer


def origin(epoch: int) -> str:
    first: str = settings.REGISTRY_LOG_ORIGIN
    return first if epoch == 1 else f"{first}/{epoch}"


def epoch_of(name: str) -> int | None:
    """The epoch whose origin this is; None where it is another log's."""
    rest = name.removeprefix(settings.REGISTRY_LOG_ORIGIN)
    if rest == name:
        return None
    if not rest:
        return 1
    found = re.fullmatch(r"/([1-9][0-9]{0,8})", rest, re.ASCII)
    return int(found[1]) if found and int(found[1]) > 1 else None


def signers(epoch: int) -> tuple[Signer, ...]:
    """The current key first. KeyringShape: the setting is malformed."""
    return tuple(Signer(origin(epoch), private) for private in _private_keys())


def keys(epoch: int) -> tuple[Key, ...]:
    """By which the checkpoints of this epoch are verified, the current one first."""
    return tuple(signer.key for signer in signers(epoch))


@lru_cache(maxsize=1)
def _private_keys() -> tuple[Ed25519PrivateKey, ...]:
    return tuple(map(Ed25519PrivateKey.from_private_bytes, read_keys(settings.REGISTRY_LOG_KEYS).values()))


when_changed(("REGISTRY_LOG_KEYS",), _private_keys.cache_clear)
