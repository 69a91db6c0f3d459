"""The reference receiver on trial: invented persons in a store of their own, real ones never beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sharing.receiver.store import is_for
from tests.receiver_double import Json, Program, Registry, becomes_true, heartbeat, pushed, running_registry


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running_registry() as standing:
        yield standing


def of_a_trial(body: Json) -> Json:
    return {**body, "data": {**body["data"], "trial": "T-000001"}}


@pytest.mark.parametrize("flags", [(), ("--trial",)], ids=["production", "trial"])
def test_each_refuses_what_is_of_the_other(tmp_path: Path, flags: tuple[str, ...]) -> None:
    program = Program(tmp_path / "store.sqlite", flags=flags)
    program.start()
    try:
        real, invented = pushed(1), of_a_trial(pushed(2))
        assert [program.push(real), program.push(invented)] == ([400, 204] if flags else [204, 400])
        assert [program.push(heartbeat(1)), program.push(of_a_trial(heartbeat(1)))] == (
            [400, 204] if flags else [204, 400]
        )
        assert [seen.position for seen in program.events()] == ([2] if flags else [1])
    finally:
        program.stop()


@pytest.mark.parametrize("flags", [(), ("--trial",)], ids=["production", "trial"])
def test_neither_pulls_what_is_of_the_other(tmp_path: Path, registry: Registry, flags: tuple[str, ...]) -> None:
    body = pushed(1)
    registry.holds(body if flags else of_a_trial(body))
    program = Program(tmp_path / "store.sqlite", registry.url, flags=flags)
    program.start()
    try:
        assert becomes_true(lambda: "of the trial and the other of production" in program.log())
        assert program.events() == []
    finally:
        program.stop()


def test_a_store_is_for_one_of_the_two(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    program = Program(path, flags=("--trial",))
    program.start()
    program.push(of_a_trial(pushed(1)))
    program.stop()
    assert is_for(path, trial=True)
    assert not is_for(path, trial=False)
    with pytest.raises(ValueError, match="Expecting value"):
        Program(path).start()
    assert "name another --store" in (tmp_path / "log").read_text()


def test_one_in_which_nothing_came_yet_may_be_used_for_either(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    assert [is_for(path, trial=trial) for trial in (True, False, False, True)] == [True] * 4


def test_after_a_restore_a_gap_at_a_position_of_the_former_epoch_is_found(tmp_path: Path, registry: Registry) -> None:
    """Positions of the former epoch that the restore lost say nothing of what is missing in the new one."""
    registry.holds(*[pushed(position, number=f"L-2026-{position:06d}") for position in range(1, 6)])
    program = Program(tmp_path / "store.sqlite", registry.url)
    program.start()
    try:
        assert becomes_true(lambda: program.get("/health")[1]["level"] == 5)
        for lost in (3, 4, 5):
            del registry.bodies[lost]
        registry.epoch = 2
        registry.holds(pushed(3, number="L-2026-000013", epoch=2))
        program.push(pushed(3, number="L-2026-000013", epoch=2))
        assert becomes_true(lambda: program.get("/health")[1]["level"] == 3)
        registry.holds(pushed(4, number="L-2026-000014", epoch=2), pushed(5, number="L-2026-000015", epoch=2))
        program.push(pushed(5, number="L-2026-000015", epoch=2))
        assert becomes_true(lambda: "L-2026-000014" in program.numbers())
    finally:
        program.stop()
