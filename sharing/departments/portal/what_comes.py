"""What comes: the catalogue of messages, beside the department's own pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sharing.access import members_only
from sharing.departments import catalogue, handbook
from sharing.departments.portal.frame import page
from sharing.parties.models import Member, OrganisationKind


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def what_comes(request: HttpRequest, member: Member) -> HttpResponse:
    told = {"messages_told": catalogue.messages(), "snippets": handbook.SNIPPETS}
    return page(request, member, "what_comes", here="what_comes", **told)
