"""The steps of a new screening as forms, and the filter of the trail. Numbers and names are judged by `lookup`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.actions.acting import today
from registry.admin.fields import Choice, Day, Whole, Words
from registry.errors import FieldMissing, Refusal
from registry.identity import MOST_NAME_TYPED, MOST_TYPED
from registry.pdf import papers
from sharing.employers import consent_code, lookup, trail
from sharing.employers.consent import FINGERPRINT, LONGEST_DAYS, Attestation, ByConsent, TypedCode
from sharing.employers.models import Employer, RequestState, ScreeningOutcome
from sharing.employers.portal.form_file import Fingerprinted
from sharing.employers.requesting import DAYS_USUAL, Wanted
from sharing.employers.signed_form import HOW_LONG, WHICH_FILE
from sharing.employers.spoken import WORDS, registered
from sharing.employers.trail import PROGRAMS, Sought

BETWEEN = "/"  # purpose and post in one choice
TYPED_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class StepForm(forms.Form):
    """One step; it knows the employer, because what may be chosen is this employer's."""

    def __init__(self, *args: Any, employer: Employer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.employer = employer

    def typed(self) -> dict[str, str]:
        """What was typed, valid or not, to be shown again."""
        return {name: str(self.data.get(name, ""))[:MOST_NAME_TYPED] for name in self.fields}


class PurposeForm(StepForm):
    post = Choice(
        (),
        label=_("Purpose and post"),
        help_text=_("The post that the applicant applies for. Only what your organisation was admitted for is here."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"].widget.choices = [("", "—"), *_posts(self.employer)]

    def clean_post(self) -> str:
        chosen = str(self.cleaned_data["post"])
        known = {value for _group, posts in _posts(self.employer) for value, _label in posts}
        if chosen not in known:
            raise ValidationError(_("Choose a post from the list."))
        return chosen


class SignedForm(StepForm):
    """The signed form, which stays with the employer: here is its fingerprint and its date."""

    fingerprint = forms.CharField(required=False, widget=forms.HiddenInput)
    form_file = forms.FileField(
        label=_("The signed form"),
        required=False,
        allow_empty_file=True,
        help_text=format_lazy("{} {}", WHICH_FILE, HOW_LONG),
        widget=forms.FileInput({"accept": ",".join(papers.KINDS.values())}),
    )
    signed_on = Day(
        label=_("Signed on"),
        required=False,
        help_text=format_lazy(_("At most {days} days ago. For example 2026-11-20"), days=LONGEST_DAYS),
    )

    def clean_signed_on(self) -> date | None:
        day: date | None = self.cleaned_data["signed_on"]
        if day is None:
            return None
        last = today(timezone.now())
        if day > last:
            raise ValidationError(_("The form cannot have been signed in the future."))
        if day < last - timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("The form is older than 30 days. Ask the applicant to sign a new one."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("signed_on") and "signed_on" not in self.errors:
            self.add_error("signed_on", str(FieldMissing(name=self.fields["signed_on"].label)))
        try:
            cleaned["fingerprint"] = self._fingerprint()
        except ValidationError as error:
            self.add_error("form_file", error)
        return cleaned

    def typed(self) -> dict[str, str]:
        chosen = self.files.get("form_file")
        new = chosen.sha256 if isinstance(chosen, Fingerprinted) and chosen.size else ""
        return {
            "fingerprint": new or str(self.data.get("fingerprint", ""))[:64],
            "signed_on": str(self.data.get("signed_on", ""))[:MOST_TYPED],
        }

    def consent(self) -> ByConsent:
        return Attestation(document_sha256=self.cleaned_data["fingerprint"], signed_on=self.cleaned_data["signed_on"])

    def _fingerprint(self) -> str:
        chosen = self.files.get("form_file")
        if isinstance(chosen, Fingerprinted) and chosen.size == 0:
            raise ValidationError(_("This file is empty. Choose the signed form."))
        if isinstance(chosen, Fingerprinted) and chosen.refused:
            raise ValidationError(str(chosen.refused))
        found = self.typed()["fingerprint"]
        if not FINGERPRINT.fullmatch(found):
            raise ValidationError(_("Choose the file of the signed form."))
        return found


class ConsentForm(SignedForm):
    """The applicant's code, or the signed form."""

    code = forms.CharField(
        label=_("The applicant’s code"),
        required=False,
        max_length=consent_code.TYPED_MOST,
        help_text=_("15 letters and digits in three groups. With a code no form is needed."),
        widget=forms.TextInput({**TYPED_PLAIN, "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        try:
            return consent_code.read(typed) if typed else ""
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        if not self.data.get("code"):
            return super().clean()
        typed = self.typed()
        if typed["fingerprint"] or typed["signed_on"]:
            self.add_error("code", _("Either the code or the signed form: leave the other fields empty."))
        return self.cleaned_data

    def typed(self) -> dict[str, str]:
        return {**super().typed(), "code": str(self.data.get("code", ""))[: consent_code.TYPED_MOST]}

    def consent(self) -> ByConsent:
        code = self.cleaned_data["code"]
        return TypedCode(code=code) if code else super().consent()


class PersonForm(StepForm):
    name = Words(
        label=_("The applicant’s name"),
        max_length=MOST_NAME_TYPED,
        help_text=_("As on the card"),
        widget=forms.TextInput(TYPED_PLAIN),
    )
    document_type = Choice((), label=_("Document type"), initial="resident_id")
    document_number = Words(
        label=_("Document number"),
        max_length=MOST_TYPED,
        help_text=_("The whole number, as on the card"),
        widget=forms.TextInput(TYPED_PLAIN),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(code, codes.label("document_types", code)) for code in lookup.document_types()]
        self.fields["document_type"].widget.choices = known

    def clean(self) -> dict[str, Any]:
        """Judged as the question itself is, so that a slip is found before the question is put."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                lookup.subject(**self.asked(), today=today(timezone.now()))
            except Refusal as refusal:
                self.add_error(PERSON_PLACES.get(refusal.field, "document_number"), str(refusal))
        return cleaned

    def asked(self) -> dict[str, str]:
        return {name: str(self.cleaned_data[name]) for name in ("name", "document_type", "document_number")}


PERSON_PLACES = {
    "applicant.name": "name",
    "applicant.document.type": "document_type",
    "applicant.document.number": "document_number",
    "type": "document_type",
}


class CheckForm(StepForm):
    declared = forms.BooleanField(
        label=_(
            "I declare that the applicant applies for this post, has consented for this purpose, and that the answer is used for nothing else."
        ),
        error_messages={"required": _("Tick the declaration. Without it the question cannot be put.")},
    )

    def typed(self) -> dict[str, str]:
        return {}  # declared anew each time


class RequestForm(PurposeForm):
    """What an applicant is asked for."""

    reference = Words(
        label=_("Your reference"),
        max_length=MOST_NAME_TYPED,
        help_text=_("Your own word for it, for example the number of the application. No name, no document number."),
        widget=forms.TextInput(TYPED_PLAIN),
    )
    days = Whole(label=_("Days it may be answered"), most=LONGEST_DAYS, initial=DAYS_USUAL)

    def wanted(self) -> Wanted:
        purpose, _between, post = str(self.cleaned_data["post"]).partition(BETWEEN)
        return Wanted(
            purpose=purpose, post=post, reference=self.cleaned_data["reference"], days=self.cleaned_data["days"]
        )


class StateForm(forms.Form):
    """Which requests are shown, with how many there are of each."""

    state = forms.ChoiceField(label=_("state"), required=False)

    def __init__(self, data: Any, counts: Mapping[str, int]) -> None:
        super().__init__(data)
        offered = [(state.value, f"{capfirst(state.label)} ({counts[state]})") for state in RequestState]
        self.fields["state"].choices = [("", f"{capfirst(_('all'))} ({sum(counts.values())})"), *offered]  # type: ignore[attr-defined]

    def sought(self) -> str:
        return str(self.cleaned_data["state"]) if self.is_valid() else ""


class ToldForm(forms.Form):
    told_on = Day(label=_("Told the applicant on"), help_text=_("For example 2026-11-24. It can be written down once."))


class FilterForm(forms.Form):
    outcome = forms.ChoiceField(label=_("answer"), required=False)
    purpose = forms.ChoiceField(label=_("purpose"), required=False)
    month = forms.ChoiceField(label=_("month"), required=False)
    asked_by = forms.ChoiceField(label=_("asked by"), required=False)

    def __init__(self, data: Any, *, employer: Employer) -> None:
        super().__init__(data)
        months = [(day.isoformat()[:7], date_format(day, "YEAR_MONTH_FORMAT")) for day in trail.months(employer.pk)]
        members = [(str(member.pk), member.name) for member in trail.askers(employer.pk)]
        self._offer("outcome", [(outcome.value, capfirst(str(WORDS[outcome]))) for outcome in ScreeningOutcome])
        self._offer("purpose", [(purpose.code, capfirst(purpose.label)) for purpose in registered(employer.purposes)])
        self._offer("month", months)
        self._offer("asked_by", [*members, (PROGRAMS, _("a program"))])

    def sought(self) -> Sought:
        """Of what is chosen; what cannot be read is not sought."""
        chosen = self.cleaned_data if self.is_valid() else {}
        month = chosen.get("month")
        return Sought(
            outcome=chosen.get("outcome", ""),
            purpose=chosen.get("purpose", ""),
            month=date.fromisoformat(f"{month}-01") if month else None,
            asked_by=chosen.get("asked_by", ""),
        )

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]


def _posts(employer: Employer) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The posts under their purposes."""
    for purpose in registered(employer.purposes):
        posts = purpose.posts.values()
        yield purpose.label, [(f"{purpose.code}{BETWEEN}{post.code}", post.label) for post in posts]
