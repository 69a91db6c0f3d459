"""The portal's forms: shapes only; what may be is decided by the flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.models import EventType
from sharing.addresses import URL_MOST
from sharing.departments.downloading import Form


class AddressForm(forms.Form):
    url = forms.CharField(
        label=_("address"),
        max_length=URL_MOST,
        help_text=_("https, a public host name, no redirection. For example https://receiver.example.gov.cn/webhooks"),
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url", "spellcheck": "false"}),
    )


class CatchUpForm(forms.Form):
    """From a position, or from a time; one of them."""

    after = forms.IntegerField(
        label=_("after the position"),
        required=False,
        min_value=0,
        max_value=2**53,
        help_text=_("The last position that you hold for certain; 0 brings everything"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    since = forms.DateTimeField(
        label=_("or since a moment"),
        required=False,
        help_text=_("In Beijing time, for example 2026-11-24 08:00"),
        widget=forms.TextInput(),
    )

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        if not self.errors and (data.get("after") is None) == (data.get("since") is None):
            raise forms.ValidationError(_("Give a position or a moment, one of the two."))
        return data


class NumberForm(forms.Form):
    number = forms.CharField(label=_("listing number"), required=False, max_length=16)


class LookUpForm(forms.Form):
    """One document, as printed; number and name go with the body of a POST and nowhere else."""

    document_type = forms.ChoiceField(label=_("document type"), initial="resident_id")
    document_number = forms.CharField(
        label=_("document number"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("name"),
        max_length=400,
        help_text=_("As on the document"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        types = self.fields["document_type"]
        assert isinstance(types, forms.ChoiceField)
        types.choices = codes.choices("document_types")


class DownloadForm(forms.Form):
    """``after`` absent: the whole list."""

    form = forms.ChoiceField(choices=Form.choices)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**53)


class DeclareForm(forms.Form):
    """What was ticked, or everything up to a position that was downloaded; with the declaration itself."""

    TICKED, UP_TO = "ticked", "up_to"

    which = forms.ChoiceField(
        label=_("for which"),
        choices=[(TICKED, _("those ticked above"))],
        widget=forms.RadioSelect,
        initial=TICKED,
    )
    declared = forms.BooleanField(
        label=_(
            "I declare for my department that what these say was applied, and that of every withdrawn listing all "
            "copies were purged, also where it was passed on."
        ),
        error_messages={"required": _("Without the declaration nothing is recorded. Tick it if it is so.")},
    )

    def __init__(self, downloaded: Sequence[int], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        which = self.fields["which"]
        assert isinstance(which, forms.ChoiceField)
        up_to = [
            (
                f"{self.UP_TO}-{position}",
                format_lazy(_("all up to position {position}, as downloaded"), position=position),
            )
            for position in downloaded
        ]
        which.choices = [(self.TICKED, _("those ticked above")), *up_to]

    @property
    def position(self) -> int | None:
        """Up to where, if not those ticked."""
        chosen = self.cleaned_data["which"]
        return None if chosen == self.TICKED else int(chosen.removeprefix(f"{self.UP_TO}-"))


class FilterForm(NumberForm):
    type = forms.ChoiceField(
        label=_("event"),
        required=False,
        choices=[
            ("", _("all")),
            *((value, label) for value, label in EventType.choices if value != EventType.ANCHORED),
        ],
    )
