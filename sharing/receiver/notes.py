"""Checkpoints as the court signs them and witnesses cosign them (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sharing.receiver.verification import BadKey

HASH_BYTES = 32
_ED25519, _COSIGNATURE = 1, 4
_ID_BYTES, _TIME_BYTES, _SIGNATURE_BYTES = 4, 8, 64
_LONGEST_NOTE = 64 * 1024
_DASH = "\N{EM DASH} "
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_LATER_EPOCH = re.compile(r"/([1-9][0-9]{0,8})", re.ASCII)


class BadNote(ValueError):
    """This text is no signed checkpoint."""


@dataclass(frozen=True)
class LogKey:
    """Whose signatures count: a name and an Ed25519 key, of a log (0x01) or of a witness (0x04)."""

    name: str
    kind: int
    public: bytes

    @property
    def identifier(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:_ID_BYTES]

    def signed(self, text: str, value: bytes) -> bool:
        """``value``: what follows the key's id in the signature line."""
        signed = text.encode()
        if self.kind == _COSIGNATURE:
            time, value = value[:_TIME_BYTES], value[_TIME_BYTES:]
            signed = f"cosignature/v1\ntime {int.from_bytes(time, 'big')}\n".encode() + signed
        if len(value) != _SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, signed)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Checkpoint:
    """What was signed of a log. ``text`` is what the signatures are over; ``note`` is all of it."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[tuple[str, bytes], ...]
    note: str

    def is_signed_by(self, keys: Iterable[LogKey]) -> bool:
        """At least one of the keys signed, and no signature that claims to be of one of them is wrong."""
        found = [key.signed(self.text, value) for key in keys for value in self._of(key)]
        return bool(found) and all(found)

    def cosigned(self, witnesses: Iterable[LogKey]) -> int:
        """How many of these witnesses signed it."""
        return sum(any(key.signed(self.text, value) for value in self._of(key)) for key in witnesses)

    def _of(self, key: LogKey) -> list[bytes]:
        return [
            raw[_ID_BYTES:] for name, raw in self.signatures if (name, raw[:_ID_BYTES]) == (key.name, key.identifier)
        ]


@dataclass(frozen=True)
class LogKeys:
    """The court's keys under the name of its first log, several while they are being changed; and those of witnesses."""

    court: tuple[LogKey, ...]
    witnesses: tuple[LogKey, ...] = ()

    def epoch_of(self, origin: str) -> int | None:
        """Which log of the court this is: the first one has the name in the key, a later one a number after it."""
        first = self.court[0].name
        if origin == first:
            return 1
        found = _LATER_EPOCH.fullmatch(origin.removeprefix(first)) if origin.startswith(first) else None
        return int(found[1]) if found and int(found[1]) > 1 else None

    def of(self, origin: str) -> list[LogKey]:
        """The same keys under the name of another log of the court."""
        return [replace(key, name=origin) for key in self.court]


def log_keys(court: Sequence[str], witnesses: Sequence[str]) -> LogKeys:
    """From vkeys, ``name+id+key``. Raises BadKey."""
    keys = tuple(_log_key(text, _ED25519) for text in court)
    if len({key.name for key in keys}) != 1:
        raise BadKey("the keys of the court's log all have one name")
    return LogKeys(keys, tuple(_log_key(text, _COSIGNATURE) for text in witnesses))


def read_checkpoint(note: str) -> Checkpoint:
    """Raises BadNote. Whether it is signed, and of which log, is for the caller to ask."""
    if len(note) > _LONGEST_NOTE or any(each < " " and each != "\n" for each in note):
        raise BadNote("a note is short and has no control characters")
    body, blank, lines = note.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise BadNote("a note ends with signatures after a blank line")
    said = body.split("\n")
    if len(said) < 3 or not said[0] or not _SIZE.fullmatch(said[1]):
        raise BadNote("a checkpoint has an origin, a size and a root")
    root = _bytes(said[2])
    if len(root) != HASH_BYTES:
        raise BadNote("a root is a hash")
    signatures = tuple(_signature(line) for line in lines.removesuffix("\n").split("\n"))
    return Checkpoint(said[0], int(said[1]), root, f"{body}\n", signatures, note)


def _signature(line: str) -> tuple[str, bytes]:
    name, blank, value = line.removeprefix(_DASH).partition(" ")
    raw = _bytes(value)
    if not line.startswith(_DASH) or not name or not blank or len(raw) <= _ID_BYTES:
        raise BadNote("a signature is a line of a dash, a name and base64")
    return name, raw


def _log_key(text: str, kind: int) -> LogKey:
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    try:
        raw = _bytes(encoded)
    except BadNote:
        raise BadKey("a key of a log is name+id+base64") from None
    if len(raw) != 1 + HASH_BYTES or raw[0] != kind:
        raise BadKey(f"a key of a {'log' if kind == _ED25519 else 'witness'} is of kind {kind:#04x}")
    key = LogKey(name, kind, raw[1:])
    if not name or key.identifier.hex() != identifier:
        raise BadKey("the id in the key of a log does not fit its name and key: was it copied whole?")
    return key


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise BadNote("not base64 as it is written")
    return raw
