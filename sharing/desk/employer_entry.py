"""What a registrar changes in an employer's entry: what it is called, what it may ask, how much in a day."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.admin.doors import done, door
from registry.admin.sheets import Sheet
from sharing.desk.employer_forms import EntryForm, QuotaForm
from sharing.desk.employers import employer_called, with_reason
from sharing.desk.gate import registrar_of
from sharing.employers import overseeing
from sharing.employers.overseeing import Entry


@door
def change_entry(request: HttpRequest, code: str) -> HttpResponse:
    """Renamed, or admitted for other purposes, or on another basis."""
    officer, employer = registrar_of(request), employer_called(code)
    sheet = Sheet(EntryForm(request.POST or None, entry=overseeing.entry_of(employer)))

    def act(sheet: Sheet) -> None:
        typed = dict(sheet.form.cleaned_data)
        given = {"officer": officer, "reason": typed.pop("reason"), "now": timezone.now()}
        is_another = overseeing.amend(employer, Entry(**typed), **given)
        done(request, _("Changed from now on.") if is_another else _("Nothing was changed: all is so already."))

    hint = _(
        "Code and credit code stay. An organisation with another credit code is another one, and is admitted anew."
    )
    return with_reason(request, employer, _("Change the entry"), sheet, act, hint)


@door
def change_quota(request: HttpRequest, code: str) -> HttpResponse:
    officer, employer = registrar_of(request), employer_called(code)
    sheet = Sheet(QuotaForm(request.POST or None, initial={"questions": employer.daily_quota}))

    def act(sheet: Sheet) -> None:
        given = {"officer": officer, "reason": sheet["reason"], "now": timezone.now()}
        overseeing.change_quota(employer, sheet["questions"], **given)
        done(request, _("Changed from now on."))

    return with_reason(request, employer, _("Change the quota"), sheet, act, "")
