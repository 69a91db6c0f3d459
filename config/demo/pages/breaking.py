"""Try to break it: eight experiments, each done by one press, with the product's own answer below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from config.demo.control import Answer, Command, ask
from config.demo.experiments.arrivals import Came, arrivals
from config.demo.experiments.outcome import Outcome, Scene
from config.demo.experiments.programme import EXPERIMENTS, Experiment, carry_out, find
from config.demo.playbill import Playbill, PlayedDepartment
from config.valkey import LOOPBACK

TRIED = "tried"  # in the session: what was answered, by experiment
TEMPLATE = "demo/breaking.html"


@dataclass(frozen=True)
class Tried:
    """``at``: when, as ISO 8601."""

    at: str
    outcomes: Sequence[Outcome]

    def as_json(self) -> dict[str, Any]:
        return {"at": self.at, "outcomes": [each.as_json() for each in self.outcomes]}


@require_safe
def breaking(request: HttpRequest) -> HttpResponse:
    return render(request, TEMPLATE, _context(_kept(request)))


def attempt(request: HttpRequest, slug: str) -> HttpResponse:
    """POST carries the experiment out; a link that was kept only leads to its place on the page."""
    experiment = find(slug)
    if experiment is None:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(_place(experiment))
    scene = Scene(
        playbill=Playbill.read(settings.DEMO_PLAYBILL),
        address=f"http://{LOOPBACK}:{request.META['SERVER_PORT']}",
        language=get_language() or settings.LANGUAGE_CODE,
        choice=request.POST.get("choice", ""),
    )
    tried = Tried(timezone.now().isoformat(), carry_out(experiment, scene))
    if _keep(request, experiment, tried):
        return HttpResponseRedirect(_place(experiment))
    return render(request, TEMPLATE, _context({slug: tried.as_json()}), status=503)


@require_safe
def follow(request: HttpRequest, event: str) -> HttpResponse:
    """How far one event has come: the part of the page that moves."""
    return render(request, "demo/breaking_arrivals.html", _arrivals(event, Playbill.read(settings.DEMO_PLAYBILL)))


def _place(experiment: Experiment) -> str:
    return f"{reverse('demo:breaking')}#{experiment.slug}"


def _keep(request: HttpRequest, experiment: Experiment, tried: Tried) -> bool:
    """False while the database is away: then the answer is shown at once instead of after the redirect."""
    try:
        request.session[TRIED] = {**request.session.get(TRIED, {}), experiment.slug: tried.as_json()}
        request.session.save()
    except (DatabaseError, InterfaceError):
        request.session.modified = False
        return False
    return True


def _kept(request: HttpRequest) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = request.session.get(TRIED, {})
    except (DatabaseError, InterfaceError):
        return {}
    return kept


def _context(tried: dict[str, Any]) -> dict[str, Any]:
    playbill = Playbill.read(settings.DEMO_PLAYBILL)
    stage = ask(playbill, Command.STATUS)
    return {
        "stage": stage,
        "set_up": bool(playbill.accounts),
        "departments": [_department(each, stage) for each in playbill.departments],
        "worker": stage.running.get("worker"),
        "sections": [_section(each, tried.get(each.slug), playbill) for each in EXPERIMENTS],
    }


def _department(played: PlayedDepartment, stage: Answer) -> dict[str, Any]:
    return {"code": played.code, "name": _name(played), "running": stage.running.get(played.code)}


def _section(experiment: Experiment, tried: dict[str, Any] | None, playbill: Playbill) -> dict[str, Any]:
    if tried is None:
        return {"experiment": experiment}
    outcomes = [Outcome(**each) for each in tried["outcomes"]]
    followed = next((each.event for each in outcomes if each.event), "")
    return {
        "experiment": experiment,
        "at": parse_datetime(tried["at"]),
        "outcomes": [_shown(each) for each in outcomes],
        **(_arrivals(followed, playbill) if followed else {}),
    }


def _shown(outcome: Outcome) -> dict[str, Any]:
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "title": outcome.title.get(language, ""),
        "code": outcome.code,
        "text": outcome.text.get(language, ""),
        "quote": outcome.quote,
        "held": outcome.held,
        "tried": outcome.tried,
        "deed": outcome.deed,
    }


def _arrivals(event: str, playbill: Playbill) -> dict[str, Any]:
    """``moves``: whether somebody still waits for it."""
    try:
        found = arrivals(event, playbill)
    except (DatabaseError, InterfaceError):
        return {"event": event, "arrivals": [], "moves": True}
    rows = [{"name": _name(each.department), "came": each.came.value, "delay": each.delay} for each in found]
    return {
        "event": event,
        "arrivals": rows,
        "moves": any(each.came in (Came.NOT_YET, Came.UNREADABLE) for each in found),
    }


def _name(played: PlayedDepartment) -> str:
    return played.name_en if get_language() == "en" else played.name


urls: list[URLPattern] = [
    path("try-to-break-it/", breaking, name="breaking"),
    path("try-to-break-it/<slug:slug>/", attempt, name="attempt"),
    path("try-to-break-it/event/<slug:event>/", follow, name="follow"),
]
