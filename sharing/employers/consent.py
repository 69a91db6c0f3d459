"""Why an employer may ask about this person. Here: consent attested by the employer, who keeps the signed form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from registry.errors import ConsentNeeded
from sharing.employers.models import Consent, ConsentKind
from sharing.parties.models import Organisation

LONGEST_DAYS = 30
FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Attestation:
    """``document_sha256``: fingerprint of the signed form, 64 hexadecimal digits; ``signed_on``: its date."""

    document_sha256: str
    signed_on: date


def attested(
    attestation: Attestation | None, *, employer: Organisation, purpose: str, subject_digest: bytes, today: date
) -> Consent:
    """The consent, bound to employer, purpose and person; it is spent when it is saved.

    Raises ConsentNeeded: none given, no fingerprint, signed in the future or more than 30 days ago. Saved, a form that was
    used before breaks the constraint ``consent_form_used_once``, under any concurrency.
    """
    if attestation is None:
        raise ConsentNeeded("consent")
    fingerprint = attestation.document_sha256.lower()
    if not FINGERPRINT.fullmatch(fingerprint):
        raise ConsentNeeded("consent.document_sha256")
    if not today - timedelta(days=LONGEST_DAYS) <= attestation.signed_on <= today:
        raise ConsentNeeded("consent.signed_on")
    return Consent(
        employer=employer,
        kind=ConsentKind.ATTESTED,
        purpose=purpose,
        subject_digest=subject_digest,
        document_sha256=fingerprint,
        signed_on=attestation.signed_on,
    )
