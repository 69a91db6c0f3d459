"""Checking a result that somebody shows: was it issued here, is it unaltered, does it still stand.

Two ways. The signed result as a whole is checked by its signature. The code on the paper is looked up by its keyed
digest; with the last four characters of the applicant's document beside it, the answer also names the outcome. A wrong
code and wrong characters give the same answer after the same work, and a code that was tried with five wrong endings
names nothing for a day, whatever is typed. Nothing here looks into the book: what the answer would be today is not said.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from registry.errors import ResultNotOurs, SignatureWrong
from sharing import signing
from sharing.employers import verification_code
from sharing.employers.models import RESULTS, ResultRecall, Screening, ScreeningOutcome, VerificationTries
from sharing.employers.purposes import Scope
from sharing.parties.models import Organisation

WRONG_MOST = 5
CLOSED_FOR = timedelta(days=1)
DIGEST_BYTES = 32

# Counts the try if it was wrong, and tells how many were. A try at a code that is closed changes nothing, so that it
# opens a day after the fifth.
_TRY = f"""
INSERT INTO employers_verificationtries AS tried (code_digest, wrong, since) VALUES (%(code)s, %(wrong)s, %(now)s)
ON CONFLICT (code_digest) DO UPDATE SET
    wrong = CASE WHEN tried.since <= %(before)s THEN excluded.wrong
                 ELSE least(tried.wrong + excluded.wrong, {WRONG_MOST}) END,
    since = CASE WHEN tried.since > %(before)s AND (excluded.wrong = 0 OR tried.wrong = {WRONG_MOST}) THEN tried.since
                 ELSE excluded.since END
RETURNING wrong
"""  # noqa: S608 - only a constant is put in


@dataclass(frozen=True, kw_only=True)
class Named:
    """What is said only to who has the code and knows the last four characters of the document."""

    outcome: ScreeningOutcome
    scope: Scope
    employer: Organisation
    purpose: str
    post: str


@dataclass(frozen=True, kw_only=True)
class Verified:
    """A result of ours. ``final``: it is a result, not the receipt of a question that an officer still looks at."""

    screening_id: str
    issued_at: datetime
    expires_at: datetime
    recalled_at: datetime | None
    final: bool
    named: Named | None = None

    def has_expired(self, now: datetime) -> bool:
        return now >= self.expires_at


def by_code(code: str, last_four: str, *, now: datetime) -> Verified | None:
    """``code`` as `verification_code.read` gives it; ``last_four`` may be empty.

    None: no such code, or these are not the last four, or too many wrong ones were tried; it is not told which.
    """
    digests = verification_code.digests(code)
    found = Screening.objects.select_related("recall", "employer", "verdict").filter(code_digest__in=digests).first()
    if not last_four:
        return _verified(found) if found else None
    fits = _fits(found, last_four)
    wrong = _try(digests[0] if found else _nobodys(digests[0]), wrong=not fits, now=now)
    if found is None or not fits or wrong >= WRONG_MOST:
        return None
    return _verified(found, _named(found))


def by_signature(token: str) -> Verified:
    """The signed result, pasted whole. Raises `ResultNotOurs`. Its outcome stands in it and is not repeated."""
    try:
        claims = signing.read_result("".join(token.split()))
    except SignatureWrong:
        raise ResultNotOurs("result") from None
    recall = ResultRecall.objects.filter(screening=claims["jti"]).first()
    return Verified(
        screening_id=claims["jti"],
        issued_at=_moment(claims["iat"]),
        expires_at=_moment(claims["exp"]),
        recalled_at=recall.opened_at if recall else None,
        final=claims["outcome"] in RESULTS,
    )


def forget_tries(*, now: datetime) -> int:
    """Counts that nothing depends on any more."""
    return VerificationTries.objects.filter(since__lte=now - CLOSED_FOR).delete()[0]


def _verified(screening: Screening, named: Named | None = None) -> Verified:
    recall: ResultRecall | None = getattr(screening, "recall", None)
    answered = screening.latest
    final = answered.outcome in RESULTS
    return Verified(
        screening_id=screening.pk,
        issued_at=screening.asked_at,  # as its signature says, also where it waited for an officer
        expires_at=answered.expires_at,
        recalled_at=recall.opened_at if recall else None,
        final=final,
        named=named if final else None,
    )


def _named(screening: Screening) -> Named:
    return Named(
        outcome=ScreeningOutcome(screening.latest.outcome),
        scope=Scope(screening.scope),
        employer=screening.employer,
        purpose=screening.purpose,
        post=screening.post,
    )


def _fits(screening: Screening | None, last_four: str) -> bool:
    kept = bytes(screening.last_four_digest or b"") if screening else bytes(DIGEST_BYTES)
    typed = verification_code.last_four_digests(screening.pk if screening else "", last_four)
    return max(hmac.compare_digest(kept, each) for each in typed)


def _nobodys(digest: bytes) -> bytes:
    """Where tries at codes that are nobody's are counted, in 256 rows, so that they cost the same and fill nothing."""
    return digest[:1].ljust(DIGEST_BYTES, b"\0")


def _try(code_digest: bytes, *, wrong: bool, now: datetime) -> int:
    facts: dict[str, Any] = {"code": code_digest, "wrong": int(wrong), "now": now, "before": now - CLOSED_FOR}
    with connection.cursor() as cursor:
        cursor.execute(_TRY, facts)
        return int(cursor.fetchone()[0])


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
