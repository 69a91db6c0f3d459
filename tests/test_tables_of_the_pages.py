"""Tables of the pages outside the desk."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from sharing.tables import Cell, Table

CASE_NUMBER = "（2026）京0105刑初123号"


@pytest.mark.parametrize(
    ("cell", "stays"),
    [
        (Cell("L-2026-000001", href="/record/"), True),
        (Cell("O-2026-000001"), True),
        (Cell("In force", colour="blue"), True),
        (Cell("Awaiting effect, since yesterday", colour="blue"), False),
        (Cell("In force"), False),
        (Cell(CASE_NUMBER), False),
        (Cell("https://department.example/webhooks", href="/department/"), False),
    ],
)
def test_a_number_of_the_book_and_a_short_tag_are_not_broken_over_lines(cell, stays):
    table = Table("Listings", ["What"], [[cell]])
    page = render_to_string("components/table.html", {"table": table})
    assert ("nowrap" in page) is stays
