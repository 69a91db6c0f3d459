"""Credentials for an organisation's machines: OAuth 2.0 client credentials (RFC 6749 §4.4), shown once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from oauth2_provider.generators import generate_client_id, generate_client_secret
from oauth2_provider.models import get_access_token_model

from sharing.parties.models import Client, Organisation, OrganisationKind

SCOPES: Mapping[str, frozenset[str]] = {
    OrganisationKind.DEPARTMENT: frozenset({"events", "receipts"}),
    OrganisationKind.EMPLOYER: frozenset({"screenings"}),
    OrganisationKind.COURT: frozenset({"cases"}),
}


def issue(organisation: Organisation, scopes: Collection[str], *, now: datetime, days: int = 365) -> tuple[str, str]:
    """A new client's id and secret; of the secret only a hash is kept. ValueError: a scope that this kind may not have."""
    if not scopes or not set(scopes) <= SCOPES[organisation.kind]:
        raise ValueError(f"scopes of a {organisation.kind}: {', '.join(sorted(SCOPES[organisation.kind]))}")
    client_id, secret = generate_client_id(), generate_client_secret()
    Client.objects.create(
        organisation=organisation,
        name=organisation.code,
        client_id=client_id,
        client_secret=secret,
        client_type=Client.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Client.GRANT_CLIENT_CREDENTIALS,
        scopes=sorted(set(scopes)),
        expires_at=now + timedelta(days=days),
    )
    return client_id, secret


def revoke(client: Client, *, now: datetime) -> None:
    """It gets no token any more, and those it has end at once; the row stays for who reads later what was in use."""
    with transaction.atomic():
        get_access_token_model().objects.filter(application=client).delete()
        client.expires_at = min(client.expires_at, now)
        client.save(update_fields=["expires_at"])


def note_use(client: Client, day: date) -> None:
    """One write a day, however often it calls."""
    if client.last_used_on != day:
        Client.objects.filter(pk=client.pk).update(last_used_on=day)
