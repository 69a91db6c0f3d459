"""The department's portal: its sections, and its pages inside their frame."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from registry.errors import Refusal
from sharing.parties.frame import Portal, Section
from sharing.parties.models import Member

PORTAL = Portal(
    name="department",
    label=_("The department’s pages"),
    sections=(
        Section("overview", _("Overview"), "department:overview"),
        Section("list", _("The list"), "department:list"),
        Section("deliveries", _("Deliveries"), "department:deliveries"),
        Section("owed", _("Receipts owed"), "department:owed"),
        Section("timeliness", _("Timeliness"), "department:timeliness"),
        Section("institutions", _("Institutions"), "department:institutions"),
        Section("keys", _("Keys"), "department:keys"),
        Section("people", _("Members"), "department:people"),
        Section("what_comes", _("What comes"), "department:what_comes"),
    ),
)
page = PORTAL.page


def refused(request: HttpRequest, member: Member, refusal: Refusal, *, here: str) -> HttpResponse:
    """A refusal that belongs to no field of the page: its words, its remedy and its status."""
    response = page(request, member, "refused", here=here, refusal=refusal)
    response.status_code = refusal.status
    return response
