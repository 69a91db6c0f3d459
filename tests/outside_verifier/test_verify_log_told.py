"""Checking the public log: how what one was told is read, from lines, documents and stores, and what is wrong with it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from tests.log_checking import (
    ENTRIES,
    GOOD,
    KEYS,
    body,
    commitment,
    event,
    own,
    run,
    salt,
    text,
    verdict,
    verify_log,
    written,
)


@pytest.mark.parametrize(
    "line",
    [
        {"position": 0, "commitment": text(ENTRIES[0])},
        {"position": -1, "commitment": text(ENTRIES[0])},
        {"position": 2**40 + 1, "commitment": text(ENTRIES[0])},
        {"position": 0},
    ],
)
def test_of_a_position_that_is_none_where_it_stands(server, tmp_path, line):
    path = own(tmp_path, body(1), line)
    assert verdict(server.prefix, *KEYS, "--own", path) == (
        f"COULD NOT BE CHECKED: {path}, line 2: no position, or no commitment"
    )


def test_the_last_position_that_can_be_is_one(server, tmp_path):
    path = own(tmp_path, {"position": 2**40, "commitment": text(ENTRIES[0])})
    assert "your own events: 1 not yet in the checkpoint" in run(server.prefix, *KEYS, "--own", path).lines


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"position": 1, "commitment": text(b"x" * 31)}, "not base64, or not of 32 bytes"),
        ({"data": {"event": event(1), "salt": text(b"x" * 31)}}, "not base64, or not of 32 bytes"),
        ({"position": 1, "commitment": 7}, "neither an event with its salt nor a position with its commitment"),
        ({"position": "1"}, "neither an event with its salt nor a position with its commitment"),
    ],
)
def test_of_what_is_no_event_what_is_wrong_with_it(server, tmp_path, line, said):
    path = own(tmp_path, body(1), line)
    assert verdict(server.prefix, *KEYS, "--own", path) == f"COULD NOT BE CHECKED: {path}, line 2: {said}"


def test_of_one_document_the_file_alone_is_named(server, tmp_path):
    path = written(tmp_path / "one.json", json.dumps({"position": 0}))
    said = f"COULD NOT BE CHECKED: {path}: no position, or no commitment"
    assert verdict(server.prefix, *KEYS, "--own", path) == said
    written(path, "{")
    assert verdict(server.prefix, *KEYS, "--own", path) == f"COULD NOT BE CHECKED: {path}, line 1: not JSON"
    path.unlink()
    gone = f"COULD NOT BE CHECKED: {path}: No such file or directory"
    assert verdict(server.prefix, *KEYS, "--own", path) == gone


def test_what_was_told_is_read_whole():
    told = verify_log.Told.read(body(7), "it")
    assert told == (7, 1, "evt_00000000000000000000000007", commitment(event(7)))
    without = {name: value for name, value in event(7).items() if name not in ("epoch", "id")}
    assert verify_log.Told.read({"event": without, "salt": text(salt(7))}, "it")[:3] == (7, 0, "")
    assert verify_log.Told.read({"position": 7}, "it") == (7, 0, "", None)


def test_letters_outside_ascii_are_signed_as_they_are():
    said = event(7, note="高䶮")
    assert verify_log.Told.read({"event": said, "salt": text(salt(7))}, "it").commitment == commitment(said)


def store(path: Path, *rows: tuple[object, ...], table: str = "commitments") -> Path:
    with contextlib.closing(sqlite3.connect(path)) as opened, opened:
        opened.execute(f"CREATE TABLE {table} (position, epoch, commitment)")
        opened.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)
    return path


def test_two_events_of_one_position_are_named_unless_a_later_epoch_replaced_one(server, tmp_path):
    for one, other in ((1, 1), (0, 1), (1, 0)):
        told = own(tmp_path, body(1, epoch=one), body(1, id="evt_other", epoch=other))
        said = "position 1: you were told two events, evt_00000000000000000000000001 and evt_other"
        assert verdict(server.prefix, *KEYS, "--own", told) == f"NOT AS IT SHOULD BE: {said}"


@pytest.mark.parametrize("later_first", [True, False])
def test_whichever_comes_first_the_later_epoch_counts(server, tmp_path, later_first):
    rows = [(1, 1, b"x" * 32), (1, 2, ENTRIES[0]), (2, 1, b"y" * 32), (2, 2, ENTRIES[1])]
    path = store(tmp_path / "store", *(rows[::-1] if later_first else rows))
    said = run(server.prefix, *KEYS, "--own", path)
    assert "your own events: 2 as in the log, 2 replaced in a later epoch" in said.lines
    assert said.status == GOOD


def test_a_store_of_which_rows_are_none_is_named(server, tmp_path):
    for number, row in enumerate([(0, 1, ENTRIES[0]), (1, 1, b"x" * 31)]):
        path = store(tmp_path / f"store{number}", row)
        said = f"COULD NOT BE CHECKED: {path}: no position, or no commitment"
        assert verdict(server.prefix, *KEYS, "--own", path) == said
    path = store(tmp_path / "typed", ("one", 1, ENTRIES[0]))
    assert verdict(server.prefix, *KEYS, "--own", path).startswith(f"COULD NOT BE CHECKED: {path}: 'str' object")
    path = store(tmp_path / "other", table="other")
    assert verdict(server.prefix, *KEYS, "--own", path) == f"COULD NOT BE CHECKED: {path}: no such table: commitments"


def test_of_what_a_store_holds_the_log_names_the_position(server, tmp_path):
    path = store(tmp_path / "store", (1, 1, b"x" * 32))
    said = "position 1 : the log holds something else than you were told"
    assert verdict(server.prefix, *KEYS, "--own", path) == f"NOT AS IT SHOULD BE: {said}"


def test_a_store_is_read_and_never_written(server, tmp_path):
    path = store(tmp_path / "a store?", (1, 1, ENTRIES[0]))
    before, there = path.read_bytes(), set(tmp_path.iterdir())
    assert "your own events: 1 as in the log" in run(server.prefix, *KEYS, "--own", path).lines
    assert (path.read_bytes(), set(tmp_path.iterdir())) == (before, there)


def test_of_what_was_told_twice_the_id_is_named_where_it_is_known(server, tmp_path):
    told = {"position": 1, "commitment": text(b"x" * 32)}
    for lines in ([told, {**told, "epoch": 0, "id": "evt_1"}], [{**told, "id": "evt_1"}, told]):
        said = verdict(server.prefix, *KEYS, "--own", own(tmp_path, *lines))
        assert said == "NOT AS IT SHOULD BE: position 1 evt_1: the log holds something else than you were told"
