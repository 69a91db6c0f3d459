"""Instruments and measures at the desk: looked at, and changed by proposals that a second registrar decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.admin.checking import Back, TwoSteps
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact
from registry.admin.sheets import Sheet
from registry.lifecycle import is_high_court_registrar
from sharing.departments import instruments, joining, measures, previews, proposals, proposing
from sharing.departments.models import Instrument, Measure, SharingProposal
from sharing.departments.previews import Scope
from sharing.desk.departments import back_to, every_department, instrument_measures
from sharing.desk.forms import (
    InstrumentForm,
    MeasureForm,
    ReasonForm,
    instrument_terms,
    measure_terms,
    renewal,
    replacement,
)
from sharing.desk.gate import department_called, instrument_numbered, measure_numbered, reader_of, registrar_of
from sharing.desk.spoken import instrument_facts, measure_facts, validity

Proposes = Callable[[Sheet], SharingProposal]


def back_to_instrument(instrument: Instrument) -> Back:
    return Back(instrument.number, reverse("sharing_desk:instrument", args=[instrument.pk]))


def back_to_measure(measure: Measure) -> Back:
    return Back(measure.spoken_name, reverse("sharing_desk:measure", args=[measure.pk]))


def sent_on(request: HttpRequest, proposes: Proposes) -> Callable[[Sheet], HttpResponse]:
    """The last step of each proposal: it is made, and its page says who decides."""

    def act(sheet: Sheet) -> HttpResponse:
        proposal = proposes(sheet)
        done(request, _("Proposed. It waits for another registrar of the High Court."))
        return redirect("sharing_desk:proposal", proposal.pk)

    return act


@require_safe
@door
def show_instrument(request: HttpRequest, instrument_id: int) -> HttpResponse:
    reader_of(request)
    instrument = instrument_numbered(instrument_id)
    return page(
        request,
        "instrument",
        instrument.number,
        instrument=instrument,
        validity=validity(instrument, now=timezone.now()),
        facts=[*instrument_facts(instrument), *_officers(instrument)],
        renewals=instrument.renewals.select_related("entered_by", "approved_by").order_by("-at"),
        table=instrument_measures(instrument),
        waiting=proposals.waiting().filter(instrument=instrument),
        trail=[every_department(), back_to(instrument.department)],
        may=is_high_court_registrar(officer_of(request)),
    )


@require_safe
@door
def show_measure(request: HttpRequest, measure_id: int) -> HttpResponse:
    reader_of(request)
    measure = measure_numbered(measure_id)
    department = measure.instrument.department
    return page(
        request,
        "measure",
        measure.spoken_name,
        measure=measure,
        facts=[*measure_facts(measure), *_officers(measure)],
        progress=previews.progress(measure),
        waiting=proposals.waiting().filter(measure=measure),
        trail=[every_department(), back_to(department), back_to_instrument(measure.instrument)],
        may=is_high_court_registrar(officer_of(request)),
    )


@door
def propose_instrument(request: HttpRequest, code: str) -> HttpResponse:
    officer, now = registrar_of(request), timezone.now()
    department = department_called(code)
    return TwoSteps(
        title=_("Propose a sharing instrument"),
        button=_("Propose to register it"),
        back=back_to(department),
        form=InstrumentForm,
        examine=lambda sheet: joining.examine_instrument(department, instrument_terms(sheet)),
        act=sent_on(
            request,
            lambda sheet: proposing.propose_instrument(department, instrument_terms(sheet), officer=officer, now=now),
        ),
    ).answer(request)


@door
def propose_renewal(request: HttpRequest, instrument_id: int) -> HttpResponse:
    officer, now = registrar_of(request), timezone.now()
    instrument = instrument_numbered(instrument_id)
    return TwoSteps(
        title=_("Renew %(number)s") % {"number": instrument.number},
        button=_("Propose to renew it"),
        back=back_to_instrument(instrument),
        form=lambda typed: renewal(typed, instrument),
        examine=lambda sheet: instruments.examine_renewal(instrument, sheet["expires_on"], now),
        foretell=lambda sheet: {"preview": previews.of_renewing(instrument)},
        act=sent_on(
            request,
            lambda sheet: proposing.propose_renewal(instrument, sheet["expires_on"], officer=officer, now=now),
        ),
    ).answer(request)


@door
def propose_measure(request: HttpRequest, instrument_id: int) -> HttpResponse:
    officer, now = registrar_of(request), timezone.now()
    instrument = instrument_numbered(instrument_id)
    return TwoSteps(
        title=_("Open a measure on %(number)s") % {"number": instrument.number},
        button=_("Propose to open it"),
        back=back_to_instrument(instrument),
        form=MeasureForm,
        examine=lambda sheet: measures.examine(measure_terms(sheet)),
        foretell=lambda sheet: {"preview": previews.of_opening(instrument, _scope(sheet, instrument))},
        act=sent_on(
            request,
            lambda sheet: proposing.propose_opening(instrument, measure_terms(sheet), officer=officer, now=now),
        ),
    ).answer(request)


@door
def propose_replacement(request: HttpRequest, measure_id: int) -> HttpResponse:
    officer, now = registrar_of(request), timezone.now()
    measure = measure_numbered(measure_id)
    return TwoSteps(
        title=_("Replace %(name)s") % {"name": measure.spoken_name},
        button=_("Propose to replace it"),
        back=back_to_measure(measure),
        form=lambda typed: replacement(typed, measure),
        examine=lambda sheet: proposing.examine_replacement(measure, measure_terms(sheet), sheet["reason"]),
        foretell=lambda sheet: {"preview": previews.of_replacing(measure, _scope(sheet, measure.instrument))},
        act=sent_on(
            request,
            lambda sheet: proposing.propose_replacement(
                measure, measure_terms(sheet), reason=sheet["reason"], officer=officer, now=now
            ),
        ),
    ).answer(request)


@door
def propose_end(request: HttpRequest, measure_id: int) -> HttpResponse:
    officer, now = registrar_of(request), timezone.now()
    measure = measure_numbered(measure_id)
    return TwoSteps(
        title=_("End %(name)s") % {"name": measure.spoken_name},
        button=_("Propose to end it"),
        back=back_to_measure(measure),
        form=ReasonForm,
        examine=lambda sheet: proposing.examine_end(measure, sheet["reason"]),
        foretell=lambda sheet: {"preview": previews.of_ending(measure)},
        act=sent_on(
            request,
            lambda sheet: proposing.propose_end(measure, reason=sheet["reason"], officer=officer, now=now),
        ),
    ).answer(request)


def _scope(sheet: Sheet, instrument: Instrument) -> Scope:
    terms = measure_terms(sheet)
    return Scope(terms.articles, terms.facts, terms.longest_months, instrument.lapsed_position)


def _officers(row: Any) -> list[Fact]:
    return [Fact(_("Proposed by"), str(row.entered_by)), Fact(_("Approved by"), str(row.approved_by))]
