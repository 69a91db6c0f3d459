"""Checkpoints: made from what is new alone, never two that contradict each other, and none after a restore."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.new_keys import new_environment
from registry import actions, tasks
from registry.checkpoints import epochs, growing, guard, origin, signing, stored
from registry.errors import EpochNeedsReason, LogGoesOn, LogHalted
from registry.models import Checkpoint, Event, Flag, Halt, LogEpoch, LogHead, TreeTile
from registry.models.insert_only import InsertOnlyError
from registry.tree import proofs
from registry.tree.checkpoints import opened
from registry.tree.hashing import HASH_BYTES, Frontier, leaf
from registry.tree.notes import Note
from registry.tree.tiles import WIDTH, Tile, tiles_of
from tests import cast, logs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def halted() -> str:
    return LogHead.objects.get().halted


# What is signed


def test_an_empty_log_is_signed_as_empty():
    signed = logs.sign_all()
    checkpoint, _ = opened(signed.note.encode(), origin.keys(1)[0], settings.REGISTRY_LOG_ORIGIN)
    assert (checkpoint.size, checkpoint.root) == (0, Frontier().root)


def test_a_checkpoint_has_the_root_over_every_commitment_and_the_courts_signature():
    entries = logs.append(300)
    signed = logs.sign_all()
    checkpoint, _ = opened(signed.note.encode(), origin.keys(1)[0], settings.REGISTRY_LOG_ORIGIN)
    assert (checkpoint.size, checkpoint.root) == (300, logs.root_of(entries))


def test_an_act_is_in_the_next_checkpoint():
    cast.in_force()
    entries = [bytes(each) for each in Event.objects.values_list("commitment", flat=True)]
    assert bytes(logs.sign_all().root) == logs.root_of(entries)


def test_however_the_log_grew_its_tiles_and_roots_are_those_of_the_whole_tree():
    chance = random.Random(8)
    entries: list[bytes] = []
    for _ in range(40):
        entries += logs.append(chance.choice([1, 2, 17, 255, 256, 257, 700]))
        assert bytes(logs.sign_all().root) == logs.root_of(entries)
    row, level = [leaf(each) for each in entries], 0
    while row:
        for number in range(len(row) // WIDTH):
            kept = TreeTile.objects.get(level=level, number=number)
            assert bytes(kept.hashes) == b"".join(row[number * WIDTH : (number + 1) * WIDTH])
        row = [bytes(each.root) for each in TreeTile.objects.filter(level=level).order_by("number")]
        level += 1


def test_a_second_level_of_tiles_is_stored_once_it_is_complete():
    entries = logs.append(WIDTH * WIDTH - 3)
    logs.sign_all()
    assert not TreeTile.objects.filter(level=1).exists()
    entries += logs.append(5)
    assert bytes(logs.sign_all().root) == logs.root_of(entries)
    roots = [bytes(each) for each in TreeTile.objects.filter(level=0).order_by("number").values_list("root", flat=True)]
    assert bytes(TreeTile.objects.get(level=1).hashes) == b"".join(roots)


def test_a_long_log_is_signed_in_steps(monkeypatch):
    monkeypatch.setattr(signing, "MOST", 100)
    entries = logs.append(250)
    assert signing.sign(now=logs.NOW)
    assert bytes(logs.sign_all().root) == logs.root_of(entries)
    assert list(Checkpoint.objects.values_list("size", flat=True)) == [100, 200, 250]


def test_where_nothing_is_new_nothing_is_signed():
    logs.append(1)
    first = logs.sign_all()
    assert not signing.sign(now=logs.NOW)
    assert logs.sign_all() == first


def test_a_step_reads_only_what_is_new(django_assert_max_num_queries):
    logs.append(1000)
    logs.sign_all()
    logs.append(1)
    with django_assert_max_num_queries(8):
        assert signing.sign(now=logs.NOW)


def test_every_live_key_signs_so_that_a_key_can_be_changed(settings):
    before = logs.sign_all()
    old = origin.keys(1)[0]
    settings.REGISTRY_LOG_KEYS = f"2:{base64.b64encode(bytes(range(32))).decode()},{settings.REGISTRY_LOG_KEYS}"
    logs.append(1)
    signed = Note.parse(logs.sign_all().note.encode())
    assert before.note != str(signed)
    assert signed.witnessed_by(origin.keys(1)) == list(origin.keys(1))
    assert old in origin.keys(1)


def test_tiles_and_checkpoints_are_written_once():
    logs.append(256)
    signed = logs.sign_all()
    for row in (signed, TreeTile.objects.get(level=0)):
        with pytest.raises(InsertOnlyError):
            row.save()
        with pytest.raises(InsertOnlyError):
            row.delete()


# What is read of it


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_every_leaf_is_proved_from_what_is_stored(size):
    entries = logs.append(size)
    root = bytes(logs.sign_all().root)
    for index in {0, size // 2, size - 1}:
        path = proofs.inclusion(stored.tree(size), index, size)
        proofs.verify_inclusion(leaf(entries[index]), index, size, path, root)


def test_every_older_checkpoint_is_proved_to_be_the_beginning_of_a_newer_one():
    signed = []
    for step in (1, 30, 225, 1, 256, 100):
        logs.append(step)
        signed.append(logs.sign_all())
    for old in signed:
        for new in signed[signed.index(old) :]:
            path = proofs.consistency(stored.tree(new.size), old.size, new.size)
            proofs.verify_consistency(old.size, bytes(old.root), new.size, bytes(new.root), path)


def test_tiles_of_every_signed_size_can_be_had_for_ever():
    entries = logs.append(300)
    logs.sign_all()
    old = {each: stored.tile(each, 300) for each in tiles_of(300)}
    logs.append(700)
    logs.sign_all()
    assert {each: stored.tile(each, 1000) for each in tiles_of(300)} == old
    assert stored.tile(Tile(0, 1, 44), 1000) == b"".join(leaf(each) for each in entries[256:])
    assert len(stored.tile(Tile(0, 0), 1000)) == WIDTH * HASH_BYTES


def test_a_bundle_has_the_commitments_each_with_its_length():
    entries = logs.append(258)
    assert stored.tile(Tile(None, 1, 2), 258) == b"\x00\x20" + entries[256] + b"\x00\x20" + entries[257]


@pytest.mark.parametrize("beyond", [Tile(0, 0), Tile(0, 0, 11), Tile(0, 1, 1), Tile(1, 0, 1), Tile(None, 0, 11)])
def test_a_tile_beyond_the_log_is_not_there(beyond):
    logs.append(10)
    with pytest.raises(stored.TileMissing):
        stored.tile(beyond, 10)


# The guard


def test_what_is_signed_is_in_the_guard_before_anybody_sees_it(monkeypatch):
    logs.append(3)
    monkeypatch.setattr(guard, "write", lambda note: (_ for _ in ()).throw(OSError("the disk is full")))
    with pytest.raises(OSError, match="full"):
        signing.sign(now=logs.NOW)
    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize(
    ("own", "signing_with"), [("off", "on"), ("local", "on"), ("on", "on"), ("remote_apply", "remote_apply")]
)
def test_what_is_signed_is_durable_whatever_the_role_s_settings_say(monkeypatch, own, signing_with):
    found = []

    def shown(note):
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            found.append(cursor.fetchone()[0])

    monkeypatch.setattr(guard, "write", shown)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL synchronous_commit = {own}")
    logs.append(1)
    signing.sign(now=logs.NOW)
    assert found == [signing_with]


def test_a_worker_that_dies_between_guard_and_commit_costs_nothing(monkeypatch):
    logs.append(3)
    monkeypatch.setattr(signing, "store", lambda rows: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        signing.sign(now=logs.NOW)
    monkeypatch.undo()
    assert guard.read()[1].size == 3
    entries = [bytes(each) for each in Event.objects.values_list("commitment", flat=True)] + logs.append(2)
    assert bytes(logs.sign_all().root) == logs.root_of(entries)
    assert not halted()


def test_a_restored_backup_is_not_signed_and_takes_no_act():
    listing = cast.in_force()
    size = logs.sign_all().size
    logs.append(5)
    logs.sign_all()
    logs.back_to(size)
    assert not signing.sign(now=logs.NOW)
    assert halted() == Halt.OLDER
    with pytest.raises(LogHalted):
        actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")


def test_a_restored_backup_that_grew_again_is_not_signed_either():
    logs.append(10)
    logs.sign_all()
    logs.back_to(0)
    logs.append(9)
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 4", logs.commitment(99))
    logs.append(5)
    signing.sign(now=logs.NOW)
    assert halted() == Halt.FORKED
    assert not Checkpoint.objects.exists()


def test_a_rewritten_history_is_not_signed_even_where_its_checkpoints_are_gone():
    logs.append(10)
    logs.sign_all()
    logs.by_hand("DELETE FROM registry_checkpoint")
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 4", logs.commitment(99))
    signing.sign(now=logs.NOW)
    assert halted() == Halt.FORKED


def test_a_log_with_a_hole_is_not_signed_until_the_event_is_back():
    logs.append(10)
    logs.by_hand("DELETE FROM registry_event WHERE position = 4")
    signing.sign(now=logs.NOW)
    assert halted() == Halt.BROKEN
    logs.by_hand(
        "INSERT INTO registry_event (position, event_id, epoch, type, version, occurred_at, recorded_at, commitment) "
        "VALUES (4, 'evt_back', 1, 'audit.anchored', 0, now(), now(), %s)",
        logs.commitment(4),
    )
    logs.sign_all()
    assert not halted()


@pytest.mark.parametrize("commitment", [b"", b"x" * 31, b"x" * 33])
def test_what_is_no_commitment_is_not_signed(commitment, caplog):
    logs.append(10)
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 4", commitment)
    signing.sign(now=logs.NOW)
    assert halted() == Halt.BROKEN
    assert "no event 4" in caplog.text


def test_without_its_guard_a_signed_log_is_halted_and_with_it_goes_on():
    logs.append(1)
    logs.sign_all()
    path = Path(settings.REGISTRY_LOG_GUARD)
    kept = path.read_bytes()
    path.unlink()
    signing.sign(now=logs.NOW)
    assert halted() == Halt.NO_GUARD
    path.write_bytes(kept)
    signing.sign(now=logs.NOW)
    assert not halted()


@pytest.mark.parametrize("new", [0, 1])
def test_an_older_guard_that_was_put_back_is_mended_whether_something_is_new_or_not(new):
    logs.append(1)
    logs.sign_all()
    older = Path(settings.REGISTRY_LOG_GUARD).read_bytes()
    logs.append(1)
    logs.sign_all()
    Path(settings.REGISTRY_LOG_GUARD).write_bytes(older)
    logs.append(new)
    logs.sign_all()
    assert not halted()
    assert guard.read()[1].size == 2 + new


@pytest.mark.parametrize("signed", [0, 1, 2, 3, 255, 256, 257, 299])
def test_a_guard_that_one_who_was_overtaken_wrote_late_and_never_committed_is_put_right(signed):
    entries = logs.append(2)
    logs.sign_all()
    entries += logs.append(298)
    logs.sign_all()
    root = logs.root_of(entries[:signed]) if signed else Frontier().root
    Path(settings.REGISTRY_LOG_GUARD).write_text(signing._signed(1, signed, root))
    signing.sign(now=logs.NOW)
    assert not halted()
    assert guard.read()[1].size == 300


def test_an_older_guard_of_another_history_halts_the_log():
    logs.append(2)
    logs.sign_all()
    logs.append(298)
    logs.sign_all()
    Path(settings.REGISTRY_LOG_GUARD).write_text(signing._signed(1, 257, b"r" * 32))
    signing.sign(now=logs.NOW)
    assert halted() == Halt.FORKED


def test_who_was_overtaken_while_he_signed_takes_nothing_back(monkeypatch):
    """He stood still, the database ended his session, and another one signed."""
    entries = logs.append(2)
    late = signing._signed(1, 2, logs.root_of(entries))
    logs.append(3)
    logs.sign_all()
    with pytest.raises(guard.Overtaken, match="1/5 was signed meanwhile, which 1/2 would take back"):
        guard.write(late)
    path = Path(settings.REGISTRY_LOG_GUARD)
    assert guard.read()[1].size == 5
    assert not list(path.parent.glob(f".{path.name}.*")), "nor does it lie about"


@pytest.mark.parametrize("text", ["", "nothing", "another.example/log\n1\nAAAA\n\n— another.example/log AAAA\n"])
def test_a_guard_that_is_none_of_this_log_halts_it(text):
    logs.append(1)
    logs.sign_all()
    Path(settings.REGISTRY_LOG_GUARD).write_text(text)
    signing.sign(now=logs.NOW)
    assert halted() == Halt.BAD_GUARD


def test_a_guard_that_no_key_of_this_log_signed_halts_it(settings):
    logs.append(1)
    logs.sign_all()
    settings.REGISTRY_LOG_KEYS = new_environment()["REGISTRY_LOG_KEYS"]
    signing.sign(now=logs.NOW)
    assert halted() == Halt.BAD_GUARD


def test_health_says_how_far_the_log_is_signed_and_that_it_is_halted(client):
    logs.append(3)
    logs.sign_all()
    logs.append(2)
    health = client.get("/health").json()
    assert (health["status"], health["head"], health["signed"]) == ("ok", 5, 3)
    LogHead.objects.update(halted=Halt.OLDER)
    assert client.get("/health").json()["status"] == "halted"


def test_the_clock_signs_and_calls_for_witnesses_where_something_was_new(monkeypatch):
    rung = []
    monkeypatch.setattr("registry.bell.send", rung.append)
    logs.append(3)
    tasks.sign_the_log()
    tasks.sign_the_log()
    assert signing.latest().size == 3
    assert rung == ["sharing.ask_witnesses"]


# A new epoch


def test_an_operator_opens_a_new_epoch_under_another_origin():
    logs.restored()
    epochs.open_epoch(because="disk of the database host lost, backup of 02:00", now=logs.NOW)
    signed = signing.latest()
    checkpoint, _ = opened(signed.note.encode(), origin.keys(2)[0], f"{settings.REGISTRY_LOG_ORIGIN}/2")
    assert (signed.epoch, checkpoint.size) == (2, 300)
    assert "\n320\n" in LogEpoch.objects.get().lost_note
    entries = [bytes(each) for each in Event.objects.order_by("position").values_list("commitment", flat=True)]
    entries += logs.append(300)
    assert bytes(logs.sign_all().root) == logs.root_of(entries)
    assert not halted()


def test_events_of_the_new_epoch_carry_it():
    listing = cast.in_force()
    size = logs.sign_all().size
    logs.append(5)
    logs.sign_all()
    logs.back_to(size)
    signing.sign(now=logs.NOW)
    epochs.open_epoch(because="disk of the database host lost", now=logs.NOW)
    actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")
    assert Event.objects.latest("position").epoch == 2


def test_an_epoch_is_never_opened_twice_even_by_one_who_died_before_he_committed():
    logs.restored()
    guard.write(signing._signed(2, 300, b"r" * 32))
    signing.sign(now=logs.NOW)
    assert epochs.open_epoch(because="disk of the database host lost", now=logs.NOW).number == 3


def test_no_epoch_is_opened_while_the_log_goes_on_or_without_a_reason():
    logs.sign_all()
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because="because I would like one", now=logs.NOW)
    with pytest.raises(EpochNeedsReason):
        epochs.open_epoch(because=" ", now=logs.NOW)


# The frontier


def test_what_is_stored_of_a_frontier_is_all_that_it_was():
    frontier = Frontier().grown(logs.commitment(each) for each in range(1000))
    assert growing.unpacked(1000, growing.packed(frontier)) == frontier
