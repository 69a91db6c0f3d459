"""The log of what was told can be signed, guarded and cosigned."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from sharing.witnesses.configured import WitnessShape, witnesses

NAME = re.compile(r"[^\s+]+")  # of a key (C2SP signed-note)


def log_can_be_signed(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The log has a name that can sign, a guard outside the database, and witnesses that can be asked."""
    messages: list[checks.CheckMessage] = []
    if not NAME.fullmatch(settings.REGISTRY_LOG_ORIGIN):
        hint = "Host and path of the log's pages, without scheme: registry.court.example/log. It never changes."
        messages.append(checks.Error("REGISTRY_LOG_ORIGIN is no name of a log.", hint=hint, id="registry.E011"))
    if not Path(settings.REGISTRY_LOG_GUARD).is_absolute():
        hint = (
            "A file on another disk than the database's, by its whole path, the same one for all workers (docs/log.md)."
        )
        messages.append(checks.Error("REGISTRY_LOG_GUARD names no file from / on.", hint=hint, id="registry.E012"))
    try:
        witnesses()
    except WitnessShape as error:
        hint = "'<vkey> <https address>' of each, parted by commas."
        messages.append(checks.Error(f"SHARING_LOG_WITNESSES: {error}.", hint=hint, id="registry.E013"))
    return messages
