"""Proving who one is: the counter code, what is kept of it, and for how long."""

from __future__ import annotations

import html
import json
import re
import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from registry.errors import CheckDigit, CounterCodeShape, CounterCodeWrong, UnknownDocumentType, WrongRole
from sharing.persons.identity import counter, proving
from sharing.persons.identity.proving import Identity
from sharing.persons.models import CounterCode, Notice, ProvenIdentity
from tests import cast, consenting, noticing
from tests.desk import at_the_desk
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
NUMBER, NAME = cast.DEFENDANT_NUMBER, "高䶮"
ENDING = NUMBER[-4:]
DESK = "/desk/sharing/counter-codes/new/"
TYPED = {"name": NAME, "document_type": "resident_id", "document_number": NUMBER}


def person(number=NUMBER, name=NAME):
    return Identity(document_type="resident_id", document_number=number, name=name)


def made(of=None, now=cast.NOW):
    return counter.make(of or person(), officer=cast.clerk(), now=now)


# The counter code


def test_it_works_once():
    code = made()
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", code.shown)
    assert counter.redeem(code.shown.lower().replace("-", " "), ENDING, now=cast.NOW).identity == person()
    with pytest.raises(CounterCodeWrong):
        counter.redeem(code.shown, ENDING, now=cast.NOW)
    assert CounterCode.objects.get().identity_sealed is None


def test_an_ending_with_a_letter_is_typed_in_either_case():
    number = next(found for each in range(100, 999) if (found := cast.resident(f"11010519880304{each}")).endswith("X"))
    code = made(person(number.lower(), NAME))
    assert counter.redeem(code.shown, f" {number[-4:].lower()} ", now=cast.NOW).identity.name == NAME


def test_the_register_keeps_digests_and_a_seal():
    code = made()
    row = CounterCode.objects.get()
    for kept in (row.code_digest, row.last_four_digest, row.identity_sealed):
        for plain in (code.shown.replace("-", ""), NUMBER, NAME, ENDING):
            assert plain.encode() not in bytes(kept)


def test_it_holds_for_a_day():
    code = made()
    assert counter.redeem(code.shown, ENDING, now=cast.NOW + timedelta(hours=24, seconds=-1))
    code = made()
    with pytest.raises(CounterCodeWrong):
        counter.redeem(code.shown, ENDING, now=cast.NOW + timedelta(hours=24))


def test_after_five_wrong_endings_the_right_one_is_wrong_too():
    code, other = made(), made(person(cast.APPLICANT_NUMBER, "王小明"))
    for _ in range(5):
        with pytest.raises(CounterCodeWrong):
            counter.redeem(code.shown, "0000", now=cast.NOW)
    with pytest.raises(CounterCodeWrong):
        counter.redeem(code.shown, ENDING, now=cast.NOW)
    assert CounterCode.objects.get(pk=code.code.pk).wrong == 5
    assert counter.redeem(other.shown, cast.APPLICANT_NUMBER[-4:], now=cast.NOW).identity.name == "王小明"


def test_a_code_that_is_nobodys_is_answered_like_wrong_characters():
    with pytest.raises(CounterCodeWrong) as nobodys:
        counter.redeem(counter.FORM.new(), ENDING, now=cast.NOW)
    with pytest.raises(CounterCodeWrong) as wrong:
        counter.redeem(made().shown, "0000", now=cast.NOW)
    assert str(nobodys.value) == str(wrong.value)
    with pytest.raises(CounterCodeShape):
        counter.redeem("12345", ENDING, now=cast.NOW)


@pytest.mark.parametrize("stranger", [cast.judge])
def test_who_does_not_stand_at_the_counter_makes_none(stranger):
    with pytest.raises(WrongRole):
        counter.make(person(), officer=stranger(), now=cast.NOW)
    with pytest.raises(CheckDigit):
        made(person(NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")))
    with pytest.raises(UnknownDocumentType):
        made(Identity(document_type="uscc", document_number=cast.UNIT_NUMBER, name=NAME))
    assert not CounterCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_no_more_tries():
    code = made()
    refused = []

    def work(ending):
        try:
            counter.redeem(code.shown, ending, now=cast.NOW)
        except CounterCodeWrong:
            refused.append(ending)
        finally:
            connection.close()

    in_threads(*[lambda ending=f"000{each}": work(ending) for each in range(8)])
    assert (len(refused), CounterCode.objects.get().wrong) == (8, 5)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_it_at_once_one_is_recognised():
    code = made()
    recognised, start = [], threading.Barrier(2)

    def work():
        start.wait(10)
        try:
            recognised.append(counter.redeem(code.shown, ENDING, now=cast.NOW))
        except CounterCodeWrong:
            pass
        finally:
            connection.close()

    in_threads(work, work)
    assert len(recognised) == 1


# What is kept of a proof


def test_a_proof_is_kept_sealed_for_half_an_hour():
    key = str(proving.keep(consenting.proved(), now=cast.NOW))
    assert proving.proven(key, now=cast.NOW + timedelta(minutes=30, seconds=-1)) == person()
    assert proving.proven(key, now=cast.NOW + timedelta(minutes=30)) is None
    assert NUMBER.encode() not in bytes(ProvenIdentity.objects.get().identity_sealed)
    for other in ("", "x", "00000000-0000-0000-0000-000000000000"):
        assert proving.proven(other, now=cast.NOW) is None
    proving.forget(key)
    proving.forget(key)
    assert proving.proven(key, now=cast.NOW) is None


def test_what_is_over_is_destroyed_by_the_clock():
    proving.keep(consenting.proved(), now=cast.NOW)
    made()
    assert proving.forget_what_is_over(now=cast.NOW + timedelta(minutes=29)) == 0
    assert proving.forget_what_is_over(now=cast.NOW + timedelta(hours=24)) == 2
    assert proving.forget_what_is_over(now=cast.NOW + timedelta(hours=24)) == 0
    assert not ProvenIdentity.objects.exists()
    assert not CounterCode.objects.exclude(identity_sealed=None).exists()


# At the desk


def test_a_reload_of_the_page_that_shows_the_code_makes_no_second_one_for_the_same_person():
    clerk = at_the_desk(cast.clerk())
    form = clerk.get(DESK).content.decode()
    sent = {**TYPED, "once": re.search(r'name="once"\s+value="([^"]+)"', form).group(1)}
    wrong = clerk.post(DESK, {**sent, "document_number": NUMBER[:-1]})
    assert sent["once"] in wrong.content.decode()
    assert re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", clerk.post(DESK, sent).content.decode())
    again = clerk.post(DESK, sent, follow=True).content.decode()
    assert not re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", again)
    assert CounterCode.objects.count() == 1


def test_at_the_desk_the_code_is_shown_once_on_paper():
    clerk = at_the_desk(cast.clerk())
    answer = clerk.post(DESK, TYPED)
    assert answer.status_code == 200
    text = answer.content.decode()
    (shown,) = set(re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}", text))
    assert NUMBER not in text
    assert NAME not in text
    assert text.count("/identity/counter/") == 2
    assert "no-store" in answer["Cache-Control"]
    row = CounterCode.objects.get()
    assert row.officer == cast.clerk()
    assert counter.redeem(shown, ENDING, now=row.made_at).identity == person()
    assert "Counter code" in clerk.get("/desk/").content.decode()


def test_at_the_desk_what_is_wrong_stands_beside_its_field():
    clerk = at_the_desk(cast.clerk())
    answer = clerk.post(DESK, {**TYPED, "document_number": "110105198803041231"})
    text = html.unescape(answer.content.decode())
    assert re.search(r'id="id_document_number_error"', text)
    assert NAME in text
    assert not CounterCode.objects.exists()


@pytest.mark.parametrize("stranger", [cast.judge, cast.second_judge])
def test_at_the_desk_others_are_refused(stranger):
    officer = at_the_desk(stranger())
    assert officer.get(DESK).status_code == 403
    assert officer.post(DESK, TYPED).status_code == 403
    assert "Counter code" not in officer.get("/desk/").content.decode()
    assert Browser().get(DESK).status_code == 302


# On the phone


def test_on_the_phone_a_counter_code_proves_who_one_is():
    code = counter.make(person(), officer=cast.clerk(), now=cast.NOW.replace(year=2099))
    phone = Browser(headers={"accept-language": "en"})
    assert phone.get("/consent/mine/").headers["Location"] == "/identity/"
    assert "/identity/counter/" in phone.get("/identity/").content.decode()
    wrong = phone.post("/identity/counter/", {"code": code.shown, "last_four": "0000"})
    assert (wrong.status_code, "R-702" in wrong.content.decode()) == (403, True)
    before = phone.session.session_key
    right = phone.post("/identity/counter/", {"code": code.shown, "last_four": ENDING})
    assert right.headers["Location"] == "/consent/mine/"
    assert phone.session.session_key != before
    page = html.unescape(phone.get("/consent/mine/").content.decode())
    assert NAME in page
    assert NUMBER not in page
    for session in Session.objects.all():
        held = json.dumps(session.get_decoded(), ensure_ascii=False)
        assert NUMBER not in held
        assert NAME not in held
    for cookie in phone.cookies.values():
        assert NUMBER not in cookie.value
    assert phone.post("/identity/leave/").status_code == 302
    assert phone.get("/consent/mine/").headers["Location"] == "/identity/"
    assert not ProvenIdentity.objects.exists()


def test_only_ways_that_are_on_are_offered(settings):
    settings.SHARING_IDENTITY_WAYS = []
    phone = Browser(headers={"accept-language": "en"})
    assert "/identity/counter/" not in phone.get("/identity/").content.decode()
    assert phone.get("/identity/counter/").status_code == 404


@pytest.mark.parametrize("way", ["counter", "notice"])
def test_a_code_is_not_spent_where_the_proof_could_not_be_kept(settings, monkeypatch, way):
    settings.SHARING_IDENTITY_WAYS = ["counter", "notice"]
    shown = (
        made(now=timezone.now()).shown if way == "counter" else noticing.code_in(noticing.made(now=timezone.now()).pdf)
    )
    phone = Browser(headers={"accept-language": "en"})
    with monkeypatch.context() as patch:
        patch.setattr(ProvenIdentity, "save", _disturbed)
        with pytest.raises(OSError, match="away"):
            phone.post(f"/identity/{way}/", {"code": shown, "last_four": ENDING})
    wrong = phone.post(f"/identity/{way}/", {"code": shown, "last_four": "0000"})
    assert wrong.status_code == 403
    assert (CounterCode if way == "counter" else Notice).objects.get().wrong == 1
    assert phone.post(f"/identity/{way}/", {"code": shown, "last_four": ENDING}).status_code == 302
    assert ProvenIdentity.objects.count() == 1


def _disturbed(*_args, **_options):
    raise OSError("the database is away")
