"""The demonstration leaves two cases of today without a decision, one of them overdue, outside the published period."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.demo import not_entered as left
from config.demo.period.docket import PERIOD_END
from registry import not_entered
from registry.models import Case
from tests import cast, desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("later", range(0, 400, 37))
def test_the_clerk_finds_them_in_my_work(later, monkeypatch):
    now = cast.NOW + timedelta(days=later)
    monkeypatch.setattr(timezone, "now", lambda: now)
    left.leave(cast.clerk(), now)
    cases = not_entered.awaited(Case.objects.all())
    assert cases.count() == 2
    assert not_entered.overdue(cases, timezone.localdate(now)).count() == 1
    assert all(case.filed_on > PERIOD_END for case in cases)
    assert "not entered" in desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).content.decode()
