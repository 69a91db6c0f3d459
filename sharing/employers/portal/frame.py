"""The employer's portal: its sections, and its pages inside their frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sharing.parties.frame import Portal, Section

PORTAL = Portal(
    name="employer",
    label=_("The employer’s pages"),
    sections=(
        Section("start", _("Start"), "employer:start"),
        Section("new", _("New screening"), "employer:new"),
        Section("requests", _("Requests for consent"), "employer:requests"),
        Section("screenings", _("My screenings"), "employer:screenings"),
        Section("may_learn", _("What you may learn"), "employer:may_learn"),
        Section("keys", _("Keys"), "employer:keys"),
        Section("people", _("Members"), "employer:people"),
    ),
)
page = PORTAL.page
