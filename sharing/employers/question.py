"""What an employer asks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta

from registry.errors import (
    CheckDigit,
    ConsentCodeExpired,
    ConsentCodeForAnotherPurpose,
    ConsentCodeOfAnotherEmployer,
    ConsentCodeOfAnotherPerson,
    ConsentCodeOfTooManyPersons,
    ConsentCodeRevoked,
    ConsentCodeShape,
    ConsentCodeSpent,
    ConsentCodeUnknown,
    ConsentNeeded,
    DocumentShape,
    EmployerSuspended,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    ImpossibleBirthDate,
    NameShape,
    PostUnknown,
    PurposeUnknown,
    QuotaReached,
    Refusal,
    SubjectQuotaReached,
    TooManyConsentCodes,
    UnknownArea,
    UnknownDocumentType,
)
from sharing.employers.consent import ByConsent

# What a question may be refused with, as the interface describes it; and one that names a consent code.
REFUSALS: tuple[type[Refusal], ...] = (
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    EmployerSuspended,
    PurposeUnknown,
    PostUnknown,
    ConsentNeeded,
    QuotaReached,
    SubjectQuotaReached,
    UnknownDocumentType,
    DocumentShape,
    UnknownArea,
    ImpossibleBirthDate,
    CheckDigit,
    NameShape,
)
REFUSALS_OF_A_CODE: tuple[type[Refusal], ...] = (
    ConsentCodeShape,
    ConsentCodeUnknown,
    ConsentCodeOfAnotherEmployer,
    ConsentCodeForAnotherPurpose,
    ConsentCodeOfAnotherPerson,
    ConsentCodeOfTooManyPersons,
    ConsentCodeExpired,
    ConsentCodeSpent,
    ConsentCodeRevoked,
    TooManyConsentCodes,
)

# A question is committed so soon after its moment: no transaction that asks lasts as long, by the time limits of statements, idle
# transactions and tasks. Whoever goes through questions by their moments waits for it, or looks back by it.
COMMITTED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What an employer wants to know, as it was typed. ``enrolment``: what else is asked for with it, for monitoring."""

    purpose: str
    post: str
    document_type: str
    document_number: str = field(repr=False)
    name: str = field(repr=False)
    consent: ByConsent | None
    idempotency_key: str
    enrolment: str = ""

    @property
    def named(self) -> dict[str, str]:
        """Whom it is about, as it was typed."""
        return {"type": self.document_type, "number": self.document_number, "name": self.name}

    @property
    def canonical(self) -> str:
        """The whole question but its key, to tell a repetition from another question."""
        parts = [self.purpose, self.post, self.document_type, self.document_number, self.name]
        if self.consent is not None:
            parts += self.consent.parts
        if self.enrolment:
            parts.append(self.enrolment)
        return "question:" + json.dumps(parts)
