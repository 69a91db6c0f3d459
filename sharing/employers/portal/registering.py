"""Asking to be admitted, for anybody: organisation, purposes, contact, check, sent.

Every step is the answer to a POST of the one before, and carries what was typed in one sealed field (`steps`); the
licence goes with the last one and is kept in memory until it is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from registry.assessment import rules
from registry.errors import Refusal, Text
from registry.form_problems import Problem, problems_of
from registry.network import network_of
from sharing.employers import registering
from sharing.employers.models import Registration
from sharing.employers.portal import steps
from sharing.employers.portal.registering_forms import (
    BETWEEN,
    CheckForm,
    ContactForm,
    OrganisationForm,
    PurposesForm,
    StepForm,
    sent_of,
)
from sharing.employers.registering import TO_CONFIRM
from sharing.employers.spoken import Line, purpose_label
from sharing.employers.taking_files import InMemory, checked_for_forgery_after

ORGANISATION, PURPOSES, CONTACT, CHECK = "organisation", "purposes", "contact", "check"
FORMS: Mapping[str, type[StepForm]] = {
    ORGANISATION: OrganisationForm,
    PURPOSES: PurposesForm,
    CONTACT: ContactForm,
    CHECK: CheckForm,
}
TITLES: Mapping[str, Text] = {
    ORGANISATION: _("Which organisation?"),
    PURPOSES: _("What do you want to ask for?"),
    CONTACT: _("Whom may the court write to?"),
    CHECK: _("Check before you send it"),
}
STEPS = tuple(FORMS)
PLACES: Mapping[str, str] = {"uscc": ORGANISATION, "purposes": PURPOSES, "licence": CHECK}
BOUND_TO = "employer.register"


@dataclass
class Registering:
    """One request, and what was typed so far."""

    request: HttpRequest
    typed: dict[str, str] = field(default_factory=dict, repr=False)

    def form(self, step: str) -> StepForm:
        """The step's form as it was sent before, to be judged anew."""
        return FORMS[step].again(self.typed)

    def first_open(self) -> str:
        """The first step that is not whole; the check where all are."""
        return next((step for step in (ORGANISATION, PURPOSES, CONTACT) if not self.form(step).is_valid()), CHECK)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@checked_for_forgery_after(InMemory)
def register(request: HttpRequest) -> HttpResponse:
    asked = Registering(request)
    if request.method != "POST":
        return _show(asked, ORGANISATION)
    try:
        if sent := request.POST.get("sealed"):
            asked.typed = steps.opened_for(BOUND_TO, sent, now=timezone.now())
    except Refusal as refusal:
        return _show(asked, ORGANISATION, problems=[Problem(str(refusal))], status=refusal.status)
    return _go(asked, request.POST.get("step", ""), request.POST.get("go", ""))


@sensitive_variables("form", "asked")
def _go(asked: Registering, step: str, go: str) -> HttpResponse:
    """Keep what was typed at this step, and show another one, this one with what is wrong, or send it."""
    if step not in FORMS:
        return _show(asked, asked.first_open())
    form = FORMS[step](asked.request.POST, asked.request.FILES)
    asked.typed.update(form.typed())
    if go in STEPS:
        return _show(asked, go)
    if not form.is_valid():
        return _show(asked, step, form)
    onward = asked.first_open()
    if step != CHECK or onward != CHECK or not asked.typed.get("key"):
        return _show(asked, onward)
    return _send(asked, form)


@sensitive_variables()
def _send(asked: Registering, check: StepForm) -> HttpResponse:
    forms = {step: asked.form(step) for step in (ORGANISATION, PURPOSES, CONTACT)}
    for form in forms.values():
        form.full_clean()
    given = {"form_key": asked.typed.get("key", ""), "source": network_of(asked.request)}
    try:
        steps.refuse_hurried(asked.typed, now=timezone.now())
        licence = file_of(asked.request, "licence")
        registration, secret = registering.send(sent_of(forms), licence, **given, now=timezone.now())
    except Refusal as refusal:
        step = PLACES.get(refusal.field, CHECK)
        form = check if step == CHECK else forms[step]
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _show(asked, step, form, status=refusal.status)
    return _sent(asked.request, registration, secret)


def _sent(request: HttpRequest, registration: Registration, secret: str) -> HttpResponse:
    hours = int(TO_CONFIRM.total_seconds()) // 3600
    shown = {"registration": registration, "secret": secret, "hours": hours, "days": days_usual()}
    return render(request, "employer/register_sent.html", shown)


def _show(
    asked: Registering,
    step: str,
    form: StepForm | None = None,
    *,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    if step == CHECK:
        asked.typed = steps.key_of_check(now=timezone.now()) | asked.typed
    form = form or FORMS[step](initial=_initial(asked.typed))
    before = STEPS[: STEPS.index(step)]
    shown = {
        "form": form,
        "step": step,
        "title": TITLES[step],
        "number": len(before) + 1,
        "of": len(STEPS),
        "back": before[-1] if before else "",
        "problems": [*(problems or ()), *problems_of(form)],
        "sealed": steps.sealed_for(BOUND_TO, asked.typed, now=timezone.now()),
        "minutes": steps.MINUTES,
        "days": days_usual(),
        "contact": {"office": settings.REGISTRY_CONTACT_OFFICE, "phone": settings.REGISTRY_CONTACT_PHONE},
        "rows": list(_summary(asked)) if step == CHECK else [],
    }
    return render(asked.request, f"employer/register_{step}.html", shown, status=status)


def days_usual() -> int:
    """Working days that a decision usually takes."""
    return rules().clocks["registration_decided"].number


def file_of(request: HttpRequest, name: str) -> bytes:
    chosen = request.FILES.get(name)
    if chosen is None:
        return b""
    chosen.seek(0)
    return bytes(chosen.read())


def _initial(typed: Mapping[str, str]) -> dict[str, object]:
    chosen = [code for code in typed.get("purposes", "").split(BETWEEN) if code]
    return {**typed, "purposes": chosen}


def _summary(asked: Registering) -> list[tuple[str, Line]]:
    """What is sent, each line with the step where it is changed."""
    typed = asked.typed
    named = _("; ").join(str(capfirst(purpose_label(code))) for code in typed["purposes"].split(BETWEEN))
    lines = (
        (ORGANISATION, _("Organisation"), typed["name"]),
        (ORGANISATION, _("English name"), typed["name_en"] or "—"),
        (ORGANISATION, _("Unified social credit code"), typed["uscc"]),
        (ORGANISATION, _("Address"), typed["address"]),
        (PURPOSES, _("Legal basis"), typed["legal_basis"]),
        (PURPOSES, _("Purposes"), named),
        (CONTACT, _("Contact"), typed["contact_name"]),
        (CONTACT, _("E-mail"), typed["email"]),
        (CONTACT, _("Telephone"), typed["phone"]),
    )
    return [(step, Line(str(label), value)) for step, label, value in lines]
