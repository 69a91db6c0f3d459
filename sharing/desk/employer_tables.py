"""Tables of an employer's page at the desk: who signs in for it, and what was decided about it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from registry.models import Officer
from sharing.desk.spoken import moment
from sharing.employers.models import Employer, EmployerAct, Verdict
from sharing.employers.purposes import purposes
from sharing.employers.spoken import purpose_label
from sharing.parties.models import Member, MemberRole
from sharing.tables import Cell, Table

ACTS_SHOWN = 25
PURPOSE_CODE = re.compile(r"[a-z_]+")
ON_MEMBERS = (EmployerAct.Act.SHUT_OUT, EmployerAct.Act.LET_IN)


def members_of(employer: Employer, *, may: bool) -> Table:
    """``may``: whether the reader shuts out and lets in again."""
    found = Member.objects.filter(organisation=employer.pk).select_related("account").order_by("pk")
    rows = [
        (
            each.name,
            each.account.username,
            MemberRole(each.role).label,
            _standing(each),
            *([_possible(employer, each)] if may else []),
        )
        for each in found
    ]
    columns = (_("Name"), _("User name"), _("Role"), _("Signs in"), *([_("Possible now")] if may else []))
    return Table(_("Members"), columns, rows, empty=_("None yet: nobody can ask in the portal."))


def acts_of(employer: Employer) -> Table:
    acts = EmployerAct.objects.filter(employer=employer.pk).select_related("officer__account").order_by("-at")
    members = Member.objects.filter(organisation=employer.pk).values_list("pk", "name")
    names = {str(number): name for number, name in members}
    rows = [
        (moment(each.at), EmployerAct.Act(each.act).label, _reason(each, names), _by(each.officer))
        for each in acts[:ACTS_SHOWN]
    ]
    columns = (_("At"), _("Decided"), _("Reason"), _("By"))
    return Table(_("What was decided about it"), columns, rows, empty=_("Nothing yet."))


def _standing(member: Member) -> Cell:
    if member.barred_at is not None:
        return Cell(_("shut out by the court"), colour="red")
    return Cell(_("yes") if member.account.is_active else _("no"))


def _possible(employer: Employer, member: Member) -> Cell:
    """Whom an owner shut out, an owner lets in again, unless the court shuts him out as well."""
    text = _("Shut %(name)s out") if member.barred_at is None else _("Let %(name)s in again")
    address = reverse("sharing_desk:switch_employer_member", args=[employer.organisation.code, member.pk])
    return Cell(text % {"name": member.name}, href=address)


def _reason(act: EmployerAct, names: Mapping[str, str]) -> str:
    """A member's number is said as his name; a role, a verdict and purposes as the reader's language has them."""
    if act.act == EmployerAct.Act.MEMBER:
        return str(MemberRole(act.reason).label)
    if act.act == EmployerAct.Act.AMEND:
        return PURPOSE_CODE.sub(_purpose, act.reason)
    about, _colon, words = act.reason.partition(": ")
    if act.act == EmployerAct.Act.SUSPEND and words in Verdict.values:
        return f"{about}: {Verdict(words).label}"
    if act.act in ON_MEMBERS:
        return f"{names.get(about, about)}: {words}"
    return act.reason


def _purpose(found: re.Match[str]) -> str:
    return purpose_label(found[0]) if found[0] in purposes() else found[0]


def _by(officer: Officer | None) -> str:
    return str(officer or _("by the clock"))
