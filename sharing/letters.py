"""Messages to people by mail: those of the book's own (`registry.letters`)."""

from __future__ import annotations

from registry.letters import sent

__all__ = ["sent"]
