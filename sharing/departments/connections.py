"""What a department asks of the way to its endpoint: whom the court trusts there, what it shows, and how fast it posts.

Whatever changes the connection takes the endpoint from the slot that works for it, so the next post is made the new way.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F

from registry import bell
from sharing import certificates
from sharing.delivery.models import ClientCertificate, Endpoint, TrustedAuthorities


def trust(endpoint_id: str, given: bytes, *, now: datetime, field: str = "pem") -> None:
    """From now on the endpoint's certificate must lead to one of these. Raises as `certificates.authorities`."""
    pem = certificates.authorities(given, now=now, field=field)
    with transaction.atomic():
        TrustedAuthorities.objects.update_or_create(endpoint_id=endpoint_id, defaults={"pem": pem})
        _take_over(endpoint_id)


def trust_the_systems(endpoint_id: str) -> None:
    """As for every other endpoint."""
    with transaction.atomic():
        TrustedAuthorities.objects.filter(pk=endpoint_id).delete()
        _take_over(endpoint_id)


def prepare(endpoint_id: str, *, now: datetime) -> ClientCertificate:
    """A key of this endpoint's own with a self-signed certificate, shown to nobody yet; another one prepared is dropped."""
    made = ClientCertificate(endpoint_id=endpoint_id)
    made.key = certificates.new_key()
    made.chain = certificates.self_signed(made.key, host=host(), unit=endpoint_id, now=now)
    with transaction.atomic():
        Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        ClientCertificate.objects.filter(endpoint_id=endpoint_id, presented_since=None).delete()
        made.save(force_insert=True)
    return made


def present(endpoint_id: str, *, now: datetime) -> bool:
    """What is prepared takes the place of what is presented, at once; False if nothing is."""
    with transaction.atomic():
        Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        prepared = ClientCertificate.objects.filter(endpoint_id=endpoint_id, presented_since=None).first()
        if prepared is not None:
            _present(prepared, now)
    return prepared is not None


def present_signed(endpoint_id: str, given: bytes, *, now: datetime, field: str = "chain") -> None:
    """A chain for a key made here is presented at once: for the one prepared, or anew for the one presented.

    Raises as `certificates.chain_for`.
    """
    with transaction.atomic():
        Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
        held = list(ClientCertificate.objects.filter(endpoint_id=endpoint_id))
        chain, index = certificates.chain_for(given, [each.key for each in held], now=now, field=field)
        held[index].chain = chain
        _present(held[index], now)


def present_nothing(endpoint_id: str) -> None:
    """No client certificate any more, neither presented nor prepared."""
    with transaction.atomic():
        ClientCertificate.objects.filter(endpoint_id=endpoint_id).delete()
        _take_over(endpoint_id)


def signing_request(certificate: ClientCertificate) -> str:
    """What an authority needs to certify the key, in PEM."""
    return certificates.request(certificate.key, host=host(), unit=certificate.endpoint_id)


def set_pace(endpoint_id: str, *, posts_per_second: int | None, in_flight: int) -> None:
    """How fast and how many at a time; the slot that works for it goes on as before for 20 seconds at most."""
    Endpoint.objects.filter(pk=endpoint_id).update(posts_per_second=posts_per_second, in_flight_cap=in_flight)


def host() -> str:
    """The name that the court's client certificates carry."""
    return urlsplit(settings.REGISTRY_ADDRESS).hostname or "registry"


def _present(certificate: ClientCertificate, now: datetime) -> None:
    others = ClientCertificate.objects.filter(endpoint_id=certificate.endpoint_id).exclude(presented_since=None)
    others.exclude(pk=certificate.pk).delete()
    certificate.presented_since = now
    certificate.save(update_fields=["chain", "presented_since"])
    _take_over(certificate.endpoint_id)


def _take_over(endpoint_id: str) -> None:
    """The next post is due at once, and the slot at work makes none any more."""
    Endpoint.objects.filter(pk=endpoint_id).update(
        fence=F("fence") + 1, lease_until=None, next_due=None, alone_at=None, beat_due=None
    )
    transaction.on_commit(bell.ring, robust=True)
