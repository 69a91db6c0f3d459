"""Random samples: drawn by an auditor, worked through row by row, read by the High Court's registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.admin.checking import Back
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact, spoken_day
from registry.admin.sheets import Sheet, sheet_page
from registry.models import AccessRecord, Court, Listing
from registry.reading import PAGES
from registry.spreadsheets import Row, unsealed_csv_file, unsealed_xlsx_file
from sharing.audit import evidence, populations, sampling
from sharing.audit.checks.shapes import HIDDEN, sealed_numbers
from sharing.audit.models import Finding, Sample, SampleKind, Verdict
from sharing.audit.populations import Sought
from sharing.audit.taking import TYPES, Form
from sharing.desk.audit import as_file, back
from sharing.desk.audit_forms import FindingForm, SampleForm
from sharing.desk.gate import reader_of
from sharing.desk.spoken import NOTHING, moment
from sharing.tables import Cell, Table

SHOWN = 100
COLOURS = {Verdict.AGREES: "green", Verdict.DIFFERS: "red"}


def every_sample() -> Back:
    return Back(_("Random samples"), reverse("sharing_desk:samples"))


@require_safe
@door
def samples(request: HttpRequest) -> HttpResponse:
    officer, now = reader_of(request), timezone.now()
    found = Sample.objects.select_related("officer").order_by("-at", "-pk")[:SHOWN]
    rows = [
        (
            Cell(each.number, href=reverse("sharing_desk:sample", args=[each.number])),
            SampleKind(each.kind).label,
            _period(each),
            _("%(size)s of %(population)s") % {"size": each.rows.count(), "population": f"{each.population:,}"},
            _worked(each, now),
            each.officer.staff_number,
        )
        for each in found
    ]
    columns = (_("Sample"), _("Of what"), _("Period"), _("Rows"), _("Worked through"), _("Auditor"))
    table = Table(_("Samples, the newest first"), columns, rows, empty=_("None was drawn yet. Draw one to see whether book and paper agree."))  # fmt: skip
    lead = _(
        "Rows that chance chose, to be compared with the paper. Nobody can choose the seed, every drawing is numbered, and anybody with the list can draw again."
    )
    return page(
        request,
        "audit_list",
        _("Random samples"),
        lead=lead,
        table=table,
        trail=[back()],
        button=(reverse("sharing_desk:new_sample"), _("Draw a sample")) if sampling.is_auditor(officer) else None,
    )


@door
def new_sample(request: HttpRequest) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    sampling.refuse_not_auditor(officer)
    sheet = Sheet(SampleForm(request.POST or None))

    def act() -> HttpResponse:
        sample = sampling.draw(_sought(sheet), sheet["size"], officer=officer, now=now)
        done(request, _("Drawn and written down: %(number)s.") % {"number": sample.number})
        return redirect("sharing_desk:sample", sample.number)

    hint = _("What you ask for goes into the seed with the head of the log and what the machine draws. It stays on record, also if you draw again.")  # fmt: skip
    return sheet_page(request, sheet, _("Draw a sample"), act, button=_("Draw it"), hint=hint, back=every_sample())


@require_safe
@door
def show_sample(request: HttpRequest, number: str) -> HttpResponse:
    """The worksheet: each drawn row and what was found of it."""
    officer = reader_of(request)
    sample = sampling.sample_called(number)
    is_aged = sampling.outlasts_findings(sample, now=timezone.now())
    found = sampling.standing(sample)
    rows = sampling.shown_rows(sample)
    differs = sum(each.verdict == Verdict.DIFFERS for each in found.values())
    return page(
        request,
        "audit_sample",
        _("Sample %(number)s") % {"number": number},
        sample=sample,
        facts=_facts(sample),
        seed=[Fact(_("Seed"), sample.seed), *_drawn_from(sample)],
        table=_worksheet(sample, rows, found, works=sampling.is_auditor(officer), is_aged=is_aged),
        done=len(found),
        of=len(rows),
        differs=differs,
        is_aged=is_aged,
        same=sampling.is_still_the_same(sample),
        trail=[back(), every_sample()],
    )


@door
def find(request: HttpRequest, number: str, place: int) -> HttpResponse:
    """One row: where it is looked up, and what was found."""
    officer, now = officer_of(request), timezone.now()
    sampling.refuse_not_auditor(officer)
    sample = sampling.sample_called(number)
    row = sampling.row_of(sample, place)
    shown = dict(sampling.shown_rows(sample))[place]
    before = sampling.standing(sample).get(place)
    sheet = Sheet(FindingForm(request.POST or None, initial=_initial(before)))

    def act() -> HttpResponse:
        sampling.find(row, Verdict(sheet["verdict"]), sheet["note"], officer=officer, now=now)
        done(request, _("Written down. What was found of this row before stays on record."))
        return redirect("sharing_desk:sample", number)

    title = _("%(number)s, row %(place)s: %(key)s") % {"number": number, "place": place, "key": shown}
    address = _page_of(sample, shown)
    beside = {"address": address, "title": _("Open %(key)s, with a reason") % {"key": shown}} if address else None
    hint = _("Compare what the book says with the file of the case, and say what you found.")
    back_to = Back(number, reverse("sharing_desk:sample", args=[number]))
    return sheet_page(request, sheet, title, act, button=_("Write it down"), hint=hint, beside=beside, back=back_to)


@require_safe
@door
def sample_file(request: HttpRequest, number: str, form: str) -> HttpResponse:
    """``json``: all that drawing again needs but the list; ``txt``: the list; ``csv``, ``xlsx``: the worksheet."""
    reader_of(request)
    sample = sampling.sample_called(number)
    if form == "json":
        return as_file(evidence.as_json(evidence.as_drawn(sample)), "application/json", f"{number}.json")
    if form == "txt":
        keys = "\n".join(populations.keys(sampling.sought_of(sample)))
        return as_file(keys.encode(), "text/plain; charset=utf-8", f"{number}-population.txt")
    if form not in TYPES:
        raise Http404
    header, rows = _sheet(sample)
    made = unsealed_csv_file(header, rows) if form == Form.CSV else unsealed_xlsx_file(header, rows, number)
    return as_file(b"".join(made), TYPES[Form(form)], f"{number}.{form}")


def _sought(sheet: Sheet) -> Sought:
    kind = SampleKind(sheet["kind"])
    return Sought(kind=kind, begins=sheet["begins"], ends=sheet["ends"], courts=sheet["courts"])


def _initial(before: Finding | None) -> dict[str, str]:
    return {"verdict": before.verdict, "note": before.shown_note} if before else {}


def _period(sample: Sample) -> str:
    return f"{spoken_day(sample.begins_on)} – {spoken_day(sample.ends_on)}"


def _worked(sample: Sample, now: datetime) -> Cell:
    found = sampling.progress(sample)
    is_aged = sampling.outlasts_findings(sample, now=now)
    if is_aged and not found.done:
        return Cell(_without(is_aged=is_aged), quiet=True)
    words = _("%(done)s, of these %(differs)s differ") % {"done": found.done, "differs": found.differs}
    if is_aged:
        words = _("%(found)s still on record") % {"found": words}
    return Cell(words, colour="red" if found.differs else None)


def _facts(sample: Sample) -> list[Fact]:
    courts = _("; ").join(str(Court(code=code)) for code in sample.courts) or _("every court")
    return [
        Fact(_("Of what"), str(SampleKind(sample.kind).label)),
        Fact(_("Period"), _period(sample)),
        Fact(_("Courts"), courts),
        Fact(_("Drawn from"), f"{sample.population:,}"),
        Fact(_("Drawn by"), f"{sample.officer.staff_number} · {sample.officer.court}"),
        Fact(_("Drawn at"), moment(sample.at)),
    ]


def _drawn_from(sample: Sample) -> list[Fact]:
    log = sample.drawn_from["log"]
    return [
        Fact(_("Position of the log"), f"{log['epoch']} / {log['position']}"),
        Fact(_("Commitment of its last event"), log["commitment"] or NOTHING),
        Fact(_("Drawn by the machine"), sample.drawn_from["drawn"]),
        Fact(_("SHA-256 of the list"), sample.drawn_from["population_sha256"]),
    ]


def _worksheet(
    sample: Sample, rows: list[tuple[int, str]], found: Mapping[int, Finding], *, works: bool, is_aged: bool
) -> Table:
    about = _about(sample, [key for _place, key in rows])
    shown = [
        (
            _place(sample, place, works=works and key != HIDDEN),
            _key(sample, key),
            about.get(key, NOTHING),
            _verdict(found.get(place), is_aged=is_aged),
            found[place].shown_note if place in found else NOTHING,
        )
        for place, key in rows
    ]
    columns = (_("Row"), _("What"), _("About"), _("Found"), _("Note"))
    return Table(_("Worksheet"), columns, shown)


def _place(sample: Sample, place: int, *, works: bool) -> Cell:
    words = _("Row %(place)s") % {"place": place}
    if not works:
        return Cell(words)
    return Cell(words, href=reverse("sharing_desk:finding", args=[sample.number, place]))


def _key(sample: Sample, key: str) -> Cell:
    address = _page_of(sample, key)
    return Cell(key, href=address) if address else Cell(key, quiet=key == HIDDEN)


def _page_of(sample: Sample, key: str) -> str:
    """Where the row is looked up; of a look there is no page but the row itself."""
    if key == HIDDEN or sample.kind == SampleKind.READINGS:
        return ""
    route = "sharing_desk:result" if sample.kind == SampleKind.SCREENINGS else "admin:listing"
    return reverse(route, args=[key])


def _about(sample: Sample, keys: list[str]) -> dict[str, str]:
    """What can be said of each row without a name."""
    if sample.kind == SampleKind.SCREENINGS:
        return {}
    if sample.kind == SampleKind.READINGS:
        return _about_looks(keys)
    listings = Listing.objects.filter(number__in=keys).select_related("court", "party__decision")
    return {each.number: f"{each.court} · {each.party.decision.number}" for each in listings}


def _about_looks(keys: list[str]) -> dict[str, str]:
    """Whose look at which page of which listing; of one that was sealed since, no number."""
    looks = list(AccessRecord.objects.filter(pk__in=keys).select_related("officer"))
    sealed = set(sealed_numbers().filter(number__in=[each.listing_number for each in looks]))
    return {
        str(each.pk): _look(each, HIDDEN if each.listing_number in sealed else each.listing_number) for each in looks
    }


def _look(row: AccessRecord, number: str) -> str:
    return f"{row.officer.staff_number} · {number} · {PAGES.get(row.page, row.page)} · {moment(row.at)}"


def _verdict(finding: Finding | None, *, is_aged: bool) -> Cell:
    if finding is None:
        return Cell(_without(is_aged=is_aged) or _("open"), quiet=True)
    verdict = Verdict(finding.verdict)
    return Cell(verdict.label, colour=COLOURS[verdict])


def _without(*, is_aged: bool) -> str:
    """Of a row of which nothing is found, or was so long ago that it is destroyed."""
    return _("no longer on record") if is_aged else ""


def _sheet(sample: Sample) -> tuple[Row, Sequence[Row]]:
    found = sampling.standing(sample)
    without = _without(is_aged=sampling.outlasts_findings(sample, now=timezone.now()))
    rows = [[str(place), key, *_of_finding(found.get(place), without)] for place, key in sampling.shown_rows(sample)]
    return [_("Row"), _("What"), _("Found"), _("Note"), _("Auditor"), _("At")], rows


def _of_finding(finding: Finding | None, without: str) -> list[Any]:
    if finding is None:
        return [without, "", "", ""]
    label = str(Verdict(finding.verdict).label)
    return [label, finding.shown_note, finding.officer.staff_number, moment(finding.at)]
