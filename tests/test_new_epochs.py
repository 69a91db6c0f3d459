"""A new epoch is opened by whoever sees the guard that halted the log, and none for the second time: one origin has one history."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from registry.checkpoints import epochs, guard, lost, signing
from registry.checkpoints.epochs import EpochsUnknown
from registry.errors import LogGoesOn
from registry.models import Checkpoint, Halt, LogEpoch, LogHead
from tests import logs
from tests.threads import first_paused

pytestmark = pytest.mark.django_db
BECAUSE = "disk of the database host lost"


def halted() -> str:
    return LogHead.objects.get().halted


def guarded_by(settings, place: Path, text: str = "") -> None:
    """As on another host, whose file of this name is another one."""
    settings.REGISTRY_LOG_GUARD = str(place)
    if text:
        place.write_text(text)


def back_to(size: int, *, of: int) -> str:
    """The database as it was when the log had that size, of which more was signed since. The guard of then."""
    logs.append(size)
    logs.sign_all()
    former = guard.text()
    logs.append(of - size)
    logs.sign_all()
    logs.back_to(size)
    return former


def restored_twice() -> str:
    """Epoch 2 was opened and signed after the first time; the second backup knows nothing of it. The guard of before."""
    former = back_to(10, of=20)
    epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    logs.append(5)
    logs.sign_all()
    logs.back_to(10)
    logs.by_hand("DELETE FROM registry_checkpoint WHERE epoch > 1")
    logs.by_hand("DELETE FROM registry_logepoch WHERE number > 1")
    LogHead.objects.update(epoch=1)
    signing.sign(now=logs.NOW)
    assert halted() == Halt.OLDER
    return former


def test_nothing_has_to_run_between_the_restore_and_the_new_epoch():
    logs.append(20)
    logs.sign_all()
    logs.back_to(10)
    assert halted() == "", "nobody has looked yet"
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW).number == 2
    assert "\n20\n" in LogEpoch.objects.get().lost_note


def test_a_log_that_goes_on_is_looked_at_and_goes_on():
    logs.append(20)
    logs.sign_all()
    logs.append(5)
    later = logs.NOW + timedelta(minutes=1)
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because=BECAUSE, now=later)
    assert halted() == ""
    newest = signing.latest()
    assert (newest.size, newest.signed_at) == (25, later)


def test_the_epoch_of_the_database_counts_too():
    logs.append(3)
    logs.sign_all()
    logs.forget_guard()
    LogHead.objects.update(epoch=3)
    signing.sign(now=logs.NOW)
    assert halted() == Halt.NO_GUARD
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1).number == 4


def test_a_history_that_was_rewritten_goes_on_in_a_new_epoch_with_the_guard_that_said_so():
    logs.append(10)
    logs.sign_all()
    logs.by_hand("DELETE FROM registry_checkpoint")
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 4", logs.commitment(99))
    signing.sign(now=logs.NOW)
    assert halted() == Halt.FORKED
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW).number == 2


def test_of_what_is_known_outside_and_what_the_guard_knows_the_newest_counts(settings):
    restored_twice()
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1).number == 3


def test_on_a_host_without_the_guard_none_is_opened(settings, tmp_path):
    restored_twice()
    guarded_by(settings, tmp_path / "elsewhere")
    with pytest.raises(EpochsUnknown):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    assert halted() == Halt.OLDER
    assert not LogEpoch.objects.exists()
    assert not (tmp_path / "elsewhere").exists()


def test_nor_on_one_with_a_guard_of_former_times(settings, tmp_path):
    right = settings.REGISTRY_LOG_GUARD
    guarded_by(settings, tmp_path / "elsewhere", restored_twice())
    with pytest.raises(EpochsUnknown):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    settings.REGISTRY_LOG_GUARD = right
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW).number == 3


def test_a_healthy_log_is_not_halted_by_a_host_that_has_no_guard(settings, tmp_path):
    logs.append(20)
    logs.sign_all()
    guarded_by(settings, tmp_path / "elsewhere")
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    assert halted() == ""


@pytest.mark.parametrize("halt", [Halt.NO_GUARD, Halt.BAD_GUARD, Halt.ELSEWHERE])
def test_where_the_guard_cannot_tell_the_newest_epoch_is_asked_for_outside(halt):
    logs.append(3)
    logs.sign_all()
    if halt == Halt.NO_GUARD:
        logs.forget_guard()
    if halt == Halt.BAD_GUARD:
        guard._path().write_text("nothing")
    if halt == Halt.ELSEWHERE:
        signing.seen_elsewhere(99)
    signing.sign(now=logs.NOW)
    assert halted() == halt
    with pytest.raises(EpochsUnknown):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=4).number == 5


def test_the_command_says_where_to_ask(settings, tmp_path):
    restored_twice()
    guarded_by(settings, tmp_path / "elsewhere")
    with pytest.raises(CommandError, match=r"host whose worker signs.*--after-epoch"):
        call_command("open_epoch", because=BECAUSE)
    with pytest.raises(CommandError, match="from 1 on"):
        call_command("open_epoch", f"--because={BECAUSE}", "--after-epoch=0")
    call_command("open_epoch", because=BECAUSE, after_epoch=2)
    assert LogHead.objects.get().epoch == 3


def test_whoever_opened_it_the_workers_read_the_guard():
    """Root's umask may hide what it writes from everybody else."""
    restored_twice()
    before = os.umask(0o077)
    try:
        call_command("open_epoch", because=BECAUSE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(guard._path().stat().st_mode) == 0o644


def both_back_to_twenty() -> None:
    """As where the snapshot of a whole machine is put back: the guard is of the same age as the database."""
    guard._path().write_text(back_to(20, of=25))


def test_database_and_guard_of_one_age_go_on_in_a_new_epoch_by_the_word_of_whoever_has_seen_more(capsys):
    both_back_to_twenty()
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1)
    call_command("open_epoch", because=BECAUSE, after_epoch=1, seen=25)
    assert "25 events were signed. Lost are the events 21 to 25: 5." in capsys.readouterr().out
    head = LogHead.objects.get()
    assert (head.epoch, head.halted, head.seen_elsewhere) == (2, "", 0)
    assert LogEpoch.objects.get().seen_elsewhere == 25


def test_what_nobody_signed_since_a_snapshot_is_not_signed_beside_what_others_have():
    both_back_to_twenty()
    logs.append(2)
    epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1, seen=25)
    assert not Checkpoint.objects.filter(epoch=1, size__gt=20).exists()
    assert Checkpoint.objects.filter(epoch=2, size=22).exists()


def test_an_epoch_of_which_the_snapshot_knows_nothing_is_beyond_it_with_fewer_events():
    """The log was at 25, went on in epoch 2 from a backup of 10, and then the snapshot of 20 was put back."""
    both_back_to_twenty()
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=2, seen=15).number == 3
    assert lost.of(LogEpoch.objects.get()) == lost.Lost(20)


def test_one_event_of_a_newer_epoch_is_enough():
    both_back_to_twenty()
    assert epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=2, seen=1).number == 3


@pytest.mark.django_db(transaction=True)
def test_whoever_signs_is_waited_for(monkeypatch):
    logs.append(20)
    logs.sign_all()
    logs.back_to(10)
    signing.sign(now=logs.NOW)
    note, order = signing._note, []

    def noted(head: LogHead, reason: str) -> None:
        note(head, reason)
        order.append("signed")

    def go_on() -> None:
        epochs.open_epoch(because=BECAUSE, now=logs.NOW)
        order.append("opened")

    monkeypatch.setattr(signing, "_note", noted)
    first_paused(monkeypatch, signing, "_alone", partial(signing.sign, now=logs.NOW), go_on)
    assert order == ["signed", "opened"]


def test_a_former_epoch_that_had_more_says_nothing_of_the_one_that_went_on():
    logs.append(25)
    logs.sign_all()
    logs.back_to(20)
    epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1, seen=25)
    assert (halted(), LogEpoch.objects.get().seen_elsewhere) == ("", 0)


def test_where_the_guard_is_lost_too_nothing_has_to_run_before_the_new_epoch():
    logs.append(3)
    logs.sign_all()
    logs.forget_guard()
    call_command("open_epoch", because=BECAUSE, after_epoch=1, seen=4)
    assert LogEpoch.objects.get(number=2).size == 3


def test_a_log_of_which_nobody_has_seen_more_is_left_alone_where_the_guard_is_not_to_be_seen():
    logs.append(3)
    logs.sign_all()
    logs.forget_guard()
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1, seen=3)
    assert halted() == ""


def test_a_size_without_its_epoch_or_an_epoch_without_its_size_ends_nothing():
    both_back_to_twenty()
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW, seen=25)
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=9)
    with pytest.raises(CommandError, match="give both"):
        call_command("open_epoch", because=BECAUSE, seen=25)
    assert halted() == ""


def test_what_others_have_is_on_record_beside_what_the_guard_knows():
    logs.append(20)
    logs.sign_all()
    logs.back_to(10)
    signing.sign(now=logs.NOW)
    assert halted() == Halt.OLDER
    epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1, seen=12)
    assert lost.of(LogEpoch.objects.get()) == lost.Lost(20, (11, 20))


def test_what_a_former_epoch_had_more_is_not_on_the_record_of_the_next():
    logs.append(25)
    logs.sign_all()
    logs.back_to(20)
    epochs.open_epoch(because=BECAUSE, now=logs.NOW)
    logs.append(2)
    logs.sign_all()
    logs.back_to(21)
    epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1, seen=25)
    assert lost.of(LogEpoch.objects.get(number=3)) == lost.Lost(22, (22, 22))


def test_a_log_in_which_an_event_is_missing_goes_on_in_no_epoch(capsys):
    both_back_to_twenty()
    LogHead.objects.update(halted=Halt.BROKEN)
    with pytest.raises(LogGoesOn):
        epochs.open_epoch(because=BECAUSE, now=logs.NOW, after=1, seen=25)
    LogHead.objects.update(halted="")
    logs.append(3)
    logs.by_hand("DELETE FROM registry_event WHERE position = 22")
    with pytest.raises(CommandError, match="an event is missing"):
        call_command("open_epoch", because=BECAUSE, after_epoch=1, seen=25)
    assert not LogEpoch.objects.exists()


def test_where_nothing_is_known_of_what_was_signed_the_epoch_says_so():
    assert lost.of(LogEpoch(number=2, size=5)) == lost.Lost(None)
    assert lost.of(LogEpoch(number=2, size=5, seen_elsewhere=5)) == lost.Lost(5)
    assert lost.of(LogEpoch(number=2, size=5, seen_elsewhere=6)) == lost.Lost(6, (6, 6))
