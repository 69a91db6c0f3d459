"""Witnesses: asked once something new is signed, each by itself; what they have seen is never contradicted."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.utils import timezone

from registry import actions
from registry.checkpoints import epochs, signing, vouched
from registry.errors import LogHalted
from registry.models import Checkpoint, Flag, Halt, LogHead
from registry.models.insert_only import InsertOnlyError
from registry.tree.notes import Note
from sharing.witnesses import alarming, asking, publishing, tasks
from sharing.witnesses.models import Asked, Cosignature, LogAlarm, Refused
from tests import cast, logs, witnessing
from tests.threads import in_threads
from tests.witnessing import Said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def witness(settings):
    with witnessing.witness() as opened:
        settings.SHARING_LOG_WITNESSES = opened.setting
        yield opened


def grow(count=3):
    logs.append(count)
    return logs.sign_all()


def ask(later=0):
    return asking.ask_all(now=logs.NOW + timedelta(seconds=later))


def refused():
    return Asked.objects.get().refused


def test_a_witness_cosigns_what_is_new_and_the_checkpoint_is_published_with_it(witness):
    checkpoint = grow()
    assert publishing.newest().note == checkpoint.note
    assert ask() == 1
    note = Note.parse(publishing.newest().note.encode())
    assert note.witnessed_by([logs.WITNESS.key]) == [logs.WITNESS.key]
    assert note.text == Note.parse(checkpoint.note.encode()).text


def test_a_checkpoint_says_which_witness_it_lacks(witness):
    first = grow()
    ask()
    second = grow()
    (of_first,), (of_second,) = publishing.standing(first), publishing.standing(second)
    assert of_first.cosigned_at is not None
    assert (of_second.cosigned_at, of_second.size) == (None, first.size)


def test_it_follows_the_log_from_size_to_size(witness):
    for count in (1, 2, 250, 300):
        grow(count)
        assert ask() == 1
    assert witness.asked == [0, 1, 3, 253]
    assert Cosignature.objects.count() == 4


def test_who_has_cosigned_is_not_asked_again(witness):
    grow()
    ask()
    assert ask(later=60) == 0
    assert len(witness.asked) == 1


@pytest.mark.django_db(transaction=True)
def test_a_witness_whose_turn_cannot_be_given_back_is_asked_by_the_next_worker(witness, monkeypatch):
    grow()
    with monkeypatch.context() as patched:
        # A question whose answer nobody takes: after it the session answers no other.
        patched.setattr(asking, "_ask", lambda *_: connection.connection.pgconn.send_query(b"SELECT 1"))
        with pytest.raises(OperationalError):
            ask()
    assert asked_by_another_worker() == 1


def asked_by_another_worker():
    """The server hears a little later that a session has ended."""
    cosigned, by = [0], time.monotonic() + 5
    while not any(cosigned) and time.monotonic() < by:
        in_threads(lambda: cosigned.append(ask()))
    return sum(cosigned)


def test_an_empty_log_is_not_witnessed(witness):
    logs.sign_all()
    assert ask() == 0
    assert not witness.asked


def test_a_witness_that_knows_more_than_we_remember_is_asked_from_there(witness):
    grow()
    ask()
    Asked.objects.all().delete()
    grow()
    assert ask() == 1
    assert witness.asked == [0, 0, 3]


def test_a_cosignature_that_does_not_hold_is_not_published(witness):
    checkpoint = grow()
    witness.answer = lambda: Said(200, logs.WITNESS.cosign("another text\n", witnessing.TIME).line)
    assert ask() == 0
    assert refused() == Refused.BAD_SIGNATURE
    assert publishing.newest().note == checkpoint.note


@pytest.mark.parametrize("at", [2**64 - 1, 2**40, 253_402_300_799])
def test_a_cosignature_of_a_time_that_cannot_be_is_not_published_and_keeps_no_other_waiting(settings, witness, at):
    with witnessing.witness() as other:
        settings.SHARING_LOG_WITNESSES = f"{witness.setting}, {logs.AWAY.key.vkey} {other.url}"
        text = Note.parse(grow().note.encode()).text
        witness.answer = lambda: Said(200, logs.WITNESS.cosign(text, at).line)
        other.answer = lambda: Said(200, logs.AWAY.cosign(text, witnessing.TIME).line)
        assert ask() == 1
    assert Asked.objects.get(vkey=logs.WITNESS.key.vkey).refused == Refused.BAD_SIGNATURE
    assert Cosignature.objects.get().vkey == logs.AWAY.key.vkey


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said(403), Refused.UNKNOWN_KEY),
        (Said(404), Refused.UNKNOWN_LOG),
        (Said(400), Refused.REFUSED),
        (Said(500), Refused.SILENT),
        (Said(302), Refused.REFUSED),
        (Said(200, ""), Refused.BAD_SIGNATURE),
        (Said(200, "— witness.example/w1 AAAA\n"), Refused.BAD_SIGNATURE),
        (Said(409, "conflict"), Refused.FORK),
        (Said(409, "-1\n", "text/x.tlog.size"), Refused.FORK),
    ],
)
def test_whatever_it_says_instead_is_on_record(witness, said, why):
    grow()
    witness.answer = lambda: said
    assert ask() == 0
    assert refused() == why


def test_a_witness_that_is_away_is_asked_less_and_less_and_holds_up_nobody(witness, settings):
    settings.SHARING_LOG_WITNESSES = f"{logs.AWAY.key.vkey} http://127.0.0.1:9/, {witness.setting}"
    grow()
    assert ask() == 1
    away = Asked.objects.get(vkey=logs.AWAY.key.vkey)
    assert away.refused == Refused.SILENT
    assert away.due > logs.NOW
    assert ask() == 0
    assert Asked.objects.get(vkey=logs.AWAY.key.vkey).failures == 1
    ask(later=10)
    assert Asked.objects.get(vkey=logs.AWAY.key.vkey).failures == 2


def test_a_rewritten_log_is_refused_and_a_person_hears_of_it(witness, mailoutbox):
    grow(300)
    ask()
    rewritten(4)
    grow(1)
    assert ask() == 0
    assert refused() == Refused.FORK
    alarming.watch(now=logs.NOW)
    assert mailoutbox[0].to == ["registry@court.example"]
    assert logs.WITNESS.key.vkey in mailoutbox[0].body


def rewritten(position):
    """By one who has the database, the court's key and its guard, and makes everything fit again."""
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = %s", logs.commitment(-1), position)
    logs.by_hand("DELETE FROM registry_treetile")
    logs.by_hand("DELETE FROM witnesses_cosignature")
    logs.by_hand("DELETE FROM registry_checkpoint")
    logs.forget_guard()
    logs.sign_all()


def test_a_witness_that_has_seen_more_stops_the_log_until_it_is_explained(witness):
    """A snapshot of the whole machine was put back: database and guard are of one age."""
    listing = cast.in_force()
    grow()
    witness.answer = lambda: Said(409, "99\n", "text/x.tlog.size")
    assert ask() == 0
    assert refused() == Refused.LARGER
    signing.sign(now=logs.NOW)
    assert LogHead.objects.get().halted == Halt.ELSEWHERE
    with pytest.raises(LogHalted):
        actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")
    epochs.open_epoch(because="snapshot of the database host put back", now=logs.NOW, after=1)
    witness.answer = None
    assert ask(later=1) == 1


@pytest.mark.parametrize("status", [404, 429, 503])
def test_what_it_has_seen_goes_on_stopping_the_log_while_it_answers_nothing_else(witness, mailoutbox, status):
    """Its silence explains nothing: what was signed in the meantime would be a second history."""
    checkpoint = grow()
    witness.answer = lambda: Said(409, "99\n", "text/x.tlog.size")
    ask()
    witness.answer = lambda: Said(status)
    ask(later=60)
    logs.append(1)
    signing.sign(now=logs.NOW)
    assert LogHead.objects.get().halted == Halt.ELSEWHERE
    assert signing.latest() == checkpoint
    alarming.watch(now=logs.NOW)
    assert logs.WITNESS.key.vkey in mailoutbox[0].body


def test_it_stops_the_log_no_more_once_it_cosigns_after_a_silence(witness):
    grow()
    for said in (Said(409, "99\n", "text/x.tlog.size"), Said(503)):
        witness.answer = lambda said=said: said
        ask(later=60 * said.status)
    witness.answer = None
    assert ask(later=60 * 600) == 1
    logs.append(1)
    assert signing.sign(now=logs.NOW) is not None


def test_a_witness_that_cosigned_what_was_signed_meanwhile_is_not_asked_of_less(witness, settings, monkeypatch):
    """Before it another one was asked, for so long that the next worker came, and found this one free."""
    with witnessing.witness() as slow:
        first = f"{logs.AWAY.key.vkey} {slow.url}"
        settings.SHARING_LOG_WITNESSES = f"{first}, {witness.setting}"
        fetch = asking.fetch

        def meanwhile(wanted, rules):
            monkeypatch.setattr(asking, "fetch", fetch)
            settings.SHARING_LOG_WITNESSES = witness.setting
            grow()
            assert ask() == 1
            settings.SHARING_LOG_WITNESSES = f"{first}, {witness.setting}"
            slow.answer = lambda: Said(503)
            return fetch(wanted, rules)

        grow()
        vouched.note(vouched.server())
        monkeypatch.setattr(asking, "fetch", meanwhile)
        ask()
    assert witness.size == 6
    assert Asked.objects.get(vkey=logs.WITNESS.key.vkey).refused == ""
    assert len(witness.asked) == 1


def test_a_witness_that_is_no_longer_asked_stops_nothing(witness, settings):
    grow()
    witness.answer = lambda: Said(409, "99\n", "text/x.tlog.size")
    ask()
    with witnessing.witness() as another:
        settings.SHARING_LOG_WITNESSES = another.setting.replace(logs.WITNESS.key.vkey, logs.AWAY.key.vkey)
        ask(later=60)
    signing.sign(now=logs.NOW)
    assert not LogHead.objects.get().halted


def test_of_a_witness_that_is_taken_away_altogether_nothing_remains_to_stop_the_log(witness, settings):
    grow()
    witness.answer = lambda: Said(409, "99\n", "text/x.tlog.size")
    ask()
    settings.SHARING_LOG_WITNESSES = ""
    ask(later=60)
    signing.sign(now=logs.NOW)
    assert not LogHead.objects.get().halted


def test_a_new_epoch_is_another_log_to_a_witness(witness):
    grow()
    ask()
    logs.back_to(1)
    signing.sign(now=logs.NOW)
    epochs.open_epoch(because="disk of the database host lost", now=logs.NOW)
    witness.size = 0  # of this origin
    assert ask() == 1
    assert Cosignature.objects.latest("pk").checkpoint.epoch == 2


def test_cosignatures_are_written_once(witness):
    grow()
    ask()
    with pytest.raises(InsertOnlyError):
        Cosignature.objects.get().delete()


# Alarms


def test_while_all_is_well_nobody_is_written_to(witness, mailoutbox):
    grow()
    ask()
    assert alarming.watch(now=timezone.now() + timedelta(days=2)) == 0
    assert not mailoutbox
    assert not LogAlarm.objects.exists()


def test_a_halted_log_is_told_once_a_day_until_it_goes_on(mailoutbox):
    logs.sign_all()
    LogHead.objects.update(halted=Halt.OLDER)
    for hours in (0, 1, 23, 25):
        alarming.watch(now=logs.NOW + timedelta(hours=hours))
    assert len(mailoutbox) == 2
    LogHead.objects.update(halted="")
    alarming.watch(now=logs.NOW + timedelta(hours=26))
    assert LogAlarm.objects.get().over_at == logs.NOW + timedelta(hours=26)


def test_what_waits_unsigned_for_a_minute_is_told():
    cast.in_force()
    assert alarming.watch(now=timezone.now()) == 0
    assert alarming.watch(now=timezone.now() + timedelta(minutes=2)) == 1
    assert LogAlarm.objects.get().kind == LogAlarm.Kind.UNSIGNED


def test_a_witness_that_is_silent_for_an_hour_is_told(witness):
    witness.answer = lambda: Said(500)
    grow()
    ask()
    assert alarming.watch(now=logs.NOW + timedelta(minutes=59)) == 0
    assert alarming.watch(now=logs.NOW + timedelta(minutes=61)) == 1
    assert LogAlarm.objects.get().kind == LogAlarm.Kind.UNWITNESSED


def test_a_message_that_could_not_be_sent_is_sent_later(monkeypatch):
    LogHead.objects.update(halted=Halt.OLDER)
    monkeypatch.setattr("registry.letters.sent", lambda message, about: False)
    assert alarming.watch(now=logs.NOW) == 0
    monkeypatch.undo()
    assert alarming.watch(now=logs.NOW) == 1
    assert len(mail.outbox) == 1


def test_the_clock_asks_witnesses_and_watches(witness):
    grow()
    tasks.ask_witnesses()
    tasks.watch_the_log()
    assert Checkpoint.objects.get().cosignatures.count() == 1
