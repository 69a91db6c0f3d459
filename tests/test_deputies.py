"""A deputy does another officer's work in his own name, on record for whom, between two days; four eyes hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from registry import actions, deputies
from registry.admin.story import story_of
from registry.admin.work import groups_for
from registry.errors import DeputyDays, DeputyOfDeputy, DeputyOverlaps, DeputyshipOver, FourEyes, NotADeputy, WrongRole
from registry.models import ActRecord, Deputyship, Role
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
TODAY = date(2026, 11, 24)
UNTIL = date(2026, 12, 4)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    with translation.override("en"):
        yield


def second_clerk():
    return cast._once("C-MA", Role.CLERK, name="马书记员")


def third_clerk():
    return cast._once("C-HU", Role.CLERK, name="胡书记员")


def deputy_of(absent, deputy, *, starts_on=TODAY, ends_on=UNTIL, by=None, now=cast.NOW):
    return actions.name_deputy(
        absent, deputy, starts_on=starts_on, ends_on=ends_on, reason="on leave", officer=by or absent, now=now
    )


def stands_in_for(deputy, day=TODAY):
    return {row.officer for row in deputies.around(deputy, day) if row.deputy == deputy}


def titles(officer, now=cast.NOW):
    return {str(group.title): group for group in groups_for(officer, now)}


def test_a_deputy_finds_the_drafts_and_what_he_does_is_on_record_for_whom():
    listing = cast.draft()
    deputy = second_clerk()
    deputy_of(cast.clerk(), deputy)
    (group,) = [each for title, each in titles(deputy).items() if "林书记员" in title]
    assert [item.title for item in group.items] == [listing.party.decision.number]
    assert "2026" in str(group.title)

    actions.submit([listing.pk], officer=deputy, now=cast.NOW + timedelta(minutes=1))
    record = ActRecord.objects.get(act="submit")
    assert (record.officer, record.on_behalf_of) == (deputy, cast.clerk())
    assert [str(step.who) for step in story_of(listing)][-1] == "马书记员 (clerk), for 林书记员 (clerk)"


def test_what_a_deputy_enters_into_such_a_decision_waits_with_the_one_he_stands_in_for():
    decision = cast.entered_decision()
    deputy = second_clerk()
    deputy_of(cast.clerk(), deputy)
    listing = actions.add_party(decision.pk, cast.party(), officer=deputy, now=cast.NOW)
    assert (listing.entered_by, listing.held_by) == (deputy, cast.clerk())
    assert ActRecord.objects.get(act="enter").on_behalf_of == cast.clerk()


def test_another_clerk_who_is_no_deputy_does_it_for_nobody():
    listing = cast.draft()
    actions.submit([listing.pk], officer=second_clerk(), now=cast.NOW)
    assert ActRecord.objects.get(act="submit").on_behalf_of is None


def test_it_begins_and_ends_by_itself():
    deputy = second_clerk()
    deputy_of(cast.clerk(), deputy, starts_on=TODAY + timedelta(days=1))
    for day, stands in (
        (TODAY, False),
        (TODAY + timedelta(days=1), True),
        (UNTIL, True),
        (UNTIL + timedelta(1), False),
    ):
        assert bool(stands_in_for(deputy, day)) is stands, day


def test_it_ends_at_once_by_either_of_the_two_or_the_registrar_and_stays_on_record():
    for who in (cast.clerk(), second_clerk(), cast.registrar()):
        row = deputy_of(cast.clerk(), second_clerk())
        actions.end_deputyship(row.pk, officer=who, now=cast.NOW)
        assert not stands_in_for(second_clerk())
        with pytest.raises(DeputyshipOver):
            actions.end_deputyship(row.pk, officer=who, now=cast.NOW)
    assert Deputyship.objects.count() == 3


def test_it_is_named_by_the_officer_himself_or_a_registrar_of_his_court_alone():
    deputy_of(cast.clerk(), second_clerk(), by=cast.registrar())
    stranger = cast.officer("R-WU", Role.REGISTRAR, court="京0108")
    for who in (second_clerk(), cast.judge(), cast.stranger(), stranger):
        with pytest.raises(WrongRole):
            deputy_of(cast.clerk(), third_clerk(), by=who)
        with pytest.raises(WrongRole):
            actions.end_deputyship(Deputyship.objects.get().pk, officer=third_clerk(), now=cast.NOW)


def test_a_deputy_is_another_officer_of_the_same_court_and_role_in_office():
    gone = third_clerk()
    gone.account.is_active = False
    gone.account.save()
    for who in (cast.clerk(), cast.judge(), cast.stranger(), gone):
        with pytest.raises(NotADeputy):
            deputy_of(cast.clerk(), who)


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [(TODAY - timedelta(1), UNTIL), (UNTIL, TODAY), (TODAY, TODAY + timedelta(days=366))],
)
def test_days_that_are_over_turned_round_or_too_many_are_refused(starts_on, ends_on):
    with pytest.raises(DeputyDays):
        deputy_of(cast.clerk(), second_clerk(), starts_on=starts_on, ends_on=ends_on)


def test_two_deputies_at_once_and_deputies_of_deputies_are_refused():
    deputy_of(cast.clerk(), second_clerk())
    with pytest.raises(DeputyOverlaps) as refused:
        deputy_of(cast.clerk(), third_clerk(), starts_on=UNTIL, ends_on=UNTIL)
    assert "C-MA" in str(refused.value)
    assert UNTIL.isoformat() in str(refused.value)
    with pytest.raises(DeputyOfDeputy):  # the deputy would have one himself
        deputy_of(second_clerk(), third_clerk())
    with pytest.raises(DeputyOfDeputy):  # the new one's deputy has a deputy already
        deputy_of(third_clerk(), cast.clerk())
    deputy_of(cast.clerk(), third_clerk(), starts_on=UNTIL + timedelta(1), ends_on=UNTIL + timedelta(2))
    deputy_of(second_clerk(), third_clerk(), starts_on=UNTIL + timedelta(1), ends_on=UNTIL + timedelta(2))


def test_who_was_stood_in_for_does_not_approve_what_was_done_for_him():
    """Not by the roles, which keep them apart anyway: whoever held both would be refused by this."""
    listing = cast.draft()
    deputy_of(cast.clerk(), second_clerk())
    actions.submit([listing.pk], officer=second_clerk(), now=cast.NOW)
    judge = cast.judge()
    listing.refresh_from_db()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE registry_actrecord SET on_behalf_of_id = %s WHERE act = 'submit'", [judge.pk])
    with pytest.raises(FourEyes):
        cast.approve(listing, by=judge)
    cast.approve(listing, by=cast.second_judge())


def test_while_it_lasts_neither_decides_what_the_other_proposed():
    listing = cast.in_force()
    proposal = actions.propose(
        listing.pk,
        "withdraw",
        against_version=1,
        officer=cast.judge(),
        now=cast.NOW,
        reason="acquitted on retrial",
        ground="（2026）京0105刑再1号",
    )
    row = deputy_of(cast.judge(), cast.second_judge())
    assert "Proposals waiting for me" not in titles(cast.second_judge())
    with pytest.raises(FourEyes):
        actions.carry_out(proposal.pk, officer=cast.second_judge(), now=cast.NOW)
    with pytest.raises(FourEyes):
        actions.refuse_proposal(proposal.pk, officer=cast.second_judge(), now=cast.NOW, reason="no")
    actions.end_deputyship(row.pk, officer=cast.judge(), now=cast.NOW)
    assert "Proposals waiting for me" in titles(cast.second_judge())
    actions.carry_out(proposal.pk, officer=cast.second_judge(), now=cast.NOW)


def test_nothing_of_a_deputyship_is_ever_changed():
    row = deputy_of(cast.clerk(), second_clerk())
    for statement in (
        "UPDATE registry_deputyship SET ends_on = ends_on + 1",
        "UPDATE registry_deputyship SET deputy_id = officer_id",
        "DELETE FROM registry_deputyship",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    actions.end_deputyship(row.pk, officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_deputyship SET ended_at = NULL, ended_by_id = NULL")


def test_the_reason_is_sealed():
    assert b"on leave" not in bytes(deputy_of(cast.clerk(), second_clerk()).reason_sealed)


def test_the_pages_name_and_end_a_deputy():
    deputy = second_clerk()
    clerk = desk.at_the_desk(cast.clerk())
    typed = {"absent": cast.clerk().pk, "deputy": deputy.pk, "starts_on": "2026-11-24", "ends_on": "2026-11-20"}
    refused = clerk.post(reverse("admin:name_deputy"), {**typed, "reason": "on leave"}).content.decode()
    assert "R-322" in refused
    assert 'value="2026-11-20"' in refused
    clerk.post(reverse("admin:name_deputy"), {**typed, "ends_on": "2026-12-04", "reason": "on leave"})
    row = Deputyship.objects.get()
    for who in (cast.clerk(), deputy, cast.registrar(), cast.officer("A-1", Role.AUDITOR, court="京")):
        page = desk.at_the_desk(who).get(reverse("admin:deputies")).content.decode()
        assert "马书记员" in page, who
        assert "on leave" in page, who
    for who in (third_clerk(), cast.stranger(), cast.statistician()):
        assert "马书记员" not in desk.at_the_desk(who).get(reverse("admin:deputies")).content.decode(), who
    desk.at_the_desk(third_clerk()).post(reverse("admin:end_deputyship", args=[row.pk]))
    row.refresh_from_db()
    assert row.ended_at is None
    desk.at_the_desk(deputy).post(reverse("admin:end_deputyship", args=[row.pk]))
    row.refresh_from_db()
    assert row.ended_by == deputy


def test_a_stranger_is_refused():
    row = deputy_of(cast.clerk(), second_clerk())
    for name, args in (("deputies", []), ("name_deputy", []), ("end_deputyship", [row.pk])):
        page = reverse(f"admin:{name}", args=args)
        assert Client().get(page).status_code == Client().post(page).status_code == 302
    end = desk.at_the_desk(cast.stranger()).post(reverse("admin:end_deputyship", args=[row.pk]))
    assert end.status_code == 302
    assert Deputyship.objects.get().ended_at is None
    typed = {"absent": cast.clerk().pk, "deputy": second_clerk().pk, "starts_on": "2026-12-24", "ends_on": "2026-12-24"}
    page = desk.at_the_desk(cast.stranger()).post(reverse("admin:name_deputy"), {**typed, "reason": "on leave"})
    assert page.status_code == 200
    assert Deputyship.objects.count() == 1
