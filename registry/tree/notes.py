"""Signed notes: a text, and under it lines of signatures (C2SP signed-note); those of witnesses too (tlog-cosignature)."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
COSIGNATURE = 0x04  # of a witness: with a time, over a checkpoint
DASH = "\N{EM DASH} "
MOST_BYTES = 1_000_000
MOST_SIGNATURES = 100
ID_BYTES, TIME_BYTES, SIGNATURE_BYTES, KEY_BYTES = 4, 8, 64, 32
_NAME = re.compile(r"[^\s+]+")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


class NoteMalformed(ValueError):
    """This is no signed note, no key of one, or no name."""


class NoteUnverified(Exception):
    """No signature of the key that is asked for holds, or one of it does not."""


class Signature(NamedTuple):
    """``value``: what follows the key's id."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        return f"{DASH}{self.name} {b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True)
class Key:
    """By which a note is verified: a name, and a public key of a kind (`ED25519`, `COSIGNATURE`)."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:ID_BYTES]

    @property
    def vkey(self) -> str:
        """As it is published."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """Raises NoteMalformed."""
        found = _VKEY.fullmatch(vkey)
        if found is None:
            raise NoteMalformed("a verifier key is name+id+key")
        raw = _decoded(found[3])
        if len(raw) != 1 + KEY_BYTES or raw[0] not in (ED25519, COSIGNATURE):
            raise NoteMalformed("a verifier key of a kind that is not known here")
        key = cls(found[1], raw[1:], raw[0])
        if key.key_id.hex() != found[2]:
            raise NoteMalformed("the id of the verifier key is another one's")
        return key

    def verify(self, text: str, signature: Signature) -> None:
        """Raises NoteUnverified."""
        signed, value = text.encode(), signature.value
        if self.kind == COSIGNATURE:
            signed, value = _timed(text, _time(value)), value[TIME_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, signed)
        except InvalidSignature:
            raise NoteUnverified(f"the signature of {self.name} does not hold") from None


@dataclass(frozen=True)
class Signer:
    name: str
    private: Ed25519PrivateKey
    kind: int = ED25519

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise NoteMalformed("a name of a key has no blank and no plus sign")

    @property
    def key(self) -> Key:
        return Key(self.name, self.private.public_key().public_bytes_raw(), self.kind)

    def sign(self, text: str) -> Signature:
        return Signature(self.name, self.key.key_id, self.private.sign(text.encode()))

    def cosign(self, text: str, at: int) -> Signature:
        """As a witness of a checkpoint; `at`: seconds since 1970."""
        value = at.to_bytes(TIME_BYTES, "big") + self.private.sign(_timed(text, at))
        return Signature(self.name, self.key.key_id, value)


@dataclass(frozen=True)
class Note:
    """``text`` ends with a new line."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}"

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Raises NoteMalformed."""
        if len(raw) > MOST_BYTES:
            raise NoteMalformed("a note is at most a megabyte")
        try:
            whole = raw.decode()
        except UnicodeDecodeError:
            raise NoteMalformed("a note is UTF-8") from None
        if any(each < " " and each != "\n" for each in whole):
            raise NoteMalformed("a note has no control characters")
        text, blank, lines = whole.rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise NoteMalformed("a note has a blank line before its signatures, and ends with a new line")
        signatures = tuple(_signature(line) for line in lines.removesuffix("\n").split("\n"))
        if len(signatures) > MOST_SIGNATURES:
            raise NoteMalformed("a note has at most a hundred signatures")
        return cls(f"{text}\n", signatures)

    def signed_by(self, key: Key) -> Signature:
        """The first signature of the key. Raises NoteUnverified where there is none, or it does not hold."""
        for each in self.signatures:
            if (each.name, each.key_id) == (key.name, key.key_id):
                key.verify(self.text, each)
                return each
        raise NoteUnverified(f"no signature of {key.name}")

    def witnessed_by(self, keys: Iterable[Key]) -> list[Key]:
        """Those whose signatures hold."""
        return [key for key in keys if self._holds(key)]

    def with_signatures(self, further: Sequence[Signature]) -> Note:
        return Note(self.text, (*self.signatures, *further))

    def _holds(self, key: Key) -> bool:
        try:
            self.signed_by(key)
        except NoteUnverified:
            return False
        return True


def witnessed_at(signature: Signature) -> int:
    """When a witness signed, in seconds since 1970. Raises NoteUnverified."""
    return _time(signature.value)


def _signature(line: str) -> Signature:
    name, blank, value = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not blank or not _NAME.fullmatch(name):
        raise NoteMalformed("a signature is a line of a dash, a name and base64")
    raw = _decoded(value)
    if len(raw) <= ID_BYTES:
        raise NoteMalformed("a signature begins with the id of its key")
    return Signature(name, raw[:ID_BYTES], raw[ID_BYTES:])


def _decoded(text: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteMalformed("not base64") from None
    if b64encode(raw).decode() != text:
        raise NoteMalformed("not base64 as it is written")
    return raw


def _timed(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _time(value: bytes) -> int:
    if len(value) != TIME_BYTES + SIGNATURE_BYTES:
        raise NoteUnverified("a witness signs with a time")
    return int.from_bytes(value[:TIME_BYTES], "big")
