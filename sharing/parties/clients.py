"""Credentials for an organisation's machines: OAuth 2.0 client credentials (RFC 6749 §4.4), shown once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from oauth2_provider.generators import generate_client_id, generate_client_secret
from oauth2_provider.models import get_access_token_model

from registry.errors import KeyHasEnded
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Client, Member, MemberAct, Organisation, OrganisationKind

SCOPES: Mapping[str, frozenset[str]] = {
    OrganisationKind.DEPARTMENT: frozenset({"events", "receipts"}),
    OrganisationKind.EMPLOYER: frozenset({"screenings"}),
    OrganisationKind.COURT: frozenset({"cases"}),
}


USED_FROM_MOST = 20
USED_FROM_DAYS = 90


def issue(
    organisation: Organisation,
    scopes: Collection[str],
    *,
    now: datetime,
    days: int = 365,
    replaces: Client | None = None,
) -> tuple[str, str]:
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
        replaces=replaces,
        certificates=replaces.certificates if replaces else [],
        is_bound=replaces is not None and replaces.is_bound,
    )
    return client_id, secret


def replace(client: Client, *, overlap_days: int, now: datetime) -> tuple[str, str]:
    """Another client in its place, with the same scopes and certificates; the old one ends after the overlap.

    Raises `KeyHasEnded`.
    """
    with transaction.atomic():
        old = Client.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=client.pk)
        if not old.is_live(now):
            raise KeyHasEnded
        made = issue(old.organisation, old.scopes, now=now, replaces=old)
        if overlap_days:
            old.expires_at = min(old.expires_at, now + timedelta(days=overlap_days))
            old.save(update_fields=["expires_at"])
        else:
            revoke(old, now=now)
    return made


def of(organisation: Organisation, client_id: str) -> Client | None:
    """Another organisation's key is as absent as one that never was."""
    own = Client.objects.filter(organisation=organisation, client_id=client_id)
    return own.select_related("organisation", "replaces").first()


def shown_to(member: Member, *, now: datetime) -> list[Client]:
    """The live ones whose secret the member was shown, making one or one in another's place: whoever kept it calls on."""
    seen = _seen_in(MemberAct.objects.filter(member=member))
    found = Client.objects.filter(seen, organisation=member.organisation_id, expires_at__gt=now)
    return list(found.select_related("organisation").order_by("-created"))


def ended_with_members(*, now: datetime) -> QuerySet[Client]:
    """Those that have ended and whose secret a member was shown whom the court has shut out."""
    seen = _seen_in(MemberAct.objects.exclude(member__barred_at=None))
    return Client.objects.filter(seen, expires_at__lte=now)


def _seen_in(acts: QuerySet[MemberAct]) -> Q:
    return Q(client_id__in=acts.filter(act=MemberActKind.ADD_KEY).values("about"))


def revoke(client: Client, *, now: datetime) -> None:
    """It gets no token any more, and those it has end at once; the row stays for who reads later what was in use."""
    with transaction.atomic():
        get_access_token_model().objects.filter(application=client).delete()
        client.expires_at = min(client.expires_at, now)
        client.save(update_fields=["expires_at"])


def note_use(client: Client, day: date, address: str) -> None:
    """When and from where it was used: one write a day and address, however often it calls."""
    if client.last_used_on == day and client.used_from.get(address) == day.isoformat():
        return
    oldest = (day - timedelta(days=USED_FROM_DAYS)).isoformat()
    used = {address: day.isoformat(), **{where: on for where, on in client.used_from.items() if where != address}}
    latest = sorted(used.items(), key=lambda each: each[1], reverse=True)[:USED_FROM_MOST]
    client.last_used_on, client.used_from = day, {where: on for where, on in latest if on >= oldest}
    Client.objects.filter(pk=client.pk).update(last_used_on=day, used_from=client.used_from)


def used_from(organisation: Organisation, *, since: date) -> list[str]:
    """The addresses from which its programs have called since then, and were let in."""
    found = Client.objects.filter(organisation=organisation).values_list("used_from", flat=True)
    return sorted({where for used in found for where, on in used.items() if on >= since.isoformat() and where})
