"""Backups that were made while the clock was ahead: nobody takes them for the newest, and none is removed for their sake."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from config.backups import drilling, shelf
from config.backups.manifest import NAME
from config.backups.server import CannotBackUp
from config.backups.taking import back_up
from config.installing import looking
from config.operation import readiness
from config.operation.parts import State

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)
YEAR = timedelta(days=365)


def there(folder, *moments):
    """Complete backups of nothing, begun then."""
    for moment in moments:
        with shelf.unfinished(folder, moment) as place:
            shelf.write(place / NAME, "{}")


def moments(backups):
    return [each.taken_at for each in backups]


class TestTheFolder:
    def test_the_newest_is_the_newest_of_those_that_were_made_by_now(self, tmp_path):
        there(tmp_path, NOW - YEAR, NOW, NOW + 5 * YEAR)
        assert shelf.newest(tmp_path, NOW).taken_at == NOW
        assert moments(shelf.ahead(tmp_path, NOW)) == [NOW + 5 * YEAR]

    def test_a_clock_of_another_host_may_differ_by_some_minutes(self, tmp_path):
        there(tmp_path, NOW + timedelta(minutes=5))
        assert shelf.ahead(tmp_path, NOW) == []
        assert shelf.newest(tmp_path, NOW).taken_at == NOW + timedelta(minutes=5)
        assert moments(shelf.ahead(tmp_path, NOW - timedelta(seconds=1))) == [NOW + timedelta(minutes=5)]

    def test_what_was_just_made_is_never_removed_and_what_is_dated_after_it_is_not_counted(self, tmp_path):
        there(tmp_path, NOW - 2 * YEAR, NOW - YEAR, NOW, NOW + timedelta(minutes=1), NOW + 5 * YEAR)
        assert moments(shelf.remove_older(shelf.begun_at(tmp_path, NOW), 2)) == [NOW - 2 * YEAR]
        assert moments(shelf.remove_older(shelf.begun_at(tmp_path, NOW), 1)) == [NOW - YEAR]
        assert moments(shelf.complete(tmp_path)) == [NOW, NOW + timedelta(minutes=1), NOW + 5 * YEAR]

    def test_a_green_drill_that_is_dated_in_the_future_is_none(self, tmp_path):
        for at in (NOW - YEAR, NOW + YEAR):
            shelf.note_drill(tmp_path, json.dumps({"at": at.isoformat(), "green": True}))
        assert shelf.drilled_at(tmp_path, NOW) == NOW - YEAR

    def test_no_drill_restores_one(self, tmp_path):
        there(tmp_path, NOW + YEAR)
        with pytest.raises(CannotBackUp, match="no complete backup"):
            drilling.drill(tmp_path, into=None, now=lambda: NOW, say=print)


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_backing_up_says_which_one_it_made_and_leaves_it_there(tmp_path):
    there(tmp_path, NOW + 5 * YEAR, NOW + 6 * YEAR)
    taken = back_up(tmp_path, now=NOW, keep=2)
    assert (taken.backup.taken_at, taken.removed) == (NOW, [])
    assert taken.backup.manifest() == taken.manifest


@pytest.mark.django_db
class TestWhoIsTold:
    @pytest.fixture(autouse=True)
    def watched(self, settings, tmp_path):
        settings.REGISTRY_BACKUPS = str(tmp_path)

    def part(self):
        return next(each for each in readiness.look().parts if each.name == "backup")

    def test_it_is_down_though_there_is_one_of_today_until_it_is_moved_away(self, tmp_path):
        now = timezone.now()
        there(tmp_path, now - timedelta(hours=1), now + YEAR)
        part = self.part()
        assert (part.state, part.at_fault, part.said["ahead"]) == (State.DOWN, "backup", 1)
        assert part.said["seconds"] >= 3600
        (tmp_path / shelf.begun_at(tmp_path, now + YEAR).path.name).rename(tmp_path / "of-a-wrong-clock")
        assert self.part().state == State.OK

    def test_one_alone_is_as_good_as_none(self, tmp_path):
        there(tmp_path, timezone.now() + YEAR)
        assert (self.part().state, self.part().said["seconds"]) == (State.DOWN, None)

    def test_whoever_looks_at_the_installation_sees_it_red(self, tmp_path):
        there(tmp_path, timezone.now() - timedelta(hours=1), timezone.now() + YEAR)
        assert [each.colour for each in looking._backups()] == ["red", "green"]
