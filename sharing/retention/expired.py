"""What has ended by itself and opens nothing any more: tokens of programs, and former secrets of endpoints. About no person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from registry.actions.apart import one_by_one

# What hangs on a token goes before it.
_CLEARING: Mapping[str, str] = {
    "parties_tokencertificate": """
        DELETE FROM parties_tokencertificate
        WHERE token_id IN (SELECT id FROM oauth2_provider_accesstoken WHERE expires <= %s)
    """,
    "oauth2_provider_accesstoken": "DELETE FROM oauth2_provider_accesstoken WHERE expires <= %s",
    "delivery_endpointsecret": "DELETE FROM delivery_endpointsecret WHERE live_until <= %s",
    "employers_employerendpointsecret": "DELETE FROM employers_employerendpointsecret WHERE live_until <= %s",
}


def clear(*, now: datetime) -> int:
    """Of how many tables something was cleared. One that cannot be is named in the log, and keeps none of the others."""
    return one_by_one(_CLEARING, partial(_clear, now=now), "what has ended in")


def _clear(table: str, now: datetime) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLEARING[table], [now])
        return int(cursor.rowcount)
