"""Whether the keys in use are younger than the court wants: asked with `manage.py check --database default`.

A warning: it stops who installs a release and looks (`--fail-level WARNING`), and no process that serves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import DatabaseError
from django.utils import timezone

from registry import key_ages
from registry.keys import KeyringShape


def register() -> None:
    checks.register(keys_are_young, checks.Tags.database)


def keys_are_young(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Nothing is asked unless the database is named, or while it is away or empty."""
    if "default" not in (databases or ()):
        return []
    try:
        old = key_ages.old(now=timezone.now())
    except (DatabaseError, KeyringShape):
        return []
    return [
        checks.Warning(
            f"{each.setting}: its current key is {each.days} days old, {settings.REGISTRY_KEY_DAYS} at most.",
            hint="Replace it as docs/keys.md says.",
            id="registry.W062",
        )
        for each in old
    ]
