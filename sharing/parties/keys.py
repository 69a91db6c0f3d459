"""The pages of an organisation's keys, with which its programs sign in: made, shown once, replaced, revoked.

A portal's own view lets in who may come (`sharing.access`), then calls these.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import once
from registry.errors import Text
from sharing.parties import clients, members
from sharing.parties.frame import Portal
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Client, Member, MemberRole, RefusedCalls
from sharing.tables import Cell, Table, moment

HERE = "keys"
SOON = timedelta(days=30)
REFUSED_SHOWN = timedelta(days=30)


def add(request: HttpRequest, member: Member, portal: Portal) -> HttpResponse:
    """A key for everything that programs of such an organisation may do."""
    now = timezone.now()
    with transaction.atomic():
        if not once.is_first(request, member):
            messages.info(
                request,
                _(
                    "This was sent before, and the key was shown then. If its secret is lost, replace the key on its page."
                ),
            )
            return redirect(portal.door("keys"))
        made = clients.issue(member.organisation, clients.SCOPES[member.organisation.kind], now=now)
        members.note(member, MemberActKind.ADD_KEY, made[0], now=now)
    return secret_page(request, member, portal, made)


def secret_page(request: HttpRequest, member: Member, portal: Portal, made: tuple[str, str]) -> HttpResponse:
    client_id, secret = made
    return portal.page(request, member, "portal/client_secret", here=HERE, client_id=client_id, secret=secret)


def revoke(request: HttpRequest, member: Member, portal: Portal, client_id: str) -> HttpResponse:
    """Asked once more: a program that still uses it stands still."""
    found, now = one(member, client_id), timezone.now()
    if request.method == "POST":
        with transaction.atomic():
            clients.revoke(found, now=now)
            members.note(member, MemberActKind.REVOKE_KEY, found.client_id, now=now)
        messages.success(request, _("Revoked. Programs that use it are refused from now on."))
        return redirect(portal.door("keys"))
    return portal.page(request, member, "portal/revoke_key", here=HERE, client=found, is_live=found.is_live(now))


def one(member: Member, client_id: str) -> Client:
    """Raises Http404."""
    found = clients.of(member.organisation, client_id)
    if found is None:
        raise Http404
    return found


def shown(member: Member, portal: Portal, *, empty: Text, leads: bool = True) -> dict[str, Any]:
    """What a portal's page of keys shows: the keys, which end soon, from where they may be used, what was refused."""
    now = timezone.now()
    found = Client.objects.filter(organisation=member.organisation).prefetch_related("replaced_by")
    keys = list(found.select_related("organisation").order_by("-created"))
    return {
        "table": _table(keys, portal, now, empty=empty, leads=leads),
        "ending": [each for each in keys if _ends_unreplaced(each, now)],
        "networks": member.organisation.networks,
        "once": once.new_key(),
        "may_set_networks": member.role == MemberRole.OWNER and member.organisation.suspended_at is None,
        "refused": refused(Client.objects.filter(organisation=member.organisation), now),
    }


def seen_by(person: Member, portal: Portal) -> Table | None:
    """The live keys whose secret the person was shown: shut out, he could still call with them. None where there are none."""
    now = timezone.now()
    found = clients.shown_to(person, now=now)
    leads = person.organisation.suspended_at is None
    return _table(found, portal, now, empty="", leads=leads) if found else None


def refused(keys: Any, now: datetime) -> Table | None:
    """Calls of the last 30 days with these keys that were refused; None where there were none. ``keys``: a queryset."""
    since = timezone.localdate(now - REFUSED_SHOWN)
    found = RefusedCalls.objects.filter(client__in=keys, day__gte=since).select_related("client")
    rows = [
        (
            each.day,
            Cell(start(each.client), lang="en"),
            RefusedCalls.Kind(each.kind).label,
            each.calls,
            Cell(", ".join(filter(None, each.addresses)) or "—", lang="en"),
        )
        for each in found.order_by("-day", "-last_at")
    ]
    columns = (_("Day"), _("Key"), _("Why it was refused"), _("Calls"), _("From the addresses"))
    return Table(_("Refused calls of the last 30 days"), columns, rows, figures=frozenset({3})) if rows else None


def standing(client: Client, now: datetime) -> Cell:
    if not client.is_live(now):
        return Cell(_("ended"), colour="grey")
    if client.expires_at <= now + SOON:
        return Cell(_("ends soon"), colour="orange")
    return Cell(_("live"), colour="green")


def start(client: Client) -> str:
    """As much of its id as tells keys apart."""
    return f"{client.client_id[:8]}…"


def _ends_unreplaced(client: Client, now: datetime) -> bool:
    return client.is_live(now) and client.expires_at <= now + SOON and not client.replaced_by.all()


def _table(keys: list[Client], portal: Portal, now: datetime, *, empty: Text, leads: bool) -> Table:
    """The newest first; ``leads``: to where one is replaced or revoked."""
    rows = [
        (
            Cell(start(each), lang="en", href=reverse(portal.door("key"), args=[each.client_id]) if leads else ""),
            ", ".join(each.scopes),
            moment(each.created),
            each.last_used_on or "—",
            moment(each.expires_at),
            standing(each, now),
        )
        for each in keys
    ]
    columns = (_("Client id"), _("Scopes"), _("Made"), _("Last used"), _("Ends"), _("State"))
    return Table(_("Keys of your programs"), columns, rows, empty=empty)
