"""The judge's page of an import: counts, a sample whose numbers are hidden and typed from the judgments, the decision on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import codes, identity
from registry.actions.acting import today
from registry.admin.doors import done, officer_of, page, refuse_unless
from registry.admin.fields import Words, refused
from registry.admin.imports_shown import Person, shown
from registry.admin.listings import ReasonForm
from registry.errors import AnotherCourt, FieldMissing, ImportDiffers, ImportMovedOn, Refusal
from registry.form_problems import problems_of
from registry.importing import deciding
from registry.importing.deciding import LOOKED_AT, import_for
from registry.importing.grouping import Line
from registry.models import Import, ImportState, Officer, Role

_ONE_NUMBER = _("Document number of row %(row)s, from the judgment")


class SampleForm(forms.Form):
    """Every document number of each row of the sample, typed from the judgment."""

    def __init__(self, data: object, lines: Sequence[Line], day: date) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # the request's own data
        self.lines, self.day = lines, day
        for line in lines:
            for name, type_code in self._asked(line).items():
                widget = forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
                said = {"row": line.number, "type": codes.label("document_types", type_code)}
                label = (
                    _ONE_NUMBER
                    if len(self._asked(line)) == 1
                    else _("Document number of row %(row)s, from the judgment: %(type)s")
                )
                self.fields[name] = Words(label=label % said, required=False, max_length=100, widget=widget)

    def clean(self) -> None:
        """Whether each can be a document number at all: a slip of the judge's own hand sends nothing back."""
        for line in self.lines:
            for name, type_code in self._asked(line).items():
                try:
                    self._read(name, type_code)
                except Refusal as refusal:
                    self.add_error(name, refused(refusal))

    def typed(self) -> dict[int, tuple[str, ...]]:
        return {line.number: tuple(self.cleaned_data[name] for name in self._asked(line)) for line in self.lines}

    def numbers(self, line: Line) -> list[forms.BoundField]:
        return [self[name] for name in self._asked(line)]

    def _asked(self, line: Line) -> dict[str, str]:
        """Name of the field → type of the document."""
        assert line.party is not None
        types = [each.type for each in line.party.entry.person.documents]
        name = f"row-{line.number}"
        return {f"{name}-{place}" if place > 1 else name: each for place, each in enumerate(types, 1)}

    def _read(self, name: str, type_code: str) -> None:
        typed = str(self.cleaned_data.get(name, ""))
        if not typed.strip():
            raise FieldMissing(name=self.fields[name].label)
        identity.canonical(type_code, typed, today=self.day)


@dataclass
class Row:
    person: Person
    numbers: list[forms.BoundField]


@dataclass
class Desk:
    """Everything that one request to the page stands on."""

    request: HttpRequest
    officer: Officer
    import_: Import
    lines: list[Line]
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest, import_id: UUID) -> Desk:
        officer = officer_of(request)
        refuse_unless(officer, (Role.JUDGE,), _("approve the import"))
        import_ = import_for(officer, import_id)
        if import_.court_id != officer.court_id:
            raise AnotherCourt
        if import_.state != ImportState.SUBMITTED:
            raise ImportMovedOn(state=ImportState(import_.state).label)
        return cls(request, officer, import_, deciding.lines_of(import_, deciding.sample(import_)), timezone.now())

    def answer(self, form: SampleForm | None = None, returning: ReasonForm | None = None) -> HttpResponse:
        first = deciding.lines_of(self.import_, deciding.preview(self.import_))
        deciding.record_looks([*self.lines, *first], officer=self.officer, page=LOOKED_AT, now=self.now)
        form = form or SampleForm(None, self.lines, today(self.now))
        returning = returning or ReasonForm(None)
        return page(
            self.request,
            "import_review",
            _("Review the import"),
            import_=self.import_,
            rows=[Row(shown(line), form.numbers(line)) for line in self.lines],
            people=list(map(shown, first)),
            form=returning,
            problems=[problem for each in (form, returning) for problem in problems_of(each)],
        )


def review_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    desk = Desk.of(request, import_id)
    if request.method != "POST":
        return desk.answer()
    if request.POST.get("do") == "return":
        return _send_back(desk)
    form = SampleForm(request.POST, desk.lines, today(desk.now))
    if not form.is_valid():
        return desk.answer(form)
    try:
        deciding.approve(import_id, typed=form.typed(), officer=desk.officer, now=desk.now)
    except ImportDiffers as refusal:
        return page(request, "refused", refusal.message % refusal.facts, status=refusal.status, refusal=refusal)
    done(request, _("Approved. The rows are being written."))
    return redirect("admin:import", import_id)


def _send_back(desk: Desk) -> HttpResponse:
    form = ReasonForm(desk.request.POST)
    if not form.is_valid():
        return desk.answer(returning=form)
    try:
        deciding.send_back(desk.import_.pk, reason=form.cleaned_data["reason"], officer=desk.officer, now=desk.now)
    except Refusal as refusal:
        form.add_error(refusal.field or None, refused(refusal))
        return desk.answer(returning=form)
    done(desk.request, _("Returned to the clerk with the reason."))
    return redirect("admin:import", desk.import_.pk)
