"""The whole stack tells a collector what took how long, from the act to the task and in the slot; and nothing about anybody."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest
import requests
from celery.signals import before_task_publish
from opentelemetry.trace import SpanKind

from config.spans import collecting, noting
from registry.models import Event
from tests import cast
from tests.faults.stack import Stack, stack
from tests.span_collector import Collector, collector, said

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]

# Whatever a span may hold. Each of these is a word of ours, a route, a status, or a number that is nobody's.
KEYS = {
    *("http.request.method", "http.route", "http.response.status_code", "error.type"),
    *("db.system.name", "db.operation.name", "messaging.system"),
    *("registry.task", "registry.reference", "registry.endpoint", "registry.position"),
}
CANARY = "canary-7f3a"


class Heard(NamedTuple):
    stack: Stack
    collector: Collector


@pytest.fixture(scope="module")
def heard(tmp_path_factory, django_db_blocker) -> Iterator[Heard]:
    """An act, and requests that a stranger makes, with a canary wherever he can put one; then everything ends."""
    with collector() as told, django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
        patch.setenv("REGISTRY_NOTICE_WAIVER", "tests: service in court is presumed, 2026-11-24")
        patch.setattr("django.conf.settings.REGISTRY_NOTICE_WAIVER", "tests: service in court is presumed, 2026-11-24")
        with stack(tmp_path_factory.mktemp("spans")) as running:
            running.processes.start()
            with telling_anew():
                act(running)
            ask(running.processes.address)
            # A slot may have done everything before the bell's own task had its turn.
            running.wait_until(lambda: bool(told.named("sharing.tell")))
            running.processes.stop()
            yield Heard(running, told)


@contextmanager
def telling_anew() -> Iterator[None]:
    """Spans of this process go to this collector, and to none of before or after."""
    collecting._provider_of.cache_clear()
    try:
        yield
    finally:
        collecting.provider().shutdown()
        collecting._provider_of.cache_clear()


def act(running: Stack) -> None:
    before_task_publish.connect(noting.carry, dispatch_uid="spans")
    try:
        with collecting.spanning("act", SpanKind.INTERNAL, {}):
            cast.in_force()
    finally:
        before_task_publish.disconnect(dispatch_uid="spans")
    running.wait_until(running.settled)


def ask(address: str) -> None:
    outside = {"traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01", "Authorization": f"Bearer {CANARY}", "Cookie": CANARY}
    for path in ("/health", f"/{CANARY}/", f"/api/v1/listings/{CANARY}", "/health/ready"):
        requests.get(address + path, params={"q": CANARY}, headers=outside, timeout=10)


def test_an_act_and_what_its_bell_called_are_one_trace(heard):
    (acted,) = heard.collector.named("act")
    told = [span for span in heard.collector.named("sharing.tell") if span.trace_id == acted.trace_id]
    assert told
    statements = [span for span in heard.collector.spans if span.parent_span_id == told[0].span_id]
    assert {"SELECT", "UPDATE"} <= {span.name for span in statements}


def test_a_post_is_found_by_the_position_of_its_event_within_the_slot_that_made_it(heard):
    """Which may have run already when the bell rang."""
    (event,) = Event.objects.exclude(listing=None).values_list("position", flat=True)
    posts = [span for span in heard.collector.named("post") if said(span)["registry.position"] == event]
    assert [said(span)["http.response.status_code"] for span in posts] == [204]
    (slot,) = [span for span in heard.collector.spans if span.span_id == posts[0].parent_span_id]
    assert slot.name.startswith("sharing.")


def test_a_request_is_named_by_its_route_and_an_address_that_there_is_not_by_none(heard):
    (health,) = heard.collector.named("GET /health/ready")
    assert said(health)["http.route"] == "/health/ready"
    refused = [span for span in heard.collector.spans if said(span).get("http.response.status_code") in {401, 404}]
    assert refused
    assert all("(none)" in span.name or "/api/v1/" in span.name for span in refused)


def test_a_stranger_joins_no_trace_and_begins_none(heard):
    assert bytes.fromhex("ab" * 16) not in {span.trace_id for span in heard.collector.spans}


def test_no_span_holds_more_than_is_listed(heard):
    assert {key for span in heard.collector.spans for key in said(span)} <= KEYS
    assert not [span for span in heard.collector.spans if span.events or span.links]


def test_nothing_that_anybody_sent_and_nobodys_name_is_in_what_was_sent(heard):
    sent = b"".join(heard.collector.bodies)
    assert sent
    for text in (
        CANARY,
        cast.DEFENDANT_NUMBER,
        cast.SECOND_NUMBER,
        "张某",
        heard.stack.inbox.url,
        "SELECT ",
        "registry_listing",
    ):
        assert text.encode() not in sent, "a span tells too much"


def test_the_processes_say_what_they_are(heard):
    assert b"service.name" in b"".join(heard.collector.bodies)
