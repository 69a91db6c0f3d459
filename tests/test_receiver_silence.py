"""The receiver whose pushes are cut: it asks by itself, and says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.receiver_double import Program, Registry, becomes_true, heartbeat, pushed, running_registry

SHORT = ("--gap-seconds", "60", "--silence-seconds", "2", "--poll-seconds", "0.5")


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running_registry() as standing:
        yield standing


@pytest.fixture
def program(tmp_path: Path, registry: Registry) -> Iterator[Program]:
    one = Program(tmp_path / "store.sqlite", registry.url, flags=SHORT)
    yield one
    one.stop()


def test_a_withdrawal_that_is_never_pushed_is_pulled_after_the_silence(registry: Registry, program: Program) -> None:
    registry.holds(pushed(1))
    program.start()
    assert becomes_true(lambda: program.numbers() == ["L-2026-000001"])
    registry.holds(pushed(2, "listing.withdrawn", version=2))
    assert becomes_true(lambda: program.numbers() == [], seconds=10)
    registry.holds(pushed(3, number="L-2026-000003"))
    assert becomes_true(lambda: program.numbers() == ["L-2026-000003"], seconds=10)


def test_silence_is_said_until_something_genuine_comes(registry: Registry, program: Program) -> None:
    program.start()
    assert program.get("/health")[1]["status"] == "level"
    assert program.get("/health/ready")[0] == 200
    assert becomes_true(lambda: program.get("/health")[1]["status"] == "silent", seconds=10)
    assert program.get("/health")[0] == 200
    assert program.get("/health/ready")[0] == 503
    assert program.get("/health/ready")[1]["seconds_silent"] >= 2
    assert program.post(b"{}", {}) == 401
    assert program.get("/health")[1]["status"] == "silent"
    assert program.push(heartbeat(0)) == 204
    assert program.get("/health")[1]["status"] == "level"
    assert program.get("/health/ready")[0] == 200


def test_heartbeats_are_enough_to_be_left_alone(registry: Registry, program: Program) -> None:
    program.start()
    assert becomes_true(lambda: len(registry.pulls) == 1)
    for _ in range(6):
        time.sleep(0.6)
        assert program.push(heartbeat(0)) == 204
    assert len(registry.pulls) == 1


@pytest.mark.parametrize("flags", [("--pull-only", "--poll-seconds", "0.5"), ("--trial",)])
def test_who_is_sent_no_heartbeat_is_never_silent(registry: Registry, program: Program, flags: tuple[str, ...]) -> None:
    program.flags = ("--silence-seconds", "0.2", *flags)
    program.start()
    time.sleep(0.5)
    said = program.get("/health")[1]
    assert (said["status"], said["seconds_silent"]) == ("level", None)
