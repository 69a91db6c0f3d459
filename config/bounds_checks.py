"""The court decides by setting how far a protection goes, and not that there is none: below these a process does not start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string


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
    Bound(
        "SHARING_SMALLEST_PUBLISHED",
        2,
        "How soon departments were told of one listing would be public (PIPL 13(3), 73(4)).",
        "registry.E075",
    ),
    Bound("SHARING_SLOTS", 1, "Nothing would be delivered.", "registry.E079"),
)


SHARES = ("SHARING_HELD_SHARE", "SHARING_CALLED_SHARE")


def protections_stand(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    return [
        checks.Error(f"{each.name} is {value}, and {each.least} at least.", hint=each.why, id=each.id)
        for each in BOUNDS
        if (value := getattr(settings, each.name)) < each.least
    ]


def shares_are_shares(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A part of the questions: of 1.5 per cent 0.015 is written. Where none is held for nothing, what is held tells of a name."""
    messages: list[checks.CheckMessage] = []
    for name in SHARES:
        if not 0 <= getattr(settings, name) < 1:
            said = f"{name} is {getattr(settings, name)}, and a share is from 0 to below 1."
            messages.append(checks.Error(said, hint="For 1.5 per cent write 0.015.", id="registry.E076"))
    if not settings.DEVELOPMENT and settings.SHARING_HELD_SHARE == 0:
        hint = "An answer that waits would tell that a number is listed under another name (docs/employers.md)."
        messages.append(checks.Error("SHARING_HELD_SHARE is 0.", hint=hint, id="registry.E076"))
    return messages


def passkeys_are_asked_for(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Who is named by a word that is no role is asked for none."""
    known = import_string("registry.models.Role").values
    unknown = [repr(name) for name in settings.REGISTRY_PASSKEY_ROLES if name not in known]
    if not unknown:
        return []
    said = f"REGISTRY_PASSKEY_ROLES names {', '.join(unknown)}, which is no role."
    return [checks.Error(said, hint=f"{','.join(known)}, or some of them, without blanks.", id="registry.E077")]
