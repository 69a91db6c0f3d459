"""The court decides by setting how far a protection goes, and not that there is none: below these a process does not start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


@dataclass(frozen=True)
class Bound:
    """``why``: what would be gone below ``least``, with the article that asks for it."""

    name: str
    least: int
    why: str
    id: str


BOUNDS = (
    Bound("REGISTRY_IMPORT_SAMPLE", 1, "A judge would approve an import and compare no row of it.", "registry.E071"),
    Bound(
        "REGISTRY_RETENTION_RECORDS_YEARS",
        3,
        "Records of who looked, and proof of recall, are kept for three years (PIPL 56; Network Data Reg. a12).",
        "registry.E072",
    ),
    Bound("REGISTRY_RETENTION_DAYS", 0, "Nothing is destroyed before its last recall is confirmed.", "registry.E073"),
    Bound(
        "SHARING_SMALLEST_IN_RELEASE",
        2,
        "A release would publish figures about one person (PIPL 13(3), 73(4)).",
        "registry.E074",
    ),
)


def protections_stand(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(f"{each.name} is {value}, and {each.least} at least.", hint=each.why, id=each.id)
        for each in BOUNDS
        if (value := getattr(settings, each.name)) < each.least
    ]
