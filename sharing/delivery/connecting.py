"""How the engine connects: what the settings allow, within which time, and as whom to an endpoint that asks for it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from django.conf import settings

from registry.keys import KeyUnknown, SealBroken
from sharing.addresses import Network
from sharing.delivery.models import ClientCertificate, TrustedAuthorities
from sharing.transport import Egress, TlsIdentity, Transport

TOTAL_SECONDS = 15.0

logger = logging.getLogger(__name__)


def open_transport(total_seconds: float = TOTAL_SECONDS, *, networks: Sequence[Network] | None = None) -> Transport:
    """As the settings allow it to connect. ``networks``: those opened by name, if not those of departments."""
    return Transport(
        allowed_networks=settings.SHARING_ALLOWED_NETWORKS if networks is None else networks,
        allow_http=settings.SHARING_ALLOW_HTTP,
        total_timeout=total_seconds,
        egress=Egress.read(settings.SHARING_EGRESS_PROXY),
        bits=settings.SHARING_TLS_BITS,
    )


def identities(endpoint_ids: Sequence[str]) -> Mapping[str, TlsIdentity]:
    """Whom each endpoint is trusted by and what it is shown; without those that ask for nothing of their own."""
    trusted = dict(TrustedAuthorities.objects.filter(pk__in=endpoint_ids).values_list("pk", "pem"))
    presented = ClientCertificate.objects.filter(endpoint_id__in=endpoint_ids).exclude(presented_since=None)
    shown = {each.endpoint_id: each for each in presented}
    return {
        endpoint_id: TlsIdentity(trusted.get(endpoint_id, "").encode(), *_shown(shown.get(endpoint_id)))
        for endpoint_id in trusted.keys() | shown.keys()
    }


def _shown(presented: ClientCertificate | None) -> tuple[bytes, bytes]:
    """Certificate and key. One that cannot be opened fails at its own endpoint, and stops no other."""
    if presented is None:
        return b"", b""
    try:
        return presented.chain.encode(), presented.key
    except (KeyUnknown, SealBroken) as error:
        logger.error("the client key of endpoint %s cannot be opened: %s", presented.endpoint_id, type(error).__name__)
        return b"", b""
