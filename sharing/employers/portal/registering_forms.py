"""The steps of a registration as forms, and how its page is reached. Credit codes are judged by `registry.identity`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import identity
from registry.actions.acting import today
from registry.admin.fields import MailAddress, Words
from registry.errors import Refusal
from registry.identity import MOST_NAME_TYPED
from sharing.employers.calling import MEGABYTE
from sharing.employers.purposes import Purpose, purposes
from sharing.employers.registering import WORDS_MOST, Sent
from sharing.employers.spoken import SCOPE_MEANINGS, articles_of
from sharing.parsing import FileParser

BETWEEN = ","
LONGEST = 300  # characters of one answer that are carried on
MAIL_MOST = 200
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,28}[0-9]", re.ASCII)
FILES = "application/pdf,image/jpeg,image/png"
MOST = FileParser.most // MEGABYTE


class StepForm(forms.Form):
    """One step. What was typed is carried as text from page to page."""

    def typed(self) -> dict[str, str]:
        """What was typed, valid or not, to be shown again."""
        return {name: str(self.data.get(name, ""))[:LONGEST] for name in self.fields}

    @classmethod
    def again(cls, typed: Mapping[str, str]) -> StepForm:
        """The step as it was sent before, to be judged anew."""
        return cls(cls.as_sent(typed))

    @classmethod
    def as_sent(cls, typed: Mapping[str, str]) -> MultiValueDict[str, str]:
        return MultiValueDict({name: [value] for name, value in typed.items()})


class OrganisationForm(StepForm):
    name = Words(label=_("name of the organisation"), max_length=100, help_text=_("As on the business licence"))
    name_en = Words(label=_("English name"), max_length=100, required=False)
    uscc = Words(
        label=_("unified social credit code"),
        max_length=30,
        help_text=_("18 characters, as on the business licence"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    address = Words(label=_("address of the organisation"), max_length=200)

    def clean_uscc(self) -> str:
        try:
            return identity.canonical("uscc", self.cleaned_data["uscc"], today=today(timezone.now()), field="uscc")
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None


class PurposesForm(StepForm):
    legal_basis = Words(
        label=_("legal basis"),
        max_length=200,
        help_text=_("The article that lets your organisation ask, for example: Criminal Law, art. 37-1"),
    )
    purposes = forms.MultipleChoiceField(
        label=_("purposes"),
        help_text=_("What you want to ask for. Choose only what you need; the court may admit you for less."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one purpose.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purposes"].choices = [(each.code, each.label) for each in purposes().values()]  # type: ignore[attr-defined]

    def typed(self) -> dict[str, str]:
        chosen = self.data.getlist("purposes") if isinstance(self.data, MultiValueDict) else []
        known = [code for code in chosen if code in purposes()]
        return {"legal_basis": str(self.data.get("legal_basis", ""))[:LONGEST], "purposes": BETWEEN.join(known)}

    @classmethod
    def as_sent(cls, typed: Mapping[str, str]) -> MultiValueDict[str, str]:
        sent = super().as_sent(typed)
        sent.setlist("purposes", [code for code in typed.get("purposes", "").split(BETWEEN) if code])
        return sent

    def offered(self) -> Iterator[dict[str, Any]]:
        """Each purpose as a box, with its posts, its article and what it would let the organisation learn."""
        chosen = set(self["purposes"].value() or ())
        for place, purpose in enumerate(purposes().values()):
            yield {"id": f"id_purposes_{place}", "chosen": purpose.code in chosen, **_said(purpose)}


class ContactForm(StepForm):
    contact_name = Words(
        label=_("name of the contact"),
        max_length=MOST_NAME_TYPED,
        help_text=_("Who answers for the registration, and will be the first owner of the account"),
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    email = MailAddress(
        label=_("e-mail"),
        max_length=MAIL_MOST,
        help_text=_("Has to be confirmed by a link. What becomes of it, and the invitation, go there."),
        widget=forms.TextInput({"inputmode": "email", "autocomplete": "email"}),
    )
    phone = Words(
        label=_("telephone"), max_length=30, widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"})
    )

    def clean_contact_name(self) -> str:
        try:
            return identity.canonical_name(self.cleaned_data["contact_name"], "contact_name")
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if not PHONE.fullmatch(phone):
            raise ValidationError(_("Write the number with digits, for example 010-1234 5678."))
        return phone


class CheckForm(StepForm):
    licence = forms.FileField(
        label=_("business licence or letter of authority"),
        required=False,
        allow_empty_file=True,
        help_text=format_lazy(_("PDF, JPEG or PNG, at most {most} MB. It lies sealed until it is decided."), most=MOST),
        widget=forms.FileInput({"accept": FILES, "class": "govuk-file-upload"}),
    )
    declared = forms.BooleanField(
        label=_("I may speak for this organisation, and what is stated here is true."),
        error_messages={"required": _("Tick the declaration. Without it nothing can be sent.")},
    )

    def typed(self) -> dict[str, str]:
        return {}  # declared anew each time, and the file goes with the sending alone


class EntryForm(forms.Form):
    number = Words(
        label=_("number of the registration"), max_length=64, widget=forms.TextInput({"autocomplete": "off"})
    )
    secret = Words(
        label=_("secret"), max_length=64, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
    )


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("your answer"),
        required=False,
        max_length=WORDS_MOST,
        help_text=_("Without anybody’s document number"),
        widget=forms.Textarea({"rows": 5}),
    )
    licence = forms.FileField(
        label=_("file"),
        required=False,
        allow_empty_file=True,
        help_text=format_lazy(_("PDF, JPEG or PNG, at most {most} MB"), most=MOST),
        widget=forms.FileInput({"accept": FILES, "class": "govuk-file-upload"}),
    )


def sent_of(forms_of: Mapping[str, StepForm]) -> Sent:
    """What the valid steps say."""
    said = {name: value for form in forms_of.values() for name, value in form.cleaned_data.items()}
    return Sent(**{name: said[name] for name in Sent.__dataclass_fields__})


def _said(purpose: Purpose) -> dict[str, Any]:
    return {
        "code": purpose.code,
        "label": purpose.label,
        "posts": _("; ").join(post.label for post in purpose.posts.values()),
        "articles": articles_of(purpose),
        "learn": SCOPE_MEANINGS[purpose.scope],
        "consent": purpose.consent_needed,
    }
