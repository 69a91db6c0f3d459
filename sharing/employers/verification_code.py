"""The code printed on a result: 20 characters in five groups, of which the last checks the others.

The characters are the 31 of GB 32100 (digits and capitals without I, O, S, V and Z), so what is easily taken for another
is not among them, and the check character (weights 3ⁱ mod 31) finds every mistyped character and every two that changed
places. 19 of them are random: 94 bits. The register keeps the code's keyed digest to find it by, and the code itself
only inside the sealed answer.
"""

from __future__ import annotations

import secrets
import unicodedata

from registry.errors import VerificationCodeShape
from registry.keys import digest_keys

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
RANDOM, GROUP = 19, 4
LAST = 4
# What people type for characters that are not in the alphabet.
LOOKS_LIKE = str.maketrans("IOSVZ", "105U2")


def new() -> str:
    """A fresh code, in groups."""
    number, drawn = secrets.randbelow(len(ALPHABET) ** RANDOM), ""
    for _ in range(RANDOM):
        number, place = divmod(number, len(ALPHABET))
        drawn += ALPHABET[place]
    return grouped(drawn + check_character(drawn))


def read(typed: str) -> str:
    """The code in groups, whatever the case, the spaces and the hyphens. Raises `VerificationCodeShape`."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(LOOKS_LIKE)
    plain = "".join(each for each in plain if each.isalnum())
    if len(plain) != RANDOM + 1 or not set(plain) <= set(ALPHABET) or check_character(plain[:RANDOM]) != plain[-1]:
        raise VerificationCodeShape("code")
    return grouped(plain)


def check_character(drawn: str) -> str:
    total = sum(ALPHABET.index(each) * pow(3, place, 31) for place, each in enumerate(drawn, start=1))
    return ALPHABET[-total % 31]


def grouped(plain: str) -> str:
    return "-".join(plain[start : start + GROUP] for start in range(0, len(plain), GROUP))


def digest(code: str) -> bytes:
    """What is kept of it, under the current key."""
    return digest_keys().digest(_text(code))


def digests(code: str) -> list[bytes]:
    """What may have been kept of it, the current key first."""
    return digest_keys().digests(_text(code))


def last_four(typed: str) -> str:
    """The last four characters of a document number, in the form that is compared."""
    plain = "".join(unicodedata.normalize("NFKC", typed).upper().split())
    return plain[-LAST:]


def last_four_digest(screening_id: str, characters: str) -> bytes:
    """What is kept of them: bound to the one screening, so that two about the same person cannot be told to be so."""
    return digest_keys().digest(_last_four_text(screening_id, characters))


def last_four_digests(screening_id: str, characters: str) -> list[bytes]:
    return digest_keys().digests(_last_four_text(screening_id, characters))


def _text(code: str) -> str:
    return "verification code:" + code


def _last_four_text(screening_id: str, characters: str) -> str:
    return f"last four:{screening_id}:{characters}"
