"""Proving who one is: the ways that are on, the counter code, and the code in a notice."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.admin.fields import Words
from registry.errors import NoSuchWay, Refusal
from registry.form_problems import problems_of
from sharing.employers.short_code import TYPED_MOST
from sharing.persons.identity import counter, notice, proving, ways
from sharing.persons.identity.proving import Redeem
from sharing.persons.pages import visit
from sharing.persons.pages.frame import refused

AS_PRINTED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class CounterForm(forms.Form):
    code = Words(
        label=_("Counter code"),
        max_length=TYPED_MOST,
        help_text=_("10 letters and digits, as printed"),
        widget=forms.TextInput(AS_PRINTED),
    )
    last_four = Words(
        label=_("Last four characters of your document number"),
        max_length=TYPED_MOST,
        widget=forms.TextInput(AS_PRINTED),
    )


class NoticeForm(forms.Form):
    code = Words(
        label=_("Code in the notice"),
        max_length=TYPED_MOST,
        help_text=_("20 letters and digits, as printed"),
        widget=forms.TextInput(AS_PRINTED),
    )
    last_four = Words(
        label=_("Last four characters of your document number"),
        max_length=TYPED_MOST,
        help_text=_("They are not in the notice. Of a unit: of its unified social credit code."),
        widget=forms.TextInput(AS_PRINTED),
    )


@require_safe
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    return render(request, "persons/identity.html", {"ways": ways.offered(), "minutes": proving.MINUTES})


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def counter_code(request: HttpRequest) -> HttpResponse:
    return _by_code(request, CounterForm(request.POST or None), ways.COUNTER, counter.redeem)


@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notice_code(request: HttpRequest) -> HttpResponse:
    """The QR code of a notice leads here with the code after “#”, which browsers send to nobody."""
    return _by_code(request, NoticeForm(request.POST or None), ways.NOTICE, notice.redeem)


@sensitive_variables()
def _by_code(request: HttpRequest, form: forms.Form, way: str, redeem: Redeem) -> HttpResponse:
    status = 200
    try:
        ways.refuse_unless_on(way)
        if form.is_valid():
            typed = form.cleaned_data
            proof = proving.redeemed(redeem, typed["code"], typed["last_four"], now=timezone.now())
            return visit.begin(request, proof)
    except NoSuchWay as refusal:
        return refused(request, refusal)
    except Refusal as refusal:
        form.add_error(refusal.field or None, str(refusal))
        status = refusal.status
    shown = {"form": form, "problems": list(problems_of(form))}
    return render(request, f"persons/{way}.html", shown, status=status)


@require_POST
@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """Forget who sits here, before half an hour is over."""
    visit.end(request)
    visit.close(request)
    return redirect("person:request")
