"""A notice as it was served on an invented listed person: whoever started the demonstration finds it in var/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.demo.applicants import listing_to_show
from registry.errors import Refusal
from registry.models import Officer
from sharing.persons.notices import issuing


@dataclass(frozen=True)
class Served:
    """``shown``: the code; ``ending``: the last four characters of the person's document number."""

    path: Path
    shown: str
    ending: str


def serve(clerk: Officer, path: Path, now: datetime) -> Served | None:
    """Of the listing in force that the demonstration shows; None where there is none, or its notice cannot be printed."""
    listing = listing_to_show()
    document = listing.party.person.documents.order_by("pk").first() if listing else None
    if listing is None or document is None:
        return None
    try:
        notice = issuing.issue(listing.pk, "zh-hans", officer=clerk, now=now)
        made = issuing.make(notice.pk, officer=clerk, now=now)
    except Refusal:
        return None
    path.write_bytes(made.pdf)
    return Served(path, made.shown, document.number[-4:])
