"""An employer's own word for an applicant or employee: by it the employer finds whom it asked about, and nobody else does."""

from __future__ import annotations

from registry.errors import ReferenceIsNumber, ReferenceNeeded
from registry.words import is_number

REFERENCE_MOST = 64


def check(typed: str) -> str:
    """Without blanks around it. Raises ReferenceNeeded: none, too long or unprintable; ReferenceIsNumber."""
    reference = typed.strip()
    if not 0 < len(reference) <= REFERENCE_MOST or not reference.isprintable():
        raise ReferenceNeeded("reference", most=REFERENCE_MOST)
    if is_number(reference):
        raise ReferenceIsNumber("reference")
    return reference
