"""Checking the public log: what is said of a proof file, word by word, on lines and as JSON."""

from __future__ import annotations

import json

import pytest

from tests.log_checking import (
    BROKEN,
    ENTRIES,
    KEYS,
    ONE,
    TWO,
    WITNESSED,
    body,
    run,
    signed,
    text,
    verdict,
    written,
)

WHEN = "2026-11-18 11:06:40 UTC"


@pytest.fixture
def proof(log, tmp_path):
    lines = [
        "c2sp.org/tlog-proof@v1",
        f"extra {text(ENTRIES[BROKEN - 1])}",
        f"index {BROKEN - 1}",
        *map(text, log.proof(BROKEN)),
    ]
    return written(tmp_path / "event.tlog-proof", "\n".join(lines) + f"\n\n{log.note()}")


def test_of_a_proof_file_that_holds_every_line_and_every_fact(proof, log, tmp_path):
    told = written(tmp_path / "event.json", json.dumps(body(BROKEN)))
    arguments = ("--proof", proof, *KEYS, *WITNESSED, "--event", told)
    assert run(*arguments).lines == [
        signed(log),
        f"it is in the log at position {BROKEN}",
        f"witness {ONE}: cosigned {WHEN}",
        f"witness {TWO}: cosigned {WHEN}",
        "witnesses: 2 of 2",
        "ALL GOOD",
    ]
    said = json.loads(run(*arguments, "--json").lines[0])
    assert said["position"] == BROKEN
    assert "event" not in said


def test_of_a_proof_file_without_an_event_what_is_looked_for(proof):
    alone = "no event was given: only the commitment that the proof itself names is looked for"
    assert run("--proof", proof, *KEYS).lines[1:3] == [alone, f"it is in the log at position {BROKEN}"]
    assert json.loads(run("--proof", proof, *KEYS, "--json").lines[0])["event"] is False
    without = proof.read_text(encoding="utf-8").replace(f"extra {text(ENTRIES[BROKEN - 1])}\n", "")
    written(proof, without)
    said = "the extra line of the proof, in the place of an event: not base64, or not of 32 bytes"
    assert verdict("--proof", proof, *KEYS) == f"COULD NOT BE CHECKED: {said}"


def test_of_a_proof_file_that_is_none_what_is_wrong(proof, tmp_path):
    whole = proof.read_text(encoding="utf-8")
    for changed in (b"\xff", b"", whole.replace("index 5", "index 05").encode()):
        written(proof, changed)
        said = f"COULD NOT BE CHECKED: {proof} is no proof of the form c2sp.org/tlog-proof@v1"
        assert verdict("--proof", proof, *KEYS) == said
    first = whole.split("\n")[3]
    written(proof, whole.replace(first, text(b"x" * 31)))
    said = "COULD NOT BE CHECKED: a hash of the proof: not base64, or not of 32 bytes"
    assert verdict("--proof", proof, *KEYS) == said
    written(proof, whole.partition("\n\n")[0] + "\n\nnothing")
    said = "the checkpoint of the proof is no signed note of origin, size and root"
    assert verdict("--proof", proof, *KEYS) == f"COULD NOT BE CHECKED: {said}"
    proof.unlink()
    assert verdict("--proof", proof, *KEYS) == f"COULD NOT BE CHECKED: {proof}: No such file or directory"


def test_of_a_proof_file_only_as_much_is_read_as_a_note_may_be_long(proof):
    """Whole it would hold: only lines of strangers follow."""
    written(proof, proof.read_bytes() + "\N{EM DASH} x AAAA\n".encode() * 100_000)
    assert verdict("--proof", proof, *KEYS).endswith("no signed note of origin, size and root")


def test_of_another_event_whose_position_it_is(proof, tmp_path):
    told = written(tmp_path / "event.json", json.dumps(body(BROKEN + 1)))
    said = f"the event is of position {BROKEN + 1}, and the proof of {BROKEN}"
    assert verdict("--proof", proof, *KEYS, "--event", told) == f"NOT AS IT SHOULD BE: {said}"
    for item in ({"position": BROKEN}, {"type": "registry.heartbeat", "data": {}}):
        written(told, json.dumps(item))
        said = f"COULD NOT BE CHECKED: {told}: no event with its salt"
        assert verdict("--proof", proof, *KEYS, "--event", told) == said
    written(told, json.dumps({"events": []}))
    assert verdict("--proof", proof, *KEYS, "--event", told).endswith("no event with its salt")
