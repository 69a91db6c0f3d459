"""One message of a trial, signed as its step says: genuine, or as none may be taken."""

from __future__ import annotations

import time
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.ulid import new_ulid
from sharing import signing
from sharing.delivery import connecting
from sharing.delivery.models import Endpoint
from sharing.delivery.work import live_secrets
from sharing.departments.conformance import trial_log
from sharing.departments.conformance.checks import How
from sharing.departments.models import ConformanceRun, TrialEvent
from sharing.transport import Post, Reply

SECONDS = 5.0  # for one message, so that a step never keeps a worker for long
LATE_SECONDS = 600


def push(event: TrialEvent, endpoint: Endpoint, how: How) -> Reply:
    """What became of it. Nothing is saved."""
    body = trial_log.push_body(event, endpoint.pk)
    headers = _headers(event.event_id, body, endpoint, how)
    if how == How.ALTERED:
        body = body.replace(b'"version":1', b'"version":9')
    return _post(endpoint, headers, body)


def beat(run: ConformanceRun, endpoint: Endpoint, *, now: datetime) -> Reply:
    body = trial_log.beat(run, now=now)
    return _post(endpoint, _headers("hb_" + new_ulid(now), body, endpoint, How.GENUINE), body)


def _headers(message_id: str, body: bytes, endpoint: Endpoint, how: How) -> dict[str, str]:
    secrets, keys = live_secrets([endpoint.pk])[endpoint.pk], signing.webhook_keys()
    strange_secret, strange_key = signing.new_secret(), Ed25519PrivateKey.generate()
    if how == How.FORGED:
        secrets, keys = (strange_secret,), (strange_key,)
    elif how == How.ROTATING:
        secrets, keys = (strange_secret, *secrets), (strange_key, *keys)
    timestamp = int(time.time()) - (LATE_SECONDS if how == How.OLD else 0)
    headers = signing.webhook_headers(message_id, timestamp, body, secrets=secrets, private_keys=keys)
    if how == How.UNSIGNED:
        del headers["webhook-signature"]
    return headers


def _post(endpoint: Endpoint, headers: dict[str, str], body: bytes) -> Reply:
    """The way that goes to the endpoint in production, or a department with an authority of its own could prove nothing."""
    identity = connecting.identities([endpoint.pk]).get(endpoint.pk)
    transport = connecting.open_transport(SECONDS)
    try:
        transport.send(Post(key=endpoint.pk, url=endpoint.url, headers=headers, body=body, identity=identity))
        replies: list[Reply] = []
        while not replies:
            replies = transport.wait(SECONDS)
        return replies[0]
    finally:
        transport.close()
