"""What PostgreSQL does for all that a call asks of some tables, told by itself: each statement is explained as it is carried out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from django.db import connection, transaction

_KINDS = ("SELECT", "WITH", "UPDATE", "DELETE")


class Touched(NamedTuple):
    """``scans``: (kind of node, table or partition) that were carried out; how many blocks they read ``of`` each of these
    tables and its indexes. What a small table beside them costs depends on how many dead rows it holds, and is left out.
    """

    scans: set[tuple[str, str]]
    of: Counter[str]

    @property
    def blocks(self) -> int:
        return self.of.total()


def touched(call: Callable[[], object], tables: Collection[str]) -> Touched:
    """The same, and at least one statement must be about one of these tables."""
    found = looked_at(call, tables)
    assert found.scans, "nothing was asked of these tables"
    return found


def looked_at(call: Callable[[], object], tables: Collection[str]) -> Touched:
    """``tables``: partitions bear the name of theirs, and more."""
    found, is_explaining = Touched(set(), Counter()), False

    def explaining(execute: Any, sql: str, given: Any, many: bool, context: Any) -> Any:
        nonlocal found, is_explaining
        if not is_explaining and not many and _is_about(sql, tables):
            is_explaining = True
            try:
                plan = _plan(sql, given)
            finally:
                is_explaining = False
            found = Touched(found.scans | {*_scans(plan, tables)}, found.of + _blocks(plan, tables))
        return execute(sql, given, many, context)

    with connection.execute_wrapper(explaining):
        call()
    return found


def _is_about(sql: str, tables: Collection[str]) -> bool:
    return sql.lstrip().upper().startswith(_KINDS) and any(table in sql for table in tables)


def _plan(sql: str, given: Any) -> dict[str, Any]:
    """What it changes is undone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", given)
        (answer,) = cursor.fetchone()
        transaction.set_rollback(True)
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan


def _scans(node: dict[str, Any], tables: Collection[str]) -> Iterator[tuple[str, str]]:
    if _is_of(node, tables) and node["Actual Loops"]:
        yield node["Node Type"], node["Relation Name"]
    for each in node.get("Plans", ()):
        yield from _scans(each, tables)


def _blocks(node: dict[str, Any], tables: Collection[str]) -> Counter[str]:
    """Of a scan with all that it needs."""
    if _is_of(node, tables):
        return Counter({node["Relation Name"]: node["Shared Hit Blocks"] + node["Shared Read Blocks"]})
    return sum((_blocks(each, tables) for each in node.get("Plans", ())), Counter())


def _is_of(node: dict[str, Any], tables: Collection[str]) -> bool:
    return bool(node.get("Relation Name", "").startswith(tuple(tables)))
