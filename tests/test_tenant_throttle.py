"""Calls are counted by organisation: neither parallel keys and sessions nor invented addresses make room for more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.db import connection
from django.db.models import F
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry.errors import CallsTooOften
from sharing.access import GatedView
from sharing.employers.models import QuestionsAsked, Screening
from sharing.openapi import problems
from sharing.parties import clients, members, rate
from sharing.parties.models import CallsMade, MemberRole
from tests import asking, cast
from tests.machines import Program, forwarded, from_
from tests.test_openapi import operations  # noqa: F401  # placeholder

MOST = 5


@pytest.fixture
def few(settings):
    settings.SHARING_CALLS_A_MINUTE = MOST
    return settings
