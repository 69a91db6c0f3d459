"""The keys of an organisation on its page at the desk: however many there are, they are read in one statement."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sharing.parties import clients
from tests import asking, cast, desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("page", "scope"), [("department", "events"), ("employer", "screenings")])
def test_more_keys_are_not_more_statements(page: str, scope: str) -> None:
    organisation = cast.department().organisation if page == "department" else asking.bank().organisation
    registrar = desk.at_the_desk(cast.second_high_court_registrar(), "en")
    address = reverse(f"sharing_desk:{page}", args=[organisation.code])
    counted = []
    for _time in range(2):
        for _key in range(5):
            clients.issue(organisation, (scope,), now=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert registrar.get(address).status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]
