"""How one operation of the API is described; apart from the views, which read this setting while they are defined."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema


class OwnWords(AutoSchema):
    """An operation's description is what its own view says, never the words of the class it stands on."""

    def get_description(self) -> str:  # type: ignore[override]  # as the library itself overrides it
        return str(self.view.__class__.__dict__.get("__doc__") or "").strip()
