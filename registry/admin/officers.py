"""Appointing an officer: one security administrator proposes, somebody else confirms. And each officer's own mail address."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.actions.appointing import CONFIRMERS, Appointment, change_mail_address, may_confirm
from registry.admin.accounts import hand_out, keeper_of
from registry.admin.doors import done, officer_of, page
from registry.admin.facts import Fact
from registry.admin.fields import NOTHING_CHOSEN, MailAddress, StaffNumber, UserName, Words
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import NoSuchAppointment, WrongRole
from registry.models import AppointmentProposal, Court, Outcome, Role

WHERE_REMINDERS_GO = _("Where reminders go of what waits for too long. They name nobody.")


class OfficerForm(SheetForm):
    sections = (
        (_("Appointment"), ("name", "staff_number", "court", "role")),
        (_("Account"), ("user_name", "email")),
    )

    name = Words(label=_("Name"), max_length=100)
    staff_number = StaffNumber(label=_("Staff number"), max_length=32)
    court = forms.ModelChoiceField(Court.objects.filter(retired_at=None), label=_("Court"))
    role = forms.ChoiceField(choices=[NOTHING_CHOSEN, *Role.choices], label=_("Role"))
    user_name = UserName(label=_("User name"), max_length=150, widget=forms.TextInput({"autocomplete": "off"}))
    email = MailAddress(
        label=_("Mail address"),
        required=False,
        help_text=_("Where the invitation goes. Left empty, it is shown once, to be handed over on paper."),
    )


def new_officer(request: HttpRequest) -> HttpResponse:
    officer = keeper_of(request)
    sheet = Sheet(OfficerForm(request.POST or None))

    def act() -> HttpResponse:
        appointment = Appointment(
            user_name=sheet["user_name"],
            court=sheet["court"],
            role=Role(sheet["role"]),
            staff_number=sheet["staff_number"],
            name=sheet["name"],
            email=sheet["email"],
        )
        proposal = actions.propose_appointment(appointment, officer=officer, now=timezone.now())
        done(request, _("Proposed: %(number)s. Somebody else confirms it.") % {"number": proposal.staff_number})
        return redirect("admin:registry_officer_changelist")

    return sheet_page(request, sheet, _("Appoint an officer"), act, button=_("Propose the appointment"))


def decide_appointment(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    if not may_confirm(officer):
        raise WrongRole(act=_("confirm an appointment"), roles=CONFIRMERS)
    rows = AppointmentProposal.objects.select_related("court", "proposed_by", "decided_by")
    proposal = rows.filter(pk=proposal_id).first()
    if proposal is None:
        raise NoSuchAppointment
    if request.method == "POST":
        return _decided(request, proposal)
    pending = proposal.outcome == Outcome.PENDING
    return page(
        request,
        "appointment",
        _("Appointment of %(number)s") % {"number": proposal.staff_number},
        proposal=proposal,
        facts=_facts(proposal),
        pending=pending,
        may_decide=pending and proposal.proposed_by_id != officer.pk,
    )


def _decided(request: HttpRequest, proposal: AppointmentProposal) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    if request.POST.get("do") == "confirm":
        appointed, link = actions.confirm_appointment(proposal.pk, officer=officer, now=now)
        done(request, _("Appointed: %(number)s.") % {"number": appointed.staff_number})
        return hand_out(request, appointed, link)
    actions.refuse_appointment(proposal.pk, officer=officer, now=now)
    done(request, _("The appointment is refused."))
    return redirect("admin:index")


def _facts(proposal: AppointmentProposal) -> list[Fact]:
    return [
        Fact(str(_("Name")), proposal.name),
        Fact(str(_("Staff number")), proposal.staff_number),
        Fact(str(_("Court")), str(proposal.court)),
        Fact(capfirst(str(_("role"))), str(Role(proposal.role).label)),
        Fact(str(_("User name")), proposal.user_name),
        Fact(str(_("Mail address")), proposal.email or "—"),
    ]


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
