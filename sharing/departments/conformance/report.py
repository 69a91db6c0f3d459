"""What a run found, for the department's page, for the desk and for paper; and whether it proves the endpoint."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from registry import log
from sharing.delivery.models import Endpoint, EndpointStage
from sharing.departments.conformance import checks
from sharing.departments.conformance.checks import CHECKS
from sharing.departments.models import CheckResult, ConformanceRun, RunState, Verdict


@dataclass(frozen=True)
class Line:
    """One check of the run; ``result``: None while it was not decided."""

    key: str
    result: CheckResult | None
    is_going_on: bool


@dataclass(frozen=True)
class Proof:
    """``missing``: why the endpoint may not go to production, by the keys of `words.MISSING`; "" if it may."""

    run: ConformanceRun | None
    missing: str


def lines(run: ConformanceRun) -> list[Line]:
    results = {result.check_key: result for result in run.results.all()}
    running = run.state == RunState.RUNNING
    return [
        Line(check.key, results.get(check.key), running and number == run.check_index)
        for number, check in enumerate(CHECKS)
    ]


def is_green(run: ConformanceRun) -> bool:
    """Finished, and every check of today's is there and green."""
    if run.state != RunState.FINISHED or run.version != checks.VERSION:
        return False
    verdicts = dict(run.results.values_list("check_key", "verdict"))
    return set(verdicts) == set(checks.BY_KEY) and set(verdicts.values()) == {Verdict.GREEN.value}


def checksum(run: ConformanceRun) -> str:
    """Of everything the paper says: who holds the paper compares it with the desk. 16 hexadecimal digits in fours."""
    said = {
        "run": run.number,
        "endpoint": run.endpoint_id,
        "url": run.url,
        "version": run.version,
        "state": run.state,
        "started_at": log.utc_text(run.started_at),
        "finished_at": log.utc_text(run.finished_at) if run.finished_at else None,
        "results": [[each.check_key, each.verdict, each.reason] for each in run.results.order_by("check_key")],
    }
    digits = hashlib.sha256(log.canonical(said)).hexdigest()[:16]
    return " ".join(digits[place : place + 4] for place in range(0, 16, 4))


def proof(endpoint: Endpoint, *, now: datetime) -> Proof:
    """The endpoint's latest finished run, and whether it opens production."""
    run = endpoint.runs.filter(state=RunState.FINISHED).order_by("-pk").first()
    return Proof(run, "no_run" if run is None else _missing(run, endpoint, now))


def _missing(run: ConformanceRun, endpoint: Endpoint, now: datetime) -> str:
    assert run.finished_at is not None  # a finished run has its moment, by a constraint
    if run.url != endpoint.url:
        return "other_address"
    if run.version != checks.VERSION:
        return "other_checks"
    if not is_green(run):
        return "red"
    if endpoint.stage_changes.filter(stage=EndpointStage.TRIAL, at__gte=run.started_at).exists():
        return "before_trial"
    return "too_old" if now - run.finished_at > timedelta(days=settings.SHARING_CONFORMANCE_DAYS) else ""
