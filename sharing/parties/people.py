"""The pages of an organisation's members, the same in every portal: who signs in, taken in and shut out by an owner.

A portal's own view lets in who may come (`sharing.access`), then calls these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django import forms
from django.contrib import messages
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import once
from registry.admin.fields import MailAddress, UserName
from registry.errors import OwnAccount, Refusal, Text
from registry.form_problems import problems_of
from sharing.parties import members
from sharing.parties.frame import Portal
from sharing.parties.keys import seen_by
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import ROLES, Member, MemberRole
from sharing.tables import Cell, Table, moment

HERE = "people"
# What a member who lost something begins anew with: how it is noted, and what gives the initial password.
AFRESH: Mapping[str, tuple[MemberActKind, Callable[[Member], str]]] = {
    "password": (MemberActKind.INITIAL_PASSWORD, members.give_initial_password),
    "factors": (MemberActKind.RESET_FACTORS, members.reset_factors),
}


class MemberForm(forms.Form):
    """``roles``: those that the organisation's kind has."""

    username = UserName(
        label=_("user name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("To sign in with. Letters, digits and @ . + - _"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("name"), max_length=100, help_text=_("As the portal shows it"))
    email = MailAddress(label=_("e-mail"), help_text=_("Alarms and reminders go there"))
    role = forms.ChoiceField(label=_("role"))

    def __init__(self, data: object, *, roles: Sequence[MemberRole], about_roles: Text) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # what a request sent, or nothing
        role = self.fields["role"]
        role.choices = [(each.value, each.label) for each in roles]  # type: ignore[attr-defined]
        role.initial, role.help_text = roles[-1].value, about_roles  # type: ignore[assignment]


class AddressForm(forms.Form):
    email = MailAddress(
        label=_("another e-mail address"), help_text=_("Alarms and reminders go there. The former address is told")
    )


def people(request: HttpRequest, member: Member, portal: Portal, *, oversees: bool) -> HttpResponse:
    """``oversees``: the member reads what the others did."""
    is_owner = member.role == MemberRole.OWNER
    shown = {
        "table": _table(_of(member), portal if is_owner else None),
        "is_owner": is_owner,
        "oversees": oversees,
    }
    return portal.page(request, member, "portal/people", here=HERE, **shown)


def person(request: HttpRequest, member: Member, portal: Portal, member_id: int) -> HttpResponse:
    """One member, and what an owner may do."""
    found = _one(member, member_id)
    others = [each for each in ROLES[member.organisation.kind] if each != found.role]
    roles = [(f"make_{each.value}", format_lazy(_("Give the role “{role}”"), role=each.label)) for each in others]
    shown = {"person": found, "roles": roles, "keys": seen_by(found, portal), "address": AddressForm()}
    return portal.page(request, member, "portal/person", here=HERE, **shown, once=once.new_key())


def add(request: HttpRequest, member: Member, portal: Portal, *, about_roles: Text) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = MemberForm(sent, roles=ROLES[member.organisation.kind], about_roles=about_roles)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made, password = members.invite(member.organisation, **form.cleaned_data)
                members.note(member, MemberActKind.ADD_MEMBER, str(made.pk), now=timezone.now())
            return portal.page(request, member, "portal/initial_password", here=HERE, person=made, password=password)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
    shown = {"form": form, "problems": list(problems_of(form))}
    return portal.page(request, member, "portal/add_member", here=HERE, **shown)


def act(request: HttpRequest, member: Member, portal: Portal, member_id: int) -> HttpResponse:
    """What a button of the member's page does; a button that is not there does nothing."""
    found, do = _one(member, member_id), request.POST.get("do", "")
    if do == MemberActKind.CHANGE_ADDRESS:
        return _written_to_elsewhere(request, member, portal, found)
    try:
        if do in AFRESH:
            return _begun_afresh(request, member, portal, found)
        with transaction.atomic():
            done = _done(found, do)
            if done:
                members.note(member, MemberActKind(do), str(found.pk), now=timezone.now())
        if done:
            messages.success(request, _("Done. It holds from now on."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    if do == "shut_out" and seen_by(found, portal) is not None:
        return redirect(portal.door("person"), found.pk)  # where the keys stand that he saw
    return redirect(portal.door("people"))


def _written_to_elsewhere(request: HttpRequest, member: Member, portal: Portal, person: Member) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        for text in form.errors["email"]:
            messages.error(request, str(text))
        return redirect(portal.door("person"), person.pk)
    with transaction.atomic():
        if members.change_mail_address(person, form.cleaned_data["email"]):
            members.note(member, MemberActKind.CHANGE_ADDRESS, str(person.pk), now=timezone.now())
    messages.success(request, _("Done. It holds from now on."))
    return redirect(portal.door("people"))


def _begun_afresh(request: HttpRequest, member: Member, portal: Portal, person: Member) -> HttpResponse:
    """Sent again, by a reload of the page that shows it, the password that was handed over stays. Raises `OwnAccount`: his own
    password and factors he changes by showing all that he has.
    """
    if person.pk == member.pk:
        raise OwnAccount
    noted, give = AFRESH[request.POST["do"]]
    with transaction.atomic():
        if not once.is_first(request, member):
            messages.info(
                request,
                _("This was sent before, and the password was shown then. If it is lost, make another one here."),
            )
            return redirect(portal.door("person"), person.pk)
        password = give(person)
        members.note(member, noted, str(person.pk), now=timezone.now())
    return portal.page(request, member, "portal/initial_password", here=HERE, person=person, password=password)


def _done(person: Member, do: str) -> bool:
    role = do.removeprefix("make_")
    if do == "shut_out":
        members.shut_out(person)
    elif do == "let_in_again":
        members.let_in_again(person)
    elif do != role and role in ROLES[person.organisation.kind]:
        members.give_role(person, MemberRole(role))
    else:
        return False
    return True


def _of(member: Member) -> list[Member]:
    found = Member.objects.filter(organisation=member.organisation).select_related("account")
    return list(found.order_by("-account__is_active", "pk"))


def _one(member: Member, member_id: int) -> Member:
    found = members.one_of(member.organisation_id, member_id)
    if found is None:
        raise Http404
    return found


def _table(found: list[Member], portal: Portal | None) -> Table:
    """``portal``: where each has a page of his own, for who may open it; None for everybody else."""
    rows = [
        (
            Cell(each.name, href=reverse(portal.door("person"), args=[each.pk]) if portal else ""),
            Cell(each.account.username, lang="en"),
            MemberRole(each.role).label,
            each.account.email or "—",
            moment(each.account.last_login),
            _standing(each),
        )
        for each in found
    ]
    columns = (_("Name"), _("User name"), _("Role"), _("E-mail"), _("Last signed in"), _("State"))
    return Table(_("Members"), columns, rows)


def _standing(member: Member) -> Cell:
    if member.barred_at is not None:
        return Cell(_("shut out by the court"), colour="red")
    if not member.account.is_active:
        return Cell(_("shut out"), colour="grey")
    if member.has_initial_password:
        return Cell(_("has not chosen a password yet"), colour="yellow")
    return Cell(_("may sign in"), colour="green")
