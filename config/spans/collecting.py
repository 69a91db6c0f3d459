"""Spans of this process, sent to the collector in the background; by OpenTelemetry's own variables where it has some.

`OTEL_TRACES_SAMPLER=parentbased_traceidratio` and `OTEL_TRACES_SAMPLER_ARG=0.05` keep one trace in twenty.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

SERVICE = "registry"
ERROR_TYPE = "error.type"
Attributes = Mapping[str, str | int]

CARRIED = TraceContextTextMapPropagator()  # W3C Trace Context; no baggage


def tracer() -> Tracer:
    return provider().get_tracer(SERVICE)


def provider() -> TracerProvider:
    """One of each process: what sends in the background does not outlive a fork."""
    return _provider_of(os.getpid())


@contextmanager
def spanning(name: str, kind: SpanKind, attributes: Attributes, within: Context | None = None) -> Iterator[Span]:
    """An exception that goes through leaves its class here, and its text nowhere."""
    with tracer().start_as_current_span(
        name, within, kind, attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except BaseException as error:
            failed(span, type(error).__name__)
            raise


def failed(span: Span, why: str) -> None:
    """``why``: a status, the class of an exception, or a word of ours."""
    span.set_attribute(ERROR_TYPE, why)
    span.set_status(Status(StatusCode.ERROR))


@lru_cache(maxsize=1)
def _provider_of(pid: int) -> TracerProvider:
    made = TracerProvider(resource=Resource.create({SERVICE_NAME: SERVICE}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made
