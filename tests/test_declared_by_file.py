"""Receipts for what was downloaded: for what was in the file, and for nothing else."""

from __future__ import annotations

import pytest

from sharing.departments import owing
from sharing.departments.models import Look, Receipt
from tests import cast
from tests.test_hand_mode import declare, downloaded, lines, owed_ids, read, signed_in, taken_in, told
from tests.test_opened import opened_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def wei(finance):
    return signed_in(taken_in(finance))


def owed(department):
    return [duty.position for duty in owing.owed(department.pk, 100)]


def third():
    return cast.in_force(cast.party(cast.person(cast.APPLICANT_NUMBER, "赵某")), number=cast.APPLICANT_NUMBER)


def seen_by_a_wider_measure_alone():
    """Put in force before what the file holds, and not for finance yet."""
    cast.entered_decision()  # that of the others
    decision = cast.entered_decision(cast.judgment(facts=(), number="（2026）京0105刑初777号"))
    return cast.put_in_force(cast.draft(decision=decision))


def test_what_was_opened_since_is_not_confirmed_by_a_file_that_was_downloaded_before(finance, wei):
    seen_by_a_wider_measure_alone()
    cast.in_force()
    told()
    assert len(lines(downloaded(wei))) == 3
    opened_for(finance)
    told()
    assert owed(finance) == [1, 2, 3], "the first was opened, of the second other measures were said"
    assert "1 receipt is recorded." in declare(wei, which="up_to-2")
    assert owed(finance) == [1, 3]


def test_a_file_of_the_same_position_that_has_what_was_opened_confirms_it(finance, wei):
    seen_by_a_wider_measure_alone()
    told()
    downloaded(wei)
    opened_for(finance)
    downloaded(wei)
    assert list(Look.objects.order_by("opened").values_list("position", "opened")) == [(1, 0), (1, 1)]
    assert "1 receipt is recorded." in declare(wei, which="up_to-1")
    assert owed(finance) == []


def test_changes_confirm_what_changed_and_leave_what_was_only_in_the_file_before(finance, wei):
    first = cast.in_force()
    cast.second_in_force()
    told()
    downloaded(wei)
    cast.corrected(first, fine_yuan=1)
    third()
    told()
    downloaded(wei, after="2")
    assert "3 receipts are recorded." in declare(wei, which="up_to-4")
    assert owed(finance) == [2]
    assert "1 receipt is recorded." in declare(wei, which="up_to-2")
    assert owed(finance) == []


def test_changes_confirm_what_was_withdrawn_and_what_was_opened(finance, wei):
    wider = seen_by_a_wider_measure_alone()
    gone = cast.in_force()
    told()
    downloaded(wei)
    opened_for(finance)
    cast.withdrawn(cast.fresh(gone))
    told()
    rows = lines(downloaded(wei, after="2"))[1:-1]
    assert sorted(row[:2] for row in rows) == sorted([["new", wider.number], ["withdrawn", gone.number]])
    declare(wei, which="up_to-4")
    assert sorted(Receipt.objects.values_list("event_id", "kind")) == [(1, "applied"), (4, "purged")]
    assert owed(finance) == []


def test_what_is_not_confirmed_is_passed_over_and_not_asked_about_for_ever(finance, wei, monkeypatch):
    monkeypatch.setattr("sharing.departments.declaring.CHUNK", 1)
    seen_by_a_wider_measure_alone()
    cast.in_force()
    cast.second_in_force()
    told()
    downloaded(wei)
    opened_for(finance)
    declare(wei, which="up_to-3")
    assert sorted(Receipt.objects.values_list("event_id", flat=True)) == [2, 3]
    assert owed_ids(finance)


def test_the_choice_says_that_it_is_about_the_file(finance, wei):
    cast.in_force()
    told()
    downloaded(wei)
    assert "what was in the file up to position 1, as downloaded" in read(wei, "owed")
