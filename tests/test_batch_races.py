"""A batch with two workers at it, with one that dies in the middle, and with a stop at the same time."""

from __future__ import annotations

import threading

import pytest

from registry.errors import BatchesHeld, BatchesUnderWay
from sharing.employers import batch, batch_asking, batch_files
from sharing.employers.batch_files import Form
from sharing.employers.models import Batch, BatchRow, BatchState, QuestionsAsked, Screening
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, batches, cast
from tests.batches import applicants, begun, fresh, work
from tests.threads import first_paused, in_threads

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 12


@pytest.fixture(autouse=True)
def chunks_of_three(monkeypatch):
    monkeypatch.setattr(batch_asking, "CHUNK", 3)


class Killed(BaseException):
    """The process ends here."""


def results(made):
    return b"".join(batch_files.results_file(made, Form.CSV))


def killed_after(monkeypatch, name, times):
    """The worker dies when it has done this so many times."""
    done, left = getattr(batch_asking, name), iter(range(times - 1))

    def doing(*args, **about):
        given = done(*args, **about)
        if next(left, None) is None:
            raise Killed
        return given

    monkeypatch.setattr(batch_asking, name, doing)


def die(monkeypatch, name, times=1):
    with monkeypatch.context() as patch:
        killed_after(patch, name, times)
        with pytest.raises(Killed):
            work()


def test_two_workers_ask_every_row_once():
    first, second = begun(applicants(ROWS)), begun(applicants(ROWS))
    in_threads(*[work] * 4)
    assert [fresh(each).state for each in (first, second)] == [BatchState.DONE] * 2
    assert (Screening.objects.count(), QuestionsAsked.objects.get().questions) == (2 * ROWS, 2 * ROWS)


def test_a_second_worker_takes_another_batch_and_never_the_same_chunk(monkeypatch):
    made = begun(applicants(3))
    at_it, go = threading.Event(), threading.Event()
    settle = batch_asking._settle

    def settling(*args):
        at_it.set()
        assert go.wait(10)
        settle(*args)

    monkeypatch.setattr(batch_asking, "_settle", settling)
    others = []

    def other_worker():
        assert at_it.wait(10)
        others.append(batch_asking.go_on(now=cast.NOW))
        go.set()

    in_threads(work, other_worker)
    assert others == [False]
    assert fresh(made).answered == 3


@pytest.mark.parametrize("name", ["_question", "ask_many", "_settle", "_wait"])
def test_a_worker_that_dies_in_the_middle_of_a_chunk_leaves_nothing_half_done(monkeypatch, name):
    made = begun(applicants(ROWS))
    batch_asking.go_on(now=cast.NOW)
    before = results(made)
    die(monkeypatch, name)
    assert (Screening.objects.count(), fresh(made).answered, results(made)) == (3, 3, before)
    work()
    assert (fresh(made).state, Screening.objects.count()) == (BatchState.DONE, ROWS)
    assert QuestionsAsked.objects.get().questions == ROWS
    assert results(made).splitlines()[:4] == before.splitlines()[:4]
    assert BatchRow.objects.filter(sealed__isnull=False).count() == 0


def test_wherever_the_worker_dies_the_file_is_the_one_of_an_unbroken_run(monkeypatch):
    """Ids and codes are drawn by chance; all else is the same byte for byte."""
    unbroken = begun(applicants(ROWS))
    work()
    whole = results(unbroken)
    broken = begun(applicants(ROWS))
    for name, times in (("ask_many", 1), ("_settle", 2), ("_wait", 1)):
        die(monkeypatch, name, times)
    work()
    assert without_chance(results(broken)) == without_chance(whole)
    assert results(broken) == results(fresh(broken))


def without_chance(file):
    rows = [line.split(b",") for line in file.splitlines()]
    return [row[:3] + row[4:6] + row[7:] for row in rows]


def test_a_stop_waits_for_the_chunk_that_is_being_asked_and_ends_the_rest(monkeypatch):
    made = begun(applicants(ROWS))
    at_it = threading.Event()
    settle = batch_asking._settle

    def settling(*args):
        at_it.set()
        settle(*args)

    monkeypatch.setattr(batch_asking, "_settle", settling)

    def stopping():
        assert at_it.wait(10)
        batch.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)

    in_threads(work, stopping)
    ended = fresh(made)
    assert ended.settled == ROWS
    assert ended.answered == Screening.objects.count()
    assert BatchRow.objects.filter(sealed__isnull=False).count() == 0


def test_a_call_sent_twice_at_once_is_one_batch():
    employer = asking.bank()
    client = asking.machine(employer.organisation)
    raws = batches.raws(applicants(2))
    given = []

    def call():
        about = {"purpose": batches.PURPOSE, "post": batches.POST, "employer": employer, "client": client}
        given.append(batch.order(raws, idempotency_key="the-same-key", now=cast.NOW, **about).pk)

    in_threads(*[call] * 4)
    assert len(set(given)) == 1


def test_of_uploads_at_once_no_more_are_held_than_may_be(settings):
    settings.SHARING_BATCHES_HELD = 2
    employer, refused = asking.bank(), []
    batches.hr(employer)

    def upload():
        try:
            batches.checked(applicants(1), employer)
        except BatchesHeld:
            refused.append("held")

    in_threads(*[upload] * 5)
    assert (len(refused), Batch.objects.filter(state=BatchState.CHECKED).count()) == (3, 2)


def test_of_calls_at_once_no_more_are_under_way_than_may_be(settings):
    settings.SHARING_BATCHES_UNDER_WAY = 2
    employer, refused = asking.bank(), []
    client = asking.machine(employer.organisation)
    keys = iter(f"key-{each:05}" for each in range(5))

    def call():
        about = {"purpose": batches.PURPOSE, "post": batches.POST, "employer": employer, "client": client}
        try:
            batch.order(batches.raws(applicants(1)), idempotency_key=next(keys), now=cast.NOW, **about)
        except BatchesUnderWay:
            refused.append("under way")

    in_threads(*[call] * 5)
    assert (len(refused), Batch.objects.filter(state=BatchState.ASKING).count()) == (3, 2)


def test_shutting_out_who_began_it_waits_for_the_chunk_that_is_being_asked(monkeypatch):
    employer = asking.bank()
    batches.hr(employer, "boss", MemberRole.OWNER)
    made, done = begun(applicants(ROWS)), []

    def shut_out():
        members.shut_out(batches.hr(employer))
        done.append(Screening.objects.count())

    first_paused(monkeypatch, batch_asking, "_asked", lambda: batch_asking.go_on(now=cast.NOW), shut_out)
    work()
    assert (done, fresh(made).answered, Screening.objects.count()) == ([3], 3, 3)
