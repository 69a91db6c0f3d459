"""My screenings: the trail of what was asked, for the employer's own people and for whoever inspects it; as a file too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry import spreadsheets
from registry.first_rows import FirstRows
from registry.spreadsheets import Row
from sharing.access import suspended
from sharing.employers import trail
from sharing.employers.models import ConsentKind, Employer, Screening, ScreeningOutcome
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.forms import FilterForm
from sharing.employers.portal.frame import page
from sharing.employers.spoken import ANSWER, SCOPES, post_label, purpose_label, word
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import Cell, Table, moment

PAGE = 25
COLOURS = {ScreeningOutcome.PENDING: "yellow"}  # the two answers look alike


@require_safe
@never_cache
@members_who_may(Act.READ)
def screenings(request: HttpRequest, member: Member) -> HttpResponse:
    form = FilterForm(request.GET, employer=Employer.objects.get(pk=member.organisation_id))
    sought = form.sought()
    found = FirstRows(trail.of(member.organisation_id, sought), PAGE).get_page(request.GET.get("page"))
    nothing = _("No screening yet.") if sought.everything else _("No screening fits.")
    return page(
        request,
        member,
        "screenings",
        here="screenings",
        form=form,
        table=_table(list(found), empty=nothing),
        found=found,
        none_yet=sought.everything and not found.paginator.count,
        query=urlencode({name: value for name, value in form.data.items() if name in form.fields and value}),
        may_ask=may(member, Act.ASK) and not suspended(member),
    )


@require_safe
@never_cache
@members_who_may(Act.READ)
def export(request: HttpRequest, member: Member) -> StreamingHttpResponse:
    """The trail as CSV, with the filter of the page."""
    form = FilterForm(request.GET, employer=Employer.objects.get(pk=member.organisation_id))
    members.note(member, MemberActKind.EXPORT_SCREENINGS, member.organisation.code, now=timezone.now())
    rows = _lines(get_language() or "", trail.each(member.organisation_id, form.sought()))
    day = timezone.localdate().isoformat()
    headers = {"Content-Disposition": f'attachment; filename="screenings-{day}.csv"'}
    file = spreadsheets.unsealed_csv_file(_heads(), rows)
    return StreamingHttpResponse(file, content_type="text/csv; charset=utf-8", headers=headers)


def _table(found: list[Screening], *, empty: str) -> Table:
    rows = [
        (
            Cell(moment(each.asked_at)),
            Cell(each.pk, href=reverse("employer:screening", args=[each.pk])),
            capfirst(purpose_label(each.purpose)),
            _asker(each),
            Cell(capfirst(str(word(each))), colour=COLOURS.get(ScreeningOutcome(each.latest.outcome), "")),
            _told(each),
        )
        for each in found
    ]
    columns = (_("Asked at"), _("Id"), _("Purpose"), _("Asked by"), ANSWER, _("Told the applicant on"))
    return Table(_("Screenings, the newest first"), columns, rows, empty=empty)


def _told(screening: Screening) -> Cell:
    if screening.latest.outcome != ScreeningOutcome.LISTED:
        return Cell("—", quiet=True)
    day = trail.told_on(screening)
    return Cell(date_format(day, "DATE_FORMAT")) if day else Cell(_("not yet"), colour="orange")


def _asker(screening: Screening) -> str:
    if hasattr(screening, "monitoring_change"):
        return _("monitoring")
    return screening.member.name if screening.member else _("a program")


def _heads() -> list[str]:
    return [
        _("Id"),
        _("Asked at"),
        _("Purpose"),
        _("Post"),
        _("Scope"),
        str(ANSWER),
        _("Consent"),
        _("Fingerprint of the signed form"),
        _("Consent of"),
        _("Asked by"),
        _("Do not rely on it after"),
        _("Told the applicant on"),
    ]


def _lines(language: str, found: Iterable[Screening]) -> Iterator[Row]:
    """``language``: of the reader, which a response that is sent in pieces no longer has."""
    for each in found:
        with override(language):
            line = _line(each)
        yield line


def _line(screening: Screening) -> Row:
    consent, day = screening.consent, trail.told_on(screening)
    return [
        screening.pk,
        localtime(screening.asked_at).isoformat(timespec="seconds"),
        purpose_label(screening.purpose),
        post_label(screening.purpose, screening.post),
        str(SCOPES[screening.scope]),
        str(word(screening)),
        str(ConsentKind(consent.kind).label) if consent else "",
        consent.document_sha256 if consent else "",
        consent.signed_on.isoformat() if consent else "",
        _asker(screening),
        localtime(screening.latest.expires_at).isoformat(timespec="seconds"),
        day.isoformat() if day else "",
    ]
