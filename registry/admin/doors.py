"""What every page of the desk has in common: who is at the desk, how a refusal is answered, how a page is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from registry import refused_acts
from registry.admin.court_admin import officer_or_none
from registry.admin.fields import refused
from registry.errors import Refusal, SayWhyFirst, Text, WrongRole
from registry.models import Officer, Role

Kwargs = ParamSpec("Kwargs")
Door = Callable[Concatenate[HttpRequest, Kwargs], HttpResponse]

FORBIDDEN = 403
TWICE_WITHIN = timedelta(minutes=1)  # the same thing entered again by the same officer: a button pressed twice


def door(view: Door[Kwargs]) -> Door[Kwargs]:
    """A refusal that the view lets through becomes a page with its code, words and status.

    Where a case is not the officer's own, he is asked why he reads it, and comes back to the page. What he pressed for
    and may not do is on record.
    """

    @wraps(view)
    def opened(request: HttpRequest, /, *args: Kwargs.args, **kwargs: Kwargs.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except SayWhyFirst as refusal:
            return _ask_why(request, refusal)
        except Refusal as refusal:
            return refuse(request, refusal)

    return opened


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as a page. Whoever pressed for something is on record."""
    _write_down(request, refusal)
    title = str(refusal.message) % refusal.facts
    return page(request, "refused", title, status=refusal.status, refusal=refusal)


def _write_down(request: HttpRequest, refusal: Refusal) -> None:
    """Whoever only opened a page has tried nothing."""
    found = request.resolver_match
    if request.method == "POST" and found is not None:
        refused_acts.write_down(
            refusal, officer=officer_of(request), page=found.url_name or "", address=found.kwargs, now=timezone.now()
        )


def _ask_why(request: HttpRequest, refusal: SayWhyFirst) -> HttpResponse:
    first, *others = refusal.listings
    if others:
        where = reverse("admin:why_decision", args=[first.party.decision_id])
    else:
        where = reverse(refusal.where, args=[first.number])
    return redirect(f"{where}?{urlencode({'to': request.path})}")


def officer_of(request: HttpRequest) -> Officer:
    """The officer at the desk. `CourtSite.has_permission` let nobody else in."""
    officer = officer_or_none(request)
    assert officer is not None
    return officer


def refuse_unless(officer: Officer, roles: tuple[Role, ...], act: Text) -> None:
    """Raise `WrongRole` where a page is of no use to the officer; the act asks again."""
    if officer.role not in roles:
        raise WrongRole(act=act, roles=", ".join(str(role.label) for role in roles))


def page(request: HttpRequest, template: str, title: Text, *, status: int = 200, **context: Any) -> TemplateResponse:
    """A page of the desk, from ``templates/desk``."""
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"desk/{template}.html", whole, status=status)


def done(request: HttpRequest, text: Text) -> None:
    """Say on the next page what was done. Never with a name or a document number."""
    messages.success(request, str(text))


def taken(form: Form, act: Callable[[], object]) -> bool:
    """Do the act with what a valid form says; what it refuses stands in the form, at the field to blame where it has it."""
    try:
        act()
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refused(refusal))
        return False
    return True


def said_no(request: HttpRequest, act: Callable[[], object]) -> bool:
    """Do the act; where it is refused, say so on the next page. A missing right is a page of its own."""
    try:
        act()
    except Refusal as refusal:
        if refusal.status == FORBIDDEN:
            raise
        messages.error(request, str(refusal))
        return True
    return False
