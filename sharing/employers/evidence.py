"""What proves that a consent was given by the person whom it names, should it be denied later.

Kept with the consent, written once: the way, the moment, and what the way itself can be asked about. Neither name nor
number, nor what an identity provider calls the person.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self
from uuid import UUID

from registry.keys import digest_keys
from sharing.employers.models.evidence import IdentityEvidence


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """``way``: its code; ``counter_code``: the id of the code that an officer made; ``notice``: of the notice whose code
    it was; or the ``issuer`` that vouched. ``passkey_at``: a passkey that was made after this proof stood for it then.
    """

    way: str
    proved_at: datetime
    counter_code: UUID | None = None
    notice: UUID | None = None
    issuer: str = ""
    issuer_subject_digest: bytes | None = None
    passkey_at: datetime | None = None

    @classmethod
    def of(cls, row: IdentityEvidence) -> Self:
        """As a row keeps it."""
        kept = {each.name: getattr(row, each.name) for each in fields(cls)}
        digest = kept.pop("issuer_subject_digest")
        return cls(**kept, issuer_subject_digest=None if digest is None else bytes(digest))

    def is_about(self, issuer_subject: str) -> bool:
        """Whether this is the subject whom the issuer vouched for: to be compared with what the issuer says later."""
        return self.issuer_subject_digest in issuer_subject_digests(self.issuer, issuer_subject)


def issuer_subject_digests(issuer: str, subject: str) -> list[bytes]:
    """What may have been kept of a provider's subject, under the current key first."""
    return digest_keys().digests(f"identity subject:{issuer}:{subject}")
