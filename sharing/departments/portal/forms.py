"""The portal's forms: shapes only; what may be is decided by the flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.models import EventType
from sharing import signing
from sharing.addresses import URL_MOST
from sharing.certificates import BYTES_MOST
from sharing.delivery.models import IN_FLIGHT_MOST, PACE_MOST
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


class ReceiptKeyForm(forms.Form):
    key = forms.CharField(
        label=_("public key for receipts"),
        required=False,
        max_length=64,
        help_text=_("whpk_ and the base64 of an Ed25519 public key. Empty: receipts are not signed"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_key(self) -> str:
        text = str(self.cleaned_data["key"]).strip()
        try:
            if text:
                signing.parse_public_key(text)
        except ValueError:
            raise forms.ValidationError(
                _("This is no public key. It begins with whpk_, and 44 characters of base64 follow.")
            ) from None
        return text


class InstitutionForm(forms.Form):
    code = forms.SlugField(
        label=_("code"),
        max_length=48,
        help_text=_("Your programs name it so. Letters, digits, hyphens and underscores"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("name"), max_length=100)
    uscc = forms.CharField(
        label=_("unified social credit code"),
        max_length=18,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


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
        types.choices = codes.choices("document_types", retired_too=True)


class DownloadForm(forms.Form):
    """``after`` absent: the whole list."""

    form = forms.ChoiceField(choices=Form.choices)
    after = forms.IntegerField(required=False, min_value=0, max_value=2**53)


class DeclareForm(forms.Form):
    """What was ticked, or what was in a file that was downloaded, by its position; with the declaration itself."""

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
                format_lazy(_("what was in the file up to position {position}, as downloaded"), position=position),
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


def _pem_area() -> forms.Textarea:
    return forms.Textarea(
        attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off", "class": "govuk-textarea pem", "lang": "en"}
    )


class AuthoritiesForm(forms.Form):
    """Pasted or as a file, one of them; at most the bytes that are read are kept in memory."""

    pem = forms.CharField(
        label=_("certificates of the authority"),
        required=False,
        help_text=_("PEM, from BEGIN CERTIFICATE to END CERTIFICATE. Never a private key."),
        widget=_pem_area(),
    )
    file = forms.FileField(
        label=_("or a file"),
        required=False,
        help_text=_("PEM or DER, at most 64 KiB"),
        widget=forms.FileInput(attrs={"class": "govuk-file-upload", "accept": ".pem,.crt,.cer,.der"}),
    )

    def clean(self) -> dict[str, object]:
        data: dict[str, object] = super().clean() or {}
        if not self.errors and bool(data.get("pem")) == bool(data.get("file")):
            raise forms.ValidationError(_("Paste certificates or choose a file, one of the two."))
        file = self.cleaned_data.get("file")
        data["authorities"] = file.read(BYTES_MOST + 1) if file else str(data.get("pem", "")).encode()
        return data


class ChainForm(forms.Form):
    chain = forms.CharField(
        label=_("the signed certificate"),
        help_text=_("PEM: the certificate of the request first, then those that it leads to"),
        widget=_pem_area(),
    )


class PaceForm(forms.Form):
    posts_per_second = forms.IntegerField(
        label=_("posts per second"),
        required=False,
        min_value=1,
        max_value=PACE_MOST,
        help_text=_("From 1 to 1,000; empty for as fast as you answer"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input govuk-input--width-5"}),
    )
    in_flight = forms.IntegerField(
        label=_("posts in flight, at most"),
        min_value=1,
        max_value=IN_FLIGHT_MOST,
        help_text=_("From 1 to 64: how many are on their way to you at one time"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "govuk-input govuk-input--width-5"}),
    )
