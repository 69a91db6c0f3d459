"""What stands on the record of a department's members was done: nothing that failed, and nothing that changed nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sharing.delivery import testing
from sharing.departments import endpoints, telling
from sharing.parties import members
from sharing.parties.models import MemberAct
from tests import cast
from tests.receiving import receiver
from tests.test_hand_mode import signed_in, taken_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(name="finance")
def finance_told():
    department = cast.department()
    cast.measure(department)
    cast.in_force()
    telling.walk(now=cast.NOW)
    return department


@pytest.fixture(name="member")
def of_finance(finance):
    return signed_in(taken_in(finance))


@pytest.fixture(name="endpoint")
def where_a_program_listens(finance):
    with receiver() as program:
        yield cast.add_endpoint(finance, program.url)[0]


def press(member, endpoint, do, **more):
    return member.post(reverse("department:endpoint_act", args=[endpoint.pk]), {"do": do, **more})


def acts():
    return list(MemberAct.objects.order_by("at").values_list("act", flat=True))


@pytest.mark.parametrize(
    ("do", "where", "flow"),
    [
        ("test", testing, "send"),
        ("pause", endpoints, "pause"),
        ("resume", endpoints, "resume"),
        ("rotate", endpoints, "rotate_secret"),
    ],
)
def test_what_failed_is_not_on_record(member, endpoint, monkeypatch, do, where, flow):
    def fail(*_asked, **_more):
        raise OSError("no")

    monkeypatch.setattr(where, flow, fail)
    with pytest.raises(OSError, match="no"):
        press(member, endpoint, do)
    assert acts() == []


def test_what_changed_nothing_is_not_either_and_what_was_done_is_once(member, endpoint):
    for do in ("resume", "pause", "pause", "resume", "resume", "test"):
        press(member, endpoint, do)
    assert acts() == ["pause_endpoint", "resume_endpoint", "test_endpoint"]


def test_a_lane_that_is_not_held_is_not_released(member, endpoint):
    press(member, endpoint, "release", number="L-2026-000001")
    press(member, endpoint, "release", number="no number")
    assert acts() == []
    endpoints.catch_up(endpoint.pk, after=0)
    press(member, endpoint, "release", number="L-2026-000001")
    assert acts() == ["release_endpoint"]


def test_nothing_is_delivered_again_where_nothing_lies_behind_the_position(member, endpoint):
    page = reverse("department:catch_up", args=[endpoint.pk])
    member.post(page, {"after": 1})
    assert acts() == []
    member.post(page, {"after": 0})
    assert acts() == ["replay"]


def test_what_cannot_be_noted_is_not_done(member, endpoint, monkeypatch):
    def fail(*_asked, **_more):
        raise OSError("no")

    monkeypatch.setattr(members, "note", fail)
    with pytest.raises(OSError, match="no"):
        press(member, endpoint, "pause")
    endpoint.refresh_from_db()
    assert endpoint.state == "active"
