"""The forms of enrolling and of the endpoint: shapes only; what may be is decided by the flows."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import today
from registry.admin.fields import Day, Words
from registry.errors import Refusal
from registry.identity import MOST_NAME_TYPED, MOST_TYPED
from sharing.addresses import URL_MOST
from sharing.employers import reference
from sharing.employers.monitoring import enrolling
from sharing.employers.portal.forms import TYPED_PLAIN, CheckForm, PersonForm, PurposeForm, SignedForm


class PrintedFormForm(PurposeForm):
    """For which post the form is printed that an applicant or employee signs."""

    until = Day(
        label=_("Monitor until"),
        required=False,
        help_text=_(
            "For an employee who is to be monitored: the last day, at most 12 months from today, which the form then names. Empty for an applicant."
        ),
    )

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day is not None:
            _check_until(day)
        return day


class EnrolConsentForm(SignedForm):
    until = Day(
        label=_("Monitor until"),
        help_text=_("The last day that the form names, at most 12 months from today. For example 2027-11-20"),
    )

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        _check_until(day)
        return day

    def typed(self) -> dict[str, str]:
        return {**super().typed(), "until": str(self.data.get("until", ""))[:MOST_TYPED]}


class EmployeeForm(PersonForm):
    name = Words(
        label=_("The employee’s name"),
        max_length=MOST_NAME_TYPED,
        help_text=_("As on the card"),
        widget=forms.TextInput(TYPED_PLAIN),
    )
    reference = Words(
        label=_("Your reference"),
        max_length=reference.REFERENCE_MOST,
        help_text=_("By it you find the employee when you are told of a change. No name and no document number."),
        widget=forms.TextInput({**TYPED_PLAIN, "class": "short"}),
    )

    def clean_reference(self) -> str:
        try:
            return reference.check(str(self.cleaned_data["reference"]))
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from None


class EnrolCheckForm(CheckForm):
    declared = forms.BooleanField(
        label=_(
            "I declare that the employee holds this post or is about to, signed the form for this purpose, for monitoring and until this day, and that what is told is used for nothing else."
        ),
        error_messages={"required": _("Tick the declaration. Without it nobody is enrolled.")},
    )


class AddressForm(forms.Form):
    url = forms.CharField(
        label=_("address"),
        max_length=URL_MOST,
        help_text=_("https, a public host name, no redirection. For example https://hr.example.com/changes"),
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url", "spellcheck": "false"}),
    )


def _check_until(day: date) -> None:
    try:
        enrolling.check_until(day, today(timezone.now()))
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal)) from None


def typed_day(text: str) -> date:
    """Of a step that is whole."""
    day: Any = Day().clean(text)
    assert isinstance(day, date)
    return day
