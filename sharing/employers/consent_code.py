"""The code by which an applicant's consent is used: 15 characters in three groups, of which the last checks the others.

The characters are those of verification codes. 14 of them are random: 69 bits. It is no secret on its own: only the
employer that it names can use it, about the one person and post, once, and wrong ones are counted
(docs/decisions/0018).
"""

from __future__ import annotations

import secrets
import unicodedata

from registry.errors import ConsentCodeShape
from registry.keys import digest_keys
from sharing.employers.verification_code import ALPHABET, LOOKS_LIKE, check_character

RANDOM, GROUP = 14, 5
TYPED_MOST = 64


def new() -> str:
    """A fresh code, in groups."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))
    return _grouped(drawn + check_character(drawn))


def read(typed: str, field: str = "code") -> str:
    """The code in groups, whatever the case, the spaces and the hyphens. Raises `ConsentCodeShape`."""
    plain = unicodedata.normalize("NFKC", typed[:TYPED_MOST]).upper().translate(LOOKS_LIKE)
    plain = "".join(each for each in plain if each.isalnum())
    if len(plain) != RANDOM + 1 or not set(plain) <= set(ALPHABET) or check_character(plain[:RANDOM]) != plain[-1]:
        raise ConsentCodeShape(field)
    return _grouped(plain)


def digest(code: str) -> bytes:
    """What is kept to find it by, under the current key."""
    return digest_keys().digest(_text(code))


def digests(code: str) -> list[bytes]:
    """What may have been kept of it, the current key first."""
    return digest_keys().digests(_text(code))


def _grouped(plain: str) -> str:
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def _text(code: str) -> str:
    return "consent code:" + code
