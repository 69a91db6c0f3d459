"""The pages of an organisation's keys, with which its programs sign in: made, shown once, revoked.

A portal's own view lets in who may come (`sharing.access`), then calls these.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from sharing.parties import clients, members
from sharing.parties.frame import Portal
from sharing.parties.models import Client, Member
from sharing.tables import Cell, Table, moment

HERE = "keys"


def add(request: HttpRequest, member: Member, portal: Portal) -> HttpResponse:
    """A key for everything that programs of such an organisation may do."""
    now = timezone.now()
    client_id, secret = clients.issue(member.organisation, clients.SCOPES[member.organisation.kind], now=now)
    members.note(member, "add_key", client_id, now=now)
    return portal.page(request, member, "portal/client_secret", here=HERE, client_id=client_id, secret=secret)


def revoke(request: HttpRequest, member: Member, portal: Portal, client_id: str) -> HttpResponse:
    """Asked once more: a program that still uses it stands still."""
    found = Client.objects.filter(organisation=member.organisation, client_id=client_id).first()
    if found is None:
        raise Http404
    now = timezone.now()
    if request.method == "POST":
        clients.revoke(found, now=now)
        members.note(member, "revoke_key", found.client_id, now=now)
        messages.success(request, _("Revoked. Programs that use it are refused from now on."))
        return redirect(portal.door("keys"))
    return portal.page(request, member, "portal/revoke_key", here=HERE, client=found, is_live=found.is_live(now))


def table(member: Member, portal: Portal, *, empty: Text, leads: bool = True) -> Table:
    """The organisation's keys, the newest first; ``leads``: to where one is revoked."""
    found, now = Client.objects.filter(organisation=member.organisation).order_by("-created"), timezone.now()
    rows = [
        (
            Cell(
                f"{each.client_id[:8]}…",
                lang="en",
                href=reverse(portal.door("revoke_key"), args=[each.client_id]) if leads else "",
            ),
            ", ".join(each.scopes),
            moment(each.created),
            each.last_used_on or "—",
            moment(each.expires_at),
            Cell(_("live"), colour="green") if each.is_live(now) else Cell(_("ended"), colour="grey"),
        )
        for each in found
    ]
    columns = (_("Client id"), _("Scopes"), _("Made"), _("Last used"), _("Ends"), _("State"))
    return Table(_("Keys of your programs"), columns, rows, empty=empty)
