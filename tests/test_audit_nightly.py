"""The audit trail is verified each night by itself, and somebody is written to when it is wrong or was not looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from config.operation import readiness
from config.operation.parts import State
from registry import auditing
from registry.auditing import anchoring, growing
from registry.models import AuditEntry, AuditKind, AuditVerification
from sharing.audit import nightly
from sharing.audit.faults import Fault
from sharing.witnesses import alarming
from sharing.witnesses.models import LogAlarm
from tests import logs
from tests.logs import by_hand

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def at_the_court(hour: int, minute: int = 0) -> datetime:
    return timezone.localtime(logs.NOW).replace(hour=hour, minute=minute, second=0, microsecond=0) + DAY


@pytest.fixture
def trail() -> None:
    auditing.note(AuditKind.EXPORT, who=auditing.account(1), about="L-2026-000001", now=logs.NOW)
    while growing.grow():
        pass
    anchoring.anchor_if_due(now=logs.NOW)
    logs.sign_all()


def kinds() -> set[str]:
    return set(LogAlarm.objects.filter(over_at=None).values_list("kind", flat=True))


def test_it_is_verified_once_a_night(trail: None) -> None:
    kept = nightly.verify_if_due(now=at_the_court(3))
    assert kept is not None
    assert (kept.findings, kept.size > 0) == (0, True)
    for hour in (4, 12, 23):
        assert nightly.verify_if_due(now=at_the_court(hour)) is None
    assert nightly.verify_if_due(now=at_the_court(1, 59) + DAY) is None
    assert nightly.verify_if_due(now=at_the_court(2) + DAY) is not None


def test_a_night_that_was_missed_is_made_up_for_in_the_morning(trail: None) -> None:
    assert nightly.verify_if_due(now=at_the_court(3)) is not None
    assert nightly.verify_if_due(now=at_the_court(9) + 2 * DAY) is not None


def under_a_clock_that_was_a_year_ahead() -> None:
    ahead = at_the_court(3) + 365 * DAY
    AuditVerification.objects.create(size=1, begun_at=ahead, ended_at=ahead, findings=0)


def test_one_that_was_made_under_a_clock_a_year_ahead_takes_no_night_away(trail: None) -> None:
    under_a_clock_that_was_a_year_ahead()
    assert nightly.verify_if_due(now=at_the_court(3)) is not None
    assert nightly.verify_if_due(now=at_the_court(4)) is None


def test_what_was_found_last_is_told_whenever_another_one_is_dated(trail: None) -> None:
    under_a_clock_that_was_a_year_ahead()
    by_hand("UPDATE registry_auditentry SET about = 'L-2026-000002' WHERE id = %s", AuditEntry.objects.get().pk)
    assert nightly.verify_if_due(now=at_the_court(3)) is not None
    alarming.watch(now=at_the_court(4))
    assert LogAlarm.Kind.AUDIT in kinds()
    (judged,) = [each for each in readiness.look().parts if each.name == "verification"]
    assert judged.state == State.DOWN


def test_it_is_missed_whatever_is_dated_in_a_time_to_come(trail: None) -> None:
    under_a_clock_that_was_a_year_ahead()
    alarming.watch(now=at_the_court(3) + 3 * DAY)
    assert LogAlarm.Kind.UNVERIFIED in kinds()


def test_one_by_hand_after_two_o_clock_is_enough(trail: None) -> None:
    AuditVerification.objects.create(size=1, begun_at=at_the_court(2, 1), ended_at=at_the_court(2, 5), findings=0)
    assert nightly.verify_if_due(now=at_the_court(3)) is None


def test_two_workers_do_not_verify_at_the_same_time(trail: None) -> None:
    cache.add("verify-audit", "", nightly.LEASE_SECONDS)
    assert nightly.verify_if_due(now=at_the_court(3)) is None
    cache.delete("verify-audit")
    assert nightly.verify_if_due(now=at_the_court(3)) is not None


def test_the_lease_ends_with_a_verification_that_broke(trail: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sharing.audit.comparing.RECORDED", None)
        with pytest.raises(TypeError):
            nightly.verify_if_due(now=at_the_court(3))
    assert nightly.verify_if_due(now=at_the_court(3)) is not None


def test_the_registry_is_written_to_when_something_is_wrong_until_it_is_sound_again(trail: None, mailoutbox) -> None:
    by_hand("UPDATE registry_auditentry SET about = 'L-2026-000002' WHERE id = %s", AuditEntry.objects.get().pk)
    kept = nightly.verify_if_due(now=at_the_court(3))
    assert kept is not None
    assert kept.fault == Fault.CHANGED
    alarming.watch(now=at_the_court(3, 5))
    assert kinds() == {LogAlarm.Kind.AUDIT}
    (mail,) = mailoutbox
    assert "审计记录与写入时不一致" in mail.body
    assert "the audit trail is not as it was written" in mail.body
    by_hand("UPDATE registry_auditentry SET about = 'L-2026-000001' WHERE id = %s", AuditEntry.objects.get().pk)
    assert nightly.verify_if_due(now=at_the_court(3) + DAY) is not None
    alarming.watch(now=at_the_court(3, 5) + DAY)
    assert kinds() == set()


def test_the_registry_is_written_to_when_nobody_verified_it_for_two_days(trail: None, mailoutbox) -> None:
    alarming.watch(now=logs.NOW + 2 * DAY)
    assert kinds() == set()
    alarming.watch(now=logs.NOW + 2 * DAY + timedelta(minutes=1))
    assert kinds() == {LogAlarm.Kind.UNVERIFIED}
    assert len(mailoutbox) == 1
    nightly.verify_if_due(now=logs.NOW + 2 * DAY + timedelta(minutes=2))
    alarming.watch(now=logs.NOW + 2 * DAY + timedelta(minutes=3))
    assert kinds() == set()
