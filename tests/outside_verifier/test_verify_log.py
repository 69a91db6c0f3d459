"""The program with which anybody checks the public log: it finds and names every fault, and passes what is honest.

It shares nothing with the tree that it is tested against: it was written from the specifications.
"""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.tree.hashing import Frontier, leaf
from registry.tree.notes import Note, Signer
from registry.tree.tiles import Tile
from tests.log_checking import (
    BROKEN,
    ENTRIES,
    GOOD,
    KEYS,
    NOT_AS_IT_SHOULD_BE,
    NOT_CHECKED,
    SIZE,
    WITNESSED,
    body,
    own,
    rewritten,
    run,
    text,
    verify_log,
)
from tests.log_server import COURT, Served, serving


def test_an_honest_log_is_all_good(server, state, tmp_path):
    said = run(server.prefix, *KEYS, *WITNESSED, "--state", state, "--own", own(tmp_path, body(1), body(SIZE)))
    assert (said.status, said.verdict) == (GOOD, "ALL GOOD")
    assert f"the root over all {SIZE} entries is that of the checkpoint" in said.lines
    assert "witnesses: 2 of 2" in said.lines
    assert "your own events: 2 as in the log" in said.lines
    assert state.read_bytes() == server.log.files["checkpoint"]


@pytest.mark.parametrize("quick", [[], ["--quick"]])
@pytest.mark.parametrize("sizes", [(1, 2), (256, 257), (5, 700), (SIZE - 1, SIZE), (255, 256), (0, 300), (512, 66_000)])
def test_a_log_that_grows_extends_what_was_kept(state, sizes, quick):
    grown = [hashlib.sha256(b"%d" % number).digest() for number in range(sizes[1])]
    with serving(Served(grown[: sizes[0]])) as server:
        assert run(server.prefix, *KEYS, "--state", state, *quick).status == GOOD
        server.log = Served(grown)
        said = run(server.prefix, *KEYS, "--state", state, *quick)
        assert said.status == GOOD
        assert f"it extends the checkpoint of {sizes[0]} entries that was kept" in said.lines
        assert state.read_bytes() == server.log.files["checkpoint"]
        assert run(server.prefix, *KEYS, "--state", state, *quick).status == GOOD


@settings(deadline=None)
@given(st.integers(0, 2000), st.integers(0, 2000))
@example(256, 512)
@example(2000, 1793)
def test_roots_are_those_of_the_tree_at_every_size(one, other):
    size, old = max(one, other), min(one, other)
    numbered = [number.to_bytes(32, "big") for number in range(size)]
    served = Served(numbered)

    def rows(level, number):
        return served.levels[level][number * 256 : (number + 1) * 256]

    assert verify_log.root_at(size, rows) == Frontier().grown(numbered).root
    assert verify_log.root_at(old, rows) == Frontier().grown(numbered[:old]).root
    if size:
        hashes = [leaf(each) for each in numbered]
        assert verify_log.fold(hashes) == Frontier().grown(numbered).root


def test_quick_fetches_few_tiles_and_no_entries(state, tmp_path):
    with serving(Served([hashlib.sha256(b"%d" % number).digest() for number in range(70_000)])) as server:
        assert run(server.prefix, *KEYS, "--state", state, "--quick").status == GOOD
        assert len(server.asked) < 6
        assert not [each for each in server.asked if "entries" in each]


def dropped(commitments: list[bytes]) -> list[bytes]:
    return commitments[: BROKEN - 1] + commitments[BROKEN:]


def inserted(commitments: list[bytes]) -> list[bytes]:
    return [*commitments[: BROKEN - 1], b"x" * 32, *commitments[BROKEN - 1 :]]


def swapped(commitments: list[bytes]) -> list[bytes]:
    one, two = commitments[BROKEN - 1 : BROKEN + 1]
    return [*commitments[: BROKEN - 1], two, one, *commitments[BROKEN + 1 :]]


def shortened(commitments: list[bytes]) -> list[bytes]:
    return [*commitments[: BROKEN - 1], b"x" * 31, *commitments[BROKEN:]]


@pytest.mark.parametrize("plant", [dropped, inserted, swapped, shortened, lambda _: rewritten()])
def test_an_entry_that_is_changed_dropped_inserted_or_swapped_is_named(log, server, state, plant):
    log.serve_entries(plant(ENTRIES))
    said = run(server.prefix, *KEYS, "--state", state)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert f"first broken place: position {BROKEN}: tile 0/002 and the entries differ" in said.verdict
    assert f"the root over all {SIZE} entries is not that of the checkpoint" in said.lines
    assert not state.exists()


@pytest.mark.parametrize(
    ("plant", "position"), [(lambda all_: [*all_, b"x" * 32], SIZE + 1), (lambda all_: all_[:-1], SIZE)]
)
def test_a_bundle_at_the_end_that_is_too_long_or_too_short_is_named(log, server, plant, position):
    log.serve_entries(plant(ENTRIES))
    said = run(server.prefix, *KEYS)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert f"position {position}:" in said.verdict


@pytest.mark.parametrize(
    ("level", "position", "named"),
    [(0, BROKEN, f"position {BROKEN}"), (0, SIZE, f"position {SIZE}"), (1, BROKEN, "positions 513 to 768")],
)
def test_a_changed_tile_is_named_though_the_entries_are_right(log, server, level, position, named):
    log.change_tile(level, position)
    said = run(server.prefix, *KEYS)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert f"first broken place: {named}: tile {level}/" in said.verdict
    assert f"the root over all {SIZE} entries is that of the checkpoint" in said.lines


def test_an_entry_changed_together_with_its_tile_is_named_by_the_tile_above(log, server):
    other = Served(rewritten())
    for name in ("tile/entries/002", "tile/0/002"):
        log.files[name] = other.files[name]
    said = run(server.prefix, *KEYS)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert "positions 513 to 768" in said.verdict


@pytest.mark.parametrize("announced", [10, 32])
def test_an_entry_that_is_no_commitment_is_named_though_it_was_signed(announced):
    log = Served([*ENTRIES[:3], b"x" * 10])
    bundle = log.files["tile/entries/000.p/4"]
    log.files["tile/entries/000.p/4"] = bundle.replace(b"\x00\x0axxx", announced.to_bytes(2, "big") + b"xxx")
    with serving(log) as server:
        assert "position 4:" in run(server.prefix, *KEYS).verdict


def test_entries_and_tiles_of_another_history_are_not_the_checkpoints(log, server):
    log.files = {**Served(rewritten()).files, "checkpoint": log.files["checkpoint"]}
    for quick in ([], ["--quick"]):
        assert run(server.prefix, *KEYS, *quick).status == NOT_AS_IT_SHOULD_BE


def test_a_size_larger_than_what_is_there_is_found(log, server):
    """The root is one of 256 entries; the tile that should hold the others is empty."""
    whole = Served(ENTRIES[:256])
    log.files = {**whole.files, "tile/1/000.p/1": whole.files["tile/1/000.p/1"]}
    log.files |= {"tile/0/001.p/44": b"", "tile/entries/001.p/44": b""}
    root = Frontier().grown(ENTRIES[:256]).root
    said_text = f"{COURT.name}\n300\n{text(root)}\n"
    log.serve(Note(said_text, (COURT.sign(said_text),)))
    for quick in ([], ["--quick"]):
        said = run(server.prefix, *KEYS, *quick)
        assert said.status == NOT_AS_IT_SHOULD_BE
    assert "position 257" in run(server.prefix, *KEYS).verdict


@pytest.mark.parametrize("level", [0, 1])
def test_quick_finds_a_changed_tile_on_the_way_to_an_own_event(server, log, tmp_path, level):
    log.change_tile(level, BROKEN)
    said = run(server.prefix, *KEYS, "--quick", "--own", own(tmp_path, body(BROKEN)))
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert ("positions 513 to 768: tile 0/002" if level == 0 else "the last tiles") in said.verdict


@pytest.mark.parametrize("quick", [[], ["--quick"]])
@pytest.mark.parametrize("size", [SIZE, SIZE + 1, 5 * 256])
def test_a_rewritten_and_newly_signed_log_is_a_split_view(server, state, size, quick):
    assert run(server.prefix, *KEYS, "--state", state).status == GOOD
    before = state.read_bytes()
    server.log = Served(rewritten(size=size))
    said = run(server.prefix, *KEYS, "--state", state, *quick)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert "SPLIT VIEW" in said.verdict
    assert state.read_bytes() == before
    evidence = state.with_name("checkpoint.split-1").read_text(encoding="utf-8")
    for note in (before, server.log.files["checkpoint"]):
        assert note.decode() in evidence
        assert note.decode() in str(said)
    run(server.prefix, *KEYS, "--state", state, *quick)
    assert state.with_name("checkpoint.split-2").exists()


def test_two_roots_over_one_size_are_a_split_view_whatever_else_is_served(server, state):
    run(server.prefix, *KEYS, "--state", state)
    server.log.files = {"checkpoint": Served(rewritten()).files["checkpoint"]}
    assert "SPLIT VIEW: two roots over the same" in run(server.prefix, *KEYS, "--state", state).verdict


def test_a_log_that_is_rolled_back_is_a_split_view(server, state):
    run(server.prefix, *KEYS, "--state", state)
    server.log = Served(ENTRIES[:-1])
    said = run(server.prefix, *KEYS, "--state", state)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert f"SPLIT VIEW: the log has {SIZE - 1} entries now, and had {SIZE}" in said.verdict
    assert state.with_name("checkpoint.split-1").exists()


def test_what_was_kept_by_another_key_or_is_damaged_is_not_taken_for_a_split_view(server, state):
    state.write_bytes(b"damaged")
    assert run(server.prefix, *KEYS, "--state", state).status == NOT_CHECKED
    stranger = Signer(COURT.name, Ed25519PrivateKey.generate())
    checkpoint = server.log.note().text
    state.write_text(str(Note(checkpoint, (stranger.sign(checkpoint),))), encoding="utf-8")
    said = run(server.prefix, *KEYS, "--state", state)
    assert said.status == NOT_CHECKED
    assert "begin a new file" in said.verdict


@given(st.integers(0, 2**32))
def test_tiles_are_asked_for_at_the_addresses_that_they_have(number):
    assert verify_log.Tile(2, number, 256).name == Tile(2, number).address
    assert verify_log.Tile(verify_log.ENTRIES, number, 256).name == Tile(None, number).address
