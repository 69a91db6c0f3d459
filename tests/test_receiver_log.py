"""The receiver watches the court's log: over real HTTP, against a court that keeps it well, and badly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.notes import COSIGNATURE, Signer
from tests.court_log_double import NO_SUCH_TILE, Court, commitment, kinds, status, told_in_heartbeat
from tests.receiver_double import becomes_true, pushed, running
from tests.watched_courts import FLAGS, Starter, bodies, checked, is_checked, starting

WITNESS = Signer("witness.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32), COSIGNATURE)


@pytest.fixture
def court() -> Iterator[Court]:
    with running(Court()) as standing:
        yield standing


@pytest.fixture
def start(tmp_path: Path, court: Court) -> Iterator[Starter]:
    with starting(tmp_path, court) as start:
        yield start


def test_a_log_that_grows_is_followed_and_every_event_is_found_in_it(court: Court, start: Starter) -> None:
    program = checked(court, start)
    court.tells(*bodies(6, 13))
    for body in bodies(6, 13):
        assert program.push(body) == 204
    assert becomes_true(lambda: is_checked(program, 13, 13))
    assert ("/api/v1/log/proof", {"from": "5", "to": "13"}) in court.log_asked
    assert kinds(program) == []


def test_an_event_is_looked_for_once(court: Court, start: Starter) -> None:
    checked(court, start)
    looked = len(court.log_asked)
    assert becomes_true(lambda: len(court.log_asked) > looked + 3)
    assert court.tiles_asked() == ["entries/000.p/5"]


def test_without_the_courts_key_the_log_is_not_looked_at_and_the_start_says_so(court: Court, start: Starter) -> None:
    court.tells(*bodies(1, 2))
    program = start(REGISTRY_LOG_VKEY="")
    assert becomes_true(lambda: len(program.events()) == 2)
    assert program.log().count("REGISTRY_LOG_VKEY is not set: the court's log is not checked") == 1
    assert program.push(told_in_heartbeat(court)) == 204
    assert court.log_asked == []


def test_a_trial_has_no_log(court: Court, start: Starter) -> None:
    program = start(flags=(*FLAGS, "--trial"))
    assert not becomes_true(lambda: bool(court.log_asked), seconds=1)
    assert status(program)["checkpoint"] is None


def test_a_log_that_was_rewritten_is_a_split_view_with_both_checkpoints_as_evidence(
    court: Court, start: Starter
) -> None:
    program = checked(court, start)
    before = court.note()
    court.entries[2] = b"x" * 32
    court.tells(pushed(6, "listing.withdrawn", number="L-2026-000001", version=2))
    assert becomes_true(lambda: kinds(program) == ["split_view"])
    assert status(program)["findings"][0]["notes"] == [court.note(), before]
    assert status(program)["checkpoint"]["size"] == 5
    assert (
        program.push(
            court.bodies[6] | {"data": court.bodies[6]["data"] | {"endpoint": "ep_01J0000000000000000000TEST"}}
        )
        == 204
    )
    assert "L-2026-000001" not in program.numbers()
    assert becomes_true(lambda: len([kind for _, kind in court.receipts if kind == "purged"]) == 1)


def test_a_rewritten_log_of_the_same_size_is_a_split_view(court: Court, start: Starter) -> None:
    program = checked(court, start)
    court.entries[4] = b"x" * 32
    assert becomes_true(lambda: kinds(program) == ["split_view"])


def test_a_finding_is_shouted_once_and_not_again_before_an_hour(court: Court, start: Starter) -> None:
    program = checked(court, start)
    court.entries[4] = b"x" * 32
    assert becomes_true(lambda: "CRITICAL split_view: two checkpoints" in program.log())
    asked = len(court.log_asked)
    assert becomes_true(lambda: len(court.log_asked) > asked + 5)
    assert program.log().count("CRITICAL") == 1


def test_a_log_that_shrinks_is_rolled_back_and_what_was_kept_stays(court: Court, start: Starter) -> None:
    program = checked(court, start)
    before = court.note()
    court.signed_size = 4
    assert becomes_true(lambda: kinds(program) == ["rolled_back"])
    assert status(program)["findings"][0]["notes"] == [court.note(), before]
    assert status(program)["checkpoint"]["size"] == 5


def test_an_entry_that_says_something_else_is_named_with_its_position(court: Court, start: Starter) -> None:
    court.tells(*bodies(1, 5))
    court.entries[2] = commitment(pushed(3, number="L-2026-000099"))
    program = start()
    assert becomes_true(lambda: is_checked(program, 5, 4))
    found = status(program)["findings"]
    assert [(each["kind"], each["position"]) for each in found] == [("another_commitment", 3)]
    assert json.loads(found[0]["proof"])["position"] == 3
    assert found[0]["notes"] == [court.note()]


@pytest.mark.parametrize("size", [1, 2, 5, 64], ids=str)
def test_what_the_log_does_not_prove_is_not_included_and_is_looked_for_again(
    court: Court, start: Starter, size: int
) -> None:
    court.tells(*bodies(1, size))
    for address in (f"entries/000.p/{size}", f"0/000.p/{size}"):
        court.tampers(address, size - 1, b"x" * 32)
    program = start()
    assert becomes_true(lambda: kinds(program) == ["not_included"])
    found = status(program)["findings"][0]
    assert (found["position"], found["notes"]) == (size, [court.note()])
    assert json.loads(found["proof"])["tile"] == f"/log/tile/0/000.p/{size}"
    assert not is_checked(program, size, size)
    court.log_answers.clear()
    assert becomes_true(lambda: is_checked(program, size, size) and kinds(program) == [])


def test_where_the_court_says_that_its_log_has_no_such_tile_the_first_event_there_is_not_included(
    court: Court, start: Starter
) -> None:
    court.tells(*bodies(1, 5))
    for address in ("entries/000.p/5", "entries/000"):
        court.log_answers[f"/log/tile/{address}"] = (404, NO_SUCH_TILE)
    program = start()
    assert becomes_true(lambda: kinds(program) == ["not_included"])
    found = status(program)["findings"][0]
    assert (found["position"], json.loads(found["proof"])["tile"]) == (1, "/log/tile/entries/000.p/5")


def test_an_entry_that_is_shown_otherwise_than_the_tree_has_it_is_named(court: Court, start: Starter) -> None:
    court.tells(*bodies(1, 5))
    court.tampers("entries/000.p/5", 3, b"x")
    program = start()
    assert becomes_true(lambda: is_checked(program, 5, 4))
    assert [(each["kind"], each["position"]) for each in status(program)["findings"]] == [("another_commitment", 4)]


def test_a_checkpoint_of_another_key_is_a_bad_signature(court: Court, start: Starter) -> None:
    program = checked(court, start)
    court.key = Ed25519PrivateKey.generate()
    assert becomes_true(lambda: kinds(program) == ["bad_signature"])


def test_a_checkpoint_that_was_changed_after_signing_is_a_bad_signature(court: Court, start: Starter) -> None:
    program = checked(court, start)
    changed = court.note().replace("\n5\n", "\n6\n")
    court.log_answers["/api/v1/log"] = (200, json.dumps({"checkpoint": changed}).encode())
    assert becomes_true(lambda: kinds(program) == ["bad_signature"])


def test_a_checkpoint_of_another_log_is_an_unknown_origin(court: Court, start: Starter) -> None:
    program = checked(court, start)
    court.origin = "registry.court.example/logs"
    assert becomes_true(lambda: kinds(program) == ["unknown_origin"])


def test_while_the_logs_pages_are_away_events_are_received_and_looked_for_later(court: Court, start: Starter) -> None:
    court.log_answers["/api/v1/log"] = (503, b"{}")
    court.tells(*bodies(1, 4))
    program = start()
    assert becomes_true(lambda: "the court's log is looked at later" in program.log())
    assert becomes_true(lambda: len(program.numbers()) == 4)
    del court.log_answers["/api/v1/log"]
    court.log_answers["/log/tile/entries/000.p/4"] = (500, b"")
    assert becomes_true(lambda: status(program)["checkpoint"] is not None)
    assert status(program)["events"]["waiting"] == 4
    court.log_answers.clear()
    assert becomes_true(lambda: is_checked(program, 4, 4))
    assert kinds(program) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["/api/v1/log", "/log/tile/entries/000.p/6", "from"])
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b"nonsense",
        b"{}",
        b'{"checkpoint":"nonsense","hashes":3}',
        b'{"checkpoint":7,"from":5,"to":6,"position":6,"size":6,"commitment":7,"hashes":["x",null]}',
        b'{"checkpoint":null,"from":"5","to":6,"position":1,"size":9,"hashes":[]}',
        b"\0\x20" + b"x" * 32,
        b"\0\x21" + b"x" * 202,
        b"x" * 10_000,
    ],
)
def test_a_malformed_answer_is_no_finding_and_ends_nothing(
    court: Court, start: Starter, name: str, answer: bytes
) -> None:
    program = checked(court, start)
    court.log_answers[name] = (200, answer)
    court.tells(*bodies(6, 6))
    assert program.push(bodies(6, 6)[0]) == 204
    assert becomes_true(lambda: "the court's log is looked at later" in program.log())
    court.log_answers.clear()
    assert becomes_true(lambda: is_checked(program, 6, 6))
    assert kinds(program) == []


def test_what_was_verified_is_kept_over_a_restart(court: Court, start: Starter) -> None:
    program = checked(court, start)
    program.stop()
    court.entries[0] = b"x" * 32
    court.tells(*bodies(6, 6))
    program.start()
    assert becomes_true(lambda: kinds(program)[:1] == ["split_view"])
