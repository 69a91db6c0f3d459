"""What the doors of the trial do: answer a pull and take a receipt, and keep a note of both.

In the checks that say so the first of them is answered as if the registry were away, to see that it comes again.
"""

from __future__ import annotations

from registry.errors import NoSuchEndpoint, NoSuchEvent, NotOnTrial
from registry.models import EventType
from sharing.delivery.models import Endpoint, EndpointStage
from sharing.departments.conformance.checks import BY_KEY, CHECKS, PULL, RECEIPT
from sharing.departments.models import (
    ConformanceRun,
    ReceiptKind,
    RunState,
    TrialEvent,
    TrialPull,
    TrialReceipt,
)

MOST_NOTED = 2000  # pulls, and receipts, of one run; a program that calls without end fills no table
AWAY, OK, MADE, UNSIGNED, PURGES_NOTHING = 503, 200, 201, 403, 422


def endpoint_of(department_id: int, endpoint_id: str) -> Endpoint:
    """The department's own endpoint, on trial. Raises `NoSuchEndpoint`, `NotOnTrial`."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id, department_id=department_id).first()
    if endpoint is None:
        raise NoSuchEndpoint("endpoint")
    if endpoint.stage != EndpointStage.TRIAL:
        raise NotOnTrial
    return endpoint


def latest_run(endpoint: Endpoint) -> ConformanceRun | None:
    """Its log is what the trial shows, also after it has ended."""
    return endpoint.runs.order_by("-pk").first()


def note_pull(run: ConformanceRun | None, position: int) -> int:
    """The status that the pull is answered with."""
    if run is None:
        return OK
    status = AWAY if _is_away_for_pull(run) else OK
    if run.pulls.count() < MOST_NOTED:
        TrialPull.objects.create(run=run, after=position, answered=status)
    return status


def take_receipt(endpoint: Endpoint, *, event_id: str, kind: str, copies: int | None, signed: bool) -> int:
    """The status that the receipt is answered with. Raises `NoSuchEvent` for an event that was never told here."""
    event = TrialEvent.objects.filter(event_id=event_id, run__endpoint=endpoint).select_related("run").first()
    if event is None:
        raise NoSuchEvent("event")
    earlier = event.receipts.filter(kind=kind)
    if kind == ReceiptKind.PURGED and event.type != EventType.WITHDRAWN:
        status = PURGES_NOTHING
    elif kind == ReceiptKind.PURGED and not signed:
        status = UNSIGNED  # as in production
    elif earlier.filter(answered__in=(OK, MADE)).exists():
        status = OK
    else:
        status = AWAY if BY_KEY[event.check_key].away == RECEIPT and not earlier.exists() else MADE
    if TrialReceipt.objects.filter(event__run=event.run).count() < MOST_NOTED:
        TrialReceipt.objects.create(event=event, kind=kind, copies=copies, signed=signed, answered=status)
    return status


def _is_away_for_pull(run: ConformanceRun) -> bool:
    if run.state != RunState.RUNNING or run.began_at is None or CHECKS[run.check_index].away != PULL:
        return False
    return not run.pulls.filter(at__gte=run.began_at).exists()
