"""Acting as a department's integrator: its endpoint and keys, what its own store holds, and the pull in one line."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.demo import holdings
from config.demo.holdings import Inbox, StoreUnreadable
from config.demo.pages import parts
from config.demo.pages.asked import own_address
from config.demo.pages.audiences import readings_table
from config.demo.pages.parts import Part
from config.demo.pages.playing import only_as
from config.demo.playbill import Playbill, PlayedDepartment
from registry.errors import Text
from sharing import signing
from sharing.delivery.models import EndpointSecret
from sharing.disclosure import Audience
from sharing.tables import Table

SHOWN = 5


@dataclass(frozen=True)
class Row:
    label: Text
    value: object


@require_safe
@only_as(parts.INTEGRATOR)
def integrator(request: HttpRequest, part: Part, played: Playbill) -> HttpResponse:
    department = part.department
    assert department is not None
    inbox = _inbox(department)
    return render(
        request,
        "demo/integrator.html",
        {
            "department": department,
            "part": part,
            "name": parts.name_of(department),
            "rows": list(_endpoint(department)),
            "inbox": inbox,
            "received": _received(inbox) if inbox else None,
            "pull": _pull(request, inbox),
            "readings": readings_table(Audience.DEPARTMENT),
        },
    )


def _inbox(department: PlayedDepartment) -> Inbox | None:
    """None where the store cannot be read, which the page says in words."""
    try:
        return holdings.inbox(department.store, SHOWN)
    except StoreUnreadable:
        return None


def _received(inbox: Inbox) -> Table:
    rows = [
        (
            event.seen.type,
            event.seen.number,
            event.seen.version,
            date_format(event.at, "DATETIME_FORMAT"),
            event.delay,
            event.receipt,
        )
        for event in inbox.latest
    ]
    return Table(
        _("The last five events"),
        (_("Event"), _("Listing"), _("Version"), _("Received"), _("Delay"), capfirst(_("receipt"))),
        rows,
        empty=_("Nothing has been received yet. Approve a judgment, and it is here within a second."),
        figures=frozenset({2}),
    )


def _endpoint(department: PlayedDepartment) -> list[Row]:
    secrets = EndpointSecret.objects.filter(endpoint=department.endpoint_id).order_by("pk").values_list("pk", flat=True)
    public = [signing.public_key_text(key.public_key()) for key in signing.webhook_keys()]
    return [
        Row(_("Endpoint"), department.endpoint_id),
        Row(_("Address"), department.url),
        Row(_("Secret of the endpoint (its id; the secret was shown once)"), ", ".join(map(str, secrets))),
        Row(_("Public key of the registry"), ", ".join(public)),
        Row(_("API client"), department.client_id),
    ]


def _pull(request: HttpRequest, inbox: Inbox | None) -> str:
    """The request that asks for whatever came after the last event held; the token is left out."""
    after = inbox.condition.level if inbox else 0
    address = f"{own_address(request)}{reverse('events')}?after={after}"
    return f"curl -H 'Authorization: Bearer …' '{address}'"
