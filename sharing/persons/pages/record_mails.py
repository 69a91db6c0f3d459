"""Messages about questions: ordered with a mail address, confirmed by a link, renewed, and ended at once."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.admin.fields import Words
from registry.errors import MailLinkDead, NoMessagesOrdered, Refusal
from registry.form_problems import problems_of
from registry.keys import KeyUnknown, SealBroken
from sharing.persons.identity.proving import Identity
from sharing.persons.mails import ordering, writing
from sharing.persons.models import QuestionMails
from sharing.persons.pages.frame import levelled, refused
from sharing.persons.pages.visit import person_only
from sharing.tables import moment

BY_LINK: dict[str, Callable[..., object]] = {
    ordering.CONFIRM: ordering.confirm,
    ordering.END: ordering.end_by_link,
    ordering.GO_ON: ordering.renew_by_link,
}


class AddressForm(forms.Form):
    address = Words(
        label=gettext_lazy("Mail address"),
        max_length=ordering.ADDRESS_MOST,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@levelled
@person_only("person:mails")
def mails(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    subject = identity.subject(now)
    form, status = AddressForm(request.POST or None), 200
    if form.is_valid():
        try:
            went = writing.send_link(ordering.begin(subject, form.cleaned_data["address"], now=now))
            _say_whether(request, went)
            return redirect("person:mails")
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
            status = refusal.status
    ordered = ordering.ordered(subject, now=now)
    shown = {
        "form": form,
        "problems": list(problems_of(form)),
        "running": ordered.running,
        "waiting": ordered.waiting,
        "running_to": _address(ordered.running),
        "waiting_to": _address(ordered.waiting),
        "until": moment(ordered.running.ends_at) if ordered.running else "",
        "days": settings.SHARING_QUESTION_MAILS_DAYS,
    }
    return render(request, "persons/record_mails.html", shown, status=status)


@require_POST
@never_cache
@person_only("person:mails")
def renew(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    try:
        ordering.renew(identity.subject(now), now=now)
    except NoMessagesOrdered as refusal:
        return refused(request, refusal)
    messages.success(request, _("Renewed."))
    return redirect("person:mails")


@require_POST
@never_cache
@person_only("person:mails")
def end(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    if ordering.end(identity.subject(now), now=now):
        messages.success(request, _("Ended. One last message says so; then your address is destroyed."))
    else:
        messages.success(request, _("Nothing is sent to you now. The link opens nothing any more."))
    return redirect("person:mails")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the link has the mailbox. Opening it does nothing: mail programs do that by themselves."""
    return _by_link(request, token, ordering.CONFIRM)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def end_by_link(request: HttpRequest, token: str) -> HttpResponse:
    return _by_link(request, token, ordering.END)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def renew_by_link(request: HttpRequest, token: str) -> HttpResponse:
    return _by_link(request, token, ordering.GO_ON)


@require_safe
@never_cache
def spoilt_link(request: HttpRequest, token: str) -> HttpResponse:
    """Something stands behind a link, such as a full stop: answered like one that is dead."""
    return refused(request, MailLinkDead())


def _by_link(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    now = timezone.now()
    try:
        if request.method != "POST":
            ordering.opened(token, purpose, now=now)
        else:
            BY_LINK[purpose](token, now=now)
    except MailLinkDead as refusal:
        return refused(request, refusal)
    shown = {"does": purpose, "done": request.method == "POST"}
    return render(request, "persons/mails_link.html", shown)


def _address(mails: QuestionMails | None) -> str:
    """What no key opens keeps nobody from ending his messages, or from having them elsewhere."""
    try:
        return mails.address if mails else ""
    except (KeyUnknown, SealBroken):
        return _("an address that the court cannot read any more")


def _say_whether(request: HttpRequest, went: bool) -> None:
    if went:
        messages.success(request, _("A message with a link is on its way. Nothing else is sent before you confirm."))
    else:
        messages.error(request, _("The message could not be sent. Try again in a few minutes."))
