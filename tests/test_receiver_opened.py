"""The receiver asks for what was opened behind its position: from a registry that stands in, and from the court's own door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser

from sharing.departments import telling
from sharing.receiver import records, store
from sharing.receiver.calling import Reply, Unreachable
from tests import asking, cast
from tests.receiver_double import Program, Registry, becomes_true, pushed, running_registry
from tests.test_opened import opened_for
from tests.test_receiver_levelling import Answer, Department


def body(position: int, **told: Any) -> dict[str, Any]:
    return pushed(position, number=f"L-{position}", **told)


@pytest.fixture
def registry() -> Iterator[Registry]:
    """Not served: it is asked directly."""
    standing = Registry()
    standing.holds(body(5, previous=0), body(6))
    yield standing
    standing.server_close()


def asked(registry: Registry) -> list[int]:
    """After which positions since the last time."""
    made, registry.pulls = registry.pulls, []
    return made


def test_a_program_that_polls_has_what_was_opened_behind_it(tmp_path: Path) -> None:
    with running_registry() as registry:
        registry.holds(body(5, previous=0), body(6))
        program = Program(
            tmp_path / "store.sqlite",
            registry.url,
            flags=("--pull-only", "--poll-seconds", "0.2"),
            changes={"RECEIVER_SECRETS": ""},
        )
        program.start()
        try:
            assert becomes_true(lambda: program.numbers() == ["L-5", "L-6"])
            registry.opens(body(2, previous=0), body(3))
            assert becomes_true(lambda: program.numbers() == ["L-2", "L-3", "L-5", "L-6"])
            assert becomes_true(lambda: len(registry.receipts) == 4)
            assert program.get("/health")[1]["level"] == 6
        finally:
            program.stop()


def test_what_was_opened_is_asked_for_once(registry: Registry) -> None:
    department = Department(registry)
    department.pulls()
    registry.opens(body(2, previous=0), body(3))
    department.pulls()
    assert store.numbers(department.opened) == ["L-2", "L-3", "L-5", "L-6"]
    assert records.meta(department.opened, "opened") == 2
    asked(registry)
    department.pulls()
    assert asked(registry) == [6]


def test_more_than_a_page_holds_comes_page_by_page(registry: Registry) -> None:
    registry.page_limit = 2
    department = Department(registry)
    department.pulls()
    registry.opens(*(body(position, previous=0) for position in range(1, 5)))
    department.pulls()
    assert len(store.numbers(department.opened)) == 6


def test_what_was_opened_before_a_gap_was_closed_is_not_passed_over(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    department = Department(registry)
    department.pulls()
    department.takes(body(20, previous=10))  # 10 is missing
    department.takes(body(21))
    department.takes(body(9, previous=6))
    registry.holds(body(9, previous=6), body(10, previous=9), body(20, previous=10), body(21))
    registry.opens(body(15, previous=10))
    registry.page_limit = 1
    answer = registry.answer

    def broken_off(path: str, given: dict[str, str]) -> tuple[int, bytes]:
        return answer(path, given) if len(registry.pulls) < 1 else (503, b"{}")

    asked(registry)
    monkeypatch.setattr(registry, "answer", broken_off)
    with pytest.raises(Unreachable):
        department.pulls()
    monkeypatch.setattr(registry, "answer", answer)
    department.pulls()
    assert "L-15" in store.numbers(department.opened)


def test_a_registry_that_opened_less_has_restored_a_backup_and_is_asked_from_the_beginning(registry: Registry) -> None:
    registry.opens(body(2, previous=0), body(3))
    department = Department(registry)
    department.pulls()
    registry.opened = {1: 2}
    registry.opens(body(4, previous=0))
    registry.opened = {1: 4}
    asked(registry)
    department.pulls()
    assert asked(registry)[:2] == [6, 0]
    assert "L-4" in store.numbers(department.opened)
    assert records.meta(department.opened, "opened") == 1


def test_a_registry_that_told_less_has_restored_a_backup_and_is_asked_from_the_beginning(registry: Registry) -> None:
    department = Department(registry)
    department.pulls()
    del registry.bodies[6]
    asked(registry)
    department.pulls()
    assert asked(registry)[:2] == [6, 0]


def test_what_the_registry_cannot_open_is_said_and_comes_later(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    department, whole = Department(registry), registry.page
    held = {5: registry.bodies.pop(5)}
    monkeypatch.setattr(registry, "page", lambda after, opened: whole(after, opened) | {"unreadable": [5]})
    department.pulls()
    assert store.numbers(department.opened) == ["L-6"]
    assert "cannot open the event at position 5" in caplog.text
    monkeypatch.setattr(registry, "page", whole)
    registry.opens(held[5])
    department.pulls()
    assert store.numbers(department.opened) == ["L-5", "L-6"]


def test_in_a_new_epoch_openings_are_counted_from_the_beginning(registry: Registry) -> None:
    registry.opens(body(2, previous=0), body(3))
    department = Department(registry)
    department.pulls()
    registry.epoch, registry.opened = 2, {1: 2, 2: 4, 3: 3}
    registry.holds(body(4, previous=0, epoch=2))
    department.pulls()
    assert "L-4" in store.numbers(department.opened)
    assert records.meta(department.opened, "opened") == 3


class CourtsDoor:
    """The receiver's line, to the product itself."""

    def __init__(self, department: Any) -> None:
        self.headers = asking.bearer(department.organisation, ("events", "receipts"))

    def call(self, method: str, path: str, headers: Any = None, read: Any = None) -> Reply:
        answer: Any = Browser().get(path, headers={**self.headers, **(headers or {})})
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        said = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status_code, said, content if read is None else read(Answer(content)))


@pytest.mark.django_db
@pytest.mark.usefixtures("notice_waived")
def test_the_receiver_has_from_the_court_what_was_opened_for_its_department(registry: Registry) -> None:
    telecom = cast.department("telecom")
    cast.in_force()
    cast.second_in_force()
    telling.walk(now=cast.NOW)
    department = Department(registry)
    department.puller._registry = CourtsDoor(telecom)  # type: ignore[assignment]
    department.pulls()
    assert (store.numbers(department.opened), records.meta(department.opened, "level")) == ([], 2)
    opened_for(telecom)
    department.pulls()
    assert len(store.numbers(department.opened)) == 2
    assert department.opened.execute("SELECT count(*) FROM outbox WHERE kind = 'applied'").fetchone() == (2,)


@pytest.mark.django_db
@pytest.mark.usefixtures("notice_waived")
def test_a_court_that_knows_of_less_is_understood_too(registry: Registry) -> None:
    telecom = cast.department("telecom")
    opened_for(telecom)
    cast.in_force()
    telling.walk(now=cast.NOW)
    department = Department(registry)
    department.puller._registry = CourtsDoor(telecom)  # type: ignore[assignment]
    records.set_meta(department.opened, "level", 1)
    records.set_meta(department.opened, "opened", 7)
    department.pulls()
    assert len(store.numbers(department.opened)) == 1
