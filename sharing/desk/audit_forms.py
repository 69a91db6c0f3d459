"""What an auditor fills in: a sample, a finding, an evidence pack, a part of the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.admin.fields import NOTHING_CHOSEN, Choice, Whole, Words, refused
from registry.admin.sheets import SheetForm
from registry.errors import Text, UnknownCode
from registry.models import Court, ListingYear, State
from sharing.audit.models import SampleKind, Verdict
from sharing.audit.sampling import MOST, NOTE_MOST
from sharing.audit.taking import Form
from sharing.desk.statistics_forms import PeriodForm

EVERY: tuple[str, Text] = ("", _("all"))
FORMS = ((Form.CSV.value, _("CSV, for programs")), (Form.XLSX.value, _("Excel")))


class Known(Choice):
    """One of a few words, and no other: what is read here is made into a value of the product at once."""

    def __init__(self, choices: Sequence[tuple[str, Text]], **options: Any) -> None:
        super().__init__(choices, **options)
        self.known = {code for code, _label in choices}

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and value not in self.known:
            raise refused(UnknownCode(value=str(value)[: codes.SHOWN_CHARACTERS], list=self.label))


class SampleForm(PeriodForm):
    sections = (
        (_("What to draw"), ("kind", "size", "courts")),
        (_("Period"), ("begins", "ends")),
    )

    kind = Known([NOTHING_CHOSEN, *SampleKind.choices], label=_("Of what"))
    size = Whole(label=_("Rows"), most=MOST, grouped=True, help_text=_("As many as you will really work through."))
    courts = forms.MultipleChoiceField(label=_("Courts"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, initial={"size": 25})
        courts = self.fields["courts"]
        assert isinstance(courts, forms.MultipleChoiceField)
        courts.choices = _courts()
        courts.help_text = _("None ticked: every court. Of looks, the courts of the officers who looked.")


class FindingForm(SheetForm):
    verdict = Known([NOTHING_CHOSEN, *Verdict.choices], label=_("Book and paper"))
    note = Words(
        label=_("What differs, or what you compared"),
        required=False,
        max_length=NOTE_MOST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Without names or document numbers: the evidence pack holds it. Needed where they differ."),
    )


class PackForm(PeriodForm):
    sections = (
        (_("Period of acts and looks"), ("begins", "ends")),
        (_("What else"), ("listing_number", "sample")),
    )

    listing_number = Words(
        label=_("One listing alone"),
        required=False,
        max_length=16,
        help_text=_("Its number. Empty: every listing."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "class": "short"}),
    )

    def __init__(self, data: Mapping[str, Any] | None, samples: list[str]) -> None:
        super().__init__(data)
        choices: list[tuple[str, Text]] = [("", _("no sample")), *((number, number) for number in samples)]
        self.fields["sample"] = Choice(choices, label=_("With this sample and its findings"), required=False)


class BookForm(SheetForm):
    """``every_court``: of who may choose the court; ``masked``: of who may have masked numbers."""

    def __init__(self, data: Mapping[str, Any] | None, *, every_court: bool, masked: bool) -> None:
        super().__init__(data)
        self.fields["state"] = Known(_states(), label=_("State"), required=False)
        if every_court:
            self.fields["court"] = Choice([EVERY, *_courts()], label=_("Court"), required=False)
        self.fields["year"] = Choice([EVERY, *_years()], label=_("Year of the number"), required=False)
        self.fields["form"] = Known(FORMS, label=_("File format"), initial=Form.CSV.value)
        if masked:
            self.fields["masked"] = forms.BooleanField(
                label=_("With masked document numbers: an access record for each listing"), required=False
            )


def _states() -> list[tuple[str, Text]]:
    return [EVERY, *((state.value, state.label) for state in State)]


def _courts() -> list[tuple[str, str]]:
    return [(court.code, str(court)) for court in Court.objects.all()]


def _years() -> list[tuple[str, str]]:
    years = ListingYear.objects.order_by("-year").values_list("year", flat=True)
    return [(str(year), str(year)) for year in years]
