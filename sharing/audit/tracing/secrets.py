"""Which secrets of an endpoint could sign in a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Model, Q

from sharing.delivery.models import EndpointSecret
from sharing.employers.models import EmployerEndpointSecret


def secrets(endpoint_id: str, since: datetime | None) -> Iterator[tuple[UUID, datetime | None]]:
    """Id, and until when it signs, None: without an end. One that had ended by then is left out."""
    live = Q(live_until=None) if since is None else Q(live_until=None) | Q(live_until__gt=since)
    models: tuple[type[Model], ...] = (EndpointSecret, EmployerEndpointSecret)
    for model in models:
        rows = model._default_manager.filter(live, endpoint=endpoint_id)
        yield from rows.order_by("live_until", "pk").values_list("pk", "live_until")
