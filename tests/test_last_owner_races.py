"""Two owners who leave in the same moment: one of them stays."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from registry.errors import LastOwner
from sharing.parties import members
from sharing.parties.models import Member, MemberRole
from tests import asking
from tests.threads import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long enough phrase"


def an_owner(username: str) -> Member:
    of = asking.bank().organisation
    return members.take_in(of, username=username, password=PASSWORD, name="某人", role=MemberRole.OWNER)


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def test_of_two_owners_who_are_shut_out_at_once_one_stays() -> None:
    """The second one asks who is left while the first one's end is not committed yet."""
    first, second = an_owner("ou"), an_owner("lin")
    one_is_out, refused = threading.Event(), []

    def shut_out_first() -> None:
        with transaction.atomic():
            members.shut_out(Member.objects.select_related("account").get(pk=first.pk))
            one_is_out.set()
            for _ in range(200):
                if waits_for_a_lock():
                    return
                threading.Event().wait(0.02)

    def shut_out_second() -> None:
        one_is_out.wait(10)
        try:
            members.shut_out(Member.objects.select_related("account").get(pk=second.pk))
        except LastOwner:
            refused.append(second.pk)

    in_threads(shut_out_first, shut_out_second)
    assert refused == [second.pk]
    assert list(Member.objects.filter(account__is_active=True).values_list("pk", flat=True)) == [second.pk]
