"""What no rule refuses and no database takes: the decision is blamed for it, the others are written, and it has an end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, OperationalError

from registry.importing import checking, deciding, going_on, one_by_one, writing
from registry.models import ImportState, Listing, State
from tests import cast
from tests.importing import approved, csv_file, faults, fresh, read_in, row, rows

pytestmark = pytest.mark.django_db
STRANGE = row(1)["number"]
NUMBER = "110105198803041236"


def failing_at(act: Callable[..., None], error: Exception) -> Callable[..., None]:
    """The act, which fails wherever the strange decision is among those that it takes."""

    def fails(decisions: Sequence[Any], **about: Any) -> None:
        if any(each.entry.number == STRANGE for each in decisions):
            raise error
        act(decisions, **about)

    return fails


def go_on_for(minutes: int) -> None:
    for minute in range(minutes):
        now = cast.NOW + timedelta(minutes=minute)
        going_on.destroy(now=now)
        going_on.go_on(now=now)


def test_a_decision_that_cannot_be_written_is_wrong_and_the_others_are_written(notice_waived, monkeypatch, caplog):
    made = approved([*rows(3), row(3, number=STRANGE)])
    monkeypatch.setattr(writing, "write_imported", failing_at(writing.write_imported, DataError(NUMBER)))
    go_on_for(one_by_one.TRIES)
    assert (fresh(made).state, fresh(made).written) == (ImportState.WRITING, 0), "it is tried whole first"
    go_on_for(one_by_one.TRIES + 1)
    made = fresh(made)
    assert (made.state, made.written, made.wrong, made.sound) == (ImportState.DONE, 2, 2, 0)
    assert faults(made) == [(3, "", "R-260"), (5, "", "R-260")]
    assert Listing.objects.filter(state=State.ACTIVE).count() == 2
    assert NUMBER not in caplog.text


def test_a_decision_that_cannot_be_checked_is_wrong_and_the_others_are_checked(monkeypatch):
    made = read_in(csv_file(rows(3)))
    monkeypatch.setattr(checking, "examine", failing_at(checking.examine, ValueError(NUMBER)))
    go_on_for(one_by_one.TRIES + 2)
    made = fresh(made)
    assert (made.state, made.sound, made.wrong, made.waiting) == (ImportState.CHECKED, 2, 1, 0)
    assert faults(made) == [(3, "", "R-260")]


def test_while_the_database_fails_no_decision_is_to_blame(notice_waived, monkeypatch):
    made = approved(rows(3))
    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_imported", failing_at(writing.write_imported, OperationalError()))
        go_on_for(one_by_one.TRIES * 2)
    assert (fresh(made).state, fresh(made).failures) == (ImportState.WRITING, 0)
    go_on_for(one_by_one.TRIES * 2 + 1)
    assert (fresh(made).written, fresh(made).wrong) == (3, 0)


def test_a_chunk_that_fails_sometimes_is_forgiven_once_it_is_through(notice_waived, monkeypatch):
    made = approved(rows(2))
    with monkeypatch.context() as patch:
        patch.setattr(writing, "write_imported", failing_at(writing.write_imported, RuntimeError()))
        go_on_for(one_by_one.TRIES - 1)
    assert fresh(made).failures == one_by_one.TRIES - 1
    go_on_for(one_by_one.TRIES)
    assert (fresh(made).written, fresh(made).failures) == (2, 0)


def test_what_is_not_written_in_time_ends_and_the_clerk_is_told(notice_waived, monkeypatch, settings):
    made = approved(rows(2))
    monkeypatch.setattr(writing, "write_imported", failing_at(writing.write_imported, OperationalError()))
    last = cast.NOW + timedelta(hours=settings.REGISTRY_IMPORT_HOURS)
    assert going_on.destroy(now=last - timedelta(seconds=1)) == 0
    assert going_on.destroy(now=last) == 1
    made = fresh(made)
    assert made.state == ImportState.EXPIRED
    assert not made.rows.exclude(sealed=None).exists()
    assert made in deciding.waiting_for(cast.clerk(), made.ended_at)


def failing_at_commit(act: Callable[..., None]) -> Callable[..., None]:
    """The act, after which the strange decision breaks what the database asks at the end of a transaction alone."""

    def breaks(decisions: Sequence[Any], **about: Any) -> None:
        act(decisions, **about)
        broken = Listing.objects.filter(party__decision__number=STRANGE)
        broken.update(assigned_to_id=2**31 - 1)  # nobody

    return breaks


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_fails_only_at_the_commit_is_wrong_and_the_others_are_written(notice_waived, monkeypatch):
    made = approved([*rows(3), row(3, number=STRANGE)])
    monkeypatch.setattr(writing, "write_imported", failing_at_commit(writing.write_imported))
    go_on_for(one_by_one.TRIES + 1)
    made = fresh(made)
    assert (made.state, made.written, made.wrong, made.sound) == (ImportState.DONE, 2, 2, 0)
    assert faults(made) == [(3, "", "R-260"), (5, "", "R-260")]
    assert Listing.objects.filter(state=State.ACTIVE).count() == 2
