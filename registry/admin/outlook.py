"""When a listing goes out and why not before, as the judge reads it before the approval and everybody after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry import assessment
from registry.errors import Text
from registry.models import Listing


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """``waits``: every reason, none where it goes out now; ``on``: the day on which it goes out by itself, None where
    somebody must act first; ``waiver``: the court's decision by which it does not wait for service of the notice.
    """

    waits: list[Text]
    on: date | None
    waiver: str


def outlook_of(listing: Listing, day: date) -> Outlook:
    found = assessment.waits(listing, day)
    return Outlook(
        waits=[wait.text for wait in found],
        on=assessment.goes_out_on(found),
        waiver=assessment.waiver(listing, day),
    )
