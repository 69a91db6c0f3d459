"""A page in two steps: fill in, then check what was filled in, line by line with a way back to each, and confirm.

What was filled in lies in the officer's session between the two, by the page's address; never in an address. Each page to check
knows which filling-in it shows: where the same page was filled in again meanwhile, in another window, nothing is done, and that one
is shown.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from registry.admin.doors import page
from registry.admin.facts import spoken_day
from registry.admin.prefill import taken
from registry.admin.sheets import Sheet, SheetForm, attempt
from registry.errors import Text

DRAFTS = "sharing_drafts"
CHECK, CHANGE = "check", "change"
SHOWN = "shown"  # on the page to check: which filling-in it shows

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


@dataclass(frozen=True)
class Kept:
    """What was filled in, and which filling-in it was."""

    name: str
    typed: MultiValueDict[str, str]


@dataclass(frozen=True, kw_only=True)
class TwoSteps:
    """``examine`` raises what is wrong with the sheet before anything is done; ``act`` does it and answers.

    ``form``: the sheet, or its form where it has no rows. ``foretell``: what else the second step shows, from the sheet;
    ``line_by_line``: the fields that it shows as they were filled in, all where none is named. ``beside``: what else the
    first step shows.
    """

    title: Text
    button: Text
    back: Back
    form: Callable[[Typed], SheetForm | Sheet]
    examine: Callable[[Sheet], object]
    act: Callable[[Sheet], HttpResponse]
    foretell: Callable[[Sheet], dict[str, Any]] = field(default=lambda sheet: {})
    line_by_line: tuple[str, ...] = ()
    hint: Text = ""
    beside: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, request: HttpRequest) -> HttpResponse:
        if CHECK in request.GET:
            return self._second(request)
        return self._first(request)

    def _first(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            sheet = self._sheet(request.POST)
            if attempt(sheet, lambda: self._sound(sheet)):
                _keep(request)
                return redirect(f"{request.path}?{CHECK}")
            return self._filling(request, sheet)
        kept = _kept(request)
        if kept is not None and CHANGE in request.GET:
            return self._filling(request, self._sheet(kept.typed))
        sheet = self._sheet(None)
        if prefill := taken(request):
            sheet.lay_out(prefill)
        return self._filling(request, sheet, before=kept is not None)

    def _second(self, request: HttpRequest) -> HttpResponse:
        kept = _kept(request)
        if kept is None:
            return redirect(request.path)
        if request.method == "POST" and request.POST.get(SHOWN, kept.name) != kept.name:
            messages.warning(
                request, _("This page was filled in again meanwhile, and nothing was done. Check this one.")
            )
            return redirect(f"{request.path}?{CHECK}")
        sheet = self._sheet(kept.typed)
        if attempt(sheet, lambda: self._sound(sheet)) is None:
            return self._filling(request, sheet)
        if request.method == "POST":
            answer = attempt(sheet, lambda: self.act(sheet))
            if answer is None:
                return self._filling(request, sheet)
            _forget(request)
            return answer
        shown: dict[str, Any] = {
            "lines": list(_lines(request.path, sheet.form, self.line_by_line)),
            "button": self.button,
            "back": self.back,
            "hint": self.hint,
            "change": f"{request.path}?{CHANGE}",
            "carried": {SHOWN: kept.name},
        }
        title = _("Check: %(title)s") % {"title": self.title}
        return page(request, "check", title, **{**shown, **self.foretell(sheet)})

    def _sheet(self, typed: Typed) -> Sheet:
        made = self.form(typed)
        return made if isinstance(made, Sheet) else Sheet(made)

    def _sound(self, sheet: Sheet) -> bool:
        self.examine(sheet)
        return True

    def _filling(self, request: HttpRequest, sheet: Sheet, *, before: bool = False) -> HttpResponse:
        """``before``: the page was filled in before, and nothing came of it; nothing of that is shown unasked."""
        shown: dict[str, Any] = {
            "sheet": sheet,
            "button": _("Continue"),
            "back": self.back,
            "hint": self.hint,
            "to": request.path,
        }
        if before:
            shown["beside"] = Back(_("Go on with what you filled in here before"), f"{request.path}?{CHANGE}")
        return page(request, "sheet", self.title, **{**shown, **self.beside})


def _keep(request: HttpRequest) -> None:
    typed = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    kept = {"name": secrets.token_urlsafe(), "typed": typed}
    request.session[DRAFTS] = {**request.session.get(DRAFTS, {}), request.path: kept}


def _kept(request: HttpRequest) -> Kept | None:
    found = request.session.get(DRAFTS, {}).get(request.path)
    return None if found is None else Kept(found["name"], MultiValueDict(found["typed"]))


def _forget(request: HttpRequest) -> None:
    drafts = request.session.get(DRAFTS, {})
    request.session[DRAFTS] = {path: typed for path, typed in drafts.items() if path != request.path}


def _lines(path: str, form: SheetForm, names: tuple[str, ...]) -> Iterator[Line]:
    for _legend, fields in form.parts():
        for bound in _of(fields, names):
            value = spoken_answer(bound, form.cleaned_data.get(bound.name))
            yield Line(str(bound.label), value or _("Not provided"), f"{path}?{CHANGE}#{bound.auto_id}")


def _of(fields: Iterable[BoundField], names: tuple[str, ...]) -> Iterator[BoundField]:
    return (bound for bound in fields if not names or bound.name in names)


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
