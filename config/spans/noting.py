"""Where spans are made: around a request, a task and a statement, and after a post.

Nobody's trace is gone on with but our own: who asks from outside does not decide what is kept, nor joins what we do to what he
does; and receivers are told of no trace.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun, worker_process_shutdown
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind

from config.reference import CURRENT, reference_of
from config.spans.collecting import CARRIED, failed, provider, spanning, tracer
from sharing.delivery.slot import replied
from sharing.transport import Reply

NO_ROUTE = "(none)"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATEMENTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SET", "SAVEPOINT", "RELEASE", "COPY", "LOCK"})
OTHER = "_OTHER"
NANOSECONDS, MILLISECOND = 10**9, 10**6
TASK = "registry_span"  # what a running task holds until it ends
CARRIER = "traceparent"  # a header of the message, beside the name of the task
FLUSHED_MS = 2000


class SpansMiddleware:
    """Around everything that answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        method = request.method if request.method in METHODS else OTHER
        with spanning(f"{method}", SpanKind.SERVER, {"http.request.method": f"{method}"}, within=Context()) as span:
            response = self.get_response(request)
            route = f"/{request.resolver_match.route}" if request.resolver_match else NO_ROUTE
            span.update_name(f"{method} {route}")
            span.set_attributes(
                {
                    "http.route": route,
                    "http.response.status_code": response.status_code,
                    "registry.reference": reference_of(request),
                }
            )
            if response.status_code >= 500:
                failed(span, str(response.status_code))
            return response


def begin() -> None:
    """From now on, in this process and those it forks."""
    connection_created.connect(watch, dispatch_uid="spans")
    before_task_publish.connect(carry, dispatch_uid="spans")
    task_prerun.connect(task_begins, dispatch_uid="spans")
    task_postrun.connect(task_ends, dispatch_uid="spans")
    worker_process_shutdown.connect(flush, dispatch_uid="spans")
    replied.connect(posted, dispatch_uid="spans")


def watch(connection: BaseDatabaseWrapper, **_sent: Any) -> None:
    if statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(statement)


def statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Within a request or a task alone. What kind of statement it is: its text and its values are nobody's business."""
    if not trace.get_current_span().is_recording():
        return execute(sql, params, many, context)
    word = str(sql).lstrip("( \n").partition(" ")[0].upper()
    kind = word if word in STATEMENTS else OTHER
    with spanning(kind, SpanKind.CLIENT, {"db.system.name": "postgresql", "db.operation.name": kind}):
        return execute(sql, params, many, context)


def carry(headers: dict[str, Any], **_sent: Any) -> None:
    """What rings goes on in what comes: two random numbers in the message, and nothing of what was done."""
    CARRIED.inject(headers)


def task_begins(task: Any, **_sent: Any) -> None:
    carried = getattr(task.request, CARRIER, None)
    within = CARRIED.extract({CARRIER: carried} if isinstance(carried, str) else {}, Context())
    attributes = {"messaging.system": "celery", "registry.task": task.name, "registry.reference": CURRENT.get()}
    spanned = tracer().start_as_current_span(task.name, within, SpanKind.CONSUMER, attributes, record_exception=False)
    spanned.__enter__()
    setattr(task.request, TASK, spanned)


def task_ends(task: Any, state: str | None = None, **_sent: Any) -> None:
    spanned: AbstractContextManager[trace.Span] | None = getattr(task.request, TASK, None)
    if spanned is None:
        return
    if state != "SUCCESS":
        failed(trace.get_current_span(), state or OTHER)
    spanned.__exit__(None, None, None)


def posted(reply: Reply, **_sent: Any) -> None:
    """After the fact: many are in flight at the same time, in one loop. The endpoint by its number, never by its address."""
    endpoint_id, position = reply.key
    begun = int(reply.started_at * NANOSECONDS)
    attributes = {
        "registry.endpoint": endpoint_id,
        "registry.position": position,
        "http.response.status_code": reply.status,
    }
    span = tracer().start_span("post", kind=SpanKind.CLIENT, attributes=attributes, start_time=begun)
    if not reply.transported:
        failed(span, reply.failure or str(reply.status))
    span.end(begun + reply.elapsed_ms * MILLISECOND)


def flush(**_sent: Any) -> None:
    provider().force_flush(FLUSHED_MS)
