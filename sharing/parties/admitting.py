"""With which certificate and from where a key may be used: asked when a token is given, and at every call with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from registry import visitors
from registry.errors import AddressNotAllowed, ClientCertificateNeeded, ClientCertificateWrong
from registry.visitors import Address, Meta
from sharing import certificates
from sharing.parties import networks, refused_calls
from sharing.parties.models import Client, RefusedCalls, TokenCertificate


@dataclass(frozen=True)
class Admitted:
    """``thumbprint``: of the certificate that the token is to be bound to; "" where the key has none."""

    address: Address | None
    thumbprint: str


def admit(client: Client, meta: Meta, *, now: datetime, token_id: int | None = None) -> Admitted:
    """Raise `AddressNotAllowed`, `ClientCertificateWrong` or `ClientCertificateNeeded`, which are on record, unless the call
    may be made.

    ``token_id``: of the token that was shown; it is worth something only with the certificate that it was given for.
    """
    address = visitors.address_of(meta)
    if client.organisation.networks and not networks.hold(client.organisation.networks, address):
        refused_calls.note(client, RefusedCalls.Kind.ADDRESS, address, now=now)
        raise AddressNotAllowed(address=str(address or "?"))
    if not client.certificates:
        if client.is_bound or settings.SHARING_CLIENT_CERTIFICATES == certificates.REQUIRED:
            refused_calls.note(client, RefusedCalls.Kind.CERTIFICATE, address, now=now)
            raise ClientCertificateNeeded
        return Admitted(address, "")
    thumbprint = _thumbprint(meta, now)
    if thumbprint not in client.certificates or not (token_id is None or _is_bound(token_id, thumbprint)):
        refused_calls.note(client, RefusedCalls.Kind.CERTIFICATE, address, now=now)
        raise ClientCertificateWrong
    return Admitted(address, thumbprint)


def _thumbprint(meta: Meta, now: datetime) -> str:
    """Of the certificate shown, if it is valid today; the proxy proves that the caller has its key, and no more."""
    shown = visitors.certificate_of(meta)
    if shown is None or not shown.not_valid_before_utc <= now < shown.not_valid_after_utc:
        return ""
    return certificates.thumbprint(shown)


def _is_bound(token_id: int, thumbprint: str) -> bool:
    return TokenCertificate.objects.filter(token=token_id, thumbprint=thumbprint).exists()
