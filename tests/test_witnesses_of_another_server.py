"""A database that came back together with its guard lacks nothing that it knows of: witnesses are asked before it signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from registry import bell
from registry import tasks as book
from registry.checkpoints import guard, signing, vouched
from registry.models import Checkpoint, Halt, LogHead
from registry.tree.notes import Note
from sharing.witnesses import asking
from sharing.witnesses.models import Asked, Cosignature, Refused
from tests import logs, witnessing
from tests.witnessing import Double, Said

pytestmark = pytest.mark.django_db

FEW = timedelta(seconds=6)


@pytest.fixture
def witness(settings) -> Iterator[Double]:
    with witnessing.witness() as opened:
        settings.SHARING_LOG_WITNESSES = opened.setting
        yield opened


@pytest.fixture
def other(settings, witness) -> Iterator[Double]:
    with witnessing.witness() as opened:
        settings.SHARING_LOG_WITNESSES = f"{witness.setting}, {logs.AWAY.key.vkey} {opened.url}"
        yield opened


def ask(after: timedelta = timedelta(0)) -> int:
    return asking.ask_all(now=logs.NOW + after)


def cosigned(count: int = 3) -> Checkpoint:
    logs.append(count)
    checkpoint = logs.sign_all()
    ask()
    return checkpoint


def started_anew() -> None:
    """What is on record is of the server that was there before."""
    LogHead.objects.update(vouched_on="of before")
    Asked.objects.update(asked_on="of before")


def put_back(checkpoint: Checkpoint) -> None:
    """Database and guard as they were once this checkpoint was cosigned; what the witness has seen, it has seen."""
    logs.by_hand("DELETE FROM witnesses_cosignature WHERE checkpoint_id > %s", checkpoint.pk)
    logs.by_hand("DELETE FROM registry_checkpoint WHERE size > %s", checkpoint.size)
    logs.by_hand("DELETE FROM registry_event WHERE position > %s", checkpoint.size)
    LogHead.objects.update(size=checkpoint.size)
    Asked.objects.update(size=checkpoint.size)
    logs.forget_guard()
    guard.write(checkpoint.note)
    started_anew()


def _row() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT vouched_on, ctid::text FROM registry_loghead")
        ((server, place),) = cursor.fetchall()
        return server, place


def tried(later: timedelta = timedelta(0)) -> int:
    """How much is signed now."""
    while signing.sign(now=logs.NOW + later):
        pass
    return signing.latest().size


@pytest.mark.parametrize("lost", [1, 3])
@pytest.mark.parametrize("done_since", [1, 8])
def test_what_came_back_signs_nothing_before_its_witness_was_asked_and_is_halted_then(witness, lost, done_since):
    checkpoint = cosigned()
    cosigned(lost)
    put_back(checkpoint)
    logs.append(done_since)
    assert tried() == checkpoint.size
    assert guard.read()[1].size == checkpoint.size
    ask()
    assert tried() == checkpoint.size
    assert LogHead.objects.get().halted == Halt.ELSEWHERE


def test_it_is_halted_before_anything_happens(witness):
    checkpoint = cosigned()
    cosigned()
    put_back(checkpoint)
    assert asking.is_due(logs.NOW)
    ask()
    tried()
    assert LogHead.objects.get().halted == Halt.ELSEWHERE


def test_a_server_that_only_began_anew_asks_once_and_signs_on(witness):
    checkpoint = cosigned()
    started_anew()
    logs.append(1)
    assert ask() == 1
    assert tried() == checkpoint.size + 1
    assert witness.asked == [0, 3]
    ask()
    cosigned()
    assert witness.asked == [0, 3, 3, 4]
    assert Cosignature.objects.filter(checkpoint=checkpoint).count() == 1


def test_who_is_asked_once_more_is_asked_once(witness):
    cosigned()
    started_anew()
    ask()
    ask(FEW)
    assert witness.asked == [0, 3]
    assert not asking.is_due(logs.NOW + FEW)


@pytest.mark.parametrize("said", [Said(503), Said(404), Said(429), Said(403), Said(200, "nothing\n")])
def test_a_witness_that_does_not_say_is_waited_for_five_minutes(witness, said):
    """Longer than a line needs that comes up after the machine does, and not for as long as a witness may be away."""
    checkpoint = cosigned()
    started_anew()
    logs.append(1)
    witness.answer = lambda: said
    for waited in (timedelta(0), FEW, asking.PATIENCE - timedelta(seconds=1)):
        ask(waited)
        assert tried(waited) == checkpoint.size
        assert not LogHead.objects.get().halted, "acts go on meanwhile"
    assert asking.is_due(logs.NOW + FEW)
    ask(asking.PATIENCE)
    assert tried(asking.PATIENCE) == checkpoint.size + 1


def test_one_that_comes_back_meanwhile_is_heard(witness):
    checkpoint = cosigned()
    cosigned()
    put_back(checkpoint)
    logs.append(1)
    witness.answer = lambda: Said(503)
    ask()
    witness.answer = None
    ask(FEW)
    assert tried(FEW) == checkpoint.size
    assert LogHead.objects.get().halted == Halt.ELSEWHERE


def test_one_that_was_not_heard_is_asked_even_after_the_log_went_on(witness):
    cosigned()
    started_anew()
    witness.answer = lambda: Said(503)
    ask()
    ask(asking.PATIENCE)
    witness.answer = None
    assert ask(2 * asking.PATIENCE) == 1


def test_a_silence_of_before_is_no_reason_not_to_be_asked(witness):
    cosigned()
    Asked.objects.update(failures=9, refused=Refused.SILENT, due=logs.NOW + timedelta(minutes=5))
    started_anew()
    assert ask() == 1


def test_the_word_of_one_is_enough_once_each_was_asked(witness, other):
    checkpoint = cosigned()
    started_anew()
    logs.append(1)
    other.answer = lambda: Said(503)
    before = len(other.asked)
    ask()
    assert len(other.asked) == before + 1
    assert tried() == checkpoint.size + 1


def test_while_another_worker_waits_for_an_answer_nothing_is_signed(witness, other, monkeypatch):
    checkpoint = cosigned()
    started_anew()
    logs.append(1)
    in_turn = asking._in_turn
    monkeypatch.setattr(asking, "_in_turn", lambda each, *rest: each.address == witness.url and in_turn(each, *rest))
    ask()
    assert tried() == checkpoint.size
    monkeypatch.undo()
    ask()
    assert tried() == checkpoint.size + 1


def test_a_witness_that_contradicts_what_is_signed_stops_nothing(witness):
    """What it contradicts is signed already: a person is told."""
    checkpoint = cosigned()
    started_anew()
    logs.append(1)
    witness.answer = lambda: Said(422)
    ask()
    assert Asked.objects.get().refused == Refused.FORK
    assert tried() == checkpoint.size + 1


def test_without_a_witness_nobody_is_waited_for(settings):
    logs.append(3)
    logs.sign_all()
    started_anew()
    logs.append(1)
    assert tried() == 4
    ask()
    settings.SHARING_LOG_WITNESSES = f"{logs.AWAY.key.vkey} http://127.0.0.1:9"
    logs.append(1)
    assert tried() == 5, "a witness that is named later has seen nothing of this log"


def test_where_nothing_was_ever_signed_nobody_is_waited_for(witness):
    logs.append(1)
    assert tried() == 1


def test_of_a_log_that_was_signed_empty_nobody_is_asked(witness):
    assert tried() == 0
    ask()
    logs.append(1)
    assert tried() == 1
    assert not witness.asked


def test_the_guard_is_compared_while_witnesses_are_waited_for(witness):
    """Who lacks what was signed is halted at once, whatever anybody says."""
    checkpoint = cosigned()
    cosigned(2)
    logs.by_hand("DELETE FROM witnesses_cosignature WHERE checkpoint_id > %s", checkpoint.pk)
    logs.by_hand("DELETE FROM registry_checkpoint WHERE size > %s", checkpoint.size)
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 4", logs.commitment(-1))
    started_anew()
    logs.append(1)
    tried()
    assert LogHead.objects.get().halted == Halt.FORKED


def test_that_witnesses_were_heard_is_written_once(witness):
    cosigned()
    before = _row()
    ask(FEW)
    assert _row() == before


def test_a_new_epoch_begins_although_the_witness_was_not_asked_yet(witness):
    cosigned()
    started_anew()
    logs.append(1)
    LogHead.objects.update(epoch=2)
    signing.take_all(LogHead.objects.get(), now=logs.NOW)
    assert (signing.latest().epoch, signing.latest().size) == (2, 4)


def test_whoever_would_sign_rings_for_whoever_asks(witness, monkeypatch):
    sent: list[str] = []
    monkeypatch.setattr(bell, "send", sent.append)
    cosigned()
    book.sign_the_log()
    assert not sent
    started_anew()
    logs.append(1)
    book.sign_the_log()
    assert sent == [bell.COSIGN_TASK]


def test_the_cosignature_of_then_stands(witness):
    """It is given once; what the witness says now is that it has seen no more."""
    checkpoint = cosigned()
    before = Cosignature.objects.get().line
    started_anew()
    ask()
    assert Cosignature.objects.get().line == before
    assert Note.parse((checkpoint.note + before).encode()).witnessed_by([logs.WITNESS.key])


def test_a_server_is_known_by_its_beginning_and_by_where_its_data_lies():
    assert vouched.server() == vouched.server()
    of_now = vouched.server()
    logs.by_hand("CREATE TABLE kept AS SELECT * FROM registry_loghead")
    logs.by_hand("TRUNCATE registry_loghead")
    logs.by_hand("INSERT INTO registry_loghead SELECT * FROM kept")
    assert vouched.server() != of_now
