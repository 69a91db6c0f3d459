"""Nobody approves his own: not with a second account, not by another door, not after a new role, not in the database."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import Error, IntegrityError, connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.errors import ChangedMeanwhile, FourEyes, NotAllowedNow
from registry.models import Account, Import, Listing, Officer, Proposal, Role, State
from sharing.departments.models import Measure
from tests import cast, desk, importing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

FIRST = {"entered_by", "proposed_by", "uploaded_by", "ended_by"}
SECOND = {"approved_by", "decided_by", "end_approved_by"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def officers_in(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields if field.related_model is Officer}


def checks_in_the_database(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
            [table],
        )
        return [definition for (definition,) in cursor.fetchall()]


def decided_rows() -> list[type[models.Model]]:
    return [each for each in apps.get_models() if officers_in(each) & SECOND and officers_in(each) & FIRST]


def test_every_table_that_names_who_decided_refuses_who_began_it():
    assert {Listing, Proposal, Import, Measure} <= set(decided_rows())
    for model in decided_rows():
        checks = checks_in_the_database(model._meta.db_table)
        for second in officers_in(model) & SECOND:
            firsts = officers_in(model) & FIRST
            held = [
                each for each in checks if f"{second}_id" in each and any(f"{first}_id" in each for first in firsts)
            ]
            assert any("<>" in each or "NOT" in each for each in held), (model, second)


def in_sql(statement: str, *values: int | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_by_sql_nobody_approves_what_he_entered():
    listing = cast.submitted()
    with pytest.raises(IntegrityError, match="listing_approved_by_another_officer"):
        in_sql("UPDATE registry_listing SET approved_by_id = entered_by_id WHERE id = %s", listing.pk)


def test_by_sql_nobody_makes_another_one_have_entered_it():
    listing = cast.submitted()
    change = "UPDATE registry_listing SET entered_by_id = %s, submitted_by_id = %s, approved_by_id = %s WHERE id = %s"
    with pytest.raises(Error, match="insert-only"):
        in_sql(change, cast.judge().pk, cast.judge().pk, listing.entered_by_id, listing.pk)


def test_by_sql_nobody_makes_another_one_have_proposed_or_uploaded_it():
    cast.measure(cast.department())
    importing.checked(importing.rows(1))
    actions.propose(
        cast.in_force().pk,
        "withdraw",
        against_version=1,
        officer=cast.clerk(),
        now=cast.NOW,
        reason="acquitted on retrial",
        ground="（2026）京0105刑再1号",
    )
    for table, column in (
        ("registry_proposal", "proposed_by_id"),
        ("registry_import", "uploaded_by_id"),
        ("departments_measure", "entered_by_id"),
        ("departments_measure", "approved_by_id"),
        ("departments_instrument", "entered_by_id"),
    ):
        with pytest.raises(Error, match="insert-only"):
            in_sql(f"UPDATE {table} SET {column} = %s", cast.second_judge().pk)


def test_neither_save_nor_bulk_update_nor_update_goes_round_it():
    listing = cast.submitted()
    listing.approved_by = listing.entered_by
    ways = (
        lambda: listing.save(),
        lambda: Listing.objects.bulk_update([listing], ["approved_by"]),
        lambda: Listing.objects.update(approved_by=listing.entered_by),
    )
    for way in ways:
        with pytest.raises(IntegrityError), transaction.atomic():
            way()


def test_one_staff_number_has_one_account_and_one_account_one_officer():
    clerk = cast.clerk()
    second = Account.objects.create(username="c-lin-2", is_staff=True)
    for account, number in ((second, clerk.staff_number), (clerk.account, "J-LIN")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Officer.objects.create(account=account, court=clerk.court, role=Role.JUDGE, staff_number=number, name="林")


def test_a_role_that_came_in_between_changes_nothing_at_any_door():
    listing = cast.submitted()
    clerk = cast.clerk()
    clerk.role = Role.JUDGE
    clerk.save()
    with pytest.raises(FourEyes):
        cast.approve(listing, by=clerk)
    typed = {
        "approve": listing.pk,
        f"number-{listing.pk}": cast.DEFENDANT_NUMBER,
        f"revision-{listing.pk}": listing.revision,
    }
    where = reverse("admin:approve", args=[listing.party.decision_id])
    assert desk.at_the_desk(clerk).post(where, typed).status_code == 403
    assert cast.fresh(listing).state == State.IN_REVIEW


def test_the_form_is_not_what_keeps_him_out():
    """The page shows no button; the act refuses who makes the request by hand."""
    listing = cast.submitted()
    Officer.objects.filter(pk=listing.entered_by_id).update(role=Role.JUDGE)
    with pytest.raises(FourEyes):
        actions.approve(
            [listing.pk],
            typed={listing.pk: (cast.DEFENDANT_NUMBER,)},
            revisions={listing.pk: listing.revision},
            officer=Officer.objects.select_related("court", "account").get(pk=listing.entered_by_id),
            now=cast.NOW,
        )


def test_a_deputy_is_the_same_hand():
    listing = cast.submitted()
    deputy = cast._once("J-LU", Role.JUDGE, name="陆法官")
    Officer.objects.filter(pk=listing.entered_by_id).update(role=Role.JUDGE)
    lin = Officer.objects.select_related("court", "account").get(pk=listing.entered_by_id)
    actions.name_deputy(
        lin,
        deputy,
        starts_on=cast.NOW.date(),
        ends_on=cast.NOW.date(),
        reason="on leave",
        officer=lin,
        now=cast.NOW,
    )
    with pytest.raises(FourEyes):
        cast.approve(listing, by=deputy)


def test_what_is_approved_is_edited_no_more_and_what_was_edited_is_approved_anew():
    listing = cast.draft()
    shown = listing.revision
    entry = cast.party(fine_yuan=30_000)
    actions.amend_party(listing.pk, entry, revision=shown, officer=cast.clerk(), now=cast.NOW)
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(ChangedMeanwhile):
        cast.approve(listing)
    listing = cast.fresh(listing)
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(listing)
    listing = cast.fresh(listing)
    with pytest.raises(NotAllowedNow):
        actions.amend_party(listing.pk, entry, revision=listing.revision, officer=cast.clerk(), now=cast.NOW)


def in_another_role(officer: Officer, role: Role) -> Officer:
    Officer.objects.filter(pk=officer.pk).update(role=role)
    return Officer.objects.select_related("court", "account").get(pk=officer.pk)


def test_who_amended_the_draft_does_not_approve_what_he_typed():
    listing, ma = cast.draft(), cast._once("C-MA", Role.CLERK, name="马书记员")
    actions.amend_party(listing.pk, cast.party(fine_yuan=30_000), revision=1, officer=ma, now=cast.NOW)
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(FourEyes):
        cast.approve(cast.fresh(listing), by=in_another_role(ma, Role.JUDGE))


def test_nor_who_entered_or_amended_the_decision():
    ma = cast._once("C-MA", Role.CLERK, name="马书记员")
    decision = actions.enter_decision(cast.judgment(), officer=ma, now=cast.NOW)
    listing = cast.draft(decision=decision)
    hu = cast._once("C-HU", Role.CLERK, name="胡书记员")
    actions.amend_decision(decision.pk, cast.judgment(facts=()), revision=1, officer=hu, now=cast.NOW)
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    for clerk in (ma, hu):
        with pytest.raises(FourEyes):
            cast.approve(cast.fresh(listing), by=in_another_role(clerk, Role.JUDGE))
