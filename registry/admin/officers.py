"""Appointing an officer, by a registrar of the High Court; and each officer's own mail address."""

from __future__ import annotations

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.actions.appointing import appoint, change_mail_address, may_appoint
from registry.admin.doors import done, officer_of
from registry.admin.fields import NOTHING_CHOSEN, MailAddress, Words
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import WrongRole
from registry.models import Account, Court, Role


def _password_rules() -> str:
    return " ".join(password_validators_help_texts())


WHERE_REMINDERS_GO = _("Where reminders go of what waits for too long. They name nobody.")


class OfficerForm(SheetForm):
    sections = (
        (_("Appointment"), ("name", "staff_number", "court", "role")),
        (_("Account"), ("user_name", "email", "password", "password_again")),
    )

    name = Words(label=_("Name"), max_length=100)
    staff_number = Words(label=_("Staff number"), max_length=32)
    court = forms.ModelChoiceField(Court.objects.filter(retired_at=None), label=_("Court"))
    role = forms.ChoiceField(choices=[NOTHING_CHOSEN, *Role.choices], label=_("Role"))
    user_name = Words(label=_("User name"), max_length=150, widget=forms.TextInput({"autocomplete": "off"}))
    email = MailAddress(
        label=_("Mail address"),
        required=False,
        help_text=WHERE_REMINDERS_GO,
    )
    password = forms.CharField(
        label=_("First password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=lazy(_password_rules, str)(),
    )
    password_again = forms.CharField(
        label=_("First password again"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Account(username=self.cleaned_data.get("user_name", "")))
        return password

    def clean_password_again(self) -> str:
        again: str = self.cleaned_data["password_again"]
        if again != self.cleaned_data.get("password", again):
            raise ValidationError(_("The two passwords differ."))
        return again


def new_officer(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    if not may_appoint(officer):
        raise WrongRole(act=_("appoint officers"), roles=_("registrar of the High Court"))
    sheet = Sheet(OfficerForm(request.POST or None))

    def act() -> HttpResponse:
        appointed = appoint(
            user_name=sheet["user_name"],
            password=sheet["password"],
            court=sheet["court"],
            role=Role(sheet["role"]),
            staff_number=sheet["staff_number"],
            name=sheet["name"],
            email=sheet["email"],
            officer=officer,
        )
        done(request, _("Appointed: %(number)s.") % {"number": appointed.staff_number})
        return redirect("admin:registry_officer_changelist")

    return sheet_page(request, sheet, _("Appoint an officer"), act, button=_("Appoint"))


class MailAddressForm(SheetForm):
    email = MailAddress(
        label=_("Mail address"),
        required=False,
        help_text=format_lazy("{} {}", WHERE_REMINDERS_GO, _("Left empty, they stand in My work alone.")),
    )


def mail_address(request: HttpRequest) -> HttpResponse:
    """The officer's own."""
    officer = officer_of(request)
    sheet = Sheet(MailAddressForm(request.POST or None, initial={"email": officer.account.email}))

    def act() -> HttpResponse:
        change_mail_address(officer, sheet["email"])
        done(request, _("The mail address is saved."))
        return redirect("admin:index")

    return sheet_page(request, sheet, _("My mail address"), act, button=_("Save"))
