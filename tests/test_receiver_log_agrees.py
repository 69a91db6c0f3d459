"""The receiver watches the log as the court really serves it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from registry.checkpoints import epochs, signing
from registry.models import Event
from sharing.delivery import heartbeat
from sharing.receiver import court_log, log_records
from sharing.receiver.calling import Unreachable
from sharing.receiver.events import read_heartbeat
from sharing.receiver.log_records import Committed
from sharing.receiver.status import log_status
from sharing.witnesses import asking
from tests import cast, logs, witnessing
from tests.log_watching import Line, empty_store, line_of, looked, told, watching
from tests.receiver_double import ENDPOINT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def line(finance: Any) -> Line:
    return line_of(finance)


@pytest.fixture
def opened() -> Iterator[sqlite3.Connection]:
    with empty_store() as opened:
        yield opened


def test_the_courts_log_is_followed_and_what_was_told_is_found_in_it(line: Line, opened: sqlite3.Connection) -> None:
    cast.in_force()
    logs.append(300)
    logs.sign_all()
    told(line, opened)
    watch = watching(line, opened)
    first = looked(watch, opened)
    assert (first["checkpoint"]["size"], first["events"]["included"], first["findings"]) == (301, 1, [])
    logs.append(300)
    logs.sign_all()
    assert looked(watch, opened)["checkpoint"]["size"] == 601
    assert log_status(opened)["findings"] == []


def test_all_events_of_a_log_are_found_with_a_request_for_256_of_them(line: Line, opened: sqlite3.Connection) -> None:
    for position, commitment in enumerate(logs.append(1000), start=1):
        log_records.keep_commitment(opened, Committed(f"evt_{position}", 1, position, commitment))
    logs.sign_all()
    said = looked(watching(line, opened), opened)
    assert (said["events"]["included"], said["findings"]) == (1000, [])
    assert len(line.asked) < 10


def test_a_tile_that_the_court_does_not_have_is_told_from_a_court_that_is_away(line: Line) -> None:
    logs.append(10)
    logs.sign_all()
    registry: Any = line
    assert len(court_log.tile(registry, 1, 10, 0, 0)) == 10
    with pytest.raises(court_log.NoSuchTile):
        court_log.tile(registry, 1, 11, 0, 0)
    with pytest.raises(Unreachable):
        court_log.tile(registry, 2, 10, 0, 0)


def test_the_log_of_an_epoch_that_the_court_closed_is_read_no_more(line: Line) -> None:
    logs.append(10)
    logs.sign_all()
    logs.back_to(0)
    logs.append(9)
    signing.sign(now=logs.NOW)
    registry: Any = line
    epochs.open_epoch(because="disk of the database host lost", now=logs.NOW)
    with pytest.raises(Unreachable, match="closed"):
        court_log.entries(registry, 1, 10, 0)


def test_a_checkpoint_in_the_courts_heartbeat_is_compared(line: Line, opened: sqlite3.Connection, finance: Any) -> None:
    logs.append(3)
    logs.sign_all()
    heard = read_heartbeat(json.loads(heartbeat.body(ENDPOINT, finance.pk, now=cast.NOW)))
    assert heard.epoch == 1
    watch = watching(line, opened)
    watch.hear(heard.checkpoint)
    logs.append(3)
    logs.sign_all()
    said = looked(watch, opened)
    assert (said["checkpoint"]["size"], said["findings"]) == (6, [])


def test_an_event_that_was_changed_by_hand_after_it_was_told_is_named(line: Line, opened: sqlite3.Connection) -> None:
    cast.in_force()
    told(line, opened)
    position = Event.objects.get().position
    logs.by_hand("UPDATE registry_event SET commitment = %s", b"x" * 32)
    logs.sign_all()
    found = looked(watching(line, opened), opened)["findings"]
    assert [(each["kind"], each["position"]) for each in found] == [("another_commitment", position)]


def test_the_courts_witnesses_are_counted(settings: Any, line: Line, opened: sqlite3.Connection) -> None:
    with witnessing.witness() as witness:
        settings.SHARING_LOG_WITNESSES = witness.setting
        logs.append(3)
        logs.sign_all()
        asking.ask_all(now=logs.NOW)
    assert looked(watching(line, opened), opened)["cosigned"] == 1
