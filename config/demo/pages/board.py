"""The landing page with the live board: the court's book beside the departments' own lists, looked at every second."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.demo import watching
from config.demo.playbill import Playbill
from sharing.public.pages import LandingView

COLOURS = {
    watching.Standing.IN_STEP: "green",
    watching.Standing.BEHIND: "yellow",
    watching.Standing.SILENT: "red",
    watching.Standing.UNREADABLE: "red",
    watching.Standing.UNKNOWN: "grey",
}


class BoardLandingView(LandingView):
    template_name = "demo/landing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | _context()

    def doors(self) -> dict[str, str]:
        """In the demonstration everybody comes in by acting as somebody."""
        return dict.fromkeys(super().doors(), reverse("demo:act_as"))


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The board alone. 204 where it still is as the page has it: then nothing on the page moves."""
    context = _context()
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "demo/board.html", context)


def _context() -> dict[str, Any]:
    seen = watching.look(Playbill.read(settings.DEMO_PLAYBILL).departments, timezone.localdate())
    shown = [(row, COLOURS[row.standing]) for row in seen.departments]
    mark = hashlib.blake2s(repr(seen).encode(), digest_size=8).hexdigest()
    return {"board": seen, "shown": shown, "mark": mark}


urls: list[URLPattern] = [
    path("", BoardLandingView.as_view(), name="landing"),
    path("board/", board, name="board"),
]
