"""Many questions in one file: checked whole, asked chunk by chunk, waiting for the quota."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from psycopg.errors import IdleInTransactionSessionTimeout

from registry import errors
from sharing.employers import batch, batch_asking
from sharing.employers.models import Batch, BatchRow, BatchState, QuestionsAsked, Screening
from tests import asking, batches, cast
from tests.batches import TOMORROW, applicants, asked, begun, checked, fresh, listed, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture
def chunks_of_three(monkeypatch):
    monkeypatch.setattr(batch_asking, "CHUNK", 3)


def sealed(made):
    return made.rows.filter(sealed__isnull=False).count()


def codes(made):
    """Of each row in its order what it was refused for, "" where it was not."""
    return [row.refusals[0]["code"] if row.refusals else "" for row in made.rows.order_by("place")]


def outcomes(made):
    return [row.screening.outcome if row.screening else "" for row in made.rows.order_by("place")]


def in_the_database():
    """Everything that the tables of batches hold, as the database would give it to whoever reads it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row::text FROM employers_batchrow AS row UNION ALL SELECT b::text FROM employers_batch AS b"
        )
        return "\n".join(line for (line,) in cursor.fetchall())


# The check


def test_nothing_is_asked_before_the_employer_says_so():
    made = checked([*applicants(2), listed()])
    work()
    assert (made.state, made.total, made.refused, sealed(made)) == (BatchState.CHECKED, 3, 0, 3)
    assert not Screening.objects.exists()
    assert not QuestionsAsked.objects.exists()


def test_what_is_kept_until_it_is_asked_tells_nothing():
    checked([listed()])
    kept = in_the_database()
    assert cast.DEFENDANT_NUMBER not in kept
    assert "高䶮" not in kept


def test_a_row_with_faults_is_kept_as_refused_by_column_and_the_others_can_be_asked():
    wrong = ["B-1", "乙", "", cast.APPLICANT_NUMBER[:-1] + "x", "no fingerprint", "2026-11-20"]
    made = checked([*applicants(1), wrong])
    row = made.rows.get(place=1)
    assert [(each["field"], each["code"]) for each in row.refusals] == [
        ("document_number", "R-102"),
        ("document_sha256", "R-503"),
    ]
    assert (row.row, row.key, row.sealed, made.refused) == (3, "", None, 1)
    assert "110101199506" not in in_the_database()


def test_an_own_key_that_is_the_name_is_refused():
    line = applicants(1)[0]
    made = checked([[line[1], *line[1:]]])
    assert codes(made) == ["R-580"]


def test_only_so_many_files_lie_checked_and_not_asked(settings):
    settings.SHARING_BATCHES_HELD = 2
    first, _second = checked(applicants(1)), checked(applicants(1))
    with pytest.raises(errors.BatchesHeld):
        checked(applicants(1))
    batch.begin(first.pk, employer=asking.bank(), now=cast.NOW)
    third = checked(applicants(1))
    with pytest.raises(errors.BatchesHeld):
        checked(applicants(1))
    batch.stop(third.pk, employer_id=asking.bank().pk, now=cast.NOW)
    checked(applicants(1))
    checked(applicants(1), now=cast.NOW + batch.KEPT)


def test_calls_that_are_begun_at_once_do_not_count_among_them(settings):
    settings.SHARING_BATCHES_HELD = 1
    checked(applicants(1))
    bank = asking.bank()
    given = {"purpose": batches.PURPOSE, "post": batches.POST, "employer": bank, "now": cast.NOW}
    made = batch.order(
        batches.raws(applicants(1)), client=asking.machine(bank.organisation), idempotency_key="call-0001", **given
    )
    assert made.state == BatchState.ASKING


def test_a_file_that_cannot_be_read_leaves_nothing():
    employer = asking.bank()
    with pytest.raises(errors.FileUnreadable):
        batch.check(
            b"\x00\x01", purpose=batches.PURPOSE, post=batches.POST, employer=employer,
            member=batches.hr(employer), now=cast.NOW,
        )  # fmt: skip
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"purpose": "transport_recruitment"}, errors.PurposeUnknown),
        ({"post": "courier"}, errors.PostUnknown),
    ],
)
def test_a_purpose_or_post_that_is_not_the_employers_is_refused_before_the_file_is_read(changes, refusal):
    employer = asking.bank()
    about = {"purpose": batches.PURPOSE, "post": batches.POST, **changes}
    with pytest.raises(refusal):
        batch.check(b"", employer=employer, member=batches.hr(employer), now=cast.NOW, **about)


# Asked


def test_every_row_is_asked_once_and_its_answer_is_that_of_a_single_question():
    cast.in_force()
    made = asked([*applicants(2), listed()])
    assert (made.state, made.answered, made.refused) == (BatchState.DONE, 3, 0)
    assert outcomes(made) == ["not_listed", "not_listed", "listed"]
    row = made.rows.get(place=2)
    assert json.loads(row.screening.answer)["listing"] is not None
    assert (row.key, row.row, row.screening.member) == ("listed", 4, made.member)
    assert QuestionsAsked.objects.get().questions == 3


def test_once_a_row_is_asked_nothing_is_left_of_what_was_asked():
    made = asked([listed()])
    assert sealed(made) == 0
    with pytest.raises(ValueError, match="emptied"):
        assert made.rows.get().asked
    assert all(row.sealed is None for row in BatchRow.objects.all())


def test_rows_with_faults_are_passed_over():
    wrong = [*applicants(1)[0][:3], "1", batches.form(), "2026-11-20"]
    made = asked([applicants(2)[1], wrong])
    assert (made.state, made.answered, made.refused) == (BatchState.DONE, 1, 1)


def test_a_file_without_a_row_that_can_be_asked_is_not_begun():
    made = checked([[*applicants(1)[0][:3], "1", batches.form(), "2026-11-20"]])
    with pytest.raises(errors.NothingToAsk):
        batch.begin(made.pk, employer=asking.bank(), now=cast.NOW)


def test_to_begin_twice_is_to_begin_once():
    made = asked(applicants(2))
    with pytest.raises(errors.BatchOver):
        batch.begin(made.pk, employer=asking.bank(), now=cast.NOW)
    going = begun([["G-1", "丁", "", cast.APPLICANT_NUMBER, batches.form(), "2026-11-20"]])
    batch.begin(going.pk, employer=asking.bank(), now=cast.NOW)
    work()
    assert Screening.objects.count() == 3


def test_a_form_that_was_used_before_is_refused_by_its_row_alone():
    used = asking.attested()
    asking.answered(asking.question(consent=used))
    first, second = applicants(2)
    first[4] = used.document_sha256
    made = asked([first, second])
    assert (codes(made), outcomes(made)) == (["R-503", ""], ["", "not_listed"])
    assert made.state == BatchState.DONE


def test_a_row_is_waiting_answered_or_refused_and_never_two_of_them():
    made = asked(applicants(1))
    row = made.rows.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchRow.objects.filter(pk=row.pk).update(refusals=[{"code": "R-503", "field": "", "facts": {}}])
    with pytest.raises(IntegrityError), transaction.atomic():
        BatchRow.objects.filter(pk=row.pk).update(screening=None)


@pytest.mark.usefixtures("chunks_of_three")
def test_batches_take_turns():
    moment = cast.NOW
    first, second = begun(applicants(7), now=moment - timedelta(seconds=1)), begun(batches.applicants(7), now=moment)
    settled = []
    for _ in range(4):
        moment += timedelta(seconds=1)
        batch_asking.go_on(now=moment)
        settled.append((fresh(first).settled, fresh(second).settled))
    assert settled == [(3, 0), (3, 3), (6, 3), (6, 6)]


def test_a_chunk_that_fails_is_tried_again_later_and_keeps_nobody_waiting(monkeypatch, caplog):
    bad, good = (
        begun([["secret", "高䶮", "", cast.DEFENDANT_NUMBER, batches.form(), "2026-11-20"]]),
        begun(applicants(1)),
    )
    ask_many = batch_asking.ask_many

    def failing(questions, **about):
        if questions[0].name == "高䶮":
            raise RuntimeError(questions[0].name)
        return ask_many(questions, **about)

    monkeypatch.setattr(batch_asking, "ask_many", failing)
    work()
    assert (fresh(bad).state, fresh(good).state) == (BatchState.ASKING, BatchState.DONE)
    assert "高䶮" not in caplog.text
    assert bad.pk in caplog.text
    monkeypatch.setattr(batch_asking, "ask_many", ask_many)
    work(cast.NOW + batch_asking.AGAIN)
    assert fresh(bad).state == BatchState.DONE


def test_a_chunk_that_the_database_broke_off_is_tried_again_at_once(monkeypatch):
    """A worker without a processor stood still within the transaction for longer than the database allows."""
    made, ask_many = begun(applicants(1)), batch_asking.ask_many

    def broken_off(*_asked, **_about):
        raise InternalError from IdleInTransactionSessionTimeout()

    monkeypatch.setattr(batch_asking, "ask_many", broken_off)
    work()
    monkeypatch.setattr(batch_asking, "ask_many", ask_many)
    work(cast.NOW + batch_asking.SOON)
    assert fresh(made).state == BatchState.DONE


# The quota


def test_what_goes_beyond_the_quota_waits_for_the_next_day_and_nothing_is_lost():
    employer = asking.bank(daily_quota=3)
    made = asked(applicants(5), employer)
    assert (made.state, made.answered, made.refused, sealed(made)) == (BatchState.WAITING, 3, 0, 2)
    assert made.due_at == TOMORROW
    work(TOMORROW - timedelta(seconds=1))
    assert fresh(made).answered == 3
    work(TOMORROW)
    assert (fresh(made).state, fresh(made).answered) == (BatchState.DONE, 5)


def test_a_quota_that_ends_inside_a_chunk_refuses_nothing(settings):
    settings.SHARING_HELD_SHARE, settings.SHARING_PENDING_COSTS = 1.0, 10
    made = asked(applicants(5), asking.bank(daily_quota=12))
    assert (made.state, made.answered, made.refused) == (BatchState.WAITING, 2, 0)


def test_a_question_asked_elsewhere_takes_from_the_same_quota():
    employer = asking.bank(daily_quota=2)
    asking.answered(employer=employer)
    assert asked(applicants(2), employer).answered == 1


def test_rows_that_wait_for_the_quota_are_kept_a_day_longer_but_no_form_outlives_its_consent():
    employer = asking.bank(daily_quota=1)
    made = asked(applicants(60), employer)
    assert made.keep_until == TOMORROW + timedelta(days=1)
    moment = TOMORROW
    for _ in range(40):
        work(moment)
        batch.destroy(now=moment)
        moment += timedelta(days=1)
    ended = fresh(made)
    assert ended.ended_at <= made.uploaded_at + timedelta(days=32)
    assert sealed(made) == 0
    assert ended.settled == ended.total
