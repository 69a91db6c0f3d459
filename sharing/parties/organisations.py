"""What no two organisations share: the code in their address, and the credit code."""

from __future__ import annotations

from registry.errors import CreditCodeTaken, OrganisationCodeTaken
from sharing.parties.models import Organisation

RESERVED = frozenset({"new", "alarms"})  # pages of all of them that lie where its own would


def refuse_taken(code: str, uscc: str) -> None:
    """Raises `OrganisationCodeTaken`, `CreditCodeTaken`. ``uscc``: in canonical form."""
    if code in RESERVED or Organisation.objects.filter(code=code).exists():
        raise OrganisationCodeTaken("code")
    if Organisation.objects.filter(uscc=uscc).exists():
        raise CreditCodeTaken("uscc")
