"""Requests for consent: what an employer asks for, what it sees of the answer, and what it never sees."""

from __future__ import annotations

import itertools
import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from registry.errors import (
    ConsentCodeOfAnotherPerson,
    ConsentLinkDead,
    ConsentRequestOver,
    EmployerSuspended,
    NoSuchConsent,
    NoSuchConsentRequest,
    PostUnknown,
    PurposeUnknown,
    ReferenceIsNumber,
    ReferenceNeeded,
    RequestDaysShape,
)
from sharing.employers import giving, requesting
from sharing.employers.models import ConsentCode, ConsentRequest, RequestState, Screening
from sharing.parties.models import MemberAct, MemberRole
from sharing.persons.identity import proving
from sharing.persons.pages.visit import PROOF
from tests import asking, cast, consenting
from tests.test_employer_portal import a_member, at, read, sealed_in, send, signed_in, step_of, text_of
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
URL = "/api/v1/consent-requests"
_keys = itertools.count(1)
NUMBER = cast.DEFENDANT_NUMBER


def token_of(link):
    return re.fullmatch(r"http://127.0.0.1:8000/consent/([A-Za-z0-9_-]{27})/", link).group(1)


def state(request, now=cast.NOW):
    return requesting.state_of(request, now)


# What is asked for


def test_it_works():
    made = consenting.requested()
    assert giving.opened(token_of(made.link), now=cast.NOW) == made.request
    assert state(made.request) == RequestState.OPEN
    code = consenting.given(made.request)
    assert state(made.request) == RequestState.GIVEN
    asking.answered(asking.question(consent=consenting.typed(code)))
    assert state(made.request) == RequestState.USED


def test_the_link_holds_nothing_about_anybody_and_is_kept_as_a_digest():
    made = consenting.requested(reference="王小明的申请")
    token = token_of(made.link)
    kept = [str(value) for value in ConsentRequest.objects.values().get().values()]
    assert not any(token in each for each in kept)
    assert "申请" not in made.link
    assert token_of(consenting.requested().link) != token


@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        ({"purpose": "transport_recruitment"}, PurposeUnknown, "purpose"),
        ({"purpose": "nothing"}, PurposeUnknown, "purpose"),
        ({"post": "courier"}, PostUnknown, "post"),
        ({"reference": " "}, ReferenceNeeded, "reference"),
        ({"reference": "a" * 65}, ReferenceNeeded, "reference"),
        ({"reference": "a\x00b"}, ReferenceNeeded, "reference"),
        ({"reference": NUMBER}, ReferenceIsNumber, "reference"),
        ({"reference": f"HR {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}"}, ReferenceIsNumber, "reference"),
        (
            {"reference": NUMBER.translate(str.maketrans("0123456789", "０１２３４５６７８９"))},
            ReferenceIsNumber,
            "reference",
        ),
        ({"days": 0}, RequestDaysShape, "days"),
        ({"days": 31}, RequestDaysShape, "days"),
    ],
)
def test_a_request_that_cannot_be_is_refused(changed, refusal, field):
    with pytest.raises(refusal) as refused:
        consenting.requested(**changed)
    assert refused.value.field == field
    assert not ConsentRequest.objects.exists()


def test_a_suspended_employer_requests_nothing_and_its_links_are_dead():
    made = consenting.requested()
    employer = asking.bank()
    employer.organisation.suspended_at = cast.NOW
    employer.organisation.save()
    with pytest.raises(EmployerSuspended):
        consenting.requested(employer)
    with pytest.raises(ConsentLinkDead):
        giving.opened(token_of(made.link), now=cast.NOW)


# States


def test_what_was_never_answered_reads_not_given_from_its_last_moment_on():
    made = consenting.requested(days=3)
    assert state(made.request, cast.NOW + timedelta(days=3, seconds=-1)) == RequestState.OPEN
    assert state(made.request, cast.NOW + timedelta(days=3)) == RequestState.NOT_GIVEN
    with pytest.raises(ConsentLinkDead):
        giving.opened(token_of(made.link), now=cast.NOW + timedelta(days=3))


def test_a_code_outlives_its_request_by_its_own_thirty_days():
    made = consenting.requested(days=3)
    consenting.given(made.request, now=cast.NOW + timedelta(days=2))
    assert state(made.request, cast.NOW + timedelta(days=31)) == RequestState.GIVEN
    assert state(made.request, cast.NOW + timedelta(days=32)) == RequestState.EXPIRED


def test_revoked_and_withdrawn_are_told_apart_and_what_was_used_stays_used():
    revoked, withdrawn, used = (consenting.given() for _ in range(3))
    assert giving.revoke(revoked.pk, consenting.person(), now=cast.NOW)
    requesting.withdraw(withdrawn.request_id, employer_id=withdrawn.request.employer_id, now=cast.NOW)
    asking.answered(asking.question(consent=consenting.typed(used)))
    assert not giving.revoke(used.pk, consenting.person(), now=cast.NOW)
    with pytest.raises(ConsentRequestOver):
        requesting.withdraw(used.request_id, employer_id=used.request.employer_id, now=cast.NOW)
    found = [state(each.request) for each in (revoked, withdrawn, used)]
    assert found == [RequestState.REVOKED, RequestState.WITHDRAWN, RequestState.USED]
    counts = requesting.counts(asking.bank().pk, cast.NOW)
    assert {name: count for name, count in counts.items() if count} == {"revoked": 1, "withdrawn": 1, "used": 1}


def closed(code):
    for _ in range(5):
        with pytest.raises(ConsentCodeOfAnotherPerson):
            asking.answered(asking.question(consent=consenting.typed(code), name="高某"))


def test_a_code_that_named_too_many_others_does_not_read_given():
    request = consenting.requested().request
    closed(consenting.given(request))
    assert state(request) == state(request, cast.NOW + timedelta(days=31)) == RequestState.CLOSED
    assert (requesting.counts(request.employer_id, cast.NOW)["closed"], code_shown(request)) == (1, "")
    requesting.withdraw(request.pk, employer_id=request.employer_id, now=cast.NOW)
    assert state(request) == RequestState.WITHDRAWN


def code_shown(request):
    return requesting.code_of(requesting.own(request.pk, employer_id=request.employer_id, now=cast.NOW))


def test_what_was_used_before_it_named_others_stays_used():
    request = consenting.requested().request
    code = consenting.given(request)
    asking.answered(asking.question(consent=consenting.typed(code)))
    ConsentCode.objects.update(wrong=5)
    assert state(request) == RequestState.USED


def test_a_new_link_kills_the_former_one():
    made = consenting.requested()
    anew = requesting.link_anew(made.request.pk, employer_id=made.request.employer_id, now=cast.NOW)
    with pytest.raises(ConsentLinkDead):
        giving.opened(token_of(made.link), now=cast.NOW)
    assert giving.opened(token_of(anew.link), now=cast.NOW) == made.request
    consenting.given(anew.request)
    with pytest.raises(ConsentRequestOver):
        requesting.link_anew(made.request.pk, employer_id=made.request.employer_id, now=cast.NOW)


# Giving


@pytest.mark.parametrize("statements", [1, 2])
def test_a_link_whose_request_goes_while_it_is_opened_is_dead_or_was_open(statements):
    """A campaign is stopped while the applicant opens his link."""
    made = consenting.requested()
    seen = itertools.count(1)

    def goes(execute, sql, *about):
        found = execute(sql, *about)
        if sql.startswith("SELECT") and next(seen) == statements:
            ConsentRequest.objects.filter(pk=made.request.pk).delete()
        return found

    with connection.execute_wrapper(goes), suppress(ConsentLinkDead):
        assert giving.opened(token_of(made.link), now=cast.NOW) == made.request
    assert not ConsentRequest.objects.exists()


def test_the_same_person_who_agrees_twice_has_one_code():
    request = consenting.requested().request
    assert consenting.given(request) == consenting.given(request)
    assert ConsentCode.objects.count() == 1


def test_somebody_else_finds_the_request_answered():
    request = consenting.requested().request
    consenting.given(request)
    with pytest.raises(ConsentLinkDead):
        consenting.given(request, by=consenting.person(cast.APPLICANT_NUMBER, "王小明"))


def test_who_revoked_does_not_agree_again_to_the_same_request():
    request = consenting.requested().request
    giving.revoke(consenting.given(request).pk, consenting.person(), now=cast.NOW)
    with pytest.raises(ConsentLinkDead):
        consenting.given(request)


@pytest.mark.parametrize(
    "stranger", [(cast.APPLICANT_NUMBER, "王小明"), (cast.DEFENDANT_NUMBER, "高某")], ids=["number", "name"]
)
def test_a_stranger_neither_sees_nor_revokes(stranger):
    code = consenting.given()
    other = consenting.person(*stranger)
    assert giving.consents_of_person(other, now=cast.NOW) == []
    with pytest.raises(NoSuchConsent):
        giving.given_by(code.pk, other)
    with pytest.raises(NoSuchConsent):
        giving.revoke(code.pk, other, now=cast.NOW)
    assert state(code.request) == RequestState.GIVEN


def test_a_person_sees_the_codes_given_and_the_forms_that_employers_attested():
    cast.in_force()
    consenting.given()
    asking.answered()
    found = giving.consents_of_person(consenting.person(), now=cast.NOW)
    assert sorted(each.code is None for each in found) == [False, True]
    attested = next(each for each in found if each.code is None)
    assert giving.answer_of(attested.screening, consenting.person())["outcome"] == "listed"


def test_the_answer_is_shown_to_nobody_with_the_number_and_another_name():
    cast.in_force()
    screening = asking.answered()
    assert giving.answer_of(screening, consenting.person(name="高某")) is None


# By API


def post(headers, body, path="", key=""):
    keyed = {**headers, "Idempotency-Key": key or f"key-{next(_keys):05}"}
    return Browser().post(URL + path, body, content_type="application/json", headers=keyed)


def body(**changes):
    return {"purpose": "finance_recruitment", "post": "loan_officer", "reference": "A-118", "days": 7, **changes}


def test_by_api_it_is_made_followed_and_withdrawn():
    headers = asking.bearer(asking.bank().organisation)
    made = post(headers, body())
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    told = made.json()
    assert (told["state"], told["scope"], told["code"], told["reference"]) == ("open", "listing", None, "A-118")
    assert made["Location"] == f"{URL}/{told['id']}"
    link = post(headers, None, f"/{told['id']}/link").json()["link"]
    assert link != told["link"]
    request = giving.opened(token_of(link), now=timezone.now())
    code = consenting.given(request, now=timezone.now())
    followed = Browser().get(made["Location"], headers=headers).json()
    assert (followed["state"], followed["code"], "link" in followed) == ("given", code.code, False)
    for _ in range(2):
        assert Browser().delete(made["Location"], headers=headers).status_code == 204
    assert Browser().get(made["Location"], headers=headers).json()["state"] == "withdrawn"
    assert Browser().get(made["Location"], headers=headers).json()["code"] is None


def test_by_api_the_same_key_and_body_give_the_same_request_and_its_link_once():
    headers = asking.bearer(asking.bank().organisation)
    first = post(headers, body(), key="key-of-118")
    again = post(headers, body(), key="key-of-118")
    assert (again.status_code, again["Location"]) == (first.status_code, first["Location"])
    assert again.json() == {**first.json(), "link": None}
    assert giving.opened(token_of(first.json()["link"]), now=timezone.now()).pk == first.json()["id"]
    assert ConsentRequest.objects.count() == 1


def test_by_api_a_lost_link_is_replaced_and_dead():
    headers = asking.bearer(asking.bank().organisation)
    lost = post(headers, body(), key="key-of-118").json()
    again = post(headers, body(), key="key-of-118").json()
    fresh = post(headers, None, f"/{again['id']}/link").json()["link"]
    assert giving.opened(token_of(fresh), now=timezone.now()).pk == lost["id"]
    with pytest.raises(ConsentLinkDead):
        giving.opened(token_of(lost["link"]), now=timezone.now())


def test_by_api_the_same_key_with_another_body_is_refused_and_of_another_employer_is_another():
    headers = asking.bearer(asking.bank().organisation)
    post(headers, body(), key="key-of-118")
    answer = post(headers, body(days=8), key="key-of-118")
    assert (answer.status_code, answer.json()["code"]) == (422, "R-505")
    elsewhere = asking.bearer(asking.courier_company().organisation)
    others = body(purpose="transport_recruitment", post="courier")
    assert post(elsewhere, others, key="key-of-118").status_code == 201
    assert ConsentRequest.objects.count() == 2


@pytest.mark.parametrize("key", [None, "short", "with spaces in it", "x" * 65])
def test_by_api_without_a_key_nothing_is_made(key):
    headers = {**asking.bearer(asking.bank().organisation), **({"Idempotency-Key": key} if key else {})}
    answer = Browser().post(URL, body(), content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "R-504")
    assert not ConsentRequest.objects.exists()


def test_by_api_a_request_that_was_answered_meanwhile_is_repeated_as_it_is():
    headers = asking.bearer(asking.bank().organisation)
    made = post(headers, body(), key="key-of-118").json()
    consenting.given(ConsentRequest.objects.get(pk=made["id"]), now=timezone.now())
    again = post(headers, body(), key="key-of-118").json()
    assert (again["id"], again["state"], again["link"]) == (made["id"], "given", None)


@pytest.mark.django_db(transaction=True)
def test_by_api_sent_twice_at_once_it_is_one_request_with_one_link():
    headers = asking.bearer(asking.bank().organisation)
    answers = []
    in_threads(*[lambda: answers.append(post(headers, body(), key="key-of-118").json())] * 4)
    assert (ConsentRequest.objects.count(), len({each["id"] for each in answers})) == (1, 1)
    assert sum(each["link"] is not None for each in answers) == 1


@pytest.mark.parametrize("changed", [{"days": "x"}, {"reference": None}, {"name": "王小明"}, {"days": True}])
def test_by_api_what_is_malformed_is_named(changed):
    headers = asking.bearer(asking.bank().organisation)
    answer = post(headers, body(**changed))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, next(iter(changed)))


@pytest.mark.parametrize("method", ["get", "delete", "link"])
def test_by_api_another_employers_request_is_as_absent_as_one_that_never_was(method):
    own = post(asking.bearer(asking.bank().organisation), body()).json()["id"]
    stranger = asking.bearer(asking.courier_company().organisation)
    absent = own[:-1] + ("0" if own[-1] != "0" else "1")
    answers = []
    for id in (own, absent, "crq_x"):
        if method == "link":
            answers.append(post(stranger, None, f"/{id}/link"))
        else:
            answers.append(getattr(Browser(), method)(f"{URL}/{id}", headers=stranger))
    assert {(each.status_code, each.json()["code"]) for each in answers} == {(404, "R-572")}


def test_by_api_a_department_is_refused():
    headers = asking.bearer(asking.department(), ("events",))
    assert post(headers, body()).status_code == 403
    assert Browser().post(URL, body(), content_type="application/json").status_code == 401


# In the portal


@pytest.fixture
def hr():
    return signed_in(a_member(asking.bank(), "han", MemberRole.HR))


def made_in_portal(browser, **changes):
    typed = {"post": "finance_recruitment/loan_officer", "reference": "申请 118", "days": "7", **changes}
    return browser.post(at("new_request"), typed)


def link_in(answer):
    return re.search(r"<code>(http[^<]+)</code>", answer.content.decode()).group(1)


def test_in_the_portal_hr_gets_a_link_and_a_qr_code_once(hr):
    answer = made_in_portal(hr)
    request = ConsentRequest.objects.get()
    assert giving.opened(token_of(link_in(answer)), now=timezone.now()) == request
    assert "<svg" in text_of(answer)
    assert "style=" not in text_of(answer).partition("<svg")[2].partition("</svg>")[0]
    assert "申请 118" in read(hr, "requests")
    assert "/consent/" not in read(hr, "request", request.pk)
    assert MemberAct.objects.filter(act="make_request", about=request.pk).exists()


def test_in_the_portal_what_is_wrong_is_said_and_what_was_typed_stays(hr):
    answer = made_in_portal(hr, reference=NUMBER)
    assert "R-561" in text_of(answer)
    assert 'value="7"' in text_of(answer)
    assert not ConsentRequest.objects.exists()


def test_in_the_portal_a_given_request_leads_on_with_the_code_filled_in(hr):
    cast.in_force()
    made_in_portal(hr)
    request = ConsentRequest.objects.get()
    code = consenting.given(request, now=timezone.now())
    assert code.code not in read(hr, "request", request.pk)
    person = hr.get(at("new"), {"request": request.pk})
    assert step_of(person) == "person"
    assert code.code not in text_of(person)
    check = send(hr, "person", person, name="高䶮", document_type="resident_id", document_number=NUMBER)
    assert step_of(check) == "check"
    assert code.code in text_of(check)
    answer = send(hr, "check", check, declared="on")
    assert answer.status_code == 302
    screening = Screening.objects.get()
    assert screening.consent.code == code
    assert screening.pk in read(hr, "request", request.pk)
    assert "given by the applicant" in read(hr, "screening", screening.pk)


def test_in_the_portal_a_code_is_typed_instead_of_the_form(hr):
    code = consenting.given(now=timezone.now())
    before = send(hr, "purpose", hr.get(at("new")), post="finance_recruitment/loan_officer")
    both = send(hr, "consent", before, code=code.code, signed_on=timezone.localdate().isoformat())
    assert "Either the code or the signed form" in text_of(both)
    neither = send(hr, "consent", before)
    assert "Choose the file of the signed form." in text_of(neither)
    wrong = send(hr, "consent", before, code="ABCDE")
    assert "R-550" in text_of(wrong)
    person = send(hr, "consent", before, code=code.code.lower())
    assert step_of(person) == "person"
    check = send(hr, "person", person, name="高某", document_type="resident_id", document_number=NUMBER)
    refused = send(hr, "check", check, declared="on")
    assert (refused.status_code, step_of(refused)) == (403, "consent")
    assert "R-554" in text_of(refused)
    assert sealed_in(refused)


def test_a_page_that_showed_a_link_once_does_nothing_more_when_it_is_loaded_again(hr):
    once = once_in(hr.get(at("new_request")))
    assert link_in(made_in_portal(hr, once=once))
    again = hr.get(made_in_portal(hr, once=once)["Location"])
    assert "This was sent before, and its link shown then." in again.content.decode()
    (request,) = ConsentRequest.objects.all()
    renewed = {"once": once_in(hr.get(at("request", request.pk)))}
    handed_over = token_of(link_in(hr.post(at("request_link", request.pk), renewed)))
    hr.post(at("request_link", request.pk), renewed)
    assert giving.opened(handed_over, now=timezone.now()), "the link that was handed over still opens"


def once_in(page):
    return re.search(r'name="once"\s+value="([^"]+)"', page.content.decode()).group(1)


def test_in_the_portal_it_is_withdrawn_and_given_a_new_link(hr):
    made_in_portal(hr)
    request = ConsentRequest.objects.get()
    assert giving.opened(token_of(link_in(hr.post(at("request_link", request.pk)))), now=timezone.now())
    assert hr.post(at("withdraw_request", request.pk), follow=True).status_code == 200
    assert "Withdrawn by you" in read(hr, "requests", state="withdrawn")
    assert "No request fits." in read(hr, "requests", state="open")
    again = hr.post(at("request_link", request.pk), follow=True)
    assert "R-573" in text_of(again)


def test_in_the_portal_another_employers_request_is_absent(hr):
    made = consenting.requested(asking.courier_company(), purpose="transport_recruitment", post="courier")
    assert hr.get(at("request", made.request.pk)).status_code == 404
    assert hr.post(at("request_link", made.request.pk)).status_code == 404
    assert hr.post(at("withdraw_request", made.request.pk)).status_code == 404
    assert "R-572" in text_of(hr.get(at("new"), {"request": made.request.pk}))
    assert state(made.request) == RequestState.OPEN


def test_in_the_portal_an_auditor_reads_and_does_nothing():
    auditor = signed_in(a_member(asking.bank(), "ai", MemberRole.AUDITOR))
    request = consenting.requested(now=timezone.now()).request
    consenting.given(request, now=timezone.now())
    assert request.reference in read(auditor, "requests")
    page = read(auditor, "request", request.pk)
    assert "?request=" not in page
    assert "Withdraw" not in page
    for name, args in (("new_request", ()), ("request_link", (request.pk,)), ("withdraw_request", (request.pk,))):
        assert auditor.post(at(name, *args)).status_code == 403


def test_in_the_portal_no_session_holds_the_code_or_the_link(hr):
    made_in_portal(hr)
    request = ConsentRequest.objects.get()
    code = consenting.given(request, now=timezone.now())
    hr.get(at("new"), {"request": request.pk})
    for session in Session.objects.all():
        assert code.code not in str(session.get_decoded())


def test_what_is_closed_says_so_and_what_to_do_by_api_in_the_portal_and_to_the_applicant(hr):
    request = consenting.requested(now=timezone.now()).request
    code = consenting.given(request, now=timezone.now())
    ConsentCode.objects.filter(pk=code.pk).update(wrong=5)
    shown = Browser().get(f"{URL}/{request.pk}", headers=asking.bearer(asking.bank().organisation)).json()
    assert (shown["state"], shown["code"]) == ("closed", None)
    page = text_of(hr.get(f"/employer/consent-requests/{request.pk}/"))
    assert "/employer/consent-requests/new/" in page
    assert "Ask the court with it" not in page
    assert code.code not in page
    browser = Browser(headers={"accept-language": "en"})
    session = browser.session
    session[PROOF] = str(proving.keep(consenting.proved(now=timezone.now()), now=timezone.now()))
    session.save()
    page = text_of(browser.get(f"/consent/mine/{code.pk}/"))
    assert "named somebody else" in page
    assert code.code not in page
    assert "Revoke this consent" not in page
    assert "named somebody else" in text_of(browser.get("/consent/mine/"))


def test_no_state_tells_the_employer_why():
    words = {str(each.label) for each in RequestState}
    assert words == {
        "open", "given", "not given", "given, and expired unused", "given, and closed: questions named others", "used", "revoked by the applicant", "withdrawn by you",
    }  # fmt: skip
    with pytest.raises(NoSuchConsentRequest):
        requesting.own("crq_x", employer_id=asking.bank().pk, now=cast.NOW)
