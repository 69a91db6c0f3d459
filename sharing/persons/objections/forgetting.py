"""What is destroyed of objections once their listing is purged: words, names, contacts, reasons, files.

What remains says that there was an objection of this number about this listing, which steps it took and who took them, and
keyed digests of number and name; nobody can read back whom it was about.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

from sharing.persons.models import Objection
from sharing.persons.models.objections import ENDED

CHUNK = 500

# The model writes steps once; of the database's guards only their reasons may be emptied.
REASONS = (
    "UPDATE persons_objectionstep SET reason_sealed = NULL WHERE reason_sealed IS NOT NULL AND objection_id = ANY(%s)"
)
FILES = (
    "UPDATE persons_objectionfile SET content_sealed = NULL WHERE content_sealed IS NOT NULL AND objection_id = ANY(%s)"
)
CONTENT = "UPDATE persons_objection SET content_sealed = NULL WHERE content_sealed IS NOT NULL AND number = ANY(%s)"


def forget(listing_ids: Sequence[int]) -> int:
    """Destroy what ended objections about these listings hold; how many of them. Resumable, again with the same effect.

    One that is still open keeps what is needed to decide it.
    """
    found = Objection.objects.filter(listing__in=listing_ids, state__in=ENDED).order_by("pk")
    numbers = list(found.values_list("pk", flat=True))
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (REASONS, FILES, CONTENT):
                cursor.execute(statement, [some])
    return len(numbers)
