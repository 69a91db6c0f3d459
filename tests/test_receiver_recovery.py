"""The receiver after things went wrong: gaps, silence, refusals, and kill -9."""

from __future__ import annotations

import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sharing.receiver.store import open_readonly
from sharing.receiver.verification import Verifier
from tests.receiver_double import (
    DEPARTMENT_SEED,
    Json,
    Program,
    Registry,
    becomes_true,
    encoded,
    event_id,
    heartbeat,
    pushed,
    running_registry,
    signed,
    stub,
)

Starter = Callable[..., Program]


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running_registry() as standing:
        yield standing


@pytest.fixture
def start(tmp_path: Path, registry: Registry) -> Iterator[Starter]:
    """Starts receivers that know the registry; ends those still running afterwards."""
    started: list[Program] = []
    counter = itertools.count()

    def one(**told: object) -> Program:
        folder = tmp_path / str(next(counter))
        folder.mkdir()
        program = Program(folder / "store.sqlite", registry.url, **told)  # type: ignore[arg-type]  # passed through
        started.append(program)
        program.start()
        return program

    yield one
    for program in started:
        program.stop()


def bodies(first: int, last: int) -> list[Json]:
    return [pushed(position, number=f"L-2026-{position:06d}") for position in range(first, last + 1)]


def positions(program: Program) -> list[int]:
    return [seen.position for seen in program.events()]


def test_what_was_published_before_the_start_is_caught_up(registry: Registry, start: Starter) -> None:
    registry.holds(*bodies(1, 250))
    program = start()
    assert becomes_true(lambda: len(program.numbers()) == 250)
    assert {seen.source for seen in program.events()} == {"pull"}
    assert becomes_true(lambda: program.get("/health")[1]["level"] == 250)


def test_a_gap_is_repaired_by_a_pull_after_the_time_allowed(registry: Registry, start: Starter) -> None:
    program = start()
    assert becomes_true(lambda: len(registry.pulls) == 1)
    registry.holds(*bodies(1, 4))
    for position in (1, 4):
        program.push(pushed(position, number=f"L-2026-{position:06d}"))
    assert becomes_true(lambda: positions(program) == [1, 2, 3, 4])
    assert [seen.source for seen in program.events()] == ["push", "pull", "pull", "push"]
    assert becomes_true(lambda: program.get("/health")[1]["awaited"] == 0)


def test_arrivals_out_of_order_need_no_pull(registry: Registry, start: Starter) -> None:
    program = start(flags=("--gap-seconds", "60"))
    assert becomes_true(lambda: len(registry.pulls) == 1)
    for position in (3, 1, 2, 5, 4):
        program.push(pushed(position, number=f"L-2026-{position:06d}"))
    health = program.get("/health")[1]
    assert (health["level"], health["awaited"], health["status"]) == (5, 0, "level")
    assert len(registry.pulls) == 1


def test_a_gap_that_the_registry_has_nothing_for_is_asked_about_once(registry: Registry, start: Starter) -> None:
    program = start()
    program.push(pushed(9, previous=7))
    registry.holds(pushed(9, previous=7))
    assert becomes_true(lambda: program.get("/health")[1]["awaited"] == 0)
    asked = len(registry.pulls)
    assert not becomes_true(lambda: len(registry.pulls) > asked, seconds=2)


def test_a_heartbeat_that_names_a_later_position_leads_to_a_pull(registry: Registry, start: Starter) -> None:
    program = start(flags=("--gap-seconds", "60"))
    assert becomes_true(lambda: len(registry.pulls) == 1)
    registry.holds(*bodies(1, 3))
    assert program.push(heartbeat(0)) == 204
    assert program.push(heartbeat(3)) == 204
    assert becomes_true(lambda: positions(program) == [1, 2, 3])
    assert program.get("/health")[1]["last_heartbeat_at"] is not None


def test_a_new_epoch_is_pulled_from_its_beginning(registry: Registry, start: Starter) -> None:
    registry.holds(*bodies(1, 3))
    program = start()
    assert becomes_true(lambda: len(program.numbers()) == 3)
    registry.epoch = 2
    for position in (2, 3):
        registry.holds(pushed(position, number=f"L-2026-{position + 10:06d}", epoch=2))
    assert program.push(pushed(4, number="L-2026-000014", epoch=2)) == 204
    left = [f"L-2026-{number:06d}" for number in (1, 12, 13, 14)]
    assert becomes_true(lambda: program.numbers() == left)


def test_a_receiver_that_only_pulls_ends_with_the_same_list(registry: Registry, start: Starter) -> None:
    told = [
        *bodies(1, 3),
        pushed(4, "listing.withdrawn", number="L-2026-000002", version=2),
        pushed(5, "listing.suspended", number="L-2026-000003", version=2, state="suspended"),
    ]
    pushed_to = start(flags=("--gap-seconds", "60"))
    for body in told:
        assert pushed_to.push(body) == 204
    registry.holds(*told)
    registry.holds(stub(2, "L-2026-000002"))
    pulling = start(flags=("--pull-only", "--poll-seconds", "0.2"), changes={"RECEIVER_SECRETS": ""})
    assert becomes_true(lambda: len(positions(pulling)) == 5)
    assert pulling.numbers() == pushed_to.numbers() == ["L-2026-000001", "L-2026-000003"]
    for number in pulling.numbers():
        assert pulling.listing(number) == pushed_to.listing(number)
    assert pulling.push(bodies(9, 9)[0]) == 404
    registry.holds(pushed(6, number="L-2026-000006"))
    assert becomes_true(lambda: "L-2026-000006" in pulling.numbers())


def test_an_event_that_cannot_be_read_does_not_stop_the_pull(registry: Registry, start: Starter) -> None:
    registry.holds(*bodies(1, 3))
    registry.bodies[2]["data"]["event"]["listing"].pop("person")
    program = start()
    assert becomes_true(lambda: len(program.numbers()) == 2)
    assert becomes_true(lambda: (event_id(2), "refused") in registry.receipts)


@pytest.mark.parametrize("documents", ["x", [None], [["x"]], [{"type": "resident_id", "number": ["x"]}]])
def test_documents_of_another_shape_do_not_stop_the_pull(registry: Registry, start: Starter, documents: object) -> None:
    registry.holds(*bodies(1, 3))
    registry.bodies[2]["data"]["event"]["listing"]["person"]["documents"] = documents
    program = start()
    assert becomes_true(lambda: len(program.numbers()) == 2)
    assert becomes_true(lambda: (event_id(2), "refused") in registry.receipts)


def test_an_answer_that_nobody_thought_of_stops_neither_pull_nor_receipts_for_good(
    registry: Registry, start: Starter
) -> None:
    registry.expires_in = None
    registry.holds(*bodies(1, 1))
    program = start()
    program.push(pushed(2, number="L-2026-000002"))
    assert becomes_true(lambda: "receipts wait" in program.log() and "catching up waits" in program.log())
    registry.expires_in = 3600
    assert becomes_true(lambda: len(program.numbers()) == 2)
    assert becomes_true(lambda: (event_id(2), "applied") in registry.receipts)


@pytest.mark.parametrize("at", ["/api/v1/events", "/oauth/token"])
def test_a_registry_that_asks_for_a_pause_is_left_alone_and_asked_again_after_it(
    registry: Registry, start: Starter, at: str
) -> None:
    registry.busy_at = (at,)
    registry.holds(*bodies(1, 1))
    program = start()
    assert becomes_true(lambda: len(registry.refused) == 1)
    time.sleep(2.5)
    assert len(registry.refused) == 1
    registry.busy_at = ()
    assert becomes_true(lambda: program.numbers() == ["L-2026-000001"])


def test_a_pause_that_the_registry_asks_of_one_receipt_is_kept_by_all(registry: Registry, start: Starter) -> None:
    registry.busy_at = ("/api/v1/receipts",)
    program = start(flags=("--gap-seconds", "60"))
    for body in bodies(1, 30):
        assert program.push(body) == 204
    assert becomes_true(lambda: len(registry.refused) >= 1)
    time.sleep(2.5)
    assert len(registry.refused) == 1
    registry.busy_at = ()
    assert becomes_true(lambda: len(registry.receipts) == 30, seconds=10)


@pytest.mark.parametrize(
    ("refusal", "said"), [({"code": "R-407"}, "(403 R-407)"), ({"code": "Ouyang"}, "(403):"), ({"code": 7}, "(403):")]
)
def test_why_a_receipt_was_not_taken_is_said_by_the_courts_code_and_nothing_else_of_its_answer(
    registry: Registry, start: Starter, refusal: dict[str, object], said: str
) -> None:
    registry.receipt_status, registry.refusal = 403, refusal
    program = start()
    program.push(pushed(1))
    assert becomes_true(lambda: f"a receipt was not taken {said}" in program.log())


def test_a_second_receiver_on_the_same_store_does_not_start(start: Starter) -> None:
    """One would release the receipts of a purge that the other has not wiped yet."""
    first = start()
    second = Program(first.path, first.registry_url)
    with pytest.raises(ValueError, match="Expecting value"):
        second.start()
    assert second.process is not None
    assert second.process.wait(timeout=10) == 2
    assert "another receiver" in first.log()
    first.kill()
    second.start()
    second.stop()


def test_an_expired_token_is_renewed(registry: Registry, start: Starter) -> None:
    program = start()
    assert becomes_true(lambda: len(registry.pulls) == 1)
    registry.tokens = 2
    program.push(pushed(1))
    assert becomes_true(lambda: (event_id(1), "applied") in registry.receipts)


def test_receipts_say_what_was_done_and_carry_the_departments_signature(registry: Registry, start: Starter) -> None:
    program = start()
    program.push(pushed(1))
    program.push(pushed(2, "listing.withdrawn", version=2))
    assert becomes_true(lambda: len(registry.receipts) == 2)
    applied, purged = registry.receipts[event_id(1), "applied"], registry.receipts[event_id(2), "purged"]
    assert set(applied) == {"event", "kind", "at", "note", "copies", "onward"}
    assert (purged["copies"], purged["onward"]) == (1, [])
    own_key = Ed25519PrivateKey.from_private_bytes(DEPARTMENT_SEED).public_key()
    for headers, raw in zip(registry.receipt_headers, registry.receipt_bodies, strict=True):
        Verifier(secrets=(), public_keys=(own_key,)).check(headers, raw)
    assert becomes_true(lambda: all(seen.receipt_accepted_at for seen in program.events()))


def test_a_purge_is_not_confirmed_while_a_reader_keeps_the_person_on_the_disk(
    registry: Registry, start: Starter
) -> None:
    program = start()
    program.push(pushed(1))
    reader = _reader_inside_a_query(program.path)
    program.push(pushed(2, "listing.withdrawn", version=2))
    assert not becomes_true(lambda: (event_id(2), "purged") in registry.receipts, seconds=2)
    reader.close()
    assert becomes_true(lambda: (event_id(2), "purged") in registry.receipts)
    assert "欧阳测试".encode() not in program.bytes_on_disk()


def test_a_receipt_that_was_refused_is_sent_again(registry: Registry, start: Starter) -> None:
    registry.receipt_status = 503
    program = start()
    program.push(pushed(1))
    assert becomes_true(lambda: "not taken (503)" in program.log())
    assert program.events()[0].receipt_accepted_at is None
    registry.receipt_status = 200
    assert becomes_true(lambda: (event_id(1), "applied") in registry.receipts)


def test_receipts_are_delivered_after_a_kill_in_between(registry: Registry, start: Starter) -> None:
    registry.receipt_status = 500
    program = start()
    for body in bodies(1, 5):
        assert program.push(body) == 204
    assert program.push(pushed(6, "listing.withdrawn", number="L-2026-000001", version=2)) == 204
    program.kill()
    registry.receipt_status = 201
    program.start()
    expected = {(event_id(position), "applied") for position in range(1, 6)} | {(event_id(6), "purged")}
    assert becomes_true(lambda: set(registry.receipts) == expected)


@pytest.mark.slow
def test_kills_during_two_hundred_events_lose_nothing_when_the_sender_repeats(
    registry: Registry, start: Starter
) -> None:
    program = start(flags=("--gap-seconds", "60"))
    told = bodies(1, 200)
    acknowledged: set[int] = set()

    def send(body: Json) -> None:
        raw, position = encoded(body), body["data"]["event"]["position"]
        with suppress(OSError, HTTPException):
            if program.post(raw, signed(event_id(position), raw)) == 204:
                acknowledged.add(position)

    for until in (60, 130, 200):
        with ThreadPoolExecutor(8) as senders:
            missing = [body for body in told if body["data"]["event"]["position"] not in acknowledged]
            for body in missing:
                senders.submit(send, body)
            becomes_true(lambda until=until: len(acknowledged) >= until)  # type: ignore[misc]  # bound per turn
            if until < 200:
                program.kill()
        if until < 200:
            assert acknowledged <= set(positions_after_restart(program))
    assert len(acknowledged) == 200
    assert positions(program) == list(range(1, 201))
    assert len(program.numbers()) == 200
    assert becomes_true(lambda: len(registry.receipts) == 200)


def positions_after_restart(program: Program) -> list[int]:
    program.start()
    return positions(program)


def _reader_inside_a_query(path: Path) -> sqlite3.Connection:
    opened = open_readonly(path)
    opened.execute("BEGIN")
    opened.execute("SELECT * FROM listings").fetchone()
    return opened
