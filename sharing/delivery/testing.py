"""The test message: signed and sent as an event is, about nobody, answered while the sender waits."""

from __future__ import annotations

import time
from datetime import datetime

from registry import log
from registry.ulid import new_ulid
from sharing import signing
from sharing.delivery import connecting
from sharing.delivery.models import Endpoint
from sharing.delivery.work import live_secrets
from sharing.transport import Post, Reply

TYPE = "registry.test"


def body(endpoint_id: str, department_code: str, now: datetime) -> bytes:
    """Canonical JSON, as every message."""
    data = {"endpoint": endpoint_id, "department": department_code}
    return log.canonical({"type": TYPE, "timestamp": log.utc_text(now), "data": data})


def send(endpoint: Endpoint, *, now: datetime) -> Reply:
    """What became of one test message; of its answer the text is kept too, at most 8 KiB. Moves nothing, keeps nothing."""
    content = body(endpoint.pk, endpoint.department.code, now)
    headers = signing.webhook_headers(
        "test_" + new_ulid(now),
        int(time.time()),
        content,
        secrets=live_secrets([endpoint.pk])[endpoint.pk],
        private_keys=signing.webhook_keys(),
    )
    transport = connecting.open_transport()
    try:
        identity = connecting.identities([endpoint.pk]).get(endpoint.pk)
        transport.send(
            Post(key=endpoint.pk, url=endpoint.url, headers=headers, body=content, keep_text=True, identity=identity)
        )
        replies: list[Reply] = []
        while not replies:
            replies = transport.wait(connecting.TOTAL_SECONDS)
        return replies[0]
    finally:
        transport.close()
