"""What waits for too long is told: in My work first of all, and by mail once a working day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone, translation

from registry import actions, overdue, reminding
from registry.admin.work import groups_for
from registry.models import Reminded, Role
from tests import cast
from tests.test_deputies import deputy_of, second_clerk, titles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
DAY = timedelta(days=1)
TUESDAY = cast.NOW  # 10:00 in Beijing


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    with translation.override("en"):
        yield


def reached_by_mail(*officers):
    for each in officers:
        each.account.email = f"{each.staff_number.lower()}@court.example"
        each.account.save()


def to():
    return sorted(address for message in mail.outbox for address in message.to)


@pytest.mark.parametrize(
    ("now", "since"),
    [
        (datetime(2026, 11, 24, 2, 0, tzinfo=UTC), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),  # Tuesday → Monday
        (datetime(2026, 11, 23, 2, 0, tzinfo=UTC), datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),  # Monday → Friday
        (
            datetime(2026, 11, 21, 2, 0, tzinfo=UTC),
            datetime(2026, 11, 19, 16, 0, tzinfo=UTC),
        ),  # Saturday → Thursday's end
        (datetime(2026, 10, 8, 2, 0, tzinfo=UTC), datetime(2026, 9, 30, 2, 0, tzinfo=UTC)),  # after the holiday week
    ],
)
def test_a_working_day_is_over_at_the_same_hour_of_the_next_one(now, since):
    assert overdue.waiting_since("review", now) == since


def test_after_one_working_day_it_stands_first_and_before_it_does_not():
    cast.submitted()
    assert "Waiting for more than one working day" not in titles(cast.judge(), TUESDAY + DAY - timedelta(minutes=1))
    first = groups_for(cast.judge(), TUESDAY + DAY)[0]
    assert str(first.title) == "Waiting for more than one working day"
    assert first.urgent
    assert "Awaiting review" not in titles(cast.judge(), TUESDAY + DAY)


def test_judges_are_written_to_once_a_working_day_for_each_listing():
    listing = cast.submitted()
    reached_by_mail(cast.judge(), cast.second_judge(), cast.clerk(), cast.registrar())
    assert reminding.remind(now=TUESDAY + timedelta(hours=23)) == 0
    assert reminding.remind(now=TUESDAY + DAY) == 2
    assert to() == ["j-qian@court.example", "j-zhao@court.example"]
    assert reminding.remind(now=TUESDAY + DAY + timedelta(hours=3)) == 0
    assert reminding.remind(now=TUESDAY + 2 * DAY) == 2
    assert reminding.remind(now=TUESDAY + 4 * DAY) == 0  # a Saturday
    whole = "".join(f"{message.subject}{message.body}" for message in mail.outbox)
    for said in (listing.number, "高䶮", cast.DEFENDANT_NUMBER, listing.party.decision.number):
        assert said not in whole
    assert "/desk/" in whole


def test_nobody_is_written_to_before_the_morning():
    cast.submitted()
    reached_by_mail(cast.judge())
    assert reminding.remind(now=datetime(2026, 11, 25, 23, 0, tzinfo=UTC)) == 0  # 07:00 in Beijing
    assert reminding.remind(now=datetime(2026, 11, 26, 0, 0, tzinfo=UTC)) == 1


def test_the_assigned_judge_and_his_deputy_are_written_to_and_no_other():
    listing = cast.submitted()
    third = cast.officer("J-CAI", Role.JUDGE)
    reached_by_mail(cast.judge(), cast.second_judge(), third)
    actions.assign_review(listing.party.decision_id, cast.judge(), officer=cast.judge(), now=cast.NOW)
    deputy_of(cast.judge(), third)
    assert reminding.remind(now=TUESDAY + DAY) == 2
    assert to() == ["j-cai@court.example", "j-zhao@court.example"]


def test_the_registrar_is_written_to_after_three_working_days():
    cast.submitted()
    reached_by_mail(cast.registrar())
    assert reminding.remind(now=TUESDAY + 2 * DAY) == 0
    assert reminding.remind(now=TUESDAY + 3 * DAY) == 1
    assert to() == ["r-sun@court.example"]


def test_a_returned_draft_that_nobody_touched_is_told_to_its_clerk():
    listing = cast.submitted()
    actions.return_to_clerk([listing.pk], officer=cast.judge(), now=cast.NOW, reason="the fine differs")
    reached_by_mail(cast.clerk(), second_clerk())
    assert reminding.remind(now=TUESDAY + 6 * DAY) == 0
    assert reminding.remind(now=TUESDAY + 7 * DAY) == 1
    assert to() == ["c-lin@court.example"]
    actions.amend_party(
        listing.pk,
        cast.party(fine_yuan=30_000),
        revision=cast.fresh(listing).revision,
        officer=cast.clerk(),
        now=TUESDAY + 7 * DAY,
    )
    assert reminding.remind(now=TUESDAY + 8 * DAY) == 0


def test_one_that_was_killed_after_sending_tells_twice_and_one_before_it_never_loses_it():
    cast.submitted()
    reached_by_mail(cast.judge())
    with patch.object(Reminded.objects, "bulk_create", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        reminding.remind(now=TUESDAY + DAY)
    assert len(mail.outbox) == 1
    assert reminding.remind(now=TUESDAY + DAY) == 1
    assert reminding.remind(now=TUESDAY + DAY) == 0
    assert len(mail.outbox) == 2


def test_a_mail_server_that_is_away_keeps_nobody_else_waiting_and_is_tried_again():
    cast.submitted()
    reached_by_mail(cast.judge(), cast.second_judge())
    send = EmailMessage.send

    def away_for_one(message, *args, **options):
        if "j-zhao@court.example" in message.to:
            raise OSError
        return send(message, *args, **options)

    with patch.object(EmailMessage, "send", away_for_one):
        assert reminding.remind(now=TUESDAY + DAY) == 1
    assert reminding.remind(now=TUESDAY + DAY) == 1
    assert to() == ["j-qian@court.example", "j-zhao@court.example"]


def test_other_numbers_of_days_are_a_setting(settings):
    settings.REGISTRY_CLOCKS = {"review": 2}
    cast.submitted()
    assert "Waiting for more than one working day" not in titles(cast.judge(), TUESDAY + DAY)
    assert "Waiting for more than 2 working days" in titles(cast.judge(), TUESDAY + 2 * DAY)


def test_registrars_see_by_court_what_waits_too_long():
    cast.submitted()
    elsewhere = cast.officer("R-WU", Role.REGISTRAR, court="京0108")
    for who in (cast.registrar(), cast.high_court_registrar()):
        group = titles(who, TUESDAY + DAY)["Waiting for review too long, by court"]
        assert str(group.items[0].notes[0]) == "listings: 1"
    assert "Waiting for review too long, by court" not in titles(elsewhere, TUESDAY + DAY)


def test_registrars_see_proposals_that_nobody_decides_and_deputies_that_end():
    listing = cast.in_force()
    actions.propose(
        listing.pk,
        "withdraw",
        against_version=1,
        officer=cast.clerk(),
        now=cast.NOW,
        reason="acquitted on retrial",
        ground="（2026）京0105刑再1号",
    )
    deputy_of(cast.clerk(), second_clerk())
    assert "Proposals that nobody has decided for days" not in titles(cast.registrar(), TUESDAY + 2 * DAY)
    found = titles(cast.registrar(), TUESDAY + 3 * DAY)
    assert [item.title for item in found["Proposals that nobody has decided for days"].items] == [listing.number]
    assert "马书记员 for 林书记员" in found["Deputies whose time ends within 7 days"].items[0].title
