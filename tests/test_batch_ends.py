"""A batch that is stopped, whose employer is suspended, or whose day is over: nothing is asked more, and nothing is left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from registry import errors
from sharing.employers import batch, batch_asking
from sharing.employers.models import BatchRow, BatchState, Screening
from tests import asking, cast
from tests.batches import applicants, begun, checked, fresh, listed, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def chunks_of_three(monkeypatch):
    monkeypatch.setattr(batch_asking, "CHUNK", 3)


def sealed(made):
    return made.rows.filter(sealed__isnull=False).count()


def codes(made):
    """Of each row in its order what it was refused for, "" where it was not."""
    return [row.refusals[0]["code"] if row.refusals else "" for row in made.rows.order_by("place")]


@pytest.mark.usefixtures("chunks_of_three")
def test_a_stop_ends_what_was_not_asked_yet_and_keeps_what_was_answered():
    made = begun(applicants(5))
    batch_asking.go_on(now=cast.NOW)
    batch.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    work()
    assert (fresh(made).state, codes(made)) == (BatchState.STOPPED, ["", "", "", "R-584", "R-584"])
    assert (fresh(made).answered, fresh(made).refused, sealed(made)) == (3, 2, 0)
    batch.stop(made.pk, employer_id=made.employer_id, now=cast.NOW + timedelta(hours=1))
    assert fresh(made).ended_at == cast.NOW


def test_to_stop_before_anything_was_asked_leaves_no_row():
    made = checked(applicants(2))
    batch.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    assert (fresh(made).state, made.rows.count()) == (BatchState.STOPPED, 0)


@pytest.mark.usefixtures("chunks_of_three")
def test_a_suspended_employer_is_asked_nothing_more_for():
    made = begun(applicants(5))
    batch_asking.go_on(now=cast.NOW)
    organisation = asking.bank().organisation
    organisation.suspended_at = cast.NOW
    organisation.save()
    work()
    assert (fresh(made).state, codes(made)) == (BatchState.SUSPENDED, ["", "", "", "R-507", "R-507"])
    assert (Screening.objects.count(), sealed(made)) == (3, 0)


def test_a_suspended_employer_neither_uploads_nor_begins():
    made, employer = checked(applicants(1)), asking.bank()
    employer.organisation.suspended_at = cast.NOW
    employer.organisation.save()
    with pytest.raises(errors.EmployerSuspended):
        batch.begin(made.pk, employer=employer, now=cast.NOW)
    with pytest.raises(errors.EmployerSuspended):
        checked(applicants(1), employer)


def test_what_was_never_asked_is_destroyed_after_a_day():
    made = checked([listed(), *applicants(1)])
    batch.destroy(now=cast.NOW + timedelta(hours=23))
    assert made.rows.count() == 2
    batch.destroy(now=cast.NOW + timedelta(hours=24))
    assert (fresh(made).state, BatchRow.objects.count()) == (BatchState.EXPIRED, 0)
    with pytest.raises(errors.BatchOver):
        batch.begin(made.pk, employer=asking.bank(), now=cast.NOW + timedelta(hours=25))


def test_nothing_is_asked_of_what_is_over_though_it_was_not_destroyed_yet():
    made, late = checked(applicants(1)), begun(applicants(1))
    day_after = cast.NOW + timedelta(hours=24)
    with pytest.raises(errors.BatchOver):
        batch.begin(made.pk, employer=asking.bank(), now=day_after)
    work(day_after)
    assert fresh(late).answered == 0


@pytest.mark.usefixtures("chunks_of_three")
def test_what_could_not_be_asked_within_a_day_is_refused_by_name_and_leaves_no_input():
    made = begun([*applicants(3), listed()])
    batch_asking.go_on(now=cast.NOW)
    batch.destroy(now=cast.NOW + timedelta(hours=24))
    assert (fresh(made).state, codes(made)) == (BatchState.EXPIRED, ["", "", "", "R-583"])
    assert all(row.sealed is None for row in BatchRow.objects.all())
    work(cast.NOW + timedelta(hours=25))
    assert Screening.objects.count() == 3


def test_another_employers_batch_is_not_there():
    made, other = checked(applicants(1)), asking.courier_company()
    for act in (
        lambda: batch.own(other.pk, made.pk),
        lambda: batch.begin(made.pk, employer=other, now=cast.NOW),
        lambda: batch.stop(made.pk, employer_id=other.pk, now=cast.NOW),
    ):
        with pytest.raises(errors.NoSuchBatch):
            act()
    assert fresh(made).state == BatchState.CHECKED


def test_what_a_suspended_employer_has_waiting_is_emptied_within_a_minute_whatever_its_turn():
    waiting, unbegun = begun(applicants(2)), checked(applicants(3))
    organisation = asking.bank().organisation
    organisation.suspended_at = cast.NOW
    organisation.save()
    assert batch.destroy(now=cast.NOW) == 2
    assert (fresh(waiting).state, codes(waiting)) == (BatchState.SUSPENDED, ["R-507", "R-507"])
    assert (fresh(unbegun).state, unbegun.rows.count(), sealed(waiting)) == (BatchState.SUSPENDED, 0, 0)


def test_a_row_that_cannot_be_opened_is_refused_by_name_and_the_others_are_asked():
    made = begun(applicants(3))
    made.rows.filter(place=1).update(sealed=b"broken")
    work()
    assert (fresh(made).state, codes(made)) == (BatchState.DONE, ["", "R-587", ""])
    assert (fresh(made).answered, fresh(made).refused, sealed(made)) == (2, 1, 0)
