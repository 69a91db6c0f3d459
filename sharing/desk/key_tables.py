"""The table of an organisation's keys on its page at the desk."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.errors import Text
from sharing.desk.spoken import moment
from sharing.parties.models import Client, Organisation
from sharing.tables import Cell, Table


def keys_of(organisation: Organisation, *, revoke: str, empty: Text) -> Table:
    """``revoke``: the name of the address at which one is revoked; "" for who may not."""
    now = timezone.now()
    rows = []
    found = Client.objects.filter(organisation=organisation).select_related("organisation").order_by("-created")
    for each in found:
        live = each.is_live(now)
        name = f"sharing_desk:{revoke}"
        address = reverse(name, args=[organisation.code, each.client_id]) if revoke and live else ""
        rows.append(
            (
                Cell(short(each.client_id), lang="en", href=address),
                moment(each.created),
                each.last_used_on or "—",
                moment(each.expires_at),
                Cell(_("live"), colour="green") if live else Cell(_("ended"), colour="grey"),
            )
        )
    columns = (_("Client id"), _("Made"), _("Last used"), _("Ends"), _("State"))
    return Table(_("Keys"), columns, rows, empty=empty)


def short(client_id: str) -> str:
    return f"{client_id[:8]}…" if client_id else ""
