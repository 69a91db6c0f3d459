"""Records of who looked and who said what: kept for their years as proof, then destroyed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from registry.actions.purging import as_keeper

CHUNK = 500


class Aged(NamedTuple):
    """``column``: since when its years run; ``emptied``: a column that is emptied, where the row stays; ``stays``: of which rows
    nothing goes.
    """

    table: str
    key: str
    column: str
    emptied: str = ""
    stays: str = ""


# Since when a key is in use: it is about nobody, and whoever does not find it takes the key for a new one.
_FIRST_USES = "kind = 'key_use' AND code = 'first_seen'"
AGED = (
    Aged("registry_accessrecord", "id", "at"),
    Aged("registry_refusedact", "id", "at"),
    Aged("registry_auditentry", "id", "at", stays=_FIRST_USES),
    Aged("audit_finding", "id", "at"),
    Aged("persons_counterrecord", "id", "at"),
    Aged("persons_othernamealarm", "id", "at"),
    Aged("departments_look", "id", "at"),
    Aged("employers_consentlook", "id", "at"),
    Aged("departments_receipt", "id", "received_at", emptied="note"),
)


def destroy(aged: Aged, *, before: datetime) -> int:
    """One chunk of rows older than that; how many. Inside the caller's transaction."""
    wanted = f"AND {aged.emptied} <> ''" if aged.emptied else ""
    wanted += f" AND NOT ({aged.stays})" if aged.stays else ""
    found = f"SELECT {aged.key} FROM {aged.table} WHERE {aged.column} < %(before)s {wanted} LIMIT %(limit)s"  # noqa: S608 - only constants are put in
    what = f"UPDATE {aged.table} SET {aged.emptied} = ''" if aged.emptied else f"DELETE FROM {aged.table}"  # noqa: S608
    with as_keeper() as cursor:  # the moment once more: where rows lie in months, no later one is looked into
        cursor.execute(
            f"{what} WHERE {aged.column} < %(before)s AND {aged.key} IN ({found})", {"before": before, "limit": CHUNK}
        )
        return int(cursor.rowcount)


def before(now: datetime) -> datetime:
    """Records older than this are past their years."""
    return now.replace(year=now.year - settings.REGISTRY_RETENTION_RECORDS_YEARS, day=min(now.day, 28))
