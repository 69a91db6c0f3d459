"""What a process asks about its role in the database before it works: whether it may do more than its zone."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from config import checks
from config.zones import granting, rights_held
from config.zones.rights_held import RoleTooStrong, too_much
from config.zones.zone import ROLES, SERVING_PAGES, Zone
from tests.zoned import working_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_roles_hold_what_the_table_says() -> None:
    """That of the database itself is not copied with its tables."""
    granting.settle()


@pytest.fixture
def production(settings):
    settings.DEVELOPMENT = False
    return settings


def test_the_owner_is_too_strong_for_every_zone():
    for zone in ROLES:
        assert any("superuser" in each for each in too_much(zone))


@pytest.mark.parametrize("zone", ROLES)
def test_each_role_fits_its_zone_and_no_narrower_one(zone):
    with working_as(ROLES[zone]):
        fits = {other for other in ROLES if not too_much(other)}
    assert zone in fits
    assert Zone.PUBLIC not in fits or zone is Zone.PUBLIC
    assert Zone.PORTAL not in fits or zone in (Zone.PORTAL, Zone.PUBLIC)


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ("ALTER TABLE registry_bell OWNER TO registry_portal", "owns tables"),
        ("GRANT CREATE ON SCHEMA public TO registry_portal", "may make tables"),
        ("ALTER ROLE registry_portal CREATEROLE", "may make roles"),
        ("GRANT registry_keeper TO registry_portal", "become the keeper"),
        ("GRANT UPDATE (name_sealed) ON registry_person TO registry_portal", "UPDATE on registry_person"),
    ],
)
def test_a_role_that_was_made_stronger_is_found(spoiled, said):
    with connection.cursor() as cursor:
        cursor.execute(spoiled)
    with working_as(ROLES[Zone.PORTAL]):
        assert said in " ".join(too_much(Zone.PORTAL))


def test_in_production_nothing_migrates_as_the_owner_without_saying_so(production):
    production.REGISTRY_ZONE = "all"
    assert {each.id for each in rights_held.role_fits_the_zone(None, ["default"])} == {"registry.E062"}
    production.REGISTRY_ZONE = "owner"
    assert rights_held.role_fits_the_zone(None, ["default"]) == []


def test_in_production_no_connection_of_a_zone_that_is_too_strong_is_used(production, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    with pytest.raises(RoleTooStrong, match="superuser"):
        rights_held._judge(connection)
    with working_as(ROLES[Zone.ALL]):
        rights_held._judge(connection)


@pytest.mark.parametrize("zone", ["worker", "owner"])
def test_the_web_does_not_start_in_a_zone_without_pages(settings, zone):
    settings.REGISTRY_ZONE = zone
    with pytest.raises(ImproperlyConfigured, match=f"REGISTRY_ZONE is {zone}"):
        checks.refuse_what_the_book_refuses(*SERVING_PAGES)


def test_a_zone_that_nobody_knows_starts_nothing(settings):
    settings.REGISTRY_ZONE = "kitchen"
    assert [each.id for each in checks.zone_is_known(None)] == ["registry.E063"]
