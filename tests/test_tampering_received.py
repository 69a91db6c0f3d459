"""A department's receiver finds what was done to the log: rewritten and signed anew, or changed under what was signed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from registry.models import Event
from sharing.receiver import findings
from tests import cast, logs, rewriting
from tests.log_watching import Line, empty_store, line_of, looked, told, watching

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def line(finance: Any) -> Line:
    return line_of(finance)


@pytest.fixture
def opened() -> Iterator[sqlite3.Connection]:
    with empty_store() as opened:
        yield opened


@pytest.fixture
def received(line: Line, opened: sqlite3.Connection) -> Any:
    """What a department's receiver says when it looks again, after it found its one event in the honest log."""
    cast.in_force()
    logs.append(299)
    logs.sign_all()
    told(line, opened)
    watch = watching(line, opened)
    assert looked(watch, opened)["events"]["included"] == 1
    return lambda: looked(watch, opened)["findings"]


@pytest.mark.parametrize("deed", rewriting.DEEDS, ids=lambda each: each.__name__)
def test_a_log_that_was_rewritten_and_signed_anew_is_a_split_view_with_both_notes(received: Any, deed: Any) -> None:
    rewriting.signed_anew(deed)
    found = received()
    assert {each["kind"] for each in found} <= {findings.SPLIT_VIEW, findings.ROLLED_BACK}
    assert len(found[0]["notes"]) == 2
    assert found[0]["notes"][0] != found[0]["notes"][1]


def test_a_log_that_only_grew_is_none(received: Any) -> None:
    logs.append(300)
    logs.sign_all()
    assert received() == []


def test_an_event_that_was_changed_under_what_was_signed_is_named(line: Line, opened: sqlite3.Connection) -> None:
    cast.in_force()
    logs.append(299)
    logs.sign_all()
    told(line, opened)
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 1", logs.commitment(-1))
    (found,) = looked(watching(line, opened), opened)["findings"]
    assert (found["kind"], found["position"]) == (
        findings.ANOTHER_COMMITMENT,
        Event.objects.earliest("position").position,
    )
