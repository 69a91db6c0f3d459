"""A measure has a longest term for each listing: nobody is told on it afterwards, and who was told is withdrawn from."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from registry import actions
from registry.admin.story import REASONS_OF_THE_SYSTEM
from registry.models import ActRecord, EventType, State
from sharing.audit.promises import checking
from sharing.delivery import reading
from sharing.delivery.models import Told
from sharing.departments import previews, prospects, reconciling, settling, telling
from sharing.departments.eligibility import allows, effective_since
from sharing.departments.models import Measure, Recall
from sharing.departments.previews import Scope
from tests import cast

pytestmark = pytest.mark.usefixtures("notice_waived")

BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def finance():
    return cast.department()


def evening_of(day):
    return datetime.combine(day, time(23, 59), BEIJING)


def last_day(department):
    """Of what the department was told that it may do."""
    return Told.objects.get(department_id=department.pk, ended_position=None).said_until


def meant_for(department):
    events = reading.after(department.pk, 0, reading.telling_position())
    return [(event.position, event.type) for event in events]


def told(*, now=cast.NOW):
    telling.walk(now=now)


def followed(day):
    """The calendar, late on that day, and all that it had said was read."""
    settling.follow_calendar(now=evening_of(day))
    told(now=evening_of(day))


@pytest.mark.django_db
def test_a_department_is_withdrawn_from_alone_on_the_day_after(finance):
    transport = cast.department("transport")
    cast.measure(finance)
    cast.measure(transport, code="watch", facts=(), longest_months=None)
    listing = cast.in_force()
    told()
    last = last_day(finance)
    assert listing.effective_on.replace(year=listing.effective_on.year + 3) == last < listing.ends_on

    followed(last)
    assert meant_for(finance) == [(1, EventType.PUBLISHED)]

    followed(last + timedelta(days=1))
    assert meant_for(finance) == [(1, EventType.PUBLISHED), (2, EventType.WITHDRAWN)]
    assert meant_for(transport) == [(1, EventType.PUBLISHED)]
    assert cast.fresh(listing).state == State.ACTIVE
    recall = Recall.objects.get()
    assert (recall.department_id, recall.position, recall.closed_by) == (finance.pk, 2, None)
    assert not checking.check().counts
    assert ActRecord.objects.get(act="end_sharing").reason == settling.RAN_OUT

    followed(last + timedelta(days=2))
    assert len(meant_for(finance)) == 2, "once"


def test_why_a_department_alone_was_told_is_said_at_the_desk_in_both_languages():
    reasons = {settling.MEASURES_CHANGED, settling.RAN_OUT, settling.FITS_NO_MORE, reconciling.NEW_EPOCH}
    assert reasons <= set(REASONS_OF_THE_SYSTEM)
    with override("zh-hans"):
        assert not any(str(REASONS_OF_THE_SYSTEM[each]).isascii() for each in reasons)


@pytest.mark.django_db
def test_what_is_suspended_is_withdrawn_from_too(finance):
    cast.measure(finance)
    listing = cast.in_force()
    told()
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="doubt about the person")
    followed(last_day(finance) + timedelta(days=1))
    assert meant_for(finance)[-1][1] == EventType.WITHDRAWN
    assert cast.fresh(listing).state == State.SUSPENDED


@pytest.mark.django_db
def test_where_another_measure_goes_on_the_department_is_told_what_is_left(finance):
    cast.measure(finance)
    cast.measure(finance, code="watch", facts=(), longest_months=None)
    cast.in_force()
    told()
    followed(last_day(finance) + timedelta(days=1))
    (_, revised) = reading.after(finance.pk, 0, reading.telling_position())
    assert (revised.type, [each["code"] for each in revised.measures]) == (EventType.REVISED, ["watch"])
    assert last_day(finance) is None
    assert not Recall.objects.exists()
    assert not checking.check().counts


@pytest.mark.django_db
def test_who_may_do_nothing_any_more_and_is_informed_still_has_no_number_from_then_on(finance):
    cast.measure(finance)
    cast.measure(finance, code="information", basis="", information_only=True, facts=(), longest_months=None)
    cast.in_force()
    told()
    followed(last_day(finance) + timedelta(days=1))
    (_, revised) = reading.after(finance.pk, 0, reading.telling_position())
    assert revised.measures == "information_only"


@pytest.mark.django_db
def test_nobody_is_told_on_a_measure_whose_term_was_over_before_it_came(finance):
    cast.measure(finance, longest_months=1)
    listing = cast.in_force()
    assert listing.effective_on + timedelta(days=31) < cast.NOW.date()
    told()
    assert meant_for(finance) == []
    assert not checking.check().counts


@pytest.mark.django_db
def test_an_opening_set_has_none_whose_term_is_over(finance):
    cast.in_force()
    seen = previews.of_opening(cast.instrument(finance), Scope(("CL 253-1",), (), 1))
    cast.measure(finance, longest_months=1)
    assert (seen.fitting, seen.new) == (0, 0)
    assert not Told.objects.exists()


@pytest.mark.django_db
def test_a_correction_by_which_the_term_is_over_is_said_to_nobody_who_loses_it(finance):
    """As with facts: the department learns that it is over, and nothing of what it is now."""
    cast.measure(finance, longest_months=2)
    listing = cast.in_force(now=cast.NOW - timedelta(days=60))
    told(now=cast.NOW - timedelta(days=60))
    assert last_day(finance) < cast.NOW.date()
    cast.corrected(listing, facts=["telecom_fraud_related", "minors_data"])
    told()
    events = reading.after(finance.pk, 0, reading.telling_position())
    assert [event.type for event in events][-1] == EventType.WITHDRAWN
    assert Told.objects.get().ended_position == events[-1].position


@pytest.mark.django_db
def test_it_goes_chunk_by_chunk(finance, monkeypatch):
    monkeypatch.setattr(settling, "CHUNK", 1)
    cast.measure(finance)
    cast.in_force()
    cast.second_in_force()
    told()
    followed(Told.objects.latest("said_until").said_until + timedelta(days=1))
    assert not Told.objects.filter(ended_position=None).exists()
    assert Recall.objects.count() == 2


@pytest.mark.django_db
def test_the_desk_says_whose_term_is_over(finance, monkeypatch):
    cast.measure(finance)
    listing = cast.in_force()
    (prospect,) = prospects.prospects(listing)
    assert prospect.missing == []
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(days=4 * 365))
    with override("en"):
        (prospect,) = prospects.prospects(listing)
        missing = list(map(str, prospect.missing))
    assert (prospect.allows, missing) == ([], ["Limiting new accounts: its 36 months from effect are over"])


@given(
    effective_on=st.dates(date(2000, 1, 1), date(2060, 12, 31)),
    months=st.integers(0, 600),
    days=st.integers(-3, 3),
)
def test_the_first_day_of_effect_whose_term_is_not_over_is_found(effective_on, months, days):
    measure = Measure(articles=["CL 253-1"], facts=[], longest_months=months)
    listing = {"decision": {"article": "CL 253-1", "facts": [], "effective_on": effective_on.isoformat()}}
    day = effective_since(months, effective_on) + timedelta(days=days)  # some day
    for asked in (day, effective_on + timedelta(days=months * 30 + days)):
        assert allows(measure, listing, asked) is (effective_on >= effective_since(months, asked))
