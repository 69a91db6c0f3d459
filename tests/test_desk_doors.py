"""Who is turned away at each door of the desk: nobody, another court, the wrong role, the own entry."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import Account, Listing, Officer, Proposal, Role, State
from tests import cast, desk
from tests.signing_in import DESK, app_code, password_typed, sign_in, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def auditor() -> Officer:
    return cast.officer("A-1", Role.AUDITOR, court="京")


def statistician() -> Officer:
    return cast.officer("S-1", Role.STATISTICIAN, court="京")


def doors() -> dict[str, str]:
    """Every page of the desk about one listing in force, one draft, one proposal."""
    listing = cast.in_force()
    draft = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "陆㛃")))
    decision = listing.party.decision_id
    proposal = cast.withdrawal_proposed(listing)
    of_decision = (
        "decision",
        "amend_decision",
        "add_party",
        "submit",
        "no_appeal",
        "service",
        "review",
        "approve",
        "send_back",
    )
    found = {name: reverse(f"admin:{name}", args=[decision]) for name in of_decision}
    return found | {
        "listing": reverse("admin:listing", args=[listing.number]),
        "amend_party": reverse("admin:amend_party", args=[draft.number]),
        "suspend": reverse("admin:act", args=[listing.number, "suspend"]),
        "propose": reverse("admin:propose", args=[listing.number, "correct"]),
        "proposal": reverse("admin:proposal", args=[proposal.pk]),
        "conclude_case": reverse("admin:conclude_case", args=[listing.party.decision.case_id]),
    }


GENERAL = ("index", "new_decision", "find", "file_case", "new_officer", "mail_address", "registry_listing_changelist")


def test_a_stranger_is_sent_to_the_sign_in():
    pages = [*doors().values(), *(reverse(f"admin:{name}") for name in GENERAL)]
    client = Client()
    for page in pages:
        for answer in (client.get(page), client.post(page, {"do": "carry_out"})):
            assert answer.status_code == 302, page
            assert answer.headers["Location"].startswith(reverse("admin:login")), page


def test_an_account_without_an_appointment_has_nothing_to_do_here():
    account = Account.objects.create(username="root", is_staff=True, is_superuser=True)
    client = Client()
    sign_in(client, account)
    assert client.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:registry_listing_changelist")).status_code == 302


def test_another_court_is_turned_away_everywhere():
    pages = doors()
    for officer in (cast.stranger(), cast.officer("J-WU", Role.JUDGE, court="京0108")):
        client = desk.at_the_desk(officer)
        for name, page in pages.items():
            for answer in (client.get(page), client.post(page, {"do": "carry_out"})):
                assert answer.status_code in (403, 404, 405), name  # by role, by court, by what the page does
                assert "高䶮" not in answer.content.decode(), name
        assert desk.looks(officer) == []
    assert Proposal.objects.get().outcome == "pending"


@pytest.mark.parametrize(
    ("who", "open_to"),
    [
        (cast.judge, {"decision", "review", "approve", "send_back", "listing", "suspend", "proposal"}),
        (cast.registrar, {"decision", "listing", "suspend", "proposal", "conclude_case"}),
        (cast.high_court_registrar, {"decision", "listing", "suspend", "proposal"}),
        (auditor, {"decision", "listing", "proposal"}),
        (statistician, set()),
        (cast.security_administrator, set()),
        (cast.system_administrator, set()),
    ],
)
def test_each_role_finds_its_own_doors_open_and_no_other(who, open_to):
    pages = doors()
    client = desk.at_the_desk(who())
    assert {name for name, page in pages.items() if client.get(page).status_code not in (403, 404)} == open_to


def test_a_refused_door_says_who_may():
    page = desk.at_the_desk(cast.judge()).get(reverse("admin:new_decision"))
    assert page.status_code == 403
    assert "R-302" in page.content.decode()
    assert "clerk" in page.content.decode()


def test_the_own_entry_has_no_button_and_says_why():
    listing = cast.submitted()
    clerk = cast.clerk()
    clerk.role = Role.JUDGE
    clerk.save()
    client = desk.at_the_desk(clerk)
    page = client.get(reverse("admin:review", args=[listing.party.decision_id])).content.decode()
    assert 'name="approve"' not in page
    assert "Who entered, submitted or proposed it may not approve it." in page
    typed = {
        "approve": listing.pk,
        f"number-{listing.pk}": cast.DEFENDANT_NUMBER,
        f"revision-{listing.pk}": listing.revision,
    }
    answer = client.post(reverse("admin:approve", args=[listing.party.decision_id]), typed)
    assert answer.status_code == 403
    assert cast.fresh(listing).state == State.IN_REVIEW


def test_who_proposed_it_may_not_decide_it():
    page = doors()["proposal"]
    clerk = desk.at_the_desk(cast.clerk())
    assert "Who proposed it may not decide it" in clerk.get(page).content.decode()
    clerk.post(page, {"do": "carry_out"})
    assert Proposal.objects.get().outcome == "pending"


def test_no_row_is_added_changed_or_deleted_in_a_table():
    pages = doors()
    listing = Listing.objects.get(number=pages["listing"].split("/")[-2])
    superuser = cast.registrar()
    Account.objects.filter(pk=superuser.account_id).update(is_superuser=True)
    client = desk.at_the_desk(superuser)
    before = Listing.objects.values().get(pk=listing.pk)
    for model, table in admin.site._registry.items():
        where = f"/desk/{model._meta.app_label}/{model._meta.model_name}"
        assert not table.actions
        for page in (
            "add/",
            f"{listing.pk}/",
            f"{listing.pk}/change/",
            f"{listing.pk}/delete/",
            f"{listing.pk}/history/",
        ):
            assert client.post(f"{where}/{page}", {"state": "withdrawn", "post": "yes"}).status_code == 404, page
        assert client.post(f"{where}/", {"action": "delete_selected", "_selected_action": listing.pk}).status_code in (
            403,
            405,
        )
    assert Listing.objects.values().get(pk=listing.pk) == before


def test_accounts_groups_and_tokens_are_not_in_the_tables():
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels.isdisjoint({"auth", "oauth2_provider"})
    assert Account not in admin.site._registry


def test_each_officer_says_where_his_own_reminders_go():
    clerk, judge = cast.clerk(), cast.judge()
    where, client = reverse("admin:mail_address"), desk.at_the_desk(clerk)
    refused = client.post(where, {"email": "lin(at)court"}).content.decode()
    assert "lin(at)court" in refused
    assert 'aria-invalid="true"' in refused
    assert client.post(where, {"email": "lin@court.example"}).status_code == 302
    clerk.account.refresh_from_db()
    assert clerk.account.email == "lin@court.example"
    assert 'value="lin@court.example"' in client.get(where).content.decode()
    client.post(where, {"email": ""})
    clerk.account.refresh_from_db()
    assert clerk.account.email == ""
    assert judge.account.email == ""


def test_the_sign_in_is_at_the_desk():
    clerk = cast.clerk()
    clerk.account.set_password(desk.PASSWORD)
    clerk.account.save()
    with_app(clerk.account)
    client = Client()
    assert "登录" in client.get("/desk/login/?next=/desk/find/", follow=True).content.decode()
    password_typed(client, clerk.account.username, desk.PASSWORD, at=DESK, next="/desk/find/")
    assert client.post("/desk/account/factors/authenticate/", {"code": app_code()}).headers["Location"] == "/desk/find/"
    assert "我的工作" in client.get("/desk/").content.decode()


def test_what_does_not_exist_is_not_found_in_words():
    client = desk.at_the_desk(cast.clerk())
    for where, code in (
        ("/desk/listings/L-2026-999999/", "R-313"),
        ("/desk/decisions/999999/", "R-218"),
        ("/desk/proposals/6f1cf3f4-0000-4000-8000-000000000000/", "R-315"),
        ("/desk/cases/999999/conclude/", "R-218"),
    ):
        answer = client.get(where)
        assert (answer.status_code, code in answer.content.decode()) == (404, True)
    listing = cast.in_force()
    for name in ("act", "propose"):
        assert client.get(reverse(f"admin:{name}", args=[listing.number, "erase"])).status_code == 404
