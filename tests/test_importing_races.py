"""An import whose worker dies, two workers at one, and whoever enters by hand at the same time."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from registry import codes, log
from registry.importing import checking, deciding, going_on, grouping, writing
from registry.models import ActRecord, Decision, Event, Import, ImportRow, ImportState, Listing, Person, RowState
from tests import cast
from tests.importing import (
    approved,
    csv_file,
    faults,
    fresh,
    from_the_judgment,
    row,
    rows,
    submitted,
    uploaded,
    work,
    written,
)
from tests.locks import held
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]
ROWS = 9


@pytest.fixture(autouse=True)
def chunks_of_three(monkeypatch):
    for module in (grouping, checking, writing):
        monkeypatch.setattr(module, "CHUNK", 3)


def event_body(event):
    return log.read(event)["listing"]


class Killed(BaseException):
    """The process ends here."""


def die(monkeypatch, module, name, times):
    """The worker dies when it has done this so many times, before its transaction ends."""
    done, left = getattr(module, name), iter(range(times - 1))

    def doing(*args, **about):
        given = done(*args, **about)
        if next(left, None) is None:
            raise Killed
        return given

    with monkeypatch.context() as patch:
        patch.setattr(module, name, doing)
        with pytest.raises(Killed):
            work()


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_worker_that_dies_while_checking_leaves_its_chunk_to_the_next(monkeypatch, times):
    made = uploaded(csv_file(rows(ROWS)))
    die(monkeypatch, going_on, "check_chunk", times)
    assert ImportRow.objects.filter(state=RowState.SOUND).count() == 3 * (times - 1)
    work()
    made = fresh(made)
    assert (made.state, made.sound, made.waiting) == (ImportState.CHECKED, ROWS, 0)


@pytest.mark.parametrize("place", ["write_imported", "_settle"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_worker_that_dies_while_writing_leaves_nothing_twice(monkeypatch, place, times):
    made = approved(rows(ROWS))
    die(monkeypatch, writing, place, times)
    assert Listing.objects.count() == 3 * (times - 1)
    work()
    made = fresh(made)
    assert (made.state, made.written) == (ImportState.DONE, ROWS)
    assert (Listing.objects.count(), Person.objects.count(), Decision.objects.count()) == (ROWS,) * 3
    assert Event.objects.count() == ROWS
    assert ActRecord.objects.filter(act="approve").count() == ROWS


def test_two_workers_write_every_row_once():
    made = approved(rows(ROWS))
    in_threads(*[work] * 3)
    assert (fresh(made).state, fresh(made).written) == (ImportState.DONE, ROWS)
    assert Listing.objects.count() == ROWS


def test_one_opens_what_comes_next_while_another_writes(monkeypatch):
    """And finds it so, once it has its turn: nothing is opened twice."""
    made, opened, begun = approved(rows(ROWS)), [], threading.Event()
    look, open_one = going_on.look_ahead, grouping._line
    monkeypatch.setattr(grouping, "_line", lambda each: opened.append(each.row) or open_one(each))

    def looking(*about):
        ahead = look(*about)
        begun.set()
        return ahead

    def settling(*about):
        assert begun.wait(10)
        return settle(*about)

    settle = writing._settle
    monkeypatch.setattr(going_on, "look_ahead", looking)
    with monkeypatch.context() as patch:
        patch.setattr(writing, "_settle", settling)
        in_threads(lambda: going_on.go_on(now=cast.NOW), until_somebody_writes)
    work()
    assert (fresh(made).state, fresh(made).written) == (ImportState.DONE, ROWS)
    assert sorted(opened) == list(range(2, ROWS + 2))


def until_somebody_writes():
    """The second worker: not before the first one has its chunk."""
    for _try in range(1000):
        if held("registry_party", "RowExclusiveLock"):
            break
        time.sleep(0.01)
    assert going_on.go_on(now=cast.NOW)


def ahead_of(made, now=cast.NOW):
    with transaction.atomic():
        return writing.look_ahead(fresh(made), now)


def test_what_was_opened_ahead_is_written_as_it_would_have_been(monkeypatch):
    made = approved(rows(ROWS))
    ahead = ahead_of(made)
    assert len(ahead.rows) == 3
    assert going_on.go_on(now=cast.NOW)
    with transaction.atomic(), monkeypatch.context() as patch:
        patch.setattr(writing, "group", None)
        import_ = fresh(made)
        writing.write_chunk(import_, cast.NOW, ahead)
        import_.save()
    work()
    told = [event_body(each) for each in Event.objects.order_by("position")]
    assert [each["version"] for each in told] == [1] * ROWS
    assert {each["decision"]["case_number"] for each in told} == {row(serial)["number"] for serial in range(ROWS)}
    assert len({each["ends_on"] for each in told}) == 1


@pytest.mark.parametrize("what", ["the day", "the lists", "the order"])
def test_what_was_opened_ahead_and_holds_no_more_is_opened_anew(monkeypatch, what):
    made = approved(rows(ROWS))
    ahead = ahead_of(made)
    if what != "the order":
        assert going_on.go_on(now=cast.NOW)
    if what == "the lists":
        codes.lay_over(1, [])
    now = cast.NOW + timedelta(days=what == "the day")
    assert ahead.stands(writing._next_rows(made), cast.NOW) is (what == "the day")
    with transaction.atomic():
        import_ = fresh(made)
        writing.write_chunk(import_, now, ahead)
        import_.save()
    work()
    assert (fresh(made).state, fresh(made).written, Listing.objects.count()) == (ImportState.DONE, ROWS, ROWS)


def test_whose_turn_does_not_come_in_time_leaves_it_to_the_other():
    made = approved(rows(ROWS))
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
        try:
            with_the_import_held(made, lambda: going_on.go_on(now=cast.NOW))
        finally:
            cursor.execute("RESET lock_timeout")
    assert fresh(made).due_at <= cast.NOW
    work()
    assert fresh(made).written == ROWS


def with_the_import_held(made, doing):
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Import.objects.select_for_update().get(pk=made.pk)
            held.set()
            assert done.wait(10)

    other = threading.Thread(target=in_threads, args=(hold,))
    other.start()
    try:
        assert held.wait(10)
        assert not doing()
    finally:
        done.set()
        other.join()


def test_a_chunk_is_opened_ahead_by_one_worker_and_not_the_last_one():
    made = approved(rows(ROWS))
    with transaction.atomic():
        assert writing.look_ahead(fresh(made), cast.NOW) is not None
        others = []
        in_threads(lambda: others.append(ahead_of(made)))
        assert others == [None]
    for _chunk in range(2):
        assert going_on.go_on(now=cast.NOW)
    assert ahead_of(made) is None


def test_two_imports_of_the_same_file_leave_everything_once():
    first, second = submitted(rows(ROWS)), submitted(rows(ROWS))
    for each in (first, second):
        deciding.approve(each.pk, typed=from_the_judgment(each), officer=cast.judge(), now=cast.NOW)
    in_threads(*[work] * 2)
    assert {fresh(each).state for each in (first, second)} == {ImportState.DONE}
    assert sum(fresh(each).written for each in (first, second)) == ROWS
    assert sum(fresh(each).entered for each in (first, second)) == ROWS
    assert Listing.objects.count() == ROWS


def test_a_decision_is_never_torn_apart_by_a_chunk():
    number = row(0)["number"]
    made = written([row(3), *(row(serial, number=number) for serial in range(3))])
    assert (made.written, faults(made)) == (4, [])
    assert {len(each.parties.all()) for each in Decision.objects.all()} == {3, 1}


def test_a_chunk_that_fails_is_tried_again_and_says_no_word_of_a_row(monkeypatch, caplog):
    made = approved(rows(1))

    def failing(*_args, **_about):
        raise RuntimeError(cast.DEFENDANT_NUMBER)

    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_imported", failing)
        assert going_on.go_on(now=cast.NOW)
        assert not going_on.go_on(now=cast.NOW), "not before a minute has passed"
    assert cast.DEFENDANT_NUMBER not in caplog.text
    assert going_on.go_on(now=cast.NOW + going_on.AGAIN)
    assert fresh(made).state == ImportState.DONE
