"""A conformance run: started, driven step by step from its row, and ended green, red or broken off.

Everything that must happen next is in the database: a step is done by whoever leases the run, and what it did is saved
before the next one. A worker killed in a step has its lease run out, and the step is done again, with the same event.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min, Q
from django.db.models.functions import Now
from django.utils import timezone

from registry.errors import EndpointPaused, NotOnTrial, RunGoesOn
from sharing.delivery import clock
from sharing.delivery.models import Endpoint, EndpointStage, EndpointState
from sharing.departments.conformance import checks, judging, sending, trial_log
from sharing.departments.conformance.checks import CHECKS, Beat, Check, Push, Restore, Settle, Show, Step
from sharing.departments.models import CheckResult, ConformanceRun, RunState, TrialAttempt, Verdict
from sharing.parties.models import Member
from sharing.transport import Reply

LEASE = timedelta(seconds=20)
MOST = timedelta(minutes=10)  # from the start to the last result; what takes longer is broken off
BUDGET_SECONDS = 10.0  # that one task works on runs
SOON = timedelta(seconds=2)  # whoever waits for an answer is worth waiting for
POLLS = 30  # looks at what came, in one patience
RUNS_AT_ONCE = 100


def start(endpoint_id: str, *, member: Member | None, now: datetime) -> ConformanceRun:
    """A new run from its first check. Raises `NotOnTrial`, `EndpointPaused`, `RunGoesOn`, `Endpoint.DoesNotExist`."""
    with transaction.atomic():
        endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        if endpoint.stage != EndpointStage.TRIAL:
            raise NotOnTrial
        if endpoint.state != EndpointState.ACTIVE:
            raise EndpointPaused
        going_on = ConformanceRun.objects.filter(endpoint=endpoint, state=RunState.RUNNING).first()
        if going_on is not None and not _break_off_if_it_cannot_go_on(going_on, now):
            raise RunGoesOn(number=going_on.number)
        last = ConformanceRun.objects.filter(endpoint=endpoint).aggregate(last=Max("epoch"))["last"]
        return ConformanceRun.objects.create(
            endpoint=endpoint,
            url=endpoint.url,
            version=checks.VERSION,
            started_at=now,
            started_by=member,
            due_at=now,
            epoch=(last or 0) + 1,
        )


def run_due(seconds: float = BUDGET_SECONDS) -> int:
    """Work on every run whose time has come, or comes soon, a step of each in turn; the number of steps."""
    ends, steps = time.monotonic() + seconds, 0
    while time.monotonic() < ends and _comes_soon():
        steps += sum(advance(run_id) for run_id in _due())
    return steps


def is_due(_now: datetime) -> bool:
    """On the database's clock."""
    return bool(_due())


def advance(run_id: int) -> bool:
    """One step of the run, if it is due and nobody else is at it; whether it was done."""
    if not _lease(run_id):
        return False
    run = ConformanceRun.objects.select_related("endpoint").get(pk=run_id)
    try:
        if not _break_off_if_it_cannot_go_on(run, timezone.now()):
            _advance(run, CHECKS[run.check_index], timezone.now())
    finally:
        _give_back(run_id)
    return True


def _due() -> list[int]:
    return list(_free().filter(due_at__lte=Now()).order_by("due_at").values_list("pk", flat=True)[:RUNS_AT_ONCE])


def _comes_soon() -> bool:
    """Wait for the next one, where that is not long."""
    is_soon = _free().filter(due_at__lte=Now() + SOON)
    wait = is_soon.aggregate(least=Min(F("due_at") - Now()))["least"]
    if wait is None:
        return False
    time.sleep(max(0.0, wait.total_seconds()))
    return True


def _free() -> Any:
    unleased = Q(lease_until=None) | Q(lease_until__lt=Now())
    return ConformanceRun.objects.filter(unleased, state=RunState.RUNNING)


def _lease(run_id: int) -> bool:
    """One row changed means that it is ours; on the database's clock."""
    return bool(_free().filter(pk=run_id, due_at__lte=Now()).update(lease_until=Now() + LEASE))


def _give_back(run_id: int) -> None:
    ConformanceRun.objects.filter(pk=run_id).update(lease_until=None)


def _break_off_if_it_cannot_go_on(run: ConformanceRun, now: datetime) -> bool:
    """A run is about one endpoint at one address, in one go; otherwise it says nothing, and says so."""
    because = _hindrance(run, now)
    if because:
        ConformanceRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
            state=RunState.BROKEN_OFF, finished_at=now, broken_because=because
        )
    return bool(because)


def _hindrance(run: ConformanceRun, now: datetime) -> str:
    endpoint = run.endpoint
    if now - run.started_at > MOST:
        return "took_too_long"
    if endpoint.url != run.url:
        return "address_changed"
    if endpoint.stage != EndpointStage.TRIAL:
        return "stage_changed"
    if endpoint.state != EndpointState.ACTIVE:
        return "paused"
    return "" if run.version == checks.VERSION else "checks_changed"


def _advance(run: ConformanceRun, check: Check, now: datetime) -> None:
    if run.began_at is None:
        _begin(run, check, now)
        return
    found = judging.problem(run, check)
    if found is not None and found.final:
        _decide(run, check, found, now)
    elif run.step_index < len(check.steps):
        _step(run, check.steps[run.step_index], check, now)
    elif found is None:
        _decide(run, check, None, now)
    elif run.waiting_since is None:
        _save(run, waiting_since=now, due_at=now)
    elif now - run.waiting_since >= patience(check):
        _decide(run, check, found, now)
    else:
        _save(run, due_at=now + patience() / POLLS)


def patience(check: Check | None = None) -> timedelta:
    """How long receipts and pulls may take."""
    return timedelta(seconds=settings.SHARING_CONFORMANCE_SECONDS * (check.patience if check else 1))


def _begin(run: ConformanceRun, check: Check, now: datetime) -> None:
    with transaction.atomic():
        if _save(run, began_at=now, due_at=now):
            trial_log.append(run, check, restored=False, now=now)


def _step(run: ConformanceRun, step: Step, check: Check, now: datetime) -> None:
    STEPS[type(step)](run, step, check, now)


def _push(run: ConformanceRun, step: Push, check: Check, now: datetime) -> None:
    event = run.events.select_related("run").get(check_key=check.key, key=step.event)
    reply = sending.push(event, run.endpoint, step.how)
    _sent(run, check, reply, event_id=event.pk)


def _beat(run: ConformanceRun, step: Beat, check: Check, now: datetime) -> None:
    _sent(run, check, sending.beat(run, run.endpoint, now=now), event_id=None)


def _sent(run: ConformanceRun, check: Check, reply: Reply, *, event_id: int | None) -> None:
    """What became of a message, and the step behind us, in one transaction."""
    now = timezone.now()
    with transaction.atomic():
        if not _save(run, step_index=run.step_index + 1, due_at=now):
            return
        TrialAttempt.objects.create(
            run=run,
            check_key=check.key,
            step_index=run.step_index,
            event_id=event_id,
            at=now,
            elapsed_ms=reply.elapsed_ms,
            status=reply.status,
            failure=reply.failure,
        )


def _show(run: ConformanceRun, step: Show, check: Check, now: datetime) -> None:
    _save(run, step_index=run.step_index + 1, shown=trial_log.end(run), due_at=now)


def _restore(run: ConformanceRun, step: Restore, check: Check, now: datetime) -> None:
    back_to = run.events.get(check_key=check.key, key=step.back_to).position
    restored = {"epoch": run.epoch + 1, "restored_to": back_to, "shown": back_to}
    with transaction.atomic():
        if _save(run, step_index=run.step_index + 1, due_at=now, **restored):
            trial_log.append(_with(run, restored), check, restored=True, now=now)


def _settle(run: ConformanceRun, step: Settle, check: Check, now: datetime) -> None:
    _save(run, step_index=run.step_index + 1, due_at=now + patience() * step.share)


STEPS: Mapping[type, Callable[[ConformanceRun, Any, Check, datetime], None]] = {
    Push: _push,
    Beat: _beat,
    Show: _show,
    Restore: _restore,
    Settle: _settle,
}


def _decide(run: ConformanceRun, check: Check, found: judging.Problem | None, now: datetime) -> None:
    """Write the check's result down and go on to the next; what it invented is shown, whatever became of it."""
    is_last = run.check_index + 1 == len(CHECKS)
    ending = {"state": RunState.FINISHED, "finished_at": now} if is_last else {}
    with transaction.atomic():
        onward = {"check_index": run.check_index + 1, "step_index": 0, "began_at": None, "waiting_since": None}
        if not _save(run, **onward, shown=trial_log.end(run), due_at=now, **ending):
            return
        CheckResult.objects.create(
            run=run,
            check_key=check.key,
            verdict=Verdict.RED if found else Verdict.GREEN,
            reason=found.reason if found else "",
            facts=dict(found.facts) if found else {},
            began_at=run.began_at or now,
            decided_at=now,
        )


def _save(run: ConformanceRun, **changes: Any) -> bool:
    """Move the run on, if it still stands where it was read: of two that do a step, one moves it."""
    where = {"check_index": run.check_index, "step_index": run.step_index, "began_at": run.began_at}
    return bool(ConformanceRun.objects.filter(pk=run.pk, state=RunState.RUNNING, **where).update(**changes))


def _with(run: ConformanceRun, changes: Mapping[str, Any]) -> ConformanceRun:
    for name, value in changes.items():
        setattr(run, name, value)
    return run


def set_back(back: timedelta) -> None:
    """The database's clock went back, see `sharing.delivery.clock`."""
    running = ConformanceRun.objects.filter(state=RunState.RUNNING)
    clock.shift(running, back, "due_at")
    clock.cut_leases(running, LEASE)
