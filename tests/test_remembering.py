"""What is remembered for a while: in the database, as JSON, once, until it is over; and nobody needs the broker to sign in."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import remembering
from registry.models import Remembered
from tests import cast, desk
from tests.signing_in import DESK, app_code, password_typed, with_app
from tests.threads import in_threads

pytestmark = pytest.mark.django_db


def test_it_is_there_until_it_is_over():
    cache.set("word", {"a": [1, "册"]}, timeout=60)
    cache.set("gone", 1, timeout=-1)
    cache.set("for ever", 1, timeout=None)
    assert (cache.get("word"), cache.get("gone"), cache.get("for ever")) == ({"a": [1, "册"]}, None, 1)
    assert cache.touch("word", timeout=-1)
    assert cache.get("word", "nothing") == "nothing"
    assert not cache.touch("word")


def test_what_stands_is_not_added_again_and_what_is_over_is():
    assert cache.add("code", "y", timeout=60)
    assert not cache.add("code", "y", timeout=60)
    cache.set("code", "y", timeout=-1)
    assert cache.add("code", "y", timeout=60)
    assert cache.delete("code")
    assert not cache.delete("code")
    assert cache.add("code", "y")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_add_at_once_one_was_first():
    added: list[bool] = []
    in_threads(*[lambda: added.append(cache.add("code", "y", timeout=60))] * 8)
    assert sorted(added) == [False] * 7 + [True]


def test_the_clock_forgets_what_is_over_and_nothing_else():
    cache.set("over", 1, timeout=-1)
    cache.set("standing", 1, timeout=60)
    cache.set("for ever", 1, timeout=None)
    remembering.forget()
    assert Remembered.objects.count() == 2


def test_no_name_stands_in_the_table():
    cache.set("192.0.2.7", 1)
    assert "192.0.2.7" not in Remembered.objects.get().key


def test_who_signs_in_needs_no_broker(settings, monkeypatch):
    """Redis may be away, or emptied between the two factors."""
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    account, visitor = with_app(cast.clerk().account), Client()
    account.set_password(desk.PASSWORD)
    account.save()
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    second = "/desk/account/factors/authenticate/"
    assert visitor.post(second, {"code": app_code()})["Location"] == reverse("admin:index")
    assert Remembered.objects.exists(), "that the code was used"
