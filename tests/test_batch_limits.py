"""How many batches of an employer are under way, and how many rows it begins in a day: the same by API as in the portal."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.utils import timezone

from registry.errors import BatchesUnderWay, RowsSpent
from sharing.employers import batch
from sharing.employers.models import Batch, BatchState, Screening
from tests import asking, batches, cast
from tests.batches import TOMORROW, applicants, begun, checked
from tests.test_batch_api import body, lines, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture
def bank():
    return asking.bearer(asking.bank().organisation)


def call(key, count=1, now=cast.NOW, employer=None):
    employer = employer or asking.bank()
    return batch.order(
        batches.raws(applicants(count)), purpose=batches.PURPOSE, post=batches.POST, employer=employer,
        client=asking.machine(employer.organisation), idempotency_key=key, now=now,
    )  # fmt: skip


def said(answer):
    return (answer.status_code, answer.json().get("code"))


def test_by_api_only_so_many_are_under_way_at_a_time(bank, settings):
    settings.SHARING_BATCHES_UNDER_WAY = 2
    first = post(bank, body(*lines(1)), key="key-00001")
    assert post(bank, body(*lines(1)), key="key-00002").status_code == 202
    refused = post(bank, body(*lines(1)), key="key-00003")
    assert said(refused) == (429, "R-418")
    assert int(refused["Retry-After"]) == 60
    assert Browser().delete(first["Location"], headers=bank).status_code == 204
    assert post(bank, body(*lines(1)), key="key-00003").status_code == 202


def test_one_that_is_done_makes_room(bank, settings):
    settings.SHARING_BATCHES_UNDER_WAY = 1
    post(bank, body(*lines(1)), key="key-00001")
    assert said(post(bank, body(*lines(1)), key="key-00002")) == (429, "R-418")
    batches.work(timezone.now())
    assert post(bank, body(*lines(1)), key="key-00002").status_code == 202


def test_one_that_waits_for_tomorrow_is_waited_for_until_then(settings):
    settings.SHARING_BATCHES_UNDER_WAY = 1
    call("key-00001")
    Batch.objects.update(state=BatchState.WAITING, due_at=TOMORROW)
    with pytest.raises(BatchesUnderWay) as refused:
        call("key-00002")
    assert refused.value.facts["retry_after"] == (TOMORROW - cast.NOW).total_seconds()


def test_by_api_only_so_many_rows_are_begun_in_a_day(bank, settings):
    settings.SHARING_BATCH_ROWS_A_DAY = 3
    assert post(bank, body(*lines(2)), key="key-00001").status_code == 202
    refused = post(bank, body(*lines(2)), key="key-00002")
    assert said(refused) == (429, "R-419")
    assert 0 < int(refused["Retry-After"]) <= 24 * 3600
    assert post(bank, body(*lines(1)), key="key-00002").status_code == 202
    assert Batch.objects.count() == 2


def test_files_and_calls_count_together_and_the_next_day_counts_anew(settings):
    settings.SHARING_BATCH_ROWS_A_DAY = 3
    begun(applicants(2))
    call("key-00001")
    with pytest.raises(RowsSpent):
        call("key-00002")
    waiting = checked(applicants(2))
    with pytest.raises(RowsSpent):
        batch.begin(waiting.pk, employer=asking.bank(), now=cast.NOW)
    assert Batch.objects.get(pk=waiting.pk).state == BatchState.CHECKED
    call("key-00002", now=TOMORROW)
    batch.begin(waiting.pk, employer=asking.bank(), now=TOMORROW)
    with pytest.raises(RowsSpent):
        call("key-00003", now=TOMORROW)


def test_in_the_portal_only_so_many_are_under_way_either(settings):
    settings.SHARING_BATCHES_UNDER_WAY = 1
    call("key-00001")
    with pytest.raises(BatchesUnderWay):
        begun(applicants(1))


def test_one_that_was_stopped_has_spent_its_rows(settings):
    settings.SHARING_BATCH_ROWS_A_DAY = 2
    made = call("key-00001", count=2)
    batch.stop(made.pk, employer_id=asking.bank().pk, now=cast.NOW)
    with pytest.raises(RowsSpent):
        call("key-00002")


def test_one_that_goes_on_the_next_day_counts_on_the_day_when_it_was_begun(settings):
    settings.SHARING_BATCH_ROWS_A_DAY = 2
    made = call("key-00001", count=2)
    Batch.objects.filter(pk=made.pk).update(begun_at=TOMORROW)
    assert call("key-00002", count=2, now=TOMORROW)


def test_the_same_call_again_is_given_its_batch_and_another_employer_has_its_own_room(settings):
    settings.SHARING_BATCHES_UNDER_WAY = settings.SHARING_BATCH_ROWS_A_DAY = 1
    rows = batches.raws(applicants(1))
    employer = asking.bank()
    about = {
        "purpose": batches.PURPOSE, "post": batches.POST, "employer": employer,
        "client": asking.machine(employer.organisation), "idempotency_key": "key-00001", "now": cast.NOW,
    }  # fmt: skip
    assert batch.order(rows, **about).pk == batch.order(rows, **about).pk
    other = asking.courier_company()
    other_about = {"purpose": other.purposes[0], "post": "courier", "employer": other}
    assert batch.order(rows, **{**about, **other_about, "client": asking.machine(other.organisation)})


def test_what_is_refused_so_costs_no_check_and_leaves_nothing(bank, settings, monkeypatch):
    settings.SHARING_BATCH_ROWS_A_DAY = 1
    monkeypatch.setattr("sharing.employers.batch.rows.check", lambda *_asked, **_more: pytest.fail("was checked"))
    assert said(post(bank, body(*lines(2)))) == (429, "R-419")
    assert not Batch.objects.exists()
    assert not Screening.objects.exists()
