"""The court's desk for organisations that register themselves: the list, the licence, the decision; no stranger."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Role
from sharing.employers import corresponding
from sharing.employers.models import Employer, Registration, RegistrationAct, RegistrationState
from tests import cast, desk
from tests.registering import LICENCE, USCC, confirmed, sent, typed

pytestmark = pytest.mark.django_db
Act = RegistrationAct.Act

ADMITTED = {
    "name": "某银行",
    "name_en": "Some Bank",
    "code": "some-bank",
    "legal_basis": "刑法第三十七条之一",
    "admitted_for": ["finance_recruitment"],
    "daily_quota": "300",
}


@pytest.fixture(autouse=True)
def at_ten(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def he():
    return desk.at_the_desk(cast.high_court_registrar())


@pytest.fixture
def found():
    return confirmed(purposes=("finance_recruitment", "telecom_recruitment"))


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def enclosure(found):
    return at("enclosure", found.pk, found.enclosures.get().pk)


def test_it_waits_on_my_work_and_in_the_list_and_an_unconfirmed_one_does_not(he, found):
    other, _secret = sent(uscc=cast.UNIT_NUMBER, email="b@unit.example")
    for path in (reverse("admin:index"), at("registrations")):
        page = text(he.get(path))
        assert found.pk in page
        assert other.pk not in page
    assert "Registrations to decide (1)" in text(he.get(at("employers")))
    assert he.get(at("registration", other.pk)).status_code == 404


def test_what_waits_longer_than_two_working_days_is_marked(he, found, monkeypatch):
    assert "overdue" not in text(he.get(at("registrations")))
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(days=3))
    assert "overdue" in text(desk.at_the_desk(cast.high_court_registrar()).get(at("registrations")))


def test_the_page_shows_everything_that_was_sent(he, found):
    page = text(he.get(at("registration", found.pk)))
    for said in ("某银行", USCC, "示范市示范路2号"):
        assert said in page


def test_the_licence_is_saved_as_a_file_that_runs_nothing_and_the_look_is_on_record(he, found):
    assert he.get(enclosure(found)).status_code == 405
    answer = he.post(enclosure(found))
    assert answer.content == LICENCE
    assert answer["Content-Disposition"] == f'attachment; filename="{found.pk}.pdf"'
    assert answer["Content-Security-Policy"] == "sandbox"
    assert "no-store" in answer["Cache-Control"]
    assert RegistrationAct.objects.get(act="look").officer == cast.high_court_registrar()
    assert "under review" in text(he.get(at("registration", found.pk)))


def test_it_is_admitted_in_two_steps_with_fewer_purposes(he, found):
    path = at("admit_registration", found.pk)
    filled = he.get(path).content.decode()
    assert 'value="某银行"' in filled
    assert "transport" not in filled
    first = he.post(path, ADMITTED)
    assert first.url == path + "?check"
    assert USCC in text(he.get(first.url))
    done = he.post(first.url, follow=True)
    assert "invited by mail" in text(done)
    employer = Employer.objects.get()
    assert (employer.organisation.uscc, employer.purposes, employer.daily_quota) == (USCC, ["finance_recruitment"], 300)
    assert Registration.objects.get().organisation == employer.organisation
    assert "The file was destroyed" in text(he.get(at("registration", found.pk)))


def test_the_credit_code_is_the_one_that_was_registered_whatever_is_sent(he, found):
    path = at("admit_registration", found.pk)
    he.post(path, {**ADMITTED, "uscc": cast.UNIT_NUMBER})
    he.post(path + "?check")
    assert Employer.objects.get().organisation.uscc == USCC


def test_what_was_not_asked_for_is_refused_and_nothing_typed_is_lost(he, found):
    page = he.post(at("admit_registration", found.pk), {**ADMITTED, "admitted_for": ["transport_recruitment"]})
    assert page.status_code == 200
    assert "Some Bank" in page.content.decode()
    assert not Employer.objects.exists()


CONTACT = (typed().contact_name, typed().email, typed().phone)


def test_the_contact_is_shown_on_demand_and_each_look_is_on_record(he, found):
    for page in (he.get(at("registration", found.pk)), he.get(at("registrations"))):
        assert not any(each in text(page) for each in CONTACT)
    assert not found.acts.filter(act=Act.CONTACT).exists()
    for _ in range(2):
        shown = he.post(at("registration_contact", found.pk))
        assert all(each in text(shown) for each in CONTACT)
        assert "no-store" in shown["Cache-Control"]
    looks = found.acts.filter(act=Act.CONTACT)
    assert [each.officer for each in looks] == [cast.high_court_registrar()] * 2
    assert text(he.get(at("registration", found.pk))).count("contact looked at") == 2


def test_a_contact_that_was_destroyed_leaves_no_look(he, found):
    Registration.objects.filter(pk=found.pk).update(contact_sealed=None)
    assert he.post(at("registration_contact", found.pk)).status_code == 404
    assert not found.acts.filter(act=Act.CONTACT).exists()


def test_an_unconfirmed_ones_contact_is_as_absent_as_the_registration(he):
    unseen, _secret = sent()
    assert he.post(at("registration_contact", unseen.pk)).status_code == 404


@pytest.mark.parametrize("stranger", [cast.registrar, cast.clerk, cast.judge])
def test_nobody_else_is_shown_the_contact(stranger, found):
    shown = desk.at_the_desk(stranger()).post(at("registration_contact", found.pk))
    assert shown.status_code == 403
    assert not any(each in text(shown) for each in CONTACT)
    assert not found.acts.filter(act=Act.CONTACT).exists()


def test_a_look_needs_a_post(he, found):
    assert he.get(at("registration_contact", found.pk)).status_code == 405


def test_no_contact_is_kept_in_the_officers_session(he, found):
    he.post(at("admit_registration", found.pk), ADMITTED)
    kept = str(dict(he.session))
    assert typed().email not in kept
    assert typed().contact_name not in kept


def test_more_is_asked_for_with_words(he, found):
    he.post(at("ask_more", found.pk), {"reason": ""})
    assert Registration.objects.get().state == RegistrationState.RECEIVED
    he.post(at("ask_more", found.pk), {"reason": "a letter of authority"})
    assert Registration.objects.get().state == RegistrationState.MORE
    assert "a letter of authority" in text(he.get(at("registration", found.pk)))


def test_it_is_refused_with_a_reason(he, found):
    he.post(at("refuse_registration", found.pk), {"reason": ""})
    he.post(at("refuse_registration", found.pk), {"reason": "the licence is of another"})
    assert Registration.objects.get().state == RegistrationState.REFUSED
    assert "the licence is of another" in text(he.get(at("registration", found.pk)))
    again = he.post(at("refuse_registration", found.pk), {"reason": "the licence is of another"})
    assert "R-594" in text(again)


def test_the_owner_is_invited_again_until_a_password_is_chosen(he, found):
    path = at("admit_registration", found.pk)
    he.post(path, ADMITTED)
    he.post(path + "?check")
    corresponding.tell(now=cast.NOW)
    assert "Invite again" in text(he.get(at("registration", found.pk)))
    he.post(at("invite_again", found.pk))
    assert Registration.objects.get().untold
    owner = Registration.objects.get().organisation.members.get()
    owner.account.set_password(desk.PASSWORD)
    owner.account.save()
    assert "Invite again" not in text(he.get(at("registration", found.pk)))
    assert "R-594" in text(he.post(at("invite_again", found.pk), follow=True))


READ = ("registration",)
ACTS = ("admit_registration", "ask_more", "refuse_registration")


@pytest.mark.parametrize("who", [cast.clerk, cast.judge, cast.registrar])
def test_officers_of_other_roles_and_courts_are_refused(found, who):
    stranger = desk.at_the_desk(who())
    assert stranger.get(at("registrations")).status_code == 403
    for name in (*READ, *ACTS):
        assert stranger.get(at(name, found.pk)).status_code == 403, name
    for path in (enclosure(found), at("invite_again", found.pk)):
        assert stranger.post(path).status_code == 403, path
    assert Registration.objects.get().state == RegistrationState.RECEIVED


def test_an_auditor_reads_but_the_licence_and_does_nothing(found):
    auditor = desk.at_the_desk(cast.officer("A-X", Role.AUDITOR, court="京"))
    assert auditor.get(at("registrations")).status_code == 200
    assert auditor.get(at("registration", found.pk)).status_code == 200
    for name in ACTS:
        assert auditor.get(at(name, found.pk)).status_code == 403, name
    assert auditor.post(enclosure(found)).status_code == 403
