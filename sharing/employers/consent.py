"""Why an employer may ask about this person: the applicant's own code, or a signed form that the employer attests.

Either is spent when it is saved, in the transaction of the question: a form by its fingerprint, which counts once in the
whole register; a code under the lock of its row, so that of two questions at once exactly one is answered.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F

from registry.actions.acting import today as court_day
from registry.errors import (
    ConsentCodeExpired,
    ConsentCodeForAnotherPurpose,
    ConsentCodeOfAnotherEmployer,
    ConsentCodeOfAnotherPerson,
    ConsentCodeOfTooManyPersons,
    ConsentCodeRevoked,
    ConsentCodeSpent,
    ConsentCodeUnknown,
    ConsentNeeded,
    Refusal,
    TooManyConsentCodes,
)
from sharing.employers import consent_code
from sharing.employers.lookup import Subject
from sharing.employers.models import CodeTries, Consent, ConsentCode, ConsentKind
from sharing.employers.purposes import Purpose, Scope
from sharing.parties.models import Organisation

LONGEST_DAYS = 30
FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)
CODE_FIELD = "consent.code"
GUESSES = (ConsentCodeUnknown, ConsentCodeOfAnotherPerson)
CLOSED_FOR = timedelta(hours=1)
MOST_WRONG = 5  # questions with one code that name somebody else

# An hour after the first wrong one it begins anew.
_WRONG = """
INSERT INTO employers_codetries AS tried (employer_id, wrong, since) VALUES (%(employer)s, 1, %(now)s)
ON CONFLICT (employer_id) DO UPDATE SET
    wrong = CASE WHEN tried.since <= %(before)s THEN 1 ELSE least(tried.wrong + 1, 30000) END,
    since = CASE WHEN tried.since <= %(before)s THEN excluded.since ELSE tried.since END
"""


@dataclass(frozen=True, kw_only=True)
class Attestation:
    """``document_sha256``: fingerprint of the signed form, 64 hexadecimal digits; ``signed_on``: its date."""

    document_sha256: str
    signed_on: date

    @property
    def parts(self) -> list[str]:
        """What tells it from another one."""
        return [self.document_sha256, self.signed_on.isoformat()]


@dataclass(frozen=True, kw_only=True)
class TypedCode:
    """``code``: the applicant's code in groups, as `consent_code.read` gives it."""

    code: str = field(repr=False)

    @property
    def parts(self) -> list[str]:
        """What tells it from another one: its SHA-256, which is kept nowhere by itself."""
        return [ConsentKind.CODE.value, hashlib.sha256(self.code.encode()).hexdigest()]


ByConsent = Attestation | TypedCode


@dataclass(frozen=True, kw_only=True)
class Use:
    """For what a consent is used."""

    employer: Organisation
    purpose: Purpose
    post: str
    subject: Subject
    now: datetime


def require(given: ByConsent | None, use: Use) -> Consent:
    """The consent, bound to employer, purpose and person. In a transaction: a code stays locked until its end.

    Raises as the functions below do.
    """
    if isinstance(given, TypedCode):
        return by_code(given, use)
    return attested(
        given,
        employer=use.employer,
        purpose=use.purpose.code,
        subject_digest=use.subject.digest,
        today=court_day(use.now),
    )


def attested(
    attestation: Attestation | None, *, employer: Organisation, purpose: str, subject_digest: bytes, today: date
) -> Consent:
    """Raises ConsentNeeded: none given, no fingerprint, signed in the future or more than 30 days ago. Saved, a form that was
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


def by_code(typed: TypedCode, use: Use) -> Consent:
    """ConsentCodeUnknown, ConsentCodeOfAnotherEmployer, -Revoked, -Spent, -Expired, ConsentCodeForAnotherPurpose,
    ConsentCodeOfAnotherPerson, ConsentCodeOfTooManyPersons; TooManyConsentCodes.
    """
    _refuse_guessing(use)
    code = _locked(typed.code)
    if code is None:
        raise ConsentCodeUnknown(CODE_FIELD)
    _refuse_unless_good(code, use)
    _refuse_unless_fits(code, use)
    return Consent(
        employer=use.employer,
        kind=ConsentKind.CODE,
        purpose=use.purpose.code,
        subject_digest=use.subject.digest,
        signed_on=court_day(code.given_at),
        code=code,
    )


def keep_named(consent: Consent, named: Mapping[str, str]) -> None:
    """Of a question on a code that waits: whom it named, sealed, for there is no form that would say it."""
    if consent.kind == ConsentKind.CODE:
        consent.person = json.dumps(named).encode()


def count_wrong(refusal: Refusal, *, employer: Organisation, now: datetime) -> None:
    """Count a refused code that may be a guess, at code or person. Called after the question's transaction is undone."""
    if not isinstance(refusal, GUESSES):
        return
    with connection.cursor() as cursor:
        cursor.execute(_WRONG, {"employer": employer.pk, "now": now, "before": now - CLOSED_FOR})


def may_be_wrong(employer: Organisation, *, now: datetime) -> int:
    """How many of the codes that come next may be wrong before none is taken any more."""
    tried = _tried(employer, now)
    most: int = settings.SHARING_WRONG_CODES_AN_HOUR
    return most if tried is None else max(most - tried.wrong, 0)


def taken_again_at(employer: Organisation, *, now: datetime) -> datetime:
    """When codes of the employer are taken again after too many were wrong; now, if they are."""
    tried = _tried(employer, now)
    return now if tried is None or may_be_wrong(employer, now=now) else tried.since + CLOSED_FOR


def lock(codes: Sequence[TypedCode], *, employer: Organisation) -> None:
    """Codes of questions that follow one after the other in this transaction: all at once and in one order, before any
    document is, as a single question has it.
    """
    digests = [digest for each in codes for digest in consent_code.digests(each.code)]
    rows = ConsentCode.objects.select_related("request").select_for_update(of=("self", "request")).order_by("pk")
    list(rows.filter(code_digest__in=digests, request__employer=employer.pk))


def _refuse_guessing(use: Use) -> None:
    if not may_be_wrong(use.employer, now=use.now):
        raise TooManyConsentCodes(CODE_FIELD)


def _tried(employer: Organisation, now: datetime) -> CodeTries | None:
    return CodeTries.objects.filter(employer=employer.pk, since__gt=now - CLOSED_FOR).first()


def _locked(code: str) -> ConsentCode | None:
    """With its request, both locked until the question is answered: revoking and withdrawing wait, or are seen."""
    rows = ConsentCode.objects.select_related("request").select_for_update(of=("self", "request"))
    return rows.filter(code_digest__in=consent_code.digests(code)).first()


def _refuse_unless_good(code: ConsentCode, use: Use) -> None:
    if code.request.employer_id != use.employer.pk:
        raise ConsentCodeOfAnotherEmployer(CODE_FIELD)
    if Consent.objects.filter(code=code).exists():
        raise ConsentCodeSpent(CODE_FIELD)
    if code.revoked_at is not None or code.request.withdrawn_at is not None:
        raise ConsentCodeRevoked(CODE_FIELD)
    if code.expires_at <= use.now:
        raise ConsentCodeExpired(CODE_FIELD)


def _refuse_unless_fits(code: ConsentCode, use: Use) -> None:
    agreed = code.request
    wider = use.purpose.scope is Scope.LISTING and agreed.scope != Scope.LISTING
    if (agreed.purpose, agreed.post) != (use.purpose.code, use.post) or wider:
        raise ConsentCodeForAnotherPurpose(CODE_FIELD)
    if code.wrong >= MOST_WRONG:
        raise ConsentCodeOfTooManyPersons(CODE_FIELD)
    same_number = bytes(code.subject_digest) in use.subject.digests
    if not same_number or bytes(code.name_digest) not in use.subject.names:
        # Counted at once, under the code's lock: of many questions that are sent together each sees those before it. A
        # refusal commits with the others' answers; where that is undone, the questions are asked again one by one.
        ConsentCode.objects.filter(pk=code.pk).update(wrong=F("wrong") + 1)
        raise ConsentCodeOfAnotherPerson(CODE_FIELD)
