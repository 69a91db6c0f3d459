"""One result of the employer: what the court answered, how far it goes, and what is owed to the applicant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registry.actions.acting import today
from registry.errors import NoResultYet, Refusal, ResultRecalled
from registry.form_problems import problems_of
from registry.models import Listing, State
from sharing.employers import duty, paper, recalling, results, spoken, trail
from sharing.employers.models import (
    RESULTS,
    ConsentCall,
    ConsentKind,
    MonitoringChange,
    RecallDecision,
    ResultRecall,
    Screening,
    ScreeningOutcome,
)
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.forms import ToldForm
from sharing.employers.portal.frame import page
from sharing.employers.portal.meanings import meaning_of
from sharing.employers.signed_form import has_to_be_there, kept_until
from sharing.employers.spoken import SCOPE_MEANINGS, WORDS, Line, listing_lines, post_label, purpose_label
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import moment

CONTACT = {
    "office": "REGISTRY_CONTACT_OFFICE",
    "address": "REGISTRY_CONTACT_ADDRESS",
    "phone": "REGISTRY_CONTACT_PHONE",
    "email": "REGISTRY_CONTACT_EMAIL",
    "hours": "REGISTRY_CONTACT_HOURS",
}


@require_safe
@never_cache
@members_who_may(Act.READ)
def show(request: HttpRequest, member: Member, screening_id: str) -> HttpResponse:
    found = _own(member, screening_id)
    members.note(member, MemberActKind.READ_RESULT, found.pk, now=timezone.now())
    return _page(request, member, found, ToldForm())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.TELL)
def told(request: HttpRequest, member: Member, screening_id: str) -> HttpResponse:
    """When the applicant was told: written down once."""
    found = _listed(member, screening_id)
    form = ToldForm(request.POST)
    if request.method != "POST":
        return redirect("employer:screening", found.pk)
    if form.is_valid():
        try:
            duty.record_told(found, form.cleaned_data["told_on"], member=member, now=timezone.now())
            messages.success(request, str(_("Written down.")))
            return redirect("employer:screening", found.pk)
        except Refusal as refusal:
            form.add_error("told_on", str(refusal))
    return _page(request, member, found, form)


@require_safe
@never_cache
@members_who_may(Act.READ)
def letter(request: HttpRequest, member: Member, screening_id: str) -> HttpResponse:
    """A sheet of paper for the applicant, in both languages, to be completed by hand; none on a result that was recalled."""
    found, now = _listed(member, screening_id), timezone.now()
    if found.is_recalled:
        messages.error(request, str(_("This result was recalled: no letter is given out on it any more.")))
        return redirect("employer:screening", found.pk)
    members.note(member, MemberActKind.READ_LETTER, found.pk, now=now)
    told_on = trail.told_on(found) or today(now)
    shown = {
        "screening": found,
        "told_on": told_on,
        "until": duty.waiting_until(told_on),
        "days": settings.SHARING_WAITING_DAYS,
        "contact": _contact(),
        "spoken": Spoken(found),
        "tongues": ("zh-hans", "en"),
    }
    return page(request, member, "letter", here="screenings", **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.TELL)
def confirm_recall(request: HttpRequest, member: Member, screening_id: str) -> HttpResponse:
    """The employer's word: what it kept of the result is removed, and what became of its decision."""
    found, said = _own(member, screening_id), request.POST.get("decision", "")
    if request.method != "POST":
        return redirect("employer:screening", found.pk)
    if said not in RecallDecision.values:
        messages.error(request, str(_("Say what became of it.")))
        return redirect("employer:screening", found.pk)
    decision, of = RecallDecision(said), member.organisation_id
    try:
        recalling.confirm(found.pk, employer_id=of, removed=True, decision=decision, by=member, now=timezone.now())
        messages.success(request, str(_("Written down.")))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("employer:screening", found.pk)


@require_safe
@never_cache
@members_who_may(Act.READ)
def print_paper(request: HttpRequest, member: Member, screening_id: str) -> HttpResponse:
    """The result as PDF, to be kept or shown; none of one that was recalled."""
    found = _own(member, screening_id)
    try:
        printed = paper.paper(found)
    except NoResultYet as refusal:
        raise Http404 from refusal
    except ResultRecalled as refusal:
        messages.error(request, str(refusal))
        return redirect("employer:screening", found.pk)
    members.note(member, MemberActKind.READ_PAPER, found.pk, now=timezone.now())
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.pk}.pdf"'
    return response


def _page(request: HttpRequest, member: Member, found: Screening, form: ToldForm) -> HttpResponse:
    outcome, now = ScreeningOutcome(found.latest.outcome), timezone.now()
    listing = None if found.is_recalled else _answer(found)["listing"]
    told_on = trail.told_on(found)
    return page(
        request,
        member,
        "screening",
        here="screenings",
        screening=found,
        title=capfirst(str(spoken.title(found))),
        meaning=meaning_of(found),
        listed=outcome is ScreeningOutcome.LISTED,
        rows=_rows(_facts(found)),
        listing=_rows(listing_lines(listing)) if listing else [],
        statement=_statement(found, now),
        told_on=told_on,
        until=duty.waiting_until(told_on or today(now)),
        days=settings.SHARING_WAITING_DAYS,
        may_tell=may(member, Act.TELL),
        form=form,
        problems=list(problems_of(form)),
        contact=_contact(),
        **_proof(found),
    )


def _proof(found: Screening) -> dict[str, object]:
    """By what others check it, whether it was recalled, and whether the signed form is to be shown."""
    final = found.latest.outcome in RESULTS and not found.is_recalled
    call: ConsentCall | None = getattr(found, "call", None)
    recall: ResultRecall | None = getattr(found, "recall", None)
    return {
        "confirmed": bool(recall) and not recalling.open_recalls().filter(screening=found.pk).exists(),
        "decisions": RecallDecision.choices,
        "code": results.code_of(found.latest.answer) if final else "",
        "verify": results.verification_address(),
        "recall": recall,
        "call": call if _is_to_be_shown(found) else None,
        "may_be_gone": call is not None and not has_to_be_there(found.asked_at, call.told_at or timezone.now()),
        "shown": getattr(call, "form", None),
    }


def _is_to_be_shown(found: Screening) -> bool:
    """Of the applicant's own consent there is no form."""
    attested = found.consent is not None and found.consent.kind == ConsentKind.ATTESTED
    return attested and getattr(found, "verdict", None) is None


def _facts(found: Screening) -> Iterator[Line]:
    change: MonitoringChange | None = getattr(found, "monitoring_change", None)
    consent = change.monitoring.consent if change else found.consent
    yield Line(_("Id"), found.pk)
    yield Line(_("Asked at"), moment(found.asked_at))
    if found.is_recalled:
        yield Line(_("Was answered"), capfirst(str(WORDS[found.latest.outcome])))
    if found.latest.outcome in RESULTS:
        yield Line(_("Answered at"), moment(found.latest.answered_at))
    yield Line(_("Purpose"), capfirst(purpose_label(found.purpose)))
    yield Line(_("Post"), capfirst(post_label(found.purpose, found.post)))
    yield Line(_("What this purpose lets you learn"), str(SCOPE_MEANINGS[found.scope]))
    yield Line(_("Do not rely on it after"), moment(found.latest.expires_at))
    yield Line(_("Asked by"), _("monitoring") if change else found.member.name if found.member else _("a program"))
    if change:
        yield Line(_("Your reference"), change.monitoring.reference)
    yield Line(_("Consent"), str(ConsentKind(consent.kind).label) if consent else "—")
    yield Line(_("Consent of"), _day(consent.signed_on) if consent else "—")
    if consent and consent.document_sha256:
        yield Line(_("Fingerprint of the signed form"), consent.document_sha256)
        yield Line(
            _("Keep the signed form until"),
            _day(kept_until(change.monitoring.enrolled_at if change else found.asked_at)),
        )
    yield Line(
        _("Applicant"),
        _(
            "The register keeps neither the name nor the number of whom you asked about. Write the id above into the applicant’s file."
        ),
    )


def _rows(lines: Iterable[Line]) -> list[dict[str, str]]:
    return [{"label": each.label, "value": each.value, "href": ""} for each in lines]


def _statement(found: Screening, now: datetime) -> str:
    """The person's own words beside a positive result, never part of the signed answer; only as long as it may be relied
    on: beside an old one they would say whether the listing stands today.
    """
    answered = found.latest
    if answered.outcome != ScreeningOutcome.LISTED or answered.listing_id is None:
        return ""
    if now >= answered.expires_at or found.is_recalled:
        return ""
    listing = Listing.objects.filter(pk=answered.listing_id, state=State.ACTIVE).first()
    return (listing.statement or "") if listing else ""


class Spoken:
    """A screening whose words are made in the language that is active when the template asks for them."""

    def __init__(self, screening: Screening) -> None:
        self._screening = screening

    def purpose(self) -> str:
        return purpose_label(self._screening.purpose)

    def post(self) -> str:
        return post_label(self._screening.purpose, self._screening.post)

    def asked_at(self) -> str:
        return self._zoned(self._screening.asked_at)

    def answered_at(self) -> str:
        return self._zoned(self._screening.latest.answered_at)

    def _zoned(self, at: datetime) -> str:
        """The letter leaves the pages, whose foot names the zone."""
        return _("%(at)s (Beijing time)") % {"at": moment(at)}

    def listing(self) -> list[dict[str, str]]:
        return _rows(listing_lines(_answer(self._screening)["listing"]))


def _answer(screening: Screening) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(screening.latest.answer)
    return answer


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _contact() -> dict[str, str]:
    return {name: getattr(settings, setting) for name, setting in CONTACT.items()}


def _own(member: Member, screening_id: str) -> Screening:
    """Another employer's screening is as absent as one that never was."""
    own = Screening.objects.filter(employer=member.organisation_id, pk=screening_id)
    found = own.select_related(
        "member", "consent", "applicant_told", "verdict", "recall", "call__form", "monitoring_change"
    ).first()
    if found is None:
        raise Http404
    return found


def _listed(member: Member, screening_id: str) -> Screening:
    found = _own(member, screening_id)
    if found.latest.outcome != ScreeningOutcome.LISTED:
        raise Http404
    return found
