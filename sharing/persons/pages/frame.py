"""What the persons' pages have in common: how a refusal is answered, who sits there, and where the court is reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.errors import Refusal, Text

Kwargs = ParamSpec("Kwargs")
View = Callable[Concatenate[HttpRequest, Kwargs], HttpResponse]
LEVEL = 32 * 1024  # bytes


def levelled(view: View[Kwargs]) -> View[Kwargs]:
    """The page is filled up to the next `LEVEL`: whoever sees the length of what is sent learns nothing of what is in it."""

    @wraps(view)
    def opened(request: HttpRequest, /, *args: Kwargs.args, **kwargs: Kwargs.kwargs) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        answer.content += b" " * (-len(answer.content) % LEVEL)
        return answer

    return opened


def refused(request: HttpRequest, refusal: Refusal, *, is_somebody: bool = False) -> HttpResponse:
    """A page with the refusal's code, words and remedy. ``is_somebody``: who sits there should make room for somebody else."""
    shown = {"refusal": refusal, "is_somebody": is_somebody}
    return render(request, "persons/refused.html", shown, status=refusal.status)


def contact() -> dict[str, str]:
    return {
        "office": settings.REGISTRY_CONTACT_OFFICE,
        "address": settings.REGISTRY_CONTACT_ADDRESS,
        "phone": settings.REGISTRY_CONTACT_PHONE,
        "email": settings.REGISTRY_CONTACT_EMAIL,
        "hours": settings.REGISTRY_CONTACT_HOURS,
    }


def rows_of(lines: Iterable[tuple[Text, object]]) -> list[dict[str, str]]:
    """Label and value, as the summary list takes them."""
    return [{"label": str(label), "value": str(value), "href": ""} for label, value in lines]
