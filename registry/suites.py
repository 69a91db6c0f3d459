"""Crypto suites: which cipher seals and which digest is keyed, by name. A deployment chooses one for each key it makes.

``intl``: AES-256-GCM (NIST SP 800-38D), HMAC-SHA-256 (RFC 2104, FIPS 180-4).
``gm``: SM4-GCM (GB/T 32907, RFC 8998), HMAC-SM3 (GB/T 32905, GM/T 0004).
Signatures belong to none of them: they are Ed25519 and name that themselves (docs/keys.md).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import NamedTuple, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

NONCE_BYTES = 12  # random, so one key must seal fewer than 2**32 values (NIST SP 800-38D, 8.3)
TAG_BYTES = 16
MAC_KEY_BYTES = 32


class Sealing(Protocol):
    """A cipher with its key: ciphertext and tag in one piece. ``decrypt`` raises `cryptography.exceptions.InvalidTag`."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class SM4GCM:
    """As `AESGCM`, which the library has no like of for SM4."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        sealing = Cipher(self._key, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(associated_data)
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        opening = Cipher(self._key, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        opening.authenticate_additional_data(associated_data)
        return opening.update(data[:-TAG_BYTES]) + opening.finalize()


class Suite(NamedTuple):
    """``number``: the first byte of what it sealed; ``key_bytes``: of a data key. Keys of digests have 32 in every suite."""

    name: str
    number: int
    key_bytes: int
    cipher: Callable[[bytes], Sealing]
    mac: Callable[[bytes, bytes], bytes]


def _hmac_sha256(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _hmac_sm3(key: bytes, message: bytes) -> bytes:
    keyed = HMAC(key, hashes.SM3())
    keyed.update(message)
    return keyed.finalize()


INTL = Suite("intl", 1, 32, AESGCM, _hmac_sha256)
GM = Suite("gm", 2, 16, SM4GCM, _hmac_sm3)
SUITES = {suite.name: suite for suite in (INTL, GM)}


def is_there(suite: Suite) -> bool:
    """Whether the machine's OpenSSL has the suite: some are built without SM3 and SM4."""
    try:
        suite.cipher(bytes(suite.key_bytes)).encrypt(bytes(NONCE_BYTES), b"", b"")
        suite.mac(bytes(MAC_KEY_BYTES), b"")
    except UnsupportedAlgorithm:
        return False
    return True
