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
    plain = "".join(each for each in unicodedata.normalize("NFKC", words) if each.isalnum())
    return bool(_NUMBER.search("".join(str(unicodedata.digit(each, each)) for each in plain)))
