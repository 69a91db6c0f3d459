"""Rows that no ordering tells apart come in any order: which tests rest on where the database happens to lay them?

Where a test's clock stands still many rows have the same instant, and PostgreSQL hands them out as they lie, until a
vacuum frees a place between them: such a test fails once in a thousand runs, on another machine. `make any-order` runs
every test so; one that rests on it fails in every other run.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler

_own_ordering = SQLCompiler.get_order_by


def get_order_by(compiler: SQLCompiler) -> Any:
    """The query's own ordering, and chance after it. Distinct, grouped and united rows can be ordered by nothing that
    they do not select; what writes is not ordered at all, and what is only looked into need not be."""
    found = _own_ordering(compiler)
    query = compiler.query
    reads = type(compiler).__name__ == SQLCompiler.__name__
    if not reads or query.combinator or query.distinct or query.group_by is not None or (query.subquery and not found):
        return found
    chance = OrderBy(Random())
    sql, params = compiler.compile(chance)
    return [*found, (chance, (sql, params, False))]


@pytest.fixture(autouse=True)
def every_test_in_any_order(request: pytest.FixtureRequest) -> None:
    if "ordered_as_shipped" not in request.fixturenames:
        request.getfixturevalue("in_any_order")
