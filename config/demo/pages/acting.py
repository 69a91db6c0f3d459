"""Acting as anybody: one click makes the visitor an officer at the desk, or one of those whom the court answers to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import URLPattern, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config.demo.pages import hiring, integrating, parts, persons
from config.demo.pages.playing import become, playbill


@require_http_methods(["GET", "HEAD", "POST"])
def act_as(request: HttpRequest) -> HttpResponse:
    played = playbill()
    if request.method != "POST":
        onward = request.GET.get("next", "")
        return render(request, "demo/act_as.html", {"groups": parts.groups(played), "onward": onward})
    part = parts.find(request.POST.get("part", ""), played)
    if part is None or not become(request, part):
        messages.error(request, str(_("Nobody plays this part at the moment. Choose another one.")))
        return redirect("demo:act_as")
    return redirect(_onward(request) or resolve_url(part.opens))


def _onward(request: HttpRequest) -> str:
    """The page that was asked for, where it is one of ours."""
    onward = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure())
    return onward if ours else ""


urls: list[URLPattern] = [
    path("act-as/", act_as, name="act_as"),
    path("act-as/integrator/", integrating.integrator, name="as_integrator"),
    path("act-as/hr/", hiring.hr, name="as_hr"),
    path("act-as/applicant/", persons.applicant, name="as_applicant"),
    path("act-as/listed-person/", persons.listed_person, name="as_listed_person"),
]
