"""The employer's portal: its sections, and its pages inside their frame."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import today
from sharing.employers.monitoring import confirming
from sharing.parties.frame import Portal, Section
from sharing.parties.models import Member


class EmployerPortal(Portal):
    """Says beside Monitoring how many changes nobody has taken note of."""

    def page(
        self, request: HttpRequest, member: Member, template: str, *, here: str, **context: object
    ) -> HttpResponse:
        waiting = confirming.to_confirm(member.organisation_id, today(timezone.now())).count()
        sections = [_counted(each, waiting if each.key == "monitorings" else 0) for each in self.sections]
        return super().page(request, member, template, here=here, **{"sections": sections, **context})


def _counted(section: Section, count: int) -> Section:
    return (
        section._replace(label=format_lazy("{label} ({count})", label=section.label, count=count)) if count else section
    )


PORTAL = EmployerPortal(
    name="employer",
    label=_("The employer’s pages"),
    sections=(
        Section("start", _("Start"), "employer:start"),
        Section("new", _("New screening"), "employer:new"),
        Section("batches", _("Batch"), "employer:batches"),
        Section("campaigns", _("Campaign"), "employer:campaigns"),
        Section("requests", _("Requests for consent"), "employer:requests"),
        Section("screenings", _("My screenings"), "employer:screenings"),
        Section("monitorings", _("Monitoring"), "employer:monitorings"),
        Section("may_learn", _("What you may learn"), "employer:may_learn"),
        Section("endpoint", _("Endpoint"), "employer:endpoint"),
        Section("keys", _("Keys"), "employer:keys"),
        Section("people", _("Members"), "employer:people"),
    ),
)
page = PORTAL.page
