"""In production a process starts as the role of its zone, and as nobody stronger: not as the owner, nor as another zone."""

from __future__ import annotations

import os
import subprocess
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from config import deployed
from config.new_keys import NAMES
from config.zones import granting
from config.zones.zone import ROLES, Zone
from registry import key_checks
from tests.test_key_starts import ENTRIES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
OWNER = ""  # whoever the tests connect as


@pytest.fixture(autouse=True)
def a_court() -> None:
    """Whose roles are made, and whose keys are known."""
    with transaction.atomic():
        granting.settle()
    key_checks.compare(connection)


def started(entry: str, zone: Zone, role: str) -> tuple[int, str]:
    """How the process ended, and what it said."""
    url = urlsplit(os.environ["DATABASE_URL"])
    at = url.netloc.rpartition("@")[2]
    url = url._replace(netloc=f"{role}@{at}" if role else url.netloc, path=f"/{connection.settings_dict['NAME']}")
    keys = {name: os.environ[name] for name in NAMES}
    environment = deployed.environment() | keys | {"DATABASE_URL": url.geturl(), "REGISTRY_ZONE": zone}
    done = subprocess.run(
        ENTRIES[entry], cwd=deployed.ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("zone", [Zone.ALL, Zone.DESK, Zone.PORTAL, Zone.PUBLIC])
def test_the_web_starts_as_the_role_of_its_zone(zone):
    code, said = started("web", zone, ROLES[zone])
    assert code == 0, said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entry", "zone", "role", "why"),
    [
        ("web", Zone.ALL, OWNER, "is a superuser"),
        ("web", Zone.PUBLIC, ROLES[Zone.PORTAL], "may do more than the zone public"),
        ("web", Zone.PORTAL, ROLES[Zone.ALL], "may do more than the zone portal"),
        ("web", Zone.OWNER, OWNER, "REGISTRY_ZONE is owner"),
        ("worker", Zone.WORKER, OWNER, "is a superuser"),
        ("worker", Zone.WORKER, ROLES[Zone.ALL], "may do more than the zone worker"),
        ("worker", Zone.PORTAL, ROLES[Zone.PORTAL], "REGISTRY_ZONE is portal"),
    ],
)
def test_nothing_starts_as_whoever_may_do_more(entry, zone, role, why):
    code, said = started(entry, zone, role)
    assert code != 0
    assert why in said
