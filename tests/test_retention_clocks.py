"""What the schedule says of clocks: tokens and former secrets are cleared once they have ended, and nothing before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from oauth2_provider.models import AccessToken

from sharing.delivery.models import EndpointSecret
from sharing.departments import endpoints
from sharing.employers.models import EmployerEndpoint, EmployerEndpointSecret
from sharing.employers.monitoring import endpoint
from sharing.parties.models import TokenCertificate
from sharing.retention import expired
from tests import asking, cast

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
URL = "http://127.0.0.1:9998/webhooks"


def test_a_token_is_cleared_once_it_has_ended_and_what_it_is_bound_to_with_it():
    asking.bearer(asking.bank().organisation)
    token = AccessToken.objects.get()
    TokenCertificate.objects.create(token=token, thumbprint="x" * 43)
    expired.clear(now=token.expires - SECOND)
    assert AccessToken.objects.exists()
    expired.clear(now=token.expires)
    assert not AccessToken.objects.exists()
    assert not TokenCertificate.objects.exists()


def test_a_departments_former_secret_is_cleared_though_no_other_rotation_comes():
    made, _secret = cast.add_endpoint(cast.department(), URL)
    now = timezone.now()
    endpoints.rotate_secret(made.pk, now=now)
    expired.clear(now=now + endpoints.OVERLAP - SECOND)
    assert EndpointSecret.objects.count() == 2
    expired.clear(now=now + endpoints.OVERLAP)
    assert [each.live_until for each in EndpointSecret.objects.all()] == [None]


def test_an_employers_former_secret_is_cleared_though_no_other_rotation_comes():
    made = EmployerEndpoint.objects.create(id="ep_1", employer=asking.bank().organisation, url=URL, added_at=cast.NOW)
    for _each in range(2):
        endpoint.rotate_secret(made, now=cast.NOW)
    expired.clear(now=cast.NOW + endpoint.OVERLAP - SECOND)
    assert EmployerEndpointSecret.objects.count() == 2
    expired.clear(now=cast.NOW + endpoint.OVERLAP)
    assert [each.live_until for each in EmployerEndpointSecret.objects.all()] == [None]


def test_one_table_that_cannot_be_cleared_keeps_none_of_the_others(caplog):
    asking.bearer(asking.bank().organisation)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE parties_tokencertificate RENAME TO gone")
        assert expired.clear(now=timezone.now() + timedelta(hours=2)) == 1
    assert not AccessToken.objects.exists()
    assert "parties_tokencertificate" in caplog.text
