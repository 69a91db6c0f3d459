"""Signing the log, to the letter: what is asked of the database, what is refused in which words, and the far end of a long log."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from registry.checkpoints import epochs, growing, guard, signing, stored
from registry.checkpoints.epochs import EpochsUnknown
from registry.errors import EpochNeedsReason
from registry.models import Halt, LogEpoch, LogHead, TreeTile
from registry.storing import store
from registry.tree.hashing import Frontier, leaf
from registry.tree.tiles import WIDTH, Tile, over
from tests import logs

pytestmark = pytest.mark.django_db
BECAUSE = "disk of the database host lost"


@pytest.fixture
def ranges(monkeypatch) -> list[tuple[int, int]]:
    """Which commitments were read, from where to where."""
    read, asked = stored.commitments, []

    def noted(begin: int, end: int) -> list[bytes]:
        asked.append((begin, end))
        return read(begin, end)

    monkeypatch.setattr(stored, "commitments", noted)
    return asked


@pytest.fixture
def without_index() -> None:
    """Rows come as they lie in the table, but for the order that is asked for."""
    with connection.cursor() as cursor:
        for way in ("indexscan", "indexonlyscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


def guarded_by(text: str) -> None:
    Path(settings.REGISTRY_LOG_GUARD).write_text(text)


def halted() -> str:
    signing.sign(now=logs.NOW)
    return LogHead.objects.get().halted


# What is read of the database


def test_of_a_log_that_completes_no_tile_only_what_is_new_is_read(ranges):
    logs.append(10)
    logs.sign_all()
    logs.append(5)
    logs.sign_all()
    logs.append(300)
    logs.sign_all()
    assert [each for each in ranges if each[0] < each[1]] == [(0, 10), (10, 15), (0, 315)]


@pytest.mark.usefixtures("without_index")
def test_the_newest_is_the_largest_of_the_newest_epoch():
    for _ in range(3):
        logs.append(2)
        logs.sign_all()
    assert signing.latest().size == 6


@pytest.mark.usefixtures("without_index")
@pytest.mark.parametrize("signed", [[3, 280, 300], [280, 300, 310]])
def test_what_a_late_guard_says_is_compared_from_the_nearest_checkpoint_on(signed, ranges):
    entries: list[bytes] = []
    for size in signed:
        entries += logs.append(size - len(entries))
        logs.sign_all()
    ranges.clear()
    guarded_by(signing._signed(1, 290, logs.root_of(entries[:290])))
    assert not halted()
    assert ranges[0] == (280, 290)


def test_a_complete_tile_is_one_row_and_is_not_made_anew(ranges, django_assert_num_queries):
    logs.append(600)
    logs.sign_all()
    ranges.clear()
    with django_assert_num_queries(1):
        whole = stored.tile(Tile(0, 1), 600)
    with django_assert_num_queries(1):
        assert stored.hashes(0, 1, 600) == whole
    assert ranges == []


def test_of_no_events_there_are_no_commitments():
    logs.append(3)
    assert stored.commitments(3, 3) == []


@pytest.mark.parametrize(("begin", "end", "missing"), [(0, 10, 7), (4, 10, 7), (7, 10, 0), (8, 15, 11), (3, 7, 7)])
def test_the_first_event_that_is_missing_is_named(begin, end, missing):
    logs.append(10)
    logs.by_hand("DELETE FROM registry_event WHERE position = 7")
    if not missing:
        assert stored.commitments(begin, end) == [logs.commitment(number) for number in (8, 9, 10)]
        return
    with pytest.raises(stored.LogBroken, match=f"^the log has no event {missing}$") as caught:
        stored.commitments(begin, end)
    assert caught.value.position == missing


def test_a_tile_that_is_missing_is_named():
    logs.append(600)
    with pytest.raises(stored.TileMissing, match=r"^0/002\.p/100$"):
        stored.tile(Tile(0, 2, 100), 600)
    logs.sign_all()
    with pytest.raises(stored.TileMissing, match=r"^0/2$"):
        stored.roots(0, 1, 2)


# The far end of a long log


def kept(level: int, numbers: range) -> dict[int, bytes]:
    """Complete tiles as they would be stored; their roots by number."""
    roots = {number: logs.commitment(level * 10**6 + number) for number in numbers}
    store([TreeTile(level=level, number=number, hashes=b"", root=root) for number, root in roots.items()])
    return roots


def ended_by(number: int) -> tuple[list[bytes], growing.Grown]:
    """The log grows by the tile of this number in its lowest row, and nothing before it is read."""
    size = number * WIDTH
    LogHead.objects.update(size=size)
    entries = logs.append(WIDTH)
    return entries, growing.grown(Frontier(size, (b"r" * 32,) * size.bit_count()), size + WIDTH)


def test_a_tile_of_the_second_row_has_what_lies_beneath_it_and_not_what_lies_at_the_beginning():
    beneath = kept(0, range(WIDTH, 2 * WIDTH - 1))
    kept(0, range(3))
    kept(1, range(1))
    entries, grown = ended_by(2 * WIDTH - 1)
    lowest, second = grown.tiles
    assert (lowest.level, lowest.number, second.level, second.number) == (0, 2 * WIDTH - 1, 1, 1)
    assert lowest.hashes == b"".join(map(leaf, entries))
    assert second.hashes == b"".join([*beneath.values(), over(lowest.hashes)])


def test_one_event_may_complete_a_tile_in_each_of_three_rows():
    number = WIDTH * WIDTH - 1
    kept(0, range(number - WIDTH + 1, number))
    first = kept(1, range(WIDTH - 1))
    _, grown = ended_by(number)
    assert [(each.level, each.number) for each in grown.tiles] == [(0, number), (1, WIDTH - 1), (2, 0)]
    assert grown.tiles[2].hashes == b"".join([*first.values(), grown.tiles[1].root])


def test_the_end_of_the_second_row_follows_from_the_tiles_beneath_it():
    beneath = kept(0, range(WIDTH, WIDTH + 2))
    assert stored.hashes(1, 1, (WIDTH + 2) * WIDTH) == b"".join(beneath.values())


# The guard


def test_where_there_is_no_guard_it_says_nothing():
    assert guard.text() == ""
    assert guard.written_at() is None


def test_what_lies_there_is_told_as_it_lies_there():
    Path(settings.REGISTRY_LOG_GUARD).write_bytes(b"1\xff2")
    os.utime(settings.REGISTRY_LOG_GUARD, (1_790_000_000, 1_790_000_000))
    assert guard.text() == "1�2"
    assert guard.written_at() == datetime.fromtimestamp(1_790_000_000, UTC)
    assert guard.written_at().tzinfo is UTC


def test_its_folders_are_made_and_the_same_may_be_written_twice(settings, tmp_path):
    settings.REGISTRY_LOG_GUARD = str(tmp_path / "disk" / "of" / "its" / "own")
    note = signing._signed(1, 3, b"r" * 32)
    for _ in range(2):
        guard.write(note)
    assert guard.text() == note


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("nothing", "a note has a blank line before its signatures, and ends with a new line"),
        ("another.example/log\n1\nclvF…\n\n— another.example/log AAAA\n", "a signature begins with the id of its key"),
    ],
)
def test_why_a_guard_is_none_is_said_in_the_log_of_the_process(text, why, caplog):
    logs.append(1)
    logs.sign_all()
    guarded_by(text)
    assert halted() == Halt.BAD_GUARD
    assert [each.getMessage() for each in caplog.records] == [
        f"the guard of the log cannot be read: {why}",
        "the log is halted: bad_guard; see docs/log.md",
    ]


def test_a_guard_of_another_log_is_named(settings):
    logs.append(1)
    note = logs.sign_all().note
    guarded_by(note.replace(settings.REGISTRY_LOG_ORIGIN, "another.example/log", 1))
    with pytest.raises(guard.GuardUnreadable, match=r"^it is of the log another\.example/log$"):
        guard.read()
    guarded_by(note.replace("\n1\n", "\n2\n", 1))
    with pytest.raises(guard.GuardUnreadable, match=r"^no key of this log signed it$"):
        guard.read()


def test_that_the_log_goes_on_is_said(caplog):
    logs.append(1)
    logs.sign_all()
    note = guard.text()
    guarded_by("nothing")
    halted()
    caplog.clear()
    guarded_by(note)
    assert not halted()
    assert [each.getMessage() for each in caplog.records] == ["the log goes on"]


def test_what_is_broken_is_said_as_it_is(caplog):
    logs.append(10)
    logs.by_hand("DELETE FROM registry_event WHERE position = 4")
    assert halted() == Halt.BROKEN
    assert [each.getMessage() for each in caplog.records] == [
        "the log has no event 4",
        "the log is halted: broken; see docs/log.md",
    ]
    assert str(signing.Halted(Halt.BROKEN)) == "broken"


# What others have seen


def row() -> Iterator[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seen_elsewhere, ctid::text FROM registry_loghead")
        yield from cursor.fetchall()


def test_below_what_a_witness_has_seen_nothing_is_signed():
    logs.append(10)
    logs.sign_all()
    signing.seen_elsewhere(11)
    ((seen, written),) = row()
    assert seen == 11
    signing.seen_elsewhere(11)
    assert list(row()) == [(seen, written)], "what is known is not written again"
    assert halted() == Halt.ELSEWHERE
    signing.seen_elsewhere(10)
    assert not halted()


def test_what_was_done_and_not_signed_is_nothing_that_a_witness_has_seen():
    """Acts that came after a restore, and before the witness was heard, do not make up for what was lost."""
    logs.append(10)
    signing.seen_elsewhere(1)
    assert halted() == Halt.ELSEWHERE
    signing.seen_elsewhere(0)
    logs.sign_all()
    logs.append(5)
    signing.seen_elsewhere(12)
    assert halted() == Halt.ELSEWHERE
    assert signing.latest().size == 10


def test_what_the_guard_holds_was_signed_although_its_checkpoint_is_lost():
    """A standby took over that had the events and not yet the checkpoint: a witness has seen no more than the guard."""
    logs.append(10)
    logs.sign_all()
    logs.append(2)
    logs.sign_all()
    logs.by_hand("DELETE FROM registry_checkpoint WHERE size = 12")
    signing.seen_elsewhere(12)
    assert not halted()
    assert signing.latest().size == 12


def test_what_a_checkpoint_says_was_signed_although_the_guard_is_behind():
    """A guard that was written late has less than the witness has seen, and the checkpoint has all of it."""
    entries = logs.append(12)
    logs.sign_all()
    guarded_by(signing._signed(1, 10, logs.root_of(entries[:10])))
    signing.seen_elsewhere(12)
    assert not halted()


def test_the_next_checkpoint_is_the_first_that_is_larger_in_the_same_epoch():
    signed = []
    for _ in range(3):
        logs.append(2)
        signed.append(logs.sign_all())
    assert [signing.after(1, size) for size in (0, 2, 3, 4, 6)] == [signed[0], signed[1], signed[1], signed[2], None]
    assert signing.after(2, 0) is None


# A new epoch


def test_an_epoch_needs_eight_characters_of_a_reason_which_is_kept_as_it_is_meant():
    logs.restored()
    with pytest.raises(EpochNeedsReason) as caught:
        epochs.open_epoch(because="  restore  ", now=logs.NOW)
    assert caught.value.field == "because"
    signing.seen_elsewhere(5)
    epochs.open_epoch(because="  restored  ", now=logs.NOW)
    assert LogEpoch.objects.get().because == "restored"
    assert LogHead.objects.get().seen_elsewhere == 0
    assert (signing.latest(1).epoch, signing.latest(2).epoch, signing.latest().epoch) == (1, 2, 2)


def test_after_a_guard_that_cannot_be_read_the_epoch_after_this_one_is_opened():
    logs.append(3)
    logs.sign_all()
    guarded_by("nothing")
    assert halted() == Halt.BAD_GUARD
    with pytest.raises(EpochsUnknown):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1).number == 2


def test_the_guard_of_a_former_epoch_halts_the_new_one():
    logs.restored()
    former = guard.text()
    epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    guarded_by(former)
    assert halted() == Halt.BAD_GUARD
