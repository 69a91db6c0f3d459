"""Checking the public log against what a department was told, and proof files without a net."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log_checking import (
    BROKEN,
    ENTRIES,
    GOOD,
    KEYS,
    NOT_AS_IT_SHOULD_BE,
    NOT_CHECKED,
    PROGRAM,
    SIZE,
    WITNESSED,
    body,
    own,
    run,
    text,
    verify_log,
)
from tests.log_server import Served


@pytest.mark.parametrize("quick", [[], ["--quick"]])
def test_an_event_that_the_log_does_not_hold_is_named(server, tmp_path, quick):
    told = own(tmp_path, body(7), body(BROKEN, note="told to you alone"), body(SIZE + 5))
    said = run(server.prefix, *KEYS, "--own", told, *quick)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert f"position {BROKEN} evt_{BROKEN:026d}: the log holds something else than you were told" in said.verdict
    assert "your own events: 1 as in the log, 1 not yet in the checkpoint" in said.lines


def test_a_whole_answer_of_the_pull_is_read_and_so_is_one_body_a_line(server, tmp_path):
    bodies = [body(1), body(BROKEN)]
    for lines in ([{"events": bodies, "next": 3}], bodies, [{"events": bodies[:1]}, {"events": bodies[1:]}]):
        said = run(server.prefix, *KEYS, "--own", own(tmp_path, *lines))
        assert "your own events: 2 as in the log" in said.lines
    pretty = tmp_path / "pretty.json"
    pretty.write_text(json.dumps({"events": bodies}, indent=2), encoding="utf-8")
    assert "your own events: 2 as in the log" in run(server.prefix, *KEYS, "--own", pretty).lines


def test_stubs_and_commitments_are_compared_and_what_was_redacted_is_counted(server, tmp_path):
    stub = {"id": "evt_7", "epoch": 1, "position": 7, "stub": True, "commitment": text(ENTRIES[6])}
    left_out = {"redacted": ["listing.person.documents"]}
    redacted, without_salt = body(9, less="told"), body(10, less="told")
    redacted["data"] |= left_out
    without_salt["data"] |= {"salt": None, **left_out}
    lines = [
        {"data": {"event": stub, "salt": None}},
        {"position": 8, "commitment": text(ENTRIES[7])},
        redacted,
        without_salt,
        {"type": "registry.heartbeat", "data": {"last_position": 9}},
        {"data": {**body(3, id="of a trial")["data"], "trial": "run_1"}},
    ]
    said = run(server.prefix, *KEYS, "--own", own(tmp_path, *lines))
    assert said.status == GOOD
    counted = "2 as in the log, 2 of a trial, or no event, 2 redacted, cannot be checked"
    assert f"your own events: {counted}" in said.lines
    lines[1]["commitment"] = text(ENTRIES[8])
    assert run(server.prefix, *KEYS, "--own", own(tmp_path, *lines)).status == NOT_AS_IT_SHOULD_BE


def stored(path: Path, rows: list[tuple[int, int, bytes]]) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as store, store:
        store.execute("CREATE TABLE commitments (position INTEGER, epoch INTEGER, commitment BLOB)")
        store.executemany("INSERT INTO commitments VALUES (?, ?, ?)", rows)
    return path


def test_the_store_of_the_reference_receiver_is_read(server, tmp_path):
    right = stored(tmp_path / "right.sqlite", [(1, 1, ENTRIES[0]), (SIZE, 1, ENTRIES[-1])])
    assert "your own events: 2 as in the log" in run(server.prefix, *KEYS, "--own", right).lines
    wrong = stored(tmp_path / "wrong.sqlite", [(1, 1, ENTRIES[1])])
    assert run(server.prefix, *KEYS, "--own", wrong).status == NOT_AS_IT_SHOULD_BE
    empty = tmp_path / "empty.sqlite"
    with contextlib.closing(sqlite3.connect(empty)) as store:
        store.execute("CREATE TABLE other (id INTEGER)")
    assert run(server.prefix, *KEYS, "--own", empty).status == NOT_CHECKED


def test_after_a_restore_the_later_epoch_counts_and_that_is_said(server, tmp_path):
    rows = [(1, 1, b"x" * 32), (1, 2, ENTRIES[0])]
    said = run(server.prefix, *KEYS, "--own", stored(tmp_path / "restored.sqlite", rows))
    assert said.status == GOOD
    assert "1 replaced in a later epoch" in str(said)


def test_one_event_told_many_times_and_in_many_ways_is_one(server, tmp_path):
    lines = [{"position": 1, "commitment": text(ENTRIES[0])}, body(1), body(1)]
    said = run(server.prefix, *KEYS, "--own", own(tmp_path, *lines), stored(tmp_path / "s", [(1, 1, ENTRIES[0])]))
    assert "your own events: 1 as in the log" in said.lines


def test_two_events_told_of_one_position_are_a_fault(server, tmp_path):
    said = run(server.prefix, *KEYS, "--own", own(tmp_path, body(1), body(1, id="evt_other")))
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert "position 1: you were told two events" in said.verdict


@pytest.mark.parametrize(
    "line",
    [
        "{", "[]", "7", '{"position": 0, "commitment": ""}', '{"position": 1.5}', '{"position": 1e999}', '{"position": "1"}',
        '{"position": 1, "commitment": "AAAA"}', '{"data": {"event": {"position": 1}, "salt": "??"}}', "[" * 100_000,
        '{"data": {"event": {"position": 1, "id": "\\ud800"}, "salt": "' + text(b"s" * 32) + '"}}',
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_named_by_its_line(server, tmp_path, line):
    path = tmp_path / "own.ndjson"
    path.write_text(f"{json.dumps(body(1))}\n{line}\n", encoding="utf-8")
    said = run(server.prefix, *KEYS, "--own", path)
    assert said.status == NOT_CHECKED
    assert f"{path}, line 2" in said.verdict


def test_commitments_are_those_of_the_test_vectors():
    vectors = json.loads((PROGRAM.parent.parent / "vectors.json").read_text(encoding="utf-8"))["commitments"]
    assert vectors
    for each in vectors:
        told = verify_log.Told.read({"event": json.loads(each["event"]), "salt": each["salt"]}, "vector")
        assert told.commitment.hex() == each["commitment"] or text(told.commitment) == each["commitment"]


@pytest.fixture
def proof(log, tmp_path):
    return write_proof(tmp_path, log, BROKEN)


def write_proof(folder: Path, log: Served, position: int, extra: bytes = b"") -> Path:
    lines = ["c2sp.org/tlog-proof@v1", *([f"extra {text(extra)}"] if extra else []), f"index {position - 1}"]
    lines += [text(each) for each in log.proof(position)]
    path = folder / "event.tlog-proof"
    path.write_text("\n".join(lines) + f"\n\n{log.note()}", encoding="utf-8")
    return path


def event_file(folder: Path, item: object) -> Path:
    path = folder / "event.json"
    path.write_text(json.dumps(item), encoding="utf-8")
    return path


@settings(deadline=None)
@given(st.integers(1, 600), st.data())
def test_every_position_has_a_proof_file_that_holds(tmp_path_factory, size, data):
    position = data.draw(st.integers(1, size))
    folder = tmp_path_factory.mktemp("proofs")
    path = write_proof(folder, Served(ENTRIES[:size]), position)
    said = run("--proof", path, *KEYS, *WITNESSED, "--event", event_file(folder, body(position)))
    assert said.status == GOOD
    assert f"it is in the log at position {position}" in said.lines


def test_a_proof_file_of_another_event_is_refused(proof, tmp_path):
    said = run("--proof", proof, *KEYS, "--event", event_file(tmp_path, body(BROKEN, note="other")))
    assert (said.status, said.verdict) == (2, f"NOT AS IT SHOULD BE: it is not in the log at position {BROKEN}")
    said = run("--proof", proof, *KEYS, "--event", event_file(tmp_path, body(BROKEN + 1)))
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert f"the event is of position {BROKEN + 1}" in said.verdict


@pytest.mark.parametrize("line", range(1, 11))
def test_a_proof_file_in_which_a_line_is_missing_is_refused(proof, tmp_path, line):
    lines = proof.read_text(encoding="utf-8").split("\n")
    proof.write_text("\n".join(lines[:line] + lines[line + 1 :]), encoding="utf-8")
    assert run("--proof", proof, *KEYS, "--event", event_file(tmp_path, body(BROKEN))).status != GOOD


def test_a_proof_file_for_an_index_beyond_the_checkpoint_is_refused(tmp_path):
    only = write_proof(tmp_path, Served(ENTRIES[:1]), 1, ENTRIES[0])
    only.write_text(only.read_text(encoding="utf-8").replace("index 0", "index 1"), encoding="utf-8")
    assert run("--proof", only, *KEYS).status == NOT_AS_IT_SHOULD_BE


def test_a_proof_file_for_another_index_is_refused(proof, tmp_path):
    changed = proof.read_text(encoding="utf-8").replace(f"index {BROKEN - 1}", f"index {SIZE}")
    proof.write_text(changed, encoding="utf-8")
    said = run("--proof", proof, *KEYS, "--event", event_file(tmp_path, body(SIZE + 1)))
    assert said.status == NOT_AS_IT_SHOULD_BE


def test_the_proof_of_one_place_is_none_of_another(tmp_path):
    """In a tree of three, the way from the third leaf is that from the second, cut short."""
    log = Served(ENTRIES[:3])
    proof = write_proof(tmp_path, log, 3, ENTRIES[2])
    assert run("--proof", proof, *KEYS).status == GOOD
    proof.write_text(proof.read_text(encoding="utf-8").replace("index 2", "index 1"), encoding="utf-8")
    assert run("--proof", proof, *KEYS).status == NOT_AS_IT_SHOULD_BE


def test_without_an_event_the_extra_commitment_is_looked_for_and_that_is_said(log, tmp_path):
    said = run("--proof", write_proof(tmp_path, log, BROKEN, ENTRIES[BROKEN - 1]), *KEYS)
    assert said.status == GOOD
    assert "no event was given" in str(said)
    assert run("--proof", write_proof(tmp_path, log, BROKEN, b"x" * 32), *KEYS).status == NOT_AS_IT_SHOULD_BE
    assert run("--proof", write_proof(tmp_path, log, BROKEN), *KEYS).status == NOT_CHECKED


def test_the_extra_line_is_not_believed_where_there_is_an_event(log, tmp_path):
    proof = write_proof(tmp_path, log, BROKEN, ENTRIES[BROKEN - 1])
    said = run("--proof", proof, *KEYS, "--event", event_file(tmp_path, body(BROKEN, note="other")))
    assert said.status == NOT_AS_IT_SHOULD_BE
