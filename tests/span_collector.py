"""A collector of OpenTelemetry's spans: what the tests' receiver was sent, read."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.receiving import Received, Receiver, receiver


@dataclass(frozen=True)
class Collector:
    inbox: Receiver

    @property
    def url(self) -> str:
        return urlsplit(self.inbox.url)._replace(path="").geturl()

    @property
    def bodies(self) -> list[bytes]:
        return [_unpacked(each) for each in list(self.inbox.requests)]

    @property
    def spans(self) -> list[Span]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        scopes = [scope for request in requests for one in request.resource_spans for scope in one.scope_spans]
        return [span for scope in scopes for span in scope.spans]

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]


def said(span: Span) -> dict[str, str | int]:
    """Its attributes."""
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


@contextmanager
def collector() -> Iterator[Collector]:
    with receiver() as inbox:
        yield Collector(inbox)


def _unpacked(received: Received) -> bytes:
    return gzip.decompress(received.body) if received.headers.get("content-encoding") == "gzip" else received.body
