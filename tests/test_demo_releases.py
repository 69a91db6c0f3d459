"""Whoever plays the demonstration outlives the database, as everything in it does."""

from __future__ import annotations

import pytest
from django.db import OperationalError, ProgrammingError, connection

from config.demo import releases
from tests import cast
from tests.sessions import end

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_session_that_was_ended_ends_no_demonstration_and_the_next_one_looks(monkeypatch):
    looked, look = [], releases._release_when_drawn
    monkeypatch.setattr(releases, "_release_when_drawn", lambda now: looked.append(look(now)))
    connection.ensure_connection()
    end(connection.connection.info.backend_pid)
    releases.release_when_drawn(cast.NOW)
    assert len(looked) == 1


def test_nor_does_a_database_that_is_away(monkeypatch):
    failing_with(OperationalError, monkeypatch)
    releases.release_when_drawn(cast.NOW)


def test_what_is_wrong_is_not_passed_over(monkeypatch):
    failing_with(ProgrammingError, monkeypatch)
    with pytest.raises(ProgrammingError):
        releases.release_when_drawn(cast.NOW)


def failing_with(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(now: object) -> None:
        raise error

    monkeypatch.setattr(releases, "_release_when_drawn", fail)
