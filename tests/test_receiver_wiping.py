"""A withdrawn person leaves the file and its journal, also where SQLite moved the row from page to page before."""

from __future__ import annotations

import random
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sharing.receiver import applying
from sharing.receiver.events import read_event
from sharing.receiver.store import numbers, open_readonly
from sharing.receiver.writer import Closed, Writer
from tests.receiver_double import Json, becomes_true, pushed

LISTINGS = 400


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    thread = Writer(tmp_path / "store", threading.Event())
    thread.start()
    yield thread
    thread.close()


def a_busy_year(chance: random.Random) -> list[Json]:
    """Listings come, are corrected to other lengths, and two in three are withdrawn, in no order."""
    versions: dict[int, int] = {}
    told = []
    for position in range(1, 2500):
        listing = chance.randrange(LISTINGS)
        version = versions[listing] = versions.get(listing, 0) + 1
        kind = chance.choice(("listing.published", "listing.corrected", "listing.withdrawn"))
        person = {"kind": "natural", "name": f"<P{position}>" + "x" * chance.randrange(20, 800)}
        changes: Json = {} if kind == "listing.withdrawn" else {"person": person}
        told.append(pushed(position, kind, number=f"L-{listing:06d}", version=version, **changes))
    return told


def names_on_disk(path: Path) -> set[bytes]:
    files = (path, path.with_name(path.name + "-wal"))
    return {name for file in files for name in re.findall(rb"<P[0-9]+>", file.read_bytes())}


def is_wiped(store: sqlite3.Connection) -> bool:
    return store.execute("SELECT 1 FROM outbox WHERE NOT ready").fetchone() is None


@pytest.mark.parametrize("seed", range(3))
def test_only_the_persons_still_listed_are_found_in_the_bytes(writer: Writer, seed: int) -> None:
    def work(store: sqlite3.Connection) -> None:
        for event in events:
            applying.apply(store, event, source="push", now=1)

    events = [read_event(body) for body in a_busy_year(random.Random(seed))]
    writer.run_in_store(work)
    with closing(open_readonly(writer.path)) as reader:
        assert becomes_true(lambda: is_wiped(reader))
        payloads = "".join(row[0] for row in reader.execute("SELECT payload FROM listings"))
        assert numbers(reader)
    assert names_on_disk(writer.path) == set(re.findall(rb"<P[0-9]+>", payloads.encode()))


def test_work_that_fails_takes_back_only_its_own_writes(writer: Writer) -> None:
    def good(store: sqlite3.Connection) -> None:
        store.execute("INSERT INTO meta VALUES ('good', 1)")

    def bad(store: sqlite3.Connection) -> None:
        store.execute("INSERT INTO meta VALUES ('bad', 1)")
        raise LookupError

    writer.run_in_store(good)
    with pytest.raises(LookupError):
        writer.run_in_store(bad)
    with closing(open_readonly(writer.path)) as reader:
        names = {name for (name,) in reader.execute("SELECT name FROM meta")}
    assert names == {"begun_at", "good"}


def test_a_store_that_cannot_be_read_for_a_moment_does_not_end_the_writer(tmp_path: Path) -> None:
    thread = Writer(tmp_path / "store", threading.Event())
    with closing(sqlite3.connect(thread.path)) as somebody:
        somebody.execute("ALTER TABLE outbox RENAME TO elsewhere")
        thread.start()
        assert becomes_true(lambda: thread._wipe_due > 0)
        somebody.execute("ALTER TABLE elsewhere RENAME TO outbox")
    assert thread.run_in_store(lambda store: 1) == 1
    thread.close()


def test_after_closing_no_work_is_taken(tmp_path: Path) -> None:
    thread = Writer(tmp_path / "store", threading.Event())
    thread.start()
    thread.close()
    with pytest.raises(Closed):
        thread.run_in_store(lambda store: None)
