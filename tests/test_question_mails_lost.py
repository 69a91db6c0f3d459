"""No question is forgotten and none is told again: late commits, standstills, clocks set back, deaths, and many at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from registry import letters
from registry.keys import new_key
from sharing.persons.mails import ordering, walking, writing
from sharing.persons.models import News, NewsCursor, QuestionMails
from tests import cast, consenting
from tests.threads import in_threads
from tests.wishes import ADDRESS, DAY, HOUR, MINUTE, NOBODY, ask, go, ordered

pytestmark = pytest.mark.django_db

ELSEWHERE = "elsewhere@mail.example"
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SUBJECT_A_MONTH = 100


def test_a_question_that_is_committed_late_is_found():
    """Its moment is from before a walk that did not see it."""
    ordered()
    go(cast.NOW + 4 * MINUTE)
    ask(now=cast.NOW + MINUTE)
    assert go(cast.NOW + 5 * MINUTE) == 1


def test_after_a_standstill_it_goes_on_where_it_stopped():
    ordered()
    go(cast.NOW)
    for hours in (1, 30, 100):
        ask(now=cast.NOW + hours * HOUR)
    assert go(cast.NOW + 101 * HOUR) == 1
    assert News.objects.count() == 3


def test_where_nobody_ordered_a_standstill_of_years_is_one_step(django_assert_max_num_queries):
    go(cast.NOW)
    ask(now=cast.NOW + HOUR)
    with django_assert_max_num_queries(9):
        assert go(cast.NOW + 3650 * DAY) == 0
    assert NewsCursor.objects.get().at == cast.NOW + 3650 * DAY


def test_a_clock_that_was_set_back_hides_nothing():
    ordered()
    go(cast.NOW + 10 * HOUR)
    ask(now=cast.NOW + HOUR)
    assert go(cast.NOW + HOUR + MINUTE) == 1
    assert NewsCursor.objects.get().at == cast.NOW + HOUR + MINUTE


def test_what_was_told_is_found_again_by_no_later_walk():
    ordered()
    ask()
    go(cast.NOW + MINUTE)
    walking.forget()
    assert go(cast.NOW + 2 * DAY) == 0, "after a standstill the row is still there"
    walking.forget()
    assert not News.objects.exists()
    assert go(cast.NOW + 2 * DAY + MINUTE) == 0


def test_what_was_asked_before_another_address_was_confirmed_is_told_there():
    ordered()
    ask()
    assert go(cast.NOW + MINUTE) == 1
    ask(now=cast.NOW + 10 * MINUTE)
    assert go(cast.NOW + 11 * MINUTE) == 0, "at most one an hour"
    ask(now=cast.NOW + 12 * MINUTE)
    ordered(address=ELSEWHERE, now=cast.NOW + 12 * MINUTE + SECOND)
    assert go(cast.NOW + 13 * MINUTE) == 0, "the hour goes on"
    assert News.objects.filter(told_at=None).count() == 2
    assert go(cast.NOW + 61 * MINUTE) == 1
    assert mail.outbox[-1].to == [ELSEWHERE]
    assert News.objects.filter(told_at=None).count() == 0


def test_what_was_told_at_the_former_address_is_not_told_again_at_the_new_one():
    ordered()
    ask()
    assert go(cast.NOW + MINUTE) == 1
    ordered(address=ELSEWHERE, now=cast.NOW + 2 * MINUTE)
    assert go(cast.NOW + 3 * MINUTE) == 0
    assert go(cast.NOW + 2 * HOUR) == 0


def test_what_was_asked_while_nobody_wished_to_hear_of_it_stays_untold():
    ask()
    ordering.begin(consenting.person(), ADDRESS, now=cast.NOW - MINUTE)
    ordered(address=ELSEWHERE, now=cast.NOW + MINUTE)
    assert go(cast.NOW + 2 * MINUTE) == 0


def test_a_walker_that_dies_before_it_commits_has_done_nothing(monkeypatch):
    ordered()
    ask()
    with monkeypatch.context() as patch:
        patch.setattr(NewsCursor, "save", _die)
        with pytest.raises(KeyboardInterrupt):
            walking.walk(now=cast.NOW + MINUTE)
    assert not News.objects.exists()
    assert go(cast.NOW + MINUTE) == 1


def test_a_sender_that_dies_after_sending_sends_twice_and_rather_that_than_never(monkeypatch):
    ordered()
    ask()
    send = letters.sent
    with monkeypatch.context() as patch:
        patch.setattr(letters, "sent", lambda message, about: send(message, about) and _die())
        with pytest.raises(KeyboardInterrupt):
            go(cast.NOW + MINUTE)
    assert go(cast.NOW + 2 * MINUTE) == 0, "somebody may still be sending"
    assert go(cast.NOW + 4 * MINUTE) == 1
    assert len(mail.outbox) == 2
    assert go(cast.NOW + 2 * HOUR) == 0


def test_a_message_that_cannot_be_sent_is_tried_again(monkeypatch):
    ordered()
    ask()
    with monkeypatch.context() as patch:
        patch.setattr(letters, "sent", lambda message, about: False)
        assert go(cast.NOW + MINUTE) == 0
    assert go(cast.NOW + 4 * MINUTE) == 1


def _die(*_args, **_options):
    raise KeyboardInterrupt


@pytest.mark.django_db(transaction=True)
def test_of_many_senders_at_once_one_sends():
    ordered()
    ask()
    now = cast.NOW + MINUTE
    walking.walk(now=now)
    sent = []
    in_threads(*[lambda: sent.append(writing.tell(now=now))] * 4)
    assert sorted(sent) == [0, 0, 0, 1]


@pytest.mark.django_db(transaction=True)
def test_of_many_walkers_at_once_each_question_is_found_once():
    ordered()
    for _ in range(5):
        ask()
    found = []
    in_threads(*[lambda: found.append(walking.walk(now=cast.NOW + MINUTE))] * 4)
    assert sum(found) == 5
    assert News.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_to_end_while_the_clock_walks_fails_nobody():
    for _ in range(5):
        ordered()
        ask()
        in_threads(lambda: walking.walk(now=cast.NOW + MINUTE), lambda: ordering.end(consenting.person(), now=cast.NOW))
        assert not QuestionMails.objects.exists()
        assert not News.objects.exists()


def test_after_a_new_digest_key_one_that_nobody_can_read_keeps_no_other_from_its_news(settings, caplog):
    """Whose it was nobody can say any more; the others are found under the new key."""
    ordered(address="first@mail.example")
    ordered(consenting.person(*NOBODY), address="other@mail.example")
    spoilt = QuestionMails.objects.order_by("pk")[0]
    QuestionMails.objects.filter(pk=spoilt.pk).update(subject_sealed=b"x" * 80)
    whole = QuestionMails.objects.exclude(pk=spoilt.pk).get()
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(99)},{settings.REGISTRY_DIGEST_KEYS}"
    cast.in_force()
    ask()
    ask(document_number=NOBODY[0], name=NOBODY[1])
    go(cast.NOW + MINUTE)
    assert mail.outbox[-1].to == [whole.address]
    whole.refresh_from_db()
    assert whole.digest_key == 99
    assert "1 wishes for messages about questions cannot be opened" in caplog.text


def test_after_a_new_digest_key_nobody_misses_a_question_while_the_others_get_their_digests(settings, monkeypatch):
    """More wishes than one walk digests anew: the cursor waits for the last of them."""
    ordered(address="first@mail.example")
    ordered(consenting.person(*NOBODY), address="other@mail.example")
    cast.in_force()
    walking.walk(now=cast.NOW)
    monkeypatch.setattr(walking, "CHUNK", 1)
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(99)},{settings.REGISTRY_DIGEST_KEYS}"
    ask()
    ask(document_number=NOBODY[0], name=NOBODY[1])
    for minutes in (7, 14, 21):
        walking.walk(now=cast.NOW + minutes * MINUTE)
    assert News.objects.count() == 2
