"""Acting as the employer's HR: a form that asks the running API about an applicant, and what the court answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from config.demo import applicants, touring
from config.demo.asking import NoAnswer, Reply, new_fingerprint, question
from config.demo.pages import answered, parts
from config.demo.pages.asked import put
from config.demo.pages.audiences import readings_table
from config.demo.pages.parts import Part
from config.demo.pages.playing import only_as
from config.demo.playbill import Playbill
from config.demo.touring import Tour
from config.demo.world import POST, PURPOSE
from registry import identity
from registry.actions.acting import today
from registry.admin.fields import Code, Day, Words, tidy
from registry.entries import DocumentEntry, PersonEntry
from registry.form_problems import problems_of
from sharing.disclosure import Audience
from sharing.employers.purposes import purposes

PREFILLED, ANSWERED = "applicant", "answered"  # in the session: which invented applicant; the answer to show
LISTED, UNLISTED = "listed", "unlisted"
TYPED_MOST = 64

# Where a refusal of the API belongs in the form; the names are those of the question and of `registry.identity`.
PLACES = {
    "purpose": "purpose",
    "post": "post",
    "name": "name",
    "applicant.name": "name",
    "type": "document_type",
    "applicant.document.type": "document_type",
    "number": "document_number",
    "applicant.document.number": "document_number",
    "consent": "fingerprint",
    "consent.document_sha256": "fingerprint",
    "consent.signed_on": "signed_on",
}


class QuestionForm(forms.Form):
    """Shapes only: what may be asked is for the court to say."""

    name = Words(label=_("Name of the applicant"), max_length=100, help_text=_("As printed on the document."))
    document_type = Code("document_types", label=_("Document type"), initial="resident_id")
    document_number = Words(
        label=_("Document number"),
        max_length=TYPED_MOST,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=CallableChoiceIterator(lambda: [(each.code, each.label) for each in purposes().values()]),
        initial=PURPOSE,
    )
    post = forms.ChoiceField(label=_("Post"), choices=CallableChoiceIterator(lambda: list(_posts())), initial=POST)
    fingerprint = Words(
        label=_("Fingerprint of the signed consent form"),
        max_length=64,
        required=False,
        help_text=_("SHA-256 of the file. The form stays with you. Empty it to see that nothing is answered without."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    signed_on = Day(label=_("Consent signed on"), required=False, help_text=_("Within the last 30 days."))

    def question(self) -> dict[str, Any]:
        """The body of the question. A consent that is left empty is left out."""
        typed = self.cleaned_data
        signed_on = typed["signed_on"]
        given = {"document_sha256": typed["fingerprint"], "signed_on": signed_on.isoformat() if signed_on else ""}
        return question(
            typed["name"],
            DocumentEntry(type=typed["document_type"], number=typed["document_number"]),
            purpose=typed["purpose"],
            post=typed["post"],
            consent={"kind": "attested", **given} if any(given.values()) else None,
        )

    def show(self, reply: Reply) -> None:
        """Each refusal beside the field that it blames, with its code and words."""
        for error in reply.body.get("errors") or [reply.body]:
            field = PLACES.get(error.get("field", ""))
            self.add_error(field, f"{error.get('code', reply.status)} {error.get('detail', '')}")

    @property
    def about(self) -> str:
        """The number as it is shown from here on."""
        return identity.masked(tidy(self.cleaned_data["document_number"]))


@require_http_methods(["GET", "HEAD", "POST"])
@only_as(parts.HR)
def hr(request: HttpRequest, part: Part, played: Playbill) -> HttpResponse:
    if request.method != "POST":
        return _page(request, played, QuestionForm(initial=_initial(request)))
    if request.POST.get("applicant") in (LISTED, UNLISTED):
        request.session[PREFILLED] = request.POST["applicant"]
        return redirect("demo:as_hr")
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _page(request, played, form)
    return _ask(request, played, form)


def _ask(request: HttpRequest, played: Playbill, form: QuestionForm) -> HttpResponse:
    try:
        reply = put(request, played, form.question())
    except NoAnswer:
        form.add_error(None, str(_("The court did not answer. Nothing was asked; try again in a moment.")))
        return _page(request, played, form)
    if not reply.answered:
        form.show(reply)
        return _page(request, played, form)
    request.session[ANSWERED] = {"answer": answered.kept(reply.body), "about": form.about}
    return redirect("demo:as_hr")


def _page(request: HttpRequest, played: Playbill, form: QuestionForm) -> HttpResponse:
    told = None if form.is_bound else request.session.pop(ANSWERED, None)
    return render(
        request,
        "demo/hr.html",
        {
            "employer": played.employer,
            "has_portal": played.employer_account_id is not None,
            "form": form,
            "problems": list(problems_of(form)),
            "told": answered.spoken(**told) if told else None,
            "readings": readings_table(Audience.EMPLOYER),
        },
    )


def _initial(request: HttpRequest) -> dict[str, Any]:
    """A fresh consent, and the invented applicant who was chosen, if one was."""
    consent = {"fingerprint": new_fingerprint(), "signed_on": today(timezone.now())}
    chosen = request.session.pop(PREFILLED, "")
    toured = touring.listing_of(Tour.of(request.session))
    listed = partial(applicants.listed_applicant, toured.number if toured else "")
    known: dict[str, Callable[[], PersonEntry | None]] = {LISTED: listed, UNLISTED: applicants.unlisted_applicant}
    entry = known[chosen]() if chosen in known else None
    if entry is None:
        return consent
    document = entry.documents[0]
    return {**consent, "name": entry.name, "document_type": document.type, "document_number": document.number}


def _posts() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The posts under their purposes."""
    for purpose in purposes().values():
        yield purpose.label, [(post.code, post.label) for post in purpose.posts.values()]
