"""Two security administrators who end each other in the same moment, and who is at an act while his appointment ends."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from registry import actions
from registry.actions import appointing
from registry.errors import WrongRole
from registry.models import Officer, Role, State
from tests import cast
from tests.threads import first_paused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


def as_loaded(officer: Officer) -> Officer:
    return Officer.objects.select_related("account").get(pk=officer.pk)


def ends(leaving: Officer, by: Officer) -> None:
    leaving, by, today = as_loaded(leaving), as_loaded(by), cast.NOW.date()
    actions.end_appointment(leaving, last_day=today, reason="leaves", receiver=None, officer=by, now=timezone.now())


def test_of_two_security_administrators_who_end_each_other_one_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    gao, luo = cast.security_administrator(), cast.second_security_administrator()
    with pytest.raises(WrongRole):
        first_paused(monkeypatch, appointing, "hold_court", partial(ends, luo, by=gao), partial(ends, gao, by=luo))
    left = Officer.objects.filter(role=Role.SECURITY, account__is_active=True)
    assert list(left.values_list("pk", flat=True)) == [gao.pk]


def test_whose_appointment_ended_since_his_page_was_asked_for_does_no_act_any_more() -> None:
    listing, judge = cast.submitted(), as_loaded(cast.judge())
    ends(judge, by=cast.security_administrator())
    with pytest.raises(WrongRole):
        cast.approve(listing, by=judge)
    assert cast.fresh(listing).state == State.IN_REVIEW


def test_nor_does_he_decide_a_proposal() -> None:
    listing = cast.in_force()
    proposal = cast.withdrawal_proposed(listing)
    judge = as_loaded(cast.judge())
    ends(judge, by=cast.security_administrator())
    with pytest.raises(WrongRole):
        actions.carry_out(proposal.pk, officer=judge, now=cast.NOW)
