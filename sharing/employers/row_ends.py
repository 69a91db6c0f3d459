"""How a row of a batch or a campaign ends: with its answer, or with why there is none. What was to be asked is emptied by
the very statement that writes the end down.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from registry import refused
from registry.errors import Refusal
from sharing.employers.models import BatchRow, CampaignRow, Screening


class End(NamedTuple):
    """``refusal`` and ``screening``: at most one of them; neither where the row itself says why it was not asked."""

    row: BatchRow | CampaignRow
    screening: Screening | None = None
    refusal: Refusal | None = None


def write(ends: Sequence[End]) -> None:
    """Of rows of one kind, in the transaction of their questions."""
    if not ends:
        return
    facts: dict[str, Any] = {
        "ids": [end.row.pk for end in ends],
        "screenings": [end.screening.pk if end.screening else None for end in ends],
        "refusals": [json.dumps([refused.kept(end.refusal)]) if end.refusal else None for end in ends],
    }
    table = connection.ops.quote_name(ends[0].row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} AS row
            SET sealed = NULL, screening_id = ended.screening, refusals = ended.refusals::jsonb
            FROM (SELECT unnest(%(ids)s::bigint[]) AS id, unnest(%(screenings)s::text[]) AS screening,
                         unnest(%(refusals)s::text[]) AS refusals) AS ended
            WHERE row.id = ended.id
            """,  # noqa: S608 - only the model's own name is put in
            facts,
        )
