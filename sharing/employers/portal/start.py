"""May I ask, and what do I need: the first page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from sharing.access import suspended
from sharing.employers import trail
from sharing.employers.consent import LONGEST_DAYS
from sharing.employers.models import Employer
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.frame import page
from sharing.employers.portal.may_learn import purposes_table
from sharing.employers.spoken import registered
from sharing.parties.models import Member

CONTACT = {"office": "REGISTRY_CONTACT_OFFICE", "phone": "REGISTRY_CONTACT_PHONE", "hours": "REGISTRY_CONTACT_HOURS"}


@require_safe
@members_who_may(Act.READ)
def start(request: HttpRequest, member: Member) -> HttpResponse:
    employer = Employer.objects.get(pk=member.organisation_id)
    return page(
        request,
        member,
        "start",
        here="start",
        employer=employer,
        table=purposes_table(registered(employer.purposes), _("What your organisation may ask for")),
        suspended=suspended(member),
        may_ask=may(member, Act.ASK) and not suspended(member),
        left=trail.left_today(employer, timezone.now()),
        consent_days=LONGEST_DAYS,
        contact={name: getattr(settings, setting) for name, setting in CONTACT.items()},
    )
