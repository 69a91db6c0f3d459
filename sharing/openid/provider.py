"""Which provider, and how it knows this client: of the settings of whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Provider:
    """``issuer``: described at its ``/.well-known/openid-configuration``; ``scope``: what is asked for, between blanks;
    ``algorithms``: of signatures, by which alone it is believed.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    algorithms: tuple[str, ...]
