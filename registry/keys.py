"""Keys of the book: sealing personal data, and digesting what it is looked up by.

Both keyrings are written as text, "3:gm:<base64>,2:<base64>,1:<base64>": a version, its suite (`intl` where none is named)
and its key, the current one first. A new version is put in front; the old ones stay readable until everything was sealed or
digested again (`manage.py rotate_keys`). The two keyrings must hold different keys. No error of this module holds data or keys.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from django.conf import settings

from registry.settled import when_changed
from registry.suites import INTL, MAC_KEY_BYTES, NONCE_BYTES, SUITES, TAG_BYTES, Suite, is_there

KEY_BYTES = 32
HEADER_BYTES = 3  # suite, version in two bytes
LATEST_VERSION = 0xFFFF
SEALED_LEAST = HEADER_BYTES + NONCE_BYTES + TAG_BYTES


class KeyringShape(ValueError):
    """The text of a keyring is not "version:suite:base64" parted by commas, each version and key once."""


class KeyUnknown(Exception):
    """It was sealed with a key version that the keyring does not hold (any more)."""


class SealBroken(Exception):
    """It was altered, cut off, or bound to something else; or the key of this version is another one, or of another suite."""


class RingKey(NamedTuple):
    suite: Suite
    key: bytes

    def __repr__(self) -> str:
        return f"<key of suite {self.suite.name}>"


class Keyring:
    """Seals with the current key, opens with every key it holds, each by the cipher of its suite.

    A sealed value is: suite (1 byte), key version (2 bytes, big endian), nonce (12 bytes), ciphertext and tag. A data key has
    32 bytes (`intl`) or 16 (`gm`).
    """

    def __init__(self, text: str) -> None:
        self.keys = _read(text)
        for each in self.keys.values():
            _has_bytes(each, each.suite.key_bytes)
        self.current = next(iter(self.keys))
        self._ciphers = {
            version: (each.suite.number, each.suite.cipher(each.key)) for version, each in self.keys.items()
        }

    @property
    def header(self) -> bytes:
        """What a value begins with that is sealed now."""
        return bytes([self.keys[self.current].suite.number]) + self.current.to_bytes(2, "big")

    def seal(self, plaintext: bytes, *, bound_to: str) -> bytes:
        """Encrypt; only ``open`` with the same ``bound_to`` (for example table, column and key) gives it back."""
        nonce = os.urandom(NONCE_BYTES)
        suite, cipher = self._ciphers[self.current]
        header = bytes([suite]) + self.current.to_bytes(2, "big")
        return header + nonce + cipher.encrypt(nonce, plaintext, bound_to.encode())

    def open(self, sealed: bytes | memoryview, *, bound_to: str) -> bytes:
        """Decrypt. KeyUnknown: the key version is not held; SealBroken: altered or bound to something else."""
        sealed = bytes(sealed)
        version = self.version(sealed)
        suite, cipher = self._ciphers.get(version, (0, None))
        if cipher is None:
            raise KeyUnknown(f"key version {version} is not in the keyring")
        if sealed[0] != suite:
            raise SealBroken("the sealed value is of another suite than its key")
        nonce, ciphertext = sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES], sealed[HEADER_BYTES + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, ciphertext, bound_to.encode())
        except InvalidTag:
            raise SealBroken("the sealed value does not fit its key and place") from None

    def version(self, sealed: bytes | memoryview) -> int:
        """The key version a value was sealed with. SealBroken: it is no sealed value."""
        if len(sealed) < SEALED_LEAST or sealed[0] not in _NUMBERS:
            raise SealBroken("this is not a sealed value")
        return int.from_bytes(sealed[1:HEADER_BYTES], "big")


_NUMBERS = frozenset(suite.number for suite in SUITES.values())


class DigestKeys:
    """Keyed digests of what is looked up (HMAC of the key's suite): without a key the number cannot be guessed.

    A digest has 32 bytes and its key, too, in every suite.
    """

    def __init__(self, text: str) -> None:
        self.keys = _read(text)
        for each in self.keys.values():
            _has_bytes(each, MAC_KEY_BYTES)
        self.current = next(iter(self.keys))

    def digest(self, text: str) -> bytes:
        """32 bytes under the current key; store ``current`` beside it."""
        return self.digest_under(self.current, text)

    def digest_under(self, version: int, text: str) -> bytes:
        """Under the key of this version. Raises KeyUnknown."""
        found = self.keys.get(version)
        if found is None:
            raise KeyUnknown(f"key version {version} is not in the keyring")
        return found.suite.mac(found.key, text.encode())

    def digests(self, text: str) -> list[bytes]:
        """One digest for each readable version, the current one first: a look-up must try them all."""
        message = text.encode()
        return [each.suite.mac(each.key, message) for each in self.keys.values()]


def new_key(version: int, suite: Suite = INTL, *, digests: bool = False) -> str:
    """A fresh key as the text of a keyring, to be put in front of the others; of a data key, or of one for ``digests``."""
    key = os.urandom(MAC_KEY_BYTES if digests else suite.key_bytes)
    named = "" if suite is INTL else f"{suite.name}:"
    return f"{version}:{named}{base64.b64encode(key).decode()}"


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


def fingerprint(setting: str, key: bytes) -> bytes:
    """Tells one key from another, and says nothing of it. 32 bytes."""
    return INTL.mac(key, f"registry key seen:{setting}".encode())


def seen_mark(setting: str, text: str) -> bytes:
    """The fingerprint of the current key of a ring, as ``text`` has it; of ``SECRET_KEY``, the text is the key.

    KeyringShape: the text is malformed.
    """
    return fingerprint(setting, text.encode() if setting == "SECRET_KEY" else next(iter(_read(text).values())).key)


def read_keys(text: str) -> dict[int, bytes]:
    """Signing keys by version, the current one first; they are of no suite. KeyringShape: the text is malformed."""
    keys = _read(text)
    for each in keys.values():
        if each.suite is not INTL:
            raise KeyringShape("a signing key is Ed25519 and names no suite")
        _has_bytes(each, KEY_BYTES)
    return {version: each.key for version, each in keys.items()}


def _read(text: str) -> dict[int, RingKey]:
    pairs = [_key(part.strip()) for part in text.split(",")]
    keys = dict(pairs)
    if len(keys) != len(pairs) or len({each.key for each in keys.values()}) != len(pairs):
        raise KeyringShape("a keyring names each version and each key once")
    return keys


def _key(part: str) -> tuple[int, RingKey]:
    version, _, rest = part.partition(":")
    if not re.fullmatch(r"[1-9][0-9]{0,4}", version, re.ASCII) or int(version) > LATEST_VERSION:
        raise KeyringShape(f"a key version is a number from 1 to {LATEST_VERSION}")
    named, parted, encoded = rest.rpartition(":")
    suite = SUITES.get(named) if parted else INTL
    if suite is None:
        raise KeyringShape(f"a suite is one of {', '.join(SUITES)}")
    if not is_there(suite):
        raise KeyringShape(f"this machine's OpenSSL has no suite {suite.name}")
    try:
        return int(version), RingKey(suite, base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise KeyringShape("a key is written in base64") from None


def _has_bytes(found: RingKey, expected: int) -> None:
    if len(found.key) != expected:
        raise KeyringShape(f"a key of suite {found.suite.name} has {expected} bytes here")
