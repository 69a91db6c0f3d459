"""What the receiver says of the court's log to its operator, and what it makes of checkpoints in heartbeats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.notes import COSIGNATURE, Signer
from tests.court_log_double import Court, asked, kinds, status, told_in_heartbeat
from tests.receiver_double import becomes_true, running, stub
from tests.watched_courts import Starter, bodies, checked, is_checked, starting

WITNESS = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32), COSIGNATURE)


@pytest.fixture
def court() -> Iterator[Court]:
    with running(Court()) as standing:
        yield standing


@pytest.fixture
def start(tmp_path: Path, court: Court) -> Iterator[Starter]:
    with starting(tmp_path, court) as start:
        yield start


def test_a_heartbeat_that_contradicts_the_log_shown_is_a_split_view(court: Court, start: Starter) -> None:
    program = checked(court, start)
    kept = court.entries
    for size in (3, 5):
        court.entries = [b"x" * 32] * 5
        other = told_in_heartbeat(court, size)
        court.entries = kept
        assert program.push(other) == 204
        assert becomes_true(lambda: kinds(program) == ["split_view"])
        number = status(program)["findings"][0]["number"]
        assert status(program)["findings"][0]["notes"][0] == other["data"]["checkpoint"]
        asked(program, "status", "--close", str(number))
        assert kinds(program) == []


def test_a_heartbeat_that_comes_late_is_no_finding(court: Court, start: Starter) -> None:
    program = checked(court, start)
    assert program.push(told_in_heartbeat(court, 3)) == 204
    assert becomes_true(lambda: ("/api/v1/log/proof", {"from": "3", "to": "5"}) in court.log_asked)
    assert program.push(told_in_heartbeat(court)) == 204
    assert kinds(program) == []


def test_a_heartbeat_is_compared_later_where_the_proof_is_away(court: Court, start: Starter) -> None:
    program = checked(court, start)
    kept, court.entries = court.entries, [b"x" * 32] * 5
    other = told_in_heartbeat(court, 3)
    court.entries = kept
    court.log_answers["from"] = (503, b"{}")
    assert program.push(other) == 204
    assert becomes_true(lambda: "the court's log is looked at later" in program.log())
    assert kinds(program) == []
    court.log_answers.clear()
    assert becomes_true(lambda: kinds(program) == ["split_view"])


def test_a_heartbeat_leads_to_a_look_at_once(court: Court, start: Starter) -> None:
    court.tells(*bodies(1, 3))
    program = start(flags=("--log-seconds", "300"))
    assert becomes_true(lambda: status(program)["checkpoint"] is not None)
    court.tells(*bodies(4, 6))
    assert program.push(told_in_heartbeat(court, last_position=6)) == 204
    assert becomes_true(lambda: status(program)["checkpoint"]["size"] == 6)


def test_a_heartbeat_of_a_longer_log_than_the_court_shows_is_a_roll_back(court: Court, start: Starter) -> None:
    program = checked(court, start)
    court.tells(*bodies(6, 7))
    longer = told_in_heartbeat(court)
    court.signed_size = 5
    assert program.push(longer) == 204
    assert becomes_true(lambda: "rolled_back" in kinds(program))


def test_witnesses_are_counted(court: Court, start: Starter) -> None:
    court.tells(*bodies(1, 2))
    program = start(RECEIVER_LOG_WITNESSES=WITNESS.key.vkey)
    assert becomes_true(lambda: is_checked(program, 2, 2))
    assert (status(program)["cosigned"], status(program)["seconds_without_witness"]) == (0, None)
    court.witnesses = [WITNESS]
    assert becomes_true(lambda: status(program)["cosigned"] == 1)
    assert status(program)["seconds_without_witness"] < 60


def test_what_cannot_be_computed_is_counted_and_a_stubs_commitment_is_looked_for(court: Court, start: Starter) -> None:
    told = bodies(1, 3)
    court.tells(*told)
    court.bodies[1]["data"] |= {"salt": None, "redacted": ["person.documents.number"]}
    withdrawn = stub(2, "L-2026-000002")
    withdrawn["data"]["event"]["commitment"] = json.loads(
        court.answer("/api/v1/log/proof", {"position": "2", "size": "3"})[1]
    )["commitment"]
    court.holds(withdrawn)
    program = start()
    assert becomes_true(lambda: is_checked(program, 3, 2))
    assert status(program)["events"] == {"included": 2, "waiting": 0, "wrong": 0, "cannot_be_checked": 1}


def test_the_command_says_what_is_found_and_its_exit_status_says_whether_anything_is(
    court: Court, start: Starter
) -> None:
    program = checked(court, start)
    done = asked(program, "status")
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, [])
    court.signed_size = 4
    assert becomes_true(lambda: kinds(program) == ["rolled_back"])
    done = asked(program, "status")
    assert (done.returncode, [each["kind"] for each in json.loads(done.stdout)["findings"]]) == (1, ["rolled_back"])
    court.signed_size = None
    number = json.loads(done.stdout)["findings"][0]["number"]
    assert asked(program, "status", "--close", str(number)).returncode == 0
    assert asked(program, "status", "--close", str(number)).returncode == 2
    assert kinds(program) == []


def test_the_status_is_for_this_machine_alone(court: Court, start: Starter) -> None:
    program = start()
    assert program.get("/status", {"X-Forwarded-For": "192.0.2.1"})[0] == 404
