"""Evidence packs: asked for, watched while they are made, taken on record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from registry.admin.checking import Back
from registry.admin.doors import done, door, page
from registry.admin.facts import Fact, spoken_day
from registry.admin.sheets import Sheet, sheet_page
from sharing.audit import packing
from sharing.audit.models import Pack, Sample
from sharing.desk.audit import as_file, back
from sharing.desk.audit_forms import PackForm
from sharing.desk.gate import reader_of
from sharing.desk.spoken import NOTHING, moment
from sharing.tables import Cell, Table

SHOWN = 100
EVERY = "2s"  # it is looked whether the pack is there


def every_pack() -> Back:
    return Back(_("Evidence packs"), reverse("sharing_desk:packs"))


@require_safe
@door
def packs(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    found = Pack.objects.defer("content_sealed").select_related("officer").order_by("-asked_at", "-pk")[:SHOWN]
    of = packing.listings_said(found)
    rows = [
        (
            Cell(each.number, href=reverse("sharing_desk:pack", args=[each.number])),
            _period(each),
            of[each.number] or _("every listing"),
            each.sample_id or NOTHING,
            each.officer.staff_number,
            _state(each),
        )
        for each in found
    ]
    columns = (_("Pack"), _("Period"), _("Listing"), _("Sample"), _("Asked for by"), _("State"))
    table = Table(_("Evidence packs, the newest first"), columns, rows, empty=_("None was asked for yet. Ask for one when findings have to be shown to others."))  # fmt: skip
    lead = _(
        "Checks, a sample with its findings, acts and looks of a period, signed by the court: others can verify it without us. It names no person."
    )
    return page(
        request,
        "audit_list",
        _("Evidence packs"),
        lead=lead,
        table=table,
        trail=[back()],
        button=(reverse("sharing_desk:new_pack"), _("Ask for a pack")),
    )


@door
def new_pack(request: HttpRequest) -> HttpResponse:
    officer, now = reader_of(request), timezone.now()
    samples = list(Sample.objects.order_by("-at").values_list("number", flat=True)[:SHOWN])
    sheet = Sheet(PackForm(request.POST or None, samples))

    def act() -> HttpResponse:
        pack = packing.ask(
            begins=sheet["begins"],
            ends=sheet["ends"],
            listing_number=sheet["listing_number"],
            sample_number=sheet["sample"],
            officer=officer,
            now=now,
        )
        done(request, _("Asked for. It is made now."))
        return redirect("sharing_desk:pack", pack.number)

    return sheet_page(request, sheet, _("Ask for an evidence pack"), act, button=_("Ask for it"), back=every_pack())


@require_safe
@door
def show_pack(request: HttpRequest, number: str) -> HttpResponse:
    reader_of(request)
    pack = packing.pack_called(number)
    takings = pack.takings.select_related("officer").order_by("-at")[:SHOWN]
    rows = [(moment(each.at), each.officer.staff_number) for each in takings]
    return page(
        request,
        "audit_pack",
        _("Evidence pack %(number)s") % {"number": number},
        pack=pack,
        state=_state(pack),
        facts=_facts(pack),
        takings=Table(_("Taken"), (_("At"), _("Officer")), rows, empty=_("Nobody took it yet.")),
        every=EVERY,
        trail=[back(), every_pack()],
    )


@require_POST
@door
def take_pack(request: HttpRequest, number: str) -> HttpResponse:
    officer = reader_of(request)
    pack = packing.pack_called(number)
    archive = packing.take(pack, officer=officer, now=timezone.now())
    return as_file(archive, "application/zip", packing.file_name(pack))


def _period(pack: Pack) -> str:
    return f"{spoken_day(pack.begins_on)} – {spoken_day(pack.ends_on)}"


def _state(pack: Pack) -> Cell:
    if pack.made_at is None:
        return Cell(_("being made"), colour="blue")
    if pack.destroyed_at is not None:
        return Cell(_("emptied"), colour="")
    return Cell(_("there"), colour="green")


def _facts(pack: Pack) -> list[Fact]:
    rows = [
        Fact(_("Period"), _period(pack)),
        Fact(_("Listing"), packing.listings_said([pack])[pack.number] or _("every listing")),
        Fact(_("Sample"), pack.sample_id or NOTHING),
        Fact(_("Asked for by"), f"{pack.officer.staff_number} · {pack.officer.court}"),
        Fact(_("Asked for at"), moment(pack.asked_at)),
    ]
    if pack.made_at is not None and pack.keep_until is not None:
        rows += [
            Fact(_("Made at"), moment(pack.made_at)),
            Fact(_("Size in bytes"), f"{pack.size:,}"),
            Fact(_("SHA-256 of the file"), pack.sha256 or ""),
            Fact(_("Kept until"), spoken_day(pack.keep_until)),
        ]
    return rows
