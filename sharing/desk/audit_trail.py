"""The auditors' page of the audit trail: searched, with each row's place in the tree and what holds the tree. Nobody is named.

What is sought is sent and stands in no address: whoever asks about a document number or a name finds nothing, and leaves it nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods

from registry import auditing
from registry.admin.doors import door, officer_of, page
from registry.admin.facts import Fact
from registry.admin.fields import Day, Words
from registry.admin.sheets import Sheet, SheetForm, attempt
from registry.admin.story import SENTENCES
from registry.auditing import anchoring
from registry.errors import Text
from registry.lifecycle import ACTS
from registry.models import AuditKind, AuditTree, AuditVerification
from registry.reading import PAGES
from sharing.audit import sampling, trail
from sharing.audit.faults import Fault
from sharing.audit.trail import Found, Place, Search, Trace
from sharing.desk.audit import back
from sharing.desk.audit_forms import Known
from sharing.desk.spoken import NOTHING, moment
from sharing.parties.member_acts import MemberActKind
from sharing.tables import Cell, Table

SEEN_MOST = 10_000  # rows of one moment


class TrailForm(SheetForm):
    kind = Known([("", gettext_lazy("all")), *trail.KINDS.items()], label=gettext_lazy("What"), required=False)
    who = Words(label=gettext_lazy("Staff number, member’s number or machine"), required=False, max_length=100)
    about = Words(label=gettext_lazy("About which number"), required=False, max_length=64)
    begins = Day(label=gettext_lazy("First day"))
    ends = Day(label=gettext_lazy("Last day"))


@require_http_methods(["GET", "HEAD", "POST"])
@door
def audit_trail(request: HttpRequest) -> HttpResponse:
    """Each search is an entry of the trail itself."""
    sampling.refuse_not_auditor(officer_of(request))
    today = timezone.localdate()
    days = {"begins": (today - timedelta(days=trail.SHOWN_DAYS - 1)).isoformat(), "ends": today.isoformat()}
    typed = {name: request.POST.get(name, days.get(name, "")) for name in TrailForm.base_fields}
    sheet = Sheet(TrailForm(typed))
    auditing.note_request(request, AuditKind.AUDIT_READ, about=_sought(typed))
    found = attempt(sheet, lambda: trail.searched(_search(sheet), _place(request)))
    return page(
        request,
        "audit_trail",
        _("Audit trail"),
        sheet=sheet,
        facts=_facts(),
        table=_table(found) if found else None,
        further=_further(typed, found.next) if found and found.next else None,
        trail=[back()],
    )


def _search(sheet: Sheet) -> Search:
    return Search(
        begins=sheet["begins"], ends=sheet["ends"], kind=sheet["kind"], who=sheet["who"], about=sheet["about"]
    )


def _sought(typed: Mapping[str, str]) -> str:
    """By which fields; what was typed there may be anything."""
    return " ".join(name for name in ("kind", "who", "about") if typed[name])


def _place(request: HttpRequest) -> Place | None:
    """None where something was sent that no page gave."""
    try:
        at, seen = parse_datetime(request.POST.get("before", "")), int(request.POST.get("seen", "0"))
    except ValueError:
        return None
    if at is None or timezone.is_naive(at) or not 0 <= seen <= SEEN_MOST:
        return None
    return Place(at, seen)


def _further(typed: Mapping[str, str], place: Place) -> dict[str, object]:
    """The same search, sent again from there on."""
    return {**typed, "before": place.at.isoformat(), "seen": place.seen}


def _facts() -> list[Fact]:
    tree, anchor = AuditTree.objects.get(pk=1), anchoring.latest()
    return [
        Fact(_("Rows in the tree"), f"{tree.size:,}"),
        Fact(
            _("Anchored in the log"),
            _anchored(anchor.position, anchor.size, anchor.at)
            if anchor
            else pgettext("anchored in the log", "not yet"),
        ),
        Fact(_("Verified"), _verified()),
    ]


def _anchored(position: int, size: int, at: datetime) -> str:
    words = _("at position %(position)s, with %(size)s rows, %(at)s")
    return words % {"position": f"{position:,}", "size": f"{size:,}", "at": moment(at)}


def _verified() -> str:
    last = AuditVerification.objects.order_by("-pk").first()
    if last is None:
        return _("not yet: it is done each night")
    if not last.findings:
        return _("%(at)s: every row is as it was written") % {"at": moment(last.ended_at)}
    words = ngettext("%(at)s: %(count)s thing is wrong", "%(at)s: %(count)s things are wrong", last.findings)
    said = words % {"at": moment(last.ended_at), "count": f"{last.findings:,}"}
    return f"{said} · {_first(last)}"


def _first(verification: AuditVerification) -> str:
    """The first of what is wrong: where, and what."""
    what = Fault(verification.fault).label
    if verification.position is None:
        return f"{verification.row}: {what}"
    place = _("position %(position)s") % {"position": f"{verification.position:,}"}
    return f"{place}: {what}"


def _table(found: Found) -> Table:
    named = trail.named(found.traces)
    rows = [
        (
            moment(each.at),
            trail.KINDS.get(each.kind, each.kind),
            _what(each),
            Cell(named.get(each.who, each.who) or NOTHING),
            _about(each),
            each.code or NOTHING,
            f"{each.position:,}" if each.position else Cell(NOTHING, quiet=True),
        )
        for each in found.traces
    ]
    columns = (_("When"), _("What"), _("Which"), _("Who"), _("About"), _("Outcome"), _("Place in the tree"))
    empty = _("Nothing is on record for this search.")
    return Table(_("The audit trail, the newest first"), columns, rows, empty=empty)


def _what(each: Trace) -> Text:
    """In the reader's language, where it is an act of the book, done or refused, a look at it, or an act of a member."""
    if each.kind == trail.ACT:
        return SENTENCES.get(each.what, each.what)
    if each.kind == trail.REFUSED and each.what in ACTS:
        name: Text = ACTS[each.what].label
        return name
    if each.kind == trail.OUTSIDE and each.what in MemberActKind:
        return MemberActKind(each.what).label
    if each.kind == trail.LOOK:
        return PAGES.get(each.what, each.what)
    return each.what or NOTHING


def _about(each: Trace) -> Cell:
    if each.kind in (trail.ACT, trail.LOOK) and each.about.startswith("L-"):
        return Cell(each.about, href=reverse("admin:listing", args=[each.about]))
    return Cell(each.about or NOTHING)
