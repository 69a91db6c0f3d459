"""Enrolling an employee in monitoring: the steps of a question, and until when its answer is watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from registry.errors import NotEnrolled, Text
from sharing.employers.monitoring.enrolling import Enrolment, enrol
from sharing.employers.portal import asking
from sharing.employers.portal.acts import Act, members_who_may
from sharing.employers.portal.asking import CHECK, CONSENT, PERSON, PLACES, PURPOSE, Asking, Errand, StepLine
from sharing.employers.portal.form_file import FingerprintHandler
from sharing.employers.portal.forms import PurposeForm, StepForm
from sharing.employers.portal.monitoring_forms import EmployeeForm, EnrolCheckForm, EnrolConsentForm, typed_day
from sharing.employers.spoken import Line
from sharing.employers.taking_files import checked_for_forgery_after
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member

FORMS: Mapping[str, type[StepForm]] = {
    PURPOSE: PurposeForm,
    CONSENT: EnrolConsentForm,
    PERSON: EmployeeForm,
    CHECK: EnrolCheckForm,
}
TITLES: Mapping[str, Text] = {
    PURPOSE: _("What is the employee’s post?"),
    CONSENT: _("The employee’s consent"),
    PERSON: _("Who is the employee?"),
    CHECK: _("Check before you enrol"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@members_who_may(Act.ASK)
@checked_for_forgery_after(FingerprintHandler)
def enrol_employee(request: HttpRequest, member: Member) -> HttpResponseBase:
    return asking.answer(request, member, ENROLMENT)


@sensitive_variables()
def _put(steps: Asking) -> HttpResponseBase:
    """Where there is no answer yet, the member is led to the question that stands."""
    now = timezone.now()
    enrolment = Enrolment(
        question=asking.question_of(steps),
        until=typed_day(steps.typed["until"]),
        reference=steps.typed["reference"],
    )
    try:
        enrolled = enrol(enrolment, employer=steps.employer, by=steps.member, now=now)
    except NotEnrolled as refusal:
        messages.error(steps.request, str(refusal))
        return redirect("employer:screening", refusal.facts["screening"])
    members.note(steps.member, MemberActKind.ENROL, enrolled.pk, now=now)
    messages.success(steps.request, _("Enrolled. You are told when the answer changes."))
    return redirect("employer:monitoring", enrolled.pk)


def _summary(steps: Asking) -> Iterator[StepLine]:
    yield from asking.summary(steps)
    yield CONSENT, Line(str(_("Monitor until")), steps.typed["until"])
    yield PERSON, Line(str(_("Your reference")), steps.typed["reference"])


ENROLMENT = Errand(
    door="employer:enrol",
    here="monitorings",
    template="enrol",
    forms=FORMS,
    titles=TITLES,
    places={**PLACES, "until": (CONSENT, "until"), "reference": (PERSON, "reference")},
    summary=_summary,
    put=_put,
)
