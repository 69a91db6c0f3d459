"""After a restore of the court's database: the receiver's list is level with the court's again, and what was lost is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.court_log_double import VKEY, Court, asked, status, told_in_heartbeat
from tests.receiver_double import NAME, Json, Program, becomes_true, event_id, pushed, running

FLAGS = ("--gap-seconds", "0.5", "--log-seconds", "0.1")
LOST = "L-2026-000004"


@pytest.fixture
def court() -> Iterator[Court]:
    with running(Court()) as standing:
        yield standing


@pytest.fixture
def program(tmp_path: Path, court: Court) -> Iterator[Program]:
    """Level with a court of four listings, the last two of them told after the backup."""
    court.tells(*[pushed(position, number=f"L-2026-{position:06d}") for position in range(1, 4)])
    court.tells(pushed(4, number=LOST), pushed(5, "listing.flagged", number="L-2026-000001", version=2, flags=["x"]))
    program = Program(tmp_path / "store.sqlite", court.url, FLAGS, {"REGISTRY_LOG_VKEY": VKEY})
    program.start()
    try:
        assert becomes_true(lambda: status(program)["events"]["included"] == 5)
        yield program
    finally:
        program.stop()


def lost(program: Program) -> list[Json]:
    return [json.loads(line) for line in asked(program, "lost").stdout.splitlines()]


def is_level(program: Program, epoch: int = 2) -> bool:
    seen = status(program)["checkpoint"]
    return bool(seen and seen["epoch"] == epoch) and "level with the court after its restore" in program.log()


def test_a_listing_that_the_court_no_longer_knows_is_struck_and_what_was_lost_is_named(
    court: Court, program: Program
) -> None:
    court.restores(3)
    assert program.push(told_in_heartbeat(court, last_position=3)) == 204
    assert becomes_true(lambda: is_level(program))
    assert program.numbers() == ["L-2026-000001", "L-2026-000002", "L-2026-000003"]
    found = lost(program)
    times = [each.pop(name) for each in found for name in ("occurred_at", "received_at")]
    assert all(time.endswith("Z") for time in times)
    common = {"epoch": 1}
    assert found == [
        common
        | {
            "listing": LOST,
            "event": event_id(4),
            "type": "listing.published",
            "version": 1,
            "position": 4,
            "struck": True,
        },
        common
        | {
            "listing": "L-2026-000001",
            "event": event_id(5),
            "type": "listing.flagged",
            "version": 2,
            "position": 5,
            "struck": False,
        },
    ]
    assert NAME not in json.dumps(found, ensure_ascii=False)
    assert f"{LOST} is struck" in program.log()


def test_what_was_lost_is_named_before_the_court_answers_anybody_again(court: Court, program: Program) -> None:
    """Its portals are closed and its worker stands still until it has done again what is named here."""
    assert lost(program) == []
    lines = [json.loads(line) for line in asked(program, "lost", "--opened", "2/3").stdout.splitlines()]
    found = [(each["listing"], each["type"], each["position"], each["struck"]) for each in lines]
    assert found == [
        (LOST, "listing.published", 4, False),
        ("L-2026-000001", "listing.flagged", 5, False),
    ]
    court.restores(3)
    assert program.push(told_in_heartbeat(court, last_position=3)) == 204
    assert becomes_true(lambda: is_level(program))
    again = [json.loads(line) for line in asked(program, "lost", "--opened", "2/3").stdout.splitlines()]
    assert again == lost(program)


@pytest.mark.parametrize("wrong", ["2", "2/", "/3", "two/3", "2/3/4"])
def test_an_epoch_without_its_size_is_refused(program: Program, wrong: str) -> None:
    done = asked(program, "lost", "--opened", wrong)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_new_epoch_is_said_loudly_once_with_both_sizes_and_is_no_finding(court: Court, program: Program) -> None:
    court.restores(3)
    assert becomes_true(lambda: is_level(program))
    court.tells(pushed(4, number="L-2026-000009", epoch=2))
    assert program.push(pushed(4, number="L-2026-000009", epoch=2)) == 204
    assert becomes_true(lambda: status(program)["events"]["included"] == 6)
    looked = len(court.log_asked)
    assert becomes_true(lambda: len(court.log_asked) > looked + 3)
    assert program.log().count("epoch 1 had 5 events, epoch 2 has 3") == 1
    assert status(program)["findings"] == []


def test_after_a_restore_what_is_left_is_looked_for_in_the_new_log(court: Court, program: Program) -> None:
    court.restores(3)
    court.entries[1] = b"x" * 32
    assert becomes_true(lambda: bool(status(program)["findings"]))
    found = status(program)["findings"]
    assert [(each["kind"], each["epoch"], each["position"]) for each in found] == [("another_commitment", 2, 2)]


def test_a_court_that_shows_the_backup_before_it_says_so_is_rolled_back_until_it_does(
    court: Court, program: Program
) -> None:
    court.signed_size = 3
    assert becomes_true(lambda: [each["kind"] for each in status(program)["findings"]] == ["rolled_back"])
    court.signed_size = None
    court.restores(3)
    assert becomes_true(lambda: is_level(program))
    assert becomes_true(lambda: status(program)["findings"] == [])


def test_nothing_of_a_struck_person_stays_on_the_disk(tmp_path: Path, court: Court) -> None:
    court.tells(pushed(1), pushed(2, number=LOST, person={"kind": "natural", "name": "上官虚构", "documents": []}))
    program = Program(tmp_path / "store.sqlite", court.url, FLAGS)
    program.start()
    try:
        assert becomes_true(lambda: LOST in program.numbers())
        assert "上官虚构".encode() in program.bytes_on_disk()
        court.restores(1)
        assert program.push(told_in_heartbeat(court, last_position=1)) == 204
        assert becomes_true(lambda: LOST not in program.numbers())
        assert becomes_true(lambda: "上官虚构".encode() not in program.bytes_on_disk())
    finally:
        program.stop()


def test_while_the_snapshot_is_away_or_cut_nothing_is_struck(court: Court, program: Program) -> None:
    court.restores(3)
    whole = court.snapshot
    for answer, reason in (
        (b"", "no last line"),
        (whole()[:-80], "no last line"),
        (whole()[whole().index(b"\n") + 1 :], "not whole"),
    ):
        court.snapshot = lambda answer=answer: answer  # type: ignore[method-assign,misc]
        assert program.push(told_in_heartbeat(court, last_position=3)) == 204
        assert becomes_true(lambda reason=reason: reason in program.log())  # type: ignore[misc]
        assert LOST in program.numbers()
    court.snapshot = whole  # type: ignore[method-assign]
    assert becomes_true(lambda: LOST not in program.numbers())


def test_receipts_of_what_was_lost_are_not_sent_for_ever(court: Court, program: Program) -> None:
    assert becomes_true(lambda: len(court.receipts) == 5)
    court.receipt_status = 404
    court.tells(pushed(6, "listing.withdrawn", number="L-2026-000002", version=2))
    assert program.push(pushed(6, "listing.withdrawn", number="L-2026-000002", version=2)) == 204
    assert becomes_true(lambda: "not taken (404)" in program.log())
    court.restores(3)
    assert becomes_true(lambda: is_level(program))
    assert becomes_true(lambda: program.get("/health")[1]["receipts_waiting"] == 0)
    assert "L-2026-000002" not in program.numbers()  # it was withdrawn, whatever became of the court's record of it
