"""The witness's key in a file that nobody else may read: one line, name and key, as Go's note package writes signers."""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from pathlib import Path
from tempfile import mkstemp

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.notes import COSIGNATURE, NoteMalformed, Signer

_LINE = re.compile(r"PRIVATE\+KEY\+([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})\n?")  # 33 bytes


class BadKeyFile(Exception):
    """The file cannot be used so. The text says what to do and never holds the key."""


def generate(name: str, path: Path) -> Signer:
    """A fresh key, of this name for ever. Raises BadKeyFile; nothing is overwritten."""
    try:
        signer = Signer(name, Ed25519PrivateKey.generate(), COSIGNATURE)
    except NoteMalformed as failure:
        raise BadKeyFile(f"--name {name!r}: {failure}; such as witness.example/w1") from None
    secret = b64encode(bytes([COSIGNATURE]) + signer.private.private_bytes_raw()).decode()
    write_new(path, f"PRIVATE+KEY+{name}+{signer.key.key_id.hex()}+{secret}\n")
    return signer


def read(path: Path) -> Signer:
    """Raises BadKeyFile."""
    try:
        mode, text = path.stat().st_mode, path.read_text()
    except (OSError, UnicodeDecodeError) as failure:
        raise BadKeyFile(f"{path} cannot be read ({type(failure).__name__}): keygen makes a key") from None
    if mode & 0o077:
        raise BadKeyFile(f"{path} may be read or written by others: chmod 600 it")
    found = _LINE.fullmatch(text)
    if found is None:
        raise BadKeyFile(f"{path} holds no key of a witness: keygen makes one, in another file")
    raw = b64decode(found[3])
    if raw[0] != COSIGNATURE:
        raise BadKeyFile(f"{path} holds a key of another kind: keygen makes one, in another file")
    signer = Signer(found[1], Ed25519PrivateKey.from_private_bytes(raw[1:]), COSIGNATURE)
    if signer.key.key_id.hex() != found[2]:
        raise BadKeyFile(f"{path}: name and key do not belong together; take it from your copy")
    return signer


def write_new(path: Path, text: str) -> None:
    """For this account alone, and on the disk: all of it, or there is no such file, whenever the process dies. Raises BadKeyFile
    where there is a file already, or none can be made.
    """
    try:
        _write_new(path, text)
    except FileExistsError:
        raise BadKeyFile(f"{path} is there already: name another file") from None
    except OSError as failure:
        raise BadKeyFile(f"{path} cannot be written: {failure.strerror}") from None


def _write_new(path: Path, text: str) -> None:
    """Written under another name first; what is left of it by a kill is never read."""
    number, unfinished = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)  # refuses where there is one, which a renaming would not
    finally:
        os.unlink(unfinished)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
