"""Guessing passwords is slow, and tells nobody whether there is such an account."""

from __future__ import annotations

import re
import statistics
import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from config import no_mail
from registry import lockout
from registry.models import Account, AccountAct, SignInFailures
from registry.tasks import tell_who_is_locked
from tests import cast, desk
from tests.signing_in import DESK, PORTAL, password_typed

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "198.51.100.0/24", "203.0.113.0/24"
NOBODY = "nobody-of-this-name"


class Clock:
    def __init__(self) -> None:
        self.now = cast.NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(timezone, "now", found)
    return found


def clerk(password=desk.PASSWORD):
    account = cast.clerk().account
    account.email = "lin@court.example"
    account.set_password(password)
    account.save()
    return account


def signs_in(user_name, password, address="198.51.100.7"):
    return authenticate(
        RequestFactory().post("/desk/login/", REMOTE_ADDR=address), username=user_name, password=password
    )


def guesses(user_name, many, clock, address="198.51.100.7", step=timedelta(0)):
    for nth in range(many):
        clock.now += step
        assert signs_in(user_name, f"guess-{nth}", address) is None


def count_of(account):
    return SignInFailures.objects.get(account=account, of="password").count


def test_it_works(clock):
    account = clerk()
    assert signs_in(account.username, desk.PASSWORD) == account
    assert not SignInFailures.objects.filter(account=account).exists()


def test_the_wait_grows_from_the_fifth_try_and_ends_at_the_hundredth():
    seconds = [int(lockout.after(count).total_seconds()) for count in range(16)]
    assert seconds == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 60, 120, 240, 480, 900, 900]
    assert lockout.after(99) == timedelta(minutes=15)
    assert lockout.after(100) == lockout.after(4_000_000) == timedelta.max
    waits = [lockout.after_from_network(count) for count in range(200)]
    assert waits == sorted(waits)
    assert (waits[20], waits[21], waits[-1]) == (timedelta(0), timedelta(seconds=1), timedelta(minutes=5))


@pytest.mark.slow
def test_of_a_thousand_passwords_in_a_day_few_are_looked_at_and_the_right_one_is_not(clock):
    account = clerk("guess-999")
    guesses(account.username, 1_000, clock, step=timedelta(seconds=86))
    assert count_of(account) < 110
    assert Account.objects.get(pk=account.pk).last_login is None


def test_while_he_must_wait_the_right_password_is_refused_and_nothing_more_is_counted(clock):
    account = clerk()
    guesses(account.username, 5, clock)
    assert signs_in(account.username, desk.PASSWORD, "203.0.113.9") is None
    assert count_of(account) == 5
    clock.now += timedelta(seconds=1)
    assert signs_in(account.username, desk.PASSWORD, "203.0.113.9") == account
    assert not SignInFailures.objects.filter(account=account).exists()


def test_after_a_hundred_no_time_helps_but_a_security_administrator(clock):
    account = clerk()
    guesses(account.username, 100, clock, step=timedelta(minutes=16))
    clock.now += timedelta(days=300)
    assert signs_in(account.username, desk.PASSWORD, "203.0.113.9") is None
    lockout.forget(now=clock.now)
    assert signs_in(account.username, desk.PASSWORD, "203.0.113.9") is None
    where = reverse("admin:unlock", args=[account.pk])
    assert desk.at_the_desk(cast.security_administrator()).post(where).status_code == 302
    assert signs_in(account.username, desk.PASSWORD, "203.0.113.9") == account
    act = AccountAct.objects.get(account=account)
    assert (act.act, act.by) == ("unlocked", cast.security_administrator())


@pytest.mark.slow
def test_one_password_for_each_of_a_thousand_names_from_one_network_is_slowed_too(clock):
    for nth in range(1_000):
        clock.now += timedelta(seconds=1)
        signs_in(f"user-{nth}", "Spring2026!", f"198.51.100.{nth % 250}")
    network = SignInFailures.objects.get(of="network")
    assert network.count < 40
    assert SignInFailures.objects.filter(of="password", count__gt=0).count() == network.count
    account = clerk()
    assert signs_in(account.username, desk.PASSWORD) is None
    assert signs_in(account.username, desk.PASSWORD, "203.0.113.9") == account


@pytest.mark.slow
def test_a_network_is_slow_for_minutes_and_never_for_ever(clock):
    for nth in range(400):
        lockout.check(f"user-{nth}", HERE, now=clock.now)
        clock.now += timedelta(minutes=5)
    account = clerk()
    clock.now += timedelta(minutes=5)
    assert signs_in(account.username, desk.PASSWORD) == account


def test_whoever_knows_one_password_gains_no_guesses_from_his_network(clock):
    account = clerk()
    for nth in range(19):
        lockout.check(f"user-{nth}", HERE, now=clock.now)
    assert signs_in(account.username, desk.PASSWORD) == account
    assert SignInFailures.objects.get(of="network").count == 19


def test_a_thousand_at_once_are_as_slow_as_one_after_another():
    """Each is counted before its password is looked at."""
    assert [lockout.check("lin", HERE, now=cast.NOW) for _ in range(7)][4:] == [
        timedelta(0),
        timedelta(seconds=1),
        timedelta(seconds=1),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_tries_in_the_same_moment_five_are_let_through():
    let_through = []

    def try_once():
        try:
            if not lockout.check("lin", "", now=cast.NOW):
                let_through.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_once) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(let_through) == 5


def test_a_second_factor_is_counted_apart_from_the_password():
    for _ in range(5):
        assert not lockout.check("lin", "", now=cast.NOW, of=lockout.Of.FACTOR)
        assert not lockout.check("lin", "", now=cast.NOW)
        lockout.succeeded("lin", "")
    assert lockout.check("lin", "", now=cast.NOW, of=lockout.Of.FACTOR)
    assert not lockout.check("lin", "", now=cast.NOW)


def test_a_clock_that_stepped_back_makes_nobody_wait_for_longer():
    for _ in range(5):
        lockout.check("lin", "", now=cast.NOW)
    assert lockout.check("lin", "", now=cast.NOW - timedelta(days=3)) == timedelta(seconds=1)


def test_the_owner_is_written_to_once_and_not_in_the_request(clock):
    account = clerk()
    guesses(account.username, 9, clock, step=timedelta(minutes=1))
    tell_who_is_locked()
    assert mail.outbox == []
    guesses(account.username, 1, clock, step=timedelta(minutes=1))
    assert mail.outbox == []
    tell_who_is_locked()
    guesses(account.username, 1, clock, step=timedelta(minutes=16))
    tell_who_is_locked()
    (letter,) = mail.outbox
    assert letter.to == ["lin@court.example"]
    assert "/desk/" in letter.body
    assert AccountAct.objects.filter(account=account, act="locked").count() == 1


def test_whose_name_was_guessed_at_before_he_was_appointed_is_found_and_unlocked(clock):
    name = cast.clerk().account.username
    Account.objects.filter(username=name).update(username="another-so-far")
    guesses(name, 100, clock, step=timedelta(minutes=16))
    Account.objects.filter(username="another-so-far").update(username=name)
    account = clerk()
    assert signs_in(name, desk.PASSWORD, "203.0.113.9") is None
    assert [row.account for row in lockout.locked()] == [account]
    where = reverse("admin:unlock", args=[account.pk])
    assert desk.at_the_desk(cast.security_administrator()).post(where).status_code == 302
    assert signs_in(name, desk.PASSWORD, "203.0.113.9") == account


def test_what_was_typed_is_not_kept_and_what_is_nobodys_goes(clock):
    guesses("my-password-in-the-wrong-field", 3, clock)
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM registry_signinfailures s")
        assert "my-password" not in str(cursor.fetchall())
    account = clerk()
    guesses(account.username, 3, clock)
    lockout.forget(now=clock.now + timedelta(days=2))
    assert [row.account for row in SignInFailures.objects.all()] == [account]


def test_both_doors_answer_alike_whoever_is_asked_for(clock):
    account = clerk()
    guesses(account.username, 100, clock, step=timedelta(minutes=16))
    for door in (DESK, PORTAL):
        pages = []
        for user_name in (account.username, NOBODY, cast.judge().account.username):
            browser = Client(headers={"accept-language": "en"}, REMOTE_ADDR="192.0.2.7")
            answer = password_typed(browser, user_name, "guess", at=door)
            page = re.sub(r'(csrfmiddlewaretoken"\s+value=")[^"]+', r"\1", answer.content.decode())
            pages.append((answer.status_code, page.replace(user_name, "…")))
        assert pages[0] == pages[1] == pages[2], door
        assert pages[0][0] == 200


def test_every_backend_keeps_whoever_is_stopped_out(clock):
    """One that looked at passwords beside ours would be a door around the lock."""
    account = clerk()
    guesses(account.username, 10, clock, step=timedelta(minutes=16))
    assert signs_in(account.username, desk.PASSWORD, "203.0.113.9") is None


def rows_read(user_name, address):
    """Of each statement of the first try from there."""
    rows = []

    def count(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        rows.append((sql.split()[0], context["cursor"].rowcount))
        return answer

    with connection.execute_wrapper(count):
        assert signs_in(user_name, "a guess", address) is None
    return rows


def test_a_name_that_is_nobodys_is_looked_for_by_as_many_statements_that_bring_as_many_rows():
    of_somebody = rows_read(clerk().username, "198.51.100.7")
    for network, name in enumerate(("0", NOBODY, "zzz")):
        assert rows_read(name, f"203.0.{network}.7") == of_somebody, name
    assert ("SELECT", 0) not in of_somebody


def test_with_a_name_that_is_nobodys_no_password_lets_anybody_in():
    for name in ("e", "q"):
        Account.objects.create_user(name, password=desk.PASSWORD)
    for between in ("a", "e0", "q0", "é", "王", "F", "e "):
        assert signs_in(between, desk.PASSWORD) is None
    for name in ("q", "e"):
        assert signs_in(name, desk.PASSWORD).username == name


def test_where_there_is_no_account_at_all_nobody_is_let_in():
    assert not Account.objects.exists()
    assert signs_in(NOBODY, desk.PASSWORD) is None


@pytest.mark.slow
def test_known_and_unknown_and_stopped_names_take_the_same_time(settings):
    """Pairs in turn, so that whatever else the machine does strikes both."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    known, stopped = clerk(), cast.judge().account
    Account.objects.filter(pk__in=[known.pk, stopped.pk]).update(password=make_password(desk.PASSWORD))
    for name in (stopped.username,):
        lockout.check(name, "", now=timezone.now())
    SignInFailures.objects.filter(account=stopped).update(count=100)

    def took(user_name):
        SignInFailures.objects.exclude(account=stopped).delete()
        begun = time.perf_counter()
        assert authenticate(None, username=user_name, password="guess") is None
        return time.perf_counter() - begun

    took(known.username)
    times = [(took(known.username), took(NOBODY), took(stopped.username)) for _ in range(7)]
    usual = statistics.median(each[0] for each in times)
    for nth in (1, 2):
        difference = statistics.median(each[nth] - each[0] for each in times)
        assert abs(difference) < usual / 2, (usual, difference)


def test_without_a_mail_server_it_is_on_record_that_an_account_was_locked(clock, settings):
    settings.EMAIL_BACKEND, settings.REGISTRY_SENDS_MAIL = no_mail.NAME, False
    account = clerk()
    guesses(account.username, 10, clock, step=timedelta(minutes=1))
    tell_who_is_locked()
    assert AccountAct.objects.filter(account=account, act="locked").count() == 1


def _refuses(_message):
    raise ConnectionRefusedError


def test_a_lock_is_on_record_though_no_message_reaches_the_owner(clock, monkeypatch):
    account = clerk()
    guesses(account.username, 10, clock, step=timedelta(minutes=16))
    monkeypatch.setattr("django.core.mail.EmailMessage.send", _refuses)
    for _ in range(3):
        tell_who_is_locked()
    assert [each.act for each in AccountAct.objects.filter(account=account)] == [AccountAct.Act.LOCKED]
    monkeypatch.undo()
    monkeypatch.setattr(timezone, "now", clock)
    clock.now += timedelta(hours=5)
    tell_who_is_locked()
    assert [message.to for message in mail.outbox] == [[account.email]]
    assert AccountAct.objects.filter(account=account).count() == 1


def test_an_owner_whose_mailbox_refuses_is_tried_ever_more_seldom_and_for_a_week(clock, monkeypatch):
    account = clerk()
    guesses(account.username, 10, clock, step=timedelta(minutes=16))
    tried = []
    monkeypatch.setattr(
        "django.core.mail.EmailMessage.send", lambda message: tried.append(clock.now) or _refuses(message)
    )
    for _ in range(9 * 24 * 4):
        tell_who_is_locked()
        clock.now += timedelta(minutes=15)
    assert 30 < len(tried) < 50
    assert tried[-1] - tried[0] <= timedelta(days=7, hours=4)


def test_who_is_locked_by_password_and_by_second_factor_at_once_is_written_to_once(clock):
    account = clerk()
    for _ in range(10):
        for of in (lockout.Of.PASSWORD, lockout.Of.FACTOR):
            lockout.check(account.username, "", now=clock.now, of=of)
        clock.now += timedelta(minutes=16)
    tell_who_is_locked()
    assert len(mail.outbox) == 1
