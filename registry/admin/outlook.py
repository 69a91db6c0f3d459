"""What follows from an entry: when it goes out and why not before, until when it stands, and how that was computed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from registry import assessment, waiting
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


@dataclass(frozen=True, kw_only=True)
class Follows:
    """``ends_on`` None and not ``lifelong``: the day of effect is not known yet. ``reasons``: of effect, then of term."""

    outlook: Outlook
    effective_on: date | None
    ends_on: date | None
    lifelong: bool
    reasons: list[str]


def outlook_of(listing: Listing, day: date) -> Outlook:
    found = waiting.waits(listing, day)
    return Outlook(
        waits=[wait.text for wait in found],
        on=waiting.goes_out_on(found),
        waiver=waiting.waiver(listing, day),
    )


def follows_of(listing: Listing, day: date) -> Follows:
    """As approving it on that day will compute it; the listing is not saved. Raises the refusals of `registry.terms`."""
    found = assessment.assess(listing.party, listing.reviewed_on)
    listing.effective_on = found.effect.on
    reasons = [reason.text for reason in found.effect.explain(listing.party.ordinal)]
    reasons += [reason.text for reason in found.term.reasons] if found.term else []
    return Follows(
        outlook=outlook_of(listing, day),
        effective_on=found.effect.on,
        ends_on=found.term.ends_on if found.term else None,
        lifelong=bool(found.term and found.term.lifelong),
        reasons=reasons,
    )
