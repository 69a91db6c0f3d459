"""The employer's portal: who may do what in it, a question step by step, and the trail that it leaves."""

from __future__ import annotations

import base64
import csv
import hashlib
import html
import io
import json
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import override

from registry import actions, first_rows
from registry.models.insert_only import InsertOnlyError
from registry.terms.months import after_months
from sharing.employers import calling, duty, trail
from sharing.employers.campaign_shapes import SignedRowSerializer
from sharing.employers.consent import Attestation
from sharing.employers.models import ApplicantTold, Consent, QuestionsAsked, Screening
from sharing.employers.portal import steps
from sharing.employers.portal.acts import MAY, Act
from sharing.employers.shapes import ConsentSerializer
from sharing.employers.signed_form import FORM_KEPT_YEARS
from sharing.employers.trail import Sought
from sharing.parsing import FileParser
from sharing.parties import clients, members
from sharing.parties.models import Client, Member, MemberAct, MemberRole
from tests import asking, cast
from tests.signing_in import app_code, password_typed, sign_in, with_app

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
PASSWORD = "a long enough phrase"
ENGLISH = {"accept-language": "en"}
FORM = b"%PDF-1.7 a form that the applicant signed"
NAME, NUMBER = "高䶮", cast.DEFENDANT_NUMBER
NEW = "/employer/screenings/new/"
NO_MONITORING = "mon_00000000000000000000000000"


@pytest.fixture
def bank():
    return asking.bank()


@pytest.fixture
def hr(bank):
    return signed_in(a_member(bank, "han", MemberRole.HR))


def a_member(employer, username, role):
    return members.take_in(employer.organisation, username=username, password=PASSWORD, name=f"某{username}", role=role)


def signed_in(member, **options):
    browser = Browser(headers=ENGLISH, **options)
    sign_in(browser, member.account)
    return browser


def at(name, *args):
    return reverse(f"employer:{name}", args=args)


def text_of(answer):
    return html.unescape(answer.content.decode())


def read(browser, name, *args, **query):
    answer = browser.get(at(name, *args), query)
    assert answer.status_code == 200
    return text_of(answer)


def sealed_in(answer):
    return re.search(r'name="sealed"\s+value="([^"]+)"', answer.content.decode()).group(1)


def step_of(answer):
    return re.search(r'name="step"\s+value="([^"]+)"', answer.content.decode()).group(1)


def form_file(content=FORM):
    return SimpleUploadedFile("signed by somebody.pdf", content)


def yesterday():
    return (timezone.localdate() - timedelta(days=1)).isoformat()


def send(browser, step, before, **typed):
    """What was typed at a step, sent with what the page before carried."""
    return browser.post(NEW, {"step": step, "sealed": sealed_in(before) if before else "", **typed})


def at_consent(browser, post="finance_recruitment/loan_officer"):
    return send(browser, "purpose", browser.get(NEW), post=post)


def at_person(browser, content=FORM):
    return send(browser, "consent", at_consent(browser), form_file=form_file(content), signed_on=yesterday())


def at_check(browser, content=FORM, name=NAME, number=NUMBER):
    before = at_person(browser, content)
    return send(browser, "person", before, name=name, document_type="resident_id", document_number=number)


def asked(browser, content=FORM, **person):
    return send(browser, "check", at_check(browser, content, **person), declared="on")


def kept_until(screening):
    asked_on = localtime(screening.asked_at).date()
    return date_format(after_months(asked_on, 12 * FORM_KEPT_YEARS), "DATE_FORMAT")


# Who may do what


def every_act(screening_id, member_id, client_id):
    """Each act, with pages of it: method, address."""
    return {
        Act.READ: [
            ("get", at("start")),
            ("get", at("screenings")),
            ("get", at("export")),
            ("get", at("screening", screening_id)),
            ("get", at("letter", screening_id)),
            ("get", at("may_learn")),
            ("get", at("keys")),
            ("get", at("people")),
            ("get", at("monitorings")),
            ("get", at("monitoring", NO_MONITORING)),
            ("get", at("endpoint")),
        ],
        Act.ASK: [("get", NEW), ("post", NEW), ("get", at("enrol")), ("post", at("enrol"))],
        Act.TELL: [("post", at("told", screening_id)), ("post", at("confirm_change", NO_MONITORING))],
        Act.END: [("get", at("end_monitoring", NO_MONITORING)), ("post", at("end_monitoring", NO_MONITORING))],
        Act.KEYS: [
            ("get", at("endpoint_address")),
            ("post", at("endpoint_address")),
            ("post", at("endpoint_act")),
            ("post", at("add_key")),
            ("get", at("revoke_key", client_id)),
            ("post", at("revoke_key", client_id)),
        ],
        Act.PEOPLE: [
            ("get", at("add_member")),
            ("post", at("add_member")),
            ("get", at("person", member_id)),
            ("post", at("person_act", member_id)),
        ],
        Act.OVERSEE: [("get", at("acts")), ("get", at("export_acts"))],
    }


@pytest.fixture
def pages(bank):
    cast.in_force()
    screening = asking.answered(employer=bank)
    other = a_member(bank, "other", MemberRole.AUDITOR)
    return every_act(screening.pk, other.pk, Client.objects.get().client_id)


def test_every_act_has_pages(pages):
    assert set(pages) == set(Act)


@pytest.mark.parametrize("role", MemberRole)
@pytest.mark.parametrize("act", Act)
def test_a_role_may_what_the_table_says_and_nothing_else(bank, pages, role, act):
    browser = signed_in(a_member(bank, "who", role))
    may = act in MAY.get(role, frozenset())
    for method, page in pages[act]:
        assert (getattr(browser, method)(page).status_code != 403) is may, (role, act, method, page)


def test_the_table_is_what_was_decided():
    assert MAY[MemberRole.OWNER] == set(Act)
    assert MAY[MemberRole.HR] == {Act.READ, Act.ASK, Act.TELL, Act.END}
    assert MAY[MemberRole.AUDITOR] == {Act.READ, Act.OVERSEE}
    assert MemberRole.INTEGRATOR not in MAY


def test_a_stranger_is_led_to_the_sign_in_page_and_back(pages):
    for found in pages.values():
        for method, page in found:
            answer = getattr(Browser(), method)(page)
            assert (answer.status_code, answer["Location"]) == (302, f"/portal/sign-in/?next={page}")


def test_officers_and_members_of_departments_are_refused_and_those_shut_out_are_led_away(bank, pages):
    officer, integrator, gone = Browser(), Browser(), Browser()
    sign_in(officer, cast.clerk().account)
    wei = members.take_in(cast.department().organisation, username="wei", password=PASSWORD, name="魏对接")
    sign_in(integrator, wei.account)
    left = a_member(bank, "left", MemberRole.HR)
    sign_in(gone, left.account)
    members.shut_out(left)
    for found in pages.values():
        for method, page in found:
            assert getattr(officer, method)(page).status_code == 403
            assert getattr(integrator, method)(page).status_code == 403
            assert getattr(gone, method)(page).status_code == 302


def test_a_suspended_employer_reads_tells_what_it_owes_and_sees_to_its_members_and_asks_nothing(bank, pages):
    owner = signed_in(a_member(bank, "ou", MemberRole.OWNER))
    bank.organisation.suspended_at = timezone.now()
    bank.organisation.save()
    closed = {Act.ASK, Act.KEYS}
    for act, found in pages.items():
        for method, page in found:
            assert (getattr(owner, method)(page).status_code == 403) is (act in closed), page
    assert "may not ask at present" in read(owner, "start")
    assert "New screening</a>" not in read(owner, "start").split("<main")[1]


def test_the_first_page_names_both_ways_of_consent_and_leads_to_asking_for_a_code(hr):
    page = hr.get(at("start")).content.decode()
    assert "a code of his own, or the form that he signed" in page
    assert f'href="{at("new_request")}"' in page
    assert "left today" in page


def test_the_first_page_of_a_suspended_employer_offers_no_question(bank, hr):
    bank.organisation.suspended_at = timezone.now()
    bank.organisation.save()
    page = hr.get(at("start")).content.decode()
    assert "may not ask at present" in page
    assert "left today" not in page
    assert at("new_request") not in page


def test_an_owner_of_a_suspended_employer_shuts_out_who_left_and_would_read_on(bank):
    owner, left = signed_in(a_member(bank, "ou", MemberRole.OWNER)), a_member(bank, "left", MemberRole.HR)
    reading = signed_in(left)
    bank.organisation.suspended_at = timezone.now()
    bank.organisation.save()
    assert reading.get(at("screenings")).status_code == 200
    owner.post(at("person_act", left.pk), {"do": "shut_out"})
    assert reading.get(at("screenings")).status_code == 302


def test_another_employers_screening_is_as_absent_as_one_that_never_was(bank, pages):
    courier = signed_in(a_member(asking.courier_company(), "kuai", MemberRole.OWNER))
    screening = Screening.objects.get()
    for name in ("screening", "letter"):
        assert courier.get(at(name, screening.pk)).status_code == 404
        assert courier.get(at(name, "scr_00000000000000000000000000")).status_code == 404
    assert courier.post(at("told", screening.pk), {"told_on": yesterday()}).status_code == 404
    assert "No screening yet" in read(courier, "screenings")
    assert screening.pk not in courier.get(at("export")).getvalue().decode()


def test_who_signs_in_comes_to_the_portal(bank):
    with_app(a_member(bank, "han", MemberRole.HR).account)
    browser = Browser()
    password_typed(browser, "han", PASSWORD)
    assert browser.post(reverse("mfa_authenticate"), {"code": app_code()})["Location"] == at("start")


# Members and keys


def test_an_owner_gives_an_employers_roles_and_no_others(bank):
    owner = signed_in(a_member(bank, "ou", MemberRole.OWNER))
    page = read(owner, "add_member")
    assert re.findall(r'<option value="(\w+)"', page) == ["owner", "auditor", "hr"]
    data = {"username": "xin", "name": "辛人事", "email": "xin@bank.example"}
    assert "There is a problem" in text_of(owner.post(at("add_member"), {**data, "role": "integrator"}))
    assert "shown this once" in text_of(owner.post(at("add_member"), {**data, "role": "hr"}))
    xin = Member.objects.get(account__username="xin")
    for do in ("make_integrator", "make_auditor"):
        owner.post(at("person_act", xin.pk), {"do": do})
    assert Member.objects.get(pk=xin.pk).role == MemberRole.AUDITOR


def test_a_departments_owner_is_offered_its_roles_alone():
    department = cast.department()
    owner = members.take_in(department.organisation, username="ou", password=PASSWORD, name="欧", role=MemberRole.OWNER)
    browser = signed_in(owner)
    page = browser.get(reverse("department:add_member")).content.decode()
    assert re.findall(r'<option value="(\w+)"', page) == ["owner", "integrator"]
    browser.post(reverse("department:person_act", args=[owner.pk]), {"do": "make_hr"})
    assert Member.objects.get().role == MemberRole.OWNER


def test_a_key_is_shown_once_and_opens_the_questions_of_the_api(bank):
    owner = signed_in(a_member(bank, "ou", MemberRole.OWNER))
    page = text_of(owner.post(at("add_key")))
    client_id, secret = re.search(r"CLIENT_ID=(\S+)\s+REGISTRY_CLIENT_SECRET=(\S+?)<", page).groups()
    assert asking.token(client_id, secret).status_code == 200
    assert secret not in read(owner, "keys")
    owner.post(at("revoke_key", client_id))
    assert not Client.objects.get().is_live(timezone.now())


# A question, step by step


def test_a_question_is_asked_and_answered_and_the_member_is_on_record(bank, hr):
    cast.in_force()
    answer = asked(hr)
    screening = Screening.objects.get()
    assert answer["Location"] == at("screening", screening.pk)
    assert (screening.outcome, screening.client, screening.member.name) == ("listed", None, "某han")
    assert (screening.purpose, screening.post) == ("finance_recruitment", "loan_officer")
    consent = Consent.objects.get()
    assert consent.document_sha256 == hashlib.sha256(FORM).hexdigest()
    assert consent.signed_on.isoformat() == yesterday()
    assert QuestionsAsked.objects.get().questions == 1


def test_a_fingerprint_that_the_browser_computed_needs_no_file(hr):
    fingerprint = hashlib.sha256(b"another form").hexdigest()
    answer = send(hr, "consent", at_consent(hr), fingerprint=fingerprint, signed_on=yesterday())
    assert step_of(answer) == "person"


def test_a_question_is_by_a_program_or_a_member_never_by_both_or_neither(bank):
    asking.answered(employer=bank)
    member, given = a_member(bank, "han", MemberRole.HR), Screening.objects.get()
    both = {"pk": "scr_1", "member": member, "idempotency_key": "x" * 8, "consent": None}
    neither = {"pk": "scr_2", "client": None, "idempotency_key": "y" * 8, "consent": None}
    for changes in (both, neither):
        copy = Screening.objects.get(pk=given.pk)
        for name, value in changes.items():
            setattr(copy, name, value)
        copy._state.adding = True
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()


def test_the_check_shows_what_is_asked_and_the_declaration_is_needed(hr):
    check = at_check(hr)
    page = text_of(check)
    assert all(words in page for words in (NAME, NUMBER, "Loan officer", hashlib.sha256(FORM).hexdigest()))
    answer = send(hr, "check", check)
    assert "Tick the declaration" in text_of(answer)
    assert 'href="#id_declared"' in text_of(answer)
    assert not Screening.objects.exists()


def test_a_double_click_gives_the_same_answer_and_spends_nothing_twice(hr):
    check = at_check(hr)
    first, second = (send(hr, "check", check, declared="on") for _ in range(2))
    assert first["Location"] == second["Location"]
    assert (Screening.objects.count(), QuestionsAsked.objects.get().questions) == (1, 1)


def test_back_and_change_keep_what_was_typed(hr):
    back = send(hr, "person", at_person(hr), name="高", document_type="passport", document_number="E1", go="consent")
    assert step_of(back) == "consent"
    assert yesterday() in text_of(back)
    assert hashlib.sha256(FORM).hexdigest() in text_of(back)
    again = send(hr, "consent", back, fingerprint=hashlib.sha256(FORM).hexdigest(), signed_on=yesterday())
    assert step_of(again) == "person"
    assert 'value="高"' in text_of(again)
    assert '<option value="passport" selected' in text_of(again)


def test_after_a_change_one_is_back_at_the_check(hr):
    changing = send(hr, "check", at_check(hr), go="purpose")
    assert step_of(changing) == "purpose"
    assert '<option value="finance_recruitment/loan_officer" selected' in text_of(changing)
    check = send(hr, "purpose", changing, post="finance_recruitment/bank_teller")
    assert step_of(check) == "check"
    assert "Bank teller" in text_of(check)
    assert NUMBER in text_of(check)


def test_only_what_the_employer_was_admitted_for_is_offered_and_taken(hr):
    page = text_of(hr.get(NEW))
    assert "finance_recruitment/loan_officer" in page
    assert "transport_recruitment" not in page
    for post in ("", "transport_recruitment/courier", "finance_recruitment/courier", "x"):
        answer = send(hr, "purpose", hr.get(NEW), post=post)
        assert step_of(answer) == "purpose"
        assert 'href="#id_post"' in text_of(answer)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({}, "form_file", "Choose the file of the signed form"),
        ({"fingerprint": "x" * 64}, "form_file", "Choose the file of the signed form"),
        ({"form_file": b""}, "form_file", "This file is empty"),
        ({"form_file": FORM + bytes(FileParser.most)}, "form_file", "R-484 This file is larger than 5 MB"),
        ({"form_file": b"PK\x03\x04 a form typed in Word"}, "form_file", "R-485 This file is no PDF, JPEG or PNG"),
        ({"signed_on": "2999-01-01"}, "signed_on", "in the future"),
        ({"signed_on": "2020-01-01"}, "signed_on", "older than 30 days"),
        ({"signed_on": "yesterday"}, "signed_on", "R-"),
        ({"signed_on": ""}, "signed_on", "R-"),
    ],
    ids=["nothing", "no fingerprint", "empty", "too large", "no such kind", "future", "old", "no day", "no date"],
)
def test_each_fault_of_the_consent_is_said_beside_its_field(hr, typed, field, words):
    content = typed.get("form_file")
    sent = {"signed_on": yesterday(), **typed, **({"form_file": form_file(content)} if content is not None else {})}
    page = send(hr, "consent", at_consent(hr), **sent)
    assert step_of(page) == "consent"
    assert f'href="#id_{field}"' in text_of(page)
    assert words in text_of(page)
    assert "Error:" in text_of(page).split("</title>")[0]


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"name": ""}, "name", "R-"),
        ({"name": "1234"}, "name", "R-107"),
        ({"document_number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, "document_number", "R-102"),
        ({"document_number": "99" + NUMBER[2:]}, "document_number", "R-104"),
        ({"document_number": "1"}, "document_number", "R-101"),
        ({"document_type": "uscc"}, "document_type", "R-105"),
    ],
)
def test_each_fault_of_the_person_is_said_beside_its_field_and_nothing_is_lost(hr, typed, field, code):
    sent = {"name": NAME, "document_type": "resident_id", "document_number": NUMBER, **typed}
    page = send(hr, "person", at_person(hr), **sent)
    assert step_of(page) == "person"
    assert f'href="#id_{field}"' in text_of(page)
    assert code in text_of(page)
    assert all(value in text_of(page) for value in sent.values())


@pytest.mark.parametrize("begins", [b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"], ids=["pdf", "jpeg", "png"])
def test_what_can_be_shown_later_is_taken_up_to_the_last_byte(hr, begins):
    longest = begins + bytes(FileParser.most - len(begins))
    calling.refuse_kind(longest)
    assert step_of(at_person(hr, longest)) == "person"


def test_a_file_that_could_not_be_shown_takes_the_place_of_no_form_chosen_before(hr):
    kept = hashlib.sha256(FORM).hexdigest()
    page = send(hr, "consent", at_consent(hr), fingerprint=kept, form_file=form_file(b"text"), signed_on=yesterday())
    assert step_of(page) == "consent"
    assert "R-485" in text_of(page)


def test_kinds_and_limit_are_said_where_the_form_is_chosen_and_where_its_fingerprint_is_sent(hr):
    page = text_of(at_consent(hr))
    assert "PDF, JPEG or PNG, at most 5 MB" in page
    assert f"Keep that very file for {FORM_KEPT_YEARS} years after the question" in page
    with override("en"):
        for shape in (ConsentSerializer, SignedRowSerializer):
            assert "PDF, JPEG or PNG of at most 5 MB" in str(shape().fields["document_sha256"].help_text)


def test_a_form_that_was_used_is_refused_on_the_step_of_the_consent(hr):
    asked(hr)
    answer = asked(hr, name="欧阳㛃", number=cast.SECOND_NUMBER)
    assert (answer.status_code, step_of(answer)) == (403, "consent")
    assert f"R-503 This form was used for your question {Screening.objects.get().pk}: its answer stands" in text_of(
        answer
    )
    assert 'href="#id_form_file"' in text_of(answer)
    corrected = send(hr, "consent", answer, form_file=form_file(FORM + b" anew"), signed_on=yesterday())
    assert step_of(corrected) == "check"
    send(hr, "check", corrected, declared="on")
    assert Screening.objects.count() == 2


def test_the_result_says_until_when_the_form_is_to_be_kept(hr):
    asked(hr)
    found = Screening.objects.get()
    with override("en"):
        assert kept_until(found) in read(hr, "screening", found.pk)
    assert "Keep the signed form until" in read(hr, "screening", found.pk)


def test_of_a_form_that_another_employer_used_nothing_more_is_said(hr):
    courier = asking.courier_company()
    theirs = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=timezone.localdate())
    used = asking.answered(asking.question(consent=theirs), courier, now=timezone.now())
    answer = asked(hr)
    assert "R-503 This form was used for another question" in text_of(answer)
    assert used.pk not in text_of(answer)


def test_when_the_day_is_used_up_the_question_waits_on_the_check(bank, hr):
    bank.daily_quota = 1
    bank.save()
    asked(hr)
    assert "asked all its questions" in read(hr, "start")
    answer = asked(hr, FORM + b" of another")
    assert (answer.status_code, step_of(answer)) == (429, "check")
    assert "R-506" in text_of(answer)
    assert Screening.objects.count() == 1


def test_a_consent_that_grew_old_meanwhile_is_noticed_when_the_question_is_put(hr):
    member, now = Member.objects.get(), timezone.now()
    typed = steps.opened(sealed_in(at_check(hr)), member=member, now=now)
    old = {**typed, "signed_on": (timezone.localdate() - timedelta(days=31)).isoformat()}
    carried = steps.sealed(old, member=member, now=now)
    answer = hr.post(NEW, {"step": "check", "sealed": carried, "declared": "on"})
    assert step_of(answer) == "consent"
    assert not Screening.objects.exists()


def test_a_question_put_sooner_than_it_can_be_read_is_refused_in_words_and_kept(hr, settings, monkeypatch):
    settings.SHARING_LEAST_SECONDS = 3
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    answer = asked(hr)
    assert (answer.status_code, step_of(answer), Screening.objects.count()) == (409, "check", 0)
    assert "R-599" in text_of(answer)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(seconds=3))
    send(hr, "check", answer, declared="on")
    assert Screening.objects.count() == 1


def test_each_question_takes_as_long_as_the_first(hr, settings, monkeypatch):
    settings.SHARING_LEAST_SECONDS = 3
    now, first = timezone.now(), at_check(hr)
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=5))
    person = hr.post(NEW, {"step": "check", "go": "person", "sealed": sealed_in(first)})
    other = send(hr, "person", person, name="张三", document_type="resident_id", document_number=cast.SECOND_NUMBER)
    answer = send(hr, "check", other, declared="on")
    assert "R-599" in text_of(answer)
    assert not Screening.objects.exists()


# What is carried between the steps


def begins_again(answer):
    return answer.status_code == 409 and step_of(answer) == "purpose" and "R-510" in text_of(answer)


def test_an_altered_field_opens_nothing(hr):
    carried = sealed_in(at_check(hr))
    body = bytearray(base64.urlsafe_b64decode(carried))
    for place in (0, 2, 5, 20, len(body) - 1):
        altered = bytes(body[:place]) + bytes([body[place] ^ 1]) + bytes(body[place + 1 :])
        field = base64.urlsafe_b64encode(altered).decode()
        assert begins_again(hr.post(NEW, {"step": "check", "sealed": field, "declared": "on"})), place
    for field in ("x", "é", "=", carried[:-8], "A" * 100_000):
        assert begins_again(hr.post(NEW, {"step": "check", "sealed": field, "declared": "on"}))
    assert not Screening.objects.exists()


def test_another_members_field_opens_nothing(bank, hr):
    colleague = signed_in(a_member(bank, "li", MemberRole.HR))
    carried = sealed_in(at_check(hr))
    answer = colleague.post(NEW, {"step": "check", "sealed": carried, "declared": "on"})
    assert begins_again(answer)
    assert NUMBER not in text_of(answer)


def test_a_field_ends_after_half_an_hour(bank):
    member, now = a_member(bank, "han", MemberRole.HR), timezone.now()
    field = steps.sealed({"name": NAME}, member=member, now=now)
    in_time, late = now + timedelta(minutes=29), now + timedelta(minutes=31)
    assert steps.opened(field, member=member, now=in_time) == {"name": NAME}
    answer = signed_in(member).post(
        NEW,
        {"step": "person", "sealed": steps.sealed({"name": NAME}, member=member, now=now - timedelta(minutes=31))},
    )
    assert begins_again(answer)
    with pytest.raises(steps.StepsExpired):
        steps.opened(field, member=member, now=late)


def test_a_step_without_the_others_leads_to_the_first_that_is_missing(hr):
    answer = hr.post(NEW, {"step": "check", "declared": "on"})
    assert step_of(answer) == "purpose"
    assert step_of(hr.post(NEW, {"step": "nowhere"})) == "purpose"
    assert step_of(send(hr, "check", at_consent(hr), declared="on")) == "consent"
    assert not Screening.objects.exists()


def test_name_and_number_are_in_no_session_address_header_or_log(hr, caplog):
    cast.in_force()
    with caplog.at_level(logging.DEBUG):
        check = at_check(hr)
        answer = send(hr, "check", check, declared="on")
    result = hr.get(answer["Location"])
    session = Session.objects.get().get_decoded()
    for secret in (NAME, NUMBER, NUMBER[6:14]):
        assert secret not in json.dumps(session, ensure_ascii=False)
        assert secret not in caplog.text
        assert secret not in sealed_in(check)
        assert secret not in base64.urlsafe_b64decode(sealed_in(check)).decode("latin-1")
        for each in (check, answer, result):
            assert secret not in str(each.headers)
        assert secret not in text_of(result)
        assert secret not in text_of(hr.get(at("screenings")))
        assert secret not in hr.get(at("export")).getvalue().decode()


def test_no_page_is_kept_by_browser_or_proxy(hr):
    cast.in_force()
    check = at_check(hr)
    answer = send(hr, "check", check, declared="on")
    for each in (check, answer, hr.get(answer["Location"]), hr.get(at("screenings")), hr.get(at("export"))):
        assert "no-store" in each["Cache-Control"]


def test_the_file_is_hashed_and_forgotten(hr, monkeypatch, tmp_path):
    def no_disk(*args, **kwargs):
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", no_disk)
    content = FORM + bytes(5_000_000)
    person = at_person(hr, content)
    assert step_of(person) == "person"
    field = steps.opened(sealed_in(person), member=Member.objects.get(), now=timezone.now())
    assert field["fingerprint"] == hashlib.sha256(content).hexdigest()
    assert "signed by somebody" not in json.dumps(field), "a file's name may name the applicant"


def test_a_forged_request_is_refused(bank):
    browser = signed_in(a_member(bank, "han", MemberRole.HR), enforce_csrf_checks=True)
    assert browser.post(NEW, {"step": "purpose", "post": "finance_recruitment/loan_officer"}).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"', text_of(browser.get(NEW))).group(1)
    sent = {"step": "purpose", "post": "finance_recruitment/loan_officer", "csrfmiddlewaretoken": token}
    assert step_of(browser.post(NEW, sent)) == "consent"


# The result


SENTENCES = {
    "listed": "A listing in force at the time of asking",
    "not_listed": "No listing in force at the time of asking",
    "pending": "No answer was given",
}


def results(hr):
    """One screening of each outcome."""
    cast.in_force()
    asked(hr, FORM + b"1")
    asked(hr, FORM + b"2", name="欧阳㛃", number=cast.SECOND_NUMBER)
    asked(hr, FORM + b"3", name="欧阳㛃")
    return {each.outcome: each for each in Screening.objects.all()}


def test_each_outcome_has_its_sentence_and_the_same_layout(hr):
    found = results(hr)
    assert set(found) == set(SENTENCES)
    heads = set()
    for outcome, screening in found.items():
        page = read(hr, "screening", screening.pk)
        panel = re.search(r'govuk-panel__title">([^<]+)<', page).group(1)
        assert panel == SENTENCES[outcome]
        assert all(words in page for words in (screening.pk, "Loan officer", "Do not rely on it after", "某han"))
        assert "keeps neither the name nor the number" in page
        heads.add(tuple(re.findall(r"<h2[^>]*>([^<]+)<", page)))
    assert len(heads) == 1


def test_no_answer_is_never_shown_as_one_of_the_answers(hr):
    page = read(hr, "screening", results(hr)["pending"].pk)
    assert SENTENCES["not_listed"] not in page
    assert SENTENCES["listed"] not in page
    assert "neither that the applicant is listed nor the opposite" in page


def test_a_positive_answer_shows_what_the_court_let_one_know_and_the_persons_statement(hr):
    listing = cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    asked(hr)
    screening = Screening.objects.get()
    page = read(hr, "screening", screening.pk)
    assert all(words in page for words in (listing.number, "不得从事信贷工作"))
    actions.state(listing.pk, words="款项已全部退赔。", officer=cast.registrar(), now=cast.NOW)
    assert "款项已全部退赔。" in read(hr, "screening", screening.pk)
    cast.withdrawn(cast.fresh(listing))
    assert "款项已全部退赔。" not in read(hr, "screening", screening.pk)


def test_each_read_of_a_result_is_on_record(bank, hr):
    asked(hr)
    screening = Screening.objects.get()
    auditor = signed_in(a_member(bank, "shen", MemberRole.AUDITOR))
    read(auditor, "screening", screening.pk)
    auditor.get(at("export"))
    acts = MemberAct.objects.filter(member__account__username="shen").order_by("at")
    assert list(acts.values_list("act", "about")) == [("read_result", screening.pk), ("export_screenings", "bank")]


# What is owed to the applicant


@pytest.fixture
def listed(hr):
    cast.in_force()
    asked(hr)
    return Screening.objects.get()


def test_the_letter_says_why_where_to_object_and_until_when_in_both_languages(hr, listed, settings):
    settings.REGISTRY_CONTACT_PHONE = "010-0000 0001"
    page = read(hr, "letter", listed.pk)
    until = duty.waiting_until(timezone.localdate())
    assert page.count("010-0000 0001") == 2
    assert page.count('lang="zh-Hans"') >= 1
    assert f"{until.year}年{until.month}月{until.day}日" in page
    assert f"{until.day} {until:%B} {until.year}" in page
    assert page.count('class="blank"') == 6
    assert NAME not in page


def test_without_a_listing_there_is_no_letter_and_nothing_to_tell(hr):
    asked(hr)
    screening = Screening.objects.get()
    assert screening.outcome == "not_listed"
    assert hr.get(at("letter", screening.pk)).status_code == 404
    assert hr.post(at("told", screening.pk), {"told_on": timezone.localdate().isoformat()}).status_code == 404
    assert not ApplicantTold.objects.exists()


def test_the_waiting_period_is_of_working_days(settings):
    friday = cast.NOW.date() + timedelta(days=3)
    assert duty.waiting_until(friday) == friday + timedelta(days=7)
    settings.SHARING_WAITING_DAYS = 1
    assert duty.waiting_until(friday) == friday + timedelta(days=3)


def test_when_the_applicant_was_told_is_written_down_once(hr, listed):
    today = timezone.localdate()
    assert "not on record yet" in read(hr, "screening", listed.pk)
    assert "not yet" in read(hr, "screenings")
    answer = hr.post(at("told", listed.pk), {"told_on": today.isoformat()})
    assert answer["Location"] == at("screening", listed.pk)
    told = ApplicantTold.objects.get()
    assert (told.told_on, told.member.name) == (today, "某han")
    assert "The applicant was told on" in read(hr, "screening", listed.pk)
    again = hr.post(at("told", listed.pk), {"told_on": today.isoformat()})
    assert "R-511" in text_of(again)
    assert MemberAct.objects.filter(act="applicant_told").count() == 1
    with pytest.raises(InsertOnlyError):
        told.save()
    with pytest.raises(Exception, match="insert-only"), transaction.atomic():
        ApplicantTold._base_manager.filter(pk=told.pk)._raw_delete("default")


@pytest.mark.parametrize("days", [-1, 1])
def test_nobody_is_told_before_the_question_or_in_the_future(hr, listed, days):
    day = timezone.localdate() + timedelta(days=days)
    page = text_of(hr.post(at("told", listed.pk), {"told_on": day.isoformat()}))
    assert "R-512" in page
    assert 'href="#id_told_on"' in page
    assert day.isoformat() in page
    assert not ApplicantTold.objects.exists()


@pytest.mark.parametrize("typed", ["", "soon", "2026-02-30"])
def test_what_is_no_day_is_refused_beside_its_field(hr, listed, typed):
    page = text_of(hr.post(at("told", listed.pk), {"told_on": typed}))
    assert 'href="#id_told_on"' in page


# The trail


def test_an_empty_trail_says_how_to_begin(hr):
    page = read(hr, "screenings")
    assert "No screening yet." in page
    assert at("new") in page.split("<main")[1]


def test_the_trail_is_sought_by_answer_purpose_month_and_asker(bank, hr):
    found = results(hr)
    program = asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"), bank)
    member, month = Member.objects.get(), timezone.localdate().isoformat()[:7]

    def shown(**query):
        return set(re.findall(r"screenings/(scr_\w+)/", read(hr, "screenings", **query)))

    everything = {program.pk, *(each.pk for each in found.values())}
    assert shown() == everything
    assert shown(outcome="listed") == {found["listed"].pk}
    assert shown(asked_by="programs") == {program.pk}
    assert shown(asked_by=str(member.pk)) == everything - {program.pk}
    assert shown(purpose="finance_recruitment") == everything
    assert shown(purpose="transport_recruitment") == everything, "what cannot be chosen is not sought"
    assert shown(month=month) | shown(month=cast.NOW.strftime("%Y-%m")) == everything
    assert shown(outcome="x", asked_by="9'--", month="2026-13") == everything


def test_the_trail_has_pages_that_keep_the_filter(bank, hr, monkeypatch):
    monkeypatch.setattr("sharing.employers.portal.asked.PAGE", 2)
    results(hr)
    page = " ".join(read(hr, "screenings", purpose="finance_recruitment").split())
    assert "purpose=finance_recruitment&page=2" in page
    assert len(set(re.findall(r"screenings/(scr_\w+)/", read(hr, "screenings", page=2)))) == 1


def test_the_trail_costs_no_question_for_each_row(bank, hr, monkeypatch):
    results(hr)
    counts, rows = [], []
    for shown in (1, 1, 3):  # the first time a process asks, it asks more
        monkeypatch.setattr("sharing.employers.portal.asked.PAGE", shown)
        with CaptureQueriesContext(connection) as asked:
            rows.append(len(set(re.findall(r"screenings/(scr_\w+)/", read(hr, "screenings")))))
        counts.append(len(asked))
    assert rows[1:] == [1, 3]
    assert counts[1] == counts[2]


def test_the_file_for_an_inspector_has_every_question_and_no_person(bank, hr):
    found = results(hr)
    Member.objects.update(name="=cmd|' /C calc'!A0")
    answer = hr.get(at("export"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    heads, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert len(heads) == 12
    assert [row[0] for row in rows] == [each.pk for each in trail.of(bank.pk, Sought())]
    by_id = {row[0]: row for row in rows}
    assert by_id[found["pending"].pk][5] == "no answer"
    assert by_id[found["listed"].pk][7] == hashlib.sha256(FORM + b"1").hexdigest()
    assert all(row[9].startswith("'=") for row in rows), "no cell is a formula"
    only = csv.reader(io.StringIO(hr.get(at("export"), {"outcome": "listed"}).getvalue().decode("utf-8-sig")))
    assert len(list(only)) == 2


def test_the_file_is_whole_in_however_many_pieces_it_is_read(bank, hr, monkeypatch):
    results(hr)
    monkeypatch.setattr(trail, "CHUNK", 1)
    rows = list(csv.reader(io.StringIO(hr.get(at("export")).getvalue().decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [each.pk for each in trail.of(bank.pk, Sought())]


def test_of_two_asked_in_one_moment_neither_is_left_out_nor_said_twice(bank, monkeypatch):
    asking.answered(employer=bank)
    asking.answered(asking.question(), employer=bank)
    monkeypatch.setattr(trail, "CHUNK", 1)
    found = [each.pk for each in trail.each(bank.pk, Sought())]
    assert len(found) == 2
    assert found == [each.pk for each in trail.of(bank.pk, Sought())]


def test_the_file_speaks_the_language_of_its_reader_to_its_end(hr):
    results(hr)
    answer = hr.get(at("export"), headers={"accept-language": "zh-hans"})
    with override("en"):
        heads, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert heads[5] == "答复"
    assert not any("answer" in row[5] or "listed" in row[5] for row in rows)


def test_of_very_many_only_the_newest_are_turned_through_and_the_page_says_so(hr, monkeypatch):
    results(hr)
    monkeypatch.setattr("sharing.employers.portal.asked.PAGE", 1)
    assert "Only the first of them" not in read(hr, "screenings")
    monkeypatch.setattr(first_rows, "TURNED", 2)
    assert "Page 1 of 2" in " ".join(read(hr, "screenings").split())
    assert "Only the first of them" in read(hr, "screenings")


def test_months_are_offered_from_the_last_back_to_the_first(bank):
    assert trail.months(bank.pk) == []
    for moment in (datetime(2025, 11, 30, 18, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC)):  # December in Beijing
        consent = asking.attested(signed_on=localtime(moment).date())
        asking.answered(asking.question(consent=consent), employer=bank, now=moment)
    assert [f"{month:%Y-%m}" for month in trail.months(bank.pk)] == ["2026-02", "2026-01", "2025-12"]


# What one may ask and learn


def test_the_start_page_says_for_what_and_how_many_questions_are_left(hr):
    page = read(hr, "start")
    assert "200 questions are left today" in page
    assert "recruitment in finance" in page.lower()
    assert "recruitment in transport" not in page.lower()
    asked(hr)
    assert "199 questions are left today" in read(hr, "start")


def test_an_auditor_is_not_led_to_a_page_that_is_closed(bank):
    auditor = signed_in(a_member(bank, "shen", MemberRole.AUDITOR))
    assert at("new") not in read(auditor, "start").split("<main")[1]
    assert at("new") not in read(auditor, "screenings").split("<main")[1]


def test_the_table_of_answers_is_the_one_that_answers(hr, settings):
    row = re.compile(r"Active, exempt from punishment.*?</tr>", re.DOTALL)
    assert row.search(read(hr, "may_learn")).group().count("The same answer as unlisted") == 2
    settings.SHARING_SHOW_EXEMPT = True
    assert row.search(read(hr, "may_learn")).group().count("The same answer as unlisted") == 0


def test_a_program_of_the_employer_asks_as_before(bank):
    client_id, _secret = clients.issue(bank.organisation, ["screenings"], now=cast.NOW)
    screening = asking.answered(employer=bank)
    assert (screening.client.client_id, screening.member) == (client_id, None)
