"""Before an objection that names no listing is shown to whoever reads every court's: why does he read it?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from registry.admin.doors import door, officer_of
from registry.admin.why import ask
from sharing.persons.objections import asking_why, finding


@door
def why(request: HttpRequest, number: str) -> HttpResponse:
    """It names nobody, and leads on to the objection."""
    officer, now = officer_of(request), timezone.now()
    found = finding.for_officer(officer, number)

    def say(reason: str) -> None:
        asking_why.say_why(found, officer=officer, reason=reason, now=now)

    return ask(request, found.number, say, reverse("sharing_desk:objection", args=[number]))
