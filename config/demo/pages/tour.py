"""The tour: the life of one listing in nine steps, each done for the visitor or by the visitor on the real pages."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from config.demo import tour_acts, tour_by_hand, touring
from config.demo.asking import NoAnswer
from config.demo.pages import parts
from config.demo.pages.asked import put
from config.demo.pages.parts import Part
from config.demo.pages.playing import become, playbill
from config.demo.pages.tour_shown import overview_context, step_context
from config.demo.playbill import Playbill
from config.demo.tour_acts import Players
from config.demo.touring import Progress, Step, Tour
from config.demo.walking_in import walk_in
from registry.errors import Refusal, Refusals

BY_HAND = "by-hand"  # otherwise: for me
FIRST = Step.ENTER
FILLED_IN = _("You act as %(who)s now. The page is filled in: send it, and come back with “Tour” at the top.")
PROVED = _("You act as %(who)s now, and have proved it at a counter. Object, and come back with “Tour” at the top.")


@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """All nine steps. POST begins a tour, or another one with another person."""
    played = playbill()
    if request.method != "POST":
        return render(request, "demo/tour.html", overview_context(_progress(request, played), played))
    bench = tour_acts.bench_of(played)
    if bench is None:
        return redirect("demo:tour")
    touring.begin(bench.clerk, timezone.now()).keep(request.session)
    return redirect("demo:tour_step", FIRST)


@require_http_methods(["GET", "HEAD", "POST"])
def step_page(request: HttpRequest, name: str) -> HttpResponse:
    """One step. POST does it, or makes the visitor the one who does and opens the page."""
    played, step = playbill(), _step(name)
    if step is None:
        messages.info(request, str(_("The tour has no such step. These are its nine.")))
        return redirect("demo:tour")
    progress = _progress(request, played)
    if progress is None or progress.vanished:
        return redirect("demo:tour")
    if request.method != "POST":
        return render(request, "demo/tour_step.html", step_context(step, progress))
    if progress.done(step) or progress.late(step) or progress.first(step):
        return redirect("demo:tour_step", step)
    if request.POST.get("do") == BY_HAND:
        return _by_hand(request, step, progress, played)
    return _for_me(request, step, progress, played)


@require_safe
def lists(request: HttpRequest, name: str) -> HttpResponse:
    """What the departments hold, alone: the part of a step's page that moves."""
    step = _step(name)
    progress = _progress(request, playbill()) if step else None
    if step is None or progress is None or progress.vanished:
        return HttpResponse(status=204)  # htmx leaves what is shown; the page itself says more when it is loaded again
    context = step_context(step, progress)
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "demo/tour_lists.html", context)


def _for_me(request: HttpRequest, step: Step, progress: Progress, played: Playbill) -> HttpResponse:
    bench = tour_acts.bench_of(played)
    if bench is None:
        return redirect("demo:tour")
    try:
        tour_acts.do(step, progress, Players(played, bench, partial(put, request, played)), timezone.now())
    except (Refusal, Refusals) as refusal:
        messages.error(request, str(refusal))
    except NoAnswer:
        messages.error(request, str(_("The court did not answer. Nothing was asked; try again in a moment.")))
    _remember(request, progress.tour)
    return redirect("demo:tour_step", step)


def _by_hand(request: HttpRequest, step: Step, progress: Progress, played: Playbill) -> HttpResponse:
    opening = tour_by_hand.opening(step, progress, timezone.now())
    part = parts.find(opening.part, played) if opening else None
    if opening is None or part is None or not become(request, part):
        messages.error(request, str(_("Nobody plays this part at the moment. Choose another one.")))
        return redirect("demo:tour_step", step)
    _remember(request, progress.tour)
    if part.key == parts.PERSON:
        return _as_the_person(request, progress, played, part)
    request.session.update(opening.session)
    messages.info(request, str(FILLED_IN) % {"who": part.title})
    return redirect(opening.address)


def _as_the_person(request: HttpRequest, progress: Progress, played: Playbill, part: Part) -> HttpResponse:
    bench = tour_acts.bench_of(played)
    if bench is None or progress.listing is None:
        return redirect("demo:tour")
    messages.info(request, str(PROVED) % {"who": part.title})
    return walk_in(request, progress.listing, "person:new_objection", bench.clerk)


def _remember(request: HttpRequest, tour: Tour) -> None:
    """Keep the listing's number, so that its disappearance can be told from its not being there yet."""
    listing = touring.listing_of(tour)
    if listing is not None:
        replace(tour, listing=listing.number).keep(request.session)


def _progress(request: HttpRequest, played: Playbill) -> Progress | None:
    """None without a tour, and while the demonstration has not begun."""
    tour = Tour.of(request.session)
    return touring.look(tour, played) if tour and played.departments else None


def _step(name: str) -> Step | None:
    return Step(name) if name in list(Step) else None


urls: list[URLPattern] = [
    path("tour/", overview, name="tour"),
    path("tour/<str:name>/", step_page, name="tour_step"),
    path("tour/<str:name>/lists/", lists, name="tour_lists"),
]
