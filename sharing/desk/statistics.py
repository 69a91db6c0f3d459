"""Statistics at the desk: counted now, proposed as a release, and one release from its drawing to its decision.

Small numbers are seen here, by statisticians, registrars and auditors of the High Court alone; a person never is.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from registry.addresses import across
from registry.admin.checking import Back, TwoSteps
from registry.admin.doors import done, door, officer_of, page, said_no, taken
from registry.admin.facts import spoken_day
from registry.admin.sheets import Sheet, attempt
from registry.errors import NoSuchRelease
from registry.form_problems import problems_of
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer
from registry.statistics import tallying
from registry.statistics.counting import Period
from registry.statistics.shapes import Words
from sharing.desk import cases_not_concluded, circumstances_owed
from sharing.desk import statistics_rows as rows
from sharing.desk.forms import ReasonForm
from sharing.desk.statistics_forms import CorrectionForm, PeriodForm, ReleaseForm
from sharing.statistics import drawing, presenting, releasing
from sharing.statistics.models import Release, ReleaseOutcome

RELEASE, RETURN = "release", "return"
EVERY = "2s"  # the bar of the files is looked at


def back() -> Back:
    return Back(_("Statistics"), reverse("sharing_desk:statistics"))


@require_safe
@door
def statistics(request: HttpRequest) -> HttpResponse:
    """All releases, and a period to count."""
    officer = _reader(request)
    now, last = timezone.now(), releasing.released().defer("content", "counts_sealed").last()
    sheet = Sheet(PeriodForm(initial=rows.suggested(last, now)))
    return page(
        request,
        "statistics",
        _("Statistics"),
        sheet=sheet,
        last=last,
        public_page=across(reverse("public:statistics")),
        last_age=rows.age(last, now),
        table=rows.releases(Release.objects.defer("content", "counts_sealed")),
        owed=circumstances_owed.table(now),
        not_concluded=cases_not_concluded.table(),
        may=releasing.may_propose(officer),
    )


@require_safe
@door
def statistics_counted(request: HttpRequest) -> HttpResponse:
    """The figures of a period as the book has them now, and what of them would be published."""
    officer = _reader(request)
    sheet, now = Sheet(PeriodForm(request.GET)), timezone.now()
    found = attempt(sheet, lambda: _counted(sheet, now))
    if found is None:
        return page(request, "statistics", _("Statistics"), sheet=sheet, table=None, may=False)
    period, counted = found
    proposes = f"{reverse('sharing_desk:new_release')}?begins={period.begins}&ends={period.ends}"
    return page(
        request,
        "statistics_counted",
        _("The figures as counted now"),
        period=period,
        counted_at=counted.counts.counted_at,
        trail=[back()],
        proposes=proposes if releasing.may_propose(officer) else "",
        **rows.figures(counted, releasing.released().last()),
    )


@require_POST
@door
def count_anew(request: HttpRequest) -> HttpResponse:
    """Have the book counted, which takes a while where it is large, and come back."""
    _reader(request)
    tallying.ask(now=timezone.now())
    done(request, _("The book is being counted. Look again in a moment."))
    period = {name: request.POST.get(name, "") for name in ("begins", "ends")}
    return redirect(f"{reverse('sharing_desk:statistics_counted')}?{urlencode(period)}")


@door
def new_release(request: HttpRequest) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    releasing.refuse_not_proposing(officer)
    begun = {name: request.GET.get(name) for name in ("begins", "ends")}

    def act(sheet: Sheet) -> HttpResponse:
        release = releasing.propose(_period(sheet), _title(sheet), officer=officer, now=now)
        return _proposed(request, release)

    return TwoSteps(
        title=_("Propose a release"),
        button=_("Propose this release"),
        back=back(),
        form=lambda typed: ReleaseForm(typed, initial=begun),
        examine=lambda sheet: releasing.examine(_period(sheet), now=now),
        act=act,
        foretell=lambda sheet: _foretold(_period(sheet), now),
        hint=_(
            "What is proposed is frozen as it is counted then. A registrar of the High Court decides about these very numbers."
        ),
    ).answer(request)


@door
def correct_release(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """A new release of the same period, which says what was wrong with this one."""
    officer, now, wrong = officer_of(request), timezone.now(), _found(release_id)
    releasing.refuse_not_proposing(officer)
    period = Period(wrong.begins_on, wrong.ends_on)
    titles = {"title_zh": wrong.title_zh, "title_en": wrong.title_en}

    def act(sheet: Sheet) -> HttpResponse:
        why = Words(sheet["why_zh"], sheet["why_en"])
        release = releasing.propose(period, _title(sheet), officer=officer, now=now, corrects=wrong, why=why)
        return _proposed(request, release)

    return TwoSteps(
        title=_("Correct release %(number)s") % {"number": wrong.number},
        button=_("Propose this correction"),
        back=Back(wrong.number, reverse("sharing_desk:release", args=[wrong.pk])),
        form=lambda typed: CorrectionForm(typed, initial=titles),
        examine=lambda sheet: releasing.examine(period, now=now, corrects=wrong),
        act=act,
        foretell=lambda sheet: _foretold(period, now),
        hint=_(
            "The release stays at its address with its files, and says from then on what was wrong and which one replaced it."
        ),
    ).answer(request)


@door
def show_release(request: HttpRequest, release_id: UUID) -> HttpResponse:
    officer, release = _reader(request), _found(release_id)
    form = ReasonForm(request.POST if request.POST.get("do") == RETURN else None)
    if request.method == "POST":
        answer = _decided(request, release, form, officer)
        if answer is not None:
            return answer
    return _shown(request, release, form, officer)


@require_safe
@door
def preview_release(request: HttpRequest, release_id: UUID) -> HttpResponse:
    """The public page as it will be, with the files as they are so far."""
    _reader(request)
    release = _found(release_id)
    context = presenting.release_context(
        release, lambda name: reverse("sharing_desk:release_file", args=[release.pk, name])
    )
    return render(request, "public/release.html", context)


@require_safe
@door
def release_file(request: HttpRequest, release_id: UUID, name: str) -> HttpResponse:
    _reader(request)
    response = presenting.file_response(_found(release_id), name)
    if response is None:
        raise Http404
    return response


def _reader(request: HttpRequest) -> Officer:
    """Raises `StatisticsClosed`."""
    officer = officer_of(request)
    releasing.refuse_not_reading(officer)
    return officer


def _found(release_id: UUID) -> Release:
    found = Release.objects.select_related("proposed_by", "decided_by", "corrects").filter(pk=release_id).first()
    if found is None:
        raise NoSuchRelease
    return found


def _period(sheet: Sheet) -> Period:
    return Period(sheet["begins"], sheet["ends"])


def _title(sheet: Sheet) -> Words:
    return Words(sheet["title_zh"], sheet["title_en"])


def _counted(sheet: Sheet, now: datetime) -> tuple[Period, releasing.Counted]:
    period = _period(sheet)
    releasing.examine_period(period, now=now)
    return period, releasing.counted(period, now=now)


def _foretold(period: Period, now: datetime) -> dict[str, object]:
    counted = releasing.counted(period, now=now)
    return {"counted": rows.figures(counted, releasing.released().last())}


def _proposed(request: HttpRequest, release: Release) -> HttpResponse:
    done(request, _("Proposed and frozen. Its files are made now; then a registrar of the High Court decides."))
    return redirect("sharing_desk:release", release.pk)


def _shown(request: HttpRequest, release: Release, form: ReasonForm, officer: Officer) -> HttpResponse:
    pending = release.outcome == ReleaseOutcome.PENDING
    decides = pending and is_high_court_registrar(officer) and release.proposed_by_id != officer.pk
    made, of = drawing.progress(release)
    corrects = releasing.may_propose(officer) and releasing.is_newest_of_its_period(release)
    return page(
        request,
        "statistics_release",
        _("Release %(number)s") % {"number": release.number},
        release=release,
        facts=rows.release_facts(release),
        left_out=rows.left_out_by_why(release),
        made=made,
        of=of,
        every=EVERY,
        pending=pending,
        decides=decides,
        may_correct=corrects,
        corrected_by=release.corrections.filter(outcome=ReleaseOutcome.RELEASED).first(),
        address=across(reverse("public:release", args=[release.number])),
        period=f"{spoken_day(release.begins_on)} – {spoken_day(release.ends_on)}",
        form=form,
        problems=list(problems_of(form)),
        trail=[back()],
    )


def _decided(request: HttpRequest, release: Release, form: ReasonForm, officer: Officer) -> HttpResponse | None:
    """The next page, or None where the reason for returning does not do."""
    now = timezone.now()
    if request.POST.get("do") == RELEASE:
        if not said_no(request, lambda: releasing.release(release.pk, officer=officer, now=now)):
            done(request, _("Released: signed, and public from this moment on."))
        return redirect("sharing_desk:release", release.pk)
    releasing.refuse_not_deciding(officer)
    if not form.is_valid():
        return None
    reason = form.cleaned_data["reason"]
    if not taken(form, lambda: releasing.refuse(release.pk, because=reason, officer=officer, now=now)):
        return None
    done(request, _("Returned to the statistician; its number is free again."))
    return redirect("sharing_desk:release", release.pk)
