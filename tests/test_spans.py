"""Without a collector nothing is noted; with one, errors leave their class alone; and an unsafe one is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from config.spans import checks, collecting, noting
from sharing.transport.messages import Reply

ROOT = Path(__file__).resolve().parent.parent
SECRET_TEXT = "a name and a number"


@pytest.fixture
def kept(monkeypatch) -> InMemorySpanExporter:
    """What would be sent."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(collecting, "_provider_of", lambda _pid: provider)
    return exporter


def one(kept: InMemorySpanExporter) -> ReadableSpan:
    (span,) = kept.get_finished_spans()
    return span


def all_of(span: ReadableSpan) -> str:
    return str(span.to_json())


def test_an_exception_leaves_its_class_and_not_its_text(kept):
    def fails(_request):
        raise ValueError(SECRET_TEXT)

    with pytest.raises(ValueError, match=SECRET_TEXT):
        noting.SpansMiddleware(fails)(RequestFactory().get("/"))
    span = one(kept)
    assert span.attributes["error.type"] == "ValueError"
    assert span.status.status_code == StatusCode.ERROR
    assert SECRET_TEXT not in all_of(span)


def test_an_answer_of_the_five_hundreds_is_an_error_and_a_refusal_is_none(kept):
    for status in (500, 404):
        noting.SpansMiddleware(lambda _request, status=status: HttpResponse(status=status))(RequestFactory().get("/"))
    broken, refused = kept.get_finished_spans()
    assert broken.status.status_code == StatusCode.ERROR
    assert refused.status.status_code == StatusCode.UNSET


def test_a_method_that_nobody_knows_is_not_repeated(kept):
    noting.SpansMiddleware(lambda _request: HttpResponse())(RequestFactory().generic("CANARY", "/"))
    assert "CANARY" not in all_of(one(kept))


@pytest.mark.django_db
def test_a_statement_is_noted_by_its_kind_and_only_within_something(kept):
    with connection.execute_wrapper(noting.statement), connection.cursor() as cursor:
        cursor.execute("SELECT %s", [SECRET_TEXT])
        assert kept.get_finished_spans() == ()
        with collecting.spanning("request", SpanKind.SERVER, {}):
            cursor.execute("SELECT %s AS canary", [SECRET_TEXT])
    statement, request = kept.get_finished_spans()
    assert (statement.name, statement.parent) == ("SELECT", request.context)
    assert "canary" not in all_of(statement)
    assert SECRET_TEXT not in all_of(statement)


def a_task(**carried: str) -> SimpleNamespace:
    return SimpleNamespace(name="sharing.tell", request=SimpleNamespace(**carried))


def test_a_task_goes_on_in_the_trace_of_who_rang(kept):
    headers: dict[str, object] = {}
    with collecting.spanning("act", SpanKind.INTERNAL, {}, within=Context()):
        noting.carry(headers)
    task = a_task(**{noting.CARRIER: str(headers[noting.CARRIER])})
    noting.task_begins(task)
    noting.task_ends(task, state="SUCCESS")
    act, told = kept.get_finished_spans()
    assert (told.name, told.context.trace_id) == ("sharing.tell", act.context.trace_id)


def test_a_message_that_carries_nonsense_begins_a_trace_of_its_own(kept):
    task = a_task(**{noting.CARRIER: SECRET_TEXT})
    noting.task_begins(task)
    noting.task_ends(task, state="FAILURE")
    span = one(kept)
    assert span.parent is None
    assert span.attributes["error.type"] == "FAILURE"
    assert SECRET_TEXT not in all_of(span)


def test_the_end_of_a_task_that_did_not_begin_here_is_let_be(kept):
    noting.task_ends(a_task(), state="SUCCESS")
    assert kept.get_finished_spans() == ()


def test_a_post_is_noted_with_the_time_that_it_took(kept):
    reply = Reply.unsent(("end_1", 7), "unreadable")._replace(elapsed_ms=250, status=503)
    noting.posted(reply)
    span = one(kept)
    assert span.end_time - span.start_time == 250 * noting.MILLISECOND
    assert dict(span.attributes) == {
        "registry.endpoint": "end_1",
        "registry.position": 7,
        "http.response.status_code": 503,
        "error.type": "unreadable",
    }


@pytest.mark.parametrize(
    "address", ["", "https://collector.internal:4318", "http://127.0.0.1:4318", "http://localhost:1"]
)
def test_a_collector_behind_tls_or_on_this_machine_is_fine(settings, address):
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = address
    assert checks.collector_can_be_told(None) == []


@pytest.mark.parametrize("address", ["http://collector.internal:4318", "http://10.0.0.7:4318", "grpc://127.0.0.1:4317"])
def test_a_collector_across_the_network_without_tls_stops_the_start(settings, address):
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = address
    assert [each.id for each in checks.collector_can_be_told(None)] == ["registry.E069"]


def test_a_collector_without_the_packages_stops_the_start_with_the_remedy(settings, monkeypatch):
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "https://collector.internal:4318"
    monkeypatch.setattr(checks, "PACKAGE", "opentelemetry_that_is_not_there")
    (fault,) = checks.collector_can_be_told(None)
    assert (fault.id, "requirements-spans.txt" in fault.hint) == ("registry.E070", True)
