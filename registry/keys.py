"""Keys of the book: sealing personal data, and digesting what it is looked up by.

Both keyrings are written as text, "2:<base64 of 32 bytes>,1:<base64 of 32 bytes>": a version and its key, the current
one first. A new version is put in front; the old ones stay readable until everything was sealed or digested again.
The two keyrings must hold different keys. No error of this module holds data or keys.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from registry.settled import when_changed

KEY_BYTES = 32
NONCE_BYTES = 12  # random, so one key must seal fewer than 2**32 values (NIST SP 800-38D, 8.3)
TAG_BYTES = 16
AES_256_GCM = 1  # suite byte: a further cipher gets the next number
HEADER_BYTES = 3  # suite, version in two bytes
LATEST_VERSION = 0xFFFF


class KeyringShape(ValueError):
    """The text of a keyring is not "version:base64 of 32 bytes" parted by commas, each version and key once."""


class KeyUnknown(Exception):
    """It was sealed with a key version that the keyring does not hold (any more)."""


class SealBroken(Exception):
    """It was altered, cut off, or bound to something else; or the key of this version is another one."""


class Keyring:
    """Seals with the current key, opens with every key it holds (AES-256-GCM).

    A sealed value is: suite (1 byte), key version (2 bytes, big endian), nonce (12 bytes), ciphertext and tag.
    """

    def __init__(self, text: str) -> None:
        keys = read_keys(text)
        self.current = next(iter(keys))
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}

    def seal(self, plaintext: bytes, *, bound_to: str) -> bytes:
        """Encrypt; only ``open`` with the same ``bound_to`` (for example table, column and key) gives it back."""
        nonce = os.urandom(NONCE_BYTES)
        header = bytes([AES_256_GCM]) + self.current.to_bytes(2, "big")
        return header + nonce + self._ciphers[self.current].encrypt(nonce, plaintext, bound_to.encode())

    def open(self, sealed: bytes | memoryview, *, bound_to: str) -> bytes:
        """Decrypt. KeyUnknown: the key version is not held; SealBroken: altered or bound to something else."""
        version = self.version(sealed)
        cipher = self._ciphers.get(version)
        if cipher is None:
            raise KeyUnknown(f"key version {version} is not in the keyring")
        nonce, ciphertext = sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES], sealed[HEADER_BYTES + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, ciphertext, bound_to.encode())
        except InvalidTag:
            raise SealBroken("the sealed value does not fit its key and place") from None

    def version(self, sealed: bytes | memoryview) -> int:
        """The key version a value was sealed with. SealBroken: it is no sealed value."""
        if len(sealed) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES or sealed[0] != AES_256_GCM:
            raise SealBroken("this is not a sealed value")
        return int.from_bytes(sealed[1:HEADER_BYTES], "big")


class DigestKeys:
    """Keyed digests (HMAC-SHA256, RFC 2104) of what is looked up: without a key the number cannot be guessed."""

    def __init__(self, text: str) -> None:
        self._keys = read_keys(text)
        self.current = next(iter(self._keys))

    def digest(self, text: str) -> bytes:
        """32 bytes under the current key; store ``current`` beside it."""
        return hmac.digest(self._keys[self.current], text.encode(), "sha256")

    def digest_under(self, version: int, text: str) -> bytes:
        """Under the key of this version. Raises KeyUnknown."""
        key = self._keys.get(version)
        if key is None:
            raise KeyUnknown(f"key version {version} is not in the keyring")
        return hmac.digest(key, text.encode(), "sha256")

    def digests(self, text: str) -> list[bytes]:
        """One digest for each readable version, the current one first: a look-up must try them all."""
        message = text.encode()
        return [hmac.digest(key, message, "sha256") for key in self._keys.values()]


def new_key(version: int) -> str:
    """A fresh key as the text of a keyring, to be put in front of the others."""
    return f"{version}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keyring of the setting ``REGISTRY_DATA_KEYS``. KeyringShape: it is malformed."""
    return Keyring(settings.REGISTRY_DATA_KEYS)


@lru_cache(maxsize=1)
def digest_keys() -> DigestKeys:
    """The keyring of the setting ``REGISTRY_DIGEST_KEYS``. KeyringShape: it is malformed."""
    return DigestKeys(settings.REGISTRY_DIGEST_KEYS)


when_changed(("REGISTRY_DATA_KEYS",), keyring.cache_clear)
when_changed(("REGISTRY_DIGEST_KEYS",), digest_keys.cache_clear)


def read_keys(text: str) -> dict[int, bytes]:
    """The keys by version, the current one first. KeyringShape: the text is malformed."""
    pairs = [_key(part.strip()) for part in text.split(",")]
    keys = dict(pairs)
    if len(keys) != len(pairs) or len(set(keys.values())) != len(pairs):
        raise KeyringShape("a keyring names each version and each key once")
    return keys


def _key(part: str) -> tuple[int, bytes]:
    version, _, encoded = part.partition(":")
    if not re.fullmatch(r"[1-9][0-9]{0,4}", version, re.ASCII) or int(version) > LATEST_VERSION:
        raise KeyringShape(f"a key version is a number from 1 to {LATEST_VERSION}")
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise KeyringShape("a key is written in base64") from None
    if len(key) != KEY_BYTES:
        raise KeyringShape(f"a key has {KEY_BYTES} bytes")
    return int(version), key
