"""The page of one registration: its state, by number and secret or by a mailed link. It names no person."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.errors import NoSuchRegistration, Refusal, Text
from registry.form_problems import problems_of
from sharing.employers import registering, registrations
from sharing.employers.models import Registration, RegistrationAct, RegistrationState
from sharing.employers.portal.registering import days_usual, file_of
from sharing.employers.portal.registering_forms import AnswerForm, EntryForm
from sharing.employers.registering import BY_SECRET, TO_CONFIRM, Entry
from sharing.employers.taking_files import InMemory, checked_for_forgery_after
from sharing.tables import moment

MEANINGS: Mapping[str, Text] = {
    RegistrationState.UNCONFIRMED: gettext_lazy(
        "A message was sent to the e-mail address that was given. The registry sees the registration once the link in it was used."
    ),
    RegistrationState.RECEIVED: gettext_lazy(
        "The registry has it and will look at it. There is nothing to do for you."
    ),
    RegistrationState.REVIEW: gettext_lazy("An officer is looking at it. There is nothing to do for you."),
    RegistrationState.MORE: gettext_lazy(
        "The court asks you for something more. It goes on once you have answered below."
    ),
    RegistrationState.ADMITTED: gettext_lazy(
        "Your organisation is admitted. The contact has an invitation by mail, to choose a password and sign in."
    ),
    RegistrationState.REFUSED: gettext_lazy(
        "Your organisation is not admitted. You may register again once the reason is gone."
    ),
}
COLOURS: Mapping[str, str] = {
    RegistrationState.UNCONFIRMED: "yellow",
    RegistrationState.MORE: "yellow",
    RegistrationState.ADMITTED: "green",
    RegistrationState.REFUSED: "red",
}
# Whose reason the organisation reads.
SAID = {RegistrationState.MORE: RegistrationAct.Act.MORE, RegistrationState.REFUSED: RegistrationAct.Act.REFUSE}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("secret")
def enter(request: HttpRequest) -> HttpResponse:
    """By number and secret to the page, whose address is a link of its own."""
    form = EntryForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            found = registering.by_secret(form.cleaned_data["number"], form.cleaned_data["secret"])
            return redirect("employer:registration", registering.link_of(found, BY_SECRET))
        except NoSuchRegistration as refusal:
            form.add_error("secret", str(refusal))
            status = refusal.status
    shown = {"form": form, "problems": list(problems_of(form))}
    return render(request, "employer/registration_enter.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@checked_for_forgery_after(InMemory)
def show(request: HttpRequest, link: str) -> HttpResponse:
    try:
        entry = registering.by_link(link)
    except NoSuchRegistration as refusal:
        raise Http404 from refusal
    if request.method != "POST":
        return _page(request, entry, AnswerForm())
    if request.POST.get("do") == "confirm":
        return _confirm(request, entry, link)
    return _answer(request, entry, link)


def _confirm(request: HttpRequest, entry: Entry, link: str) -> HttpResponse:
    """Only a mailed link shows that the address is the contact's."""
    if not entry.by_mail:
        raise Http404
    try:
        registering.confirm(entry.registration.pk, now=timezone.now())
    except NoSuchRegistration as refusal:
        raise Http404 from refusal
    except Refusal as refusal:
        return _page(request, entry, AnswerForm(), refusal)
    return redirect("employer:registration", link)


def _answer(request: HttpRequest, entry: Entry, link: str) -> HttpResponse:
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, entry, form)
    try:
        words, file = form.cleaned_data["words"], file_of(request, "licence")
        registering.answer(entry.registration.pk, words, file, now=timezone.now())
    except Refusal as refusal:
        if refusal.field not in form.fields:
            return _page(request, entry, form, refusal)
        words_of = _("Write an answer or choose a file.") if refusal.field == "words" else str(refusal)
        form.add_error(refusal.field, words_of)
        return _page(request, entry, form, status=refusal.status)
    return redirect("employer:registration", link)


def _page(
    request: HttpRequest, entry: Entry, form: AnswerForm, refusal: Refusal | None = None, *, status: int = 200
) -> HttpResponse:
    found = entry.registration
    state = RegistrationState(found.state)
    shown = {
        "registration": found,
        "state": capfirst(str(state.label)),
        "colour": COLOURS.get(state, "blue"),
        "meaning": MEANINGS[state],
        "rows": _rows(found),
        "reason": _reason(found),
        "may_confirm": entry.by_mail and state is RegistrationState.UNCONFIRMED,
        "may_answer": state is RegistrationState.MORE,
        "form": form,
        "problems": [*([{"text": str(refusal)}] if refusal else []), *problems_of(form)],
        "contact": {"office": settings.REGISTRY_CONTACT_OFFICE, "phone": settings.REGISTRY_CONTACT_PHONE},
    }
    return render(request, "employer/registration.html", shown, status=refusal.status if refusal else status)


def _rows(found: Registration) -> list[dict[str, str]]:
    rows = [
        (_("Number"), found.pk),
        (_("Organisation"), found.name),
        (_("Sent at"), moment(found.sent_at)),
    ]
    if found.state == RegistrationState.UNCONFIRMED:
        rows.append((_("To be confirmed by"), moment(found.sent_at + TO_CONFIRM)))
    elif found.state in registrations.FOR_THE_COURT:
        rows.append((_("At the court since"), moment(found.waiting_since)))
        rows.append((_("Usually decided within"), _("%(days)s working days") % {"days": days_usual()}))
    return [{"label": label, "value": value, "href": ""} for label, value in rows]


def _reason(found: Registration) -> str:
    act = SAID.get(RegistrationState(found.state))
    said = found.acts.filter(act=act).order_by("-at").first() if act else None
    return said.reason if said else ""
