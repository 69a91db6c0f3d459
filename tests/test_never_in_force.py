"""What was approved and never took effect: once its term is over it is in My work, and it has an end where nobody acts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from registry import actions, waiting
from registry.admin.work import groups_for
from registry.entries import ProhibitionEntry
from registry.lifecycle import ACTS
from registry.models import ActRecord, Event, Listing, Party, Person
from registry.terms import after_months
from sharing.retention import never_in_force
from sharing.retention.models import PurgeReport, ReportKind
from tests import cast, objecting

pytestmark = pytest.mark.django_db

WAITS_ON = timedelta(days=actions.LAPSES_AFTER_DAYS)
OVER = "Approved, and the term is over before it took effect"


def approved(**changes):
    """The notice is not served; without ``received_on`` no day of effect is known either."""
    listing = cast.draft(cast.party(cast.person(), **changes))
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    if cast.fresh(listing).effective_on is not None:
        actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing))
    return cast.fresh(listing)


def morning_after(day):
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC) + timedelta(days=1)


def work_of(officer, now):
    with translation.override("en"):
        return {str(group.title): group for group in groups_for(officer, now)}


def notes_of(group):
    with translation.override("en"):
        return [str(note) for item in group.items for note in item.notes]


def is_there(listing):
    return Listing.objects.filter(pk=listing.pk).exists()


# In My work


@pytest.mark.parametrize("officer", [cast.clerk, cast.judge, cast.registrar])
def test_whose_term_is_over_before_it_took_effect_is_in_the_work_of_whoever_may_stop_it(officer):
    listing = approved()
    over = morning_after(listing.ends_on)
    assert actions.take_effect(now=over) == 0
    assert OVER not in work_of(officer(), over - timedelta(days=1))
    groups = work_of(officer(), over)
    assert [item.address for item in groups[OVER].items] == [f"/desk/listings/{listing.number}/acts/stop/"]
    assert not {"Awaiting effect", "Notices to be served"} & set(groups), "and in no second group"


def test_it_is_stopped_and_discarded_and_nothing_of_the_person_is_left():
    listing = approved()
    over = morning_after(listing.ends_on)
    actions.stop([listing.pk], officer=cast.registrar(), now=over, reason="its term is over")
    assert OVER not in work_of(cast.clerk(), over)
    actions.discard([listing.pk], officer=cast.clerk(), now=over, reason="its term is over")
    assert (Person.objects.count(), Party.objects.count()) == (0, 0)


def test_what_has_no_day_of_effect_is_asked_about_once_the_shortest_term_has_run_since_the_approval():
    assert approved(received_on=None).effective_on is None
    then = cast.NOW.replace(year=cast.NOW.year + 2)
    assert OVER not in work_of(cast.clerk(), then)
    notes = notes_of(work_of(cast.clerk(), then + timedelta(days=1))[OVER])
    assert any("no day of effect is known" in note for note in notes)


def test_what_waits_says_why_it_does_not_take_effect_any_more():
    listing = approved()
    day = listing.ends_on + timedelta(days=1)
    with translation.override("en"):
        (why,) = waiting.waits_for(listing, day)
        assert "it does not take effect any more" in str(why)
    assert waiting.goes_out_on(waiting.waits(listing, day)) is None


# Its end where nobody acts


def test_where_nobody_acts_it_ends_by_the_clock_to_the_day():
    listing = approved()
    last = morning_after(listing.ends_on) + WAITS_ON - timedelta(days=1)
    assert never_in_force.end(now=last) == 0
    assert never_in_force.end(now=last + timedelta(days=1)) == 1
    assert never_in_force.end(now=last + timedelta(days=1)) == 0
    assert not is_there(listing)
    assert (Person.objects.count(), Party.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_who_did_what_stays_and_that_the_clock_ended_it():
    listing = approved()
    now = morning_after(listing.ends_on) + WAITS_ON
    never_in_force.end(now=now)
    acts = ActRecord.objects.filter(listing_number=listing.number)
    assert [act.act for act in acts] == ["enter", "submit", "confirm_no_appeal", "approve", "lapse"]
    assert acts.last().officer is None
    assert (ACTS["lapse"].roles, ACTS["lapse"].event) == ((), None), "nobody does it by hand, and nobody is told"
    report = PurgeReport.objects.get()
    assert (report.kind, report.listings, report.at) == (ReportKind.LAPSED, 1, now)


def test_without_a_day_of_effect_the_term_is_counted_from_the_approval():
    listing = approved(received_on=None)
    completed = Party.objects.get().sentence_months
    approved_on = cast.NOW.date()
    would_end = after_months(approved_on, 36 + completed)
    assert never_in_force.end(now=morning_after(would_end - timedelta(days=60))) == 0
    assert is_there(listing)
    assert never_in_force.end(now=morning_after(would_end) + WAITS_ON) == 1


def test_a_ban_for_life_is_never_over():
    life = (ProhibitionEntry(scope="不得从事网络安全管理工作", basis="CSL 63", months=None),)
    listing = approved(received_on=None, prohibitions=life)
    assert never_in_force.end(now=cast.NOW.replace(year=2060)) == 0
    assert is_there(listing)


def test_what_is_in_force_or_only_a_draft_is_left_alone(settings):
    settings.REGISTRY_NOTICE_WAIVER = "Decision 12 of 2026"
    standing, waiting = cast.in_force(), cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    assert never_in_force.end(now=cast.NOW.replace(year=2050)) == 0
    assert is_there(standing)
    assert is_there(waiting)


def test_an_objection_outlives_it():
    listing = cast.draft()
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing))
    actions.record_service(
        [listing.pk], served_on=cast.NOW.date(), how="in_court", reference="117", officer=cast.clerk(), now=cast.NOW
    )
    listing = cast.fresh(listing)
    found = objecting.raised(listing)
    never_in_force.end(now=morning_after(listing.ends_on) + WAITS_ON)
    assert objecting.fresh(found).listing is None


def test_what_was_told_of_a_co_defendant_is_not_put_in_doubt_by_it(settings):
    first = approved(received_on=date(2026, 9, 10))
    settings.REGISTRY_NOTICE_WAIVER = "Decision 12 of 2026"
    second = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), received_on=date(2026, 9, 2)))
    standing = cast.put_in_force(second, cast.SECOND_NUMBER)
    settings.REGISTRY_NOTICE_WAIVER = ""
    never_in_force.end(now=morning_after(first.ends_on) + WAITS_ON)
    assert not is_there(first)
    assert cast.fresh(standing).days_differ_since is None
