"""A sheet: the form of one page with its rows of further forms, checked together, with every fault in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from django import forms
from django.forms import BaseFormSet, BoundField
from django.http import HttpRequest, HttpResponse

from registry.admin.doors import FORBIDDEN, page
from registry.admin.fields import refused
from registry.admin.prefill import Prefill, taken
from registry.errors import Refusal, Refusals, Text
from registry.form_problems import Problem, problems_of

Result = TypeVar("Result")


class SheetForm(forms.Form):
    """``sections``: legend and names of the fields under it, in reading order; a field that is absent is passed over.

    ``plain``: labels do not say which fields are optional, since all are.
    """

    sections: tuple[tuple[Text, tuple[str, ...]], ...] = ()
    plain: ClassVar[bool] = False

    def parts(self) -> Iterator[tuple[Text, list[BoundField]]]:
        for legend, names in self.sections or (("", tuple(self.fields)),):
            yield legend, [self[name] for name in names if name in self.fields]


class RowForm(forms.Form):
    """One row. It counts once a field of ``keys`` holds something; the others may have a value from the start."""

    keys: ClassVar[tuple[str, ...]] = ()

    @property
    def filled(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.keys)


@dataclass
class Rows:
    """``early``: they stand after the form's first section, not at its end."""

    legend: Text
    hint: Text
    formset: BaseFormSet[Any]
    early: bool = False

    @property
    def filled(self) -> list[RowForm]:
        return [form for form in self.formset.forms if form.filled]


@dataclass
class Sheet:
    """``rows``: by the name that refusals use, for example "documents" in "documents.0.number"."""

    form: SheetForm
    rows: Mapping[str, Rows] = field(default_factory=dict)

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(rows.formset.is_valid() for rows in self.rows.values())])

    def __getitem__(self, name: str) -> Any:
        return self.form.cleaned_data[name]

    def filled(self, name: str) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.rows[name].filled]

    def lay_out(self, prefill: Prefill) -> None:
        prefill.lay_out(self.form)
        for name, rows in self.rows.items():
            prefill.lay_out_rows(name, rows.formset.forms)

    def show(self, error: Refusal | Refusals) -> None:
        """Put each refusal beside the field that it blames."""
        filled = {name: rows.filled for name, rows in self.rows.items()}
        for refusal in error.refusals if isinstance(error, Refusals) else [error]:
            form, name = self._place(refusal.field, filled)
            form.add_error(name, refused(refusal))

    def _place(self, dotted: str, filled: Mapping[str, list[RowForm]]) -> tuple[forms.Form, str | None]:
        first, _dot, rest = dotted.partition(".")
        if first in self.rows:
            index, _dot, name = rest.partition(".")
            forms_of = filled[first] or list(self.rows[first].formset.forms)
            form = forms_of[min(int(index or 0), len(forms_of) - 1)]
            return form, name or form.keys[0]
        if first in self.form.fields:
            return self.form, first
        for rows in filled.values():
            if len(rows) == 1 and first in rows[0].fields:
                return rows[0], first
        return self.form, None

    @property
    def problems(self) -> list[Problem]:
        every: list[forms.Form] = [self.form]
        for rows in self.rows.values():
            every.extend(rows.formset.forms)
        return [problem for form in every for problem in problems_of(form)]


def attempt(sheet: Sheet, act: Callable[[], Result]) -> Result | None:
    """Do the act if the sheet can be read. None: it was refused, and the sheet says why.

    A missing right is not a fault of the sheet and goes through to the door.
    """
    if not sheet.is_valid():
        return None
    try:
        return act()
    except Refusals as found:
        sheet.show(found)
    except Refusal as refusal:
        if refusal.status == FORBIDDEN:
            raise
        sheet.show(refusal)
    return None


def sheet_page(
    request: HttpRequest, sheet: Sheet, title: Text, act: Callable[[], HttpResponse], **context: Any
) -> HttpResponse:
    """Show the sheet; on POST do the act, which redirects, or show the sheet again as it was typed."""
    if request.method == "POST":
        answer = attempt(sheet, act)
        if answer is not None:
            return answer
    elif prefill := taken(request):
        sheet.lay_out(prefill)
    return page(request, "sheet", title, sheet=sheet, **context)
