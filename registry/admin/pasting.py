"""From the judgment's text to the forms: paste it, look at what is found beside its passages, take what is right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.actions import pasting
from registry.actions.acting import today
from registry.actions.pasting import MOST_CHARACTERS
from registry.admin.doors import officer_of, page, refuse_unless
from registry.admin.fields import Words
from registry.admin.pasted import decision_form
from registry.admin.proposed import Group, groups_of, highlighted, laid
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import NothingGleaned, NothingTaken, OneReadingOnly, Refusal
from registry.form_problems import Problem
from registry.gleaning import glean
from registry.models import Decision, PastedText, Role
from registry.reading import decision_for

ENTER = _("enter")
TAKE = "take"


class TextForm(SheetForm):
    text = Words(
        label=_("Text of the judgment"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea({"rows": 18, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Whole, from the case system or the word processor."),
    )

    @property
    def is_multipart(self) -> Any:
        """Sent with three bytes for a character, and not nine."""
        return lambda: True


def paste(request: HttpRequest) -> HttpResponse:
    return _paste(request, None)


def paste_parties(request: HttpRequest, decision_id: int) -> HttpResponse:
    """For a decision that is entered already: only its parties are proposed."""
    return _paste(request, decision_for(officer_of(request), decision_id))


def show(request: HttpRequest, pasted_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ENTER)
    row = pasting.pasted_for(officer, pasted_id, now=timezone.now())
    text = row.content.get("text")
    if text is None:
        return _onward(row)
    found = glean(text, today=today(timezone.now()))
    groups = groups_of(text, found, with_decision=row.decision is None)
    if not groups:
        raise NothingGleaned
    problems: list[Problem] = []
    if request.method == "POST":
        chosen = set(request.POST.getlist(TAKE))
        problems = list(_problems(groups, chosen))
        if not problems:
            return _confirm(request, row, groups, chosen)
    return page(
        request,
        "pasted",
        _("What the text says"),
        decision=row.decision,
        groups=groups,
        pieces=highlighted(text, groups),
        chosen=set(request.POST.getlist(TAKE)),
        problems=problems,
    )


def _paste(request: HttpRequest, decision: Decision | None) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ENTER)
    sheet = Sheet(TextForm(request.POST if request.method == "POST" else None))

    def act() -> HttpResponse:
        text = sheet["text"].replace("\r\n", "\n")
        if not glean(text, today=today(timezone.now())):
            raise NothingGleaned("text")
        row = pasting.paste_text(text, decision=decision, officer=officer, now=timezone.now())
        return redirect("admin:pasted", row.pk)

    hint = _(
        "Names, numbers, days, articles and penalties are proposed beside the passages they stand in, by plain rules and no outside service. You confirm each by hand; then the forms are filled in with it. The text itself is not kept."
    )
    return sheet_page(
        request, sheet, _("Enter from the judgment's text"), act, button=_("Read it"), decision=decision, hint=hint
    )


def _problems(groups: Iterable[Group], chosen: set[str]) -> Iterable[Problem]:
    if not any(line.key in chosen for group in groups for line in group.lines):
        yield Problem(str(NothingTaken()))
    for group in groups:
        seen: dict[str, str] = {}
        for line in group.lines:
            if line.key in chosen and not line.finding.several:
                if line.name in seen:
                    refusal: Refusal = OneReadingOnly(name=line.label)
                    yield Problem(str(refusal), group.title, line.box)
                seen[line.name] = line.key


def _confirm(request: HttpRequest, row: PastedText, groups: list[Group], chosen: set[str]) -> HttpResponse:
    decision = next((laid(group, chosen) for group in groups if group.of_decision), None)
    circumstances = next((laid(group, chosen) for group in groups if group.of_circumstances), None)
    parties = [laid(group, chosen) for group in groups if not group.of_decision and not group.of_circumstances]
    taken = [each for each in parties if each]
    pasting.confirm_pasted(row, decision=decision, parties=taken, circumstances=circumstances)
    if any(group.too_many(chosen) for group in groups):
        messages.warning(request, _("Some rows have no place in the form as it opens; add them by hand."))
    return _onward(row)


def _onward(row: PastedText) -> HttpResponse:
    if row.decision_id is None:
        return redirect(decision_form(row))
    return redirect("admin:decision", row.decision_id)
