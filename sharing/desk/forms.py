"""What a registrar fills in about departments: shapes only; the flows say what may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.admin.fields import (
    NOTHING_CHOSEN,
    Choice,
    Code,
    Codes,
    Day,
    Field,
    MailAddress,
    Reason,
    UserName,
    Whole,
    Words,
    refused,
)
from registry.admin.sheets import Sheet, SheetForm
from registry.errors import FieldMissing
from sharing.departments.joining import MOST_MONTHS, InstrumentTerms
from sharing.departments.measures import MeasureTerms
from sharing.departments.models import Instrument, Measure, Onward
from sharing.disclosure import SharedField
from sharing.parties.models import ROLES, MemberRole, OrganisationKind


class Slug(Field, forms.SlugField):
    """Letters without accents, digits, hyphens."""


class Choices(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class DepartmentForm(SheetForm):
    name = Words(label=_("Name"), max_length=100)
    name_en = Words(label=_("English name"), max_length=100, required=False)
    code = Slug(
        label=_("Code"),
        max_length=48,
        help_text=_("Letters a to z, digits and hyphens, for example beijing-finance. It never changes."),
    )
    uscc = Words(
        label=_("Unified social credit code"), max_length=30, help_text=_("18 characters, as on the certificate.")
    )
    sector = Code("sectors", label=_("Sector"))


class InstrumentForm(SheetForm):
    sections = (
        (_("Document"), ("number", "signed_on", "expires_on")),
        (_("What it says"), ("shared", "onward", "onward_note", "retention_months")),
    )

    number = Words(label=_("Number"), max_length=64, help_text=_("For example 京高法共享〔2026〕1号."))
    signed_on = Day(label=_("Signed on"), help_text=_("As 2026-09-01 or 2026年9月1日."))
    expires_on = Day(label=_("Expires on"), help_text=_("Its last day."))
    shared = Choices(
        label=_("Fields shared"),
        choices=SharedField.choices,
        required=False,
        initial=list(SharedField.values),
        help_text=_("What is not ticked is left out of everything that the department is told on this instrument."),
    )
    onward = Choice([NOTHING_CHOSEN, *Onward.choices], label=_("May be passed on"))
    onward_note = Words(
        label=_("In the instrument’s words"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("How it words the rule on passing on."),
    )
    retention_months = Whole(
        label=_("Months kept after the end"),
        most=MOST_MONTHS,
        blank=0,
        required=False,
        help_text=_("Of a listing whose term is over. What is withdrawn is purged at once. Empty: 0 months."),
    )

    def terms(self) -> InstrumentTerms:
        said = dict(self.cleaned_data)
        return InstrumentTerms(fields=tuple(said.pop("shared")), **said)


class RenewalForm(SheetForm):
    expires_on = Day(label=_("New expiry"), help_text=_("Its last day."))


class MeasureForm(SheetForm):
    code = Slug(label=_("Code"), max_length=48, help_text=_("As the messages say it, for example limit-accounts."))
    name = Words(
        label=_("Name in Chinese"),
        required=False,
        max_length=60,
        help_text=_(
            "As the department’s people and the listed person read it, for example 限制开户. Empty for information only."
        ),
    )
    name_en = Words(label=_("Name in English"), required=False, max_length=120)
    information_only = forms.BooleanField(
        label=_("Information only: the department does nothing with it"), required=False
    )
    basis = Words(
        label=_("Legal basis"),
        required=False,
        max_length=200,
        help_text=_("The article that allows the measure. Empty for information only."),
    )
    articles = Codes("articles", label=_("Articles of the offence"), help_text=_("It fits a listing of one of them."))
    facts = Codes(
        "facts", retired_too=True, label=_("Facts needed"), help_text=_("It fits where the judgment finds all of them.")
    )
    longest_months = Whole(
        label=_("Longest term in months"),
        least=1,
        most=MOST_MONTHS,
        required=False,
        help_text=_("From effect on; then the department is withdrawn from. Empty: as long as the listing."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        sealed = {code for code, entry in codes.entries("articles").items() if entry.sealed}
        offered = [choice for choice in codes.choices("articles", retired_too=True) if choice[0] not in sealed]
        self.fields["articles"].widget.choices = offered

    def clean_articles(self) -> tuple[str, ...]:
        articles: tuple[str, ...] = self.cleaned_data["articles"]
        if not articles:
            raise refused(FieldMissing(name=self.fields["articles"].label))
        return articles

    def terms(self) -> MeasureTerms:
        return MeasureTerms(**{name: value for name, value in self.cleaned_data.items() if name != "reason"})


class ReplacementForm(MeasureForm):
    reason = Reason()


class ReasonForm(SheetForm):
    reason = Reason()


_DEPARTMENT_ROLES = [(role.value, role.label) for role in ROLES[OrganisationKind.DEPARTMENT]]


class MemberForm(SheetForm):
    name = Words(label=_("Name"), max_length=100)
    username = UserName(label=_("User name"), max_length=150, widget=forms.TextInput({"autocomplete": "off"}))
    email = MailAddress(
        label=_("E-mail"),
        required=False,
        widget=forms.TextInput({"inputmode": "email", "autocomplete": "off"}),
        help_text=_("Where alarms about the department’s endpoints go."),
    )
    role = Choice(_DEPARTMENT_ROLES, label=_("Role"), initial=MemberRole.INTEGRATOR.value)


def replacement(typed: Mapping[str, Any] | None, measure: Measure) -> ReplacementForm:
    """The terms as they are, to be changed."""
    names = ("code", "name", "name_en", "information_only", "basis", "articles", "facts", "longest_months")
    return ReplacementForm(typed, initial={name: getattr(measure, name) for name in names})


def renewal(typed: Mapping[str, Any] | None, instrument: Instrument) -> RenewalForm:
    return RenewalForm(typed, initial={"expires_on": instrument.expires_on})


def measure_terms(sheet: Sheet) -> MeasureTerms:
    assert isinstance(sheet.form, MeasureForm)
    return sheet.form.terms()


def instrument_terms(sheet: Sheet) -> InstrumentTerms:
    assert isinstance(sheet.form, InstrumentForm)
    return sheet.form.terms()
