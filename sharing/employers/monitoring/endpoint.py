"""An employer's endpoint: one address, whose secret is shown once, that is tested, paused and moved without loss."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from registry import log
from registry.errors import EndpointThere
from registry.keys import KeyUnknown, SealBroken
from registry.ulid import new_ulid
from sharing import signing
from sharing.delivery import rotating
from sharing.employers.models import (
    EmployerEndpoint,
    EmployerEndpointSecret,
    EmployerEndpointState,
    MonitoringPost,
)
from sharing.employers.monitoring import reaching
from sharing.parties.models import Organisation
from sharing.transport import Post, Reply

OVERLAP = timedelta(hours=24)
TEST = "monitoring.test"

logger = logging.getLogger(__name__)


def add(employer: Organisation, url: str, *, now: datetime) -> tuple[EmployerEndpoint, str]:
    """The endpoint and its secret as ``whsec_…``, shown this once. It hears of changes from now on.

    EndpointThere; EndpointUrlShape, EmployerAddressUnreached.
    """
    address = reaching.checked(url)
    try:
        with transaction.atomic():
            made = EmployerEndpoint.objects.create(
                id="ep_" + new_ulid(now), employer=employer, url=address, added_at=now
            )
            return made, _new_secret(made)
    except IntegrityError:
        raise EndpointThere from None


def move(endpoint: EmployerEndpoint, url: str) -> None:
    """What waits goes to the new address, at once. Raises as `add` does."""
    address = reaching.checked(url)
    with transaction.atomic():
        lock(endpoint.pk)
        EmployerEndpoint.objects.filter(pk=endpoint.pk).update(url=address)
        let_go(endpoint.pk)


def pause(endpoint: EmployerEndpoint) -> bool:
    """Nothing is sent any more; what comes meanwhile waits. False: it was paused before."""
    active = EmployerEndpoint.objects.filter(pk=endpoint.pk, state=EmployerEndpointState.ACTIVE)
    return bool(active.update(state=EmployerEndpointState.PAUSED))


def resume(endpoint: EmployerEndpoint) -> bool:
    """False: it was not paused."""
    with transaction.atomic():
        lock(endpoint.pk)
        paused = EmployerEndpoint.objects.filter(pk=endpoint.pk, state=EmployerEndpointState.PAUSED)
        resumed = bool(paused.update(state=EmployerEndpointState.ACTIVE))
        let_go(endpoint.pk)
    return resumed


def lock(endpoint_id: str) -> None:
    """Before any of its posts, wherever both are locked."""
    EmployerEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)


def let_go(endpoint_id: str) -> None:
    """What waits for its time is due now."""
    MonitoringPost.objects.filter(endpoint=endpoint_id, taken_at=None).update(next_due=None)


def rotate_secret(endpoint: EmployerEndpoint, *, now: datetime) -> str:
    """A new secret, shown this once. The former ones sign beside it for 24 hours more, so no message fails meanwhile.

    Raises `SecretsTooMany`.
    """
    with transaction.atomic():
        lock(endpoint.pk)
        own = EmployerEndpointSecret.objects.filter(endpoint=endpoint)
        own.filter(live_until=None).update(live_until=now + OVERLAP)
        own.filter(live_until__lte=now).delete()
        rotating.refuse_unless_room([each.live_until for each in own if each.live_until])
        return _new_secret(endpoint)


def live_secrets(endpoint_ids: list[str], now: datetime) -> Mapping[str, tuple[bytes, ...]]:
    """Every live secret of each, the newest first. One that cannot be opened is left out, and said in the log."""
    found: dict[str, list[bytes]] = {endpoint_id: [] for endpoint_id in endpoint_ids}
    live = EmployerEndpointSecret.objects.filter(Q(live_until=None) | Q(live_until__gt=now))
    for row in live.filter(endpoint__in=endpoint_ids).order_by("-live_until"):
        try:
            found[row.endpoint_id].append(row.secret)
        except (KeyUnknown, SealBroken) as error:
            logger.error("a secret of endpoint %s cannot be opened: %s", row.endpoint_id, type(error).__name__)
    return {endpoint_id: tuple(secrets) for endpoint_id, secrets in found.items()}


def send_test(endpoint: EmployerEndpoint, *, now: datetime) -> Reply:
    """What became of one test message, about nobody; of its answer no text is kept. Moves nothing."""
    message_id = "test_" + new_ulid(now)
    body = log.canonical({"type": TEST, "id": message_id, "endpoint": endpoint.pk, "at": log.utc_text(now)})
    transport = reaching.open_transport()
    try:
        transport.send(message(endpoint.pk, endpoint.url, message_id, body, live_secrets([endpoint.pk], now)))
        replies: list[Reply] = []
        while not replies:
            replies = reaching.heard(transport)
        return replies[0]
    finally:
        transport.close()


def message(
    endpoint_id: str,
    url: str,
    message_id: str,
    body: bytes,
    secrets: Mapping[str, tuple[bytes, ...]],
) -> Post:
    """Signed as of this moment, by every live secret and key of the court."""
    headers = signing.webhook_headers(
        message_id,
        int(time.time()),
        body,
        secrets=secrets[endpoint_id],
        private_keys=signing.webhook_keys(),
    )
    return Post(key=message_id, url=url, headers=headers, body=body)


def _new_secret(endpoint: EmployerEndpoint) -> str:
    secret = signing.new_secret()
    row = EmployerEndpointSecret(endpoint=endpoint)
    row.secret = secret
    row.save(force_insert=True)
    return signing.secret_text(secret)
