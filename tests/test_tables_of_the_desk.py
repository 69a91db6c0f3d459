"""The desk's tables turn through their first rows and say so where there are more."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry import first_rows
from tests import cast, desk, docket

pytestmark = pytest.mark.django_db

NOTE = "Only the first of them can be turned through."


def register(**asked: str) -> str:
    page = desk.at_the_desk(cast.clerk(), "en").get(reverse("admin:registry_case_changelist"), asked)
    assert page.status_code == 200
    return page.text


@pytest.fixture
def _sixty_cases():
    docket.feed(*(docket.row(f"（2026）京0105刑初{nth + 1}号") for nth in range(60)))


@pytest.mark.usefixtures("_sixty_cases")
def test_a_short_table_says_how_many_rows_it_has():
    page = register()
    assert "(60)" in page
    assert NOTE not in page


@pytest.mark.usefixtures("_sixty_cases")
def test_a_long_one_says_that_there_are_more_and_has_no_page_for_them(monkeypatch):
    monkeypatch.setattr(first_rows, "TURNED", 30)
    page = register()
    assert "(more than 30)" in page
    assert NOTE in page
    assert "?p=2" in page
    assert "?p=3" not in page
    second = register(p="2")
    assert second.count("京0105刑初") >= 5


@pytest.mark.usefixtures("_sixty_cases")
def test_what_is_not_turned_to_is_found_by_its_number(monkeypatch):
    monkeypatch.setattr(first_rows, "TURNED", 30)
    page = register(q="（2026）京0105刑初1号")
    assert "(1)" in page
    assert "京0105刑初1号" in page


@pytest.mark.usefixtures("_sixty_cases")
def test_the_count_names_no_more_than_it_needs():
    with CaptureQueriesContext(connection) as asked:
        register()
    (count,) = [each["sql"] for each in asked if "COUNT(*)" in each["sql"]]
    assert "LIMIT 10001" in count
    assert "ORDER BY" not in count
    assert "EXISTS" not in count
