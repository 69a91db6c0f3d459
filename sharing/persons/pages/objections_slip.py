"""The slip: printed by the person, and followed by whoever holds it, without a word about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from registry.addresses import absolute
from registry.errors import Refusal
from registry.form_problems import problems_of
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Objection
from sharing.persons.objections import finding, papers, slips
from sharing.persons.objections.spoken import TITLES, due_told, state_told
from sharing.persons.pages.frame import contact, levelled, refused
from sharing.persons.pages.objections_forms import SlipForm
from sharing.persons.pages.visit import person_only


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@levelled
def follow(request: HttpRequest) -> HttpResponse:
    """State and deadline; the page says nothing else, and its answer is kept by no browser."""
    form, found, status = SlipForm(request.POST or None), None, 200
    try:
        if form.is_valid():
            found = slips.follow(form.cleaned_data["number"], form.cleaned_data["code"])
    except Refusal as refusal:
        form.add_error(refusal.field, str(refusal))
        status = refusal.status
    shown = {
        "form": form,
        "problems": list(problems_of(form)),
        "found": found,
        "title": TITLES[found.kind] if found else "",
        "state": capfirst(str(state_told(found))) if found else "",
        "due": due_told(found, timezone.now()) if found else "",
        "contact": contact(),
    }
    return render(request, "persons/objection_follow.html", shown, status=status)


@require_safe
@never_cache
@levelled
@person_only("person:objections")
def slip(request: HttpRequest, identity: Identity, number: str) -> HttpResponse:
    try:
        found = _own(identity, number)
    except Refusal as refusal:
        return refused(request, refusal)
    return render(request, "persons/objection_slip.html", slip_says(found))


@require_safe
@never_cache
@person_only("person:objections")
def slip_pdf(request: HttpRequest, identity: Identity, number: str) -> HttpResponse:
    try:
        return pdf(papers.slip(_own(identity, number)), f"{number}-slip")
    except Refusal as refusal:
        return refused(request, refusal)


def pdf(made: bytes, name: str) -> HttpResponse:
    """``name``: of the file, without anything personal."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def slip_says(found: Objection) -> dict[str, object]:
    """What a slip says, whoever prints it: the person, or the desk for him."""
    return {
        "objection": found,
        "where": where(),
        "state": state_told(found),
        "due_on": None if found.is_unread else found.due_on,
        "tongues": ("zh-hans", "en"),
    }


def where() -> str:
    return absolute(reverse("person:follow"))


def _own(identity: Identity, number: str) -> Objection:
    return finding.of_person_numbered(number, identity.subject(timezone.now()))
