"""What one registrar does for a department alone: take members in and out, pause and resume an endpoint."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.lifecycle import is_high_court_registrar
from sharing.delivery.models import EndpointStage, EndpointState
from sharing.delivery.remedies import remedy
from sharing.departments import alarms, connected
from sharing.departments.connected import Listening
from sharing.departments.portal.spoken import standing
from sharing.desk.departments import back_to, every_department
from sharing.desk.forms import MemberForm, ReasonForm
from sharing.desk.gate import department_called, endpoint_called, member_of, reader_of, registrar_of
from sharing.desk.spoken import NOTHING, moment
from sharing.desk.switching import carried, is_done_already
from sharing.desk.taking_in import take_in
from sharing.parties import clients
from sharing.parties.keys import start


@door
def add_member(request: HttpRequest, code: str) -> HttpResponse:
    officer, department = registrar_of(request), department_called(code)
    add = partial(connected.add_member, department, officer=officer, now=timezone.now())
    sheet = Sheet(MemberForm(request.POST or None))
    return take_in(request, sheet, add, every=every_department(), back=back_to(department))


@door
def shut_out_member(request: HttpRequest, code: str, member_id: int) -> HttpResponse:
    officer, department = registrar_of(request), department_called(code)
    member = member_of(department, member_id)
    shown = clients.shown_to(member, now=timezone.now())
    if request.method == "POST":
        connected.shut_out_member(department, member, officer=officer, now=timezone.now())
        done(request, _("Shut out. The account signs in no more."))
        if shown:
            done(request, _keys_stay(len(shown)))
        return redirect("sharing_desk:department", code)
    return page(
        request,
        "sheet",
        _("Shut %(name)s out") % {"name": member.name},
        sheet=Sheet(SheetForm()),
        button=_("Shut out"),
        hint=_(
            "The account signs in no more and its sessions end; no owner lets it in again. Keys of programs stay. What the member did stays on record."
        ),
        notes=[_("Key %(start)s: the member was shown its secret.") % {"start": start(each)} for each in shown],
        back=back_to(department),
    )


def _keys_stay(count: int) -> str:
    return ngettext(
        "%(count)s key whose secret the member was shown goes on: with the department, replace it, or revoke it below.",
        "%(count)s keys whose secrets the member was shown go on: with the department, replace them, or revoke them below.",
        count,
    ) % {"count": count}


@door
def let_member_in(request: HttpRequest, code: str, member_id: int) -> HttpResponse:
    """Whom the court shut out it alone lets in."""
    officer, department = registrar_of(request), department_called(code)
    member = member_of(department, member_id)
    if request.method == "POST":
        if connected.let_member_in(department, member, officer=officer, now=timezone.now()):
            done(request, _("Let in again."))
        else:
            done(request, _("Taken back. An owner shut the member out, too, and an owner lets the member in again."))
        return redirect("sharing_desk:department", code)
    return page(
        request,
        "sheet",
        _("Let %(name)s in again") % {"name": member.name},
        sheet=Sheet(SheetForm()),
        button=_("Let the member in again"),
        hint=_("The account may sign in again, with the password and the second factors that it had."),
        back=back_to(department),
    )


@require_safe
@door
def show_endpoint(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    reader_of(request)
    endpoint, department = endpoint_called(endpoint_id)
    found = connected.listening(endpoint)
    word, colour = standing(endpoint, found.waiting)
    return page(
        request,
        "endpoint",
        endpoint.url,
        endpoint=endpoint,
        word=word,
        colour=colour,
        facts=_endpoint_facts(found),
        remedy=remedy(endpoint.last_failure) if endpoint.failures else "",
        may=is_high_court_registrar(officer_of(request)),
        trail=[every_department(), back_to(department)],
    )


@door
def switch_endpoint(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Pause it, or resume it if it is paused; with a reason."""
    officer = registrar_of(request)
    endpoint, department = endpoint_called(endpoint_id)
    paused = endpoint.state == EndpointState.PAUSED
    does = "resume" if paused else "pause"
    if is_done_already(request, does):
        return redirect("sharing_desk:endpoint", endpoint.pk)
    sheet = Sheet(ReasonForm(request.POST or None))

    def act() -> HttpResponse:
        switch = connected.resume if paused else connected.pause
        switch(endpoint, reason=sheet["reason"], officer=officer, now=timezone.now())
        done(request, _("Resumed; what waits goes out at once.") if paused else _("Paused. Nothing is lost."))
        return redirect("sharing_desk:endpoint", endpoint.pk)

    title = _("Resume the endpoint") if paused else _("Pause the endpoint")
    hint = "" if paused else _("Nothing is sent any more; what comes meanwhile waits, and the department can pull it.")
    shown: dict[str, Any] = {"button": title, "back": back_to(department), "hint": hint}
    return sheet_page(request, sheet, title, act, carried=carried(does), **shown)


def _endpoint_facts(found: Listening) -> list[Fact]:
    endpoint = found.endpoint
    steps = len(alarms.AFTER)
    waiting = _("%(most)s or more") if found.waiting >= connected.MOST else "%(waiting)s"
    return [
        Fact(_("Id"), endpoint.pk),
        Fact(_("Stage"), str(EndpointStage(endpoint.stage).label)),
        Fact(_("Last took a message"), moment(endpoint.heard_at)),
        Fact(_("Failing since"), moment(endpoint.failing_since)),
        Fact(_("Last failure"), endpoint.last_failure or NOTHING),
        Fact(_("Failures in a row"), str(endpoint.failures)),
        Fact(_("Alarms sent"), _("%(sent)s of %(steps)s") % {"sent": endpoint.alarm, "steps": steps}),
        Fact(_("Waiting"), waiting % {"waiting": found.waiting, "most": connected.MOST}),
        Fact(_("Oldest undelivered"), moment(found.oldest)),
        Fact(_("Listings held back"), str(found.held)),
        *([Fact(_("Said to keep nothing since"), moment(endpoint.purged_at))] if endpoint.purged_at else []),
    ]
