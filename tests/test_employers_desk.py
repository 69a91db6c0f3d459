"""The court's desk for employers: who may ask, what looks like guessing, and consents to judge; no stranger."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from registry.errors import ConsentLinkDead, PurposeUnknown, ShutOutByTheCourt
from registry.models import Role
from sharing.desk import employer_tables
from sharing.employers import calling, giving, overseeing
from sharing.employers.consent import Attestation
from sharing.employers.models import ConsentLook, ConsentVerdict, Employer, EmployerAct, Monitoring, Screening, Verdict
from sharing.employers.monitoring import walking
from sharing.parties import clients, members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Client, Member, MemberRole, Organisation
from tests import asking, cast, consenting, desk, monitored, papers
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

FORM = papers.pdf("the signed form of an invented person")
EMPLOYER = {
    "name": "某银行",
    "name_en": "Some Bank",
    "code": "some-bank",
    "uscc": "91110000MA01B2NK7X",
    "legal_basis": "刑法第三十七条之一",
    "admitted_for": ["finance_recruitment"],
    "daily_quota": "300",
}


@pytest.fixture(autouse=True)
def at_ten(settings, monkeypatch):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_CALLED_SHARE = 0.0
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def he():
    return desk.at_the_desk(cast.high_court_registrar())


@pytest.fixture
def shown():
    """A question with a name that does not fit, whose form was shown."""
    cast.in_force()
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    asked = asking.answered(asking.question(name="高某", consent=signed))
    calling.call_in(now=cast.NOW)
    calling.show(asked, FORM, now=cast.NOW)
    return asked


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def outcome(asked: Screening) -> str:
    told: str = json.loads(asked.latest.answer)["outcome"]
    return told


def compared(**changes):
    typed = {
        "document_type": "resident_id",
        "document_number": cast.DEFENDANT_NUMBER,
        "name": "高某",
        "same_person": "",
        "reason": "",
    }
    return {**typed, **changes}


# Employers


def test_an_employer_is_admitted_in_two_steps(he):
    first = he.post(at("new_employer"), EMPLOYER)
    assert first.url == at("new_employer") + "?check"
    assert "Some Bank" in text(he.get(first.url))
    done = he.post(first.url, follow=True)
    assert "某银行" in text(done)
    employer = Employer.objects.get(organisation__code="some-bank")
    assert (employer.daily_quota, employer.purposes) == (300, ["finance_recruitment"])
    assert EmployerAct.objects.get().act == EmployerAct.Act.ADMIT


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"uscc": "91110000MA01B2NK7Y"}, "R-"),
        ({"code": "new"}, "R-424"),
        ({"code": "bank"}, "R-424"),
        ({"uscc": asking.BANK_USCC}, "R-425"),
        ({"admitted_for": []}, "R-"),
        ({"legal_basis": ""}, "R-"),
    ],
)
def test_what_is_wrong_with_an_employer_is_said_beside_the_field_and_nothing_typed_is_lost(he, changed, code):
    asking.bank()
    answer = he.post(at("new_employer"), {**EMPLOYER, **changed})
    assert answer.status_code == 200
    assert code in text(answer) or "error" in answer.content.decode()
    assert "Some Bank" in answer.content.decode()
    assert not Employer.objects.filter(organisation__code="some-bank").exists()


def test_the_list_shows_what_each_asked_and_what_looks_like_guessing(he, shown):
    page = text(he.get(at("employers")))
    assert "bank" in page
    assert "（1）" in page or "(1)" in page


def test_a_registrar_suspends_an_employer_with_a_reason_and_lets_it_ask_again(he, shown):
    path = at("switch_employer", "bank")
    assert Organisation.objects.get(code="bank").suspended_at is None
    he.post(path, {"reason": ""})
    assert Organisation.objects.get(code="bank").suspended_at is None
    he.post(path, {"reason": "many names that do not fit"})
    assert Organisation.objects.get(code="bank").suspended_at == cast.NOW
    he.post(path, {"reason": "explained in writing"})
    assert Organisation.objects.get(code="bank").suspended_at is None
    assert "explained in writing" in text(he.get(at("employer", "bank")))


def what_it_does(browser, path):
    """The hidden field that the form of a page that switches something sends back."""
    return re.search(r'name="to"\s+value="([^"]+)"', browser.get(path).content.decode()).group(1)


def test_who_presses_suspend_though_the_clock_or_somebody_else_did_so_meanwhile_does_not_let_it_ask_again(he):
    path = at("switch_employer", asking.bank().organisation.code)
    sent = {"reason": "many names that do not fit", "to": what_it_does(he, path)}
    he.post(path, sent)
    again = text(he.post(path, sent, follow=True))
    assert "nothing was changed" in again
    assert Organisation.objects.get(code="bank").suspended_at == cast.NOW
    let = {"reason": "explained in writing", "to": what_it_does(he, path)}
    he.post(path, let)
    he.post(path, let)
    assert Organisation.objects.get(code="bank").suspended_at is None
    assert EmployerAct.objects.filter(act__in=["suspend", "resume"]).count() == 2


def test_who_presses_shut_out_twice_does_not_let_the_member_in_again(he):
    first, _second = members_of_the_bank()
    path = at("switch_employer_member", "bank", first.pk)
    sent = {"reason": "sold what was answered", "to": what_it_does(he, path)}
    he.post(path, sent)
    he.post(path, sent)
    first.refresh_from_db()
    assert first.barred_at is not None


def test_the_quota_is_changed_with_a_reason(he):
    asking.bank()
    he.post(at("change_quota", "bank"), {"questions": "5000", "reason": "autumn recruitment"})
    assert Employer.objects.get().daily_quota == 5000
    assert "200 → 5000" in text(he.get(at("employer", "bank")))


def decided(language):
    """Acts on the bank with their reasons, as its page at the desk says them."""
    with override(language):
        rows = employer_tables.acts_of(Employer.objects.get()).rows
        return [(str(act), str(reason)) for _at, act, reason, _by in rows]


ENTRY = {
    "name": "某银行股份有限公司",
    "name_en": "Some Bank Co.",
    "legal_basis": "CL 37-1",
    "admitted_for": ["finance_recruitment", "network_security_review"],
    "reason": "renamed on 2026-11-20, licence shown; a second purpose applied for in writing",
}


def test_an_employer_that_was_renamed_or_asks_for_another_purpose_gets_another_entry_with_a_reason(he):
    """Its credit code is taken, so that it could not register anew."""
    bank = asking.bank()
    he.post(at("change_entry", "bank"), {**ENTRY, "reason": ""})
    assert Organisation.objects.get(code="bank").name == "bank"
    he.post(at("change_entry", "bank"), ENTRY)
    bank = Employer.objects.select_related("organisation").get(pk=bank.pk)
    assert (bank.organisation.name, bank.organisation.name_en) == ("某银行股份有限公司", "Some Bank Co.")
    assert bank.purposes == ["finance_recruitment", "network_security_review"]
    assert (bank.organisation.code, bank.organisation.uscc) == ("bank", asking.BANK_USCC)
    said = EmployerAct.objects.filter(act=EmployerAct.Act.AMEND).order_by("reason").values_list("reason", flat=True)
    assert [each.partition(": ")[0] for each in said] == [
        "bank → 某银行股份有限公司",
        "finance_recruitment → finance_recruitment, network_security_review",
        "— → Some Bank Co.",
    ]
    assert "bank → 某银行股份有限公司" in text(he.get(at("employer", "bank")))
    assert not any("_" in reason for _act, reason in decided("en")), "purposes are said in words"


def test_why_an_employer_was_suspended_is_said_in_words():
    bank = asking.bank()
    overseeing.suspend(bank, officer=None, reason=f"scr_1: {Verdict.NOT_SHOWN.value}", now=cast.NOW)
    assert ("suspended", "scr_1: not shown in time") in decided("en")


def test_an_entry_that_is_so_already_leaves_no_act(he):
    asking.bank()
    same = {"name": "bank", "name_en": "", "legal_basis": "CL 37-1", "admitted_for": ["finance_recruitment"]}
    answer = he.post(at("change_entry", "bank"), {**same, "reason": "asked for in writing"}, follow=True)
    assert not EmployerAct.objects.filter(act=EmployerAct.Act.AMEND).exists()
    assert "all is so already" in text(answer) or answer.redirect_chain


def test_a_purpose_that_was_taken_away_is_asked_no_more(he):
    asking.courier_company()
    purposes = ["transport_recruitment"]
    entry = {"name": "courier", "name_en": "", "legal_basis": "CL 37-1", "admitted_for": purposes}
    he.post(at("change_entry", "courier"), {**entry, "reason": "no longer a payment institution"})
    with pytest.raises(PurposeUnknown):
        asking.answered(employer=Employer.objects.select_related("organisation").get())


def test_an_employer_that_is_not_there_is_absent(he):
    assert he.get(at("employer", "nobody")).status_code == 404


# Consents


def test_a_form_that_was_shown_waits_on_my_work_and_in_the_list(he, shown):
    assert shown.pk in text(he.get(reverse("admin:index")))
    assert shown.pk in text(he.get(at("consents")))


def test_the_page_of_a_consent_tells_nothing_of_the_applicant(he, shown):
    page = text(he.get(at("consent", shown.pk)))
    assert cast.DEFENDANT_NUMBER not in page
    assert "高某" not in page
    assert "高䶮" not in page


def test_the_form_is_saved_as_a_file_that_runs_nothing_and_the_look_is_on_record(he, shown):
    assert he.get(at("consent_form", shown.pk)).status_code == 405
    answer = he.post(at("consent_form", shown.pk))
    assert answer.content == FORM
    assert answer["Content-Disposition"] == f'attachment; filename="{shown.pk}.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == "sandbox"
    assert ConsentLook.objects.count() == 1


def test_the_registrar_is_asked_whether_it_is_the_same_person_and_decides(he, shown):
    path = at("confirm_consent", shown.pk)
    asked = he.post(path, compared())
    assert "R-538" in text(asked)
    assert not ConsentVerdict.objects.exists()
    assert "R-305" in text(he.post(path, compared(same_person="yes")))
    he.post(path, compared(same_person="yes", reason="name changed in 2024, register of households"))
    assert outcome(shown) == "listed"


def test_a_form_that_names_another_is_not_confirmed(he, shown):
    assert "R-537" in text(he.post(at("confirm_consent", shown.pk), compared(name="高䶮")))


def test_a_consent_is_refused_with_a_reason(he, shown):
    path = at("refuse_consent", shown.pk)
    he.post(path, {"verdict": "mistyped", "reason": ""})
    assert not ConsentVerdict.objects.exists()
    he.post(path, {"verdict": "mistyped", "reason": "the form names somebody else"})
    assert outcome(shown) == "void"
    assert "the form names somebody else" in text(he.get(at("consent", shown.pk)))


def test_a_consent_that_was_not_called_in_is_absent(he):
    assert he.get(at("consent", "scr_" + "0" * 26)).status_code == 404


# Monitoring


def test_the_registry_sees_whose_name_does_not_fit_and_ends_it(he):
    enrolled = monitored.enrolled(monitored.enrolment(name="高某"))
    cast.in_force()
    walking.walk(now=timezone.now())
    page = he.get(at("employer", "bank")).content.decode()
    assert "Enrolled, and the name does not fit" in page
    address = at("end_monitoring", "bank", enrolled.pk)
    assert address in page
    assert "高某" not in page
    assert "R-" in text(he.post(address, {"reason": ""}))
    assert he.post(address, {"reason": "asked about somebody else"}).status_code == 302
    ended = Monitoring.objects.get()
    assert (ended.ended_because, ended.ended_by_officer, ended.subject_sealed) == (
        "registry",
        cast.high_court_registrar(),
        None,
    )
    assert f"{enrolled.pk}: asked about somebody else" in text(he.get(at("employer", "bank")))
    assert he.get(at("end_monitoring", "bank", "mon_nothing")).status_code == 404
    for who in (cast.registrar(), cast.officer("A-Y", Role.AUDITOR, court="京")):
        assert desk.at_the_desk(who).get(address).status_code == 403


def test_how_many_may_be_enrolled_is_changed_with_a_reason(he):
    asking.bank()
    he.post(at("change_most_enrolled", "bank"), {"most": "900", "reason": "twelve branches"})
    assert Employer.objects.get().monitored_most == 900
    assert "200 → 900: twelve branches" in text(he.get(at("employer", "bank")))


# Strangers


PAGES = ("employers", "consents")
ACTS = ("new_employer",)
OF_ONE = ("switch_employer", "change_entry", "change_quota", "change_most_enrolled")
OF_A_CONSENT = ("confirm_consent", "refuse_consent")


@pytest.mark.parametrize("who", [cast.clerk, cast.judge, cast.registrar])
def test_officers_of_other_roles_and_courts_are_refused(shown, who):
    stranger = desk.at_the_desk(who())
    for path in [
        *(at(name) for name in (*PAGES, *ACTS)),
        at("employer", "bank"),
        at("consent", shown.pk),
        *(at(name, "bank") for name in OF_ONE),
        *(at(name, shown.pk) for name in OF_A_CONSENT),
    ]:
        assert stranger.get(path).status_code == 403, path
    assert stranger.post(at("consent_form", shown.pk)).status_code == 403


def test_an_auditor_reads_and_does_nothing(shown):
    auditor = desk.at_the_desk(cast.officer("A-X", Role.AUDITOR, court="京"))
    for path in (*(at(name) for name in PAGES), at("employer", "bank"), at("consent", shown.pk)):
        assert auditor.get(path).status_code == 200, path
    for path in (
        at("new_employer"),
        *(at(name, "bank") for name in OF_ONE),
        *(at(name, shown.pk) for name in OF_A_CONSENT),
    ):
        assert auditor.get(path).status_code == 403, path
    assert auditor.post(at("consent_form", shown.pk)).status_code == 403


def test_a_registrar_takes_an_owner_in_and_hands_over_the_initial_password(he):
    asking.bank()
    typed = {"name": "某负责人", "username": "bank-owner", "email": "owner@bank.example", "role": "owner"}
    page = he.post(at("add_employer_member", "bank"), typed)
    assert "bank-owner" in text(page)
    member = Member.objects.get()
    assert (member.role, member.has_initial_password) == ("owner", True)
    assert "bank-owner" in text(he.get(at("employer", "bank")))
    assert ("member added", "owner") in decided("en")
    assert ("添加成员", "负责人") in decided("zh-hans")
    assert "R-" in text(he.post(at("add_employer_member", "bank"), typed)), "the user name is taken"
    assert desk.at_the_desk(cast.registrar()).get(at("add_employer_member", "bank")).status_code == 403


def test_a_registrar_revokes_a_key_of_an_employer_and_the_reason_stays(he):
    key = asking.machine(asking.bank().organisation)
    path = at("revoke_employer_key", "bank", key.client_id)
    assert path in he.get(at("employer", "bank")).content.decode()
    page = text(he.post(path, {"reason": "found on a public site"}, follow=True))
    key.refresh_from_db()
    assert not key.is_live(cast.NOW)
    assert "found on a public site" in page
    assert desk.at_the_desk(cast.registrar()).get(path).status_code == 403


def test_a_key_of_another_employer_is_not_found_there(he):
    asking.bank()
    key = asking.machine(asking.courier_company().organisation)
    assert he.post(at("revoke_employer_key", "bank", key.client_id), {"reason": "found"}).status_code == 404
    key.refresh_from_db()
    assert key.is_live(cast.NOW)


def test_who_judges_the_form_of_an_enrolment_reads_that_it_has_to_name_monitoring(he):
    """A form for one question is no consent to being told of changes for a year."""
    enrolled = monitored.enrolled()
    asked = enrolled.first
    calling.call_in_one(asked, officer=cast.high_court_registrar(), reason="a sample", now=cast.NOW)
    page = he.get(at("consent", asked.pk))
    assert "name monitoring, and 24 May 2027" in text(page)
    assert at("end_monitoring", "bank", enrolled.pk) in page.content.decode()
    plain = asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"))
    calling.call_in_one(plain, officer=cast.high_court_registrar(), reason="a sample", now=cast.NOW)
    assert "name monitoring" not in text(he.get(at("consent", plain.pk)))


def test_for_a_purpose_that_was_taken_away_links_lead_nowhere_and_monitoring_ends(he):
    courier = asking.courier_company()
    request = consenting.requested(courier).request
    monitored.enrolled(employer=courier)
    entry = {"name": "courier", "name_en": "", "legal_basis": "CL 37-1", "admitted_for": ["transport_recruitment"]}
    he.post(at("change_entry", "courier"), {**entry, "reason": "no longer a payment institution"})
    with pytest.raises(ConsentLinkDead):
        giving.answerable(request.pk, None, now=cast.NOW)
    ended = Monitoring.objects.get()
    assert (ended.ended_because, ended.subject_sealed) == ("registry", None)


# A member whom the court shuts out


OWNER, SECOND = "owner@bank.example", "second@bank.example"


def members_of_the_bank():
    """Whom the court shuts out, and another owner."""
    bank = asking.bank().organisation
    facts = {"password": "a long enough phrase", "role": MemberRole.OWNER}
    first = members.take_in(bank, username="first", name="某负责人", email=OWNER, **facts)
    second = members.take_in(bank, username="second", name="另一负责人", email=SECOND, **facts)
    return first, second


def portal_of(member):
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    listed = {"session_key": browser.session.session_key, "ip": "192.0.2.1", "user_agent": "a browser"}
    UserSession.objects.create(user=member.account, **listed)  # as whoever types his password is
    return browser


def shown_a_key(member):
    client_id, _secret = clients.issue(member.organisation, ["screenings"], now=cast.NOW)
    members.note(member, MemberActKind.ADD_KEY, client_id, now=cast.NOW)
    return Client.objects.get(client_id=client_id)


def test_a_registrar_shuts_a_member_out_at_once_with_the_keys_that_he_saw_and_the_other_owners_are_told(he):
    first, second = members_of_the_bank()
    browser = portal_of(first)
    assert browser.get("/employer/").status_code == 200
    key, other = shown_a_key(first), shown_a_key(second)
    path = at("switch_employer_member", "bank", first.pk)
    assert path in he.get(at("employer", "bank")).content.decode()
    assert "R-213" in he.post(path, {"reason": ""}).content.decode()
    assert browser.get("/employer/").status_code == 200
    page = text(he.post(path, {"reason": "sold what was answered"}, follow=True))
    assert "The owners are told by mail" in page
    assert "某负责人: sold what was answered" in page
    assert "shut out by the court" in page
    assert browser.get("/employer/").status_code == 302
    assert not Browser().login(username="first", password="a long enough phrase")
    for each, live in ((key, False), (other, True)):
        each.refresh_from_db()
        assert each.is_live(cast.NOW) is live
    (letter,) = mail.outbox
    assert letter.to == [SECOND]
    assert key.client_id[:8] in letter.body
    assert "某负责人" not in letter.body
    assert set(EmployerAct.objects.exclude(act="admit").values_list("act", flat=True)) == {"shut_out", "key"}


def test_no_owner_lets_in_again_whom_the_court_shut_out_and_a_registrar_does(he):
    first, second = members_of_the_bank()
    browser = portal_of(first)
    path = at("switch_employer_member", "bank", first.pk)
    he.post(path, {"reason": "sold what was answered"})
    owner = portal_of(second)
    assert "alone lets the member in again" in owner.get(f"/employer/members/{first.pk}/").content.decode()
    refused = owner.post(f"/employer/members/{first.pk}/act/", {"do": "let_in_again"}, follow=True)
    assert "R-597" in refused.content.decode()
    first.account.refresh_from_db()
    assert not first.account.is_active
    he.post(path, {"reason": "it was somebody else"})
    first.account.refresh_from_db()
    assert first.account.is_active
    assert browser.get("/employer/").status_code == 302, "no former session is open again"
    assert EmployerAct.objects.filter(act="let_in", reason__contains="it was somebody else").exists()


def test_the_last_owner_is_shut_out_too_and_the_registrar_reads_that_nobody_could_be_told(he):
    first, second = members_of_the_bank()
    for each in (second, first):
        path = at("switch_employer_member", "bank", each.pk)
        page = text(he.post(path, {"reason": "left the bank"}, follow=True))
    assert "No owner could be told by mail" in page
    assert not Member.objects.filter(account__is_active=True).exists()


def test_whom_an_owner_shut_out_the_court_shuts_out_for_good(he):
    first, _second = members_of_the_bank()
    members.shut_out(first)
    he.post(at("switch_employer_member", "bank", first.pk), {"reason": "sold what was answered"})
    with pytest.raises(ShutOutByTheCourt):
        members.let_in_again(first)


def test_whom_an_owner_shut_out_stays_so_when_the_court_takes_its_own_back(he):
    first, _second = members_of_the_bank()
    members.shut_out(first)
    path = at("switch_employer_member", "bank", first.pk)
    he.post(path, {"reason": "sold what was answered"})
    page = text(he.post(path, {"reason": "it was somebody else"}, follow=True))
    assert "an owner lets the member in again" in page
    first.refresh_from_db()
    first.account.refresh_from_db()
    assert first.barred_at is None
    assert not first.account.is_active
    members.let_in_again(first)
    first.account.refresh_from_db()
    assert first.account.is_active


def test_a_member_of_another_employer_is_not_found_there_and_other_officers_are_refused(he):
    first, _second = members_of_the_bank()
    asking.courier_company()
    assert he.post(at("switch_employer_member", "courier", first.pk), {"reason": "found"}).status_code == 404
    path = at("switch_employer_member", "bank", first.pk)
    for stranger in (cast.registrar(), cast.officer("A-X", Role.AUDITOR, court="京")):
        browser = desk.at_the_desk(stranger)
        assert browser.get(path).status_code == 403
        assert browser.post(path, {"reason": "because I may not"}).status_code == 403
    first.account.refresh_from_db()
    assert first.account.is_active
