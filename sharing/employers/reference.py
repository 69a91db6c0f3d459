"""An employer's own word for an applicant or employee: by it the employer finds whom it asked about, and nobody else does."""

from __future__ import annotations

import re
import unicodedata

from registry.errors import ReferenceIsNumber, ReferenceNeeded

REFERENCE_MOST = 64
_NUMBER = re.compile(r"[0-9]{14}")


def check(typed: str) -> str:
    """Without blanks around it. Raises ReferenceNeeded: none, too long or unprintable; ReferenceIsNumber."""
    reference = typed.strip()
    if not 0 < len(reference) <= REFERENCE_MOST or not reference.isprintable():
        raise ReferenceNeeded("reference", most=REFERENCE_MOST)
    if is_number(reference):
        raise ReferenceIsNumber("reference")
    return reference


def is_number(words: str) -> bool:
    """Whether it may hold a document number, whatever stands between its digits and in whichever script they are."""
    return bool(_NUMBER.search("".join(filter(str.isalnum, _plain(words)))))


def holds(words: str, told: str) -> bool:
    """Whether this name or number is in it, however it is spelt and whatever stands between its characters."""
    return _plain(told) in _plain(words)


def _plain(words: str) -> str:
    """Letters and digits alone, the digits of any script as ASCII. A character that is too new to be known is a letter."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())
    kept = (each for each in folded if each.isalnum() or unicodedata.category(each) == "Cn")
    return "".join(str(unicodedata.digit(each, each)) for each in kept)
