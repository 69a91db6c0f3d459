"""How often an organisation's programs call: counted by organisation in the database, whatever address, key or process
they call with.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from registry.errors import CallsTooOften
from sharing.parties.models import Organisation

# By the database's clock, so that several hosts count in one minute. Nothing is written once the minute is full.
TAKE = """
INSERT INTO parties_callsmade AS made (organisation_id, minute, calls)
VALUES (%(organisation)s, date_trunc('minute', clock_timestamp()), 1)
ON CONFLICT (organisation_id) DO UPDATE SET
    calls = CASE WHEN made.minute = EXCLUDED.minute THEN made.calls + 1 ELSE 1 END,
    minute = EXCLUDED.minute
WHERE made.minute <> EXCLUDED.minute OR made.calls < %(most)s
RETURNING calls
"""
LEFT = "SELECT ceil(60 - extract(second FROM clock_timestamp()))::int"


def take(organisation: Organisation) -> None:
    """Count one call. Raises `CallsTooOften`, with the seconds until the next minute in ``retry_after``."""
    most: int = settings.SHARING_CALLS_A_MINUTE
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"organisation": organisation.pk, "most": most})
        if cursor.fetchone() is not None:
            return
        cursor.execute(LEFT)
        raise CallsTooOften(most=most, retry_after=cursor.fetchone()[0])
