"""Where anybody who is shown a result verifies it. What is typed goes with the body of a POST and into no address."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from registry import codes
from registry.errors import LastFourShape, Refusal, Text
from registry.form_problems import problems_of
from sharing.employers import verification, verification_code
from sharing.employers.paper import OUTCOMES
from sharing.employers.purposes import labels
from sharing.employers.verification import Named, Verified
from sharing.recalls import clearing
from sharing.recalls.clearing import ReadLetter
from sharing.signing import TOKEN_MOST

TYPED_MOST = 64
FOUR = re.compile(r"[0-9A-Z]{4}", re.ASCII)
AS_PRINTED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class VerifyForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("verification code"),
        required=False,
        max_length=TYPED_MOST,
        help_text=gettext_lazy("20 letters and digits, as printed beside the QR code"),
        widget=forms.TextInput(attrs=AS_PRINTED),
    )
    last_four = forms.CharField(
        label=gettext_lazy("last four characters of the document number"),
        required=False,
        max_length=TYPED_MOST,
        help_text=gettext_lazy("Only if the applicant gave them to you: then the outcome is named too"),
        widget=forms.TextInput(attrs=AS_PRINTED),
    )
    result = forms.CharField(
        label=gettext_lazy("or the whole signed result"),
        required=False,
        max_length=TOKEN_MOST,
        help_text=gettext_lazy("Instead of the code: the text that begins with eyJ"),
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        try:
            return verification_code.read(typed) if typed else ""
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean_last_four(self) -> str:
        typed = verification_code.last_four(self.cleaned_data["last_four"])
        if typed and not FOUR.fullmatch(typed):
            raise forms.ValidationError(str(LastFourShape()))
        return typed

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or self.cleaned_data
        if not self.errors and not filled["code"] and not filled["result"]:
            self.add_error("code", _("Type the code, or paste the signed result."))
        if filled.get("result") and (filled.get("code") or filled.get("last_four")):
            self.add_error("result", _("Either the code or the signed result: leave the other fields empty."))
        return filled


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {"asked": False}
    if form.is_bound and form.is_valid():
        shown = _answer(form)
        if shown["asked"]:
            form = VerifyForm(initial={"code": form.cleaned_data["code"]})  # neither the ending nor the result again
    return render(request, "public/verify.html", {"form": form, "problems": list(problems_of(form)), **shown})


def _answer(form: VerifyForm) -> dict[str, Any]:
    filled, now = form.cleaned_data, timezone.now()
    letter = clearing.read(filled["result"]) if filled["result"] else None
    if letter is not None:
        return {"asked": True, "letter": letter, "rows": _letter_rows(letter), "at": timezone.localtime(now)}
    try:
        if filled["result"]:
            found: Verified | None = verification.by_signature(filled["result"])
        else:
            found = verification.by_code(filled["code"], filled["last_four"], now=now)
    except Refusal as refusal:
        form.add_error("result", str(refusal))
        return {"asked": False}
    rows = _rows(found, now) if found else []
    return {"asked": True, "found": found, "rows": rows, "outcome": _outcome(found), "at": timezone.localtime(now)}


def _rows(found: Verified, now: datetime) -> list[dict[str, Text]]:
    rows = [
        (_("Screening"), found.screening_id),
        (_("Issued on"), _moment(found.issued_at)),
        (_("May be relied on until"), _moment(found.expires_at)),
        (_("Status"), _status(found, now)),
        *(_about(found.named) if found.named else ()),
    ]
    return [{"label": label, "value": value} for label, value in rows]


def _letter_rows(letter: ReadLetter) -> list[dict[str, Text]]:
    """Neither the person nor the recipients: they stand in the letter, and are not repeated."""
    complete = _("Everybody named in it had confirmed.") if letter.complete else _("Not everybody had confirmed yet.")
    rows = [
        (_("Letter"), letter.id),
        (_("Listing"), letter.listing_number),
        (_("Issued on"), _moment(letter.issued_at)),
        (_("Status"), complete),
    ]
    return [{"label": label, "value": value} for label, value in rows]


def _status(found: Verified, now: datetime) -> Text:
    if found.recalled_at is not None:
        return _("Recalled on %(at)s: it must not be relied on.") % {"at": _moment(found.recalled_at)}
    if not found.final:
        return _("No answer yet: an officer of the court looks at the question.")
    if found.has_expired(now):
        return _("Expired: it says what was so when it was issued, and is not to be relied on any more.")
    return _("It stands.")


def _about(named: Named) -> list[tuple[Text, Text]]:
    purpose, post = labels(named.purpose, named.post)
    return [(_("Employer"), named.employer.spoken_name), (_("Purpose"), purpose), (_("Post"), post)]


def _outcome(found: Verified | None) -> Text:
    if found is None or found.named is None or found.recalled_at is not None:
        return ""
    return codes.spoken(OUTCOMES[found.named.scope, found.named.outcome])


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
