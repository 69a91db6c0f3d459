"""An organisation asks to be admitted: confirmed before anybody sees it, decided by the court, and nothing kept too long."""

from __future__ import annotations

import re
import threading
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.test import Client as Browser
from django.urls import reverse

from registry import errors
from registry.models.insert_only import InsertOnlyError
from sharing.employers import corresponding, registering, registrations, tasks
from sharing.employers.models import (
    Employer,
    EmployerAct,
    Enclosure,
    Registration,
    RegistrationAct,
    RegistrationState,
    RegistrationTry,
)
from sharing.employers.registering import BY_MAIL, BY_SECRET
from sharing.parties.models import Member, Organisation
from tests import asking, cast, papers
from tests.registering import LICENCE, USCC, confirmed, sent, typed
from tests.signing_in import password_typed

pytestmark = pytest.mark.django_db

State, Act = RegistrationState, RegistrationAct.Act
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REASON = {"reason": "the licence is of another organisation", "now": cast.NOW}


@pytest.fixture
def he():
    return cast.high_court_registrar()


def admit(found, officer, **changes):
    decided = {
        "code": "some-bank",
        "name": "某银行",
        "name_en": "Some Bank",
        "legal_basis": "刑法第三十七条之一",
        "admitted_for": ["finance_recruitment"],
        "daily_quota": 200,
        **changes,
    }
    return registrations.admit(found.pk, **decided, officer=officer, now=cast.NOW)


def everything_in_the_database() -> str:
    tables = ("registration", "enclosure", "registrationact", "registrationtry")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT row_to_json(t)::text FROM employers_{name} AS t" for name in tables))
        return " ".join(row[0] for row in cursor.fetchall())


# Sending


def test_it_works(he):
    found = confirmed()
    assert list(registrations.waiting()) == [found]
    admit(found, he)
    corresponding.tell(now=cast.NOW)
    owner = Member.objects.get()
    assert (owner.role, owner.account.email, owner.account.username) == ("owner", typed().email, "some-bank")
    assert "/portal/invitation/" in mail.outbox[-1].body
    assert "within 7 days" in mail.outbox[-1].body
    assert "请在7日内" in mail.outbox[-1].body


def test_nobody_is_told_of_it_before_the_address_is_confirmed():
    found, _secret = sent()
    assert found.state == State.UNCONFIRMED
    assert list(registrations.waiting()) == []
    with pytest.raises(errors.NoSuchRegistration):
        registrations.numbered(found.pk)
    registering.confirm(found.pk, now=cast.NOW + HOUR)
    assert [each.pk for each in registrations.waiting()] == [found.pk]


def test_what_was_not_confirmed_in_two_days_is_destroyed_whole():
    sent()
    corresponding.forget(now=cast.NOW + 48 * HOUR)
    assert Registration.objects.count() == 1
    corresponding.forget(now=cast.NOW + 48 * HOUR + timedelta(seconds=1))
    assert not Registration.objects.exists()
    assert not Enclosure.objects.exists()


def test_a_link_that_is_too_old_confirms_nothing_though_the_clock_has_not_come_by():
    found, _secret = sent()
    with pytest.raises(errors.NoSuchRegistration):
        registering.confirm(found.pk, now=cast.NOW + 49 * HOUR)


def test_confirming_again_changes_nothing():
    found = confirmed()
    registering.confirm(found.pk, now=cast.NOW + HOUR)
    assert RegistrationAct.objects.filter(act=Act.CONFIRM).count() == 1
    assert Registration.objects.get().waiting_since == cast.NOW


def test_the_contact_and_the_licence_are_at_rest_only_sealed():
    sent()
    kept = everything_in_the_database()
    for said in (typed().contact_name, typed().email, typed().phone, LICENCE.hex()):
        assert said not in kept
    assert Registration.objects.get().contact["email"] == typed().email
    assert Enclosure.objects.get().content == LICENCE


def test_of_the_secret_only_a_digest_is_kept():
    found, secret = sent()
    assert secret not in everything_in_the_database()
    assert registering.by_secret(found.pk, secret.lower().replace("-", " ")) == found


def test_the_same_form_twice_is_one_registration_and_tells_no_second_secret():
    first, secret = sent(form_key="k" * 20)
    again, nothing = sent(form_key="k" * 20)
    assert (again, nothing) == (first, "")
    assert secret
    assert RegistrationTry.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"uscc": USCC[:-1] + ("1" if USCC[-1] != "1" else "2")}, errors.CheckDigit),
        ({"uscc": "123"}, errors.DocumentShape),
        ({"purposes": ()}, errors.PurposeUnknown),
        ({"purposes": ("curiosity",)}, errors.PurposeUnknown),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(changes, refusal):
    with pytest.raises(refusal):
        sent(**changes)
    assert not Registration.objects.exists()


@pytest.mark.parametrize("file", [b"", b"MZ no document", b"%PDF-" + bytes(5 * 1024 * 1024)])
def test_a_licence_is_pdf_jpeg_or_png_of_five_megabytes_by_its_own_bytes(file):
    with pytest.raises(errors.LicenceKind):
        sent(file=file)


# Who is known already


def test_who_is_admitted_suspended_or_on_the_way_is_refused_in_the_same_words(he):
    def refused(**changes):
        with pytest.raises(errors.RegisteredAlready) as found:
            sent(**changes)
        return str(found.value), found.value.field, found.value.status

    asking.bank()
    admitted = refused(uscc=asking.BANK_USCC)
    Organisation.objects.update(suspended_at=cast.NOW)
    suspended = refused(uscc=asking.BANK_USCC, email="b@bank.example")
    confirmed()
    on_the_way = refused(email="c@bank.example")
    assert admitted == suspended == on_the_way


def test_an_unconfirmed_one_keeps_nobody_out_and_the_first_confirmed_one_counts():
    first, _secret = sent()
    second, _secret = sent(email="other@bank.example")
    registering.confirm(second.pk, now=cast.NOW)
    with pytest.raises(errors.RegisteredAlready):
        registering.confirm(first.pk, now=cast.NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_confirmed_in_the_same_moment_one_is_refused():
    numbers = [sent(email=f"{who}@bank.example")[0].pk for who in "ab"]
    outcomes = []
    start = threading.Barrier(2)

    def confirm(number):
        try:
            start.wait()
            registering.confirm(number, now=cast.NOW)
            outcomes.append("confirmed")
        except errors.RegisteredAlready:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm, args=[number]) for number in numbers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["confirmed", "refused"]
    assert len(registrations.waiting()) == 1


# Links


def test_a_mailed_link_confirms_and_one_by_secret_does_not():
    found, _secret = sent()
    assert registering.by_link(registering.link_of(found, BY_MAIL)).by_mail
    assert not registering.by_link(registering.link_of(found, BY_SECRET)).by_mail


def test_an_altered_link_opens_nothing():
    found, _secret = sent()
    link = registering.link_of(found, BY_SECRET)
    number, _by, mac = link.split(".")
    other, _secret = sent(email="other@bank.example")
    for bad in (f"{number}.m.{mac}", f"{other.pk}.s.{mac}", link[:-1], "", "x", "..", f"{number}.s.é"):
        with pytest.raises(errors.NoSuchRegistration):
            registering.by_link(bad)


@pytest.mark.parametrize("secret", ["", "0000-0000-0000-0000-0000", "\x00", "x" * 500])
def test_a_wrong_secret_and_a_number_that_is_none_are_refused_alike(secret):
    found, _secret = sent()
    refusals = []
    for number in (found.pk, "0000-0000", "\x00", ""):
        with pytest.raises(errors.NoSuchRegistration) as refused:
            registering.by_secret(number, secret)
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1


# What is written


def test_the_first_message_holds_nothing_that_somebody_typed():
    sent(name="点此领奖 https://evil.example")
    assert corresponding.tell(now=cast.NOW) == 1
    message = mail.outbox[0]
    assert message.to == [typed().email]
    said = message.subject + message.body
    for word in ("evil", "领奖", typed().contact_name, USCC):
        assert word not in said
    assert corresponding.tell(now=cast.NOW) == 0


def test_a_message_that_could_not_be_sent_is_tried_again(monkeypatch):
    sent()

    def broken(self):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", broken)
        assert corresponding.tell(now=cast.NOW) == 0
    assert corresponding.tell(now=cast.NOW) == 1


def test_every_decision_is_mailed_and_its_reason_is_not(he):
    found = confirmed()
    registrations.ask_more(found.pk, officer=he, reason="which article exactly", now=cast.NOW)
    corresponding.tell(now=cast.NOW)
    registering.answer(found.pk, "art. 37-1", b"", now=cast.NOW)
    registrations.refuse(found.pk, officer=he, **REASON)
    corresponding.tell(now=cast.NOW)
    assert [each.subject.partition(" / ")[2].partition(":")[0] for each in mail.outbox] == [
        "The court asks for more",
        "Not admitted",
    ]
    assert not any("which article" in each.body or REASON["reason"] in each.body for each in mail.outbox)


def test_the_task_writes_and_destroys(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: cast.NOW)
    sent()
    tasks.registrations()
    assert len(mail.outbox) == 1


# The court decides


def test_the_oldest_waits_first_and_two_working_days_are_the_time_for_it():
    friday = cast.NOW + 3 * DAY
    second = confirmed(uscc=cast.UNIT_NUMBER, email="b@unit.example", now=friday)
    first = confirmed()
    assert list(registrations.waiting()) == [first, second]
    assert registrations.decide_by(first) == date(2026, 11, 26)
    assert registrations.decide_by(second) == date(2026, 12, 1), "a weekend is between"
    assert registrations.working_days_waiting(second, date(2026, 11, 29)) == 0
    assert registrations.working_days_waiting(second, date(2026, 12, 1)) == 2


def test_a_look_at_the_licence_is_on_record_and_puts_it_under_review(he):
    found = confirmed()
    enclosure = found.enclosures.get()
    assert registrations.look(found.pk, str(enclosure.pk), officer=he, now=cast.NOW).content == LICENCE
    assert Registration.objects.get().state == State.REVIEW
    act = RegistrationAct.objects.get(act=Act.LOOK)
    assert act.officer == he
    with pytest.raises(InsertOnlyError):
        act.delete()


def test_more_is_asked_for_and_answered_and_it_waits_again(he):
    found = confirmed()
    registrations.ask_more(found.pk, officer=he, reason="a letter of authority", now=cast.NOW)
    assert list(registrations.waiting()) == []
    with pytest.raises(errors.FieldMissing):
        registering.answer(found.pk, "  ", b"", now=cast.NOW)
    registering.answer(found.pk, "attached", papers.pdf("letter"), now=cast.NOW + DAY)
    assert [each.waiting_since for each in registrations.waiting()] == [cast.NOW + DAY]
    assert [each.words for each in Enclosure.objects.order_by("sent_at")] == ["", "attached"]
    with pytest.raises(errors.RegistrationElsewhere):
        registering.answer(found.pk, "again", b"", now=cast.NOW + DAY)


@pytest.mark.parametrize("decide", ["admit", "refuse"])
def test_the_decision_destroys_what_was_enclosed_and_its_message_the_contact(he, decide):
    found = confirmed()
    admit(found, he) if decide == "admit" else registrations.refuse(found.pk, officer=he, **REASON)
    enclosure = Enclosure.objects.get()
    assert (enclosure.content_sealed, enclosure.words_sealed) == (None, None)
    assert Registration.objects.get().contact
    corresponding.tell(now=cast.NOW)
    corresponding.forget(now=cast.NOW)
    assert Registration.objects.get().contact == {}


def test_purposes_may_be_narrowed_and_never_widened(he):
    found = confirmed(purposes=("finance_recruitment", "telecom_recruitment"))
    with pytest.raises(errors.PurposeNotAskedFor):
        admit(found, he, admitted_for=["transport_recruitment"])
    assert admit(found, he).purposes == ["finance_recruitment"]
    assert set(EmployerAct.objects.values_list("act", flat=True)) == {"admit", "member"}


def test_what_is_refused_at_the_last_moment_leaves_nothing_half_done(he):
    found = confirmed()
    asking.bank()
    cast._once("bank-2", "clerk")
    for changes in ({"code": "bank"}, {"code": "bank-2"}, {"admitted_for": []}):
        with pytest.raises(errors.Refusal):
            admit(found, he, **changes)
    assert Registration.objects.get().state == State.RECEIVED
    assert Employer.objects.count() == 1
    assert Enclosure.objects.get().content == LICENCE


def test_what_is_decided_is_not_decided_again(he):
    found = confirmed()
    registrations.refuse(found.pk, officer=he, **REASON)
    for again in (
        lambda: registrations.refuse(found.pk, officer=he, **REASON),
        lambda: registrations.ask_more(found.pk, officer=he, **REASON),
        lambda: admit(found, he),
        lambda: registrations.invite_again(found.pk, officer=he, now=cast.NOW),
    ):
        with pytest.raises(errors.RegistrationElsewhere):
            again()


def test_who_was_refused_may_register_again(he):
    registrations.refuse(confirmed().pk, officer=he, **REASON)
    again = confirmed(now=cast.NOW + DAY)
    assert list(registrations.waiting()) == [again]


@pytest.mark.parametrize("who", [cast.clerk, cast.judge, cast.registrar])
def test_officers_of_other_roles_and_courts_are_refused(who):
    found, stranger = confirmed(), who()
    enclosure = str(found.enclosures.get().pk)
    for act in (
        lambda: registrations.look(found.pk, enclosure, officer=stranger, now=cast.NOW),
        lambda: registrations.ask_more(found.pk, officer=stranger, **REASON),
        lambda: registrations.refuse(found.pk, officer=stranger, **REASON),
        lambda: registrations.invite_again(found.pk, officer=stranger, now=cast.NOW),
        lambda: admit(found, stranger),
    ):
        with pytest.raises(errors.HighCourtRegistrarNeeded):
            act()


def test_papers_are_kept_for_so_many_days_and_an_unanswered_question_closes_it(he, settings):
    settings.SHARING_REGISTRATION_DAYS = 10
    found = confirmed()
    registrations.ask_more(found.pk, officer=he, reason="a letter of authority", now=cast.NOW)
    corresponding.forget(now=cast.NOW + 10 * DAY)
    assert Registration.objects.get().state == State.MORE
    corresponding.forget(now=cast.NOW + 10 * DAY + HOUR)
    assert Registration.objects.get().state == State.REFUSED
    assert RegistrationAct.objects.get(act=Act.LAPSE).officer is None
    assert Enclosure.objects.get().content == b""


# The invitation


def invitation(he):
    found = confirmed()
    admit(found, he)
    corresponding.tell(now=cast.NOW)
    (path,) = re.findall(r"http://[^/]+(/portal/invitation/\S+)", mail.outbox[-1].body)
    return found, path


def chosen(path, password="correct horse battery staple", browser=None):
    browser = browser or Browser(headers={"accept-language": "en"})
    form = browser.get(path, follow=True)
    return browser.post(form.request["PATH_INFO"], {"new_password1": password, "new_password2": password})


def test_the_owner_chooses_a_password_by_the_link_and_signs_in(he):
    _found, path = invitation(he)
    browser = Browser(headers={"accept-language": "en"})
    assert chosen(path, browser=browser).url == reverse("portal:sign_in")
    assert "Your password is set." in browser.get(reverse("portal:sign_in"), follow=True).content.decode()
    assert password_typed(browser, "some-bank", "correct horse battery staple").url == reverse("mfa_index")


def test_the_link_opens_once(he):
    _found, path = invitation(he)
    chosen(path)
    again = Browser().get(path, follow=True)
    assert b"new_password1" not in again.content


def test_the_link_is_dead_after_seven_days(he, settings):
    _found, path = invitation(he)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert b"new_password1" not in Browser().get(path, follow=True).content


def test_a_weak_password_is_refused_and_the_link_still_opens(he):
    _found, path = invitation(he)
    assert chosen(path, "short").status_code == 200
    assert chosen(path).status_code == 302


def test_the_token_leaves_the_address(he):
    _found, path = invitation(he)
    assert Browser().get(path).url.endswith("/set-password/")


def test_who_has_a_password_is_invited_no_more(he):
    found, path = invitation(he)
    assert registrations.waits_for_owner(Registration.objects.get())
    registrations.invite_again(found.pk, officer=he, now=cast.NOW)
    assert corresponding.tell(now=cast.NOW) == 1
    chosen(path)
    with pytest.raises(errors.RegistrationElsewhere):
        registrations.invite_again(found.pk, officer=he, now=cast.NOW)


@pytest.mark.parametrize("path", ["MQ/set-password", "MQ/x-y", "AAAA/c-d"])
def test_a_link_that_was_never_sent_opens_nothing(path):
    cast.high_court_registrar()
    page = Browser().get(f"/portal/invitation/{path}/")
    assert page.status_code == 200
    assert b"new_password1" not in page.content
