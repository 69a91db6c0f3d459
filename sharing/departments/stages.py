"""Trial and production: an endpoint hears of real persons only after a green conformance run opened it.

Going to production begins with an empty list, so everything that the department may have is told from the start,
whatever was told elsewhere before. Going back to trial ends the pushes; a department that holds a list goes on pulling,
so that withdrawals reach it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from registry.errors import NotProven, OnTrial, ReasonForStageNeeded, StageAlready
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from sharing.delivery import replay
from sharing.delivery.models import Endpoint, EndpointStage
from sharing.departments import owing
from sharing.departments.conformance import report, words
from sharing.departments.models import Department, Receipt, StageChange

BECAUSE_MOST = 200
HOUR = timedelta(hours=1)
MOVED = gettext_noop("moved to another host")


def to_production(endpoint_id: str, *, officer: Officer, now: datetime) -> StageChange:
    """Open production on the latest run. Raises `HighCourtRegistrarNeeded`, `NotProven`, `StageAlready`."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        endpoint = _to_be_opened(endpoint_id)
        proof = report.proof(endpoint, now=now)
        if proof.missing:
            raise NotProven(why=words.MISSING[proof.missing])
        return _change(endpoint, EndpointStage.PRODUCTION, now, officer_id=officer.pk, run=proof.run)


def to_trial(endpoint_id: str, *, officer: Officer, because: str, now: datetime) -> StageChange:
    """Take production away. Raises `HighCourtRegistrarNeeded`, `ReasonForStageNeeded`, `StageAlready`."""
    refuse_unless_registrar(officer)
    reason = _reason(because)
    with transaction.atomic():
        endpoint = _locked(endpoint_id, EndpointStage.TRIAL)
        return _change(endpoint, EndpointStage.TRIAL, now, officer_id=officer.pk, because=reason)


def open_without_run(endpoint_id: str, *, because: str, now: datetime) -> StageChange:
    """By the operator alone, on record with his reason. Raises `ReasonForStageNeeded`, `StageAlready`."""
    reason = _reason(because)
    with transaction.atomic():
        return _change(_to_be_opened(endpoint_id), EndpointStage.PRODUCTION, now, because=reason)


def back_to_trial_after_moving(endpoint_id: str, *, now: datetime) -> bool:
    """Whether it was in production: what stands at the new address has proved nothing."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    if endpoint.stage != EndpointStage.PRODUCTION:
        return False
    _change(endpoint, EndpointStage.TRIAL, now, because=MOVED)
    return True


def was_in_production(endpoint: Endpoint) -> bool:
    return endpoint.stage == EndpointStage.PRODUCTION or StageChange.objects.filter(endpoint=endpoint).exists()


def refuse_list_on_trial(department_id: int) -> None:
    """The pull is closed while all a department has is on trial and it never held a list. Raises `OnTrial`.

    Without an endpoint it pulls only, which is its own way.
    """
    stages = set(Endpoint.objects.filter(department_id=department_id).values_list("stage", flat=True))
    if stages != {EndpointStage.TRIAL.value}:
        return
    was_open = StageChange.objects.filter(endpoint__department_id=department_id).exists()
    pulled = Department.objects.filter(pk=department_id, pulled_at__isnull=False).exists()
    if not (was_open or pulled or Receipt.objects.filter(department_id=department_id).exists()):
        raise OnTrial


def note_pull(department_id: int, *, now: datetime) -> None:
    """A pull gives the department something: from then on it holds a list. Its row is written once an hour at most, for
    whoever tells it locks the row.
    """
    earlier = Q(pulled_at=None) | Q(pulled_at__lt=now - HOUR)
    Department.objects.filter(earlier, pk=department_id).update(pulled_at=now)


def _to_be_opened(endpoint_id: str) -> Endpoint:
    """What the department has by hand by now stays owed, although it is delivered once more."""
    owing.keep_young(Endpoint.objects.get(pk=endpoint_id).department_id)
    return _locked(endpoint_id, EndpointStage.PRODUCTION)


def _locked(endpoint_id: str, wanted: EndpointStage) -> Endpoint:
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    if endpoint.stage == wanted:
        raise StageAlready
    return endpoint


def _reason(because: str) -> str:
    reason = because.strip()
    if not reason or len(reason) > BECAUSE_MOST:
        raise ReasonForStageNeeded("because")
    return reason


def _change(endpoint: Endpoint, stage: EndpointStage, now: datetime, **why: object) -> StageChange:
    """The stage, and a reader that has nothing behind it: what a slot holds in memory moves nothing any more."""
    Endpoint.objects.filter(pk=endpoint.pk).update(
        stage=stage,
        purged_at=None if stage == EndpointStage.PRODUCTION else F("purged_at"),
        fence=F("fence") + 1,
        lease_until=None,
        failures=0,
        failing_since=None,
        last_failure="",
        next_due=None,
        alone_at=None,
        beat_due=None,
        beat_failures=0,
        unanswered_since=None,
        unanswered_because="",
        alarm=0,
    )
    if stage == EndpointStage.PRODUCTION:
        replay.replay(endpoint.pk, after=0)
    return StageChange.objects.create(endpoint=endpoint, stage=stage, at=now, **why)
