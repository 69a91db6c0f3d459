"""Whoever approves did not enter: in every table that names both, whatever it is that was entered.

The tables are found by the names of their columns, so that none is forgotten: the database refuses each of them by a
constraint, and here is seen whether it did. What no constraint can see are the acts: who had a part in a draft, and
approved it later in another office.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Exists, F, Model, OuterRef

from registry.models import ActRecord, Officer
from sharing.audit.promises.findings import Findings, Promise

# Who stands behind it first, and who must be another.
PAIRS = (
    ("entered_by", "approved_by"),
    ("submitted_by", "approved_by"),
    ("proposed_by", "decided_by"),
    ("proposed_by", "confirmed_by"),
    ("proposed_by", "approved_by"),
    ("ended_by", "end_approved_by"),
    ("asked_by", "approved_by"),
    ("asked_by", "decided_by"),
)
ENTERING = ("enter", "amend", "submit")


def tables() -> Iterator[tuple[type[Model], str, str]]:
    """Each table, with the two columns of which an officer may stand in one only."""
    for model in apps.get_models():
        officers = {
            field.name for field in model._meta.get_fields() if field.many_to_one and field.related_model is Officer
        }
        for first, second in PAIRS:
            if {first, second} <= officers:
                yield model, first, second


def look_at(found: Findings) -> None:
    for model, first, second in tables():
        for key in (
            model._base_manager.filter(**{second: F(first)}).order_by("pk").values_list("pk", flat=True).iterator()
        ):
            found.add(Promise.FOUR_EYES, f"{model._meta.label} {key}", f"{second} is who {first} is")
    _look_at_acts(found)


def _look_at_acts(found: Findings) -> None:
    entering = ActRecord.objects.filter(
        listing_number=OuterRef("listing_number"), officer=OuterRef("officer"), act__in=ENTERING
    )
    approved = ActRecord.objects.filter(Exists(entering), act="approve").order_by("pk")
    for number, key in approved.values_list("listing_number", "pk").iterator():
        found.add(Promise.FOUR_EYES, number, f"the act of approval {key} is by who had a part in entering")
