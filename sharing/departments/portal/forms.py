"""The portal's forms: shapes only; what may be is decided by the flows."""

from __future__ import annotations

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from registry.models import EventType
from sharing import signing
from sharing.addresses import URL_MOST
from sharing.parties.models import MemberRole


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


class MemberForm(forms.Form):
    username = forms.CharField(
        label=_("user name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("To sign in with. Letters, digits and @ . + - _"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("name"), max_length=100, help_text=_("As the portal shows it"))
    email = forms.EmailField(label=_("e-mail"), help_text=_("Alarms and reminders go there"))
    role = forms.ChoiceField(
        label=_("role"),
        choices=MemberRole.choices,
        initial=MemberRole.INTEGRATOR,
        help_text=_("An owner also takes members in and registers the key for receipts"),
    )


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


class FilterForm(NumberForm):
    type = forms.ChoiceField(
        label=_("event"),
        required=False,
        choices=[
            ("", _("all")),
            *((value, label) for value, label in EventType.choices if value != EventType.ANCHORED),
        ],
    )
