"""Who signs in for an employer: a registrar of the High Court takes members in, shuts them out and lets them in again."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.admin.doors import done, door
from registry.admin.sheets import Sheet
from sharing.desk.employer_forms import EmployerMemberForm
from sharing.desk.employers import back_to, employer_called, every_employer, with_reason
from sharing.desk.forms import ReasonForm
from sharing.desk.gate import registrar_of
from sharing.desk.switching import carried, is_done_already
from sharing.desk.taking_in import take_in
from sharing.employers import barring, overseeing


@door
def add_employer_member(request: HttpRequest, code: str) -> HttpResponse:
    """The first owner, who takes in the others; or anybody, where the owners are gone."""
    officer, employer = registrar_of(request), employer_called(code)
    add = partial(overseeing.add_member, employer, officer=officer, now=timezone.now())
    sheet = Sheet(EmployerMemberForm(request.POST or None))
    return take_in(request, sheet, add, every=every_employer(), back=back_to(employer))


@door
def switch_employer_member(request: HttpRequest, code: str, member_id: int) -> HttpResponse:
    """Shut a member out, the last owner, too, or let him in again; with a reason."""
    officer, employer = registrar_of(request), employer_called(code)
    member = barring.member_of(employer, member_id)
    barred = member.barred_at is not None
    does = "let_in" if barred else "shut_out"
    if is_done_already(request, does):
        return redirect(back_to(employer).address)

    def act(sheet: Sheet) -> None:
        given = {"officer": officer, "reason": sheet["reason"], "now": timezone.now()}
        if barred and barring.let_in(employer, member, **given):
            done(request, _("Let in again. The keys that ended stay ended."))
        elif barred:
            done(request, _("Taken back. An owner shut the member out, too, and an owner lets the member in again."))
        elif barring.shut_out(employer, member, **given):
            done(request, _("Shut out. The owners are told by mail."))
        else:
            done(request, _("Shut out. No owner could be told by mail: tell the employer yourself."))

    title = _("Let %(name)s in again") if barred else _("Shut %(name)s out")
    hint = (
        ""
        if barred
        else _(
            "The account signs in no more, and its sessions and the keys whose secret it was shown end at once. The owners are told by mail, and cannot let it in again. What the member did stays on record."
        )
    )
    return with_reason(
        request,
        employer,
        title % {"name": f"{member.name} ({member.account.username})"},
        Sheet(ReasonForm(request.POST or None)),
        act,
        hint,
        carried=carried(does),
    )
