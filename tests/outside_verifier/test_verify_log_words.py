"""Checking the public log: what the program says, word by word, on lines and as JSON. People read the one, programs the other."""

from __future__ import annotations

import json
import os
import stat

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.tree.notes import COSIGNATURE, Note, Signer
from tests.log_checking import (
    BROKEN,
    ENTRIES,
    GOOD,
    KEYS,
    NAME,
    NOT_AS_IT_SHOULD_BE,
    NOT_CHECKED,
    ONE,
    SIZE,
    TWO,
    WITNESSED,
    body,
    own,
    rewritten,
    run,
    signed,
    verdict,
    verify_log,
    written,
)
from tests.log_server import COURT, WITNESSED_AT, WITNESSES, Served

WHEN = "2026-11-18 11:06:40 UTC"
KEY = verify_log.Key.parse(COURT.key.vkey, 1)
WITNESS = verify_log.Key.parse(WITNESSES[0].key.vkey, 4)


# A log that is as it should be


def test_of_an_honest_log_every_line_and_every_fact(server, log, state, tmp_path):
    arguments = (server.prefix, *KEYS, *WITNESSED, "--own", own(tmp_path, body(1), body(SIZE)))
    lines = [
        signed(log),
        f"the root over all {SIZE} entries is that of the checkpoint",
        "your own events: 2 as in the log",
        f"witness {ONE}: cosigned {WHEN}",
        f"witness {TWO}: cosigned {WHEN}",
        "witnesses: 2 of 2",
        "ALL GOOD",
    ]
    assert run(*arguments).lines == lines
    assert json.loads(run(*arguments, "--json").lines[0]) == {
        "status": 0,
        "verdict": "ALL GOOD",
        "faults": [],
        "origin": NAME,
        "size": SIZE,
        "root": log.note().text.split("\n")[2],
        "root_fits": True,
        "own": {"as in the log": 2},
        "witnesses": {ONE: WITNESSED_AT, TWO: WITNESSED_AT},
        "missing": [],
    }


def test_of_a_log_that_grew_what_it_extends(server, state):
    server.log = Served(ENTRIES[:-1])
    run(server.prefix, *KEYS, "--state", state)
    server.log = Served(ENTRIES)
    quick = [
        signed(server.log),
        "the last tiles lead to its root (quick: the entries were not read)",
        f"it extends the checkpoint of {SIZE - 1} entries that was kept",
        "witnesses: 0 of 0",
        "ALL GOOD",
    ]
    before = state.read_bytes()
    assert run(server.prefix, *KEYS, "--state", state, "--quick").lines == quick
    state.write_bytes(before)
    told = json.loads(run(server.prefix, *KEYS, "--state", state, "--json").lines[0])
    assert (told["extends"], told["witnesses"], told["missing"], "own" in told) == (SIZE - 1, {}, [], False)


def test_of_own_events_that_are_none(server, tmp_path):
    assert "your own events: none" in run(server.prefix, *KEYS, "--own", written(tmp_path / "none", "\n")).lines


def test_of_own_events_that_are_not_there_yet_how_many(server, tmp_path):
    later = own(tmp_path, body(1), body(SIZE + 1), body(SIZE + 2))
    said = "your own events: 1 as in the log, 2 not yet in the checkpoint"
    assert said in run(server.prefix, *KEYS, "--own", later).lines


def test_how_far_it_is_is_said_where_it_is_asked_for(server, capsys):
    run(server.prefix, *KEYS)
    assert capsys.readouterr().err == ""
    run(server.prefix, *KEYS, "--progress")
    assert capsys.readouterr().err == f"0 of {SIZE} entries\n"


# Witnesses


def test_of_witnesses_who_is_missing_and_who_cosigned_too_long_ago(server, log, monkeypatch):
    honest = log.note()
    late = WITNESSES[1].cosign(honest.text, WITNESSED_AT + 7200)
    log.serve(Note(honest.text, (*honest.signatures[:2], late)))
    monkeypatch.setattr(verify_log.time, "time", lambda: WITNESSED_AT + 7200)
    arguments = (server.prefix, *KEYS, *WITNESSED, "--max-age", 1)
    said = run(*arguments)
    assert said.lines[2:] == [
        f"witness {ONE}: cosigned {WHEN}, which is too long ago",
        f"witness {TWO}: cosigned 2026-11-18 13:06:40 UTC",
        "witnesses: 1 of 2",
        f"COULD NOT BE CHECKED: the checkpoint is not yet witnessed enough; missing: {ONE}",
    ]
    told = json.loads(run(*arguments, "--json").lines[0])
    assert told["witnesses"] == {ONE: WITNESSED_AT, TWO: WITNESSED_AT + 7200}
    assert (told["missing"], told["status"]) == ([ONE], NOT_CHECKED)
    assert run(*arguments, "--quorum", 1).status == GOOD
    log.serve(Note(honest.text, honest.signatures[:1]))
    said = run(*arguments)
    assert f"missing: {ONE}, {TWO}" in said.verdict
    assert f"witness {ONE}: cosigned never: missing" in said.lines
    assert run(*arguments, "--quorum", 0).status == GOOD


def test_an_hour_ago_is_not_too_long_ago_to_the_second(server, monkeypatch):
    for later, status in ((3600, GOOD), (3601, NOT_CHECKED)):
        monkeypatch.setattr(verify_log.time, "time", lambda later=later: WITNESSED_AT + later)
        assert run(server.prefix, *KEYS, *WITNESSED, "--max-age", 1).status == status


def test_of_two_cosignatures_of_one_witness_the_later_counts(log):
    honest = log.note()
    for times in ((WITNESSED_AT, WITNESSED_AT + 9), (WITNESSED_AT + 9, WITNESSED_AT)):
        note = Note(honest.text, (honest.signatures[0], *(WITNESSES[0].cosign(honest.text, at) for at in times)))
        assert verify_log.Checkpoint.open(str(note).encode(), KEY, "it").cosigned_at(WITNESS) == WITNESSED_AT + 9


def test_of_a_forged_cosignature_whose_it_is(server, log):
    honest = log.note()
    forger = Signer(ONE, Ed25519PrivateKey.generate(), COSIGNATURE)
    forged = forger.cosign(honest.text, WITNESSED_AT)
    forged = forged._replace(key_id=WITNESSES[0].key.key_id)
    log.serve(Note(honest.text, (honest.signatures[0], forged)))
    said = f"the cosignature of {ONE} is stale or forged: it is not of this checkpoint"
    assert verdict(server.prefix, *KEYS, *WITNESSED) == f"NOT AS IT SHOULD BE: {said}"


# A log that is not


def test_of_a_split_view_both_notes_and_where_they_lie(server, state):
    run(server.prefix, *KEYS, "--state", state)
    old = state.read_bytes().decode()
    server.log = Served(rewritten())
    new = server.log.files["checkpoint"].decode()
    why = f"two roots over the same {SIZE} entries"
    said = run(server.prefix, *KEYS, "--state", state)
    first = state.with_name("checkpoint.split-1")
    both = f"--- kept ---\n{old}\n--- served now ---\n{new}"
    assert first.read_text(encoding="utf-8") == both
    assert str(said) == "\n".join(
        [
            signed(server.log),
            f"{both}both signed notes are in {first}",
            f"SPLIT VIEW: {why}",
            f"NOT AS IT SHOULD BE: SPLIT VIEW: {why}",
        ]
    )
    told = json.loads(run(server.prefix, *KEYS, "--state", state, "--json").lines[0])
    assert told == {
        "status": 2,
        "verdict": f"NOT AS IT SHOULD BE: SPLIT VIEW: {why}",
        "faults": [f"SPLIT VIEW: {why}"],
        "origin": NAME,
        "size": SIZE,
        "root": server.log.note().text.split("\n")[2],
        "split": str(state.with_name("checkpoint.split-2")),
        "kept": old,
        "served": new,
    }


def test_of_a_rewritten_log_that_grew_what_it_does_not_extend(server, state):
    server.log = Served(ENTRIES[:-1])
    run(server.prefix, *KEYS, "--state", state)
    server.log = Served(rewritten())
    why = f"the first {SIZE - 1} positions are not what they were when they were signed before"
    assert verdict(server.prefix, *KEYS, "--state", state) == f"NOT AS IT SHOULD BE: SPLIT VIEW: {why}"


def test_of_tiles_that_differ_the_first_and_how_many(server, log):
    log.change_tile(0, BROKEN)
    log.change_tile(0, 3)
    said = run(server.prefix, *KEYS)
    first = "first broken place: position 3: tile 0/000 and the entries differ (2 such tiles)"
    assert said.lines[1:] == [
        f"the root over all {SIZE} entries is that of the checkpoint",
        first,
        "witnesses: 0 of 0",
        f"NOT AS IT SHOULD BE: {first}",
    ]
    assert json.loads(run(server.prefix, *KEYS, "--json").lines[0])["root_fits"] is True


def test_of_a_tile_above_which_positions_lie_below_it(server, log):
    log.change_tile(1, BROKEN)
    first = "first broken place: positions 513 to 768: tile 1/000 and what is below it differ (1 such tiles)"
    assert verdict(server.prefix, *KEYS) == f"NOT AS IT SHOULD BE: {first}"


def test_of_another_history_that_entries_and_tiles_agree(server, log):
    log.files = {**Served(rewritten()).files, "checkpoint": log.files["checkpoint"]}
    said = f"the root over all {SIZE} entries is not that of the checkpoint"
    assert run(server.prefix, *KEYS).lines[1:] == [
        said,
        f"entries and tiles agree with each other, but {said}",
        "witnesses: 0 of 0",
        f"NOT AS IT SHOULD BE: entries and tiles agree with each other, but {said}",
    ]
    quick = "the last tiles of the log do not lead to the root of its checkpoint"
    assert verdict(server.prefix, *KEYS, "--quick") == f"NOT AS IT SHOULD BE: {quick}"


def test_of_a_tile_that_is_proven_wrong_its_name_and_positions(server, log, tmp_path):
    log.change_tile(0, BROKEN)
    said = verdict(server.prefix, *KEYS, "--quick", "--own", own(tmp_path, body(BROKEN)))
    assert said == "NOT AS IT SHOULD BE: positions 513 to 768: tile 0/002 is not of this checkpoint"


def test_of_many_faults_a_hundred_are_named_and_all_are_counted(server, tmp_path):
    wrong = own(tmp_path, *(body(position, note="told otherwise") for position in range(1, 106)))
    said = run(server.prefix, *KEYS, "--own", wrong)
    named = [line for line in said.lines if line.startswith("position ")]
    assert named[0] == "position 1 evt_00000000000000000000000001: the log holds something else than you were told"
    assert len(named) == 100
    assert said.verdict == f"NOT AS IT SHOULD BE: {named[0]} (and 104 more)"
    told = json.loads(run(server.prefix, *KEYS, "--own", wrong, "--json").lines[0])
    assert len(told["faults"]) == 105
    two = own(tmp_path, *(body(position, note="told otherwise") for position in (1, 2)))
    assert verdict(server.prefix, *KEYS, "--own", two).endswith("told (and 1 more)")


def test_of_a_checkpoint_not_signed_by_the_court_why(server, log):
    honest = log.note()
    log.serve(Note(honest.text, honest.signatures[1:]))
    said = f"the checkpoint has no signature of {NAME} by this key: another log's, or the key is not its own"
    assert verdict(server.prefix, *KEYS) == f"NOT AS IT SHOULD BE: {said}"
    log.serve(Note(honest.text.replace(f"\n{SIZE}\n", "\n7\n"), honest.signatures))
    said = f"the checkpoint: the signature of {NAME} does not hold"
    assert verdict(server.prefix, *KEYS) == f"NOT AS IT SHOULD BE: {said}"


def test_of_two_signatures_of_the_court_both_must_hold(server, log):
    honest = log.note()
    broken = honest.signatures[0]._replace(value=bytes(64))
    for both in ((honest.signatures[0], broken), (broken, honest.signatures[0])):
        log.serve(Note(honest.text, both))
        assert run(server.prefix, *KEYS).status == NOT_AS_IT_SHOULD_BE


# What is kept


def test_of_what_was_kept_and_is_none_what_to_do(server, log, state):
    written(state, "damaged")
    why = "the checkpoint kept is no signed note of origin, size and root"
    then = "if the court announced a new log, begin a new file"
    assert verdict(server.prefix, *KEYS, "--state", state) == f"COULD NOT BE CHECKED: {state}: {why}; {then}"


def test_what_is_kept_is_there_after_a_power_cut(server, log, state, monkeypatch):
    """The file before it gets its name, the folder after it."""
    synced: list[tuple[str, bool]] = []
    fsync = os.fsync

    def noted(number: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(number).st_mode) else "file"
        whole = kind == "folder" or os.fstat(number).st_size == len(log.files["checkpoint"])
        synced.append((kind, whole and state.exists() is (kind == "folder")))
        fsync(number)

    monkeypatch.setattr(verify_log.os, "fsync", noted)
    assert run(server.prefix, *KEYS, "--state", state).status == GOOD
    assert synced == [("file", True), ("folder", True)]
    assert set(state.parent.iterdir()) == {state}


def test_where_nothing_can_be_kept_that_is_said(server, tmp_path):
    nowhere = tmp_path / "none" / "checkpoint"
    said = f"COULD NOT BE CHECKED: {nowhere}: No such file or directory"
    assert verdict(server.prefix, *KEYS, "--state", nowhere) == said
