"""What employers asked and were answered, what they were told unasked, and what they say they did with it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Model, Q

from sharing.audit.tracing.scope import Scope
from sharing.audit.tracing.source import AT, Found, Narrowed, Row, Source, Telling, asker, of
from sharing.employers.models import (
    ApplicantTold,
    BatchRow,
    CampaignRow,
    ConsentVerdict,
    MonitoringAttempt,
    MonitoringChange,
    MonitoringTold,
    RecallConfirmation,
    RecallTold,
    ResultRecall,
    Screening,
)


def _asked(found: Found, scope: Scope) -> Iterator[Row]:
    """The outcome of that time, and through which batch, campaign or change it was asked."""
    through = found["batch_row__batch"] or found["campaign_row__campaign"] or found["monitoring_change"]
    said = " ".join(filter(None, (found["outcome"], found["scope"], through)))
    yield from _rows("asked", found, scope, said)


def _judged(found: Found, scope: Scope) -> Iterator[Row]:
    """What a verdict on the consent put in the place of the answer."""
    for number in _numbers(scope, found["listing"], found["also_told"], found["screening__subject_digest"]):
        code = found["screening__employer__code"]
        said = f"{found['verdict']} {found['outcome']}"
        yield Row(found[AT], "answered", code, f"employer:{code}", number, found["screening"], said)


def _noticed(found: Found, scope: Scope) -> Iterator[Row]:
    yield from _rows("told", found, scope, f"by {found['channel']} {found['change']}", "change__screening__")


def _posted(found: Found, scope: Scope) -> Iterator[Row]:
    said = f"{found['change']} {found['failure'] or 'status'} {found['status']}"
    for row in _rows("pushed", found, scope, said, "change__screening__"):
        yield row._replace(who=f"endpoint:{found['endpoint']}")


def _recalled(found: Found, scope: Scope) -> Iterator[Row]:
    yield from _rows("recalled", found, scope, found["cause"], "screening__")


def _mailed(found: Found, scope: Scope) -> Iterator[Row]:
    yield from _rows("recalled", found, scope, f"by mail, step {found['step']}", "recall__screening__")


def _confirmed(found: Found, scope: Scope) -> Iterator[Row]:
    said = f"{'removed' if found['removed'] else 'not removed'} {found['decision']}"
    yield from _rows("receipt", found, scope, said, "recall__screening__")


def _passed_on(found: Found, scope: Scope) -> Iterator[Row]:
    yield from _rows("passed on", found, scope, "to the applicant himself", "screening__")


def _rows(kind: str, found: Found, scope: Scope, said: str, path: str = "") -> Iterator[Row]:
    """One for each listing that the question found, and one where it found none."""
    code = found[f"{path}employer__code"]
    by = asker(found, path, f"employer:{code}")
    numbers = _numbers(scope, found[f"{path}listing"], found[f"{path}also_told"], found[f"{path}subject_digest"])
    for number in numbers:
        yield Row(found[AT], kind, code, by, number, found[f"{path}pk"], said)


def _numbers(scope: Scope, listing: int | None, also: list[int], digest: bytes) -> list[str]:
    found = scope.named([listing, *also])
    return found or list(scope.digests.get(bytes(digest), ("",)))


def questions(scope: Scope) -> list[str]:
    """Those that found a traced listing, that a verdict says did, or that named a person of one; each by an index of its own."""
    ids = list(scope.listings)
    found = Q(listing__in=ids) | Q(also_told__overlap=ids)
    asked = Screening.objects.filter(found).values_list("pk", flat=True)
    judged = ConsentVerdict.objects.filter(found).values_list("pk", flat=True)
    named = Screening.objects.filter(subject_digest__in=list(scope.digests)).values_list("pk", flat=True)
    return sorted({*asked, *judged, *named})


def about_question(path: str = "") -> Narrowed:
    return lambda scope: Q(**{f"{path}pk__in": questions(scope)})


def _asks(path: str = "") -> tuple[str, ...]:
    columns = ("pk", "employer__code", "client__client_id", "member", "listing", "also_told", "subject_digest")
    return tuple(f"{path}{each}" for each in columns)


def _later(model: type[Model], path: str, at: str, read: Telling, *columns: str) -> Source:
    """What came of a question: it is about whom the question is, and its employer's and asker's."""
    return Source(
        model=model,
        at=at,
        about=about_question(path),
        by=of(employer=f"{path}employer", client=f"{path}client", member=f"{path}member"),
        taken=(*_asks(path), *columns),
        read=read,
    )


SOURCES = (
    Source(
        model=Screening,
        at="asked_at",
        about=about_question(),
        by=of(employer="employer", client="client", member="member"),
        taken=(
            *_asks(),
            *("outcome", "scope", "batch_row__batch", "campaign_row__campaign", "monitoring_change"),
        ),
        read=_asked,
        besides=(BatchRow, CampaignRow, MonitoringChange),
    ),
    Source(
        model=ConsentVerdict,
        at="decided_at",
        about=about_question("screening__"),
        by=of(employer="screening__employer", client="screening__client", member="screening__member"),
        taken=(
            *("listing", "also_told", "verdict", "outcome"),
            *("screening", "screening__employer__code", "screening__subject_digest"),
        ),
        read=_judged,
    ),
    _later(MonitoringTold, "change__screening__", "at", _noticed, "channel", "change"),
    Source(
        model=MonitoringAttempt,
        at="started_at",
        about=about_question("change__screening__"),
        by=of(employer="endpoint__employer", endpoint="endpoint"),
        taken=(*_asks("change__screening__"), "endpoint", "change", "status", "failure"),
        read=_posted,
    ),
    _later(ResultRecall, "screening__", "opened_at", _recalled, "cause"),
    _later(RecallTold, "recall__screening__", "at", _mailed, "step"),
    _later(RecallConfirmation, "recall__screening__", "at", _confirmed, "removed", "decision"),
    _later(ApplicantTold, "screening__", "at", _passed_on),
)
