"""An officer chooses his own password by a link that opens once; who keeps accounts sees who uses them, and ends sessions."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from config import no_mail
from registry import actions, lockout
from registry.actions.inviting import first_invitation
from registry.errors import AppointmentEnded, NothingToUnlock, OwnAccount, WrongRole
from registry.models import Account, AccountAct, Role, SignInFailures
from sharing.parties import members
from sharing.parties.models import Organisation, OrganisationKind
from tests import cast, desk
from tests.signing_in import factors, with_app

pytestmark = pytest.mark.django_db
CHOSEN = {"new_password1": desk.PASSWORD, "new_password2": desk.PASSWORD}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def clerk(email=""):
    officer = cast.clerk()
    officer.account.email = email
    officer.account.set_password("the password before")
    officer.account.save()
    return officer


def link_for(officer, **how):
    return actions.invite(officer, officer=cast.security_administrator(), now=timezone.now(), **how)


def chooses(link, browser=None, **typed):
    """What the page said, and whether the password was taken."""
    browser = browser or Client(headers={"accept-language": "en"})
    page = browser.get(link, follow=True)
    if not page.context["validlink"]:
        return False
    return browser.post(page.request["PATH_INFO"], CHOSEN | typed).status_code == 302


def test_whoever_lost_the_second_factor_has_none_any_more():
    officer = clerk()
    with_app(officer.account)
    actions.reset_factors(officer, officer=cast.security_administrator(), now=timezone.now())
    assert factors(officer.account) == set()
    with_app(officer.account)
    link_for(officer)
    assert factors(officer.account) == {"totp"}, "a new invitation alone takes none away"


def signs_in(officer, password=desk.PASSWORD):
    return Client().login(username=officer.account.username, password=password)


def done_to(officer):
    return list(AccountAct.objects.filter(account=officer.account).order_by("at").values_list("act", "way", "by"))


def test_it_works():
    officer = clerk()
    assert chooses(link_for(officer))
    assert signs_in(officer)
    keeper = cast.security_administrator().pk
    assert done_to(officer) == [("invited", "paper", keeper), ("accepted", "", None)]


def test_the_sign_in_after_it_says_that_the_password_is_set():
    browser = Client(headers={"accept-language": "en"})
    assert chooses(link_for(clerk()), browser)
    assert "Your password is set. Sign in with it." in browser.get("/desk/", follow=True).content.decode()


def test_a_link_opens_once_and_leaves_the_address_at_once():
    link = link_for(clerk())
    browser = Client()
    page = browser.get(link)
    assert page.status_code == 302
    assert page.headers["Location"].endswith("/set-password/")
    assert page.headers["Cache-Control"].count("no-store")
    assert chooses(link)
    assert not chooses(link)
    assert not chooses(link.replace(link[-4:-1], "abc"))


def test_a_link_is_dead_after_seven_days_after_the_next_one_and_after_the_appointment(settings):
    first = link_for(clerk())
    second = link_for(cast.clerk())
    assert not chooses(first)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert not chooses(second)
    settings.PASSWORD_RESET_TIMEOUT = 7 * 24 * 3600
    actions.end_appointment(
        cast.clerk(),
        last_day=cast.NOW.date(),
        reason="leaves",
        receiver=None,
        officer=cast.security_administrator(),
        now=timezone.now(),
    )
    assert not chooses(second)
    with pytest.raises(AppointmentEnded):
        link_for(cast.clerk())


def test_a_weak_password_is_refused_in_words():
    link = link_for(clerk())
    browser = Client(headers={"accept-language": "en"})
    page = browser.get(link, follow=True).request["PATH_INFO"]
    for typed in ({"new_password1": "short", "new_password2": "short"}, {"new_password2": "another one"}):
        answer = browser.post(page, CHOSEN | typed)
        assert answer.status_code == 200
        assert 'aria-invalid="true"' in answer.content.decode()
    assert not cast.clerk().account.has_usable_password()


def test_neither_a_members_link_nor_an_officers_opens_the_other_door():
    officer = clerk()
    link = link_for(officer)
    assert not chooses(link.replace("/desk/invitation/", "/portal/invitation/"))
    organisation = Organisation.objects.create(kind=OrganisationKind.EMPLOYER, code="e", name="某公司", uscc="e" * 18)
    member = members.invite_by_mail(organisation, username="member", name="某", email="m@e.example", role="owner")
    uid = link.split("/")[3]
    own = first_invitation(officer, way=AccountAct.Way.PAPER, by=None, now=timezone.now())
    assert not chooses(own.replace(uid, _uid(member.account)))


def _uid(account):
    with_uid = first_invitation(
        type("Invited", (), {"account": account})(), way=AccountAct.Way.PAPER, by=None, now=timezone.now()
    )
    return with_uid.split("/")[3]


def test_a_new_invitation_ends_the_old_password_every_session_and_a_lock():
    officer = clerk()
    browsers = [desk.at_the_desk(officer), desk.at_the_desk(officer)]
    stranger = desk.at_the_desk(cast.judge())
    SignInFailures.objects.create(
        digest=b"x" * 32, of="password", account=officer.account, count=100, tried_at=cast.NOW
    )
    link_for(officer)
    assert not SignInFailures.objects.filter(account=officer.account).exists()
    assert not signs_in(officer, "the password before")
    assert all(each.get(reverse("admin:index")).status_code == 302 for each in browsers)
    assert Session.objects.count() == 1
    assert stranger.get(reverse("admin:index")).status_code == 200


def test_lost_means_of_signing_in_are_reset_on_record():
    officer = clerk("lin@court.example")
    browser = desk.at_the_desk(officer)
    link = actions.reset_factors(officer, officer=cast.security_administrator(), now=timezone.now())
    assert browser.get(reverse("admin:index")).status_code == 302
    assert chooses(link)
    assert [act for act, _way, _by in done_to(officer)] == ["factors_reset", "accepted"]


def test_the_end_of_an_appointment_deletes_its_sessions():
    officer = clerk()
    browser = desk.at_the_desk(officer)
    assert Session.objects.count() == 1
    actions.end_appointment(
        officer,
        last_day=cast.NOW.date(),
        reason="leaves",
        receiver=None,
        officer=cast.security_administrator(),
        now=timezone.now(),
    )
    assert Session.objects.count() == 0
    assert browser.get(reverse("admin:index")).status_code == 302


def test_nobody_but_a_security_administrator_and_nobody_for_himself():
    officer, keeper = clerk(), cast.security_administrator()
    others = (cast.clerk(), cast.registrar(), cast.high_court_registrar(), cast.system_administrator())
    for who in (*others, cast.officer("A-1", Role.AUDITOR, court="京")):
        for act in (actions.invite, actions.reset_factors):
            with pytest.raises(WrongRole):
                act(officer, officer=who, now=cast.NOW)
        with pytest.raises(WrongRole):
            actions.unlock(officer.account, officer=who, now=cast.NOW)
    for act in (actions.invite, actions.reset_factors):
        with pytest.raises(OwnAccount):
            act(keeper, officer=keeper, now=cast.NOW)
    with pytest.raises(NothingToUnlock):
        actions.unlock(officer.account, officer=keeper, now=cast.NOW)
    assert signs_in(officer, "the password before")


def test_a_security_administrator_whose_appointment_ended_keeps_no_accounts():
    keeper = cast.second_security_administrator()
    actions.end_appointment(
        keeper,
        last_day=cast.NOW.date(),
        reason="leaves",
        receiver=None,
        officer=cast.security_administrator(),
        now=timezone.now(),
    )
    keeper.refresh_from_db()
    with pytest.raises(WrongRole):
        actions.invite(clerk(), officer=keeper, now=cast.NOW)


def test_what_was_done_to_an_account_stays_on_record():
    link_for(clerk())
    with pytest.raises(IntegrityError, match="insert-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_accountact")


def test_the_console_invites_a_security_administrator_and_nobody_else():
    keeper, said = cast.security_administrator(), io.StringIO()
    call_command("invite", keeper.account.username, stdout=said)
    assert chooses(said.getvalue().strip().partition("/desk/")[1] + said.getvalue().strip().partition("/desk/")[2])
    assert signs_in(keeper)
    for user_name in (clerk().account.username, "nobody"):
        with pytest.raises(CommandError):
            call_command("invite", user_name)
    assert signs_in(cast.clerk(), "the password before")


def test_whom_the_console_invites_sets_up_his_means_of_signing_in_anew():
    keeper = cast.security_administrator()
    with_app(keeper.account)
    browser = desk.at_the_desk(keeper)
    call_command("invite", keeper.account.username, stdout=io.StringIO())
    assert factors(keeper.account) == set()
    assert browser.get(reverse("admin:index")).status_code == 302
    assert done_to(keeper) == [("factors_reset", "console", None)]


def test_by_mail_the_administrator_never_sees_the_link():
    officer = clerk("lin@court.example")
    page = reverse("admin:invite", args=[officer.pk])
    answer = desk.at_the_desk(cast.security_administrator()).post(page, follow=True)
    assert "/desk/invitation/" not in answer.content.decode()
    assert "The invitation was sent by mail." in answer.content.decode()
    (letter,) = mail.outbox
    assert letter.to == ["lin@court.example"]
    (link,) = re.findall(r"http://[^/]+(/desk/invitation/\S+)", letter.body)
    assert chooses(link)


def test_without_an_address_it_is_shown_once_to_be_printed():
    officer = clerk()
    browser = desk.at_the_desk(cast.security_administrator())
    answer = browser.post(reverse("admin:reset_factors", args=[officer.pk]))
    assert "no-store" in answer.headers["Cache-Control"]
    (link,) = re.findall(r"http://[^/]+(/desk/invitation/[^<\s]+)", answer.content.decode())
    assert chooses(link)
    assert "/desk/invitation/" not in browser.get(reverse("admin:account", args=[officer.pk])).content.decode()


@pytest.mark.parametrize("act", ["invite", "reset_factors"])
def test_a_reload_of_the_page_that_shows_the_link_leaves_the_one_that_was_handed_over(act):
    officer = clerk()
    browser = desk.at_the_desk(cast.security_administrator())
    page = browser.get(reverse("admin:account", args=[officer.pk])).content.decode()
    sent = {"once": re.search(r'name="once"\s+value="([^"]+)"', page).group(1)}
    answer = browser.post(reverse(f"admin:{act}", args=[officer.pk]), sent)
    (link,) = re.findall(r"http://[^/]+(/desk/invitation/[^<\s]+)", answer.content.decode())
    again = browser.post(reverse(f"admin:{act}", args=[officer.pk]), sent, follow=True)
    assert "/desk/invitation/" not in again.content.decode()
    assert "This was sent before" in again.content.decode()
    assert chooses(link)


def test_without_a_mail_server_it_is_shown_once_too_whatever_address_the_officer_has(settings):
    settings.EMAIL_BACKEND, settings.REGISTRY_SENDS_MAIL = no_mail.NAME, False
    officer = clerk("lin@court.example")
    browser = desk.at_the_desk(cast.security_administrator())
    answer = browser.post(reverse("admin:invite", args=[officer.pk]), follow=True)
    (link,) = re.findall(r"http://[^/]+(/desk/invitation/[^<\s]+)", answer.content.decode())
    assert chooses(link)
    assert AccountAct.objects.filter(act="invited").latest("at").way == AccountAct.Way.PAPER


def test_whose_address_was_mistyped_and_who_never_signed_in_is_invited_on_paper():
    officer = clerk("nobody@mistyped.example")
    browser = desk.at_the_desk(cast.security_administrator())
    page = browser.get(reverse("admin:account", args=[officer.pk])).content.decode()
    assert "Invite on paper" in page
    answer = browser.post(reverse("admin:invite", args=[officer.pk]), {"way": "paper"})
    assert mail.outbox == []
    (link,) = re.findall(r"http://[^/]+(/desk/invitation/[^<\s]+)", answer.content.decode())
    assert AccountAct.objects.filter(act="invited").latest("at").way == AccountAct.Way.PAPER
    assert chooses(link)


def test_who_has_signed_in_is_invited_by_mail_alone():
    officer = clerk("lin@court.example")
    Account.objects.filter(pk=officer.account_id).update(last_login=timezone.now())
    browser = desk.at_the_desk(cast.security_administrator())
    assert "Invite on paper" not in browser.get(reverse("admin:account", args=[officer.pk])).content.decode()
    answer = browser.post(reverse("admin:invite", args=[officer.pk]), {"way": "paper"}, follow=True)
    assert "/desk/invitation/" not in answer.content.decode()
    (letter,) = mail.outbox
    assert letter.to == ["lin@court.example"]


def test_a_letter_that_cannot_be_sent_is_said(monkeypatch):
    monkeypatch.setattr("registry.admin.accounts.letters.sent", lambda *_message, **_again: False)
    page = reverse("admin:invite", args=[clerk("lin@court.example").pk])
    answer = desk.at_the_desk(cast.security_administrator()).post(page, follow=True)
    assert "could not be sent" in answer.content.decode()
    assert "/desk/invitation/" not in answer.content.decode()


def test_who_never_signed_in_for_long_is_named_in_my_work_and_in_the_table():
    officer, judge = clerk(), cast.judge()
    Account.objects.filter(pk=officer.account_id).update(date_joined=timezone.now() - timedelta(days=91))
    Account.objects.filter(pk=judge.account_id).update(
        date_joined=timezone.now() - timedelta(days=91), last_login=timezone.now()
    )
    keeper = desk.at_the_desk(cast.security_administrator())
    work = keeper.get(reverse("admin:index")).content.decode()
    assert "C-LIN" in work
    assert "never signed in" in work
    assert "J-ZHAO" not in work
    table = keeper.get(reverse("admin:registry_officer_changelist")).content.decode()
    assert {"C-LIN", "J-ZHAO", "A-GAO"} <= set(re.findall(r"[ACJ]-[A-Z]+", table))
    assert "Last signed in" in table


def test_a_locked_member_is_found_by_user_name_and_unlocked_at_the_desk():
    organisation = Organisation.objects.create(kind=OrganisationKind.EMPLOYER, code="e", name="某公司", uscc="e" * 18)
    member = members.invite_by_mail(organisation, username="member-1", name="王某", email="", role="owner")
    SignInFailures.objects.create(digest=b"m" * 32, of="password", account=member.account, count=100, tried_at=cast.NOW)
    keeper = desk.at_the_desk(cast.security_administrator())
    page = keeper.get(reverse("admin:locked_accounts")).content.decode()
    assert "member-1" in page
    assert "王某" not in page
    assert "stopped until" in keeper.get(reverse("admin:index")).content.decode()
    unlocked = keeper.post(reverse("admin:unlock", args=[member.account_id]), follow=True)
    assert "No account is locked." in unlocked.content.decode()
    assert not lockout.locked().exists()
    again = keeper.post(reverse("admin:unlock", args=[member.account_id]), follow=True)
    assert "R-909" in again.content.decode()


def test_the_table_tells_registrars_and_auditors_no_more_than_before():
    for who in (cast.high_court_registrar(), cast.registrar()):
        table = desk.at_the_desk(who).get(reverse("admin:registry_officer_changelist")).content.decode()
        assert "Last signed in" not in table
        assert "/end/" not in table
    assert (
        desk.at_the_desk(cast.system_administrator()).get(reverse("admin:registry_officer_changelist")).status_code
        == 403
    )


def test_a_stranger_is_refused():
    officer = clerk()
    pages = {name: reverse(f"admin:{name}", args=[officer.pk]) for name in ("account", "invite", "reset_factors")}
    pages |= {"unlock": reverse("admin:unlock", args=[officer.account_id]), "locked": reverse("admin:locked_accounts")}
    SignInFailures.objects.create(digest=b"x" * 32, of="password", account=officer.account, count=50, tried_at=cast.NOW)
    for name, page in pages.items():
        assert Client().get(page).status_code == Client().post(page).status_code == 302, name
        for who in (cast.stranger(), cast.high_court_registrar(), cast.system_administrator(), cast.statistician()):
            browser = desk.at_the_desk(who)
            assert browser.get(page).status_code == browser.post(page).status_code == 403, (name, who)
    assert done_to(officer) == []
    assert lockout.locked().count() == 1
    keeper = desk.at_the_desk(cast.security_administrator())
    assert keeper.get(reverse("admin:account", args=[999_999])).status_code == 404
    assert keeper.get(pages["invite"]).status_code == 302
    assert done_to(officer) == []


def test_every_locked_account_is_within_reach(monkeypatch):
    monkeypatch.setattr("registry.admin.accounts.SHOWN", 1)
    for account in (cast.clerk().account, cast.judge().account):
        SignInFailures.objects.create(
            digest=account.username.encode(), of="password", account=account, count=10, tried_at=timezone.now()
        )
    browser, where = desk.at_the_desk(cast.security_administrator()), reverse("admin:locked_accounts")
    pages = "".join(browser.get(f"{where}?page={number}").content.decode() for number in (1, 2))
    assert all(f"/{account.pk}/unlock/" in pages for account in (cast.clerk().account, cast.judge().account))


def test_how_every_account_stands_is_read_in_one_statement_however_many_there_are():
    keeper = desk.at_the_desk(cast.security_administrator(), "en")
    locked = clerk().account
    SignInFailures.objects.create(
        digest=b"1" * 32, account=locked, count=lockout.LOCKED, tried_at=timezone.now(), of=SignInFailures.Of.PASSWORD
    )
    few = statements_of(keeper)
    for number in range(12):
        cast.officer(f"N-{number}", Role.CLERK)
    assert statements_of(keeper) == few
    assert keeper.get(reverse("admin:registry_officer_changelist")).text.count("locked after failed sign-ins") == 1


def statements_of(browser):
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(reverse("admin:registry_officer_changelist")).status_code == 200
    return len(asked)
