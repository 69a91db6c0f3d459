"""A key that is worth nothing without a client certificate (RFC 8705): known by its fingerprint, so that no authority counts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registry.errors import KeyCertificatesTooMany
from sharing import certificates
from sharing.parties.models import Client

CERTIFICATES_MOST = 2  # the one in use, and the next one


def add(client: Client, given: bytes, *, now: datetime, field: str) -> None:
    """The first certificate of what is given in PEM; what leads from it to an authority counts for nothing.

    Raises the refusals of `sharing.certificates.clients`, and `KeyCertificatesTooMany`.
    """
    thumbprint = certificates.thumbprint(certificates.clients(given, now=now, field=field)[0])
    with transaction.atomic():
        locked = Client.objects.select_for_update().get(pk=client.pk)
        if thumbprint in locked.certificates:
            return
        if len(locked.certificates) >= CERTIFICATES_MOST:
            raise KeyCertificatesTooMany(field, most=CERTIFICATES_MOST)
        locked.certificates.append(thumbprint)
        locked.is_bound = True
        locked.save(update_fields=["certificates", "is_bound"])


def remove(client: Client, thumbprint: str) -> None:
    """Its tokens are refused from now on; with the last one gone, so is the key, until there is another one."""
    with transaction.atomic():
        locked = Client.objects.select_for_update().get(pk=client.pk)
        locked.certificates = [each for each in locked.certificates if each != thumbprint]
        locked.save(update_fields=["certificates"])
