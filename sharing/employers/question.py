"""What an employer asks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from sharing.employers.consent import Attestation


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an employer wants to know, as it was typed. ``enrolment``: what else is asked for with it, for monitoring."""

    purpose: str
    post: str
    document_type: str
    document_number: str = field(repr=False)
    name: str = field(repr=False)
    attestation: Attestation | None
    idempotency_key: str
    enrolment: str = ""

    @property
    def canonical(self) -> str:
        """The whole question but its key, to tell a repetition from another question."""
        parts = [self.purpose, self.post, self.document_type, self.document_number, self.name]
        if self.attestation is not None:
            parts += [self.attestation.document_sha256, self.attestation.signed_on.isoformat()]
        if self.enrolment:
            parts.append(self.enrolment)
        return "question:" + json.dumps(parts)
