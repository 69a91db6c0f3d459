"""The form for applicants without a telephone and for employees who are monitored: chosen by post, as PDF or as a page to be printed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.form_problems import problems_of
from sharing.employers import form_paper
from sharing.employers.models import Employer
from sharing.employers.portal.acts import Act, members_who_may
from sharing.employers.portal.forms import BETWEEN
from sharing.employers.portal.frame import page
from sharing.employers.portal.monitoring_forms import PrintedFormForm
from sharing.employers.purposes import purposes
from sharing.parties.models import Member

PDF = "pdf"


@require_safe
@members_who_may(Act.ASK)
def choose(request: HttpRequest, member: Member) -> HttpResponse:
    employer = Employer.objects.get(pk=member.organisation_id)
    form = PrintedFormForm(request.GET or None, employer=employer)
    if not form.is_valid():
        problems = list(problems_of(form))
        return page(request, member, "consent_form", here="requests", form=form, problems=problems)
    code, _between, post = str(form.cleaned_data["post"]).partition(BETWEEN)
    asked = (member.organisation, purposes()[code], purposes()[code].posts[post])
    until = form.cleaned_data["until"]
    if request.GET.get("as") != PDF:
        said = form_paper.said(*asked, until)
        return page(request, member, "consent_form_print", here="requests", said=said)
    response = HttpResponse(form_paper.form(*asked, now=timezone.now(), until=until), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="consent-form.pdf"'
    return response
