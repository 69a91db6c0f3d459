"""“林安甲等3人” is a headline of several, and nobody's name: refused wherever a name comes in."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.errors import HeadlineForName
from registry.models import Listing
from tests import becoming, cast, desk, importing, noticing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

HEADLINES = (
    "林安甲等3人",
    "林安甲等三人",
    "林安甲等人",
    "林安甲 等 ３ 人",
    "林安甲、欧阳㛃等十二人",
    "龑㛃数据有限公司等2人",
)
NAMES = ("等人杰", "林等三", "林人", "买买提·等尔人", "人人等人科技有限公司", "三人行数据有限公司", "何等", "平等人和")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.parametrize("headline", HEADLINES)
def test_it_is_refused_in_an_import(headline):
    made = importing.checked([importing.row(name=headline), importing.row(1)])
    assert importing.faults(made) == [(2, "name", "R-480")]
    assert headline not in desk.at_the_desk(cast.clerk()).get(f"/desk/imports/{made.pk}/").content.decode()


@pytest.mark.parametrize("name", NAMES)
def test_what_only_looks_a_little_like_it_is_a_name(name):
    assert importing.faults(importing.checked([importing.row(name=name)])) == []


def test_it_is_refused_by_hand_and_as_a_former_name():
    with pytest.raises(HeadlineForName) as refused:
        cast.draft(cast.party(cast.person(name="林安甲等3人")))
    assert refused.value.field == "name"
    with pytest.raises(HeadlineForName) as refused:
        cast.draft(cast.party(cast.person(former_names=("林安甲等人",))))
    assert refused.value.field == "former_names.0"
    assert not Listing.objects.exists()


def test_nobody_is_called_so_by_a_correction_or_a_new_name():
    listing = cast.in_force()
    with pytest.raises(HeadlineForName):
        cast.corrected(listing, name="高䶮等2人")
    with pytest.raises(HeadlineForName):
        becoming.renamed(cast.in_force(noticing.unit(), number=cast.UNIT_NUMBER), name="䶮云科技有限公司等2人")
