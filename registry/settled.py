"""What follows from settings is worked out once: they change in tests alone, and Django says so there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.signals import setting_changed


def when_changed(names: tuple[str, ...], forget: Callable[[], None]) -> None:
    """Have ``forget`` called whenever one of these settings is another."""

    def changed(*, setting: str, **_sent: Any) -> None:
        if setting in names:
            forget()

    setting_changed.connect(changed, weak=False)
