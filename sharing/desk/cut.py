"""A list of which a page shows the first rows alone, and how many there are."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def cut(rows: QuerySet[Row], most: int) -> tuple[list[Row], int]:
    """The first of them; they are counted only where there may be more."""
    found = list(rows[:most])
    return found, len(found) if len(found) < most else rows.order_by().count()
