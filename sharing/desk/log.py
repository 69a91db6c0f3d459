"""What was signed of the log, whether it goes on, and whether it is as it was written; for the High Court and auditors."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, replace
from math import ceil

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from registry.admin.checking import Back
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact
from registry.checkpoints import lost, origin, signing
from registry.errors import NoSuchVerification, Text
from registry.models import Checkpoint, Halt, LogEpoch, LogHead, LogVerification, Officer, Verdict
from registry.overseeing import refuse_unless_high_court
from registry.verifying import running
from registry.verifying.findings import Finding, Found, Kind
from sharing.audit.checks.shapes import HIDDEN, sealed_numbers
from sharing.tables import Cell, Table, moment
from sharing.witnesses import publishing
from sharing.witnesses.shown import refusal_table, witness_table

SHOWN = 50
EVERY = "2s"  # the bar of a verification is looked at
_REMEDIES: dict[str, Text] = {
    Halt.OLDER: gettext_lazy("Ask your IT office whether a backup was restored. If so, it opens a new epoch with “manage.py open_epoch”; if not, somebody removed events, and nothing may be changed until that is known."),
    Halt.ELSEWHERE: gettext_lazy("Database and guard were restored together, or the witness is wrong. Ask your IT office, and the body that runs the witness. After a restore it opens a new epoch with “manage.py open_epoch”."),
    Halt.FORKED: gettext_lazy("Somebody changed events, or a backup was restored and went on. Verify now: it names the first event that is not as it was signed."),
    Halt.BROKEN: gettext_lazy("Verify now: it names the event that is missing. It can be put back from a backup, and the log goes on by itself."),
    Halt.NO_GUARD: gettext_lazy("Your IT office brings the disk back on which the file lies that REGISTRY_LOG_GUARD names; the log goes on by itself. An older copy of the file may hide what was lost: if the file is gone, a new epoch is opened."),
    Halt.BAD_GUARD: gettext_lazy("Your IT office looks at the file that REGISTRY_LOG_GUARD names, and at the keys of the log: one of both is another register’s."),
}  # fmt: skip


@dataclass(frozen=True)
class Halted:
    why: Text
    remedy: Text


@require_safe
@door
def log(request: HttpRequest) -> HttpResponse:
    reader_of(request)
    head, newest = LogHead.objects.get(), signing.latest()
    return page(
        request,
        "log",
        _("Signed, and verified"),
        halted=Halted(Halt(head.halted).label, _REMEDIES[head.halted]) if head.halted else None,
        signed=_signed(newest) if newest else [],
        unsigned=_unsigned(head, newest),
        witnesses=witness_table(publishing.standing(newest)) if newest else None,
        wrong=refusal_table(head.epoch),
        verifications=_verifications(),
        epochs=_epochs(),
        trail=[events()],
    )


@require_POST
@door
def verify_log(request: HttpRequest) -> HttpResponse:
    asked = running.ask(officer=officer_of(request), now=timezone.now())
    done(request, _("Verification %(number)s is asked for, and goes on without this page.") % {"number": asked.number})
    return redirect("sharing_desk:log_verification", asked.number)


@require_safe
@door
def log_verification(request: HttpRequest, number: str) -> HttpResponse:
    reader_of(request)
    row = LogVerification.objects.select_related("asked_by__court").filter(pk=number).first()
    if row is None:
        raise NoSuchVerification
    found = _shown(Found.of_json(row.found)) if row.found else Found()
    return page(
        request,
        "log_verification",
        _("Verification %(number)s") % {"number": row.number},
        row=row,
        every=EVERY,
        state=_state(row),
        left=_left(running.seconds_left(row, timezone.now())),
        first=_first(found),
        facts=_facts(row),
        table=_findings(found) if found.counts else None,
        trail=[events(), Back(_("Signed, and verified"), reverse("sharing_desk:log"))],
    )


def reader_of(request: HttpRequest) -> Officer:
    """A registrar of the High Court, or an auditor. Raises `HighCourtNeeded`."""
    officer = officer_of(request)
    refuse_unless_high_court(officer)
    return officer


def events() -> Back:
    return Back(_("Log"), reverse("admin:registry_event_changelist"))


def _signed(row: Checkpoint) -> list[Fact]:
    return [
        Fact(_("Epoch"), str(row.epoch)),
        Fact(_("Origin"), origin.origin(row.epoch)),
        Fact(_("Size"), f"{row.size:,}"),
        Fact(_("Root"), b64encode(row.root).decode()),
        Fact(_("Signed at"), moment(row.signed_at)),
        Fact(_("Key"), origin.keys(row.epoch)[0].vkey),
    ]


def _unsigned(head: LogHead, newest: Checkpoint | None) -> str:
    count = head.size - (newest.size if newest else 0)
    if count < 0:
        return _("More events were signed than the log has.")
    if not count:
        return _("Every event is signed.")
    words = ngettext("%(count)s event is not signed yet.", "%(count)s events are not signed yet.", count)
    return words % {"count": f"{count:,}"}


def _verifications() -> Table:
    rows = [
        (
            Cell(each.number, href=reverse("sharing_desk:log_verification", args=[each.number])),
            moment(each.asked_at),
            each.asked_by.staff_number,
            "—" if each.size is None else f"{each.size:,}",
            _state(each),
        )
        for each in LogVerification.objects.defer("place", "found")
        .select_related("asked_by")
        .order_by("-asked_at")[:SHOWN]
    ]
    columns = (_("Verification"), _("Asked for at"), _("Asked for by"), _("Events"), _("Result"))
    empty = _("Nobody has verified the log at the desk yet. “Verify now” begins one.")
    return Table(_("Verifications, the newest first"), columns, rows, empty=empty)


def _epochs() -> Table:
    rows = [
        (
            str(each.number),
            moment(each.opened_at),
            f"{each.size:,}",
            Cell(each.because, lang=""),
            _lost(lost.of(each)),
        )
        for each in LogEpoch.objects.order_by("-number")
    ]
    columns = (_("Epoch"), _("Opened at"), _("Size then"), _("Reason"), _("Lost of what was signed"))
    empty = _("The log is in its first epoch: it was never restored from a backup.")
    return Table(_("Epochs after a restore"), columns, rows, empty=empty)


def _lost(what: lost.Lost) -> str:
    if what.size is None:
        return _("not known: what was signed last was lost as well")
    if what.positions is None:
        return _("no event by its number; which are others, a verification says")
    first, last = what.positions
    return _("events %(first)s to %(last)s") % {"first": f"{first:,}", "last": f"{last:,}"}


def _state(row: LogVerification) -> Cell:
    if row.ended_at is None:
        return Cell(_("waits for a worker") if row.begun_at is None else _("goes on"), colour="blue")
    return Cell(Verdict(row.verdict).label, colour="green" if row.verdict == Verdict.SOUND else "red")


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute")
    minutes = ceil(seconds / 60)
    return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {"count": minutes}


def _facts(row: LogVerification) -> list[Fact]:
    facts = [
        Fact(_("Asked for by"), f"{row.asked_by.staff_number} · {row.asked_by.court}"),
        Fact(_("Asked for at"), moment(row.asked_at)),
    ]
    if row.size is not None:
        facts.append(Fact(_("Events"), f"{row.size:,}"))
    if row.ended_at is not None:
        facts += [
            Fact(_("Ended at"), moment(row.ended_at)),
            Fact(_("Events and listings looked at"), f"{row.done:,}"),
        ]
    return facts


def _shown(found: Found) -> Found:
    """Without the numbers of listings that are sealed: that they are there, no page says."""
    sealed = set(sealed_numbers().filter(number__in={each.listing for each in found}))
    named = [replace(each, listing=HIDDEN) if each.listing in sealed else each for each in found]
    return Found(named, found.counts)


def _first(found: Found) -> str:
    position, listing = found.first_position, found.first_listing
    if position is not None:
        return _("First broken position: %(position)s.") % {"position": f"{position}"}
    if listing:
        return _("First listing that is not as it was told: %(number)s.") % {"number": listing}
    return _("What was signed last is not where it should be.") if found.counts else ""


def _findings(found: Found) -> Table:
    rows = [(_place(each), each.kind.label, each.part or "—") for each in found]
    rows += [("—", Kind(kind).label, _more(count)) for kind, count in _unnamed(found)]
    return Table(_("What was found"), (_("Where"), _("What"), _("Which part")), rows)


def _place(each: Finding) -> str:
    if each.listing:
        return _("listing %(number)s") % {"number": each.listing}
    if each.position is None:
        return _("outside the database")
    if each.until is None:
        return _("position %(position)s") % {"position": each.position}
    return _("positions %(first)s to %(last)s") % {"first": each.position, "last": each.until}


def _unnamed(found: Found) -> list[tuple[str, int]]:
    """Of which kinds there are more than those that are named."""
    named = {kind: sum(each.kind == kind for each in found) for kind in found.counts}
    return [(kind, count - named[kind]) for kind, count in sorted(found.counts.items()) if count > named[kind]]


def _more(count: int) -> str:
    return ngettext("%(count)s more", "%(count)s more", count) % {"count": f"{count:,}"}
