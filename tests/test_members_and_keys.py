"""Members and keys of a department: an owner decides who signs in, and what is shown once is shown once."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry import lockout
from registry.errors import LastOwner
from registry.models import Account, SignInFailures
from sharing import signing
from sharing.departments.models import Department
from sharing.parties import clients, members
from sharing.parties.models import Client, Member, MemberAct, MemberRole
from tests import asking, cast
from tests.signing_in import factors, password_typed, sign_in, with_app
from tests.threads import first_paused

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"
ENGLISH = {"accept-language": "en"}
HANDED_OVER = re.compile(r"<pre[^>]*>([^<]+)</pre>")


@pytest.fixture
def finance():
    return cast.department()


@pytest.fixture
def owner(finance):
    return a_member(finance, "ou", MemberRole.OWNER)


@pytest.fixture
def integrator(finance):
    return a_member(finance, "wei", MemberRole.INTEGRATOR)


def a_member(department, username, role):
    return members.take_in(
        department.organisation, username=username, password=PASSWORD, name=f"某{username}", role=role
    )


def signed_in(member):
    browser = Browser(headers=ENGLISH)
    sign_in(browser, member.account)
    return browser


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def shown_once(answer):
    found = HANDED_OVER.search(answer.content.decode())
    assert answer["Cache-Control"].find("no-store") >= 0
    return found.group(1)


def add(browser, **changes):
    data = {"username": "xin", "name": "辛对接", "email": "xin@finance.example", "role": "integrator"}
    return browser.post(at("add_member"), data | changes)


def press(browser, person, do):
    return browser.post(at("person_act", person.pk), {"do": do}, follow=True)


# Members


def test_an_owner_takes_a_member_in_who_chooses_a_password_before_anything_opens(owner):
    initial = shown_once(add(signed_in(owner)))
    newcomer = Browser(headers=ENGLISH)
    assert password_typed(newcomer, "xin", initial)["Location"] == reverse("mfa_index")
    sign_in(newcomer, Account.objects.get(username="xin"))
    assert newcomer.get(at("overview"))["Location"] == "/portal/password/"
    assert newcomer.get(at("people"))["Location"] == "/portal/password/"
    chosen = {"old_password": initial, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert newcomer.post("/portal/password/", chosen)["Location"] == at("overview")
    assert newcomer.get(at("overview")).status_code == 200
    assert Browser().login(username="xin", password=PASSWORD)
    assert not Browser().login(username="xin", password=initial)


def test_only_an_owner_is_led_to_the_page_of_a_member(owner, integrator):
    page = at("person", owner.pk)
    assert f'href="{page}"' in signed_in(owner).get(at("people")).content.decode()
    assert f'href="{page}"' not in signed_in(integrator).get(at("people")).content.decode()
    denied = signed_in(integrator).get(page)
    assert denied.status_code == 403
    assert "ask an owner of your organisation" in denied.content.decode()


def test_a_weak_or_mistyped_password_is_refused_beside_its_field(owner):
    browser = signed_in(owner)
    for new, again in (("123", "123"), (PASSWORD + "1", PASSWORD + "2")):
        answer = browser.post(
            "/portal/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": again}
        )
        assert answer.status_code == 200
        assert "There is a problem" in answer.content.decode()
    assert Browser().login(username="ou", password=PASSWORD)


def test_the_password_page_leads_strangers_to_sign_in():
    assert Browser().get("/portal/password/")["Location"] == "/portal/sign-in/?next=/portal/password/"
    officer = Browser()
    sign_in(officer, cast.clerk().account)
    assert officer.get("/portal/password/").status_code == 302


def test_a_user_name_that_is_taken_is_refused_and_what_was_typed_stays(owner, integrator):
    answer = add(signed_in(owner), username="wei")
    assert "R-905" in answer.content.decode()
    assert "辛对接" in answer.content.decode()
    assert Member.objects.count() == 2


@pytest.mark.parametrize("typed", ["ｘｉｎ", "xin", "Xin", "ＸＩＮ"])
@pytest.mark.parametrize("given", ["ｘｉｎ", "XIN"])
def test_a_user_name_in_wide_or_capital_letters_is_the_plain_one_that_signing_in_looks_for(owner, given, typed):
    initial = shown_once(add(signed_in(owner), username=given))
    assert Member.objects.get(name="辛对接").account.username == "xin"
    assert password_typed(Browser(), typed, initial)["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("typed", ["ｗｅｉ", "Wei"])
def test_a_name_that_is_taken_is_taken_in_wide_and_capital_letters_too(owner, integrator, typed):
    assert "R-905" in add(signed_in(owner), username=typed).content.decode()
    assert Member.objects.count() == 2


def test_a_user_name_is_measured_in_the_letters_that_are_kept(owner):
    assert "150" in add(signed_in(owner), username="x" * 148 + "ﷺ").content.decode()
    assert Member.objects.count() == 1


def test_who_is_shut_out_is_signed_out_at_once_and_may_be_let_in_again(owner, integrator):
    browser = signed_in(integrator)
    press(signed_in(owner), integrator, "shut_out")
    assert browser.get(at("overview")).status_code == 302
    assert not Browser().login(username="wei", password=PASSWORD)
    press(signed_in(owner), integrator, "let_in_again")
    assert Browser().login(username="wei", password=PASSWORD)


def test_a_lost_password_is_replaced_and_the_old_session_ends(owner, integrator):
    browser = signed_in(integrator)
    initial = shown_once(signed_in(owner).post(at("person_act", integrator.pk), {"do": "password"}))
    assert browser.get(at("overview")).status_code == 302
    assert Browser().login(username="wei", password=initial)


@pytest.mark.parametrize("do", ["password", "factors"])
def test_a_reload_of_the_page_that_shows_the_password_leaves_the_one_that_was_handed_over(owner, integrator, do):
    browser = signed_in(owner)
    page = browser.get(at("person", integrator.pk)).content.decode()
    sent = {"do": do, "once": re.search(r'name="once"\s+value="([^"]+)"', page).group(1)}
    initial = shown_once(browser.post(at("person_act", integrator.pk), sent))
    again = browser.post(at("person_act", integrator.pk), sent, follow=True).content.decode()
    assert HANDED_OVER.search(again) is None
    assert "This was sent before" in again
    assert Browser().login(username="wei", password=initial)
    assert MemberAct.objects.filter(about=str(integrator.pk)).count() == 1


@pytest.mark.parametrize("do", ["password", "factors"])
def test_who_begins_anew_is_no_longer_stopped_by_tries_that_failed(owner, integrator, do):
    for second in range(lockout.STOPPED * 2):
        lockout.check("wei", "", now=timezone.now() - timedelta(days=9) + timedelta(minutes=16) * second)
    assert lockout.locked().filter(account=integrator.account, count__gte=lockout.STOPPED).exists()
    initial = shown_once(signed_in(owner).post(at("person_act", integrator.pk), {"do": do}))
    assert password_typed(Browser(), "wei", initial)["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("do", ["password", "factors"])
def test_an_owner_takes_neither_his_own_password_nor_his_own_factor_away(owner, integrator, do):
    with_app(owner.account)
    browser, before = signed_in(owner), owner.account.password
    assert f'value="{do}"' in browser.get(at("person", integrator.pk)).content.decode()
    assert f'value="{do}"' not in browser.get(at("person", owner.pk)).content.decode()
    refused = browser.post(at("person_act", owner.pk), {"do": do}, follow=True)
    assert "R-908" in refused.content.decode()
    owner.account.refresh_from_db()
    assert owner.account.password == before
    assert factors(owner.account) == {"totp"}
    assert not MemberAct.objects.exists()


@pytest.mark.parametrize("where", ["portal:password", "admin:password_change"])
def test_guesses_at_the_former_password_are_counted_and_end_like_those_at_the_sign_in(integrator, where):
    account = integrator.account if where.startswith("portal") else cast.clerk().account
    account.set_password(PASSWORD)
    account.save()
    browser, new = Browser(headers=ENGLISH), "another long phrase"
    sign_in(browser, account)
    chosen = {"old_password": "a guess", "new_password1": new, "new_password2": new}
    assert browser.post(reverse(where), chosen).status_code == 200
    assert SignInFailures.objects.get(account=account, of="password").count == 1
    SignInFailures.objects.filter(of="password").update(count=lockout.STOPPED)
    assert browser.post(reverse(where), chosen | {"old_password": PASSWORD}).status_code == 200
    lockout.unlock(account)
    assert browser.post(reverse(where), chosen | {"old_password": PASSWORD}).status_code == 302


def test_who_lost_the_second_factor_begins_anew(owner, integrator):
    with_app(integrator.account)
    browser = signed_in(integrator)
    initial = shown_once(signed_in(owner).post(at("person_act", integrator.pk), {"do": "factors"}))
    assert browser.get(at("overview")).status_code == 302
    assert factors(integrator.account) == set()
    assert password_typed(Browser(), "wei", initial)["Location"] == reverse("mfa_index")
    assert MemberAct.objects.filter(act="reset_factors", about=str(integrator.pk)).exists()


def test_nobody_but_an_owner_takes_a_second_factor_away(owner, integrator):
    with_app(owner.account)
    assert signed_in(integrator).post(at("person_act", owner.pk), {"do": "factors"}).status_code == 403
    assert factors(owner.account) == {"totp"}


def test_the_last_owner_can_neither_leave_nor_step_down(owner, integrator):
    for do in ("shut_out", "make_integrator"):
        assert "R-601" in press(signed_in(owner), owner, do).content.decode()
    press(signed_in(owner), integrator, "make_owner")
    press(signed_in(owner), owner, "make_integrator")
    assert {each.account.username: each.role for each in Member.objects.all()} == {"ou": "integrator", "wei": "owner"}
    with pytest.raises(LastOwner):
        members.shut_out(Member.objects.get(pk=integrator.pk))


def test_an_integrator_reads_the_list_and_changes_nothing(owner, integrator):
    browser = signed_in(integrator)
    assert browser.get(at("people")).status_code == 200
    assert browser.get(at("add_member")).status_code == 403
    assert browser.get(at("person", owner.pk)).status_code == 403
    assert add(browser).status_code == 403
    assert browser.post(at("person_act", owner.pk), {"do": "shut_out"}).status_code == 403
    assert browser.get(at("receipt_key")).status_code == 403
    assert Member.objects.count() == 2


def test_another_departments_member_is_absent(owner):
    stranger = a_member(cast.department("telecom"), "te", MemberRole.INTEGRATOR)
    browser = signed_in(owner)
    assert browser.get(at("person", stranger.pk)).status_code == 404
    assert browser.post(at("person_act", stranger.pk), {"do": "shut_out"}).status_code == 404
    assert "te" not in re.findall(r'lang="en">(\w+)<', browser.get(at("people")).content.decode())


def test_what_an_owner_does_is_on_record(owner, integrator):
    browser = signed_in(owner)
    press(browser, integrator, "shut_out")
    press(browser, integrator, "shout")
    assert list(MemberAct.objects.values_list("act", "about")) == [("shut_out", str(integrator.pk))]


def at_address(member, email):
    Account.objects.filter(pk=member.account_id).update(email=email)


def readdress(browser, person, email):
    return browser.post(at("person_act", person.pk), {"do": "change_address", "email": email}, follow=True)


def address_of(member):
    return Account.objects.get(pk=member.account_id).email


def test_an_owner_changes_a_members_mail_address_and_the_former_one_is_told(
    owner, integrator, django_capture_on_commit_callbacks
):
    at_address(integrator, "wei@former.example")
    with django_capture_on_commit_callbacks(execute=True):
        assert "It holds from now on" in readdress(signed_in(owner), integrator, "wei@finance.example").content.decode()
    assert address_of(integrator) == "wei@finance.example"
    (letter,) = mail.outbox
    assert letter.to == ["wei@former.example"]
    assert "go to another mail address from now on" in letter.body
    act = MemberAct.objects.get()
    assert (act.member, act.act, act.about) == (owner, "change_address", str(integrator.pk))
    assert "wei@finance.example" in signed_in(owner).get(at("person", integrator.pk)).content.decode()


def test_an_address_that_cannot_be_written_to_changes_nothing_and_nor_does_who_is_no_owner(owner, integrator):
    at_address(owner, "ou@finance.example")
    assert "It holds from now on" not in readdress(signed_in(owner), integrator, "no address").content.decode()
    assert readdress(signed_in(integrator), owner, "wei@evil.example").status_code == 403
    assert (address_of(owner), address_of(integrator)) == ("ou@finance.example", "")
    assert not MemberAct.objects.exists()


def test_a_mail_address_is_changed_by_who_has_confirmed_that_it_is_he_alone(owner, integrator):
    browser = Browser(headers=ENGLISH)
    sign_in(browser, owner.account, ago=301)
    asked = browser.post(at("person_act", integrator.pk), {"do": "change_address", "email": "wei@finance.example"})
    assert "/factors/" in asked["Location"] or "/confirm/" in asked["Location"]
    assert address_of(integrator) == ""


# Keys


def test_a_key_is_shown_once_and_opens_the_api(integrator):
    text = shown_once(signed_in(integrator).post(at("add_key")))
    client_id, secret = (line.partition("=")[2] for line in text.splitlines())
    assert pull(token(client_id, secret)).status_code == 200
    assert Client.objects.get().last_used_on == timezone.localdate()
    assert secret not in signed_in(integrator).get(at("keys")).content.decode()


def test_a_revoked_key_and_its_tokens_end_at_once(integrator):
    client_id, secret = clients.issue(integrator.organisation, ("events",), now=timezone.now())
    bearer = token(client_id, secret)
    browser = signed_in(integrator)
    assert "It was never used" in browser.get(at("revoke_key", client_id)).content.decode()
    assert browser.post(at("revoke_key", client_id), follow=True).status_code == 200
    assert pull(bearer).status_code == 401
    assert Browser().post("/oauth/token", ask(client_id, secret)).status_code in {400, 401}
    assert not Client.objects.get().is_live(timezone.now())


def test_another_departments_key_is_absent(integrator):
    theirs, _ = clients.issue(cast.department("telecom").organisation, ("events",), now=timezone.now())
    browser = signed_in(integrator)
    assert browser.get(at("revoke_key", theirs)).status_code == 404
    assert browser.post(at("revoke_key", theirs)).status_code == 404
    assert Client.objects.get().is_live(timezone.now() + timedelta(minutes=1))


def test_the_use_of_a_key_is_written_once_a_day(integrator, django_assert_num_queries):
    clients.issue(integrator.organisation, ("events",), now=timezone.now())
    today = timezone.localdate()
    clients.note_use(Client.objects.get(), today, "203.0.113.9")
    used = Client.objects.get()
    assert used.last_used_on == today
    with django_assert_num_queries(0):
        clients.note_use(used, today, "203.0.113.9")


def test_an_owner_registers_the_key_for_receipts(owner):
    text = signing.public_key_text(Ed25519PrivateKey.generate().public_key())
    assert signed_in(owner).post(at("receipt_key"), {"key": f" {text} "}).status_code == 302
    assert Department.objects.get().receipt_key == text


@pytest.mark.parametrize(
    "wrong",
    ["x", "whpk_", "whsec_" + base64.b64encode(bytes(32)).decode(), "whpk_" + base64.b64encode(bytes(31)).decode()],
)
def test_what_is_no_public_key_is_refused_with_the_remedy(owner, wrong):
    answer = signed_in(owner).post(at("receipt_key"), {"key": wrong})
    assert "begins with whpk_" in answer.content.decode()
    assert Department.objects.get().receipt_key == ""


@pytest.mark.parametrize("name", ["people", "add_member", "keys", "receipt_key"])
def test_strangers_are_led_away_or_refused(owner, name):
    assert Browser().get(at(name))["Location"] == f"/portal/sign-in/?next={at(name)}"
    banker = members.take_in(asking.bank().organisation, username="hr", password=PASSWORD, name="韩人事")
    assert signed_in(banker).get(at(name)).status_code == 403
    officer = Browser()
    sign_in(officer, cast.clerk().account)
    assert officer.get(at(name)).status_code == 403


def ask(client_id, secret):
    return {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}


def token(client_id, secret):
    return Browser().post("/oauth/token", ask(client_id, secret)).json()["access_token"]


def pull(bearer):
    return Browser(headers={"authorization": f"Bearer {bearer}"}).get("/api/v1/events")


def test_the_keys_whose_secret_somebody_saw_stand_where_he_is_shut_out_until_they_end(owner, integrator):
    """Whoever kept the secret calls on: to be shut out ends a session, and no key."""
    theirs = signed_in(integrator)
    theirs.post(at("add_key"))
    made = Client.objects.get()
    theirs.post(at("key", made.client_id), {"do": "replace", "overlap": "7"})
    replaced = Client.objects.exclude(pk=made.pk).get()
    signed_in(owner).post(at("add_key"))
    page = press(signed_in(owner), integrator, "shut_out")
    assert page.redirect_chain[-1][0] == at("person", integrator.pk)
    text = page.content.decode()
    assert "Keys whose secret this member saw" in text
    owned = set(re.findall(r"/department/keys/(\w{20,})/", text))
    assert owned == {made.client_id, replaced.client_id}
    for each in (made, replaced):
        clients.revoke(each, now=timezone.now())
    assert "Keys whose secret" not in signed_in(owner).get(at("person", integrator.pk)).content.decode()


def test_a_key_that_somebody_else_made_in_place_of_the_same_one_is_not_his(owner, integrator):
    signed_in(owner).post(at("add_key"))
    old = Client.objects.get()
    seen = {}
    for who in (integrator, owner):
        signed_in(who).post(at("key", old.client_id), {"do": "replace", "overlap": "7"})
        seen[who] = Client.objects.latest("pk")
    assert clients.shown_to(integrator, now=timezone.now()) == [seen[integrator]]
    assert set(clients.shown_to(owner, now=timezone.now())) == {old, seen[owner]}


def test_a_reload_of_the_page_that_showed_a_secret_makes_no_second_key(owner):
    browser = signed_in(owner)
    typed = {"once": re.search(r'name="once"\s+value="([^"]+)"', browser.get(at("keys")).content.decode()).group(1)}
    before = Client.objects.count()
    shown_once(browser.post(at("add_key"), typed))
    again = browser.post(at("add_key"), typed, follow=True)
    assert "the key was shown then" in again.content.decode()
    assert Client.objects.count() == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_password_that_is_replaced_while_an_owner_leaves_makes_neither_fail(finance, monkeypatch):
    """Whoever leaves has each owner's row locked, and then the account: everybody takes them in this order."""
    ou, wei = a_member(finance, "ou", MemberRole.OWNER), a_member(finance, "wei", MemberRole.OWNER)
    first_paused(
        monkeypatch, lockout, "unlock", partial(members.give_initial_password, ou), partial(members.shut_out, wei)
    )
    ou, wei = Member.objects.get(pk=ou.pk), Member.objects.get(pk=wei.pk)
    assert (ou.has_initial_password, wei.is_shut_out) == (True, True)


@pytest.mark.django_db(transaction=True)
def test_a_password_that_is_chosen_while_an_owner_leaves_makes_neither_fail(finance, monkeypatch):
    ou, wei = a_member(finance, "ou", MemberRole.OWNER), a_member(finance, "wei", MemberRole.OWNER)
    members.give_initial_password(ou)
    chosen = partial(members.choose_password, ou, "quite another long phrase")
    first_paused(monkeypatch, Account, "save", chosen, partial(members.shut_out, wei))
    ou, wei = Member.objects.get(pk=ou.pk), Member.objects.get(pk=wei.pk)
    assert (ou.has_initial_password, wei.is_shut_out) == (False, True)
