"""Case management systems that feed the case register: registered, given keys, and their keys revoked."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from registry.admin.checking import Back, TwoSteps
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact
from registry.admin.fields import Code, Words
from registry.admin.sheets import Sheet, SheetForm
from registry.errors import NoSuchCaseSystem
from registry.lifecycle import is_high_court_registrar
from sharing.courts import registering
from sharing.courts.models import CaseSystem, CaseSystemAct
from sharing.desk.forms import Slug
from sharing.desk.gate import reader_of, registrar_of
from sharing.desk.key_tables import keys_of, short
from sharing.desk.spoken import moment, networks_fact
from sharing.parties.models import Client
from sharing.tables import Cell, Table


class CaseSystemForm(SheetForm):
    court = Code(
        "courts",
        label=gettext_lazy("Court"),
        help_text=gettext_lazy("That of the High Court tells of every court's cases, any other of its own."),
    )
    name = Words(label=gettext_lazy("Name"), max_length=100)
    name_en = Words(label=gettext_lazy("English name"), max_length=100, required=False)
    code = Slug(
        label=gettext_lazy("Code"),
        max_length=48,
        help_text=gettext_lazy("Letters a to z, digits and hyphens, for example chaoyang-court. It never changes."),
    )
    uscc = Words(
        label=gettext_lazy("Unified social credit code"),
        max_length=30,
        help_text=gettext_lazy("18 characters, of the court."),
    )


def every_system() -> Back:
    return Back(_("Case management systems"), reverse("sharing_desk:case_systems"))


def back_to(system: CaseSystem) -> Back:
    code = system.organisation.code
    return Back(system.organisation.spoken_name, reverse("sharing_desk:case_system", args=[code]))


@require_safe
@door
def case_systems(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    found = CaseSystem.objects.select_related("organisation", "court").order_by("court__code", "organisation__code")
    now = timezone.now()
    live = Counter(
        Client.objects.filter(organisation__in=[each.pk for each in found], expires_at__gt=now).values_list(
            "organisation", flat=True
        )
    )
    rows = [
        (
            Cell(each.organisation.spoken_name, href=back_to(each).address),
            str(each.court),
            _tells_of(each),
            live[each.pk],
        )
        for each in found
    ]
    columns = (_("System"), _("Court"), _("Tells of"), _("Live keys"))
    table = Table(
        _("Case management systems"),
        columns,
        rows,
        empty=_("None yet. Until one is registered, courts feed the case register from files, or by hand."),
    )
    may = is_high_court_registrar(officer_of(request))
    return page(request, "case_systems", _("Case management systems"), table=table, may=may)


@door
def new_case_system(request: HttpRequest) -> HttpResponse:
    officer, now = registrar_of(request), timezone.now()

    def examine(sheet: Sheet) -> None:
        registering.examine(code=sheet["code"], uscc=sheet["uscc"], court=sheet["court"], officer=officer, now=now)

    def act(sheet: Sheet) -> HttpResponse:
        system = registering.register(**sheet.form.cleaned_data, officer=officer, now=now)
        done(request, _("Registered. Make it a key, with which it calls."))
        return redirect("sharing_desk:case_system", system.organisation.code)

    return TwoSteps(
        title=_("Register a case management system"),
        button=_("Register the system"),
        back=every_system(),
        form=CaseSystemForm,
        examine=examine,
        act=act,
    ).answer(request)


@require_safe
@door
def show_case_system(request: HttpRequest, code: str) -> HttpResponse:
    reader_of(request)
    system = _called(code)
    may = is_high_court_registrar(officer_of(request))
    facts = [
        Fact(_("Court"), str(system.court)),
        Fact(_("Tells of"), _tells_of(system)),
        Fact(_("Code"), system.organisation.code),
        Fact(_("Unified social credit code"), system.organisation.uscc),
        networks_fact(system.organisation),
    ]
    revoke = "revoke_case_key" if may else ""
    keys = keys_of(system.organisation, revoke=revoke, empty=_("None yet: without one it cannot call."))
    shown: dict[str, Any] = {"tables": (keys, _acts(system)), "may": may, "trail": [every_system()]}
    return page(request, "case_system", system.organisation.spoken_name, system=system, facts=facts, **shown)


@require_POST
@door
def add_case_key(request: HttpRequest, code: str) -> HttpResponse:
    """Shown on the page that answers, and never again."""
    system = _called(code)
    client_id, secret = registering.add_key(system, officer=registrar_of(request), now=timezone.now())
    shown: dict[str, Any] = {"client_id": client_id, "secret": secret, "back": back_to(system)}
    return page(request, "case_key", _("The key, shown this once"), trail=[every_system(), back_to(system)], **shown)


@door
def revoke_case_key(request: HttpRequest, code: str, client_id: str) -> HttpResponse:
    officer, system = registrar_of(request), _called(code)
    client = registering.key_of(system, client_id)
    if request.method == "POST":
        registering.revoke_key(system, client.client_id, officer=officer, now=timezone.now())
        done(request, _("Revoked. Programs that use it are refused from now on."))
        return redirect("sharing_desk:case_system", code)
    return page(
        request,
        "sheet",
        _("Revoke the key %(key)s") % {"key": short(client.client_id)},
        sheet=Sheet(SheetForm()),
        button=_("Revoke the key"),
        hint=_("A program that still uses it stands still until it has another one."),
        back=back_to(system),
    )


def _called(code: str) -> CaseSystem:
    found = CaseSystem.objects.select_related("organisation", "court").filter(organisation__code=code).first()
    if found is None:
        raise NoSuchCaseSystem
    return found


def _tells_of(system: CaseSystem) -> str:
    return _("the cases of every court") if system.own_court is None else _("the cases of this court")


def _acts(system: CaseSystem) -> Table:
    found = CaseSystemAct.objects.filter(system=system.pk).select_related("officer").order_by("-at")
    rows = [(moment(each.at), each.get_act_display(), short(each.about) or "—", str(each.officer)) for each in found]
    columns = (_("When"), _("What"), _("Key"), _("Officer"))
    return Table(_("What registrars did"), columns, rows, empty=_("Nothing yet."))
