"""The rules of levelling after a restore, without processes and network: every order of arrival, and what is struck."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.receiver import applying, checking, log_records, onward, records, store
from sharing.receiver.calling import Reply, Unreachable
from sharing.receiver.catching_up import Needs, Puller
from sharing.receiver.events import read_event
from tests.receiver_double import Json, Registry, event_id, pushed


class Direct:
    """Applies at once what the writer's thread would."""

    def __init__(self, opened: sqlite3.Connection) -> None:
        self.opened = opened

    def run_in_store(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        return work(self.opened)


class Line:
    """The registry without a network."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry

    def call(self, method: str, path: str, headers: object = None, read: Any = None) -> Reply:
        where = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        status, content = self.registry.answer(where.path, asked)
        return Reply(status, {}, content if read is None else read(Answer(content)))


class Answer:
    def __init__(self, content: bytes) -> None:
        self.lines = content.splitlines(keepends=True)

    def readline(self, most: int) -> bytes:
        return self.lines.pop(0) if self.lines else b""

    def read(self) -> bytes:
        return b"".join(self.lines)


class Department:
    """A receiver in memory: pushed to, and pulling when it is told to."""

    def __init__(self, registry: Registry) -> None:
        self.opened = sqlite3.connect(":memory:", isolation_level=None)
        self.opened.executescript(store.SHAPE)
        self.puller = Puller(Direct(self.opened), Line(registry), Needs(), lambda: self.opened)  # type: ignore[arg-type]

    def takes(self, body: Json) -> None:
        applying.apply(self.opened, read_event(body), source="push", now=1)

    def pulls(self) -> None:
        """As its thread does: again, as long as a levelling is due."""
        self.puller._pull_and_level(self.opened)
        while records.levelling_due(self.opened):
            self.puller._pull_and_level(self.opened)

    def held(self) -> list[store.Held | None]:
        return [store.listing(self.opened, number) for number in store.numbers(self.opened)]

    def lost(self) -> list[str]:
        return [event for (event,) in self.opened.execute("SELECT event FROM lost ORDER BY epoch, position")]


@pytest.fixture(scope="module")
def unserved() -> Iterator[Registry]:
    registry = Registry()
    yield registry
    registry.server_close()


LEFT = [pushed(1, number="L-1"), pushed(2, number="L-2"), pushed(3, "listing.flagged", number="L-1", version=2)]
GONE = [pushed(4, number="L-4"), pushed(5, "listing.corrected", number="L-4", version=2), pushed(6, number="L-6")]
LATER = [
    pushed(4, number="L-7", epoch=2, previous=3),
    pushed(5, "listing.corrected", number="L-1", version=3, epoch=2, ends_on="2031-01-01"),
    pushed(6, number="L-6", epoch=2),  # the number is given again
]


def restored(registry: Registry) -> Registry:
    registry.bodies, registry.epoch = {}, 2
    registry.holds(*LEFT, *LATER)
    return registry


def pulled_after_all(registry: Registry) -> Department:
    department = Department(restored(registry))
    department.pulls()
    return department


@settings(deadline=None)
@given(st.permutations([*LEFT, *GONE, *LATER, None, None]), st.integers(0, 9))
def test_every_order_of_arrival_over_a_restore_ends_with_the_courts_list(
    unserved: Registry, told: list[Json | None], dropped: int
) -> None:
    """Pushes of before and after it, some never arriving, pulls (None) in between, and one at the end."""
    department = Department(restored(unserved))
    for body in told[dropped:]:
        if body is None:
            department.pulls()
        else:
            department.takes(body)
    department.pulls()
    assert department.held() == pulled_after_all(unserved).held()
    assert [held.number for held in department.held() if held] == ["L-1", "L-2", "L-6", "L-7"]
    came = {body["data"]["event"]["id"] for body in told[dropped:] if body is not None}
    assert department.lost() == [body["data"]["event"]["id"] for body in GONE if body["data"]["event"]["id"] in came]


@settings(deadline=None)
@given(st.permutations([*LEFT, *GONE]))
def test_pages_and_pulls_cut_short_change_nothing(unserved: Registry, told: list[Json]) -> None:
    department = Department(restored(unserved))
    for body in told:
        department.takes(body)
    unserved.page_limit = 1
    try:
        unserved.snapshot = lambda: b""  # type: ignore[method-assign]
        with pytest.raises(Unreachable, match="no last line"):
            department.pulls()
        del unserved.snapshot  # type: ignore[misc]
        department.pulls()
    finally:
        unserved.page_limit = 100
    assert department.held() == pulled_after_all(unserved).held()


def test_what_comes_between_the_pull_and_the_snapshot_makes_nothing_look_lost(unserved: Registry) -> None:
    department = Department(restored(unserved))
    for body in (*LEFT, *GONE[1:]):
        department.takes(body)
    records.enter_epoch(department.opened, 2)
    whole = unserved.snapshot()

    def late() -> bytes:
        department.takes(GONE[0])
        return whole

    unserved.snapshot = late  # type: ignore[method-assign]
    try:
        department.pulls()
    finally:
        del unserved.snapshot  # type: ignore[misc]
    assert department.lost() == [event_id(4), event_id(5), event_id(6)]


def test_a_listing_that_is_in_the_snapshot_is_not_struck_even_if_the_pull_did_not_show_it(unserved: Registry) -> None:
    department = Department(restored(unserved))
    for body in (*LEFT, *GONE):
        department.takes(body)
    unserved.holds(GONE[0])
    whole = unserved.snapshot()
    restored(unserved)
    unserved.snapshot = lambda: whole  # type: ignore[method-assign]
    try:
        department.pulls()
    finally:
        del unserved.snapshot  # type: ignore[misc]
    assert "L-4" in store.numbers(department.opened)


def test_what_the_court_knows_again_after_another_restore_is_applied_again(unserved: Registry) -> None:
    department = Department(restored(unserved))
    for body in (*LEFT, *GONE):
        department.takes(body)
    department.pulls()
    assert department.lost() == [event_id(4), event_id(5), event_id(6)]
    unserved.bodies, unserved.epoch = {}, 3
    unserved.holds(*LEFT, *GONE)
    department.pulls()
    assert [held.number for held in department.held() if held] == ["L-1", "L-2", "L-4", "L-6"]
    assert department.lost() == [event_id(position, 2) for position in (4, 5, 6)]
    assert {each.event for each in log_records.pending(department.opened, 3, 6, 100)} >= {event_id(4), event_id(5)}


def test_an_answer_from_before_the_restore_does_not_say_that_something_is_still_there(unserved: Registry) -> None:
    department = Department(restored(unserved))
    for body in (*LEFT, *GONE):
        department.takes(body)
    records.enter_epoch(department.opened, 2)
    unserved.bodies, unserved.epoch = {}, 1
    unserved.holds(*LEFT, *GONE)
    department.puller.pull(department.opened)
    assert records.meta(department.opened, "level") == 0
    restored(unserved)
    department.pulls()
    assert "L-4" not in store.numbers(department.opened)


def test_institutions_lift_what_was_struck_and_nothing_of_it_is_reported(unserved: Registry) -> None:
    department = Department(restored(unserved))
    body = GONE[0] | {"data": GONE[0]["data"] | {"onward": checking.CHECK_ONLY}}
    department.takes(body)
    onward.note_reached(department.opened, "bank-a", "L-4", "customer 7", 1)
    department.pulls()
    assert onward.to_lift(department.opened, "bank-a") == [{"reference": "customer 7", "because": "withdrawn"}]
    assert onward.confirm(department.opened, "bank-a", "customer 7", 2)
    assert onward.due(department.opened, 9) == []


def test_on_trial_nothing_is_struck(tmp_path: Path, unserved: Registry) -> None:
    department = Department(restored(unserved))
    department.puller._trial = True

    def of_a_trial(body: Json) -> Json:
        return body | {"data": body["data"] | {"trial": "T-000001"}}

    for body in (*LEFT, *GONE):
        department.takes(of_a_trial(body))
    unserved.bodies = {}
    unserved.holds(*map(of_a_trial, LEFT))
    department.puller._pull_and_level(department.opened)
    department.puller._pull_and_level(department.opened)
    assert "L-4" in store.numbers(department.opened)
    assert department.opened.execute("SELECT count(*) FROM commitments").fetchone() == (0,)


def test_what_lies_beyond_the_checkpoint_for_an_hour_is_overdue() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(store.SHAPE)
        for position, received_at in ((1, 10), (2, 10), (3, 20)):
            applying.apply(opened, read_event(pushed(position)), source="push", now=received_at)
        late = log_records.overdue(opened, 1, 1, before=20, most=9)
    assert [each.position for each in late] == [2]
