"""What a registrar fills in about employers and consents: shapes only; the flows say what may be."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.admin.fields import NOTHING_CHOSEN, Choice, MailAddress, Reason, UserName, Whole, Words
from registry.admin.sheets import SheetForm
from registry.models import PersonKind
from sharing.desk.forms import Choices, Slug
from sharing.employers.models import Registration, Verdict
from sharing.employers.overseeing import Entry
from sharing.employers.purposes import purposes
from sharing.parties.models import ROLES, MemberRole, OrganisationKind

MOST_QUESTIONS = 100_000
MOST_CALLED = 100
YES, NO = "yes", "no"


class EmployerForm(SheetForm):
    sections = (
        (_("Employer"), ("name", "name_en", "code", "uscc")),
        (_("What it may ask"), ("legal_basis", "admitted_for", "daily_quota")),
    )

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
    legal_basis = Words(label=_("Legal basis"), max_length=200, help_text=_("The article that lets it ask."))
    admitted_for = Choices(label=_("Purposes"), help_text=_("What it may ask for; everything else is refused."))
    daily_quota = Whole(
        label=_("Questions a day"),
        most=MOST_QUESTIONS,
        grouped=True,
        help_text=_("A question that gets no answer at once counts tenfold."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["admitted_for"].choices = [(each.code, each.label) for each in purposes().values()]  # type: ignore[attr-defined]


class RegisteredForm(EmployerForm):
    """The same for an organisation that registered itself: its credit code stays, its purposes may become fewer."""

    def __init__(self, *args: Any, registration: Registration, **options: Any) -> None:
        asked = {name: getattr(registration, name) for name in ("name", "name_en", "uscc", "legal_basis")}
        quota = settings.SHARING_SCREENINGS_A_DAY
        options["initial"] = {**asked, "admitted_for": registration.purposes, "daily_quota": quota}
        super().__init__(*args, **options)
        self.fields["uscc"].disabled = True
        named = [(each.code, each.label) for each in purposes().values() if each.code in registration.purposes]
        self.fields["admitted_for"].choices = named  # type: ignore[attr-defined]
        self.fields["admitted_for"].help_text = _("What it asked for. Take away what it is not admitted for.")
        self.fields["code"].help_text = _(
            "Letters a to z, digits and hyphens, for example beijing-finance. It never changes, and is the first owner’s user name."
        )


class EntryForm(SheetForm):
    name = Words(
        label=_("Name"), max_length=100, help_text=_("Applicants read it from now on, with requests made before, too.")
    )
    name_en = Words(label=_("English name"), max_length=100, required=False)
    legal_basis = Words(label=_("Legal basis"), max_length=200, help_text=_("The article that lets it ask."))
    admitted_for = Choices(
        label=_("Purposes"),
        help_text=_(
            "For what is taken away nobody is asked about any more: links that nobody answered lead nowhere, and monitoring for it ends."
        ),
    )
    reason = Reason()

    def __init__(self, *args: Any, entry: Entry, **options: Any) -> None:
        options["initial"] = asdict(entry)
        super().__init__(*args, **options)
        named = [(each.code, each.label) for each in purposes().values()]
        gone = [(code, code) for code in entry.admitted_for if code not in purposes()]
        self.fields["admitted_for"].choices = [*named, *gone]  # type: ignore[attr-defined]


class EmployerMemberForm(SheetForm):
    name = Words(label=_("Name"), max_length=100)
    username = UserName(label=_("User name"), max_length=150, widget=forms.TextInput({"autocomplete": "off"}))
    email = MailAddress(
        label=_("E-mail"),
        widget=forms.TextInput({"inputmode": "email", "autocomplete": "off"}),
        help_text=_("Where it is told of forms called in, of results recalled and of answers that changed."),
    )
    role = Choice(
        [(role.value, role.label) for role in ROLES[OrganisationKind.EMPLOYER]],
        label=_("Role"),
        initial=MemberRole.OWNER.value,
    )


class QuotaForm(SheetForm):
    questions = Whole(label=_("Questions a day"), most=MOST_QUESTIONS, grouped=True)
    reason = Reason()


class AllowanceForm(SheetForm):
    questions = Whole(
        label=_("Questions for this campaign"),
        most=MOST_QUESTIONS,
        grouped=True,
        help_text=_("0: none, it goes on day by day."),
    )
    reason = Reason()


class EnrolledForm(SheetForm):
    most = Whole(label=_("Most employees enrolled"), most=MOST_QUESTIONS, grouped=True)
    reason = Reason()


class CallInForm(SheetForm):
    forms = Whole(label=_("Number of forms"), most=MOST_CALLED, grouped=True)
    reason = Reason()


class ComparedForm(SheetForm):
    """What stands on the form, typed from it: the register does not keep what was asked."""

    document_type = Choice((), label=_("Document type"), initial="resident_id")
    document_number = Words(
        label=_("Document number on the form"), max_length=64, widget=forms.TextInput({"autocomplete": "off"})
    )
    name = Words(label=_("Name on the form"), max_length=100, widget=forms.TextInput({"autocomplete": "off"}))
    same_person = Choice(
        [NOTHING_CHOSEN, (YES, _("yes, the same person")), (NO, _("no, somebody else"))],
        label=_("Is the person of the listing the applicant?"),
        required=False,
        help_text=_("Only where a listing bears this number and another name; the page asks for it then."),
    )
    reason = Words(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed where you decide whether it is the same person. Without names or document numbers."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        entries = codes.entries("document_types").items()
        natural = {code for code, row in entries if row.extra["kind"] == PersonKind.NATURAL}
        offered = [choice for choice in codes.choices("document_types", retired_too=True) if choice[0] in natural]
        self.fields["document_type"].widget.choices = offered


class RefusedForm(SheetForm):
    verdict = Choice(
        [
            NOTHING_CHOSEN,
            (Verdict.MISTYPED.value, _("It is signed, but the question named somebody else: it may be asked anew")),
            (Verdict.NO_CONSENT.value, _("It is no valid consent: the employer is suspended")),
        ],
        label=_("What is wrong with the form"),
    )
    reason = Reason()
