"""A page in two steps: fill in, then check what was filled in, line by line with a way back to each, and confirm.

What was filled in lies in the officer's session between the two, by the page's address; never in an address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from registry.admin.doors import page
from registry.admin.facts import spoken_day
from registry.admin.sheets import Sheet, SheetForm, attempt
from registry.errors import Text

DRAFTS = "sharing_drafts"
CHECK, CHANGE = "check", "change"

Typed = Mapping[str, Any] | None


@dataclass(frozen=True)
class Back:
    """Where the page belongs: the step before it in the trail, and where *Cancel* leads."""

    title: Text
    address: str


@dataclass(frozen=True)
class Line:
    """One line to check: what was asked, what was answered, and where it is changed."""

    label: str
    value: str
    change: str


@dataclass(frozen=True, kw_only=True)
class TwoSteps:
    """``examine`` raises what is wrong with the sheet before anything is done; ``act`` does it and answers.

    ``foretell``: what else the second step shows, from the sheet.
    """

    title: Text
    button: Text
    back: Back
    form: Callable[[Typed], SheetForm]
    examine: Callable[[Sheet], object]
    act: Callable[[Sheet], HttpResponse]
    foretell: Callable[[Sheet], dict[str, Any]] = field(default=lambda sheet: {})
    hint: Text = ""

    def answer(self, request: HttpRequest) -> HttpResponse:
        if CHECK in request.GET:
            return self._second(request)
        return self._first(request)

    def _first(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            sheet = Sheet(self.form(request.POST))
            if attempt(sheet, lambda: self._sound(sheet)):
                _keep(request)
                return redirect(f"{request.path}?{CHECK}")
            return self._filling(request, sheet)
        kept = _kept(request) if CHANGE in request.GET else None
        return self._filling(request, Sheet(self.form(kept)))

    def _second(self, request: HttpRequest) -> HttpResponse:
        kept = _kept(request)
        if kept is None:
            return redirect(request.path)
        sheet = Sheet(self.form(kept))
        if attempt(sheet, lambda: self._sound(sheet)) is None:
            return self._filling(request, sheet)
        if request.method == "POST":
            answer = attempt(sheet, lambda: self.act(sheet))
            if answer is None:
                return self._filling(request, sheet)
            _forget(request)
            return answer
        lines = list(_lines(request.path, sheet.form))
        shown = {"lines": lines, "button": self.button, "back": self.back, **self.foretell(sheet)}
        return page(request, "check", _("Check: %(title)s") % {"title": self.title}, **shown)

    def _sound(self, sheet: Sheet) -> bool:
        self.examine(sheet)
        return True

    def _filling(self, request: HttpRequest, sheet: Sheet) -> HttpResponse:
        shown: dict[str, Any] = {
            "sheet": sheet,
            "button": _("Continue"),
            "back": self.back,
            "hint": self.hint,
            "to": request.path,
        }
        return page(request, "sheet", self.title, **shown)


def _keep(request: HttpRequest) -> None:
    typed = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    request.session[DRAFTS] = {**request.session.get(DRAFTS, {}), request.path: typed}


def _kept(request: HttpRequest) -> MultiValueDict[str, str] | None:
    found = request.session.get(DRAFTS, {}).get(request.path)
    return None if found is None else MultiValueDict(found)


def _forget(request: HttpRequest) -> None:
    drafts = request.session.get(DRAFTS, {})
    request.session[DRAFTS] = {path: typed for path, typed in drafts.items() if path != request.path}


def _lines(path: str, form: SheetForm) -> Iterator[Line]:
    for _legend, fields in form.parts():
        for bound in fields:
            value = spoken_answer(bound, form.cleaned_data.get(bound.name))
            yield Line(str(bound.label), value or _("Not provided"), f"{path}?{CHANGE}#{bound.auto_id}")


def spoken_answer(bound: BoundField, value: Any) -> str:
    """What was filled in, as a reader says it; "" for nothing."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return spoken_day(value)
    names = {str(code): str(label) for code, label in getattr(bound.field.widget, "choices", ())}
    if isinstance(value, list | tuple):
        return _("; ").join(names.get(str(each), str(each)) for each in value)
    return "" if value is None else names.get(str(value), str(value)) if value != "" else ""
