"""Which court reviews what another one decided: the one above it; what the High Court decided, other officers of its own."""

from __future__ import annotations

from django.db.models import Q

from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Court


def high_court() -> Court:
    return Court.objects.filter(level=HIGH_COURT_LEVEL).earliest("pk")


def court_of_review(court: Court) -> Court:
    """The court above; where none stands above it in this register, the High Court."""
    return court.parent or high_court()


def reviews(court: Court, other: Court) -> bool:
    """Whether ``court`` is that which reviews what ``other`` decided, as `reviewed_at` says of rows; nothing is asked of the database."""
    if other.parent_id is not None:
        return court.pk == other.parent_id
    return court.level == HIGH_COURT_LEVEL


def reviews_itself(court: Court) -> bool:
    """No court of this register stands above it, so its own officers review, who had no hand in what was decided."""
    return court_of_review(court) == court


def reviewed_at(court: Court) -> Q:
    """Of rows that have a ``court``: those whose decisions this one reviews."""
    below = Q(court__parent=court)
    return below | Q(court__parent=None) if court.level == HIGH_COURT_LEVEL else below
