"""Anchors in the log are meant for nobody: they are proved and signed like every event, and no reader is shown one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from registry import actions, auditing
from registry.auditing import anchoring, growing
from registry.checkpoints import signing
from registry.models import AuditKind, Event, EventType, Flag, LogHead
from registry.verifying.whole import Verification
from sharing.delivery import reading
from sharing.delivery.models import Told
from sharing.departments import telling
from sharing.departments.models import Department
from sharing.employers import recalling
from tests import asking, cast
from tests import auditing as auditors
from tests.cast import NOW
from tests.desk import at_the_desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def told(finance: Department) -> Department:
    """An anchor before, between and after what the department is told of."""
    anchored(0)
    listing = cast.in_force()
    anchored(1)
    actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=NOW, reason="objection received")
    anchored(2)
    telling.walk(now=NOW)
    return finance


def anchored(hours: int) -> None:
    auditing.note(AuditKind.EXPORT, now=NOW)
    while growing.grow():
        pass
    assert anchoring.anchor_if_due(now=NOW + timedelta(hours=hours)) is not None


def types() -> list[str]:
    return list(Event.objects.order_by("position").values_list("type", flat=True))


def test_an_anchor_has_a_position_like_every_event(told: Department) -> None:
    assert types() == [
        "audit.anchored",
        "listing.published",
        "audit.anchored",
        "listing.flagged",
        "audit.anchored",
    ]
    assert LogHead.objects.get().size == 5


def test_no_department_is_told_of_an_anchor(told: Department) -> None:
    assert Told.objects.get().first_position == 2
    assert [each.position for each in reading.after(told.pk, 0, 5)] == [2, 4]
    assert reading.last_meant(told.pk, 5) == 4


def test_the_pull_and_the_snapshot_leave_anchors_out(told: Department) -> None:
    headers = asking.bearer(told.organisation, ("events",))
    pulled = Browser().get("/api/v1/events?after=0", headers=headers)
    assert [each["data"]["event"]["position"] for each in pulled.json()["events"]] == [2, 4]
    *lines, _last = Browser().get("/api/v1/listings", headers=headers).getvalue().splitlines()
    assert len(lines) == 1
    assert b"audit" not in pulled.content + b"".join(lines)
    assert json.loads(lines[0])


def test_the_walks_over_the_log_pass_over_anchors(told: Department) -> None:
    assert recalling.walk(now=NOW) == 5
    assert reading.withdrawn_after(0) == (5, [])


def test_the_log_with_its_anchors_is_signed_and_verified(told: Department) -> None:
    while signing.sign(now=timezone.now()):
        pass
    verification = Verification.begun(None)
    while not verification.is_over:
        verification.step()
    assert verification.is_sound
    assert Browser().get("/log/tile/entries/000.p/5").status_code == 200


def test_the_desk_shows_anchors_in_the_log(told: Department) -> None:
    shown = at_the_desk(auditors.auditor()).get("/desk/registry/event/")
    assert shown.status_code == 200
    assert shown.content.decode().count(str(EventType.ANCHORED.label)) >= 3
