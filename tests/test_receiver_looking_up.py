"""The receiver looks its events up in the log's tiles: with few requests, and trusting none of the answers."""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.tree import hashing
from registry.tree import proofs as registrys
from registry.tree.tiles import Tile
from sharing.receiver import court_log, findings, log_records, store, tiles
from sharing.receiver.calling import Client, Registry, Unreachable
from sharing.receiver.findings import Finding
from sharing.receiver.log_records import Committed, Kept
from sharing.receiver.log_watch import LogWatch
from sharing.receiver.looking_up import Lookup, bundle_of
from sharing.receiver.notes import log_keys
from tests.court_log_double import NO_SUCH_TILE, ORIGIN, VKEY, Court
from tests.receiver_double import running

MOST = 70_000
SIZES = st.one_of(st.integers(1, 1100), st.integers(65_200, MOST))


def entry(position: int) -> bytes:
    return position.to_bytes(32, "big")


ENTRIES = [entry(position) for position in range(1, MOST + 1)]


class WholeTree:
    """The roots of its complete subtrees, each made once."""

    @cache  # noqa: B019
    def subtree(self, level: int, index: int) -> bytes:
        if level == 0:
            return hashing.leaf(ENTRIES[index])
        return hashing.node(self.subtree(level - 1, 2 * index), self.subtree(level - 1, 2 * index + 1))


TREE = WholeTree()


def read(size: int, level: int, number: int) -> list[bytes]:
    first = number * tiles.WIDTH
    width = tiles.width_of(level, number, size)
    return [TREE.subtree(8 * level, place) for place in range(first, first + width)]


@settings(deadline=None)  # the first example makes the tree
@given(SIZES, st.data())
def test_a_proof_made_of_tiles_is_the_one_that_the_registry_makes(size: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, size - 1))
    made = tiles.inclusion(lambda level, number: read(size, level, number), place, size)
    assert made == registrys.inclusion(TREE, place, size)


@given(st.integers(0, 9), st.integers(0, 10**15), st.integers(1, 256))
def test_a_tile_is_asked_for_where_the_registry_has_it(level: int, number: int, width: int) -> None:
    assert Tile.parse(tiles.address(level, number, width)) == Tile(level, number, width)
    assert Tile.parse(tiles.address(None, number, width)) == Tile(None, number, width)


class Direct:
    """Writes at once."""

    def __init__(self, opened: sqlite3.Connection) -> None:
        self.opened = opened

    def run_in_store(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        return work(self.opened)


class Department:
    """It was told every position of the log."""

    def __init__(self, court: Court, opened: sqlite3.Connection) -> None:
        self.court, self.opened = court, opened
        client = Client(court.url, "client", "client-secret")
        writer: Any = Direct(opened)
        self.watch = LogWatch(writer, Registry(client), lambda: opened, log_keys([VKEY], []), lambda: None)

    def is_told(self, size: int) -> None:
        self.court.entries = ENTRIES[:size]
        for position in range(1, size + 1):
            log_records.keep_commitment(self.opened, Committed(f"evt_{position}", 1, position, entry(position)))

    def looks(self) -> list[tuple[str, int]]:
        self.watch._look(self.opened)
        return [(each.kind, each.position) for each in self.findings()]

    def findings(self) -> list[Finding]:
        return findings.open_findings(self.opened)

    @property
    def found(self) -> int:
        row = self.opened.execute("SELECT count(*) FROM commitments WHERE checked_size IS NOT NULL").fetchone()
        return int(row[0])


@pytest.fixture
def court() -> Iterator[Court]:
    with running(Court()) as standing:
        yield standing


@pytest.fixture
def department(court: Court) -> Iterator[Department]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(store.SHAPE)
        one = Department(court, opened)
        yield one
        one.watch._registry.close()


def test_a_thousand_events_are_found_with_a_handful_of_requests(court: Court, department: Department) -> None:
    department.is_told(1000)
    assert department.looks() == []
    assert department.found == 1000
    assert len(court.log_asked) < 10
    assert court.tiles_asked("entries") == ["entries/000", "entries/001", "entries/002", "entries/003.p/232"]


def test_a_log_of_several_levels_is_followed(court: Court, department: Department) -> None:
    department.is_told(1)
    department.looks()
    department.is_told(1500)
    court.log_asked.clear()
    assert department.looks() == []
    assert department.found == 1500
    assert court.tiles_asked("1/") == ["1/000.p/5"]


@pytest.mark.parametrize("size", [255, 256, 257, 511, 512])
def test_events_at_the_edges_of_tiles_are_found(department: Department, size: int) -> None:
    department.is_told(size)
    assert (department.looks(), department.found) == ([], size)


def test_a_partial_tile_that_is_gone_is_cut_out_of_the_complete_one(court: Court, department: Department) -> None:
    department.is_told(200)
    note = court.note(200)
    court.entries = ENTRIES[:700]
    court.clears_up = True
    court.log_answers["/api/v1/log"] = (200, json.dumps({"checkpoint": note}).encode())
    assert (department.looks(), department.found) == ([], 200)
    assert court.tiles_asked() == ["entries/000.p/200", "entries/000"]
    assert court_log.entries(department.watch._registry, 1, 200, 0) == ENTRIES[:200]


def test_a_tile_that_is_wrong_high_up_in_the_tree_is_found(court: Court, department: Department) -> None:
    department.is_told(1000)
    court.tampers("1/000.p/3", 1, b"x" * 32)
    assert department.looks() == [("not_included", 1)]
    assert json.loads(department.findings()[0].proof) == {"position": 1, "size": 1000, "tile": "/log/tile/0/000"}
    court.log_answers.clear()
    assert (department.looks(), department.found) == ([], 1000)


def test_a_log_that_proves_nothing_is_not_asked_without_end(court: Court, department: Department) -> None:
    department.is_told(5000)
    court.tampers("1/000.p/19", 18, b"x" * 32)
    assert department.looks() == [("not_included", 1)]
    assert (department.found, len(court.tiles_asked("entries"))) == (0, 8)


def test_one_bundle_without_proof_does_not_keep_the_others_waiting(court: Court, department: Department) -> None:
    department.is_told(1000)
    for address in ("entries/001", "0/001"):
        court.tampers(address, 44, b"x" * 32)
    assert department.looks() == [("not_included", 301)]
    assert department.found == 1000 - 256


@pytest.mark.parametrize("place", [0, 44, 255])
def test_an_entry_that_is_shown_otherwise_than_the_tree_has_it_names_its_position(
    court: Court, department: Department, place: int
) -> None:
    department.is_told(600)
    court.tampers("entries/001", place, b"x")
    assert department.looks() == [("another_commitment", 257 + place)]
    assert department.found == 599


def test_an_entry_of_an_event_of_others_hides_none_of_ours(court: Court, department: Department) -> None:
    department.is_told(600)
    department.opened.execute("DELETE FROM commitments WHERE position = 300")
    court.tampers("entries/001", 43, b"x")
    assert (department.looks(), department.found) == ([], 599)


def test_an_entry_that_is_shown_as_it_was_told_does_not_hide_another_one_in_the_tree(
    court: Court, department: Department
) -> None:
    department.is_told(600)
    court.entries = [*ENTRIES[:299], b"x" * 32, *ENTRIES[300:600]]
    court.tampers("entries/001", 43, entry(300))
    assert (department.looks(), department.found) == ([("another_commitment", 300)], 599)


def test_another_entry_in_the_tree_is_proved_by_what_the_finding_keeps(court: Court, department: Department) -> None:
    department.is_told(600)
    court.entries = [*ENTRIES[:299], b"x" * 32, *ENTRIES[300:600]]
    assert department.looks() == [("another_commitment", 300)]
    shown = json.loads(department.findings()[0].proof)
    assert (shown["position"], shown["size"], shown["tile"]) == (300, 600, "/log/tile/entries/001")
    leaf, root = hashing.leaf(b64decode(shown["commitment"])), hashing.Frontier().grown(court.entries).root
    registrys.verify_inclusion(leaf, 299, 600, [b64decode(each) for each in shown["hashes"]], root)


def test_an_event_at_a_position_that_no_log_has_is_not_included(department: Department) -> None:
    department.is_told(3)
    log_records.keep_commitment(department.opened, Committed("evt_0", 1, 0, entry(0)))
    assert (department.looks(), department.found) == ([("not_included", 0)], 3)


@pytest.mark.parametrize(
    ("status", "content"),
    [(404, b"<html>"), (404, b"{}"), (404, b"[]"), (500, NO_SUCH_TILE), (204, b""), (410, b'{"code":"R-395"}')]
    + [(200, content) for content in (b"", b"\0\x20" + b"x" * 32, b"\0\x21" + b"x" * 100, b"x" * 10_000)],
)
def test_an_answer_that_is_not_the_courts_about_its_tiles_is_no_finding(
    court: Court, department: Department, status: int, content: bytes
) -> None:
    department.is_told(3)
    for address in ("entries/000.p/3", "entries/000"):
        court.log_answers[f"/log/tile/{address}"] = (status, content)
    with pytest.raises(Unreachable):
        department.looks()
    assert department.findings() == []


def test_the_log_of_a_later_epoch_is_read_at_its_own_address(court: Court, department: Department) -> None:
    department.is_told(5)
    court.epoch, court.origin = 2, f"{ORIGIN}/2"
    department.opened.execute("UPDATE commitments SET epoch = 2")
    department.looks()
    assert [path for path, _ in court.log_asked if "/tile/" in path] == ["/log/2/tile/entries/000.p/5"]


@settings(deadline=None)
@given(SIZES.filter(lambda size: size < 1100), st.data())
def test_no_tile_in_which_one_bit_is_wrong_is_believed(size: int, data: st.DataObject) -> None:
    """Of those that are read; the hash of the bundle in the tile above it is not, it is made."""
    event = Committed("evt", 1, position := data.draw(st.integers(1, size)), entry(position))
    kept = Kept(ORIGIN, 1, size, hashing.Frontier().grown(ENTRIES[:size]).root, "", 0)
    lookup = Lookup(Registry(Client("http://127.0.0.1", "", "")), kept)
    asked: list[tuple[int, int]] = []
    wrong: list[tuple[int, int, int, int]] = []

    def served(level: int, number: int) -> list[bytes]:
        asked.append((level, number))
        hashes = read(size, level, number)
        for _, _, place, bit in [each for each in wrong if each[:2] == (level, number)]:
            hashes[place] = (int.from_bytes(hashes[place], "big") ^ (1 << bit)).to_bytes(32, "big")
        return hashes

    lookup._tile = served  # type: ignore[assignment]
    lookup._entries = lambda number: [b""] * len(read(size, 0, number))  # type: ignore[assignment]
    number = bundle_of(event)
    assert lookup.find(number, [event]).unproved is None
    level, tampered = data.draw(st.sampled_from(asked))
    place = data.draw(st.integers(0, len(read(size, level, tampered)) - 1))
    wrong.append((level, tampered, place, data.draw(st.integers(0, 255))))
    is_said_by_the_bundle_itself = (level, place) == (1, number)
    assert (lookup.find(number, [event]).unproved is None) == is_said_by_the_bundle_itself
