"""The applicant's pages: what is asked for, yes and no, the code, and what the employer was answered."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sharing.employers import calling, giving, requesting
from sharing.employers.models import ConsentCode, RequestState
from sharing.employers.spoken import matrix
from sharing.persons.identity import proving
from sharing.persons.identity.proving import Identity, Proved
from sharing.persons.models import ProvenIdentity
from sharing.persons.pages import visit
from sharing.persons.pages.frame import LEVEL
from sharing.persons.pages.visit import PROOF
from sharing.persons.tasks import forget_sessions
from tests import asking, cast, consenting, noticing
from tests.visiting import hidden_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"
BOOK = ("registry_listing", "registry_identitydocument", "registry_person", "registry_party")


def phone(number="", name=NAME):
    """A browser; with a number, of somebody who proved who he is."""
    browser = Browser(headers={"accept-language": "en"})
    if number:
        session = browser.session
        proved = consenting.proved(number, name, now=timezone.now())
        session[PROOF] = str(proving.keep(proved, now=timezone.now()))
        session.save()
    return browser


def text_of(answer):
    return html.unescape(answer.content.decode())


def path_of(made):
    return made.link.removeprefix("http://127.0.0.1:8000")


def requested(**changes):
    return consenting.requested(now=timezone.now(), **changes)


def opened(browser, made):
    answer = browser.get(path_of(made))
    assert (answer.status_code, answer["Location"]) == (302, "/consent/")
    return text_of(browser.get("/consent/"))


def answer_with(browser, yes_or_no, shown=None):
    """As the form on the page that was shown, or is shown now."""
    shown = shown or browser.get("/consent/decide/")
    return browser.post("/consent/decide/", {"answer": yes_or_no, **hidden_in(shown)})


def state(made):
    return requesting.state_of(made.request, timezone.now())


def ask_with(code):
    headers = asking.bearer(asking.bank().organisation)
    sent = {"Idempotency-Key": "key-00001", **headers}
    body = asking.body(consent={"kind": "code", "code": code.code})
    return Browser().post("/api/v1/screenings", body, content_type="application/json", headers=sent)


# What is asked for


def test_the_whole_way():
    cast.in_force()
    made, browser = requested(), phone()
    page = opened(browser, made)
    for words in ("bank", asking.BANK_USCC, "Loan officer", "Criminal Law", "Recruitment in finance"):
        assert words in page
    assert browser.get("/consent/decide/")["Location"] == "/identity/"
    browser = phone(NUMBER)
    opened(browser, made)
    page = text_of(browser.get("/consent/decide/"))
    assert NAME in page
    assert NUMBER not in page
    answer = answer_with(browser, "agree")
    code = ConsentCode.objects.get()
    assert answer["Location"] == f"/consent/mine/{code.pk}/"
    assert code.code in text_of(browser.get(answer["Location"]))
    assert "given, not used yet" in text_of(browser.get("/consent/mine/"))
    told = ask_with(code).json()
    assert told["outcome"] == "listed"
    page = text_of(browser.get(answer["Location"]))
    assert told["listing"]["number"] in page
    assert told["id"] in page
    assert "may object" in page
    assert "示范市示范路1号" in page
    assert code.code not in page


@pytest.mark.parametrize("wide", [True, False], ids=["any listing", "only a prohibition"])
def test_it_says_exactly_what_would_be_answered(settings, wide):
    settings.SHARING_SCOPE_LISTING = wide
    page = opened(phone(), requested())
    assert ("Whether you are in the register" in page) is wide
    assert ("Only whether a prohibition" in page) is not wide
    column = 1 if wide else 0
    cells = re.findall(r'<td role="cell"[^>]*>(.*?)</td>', page, re.DOTALL)
    answered = [re.sub(r"<[^>]+>", "", each.split("</span>", 1)[1]).strip().lower() for each in cells]
    assert answered == [str(rules[column].label) for _standing, rules in matrix()]


@pytest.mark.parametrize("spoilt", ["unknown", "withdrawn", "over", "answered", "replaced", "suspended"])
def test_links_that_lead_nowhere_are_answered_alike(spoilt):
    made = requested(days=1)
    path = f"/consent/{'a' * 27}/" if spoilt == "unknown" else path_of(made)
    now, employer = timezone.now(), made.request.employer
    if spoilt == "withdrawn":
        requesting.withdraw(made.request.pk, employer_id=employer.pk, now=now)
    if spoilt == "over":
        made.request.expires_at = now - timedelta(seconds=1)
        made.request.save()
    if spoilt == "answered":
        consenting.given(made.request, now=now)
    if spoilt == "replaced":
        requesting.link_anew(made.request.pk, employer_id=employer.pk, now=now)
    if spoilt == "suspended":
        employer.suspended_at = now
        employer.save()
    answer = phone().get(path, follow=True)
    assert answer.redirect_chain == [("/consent/no-request/", 302)]
    assert (answer.status_code, "R-574" in text_of(answer)) == (404, True)


@pytest.mark.parametrize("tail", [".", "/.", "。", "/。", "/,", " b/", "/x/", "/x", "%0A", "%22"])
def test_a_link_with_something_behind_it_is_answered_as_one_that_leads_nowhere(tail, caplog):
    token = path_of(requested()).split("/")[2]
    answer = phone().get(f"/consent/{token}{tail}", follow=True)
    assert answer.redirect_chain == [("/consent/no-request/", 302)]
    assert (answer.status_code, "R-574" in text_of(answer)) == (404, True)
    assert token not in caplog.text
    assert not Session.objects.exists()


@pytest.mark.parametrize("tail", ["", "/", "/?from=mail"])
def test_a_link_that_lost_its_end_still_leads_to_its_request(tail):
    token = path_of(requested()).split("/")[2]
    assert phone().get(f"/consent/{token}{tail}", follow=True).redirect_chain[-1] == ("/consent/", 302)


@pytest.mark.parametrize("page", ["decide", "declined", "mine", "no-request"])
def test_the_pages_beside_it_are_found_without_their_slash_and_are_no_links(page):
    assert phone().get(f"/consent/{page}")["Location"] == f"/consent/{page}/"
    assert phone().get(f"/consent/{page}/nothing/").status_code == 404


def test_a_token_opens_the_one_request_alone():
    first, second = requested(reference="one"), requested(reference="two", post="bank_teller")
    browser = phone(NUMBER)
    assert "Bank teller" in opened(browser, second)
    answer_with(browser, "agree")
    assert (state(first), state(second)) == (RequestState.OPEN, RequestState.GIVEN)


def test_the_token_stays_in_no_page_and_no_session():
    made, browser = requested(), phone(NUMBER)
    token = path_of(made).split("/")[2]
    assert token not in opened(browser, made)
    assert token not in text_of(browser.get("/consent/decide/"))
    assert not any(token in str(each.get_decoded()) for each in Session.objects.all())


# Yes and no


def test_to_agree_twice_gives_one_code():
    made, browser = requested(), phone(NUMBER)
    for _ in range(2):
        opened(browser, made) if not ConsentCode.objects.exists() else None
        answer_with(browser, "agree")
    assert ConsentCode.objects.count() == 1


def test_who_presses_twice_reads_that_his_consent_is_given():
    made, browser = requested(), phone(NUMBER)
    opened(browser, made)
    shown = browser.get("/consent/decide/")
    first, again = answer_with(browser, "agree", shown), answer_with(browser, "agree", shown)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert "Your consent is given" in text_of(browser.get(again["Location"]))
    assert ConsentCode.objects.count() == 1


def test_so_does_he_who_opened_another_link_meanwhile_and_nothing_is_answered_to_that():
    first, second, browser = requested(), requested(post="bank_teller"), phone(NUMBER)
    opened(browser, first)
    shown = browser.get("/consent/decide/")
    given = answer_with(browser, "agree", shown)
    opened(browser, second)
    assert answer_with(browser, "agree", shown)["Location"] == given["Location"]
    assert (state(first), state(second)) == (RequestState.GIVEN, RequestState.OPEN)
    assert "Bank teller" in text_of(browser.get("/consent/decide/"))


@pytest.mark.parametrize("spoilt", [{"request": "crq_\0"}, {"request": ""}, {"proof": "0"}, {"answer": "decline"}])
def test_whatever_else_is_sent_once_more_finds_no_consent(spoilt):
    made, browser = requested(), phone(NUMBER)
    opened(browser, made)
    shown = hidden_in(browser.get("/consent/decide/"))
    browser.post("/consent/decide/", {"answer": "agree", **shown})
    again = browser.post("/consent/decide/", {"answer": "agree", **shown, **spoilt})
    assert (again.status_code, "R-574" in text_of(again)) == (404, True)


@pytest.mark.parametrize("then", ["revoked", "of another"])
def test_nor_does_who_took_it_back_or_who_is_another(then):
    made, browser = requested(), phone(NUMBER)
    opened(browser, made)
    shown = browser.get("/consent/decide/")
    answer_with(browser, "agree", shown)
    if then == "revoked":
        giving.revoke(ConsentCode.objects.get().pk, consenting.person(), now=timezone.now())
        assert answer_with(browser, "agree", shown).status_code == 404
        return
    other = phone(cast.APPLICANT_NUMBER, "王小明")
    opened(other, requested(post="bank_teller"))
    sent = {**hidden_in(other.get("/consent/decide/")), "request": made.request.pk, "answer": "agree"}
    assert "Another request was opened meanwhile" in text_of(other.post("/consent/decide/", sent))
    assert ConsentCode.objects.count() == 1


def test_whoever_declines_leaves_no_trace_and_the_employer_sees_what_it_sees_of_one_who_never_looked():
    declined, ignored = requested(days=1), requested(days=1)
    browser = phone(NUMBER)
    opened(browser, declined)
    answer = answer_with(browser, "decline")
    assert answer["Location"] == "/consent/declined/"
    assert "Nothing was written down" in text_of(browser.get("/consent/declined/"))
    assert not ProvenIdentity.objects.exists()
    rows = list(requesting.of(asking.bank().pk, timezone.now()))
    facts = [{n: v for n, v in vars(each).items() if n in ("state_now", "withdrawn_at")} for each in rows]
    assert facts[0] == facts[1]
    assert state(declined) == state(ignored) == RequestState.OPEN
    later = timezone.now() + timedelta(days=1)
    assert requesting.counts(asking.bank().pk, later)["not_given"] == 2


def test_the_employer_who_opens_its_own_link_does_not_learn_that_somebody_declined():
    made, browser = requested(), phone(NUMBER)
    before = opened(phone(), made)
    opened(browser, made)
    answer_with(browser, "decline")
    assert _without_tokens(opened(phone(), made)) == _without_tokens(before)


def _without_tokens(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_who_declined_may_still_agree():
    made, browser = requested(), phone(NUMBER)
    opened(browser, made)
    answer_with(browser, "decline")
    again = phone(NUMBER)
    opened(again, made)
    answer_with(again, "agree")
    assert state(made) == RequestState.GIVEN


def test_nobody_agrees_without_a_proof_or_with_one_that_is_over():
    made, browser = requested(), phone()
    opened(browser, made)
    assert answer_with(browser, "agree")["Location"] == "/identity/"
    late = phone(NUMBER)
    opened(late, made)
    shown = late.get("/consent/decide/")
    ProvenIdentity.objects.update(expires_at=timezone.now())
    assert answer_with(late, "agree", shown)["Location"] == "/identity/"
    assert not ConsentCode.objects.exists()


def test_nobody_agrees_to_what_was_withdrawn_meanwhile():
    made, browser = requested(), phone(NUMBER)
    opened(browser, made)
    shown = browser.get("/consent/decide/")
    requesting.withdraw(made.request.pk, employer_id=made.request.employer_id, now=timezone.now())
    assert answer_with(browser, "agree", shown).status_code == 404
    assert not ConsentCode.objects.exists()


def test_an_answer_counts_for_the_request_on_its_page_and_for_no_other():
    first, second = requested(), requested(post="bank_teller")
    browser = phone(NUMBER)
    opened(browser, first)
    shown = browser.get("/consent/decide/")
    assert hidden_in(shown)["request"] == first.request.pk
    opened(browser, second)
    for answer in ("agree", "decline"):
        page = text_of(browser.post("/consent/decide/", {"answer": answer, **hidden_in(shown)}))
        assert "Another request was opened meanwhile" in page
        assert "Bank teller" in page
    assert not ConsentCode.objects.exists()
    assert ProvenIdentity.objects.exists()
    answer_with(browser, "agree")
    assert (state(first), state(second)) == (RequestState.OPEN, RequestState.GIVEN)


def another_proves(browser, number=cast.APPLICANT_NUMBER, name="王小"):
    """In another tab of the same browser."""
    session, now = browser.session, timezone.now()
    session[PROOF] = str(proving.keep(consenting.proved(number, name, now=now), now=now))
    session.save()


@pytest.mark.parametrize("answer", ["agree", "decline"])
def test_an_answer_counts_for_whom_the_page_showed_and_for_nobody_else(answer):
    made, browser = requested(), phone(NUMBER)
    opened(browser, made)
    shown = browser.get("/consent/decide/")
    assert NAME in text_of(shown)
    another_proves(browser)
    again = browser.post("/consent/decide/", {"answer": answer, **hidden_in(shown)})
    page = text_of(again)
    assert "It was proved anew meanwhile who sits here. Nothing was answered" in page
    assert "王小" in page
    assert NAME not in page
    assert not ConsentCode.objects.exists()
    assert ProvenIdentity.objects.count() == 2
    browser.post("/consent/decide/", {"answer": "agree", **hidden_in(again)})
    assert ConsentCode.objects.get().name_digest in consenting.person(cast.APPLICANT_NUMBER, "王小").names


@pytest.mark.parametrize("mark", [None, "", "a" * 64, "ä"])
def test_without_the_mark_of_a_proof_nothing_is_answered(mark):
    made, browser = requested(), phone(NUMBER)
    opened(browser, made)
    typed = {"answer": "agree", "request": made.request.pk, **({} if mark is None else {"proof": mark})}
    assert "Nothing was answered" in text_of(browser.post("/consent/decide/", typed))
    assert not ConsentCode.objects.exists()


def test_the_mark_opens_nothing_and_names_nobody():
    browser = phone(NUMBER)
    opened(browser, requested())
    mark = hidden_in(browser.get("/consent/decide/"))["proof"]
    assert re.fullmatch("[0-9a-f]{64}", mark)
    assert mark != browser.session[PROOF]
    subject = consenting.person()
    assert mark not in {each.hex() for each in (*subject.digests, *subject.names)}
    stranger = phone(cast.APPLICANT_NUMBER, "王小")
    opened(stranger, requested(post="bank_teller"))
    assert mark != hidden_in(stranger.get("/consent/decide/"))["proof"]


def by_notice_of_a_unit(browser):
    session, now = browser.session, timezone.now()
    unit = Identity(document_type="uscc", document_number=cast.UNIT_NUMBER, name=noticing.UNIT_NAME)
    proved = Proved(identity=unit, evidence=consenting.evidence(now))
    session[PROOF] = str(proving.keep(proved, now=now))
    session.save()


def test_a_unit_answers_no_request_that_asks_an_applicant():
    made, browser = requested(), phone()
    by_notice_of_a_unit(browser)
    opened(browser, made)
    shown = browser.get("/consent/decide/")
    assert (shown.status_code, "R-790" in text_of(shown)) == (403, True)
    assert "forget who I am" in text_of(shown)
    typed = {"request": made.request.pk, "proof": visit.mark(browser), "answer": "agree"}
    for sent in (typed, typed | {"proof": ""}):
        answer = browser.post("/consent/decide/", sent)
        assert (answer.status_code, "R-790" in text_of(answer)) == (403, True)
    assert not ConsentCode.objects.exists()
    assert state(made) == RequestState.OPEN
    applicant = phone(NUMBER)
    opened(applicant, made)
    answer_with(applicant, "agree")
    assert state(made) == RequestState.GIVEN


def test_a_link_that_was_replaced_counts_no_more_where_it_was_opened_before():
    made, browser = requested(), phone(NUMBER)
    opened(browser, made)
    shown = browser.get("/consent/decide/")
    anew = requesting.link_anew(made.request.pk, employer_id=made.request.employer_id, now=timezone.now())
    assert "R-574" in text_of(browser.get("/consent/"))
    assert answer_with(browser, "agree", shown).status_code == 404
    assert not ConsentCode.objects.exists()
    opened(browser, anew)
    answer_with(browser, "agree")
    assert state(made) == RequestState.GIVEN


def test_a_link_that_leads_nowhere_makes_no_session():
    assert phone().get(f"/consent/{'a' * 27}/", follow=True).status_code == 404
    assert not Session.objects.exists()


def test_sessions_that_are_over_are_forgotten():
    opened(phone(), requested())
    opened(phone(), requested())
    over = Session.objects.first()
    over.expire_date = timezone.now() - timedelta(seconds=1)
    over.save()
    forget_sessions()
    assert Session.objects.count() == 1
    assert not Session.objects.filter(pk=over.pk).exists()


# My consents


def test_it_is_revoked_and_again_with_the_same_effect():
    code = consenting.given(now=timezone.now())
    browser = phone(NUMBER)
    for _ in range(2):
        page = text_of(browser.post(f"/consent/mine/{code.pk}/revoke/", follow=True))
        assert "Revoked. Nobody can ask" in page
    assert "revoked by you" in text_of(browser.get("/consent/mine/"))
    assert ask_with(code).json()["code"] == "R-557"


def test_what_was_used_is_revoked_with_plain_words():
    code = consenting.given(now=timezone.now())
    ask_with(code)
    browser = phone(NUMBER)
    assert "answered, and that stays" in text_of(browser.get(f"/consent/mine/{code.pk}/"))
    page = text_of(browser.post(f"/consent/mine/{code.pk}/revoke/", follow=True))
    assert "already asked and answered" in page
    assert "Asked and answered, revoked since" in page


@pytest.mark.parametrize("stranger", [(cast.APPLICANT_NUMBER, "王小明"), (NUMBER, "高某"), ("", "")])
def test_a_stranger_sees_and_revokes_nothing(stranger):
    code = consenting.given(now=timezone.now())
    browser = phone(*stranger)
    assert code.code not in text_of(browser.get(f"/consent/mine/{code.pk}/", follow=True))
    assert "bank" not in text_of(browser.get("/consent/mine/", follow=True))
    browser.post(f"/consent/mine/{code.pk}/revoke/")
    code.refresh_from_db()
    assert code.revoked_at is None


def test_another_persons_consent_is_as_absent_as_one_that_never_was():
    keys = [str(consenting.given(now=timezone.now()).pk), "00000000-0000-0000-0000-000000000000"]
    browser = phone(cast.APPLICANT_NUMBER, "王小明")
    answers = [browser.get(f"/consent/mine/{key}/") for key in keys]
    assert {each.status_code for each in answers} == {404}
    pages = [_without_tokens(text_of(each)).replace(key, "#") for key, each in zip(keys, answers, strict=True)]
    assert pages[0] == pages[1]


def test_a_form_that_an_employer_attested_is_there_with_its_answer():
    cast.in_force()
    screening = asking.answered()
    browser = phone(NUMBER)
    assert "asked on a signed form" in text_of(browser.get("/consent/mine/"))
    page = text_of(browser.get(f"/consent/mine/{screening.consent_id}/"))
    assert asking.told(screening)["listing"]["number"] in page
    assert "Revoke this consent" in page


def test_whoever_is_said_to_have_signed_reads_that_the_employer_could_not_show_it(settings):
    settings.SHARING_HELD_SHARE = 1.0
    screening = asking.answered()
    calling.call_in(now=cast.NOW)
    assert "could not show" not in text_of(phone(NUMBER).get(f"/consent/mine/{screening.consent_id}/"))
    calling.tell(now=cast.NOW)
    calling.overdue(now=cast.NOW + timedelta(days=8))
    page = text_of(phone(NUMBER).get(f"/consent/mine/{screening.consent_id}/"))
    assert "The employer could not show that you had agreed" in page
    assert "No answer was given" in page


def test_what_waits_is_revoked_and_gets_no_answer(settings):
    settings.SHARING_HELD_SHARE = 1.0
    code = consenting.given(now=timezone.now())
    ask_with(code)
    browser = phone(NUMBER)
    page = text_of(browser.get(f"/consent/mine/{code.pk}/"))
    assert "Asked, waits for an answer" in page
    assert "If you revoke now, it gets none" in page
    page = text_of(browser.post(f"/consent/mine/{code.pk}/revoke/", follow=True))
    assert "The question that waits gets no answer" in page
    assert "Asked, revoked before there was an answer" in page
    assert "answered, and that stays" not in page


def test_what_waits_reads_like_neither_answer(settings):
    settings.SHARING_HELD_SHARE = 1.0
    cast.in_force()
    code = consenting.given(now=timezone.now())
    ask_with(code)
    page = text_of(phone(NUMBER).get(f"/consent/mine/{code.pk}/"))
    assert "No answer was given" in page
    assert "neither that you are listed nor the opposite" in page


def test_the_number_of_a_listing_is_shown_only_where_the_employer_got_it(settings):
    settings.SHARING_SCOPE_LISTING = False
    listing = cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    code = consenting.given(now=timezone.now())
    told = ask_with(code).json()
    assert told["outcome"] == "listed"
    page = text_of(phone(NUMBER).get(f"/consent/mine/{code.pk}/"))
    assert "不得从事信贷工作" in page
    assert listing.number not in page


# The book is not looked into


def test_no_page_reads_the_book_and_all_do_the_same_work_whoever_is_listed():
    cast.in_force()
    work = {}
    for number, name in ((NUMBER, NAME), (cast.APPLICANT_NUMBER, "王小明")):
        browser, made = phone(number, name), requested()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            opened(browser, made)
            browser.get("/consent/decide/")
            answer_with(browser, "agree")
            code = ConsentCode.objects.get(request=made.request)
            browser.get(f"/consent/mine/{code.pk}/")
            browser.get("/consent/mine/")
            browser.post(f"/consent/mine/{code.pk}/revoke/")
        work[number] = len(queries)
        for query in queries.captured_queries:
            assert not any(table in query["sql"] for table in BOOK), query["sql"]
    assert len(set(work.values())) == 1


def test_the_pages_of_consents_are_as_long_whatever_was_answered():
    def lengths(number, name):
        code = consenting.given(by=consenting.person(number, name))
        asking.answered(asking.question(document_number=number, name=name, consent=consenting.typed(code)))
        browser = phone(number, name)
        return [len(browser.get(path).content) for path in (f"/consent/mine/{code.pk}/", "/consent/mine/")]

    cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    listed = lengths(NUMBER, NAME)
    assert listed == lengths(cast.APPLICANT_NUMBER, "王小")
    assert all(each % LEVEL == 0 for each in listed)
