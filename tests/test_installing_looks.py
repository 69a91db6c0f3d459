"""What the list of an installation says of the database's server."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from config.installing import looking


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.django_db
def test_the_connections_that_are_free_are_counted():
    (found,) = [each for each in looking._database() if each.part == "connections"]
    free, most = map(int, re.findall("[0-9]+", found.said))
    assert 0 <= free < most


@pytest.mark.parametrize(("free", "colour"), [(-1, "yellow"), (24, "yellow"), (25, "green"), (99, "green")])
def test_too_few_that_are_free_are_yellow_and_the_remedy_is_named(free, colour):
    found = looking._connections(100, free)
    assert found.colour == colour
    assert found.said == f"{max(free, 0)} of the 100 connections of the database's server are free"
    assert ("max_connections" in found.remedy) is (colour == "yellow")
