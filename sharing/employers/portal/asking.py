"""A new screening, or another errand of the same steps: purpose and post, consent, person, check, and the question itself.

Every step is the answer to a POST of the one before, and carries what was typed in one sealed field (`steps`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from registry import codes
from registry.errors import Refusal, Text
from registry.form_problems import Problem, problems_of
from sharing.employers import consent_code, requesting, screening, trail
from sharing.employers.consent import CODE_FIELD
from sharing.employers.models import Employer, Screening
from sharing.employers.portal import steps
from sharing.employers.portal.acts import Act, members_who_may
from sharing.employers.portal.form_file import FingerprintHandler, said_on_pages
from sharing.employers.portal.forms import (
    BETWEEN,
    PERSON_PLACES,
    CheckForm,
    ConsentForm,
    PersonForm,
    PurposeForm,
    SignedForm,
    StepForm,
)
from sharing.employers.portal.frame import page
from sharing.employers.purposes import purposes
from sharing.employers.question import Question
from sharing.employers.spoken import SCOPE_MEANINGS, Line, post_label, purpose_label
from sharing.employers.taking_files import checked_for_forgery_after
from sharing.parties.models import Member

PURPOSE, CONSENT, PERSON, CHECK = STEPS = "purpose", "consent", "person", "check"
FORMS: Mapping[str, type[StepForm]] = {
    PURPOSE: PurposeForm,
    CONSENT: ConsentForm,
    PERSON: PersonForm,
    CHECK: CheckForm,
}
TITLES: Mapping[str, Text] = {
    PURPOSE: _("What is the post?"),
    CONSENT: _("The applicant’s consent"),
    PERSON: _("Who is the applicant?"),
    CHECK: _("Check before you ask the court"),
}
# Where a refusal of the question belongs: the step and its field; "" is the whole page.
PLACES: Mapping[str, tuple[str, str]] = {
    "purpose": (PURPOSE, "post"),
    "post": (PURPOSE, "post"),
    "consent": (CONSENT, "form_file"),
    CODE_FIELD: (CONSENT, "code"),
    "consent.document_sha256": (CONSENT, "form_file"),
    "consent.signed_on": (CONSENT, "signed_on"),
    **{blamed: (PERSON, own) for blamed, own in PERSON_PLACES.items()},
}
# What the API says in one sentence for every cause; the form knows the cause.
OWN_WORDS: Mapping[str, Text] = {
    "consent.document_sha256": _("This form was used for another question. Ask the applicant to sign a new one."),
    "consent.signed_on": _("The form is older than 30 days. Ask the applicant to sign a new one."),
}

USED_FOR_YOURS = _(
    "This form was used for your question {id}: its answer stands under My screenings. To ask anew, ask the applicant to sign a new one."
)


StepLine = tuple[str, Line]
"""What is asked, with the step where it is changed."""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What the steps lead to. ``door``: of its URL; ``here``: the portal's section; ``template``: what the names of the
    steps' templates begin with; ``put`` does it, with the key that was sealed when the check was shown.
    """

    door: str
    here: str
    template: str
    forms: Mapping[str, type[StepForm]]
    titles: Mapping[str, Text]
    places: Mapping[str, tuple[str, str]]
    summary: Callable[[Asking], Iterable[StepLine]]
    put: Callable[[Asking], HttpResponseBase]


@dataclass
class Asking:
    """One request of a member: the employer, the errand, and what was typed so far."""

    request: HttpRequest
    member: Member
    employer: Employer
    errand: Errand
    typed: dict[str, str] = field(default_factory=dict, repr=False)

    def form(self, step: str) -> StepForm:
        """The step's form as it was sent before, to be judged anew."""
        return self.errand.forms[step](self.typed, employer=self.employer)

    def first_open(self) -> str:
        """The first step that is not whole; the check where all are."""
        return next((step for step in (PURPOSE, CONSENT, PERSON) if not self.form(step).is_valid()), CHECK)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@members_who_may(Act.ASK)
@checked_for_forgery_after(FingerprintHandler)
def new(request: HttpRequest, member: Member) -> HttpResponseBase:
    return answer(request, member, QUESTION)


def answer(request: HttpRequest, member: Member, errand: Errand) -> HttpResponseBase:
    """The step that comes next, or what the errand leads to."""
    employer = Employer.objects.select_related("organisation").get(pk=member.organisation_id)
    asking = Asking(request, member, employer, errand)
    if request.method != "POST":
        return _begin(asking, request.GET.get("request", ""))
    try:
        if sent := request.POST.get("sealed"):
            asking.typed = steps.opened(sent, member=member, now=timezone.now())
    except Refusal as refusal:
        return _show(asking, PURPOSE, problems=[Problem(str(refusal))], status=refusal.status)
    return _go(asking, request.POST.get("step", ""), request.POST.get("go", ""))


def _begin(asking: Asking, request_id: str) -> HttpResponse:
    """The first step; or, from a request that was answered, the person, with purpose, post and code filled in."""
    if not request_id:
        return _show(asking, PURPOSE)
    try:
        found = requesting.own(request_id, employer_id=asking.employer.pk, now=timezone.now())
    except Refusal as refusal:
        return _show(asking, PURPOSE, problems=[Problem(str(refusal))], status=refusal.status)
    asking.typed = {"post": f"{found.purpose}{BETWEEN}{found.post}", "code": requesting.code_of(found)}
    return _show(asking, asking.first_open())


@sensitive_variables("form", "asking")
def _go(asking: Asking, step: str, go: str) -> HttpResponseBase:
    """Keep what was typed at this step, and show another one, this one with what is wrong, or ask."""
    if step not in STEPS:
        return _show(asking, asking.first_open())
    form = asking.errand.forms[step](asking.request.POST, asking.request.FILES, employer=asking.employer)
    asking.typed.update(form.typed())
    if go in STEPS:
        return _show(asking, go)
    if not form.is_valid():
        return _show(asking, step, form)
    onward = asking.first_open()
    if step != CHECK or onward != CHECK:
        return _show(asking, onward)
    return _ask(asking, form)


def _ask(asking: Asking, check: StepForm) -> HttpResponseBase:
    try:
        steps.refuse_hurried(asking.typed, now=timezone.now())
        return asking.errand.put(asking)
    except Refusal as refusal:
        step, name = asking.errand.places.get(refusal.field, (CHECK, ""))
        form = check if step == CHECK else asking.form(step)
        words = _own_words(asking, refusal.field)
        form.is_valid()
        form.add_error(name or None, f"{refusal.code} {words}" if words else str(refusal))
        return _show(asking, step, form, status=refusal.status)


def _own_words(asking: Asking, field: str) -> Text | None:
    """A form that was used for a question of the employer's own leads there: mostly it is the same one, whose answer was lost."""
    if field == "consent.document_sha256":
        own = Screening.objects.filter(employer=asking.employer.pk)
        spent = own.filter(consent__document_sha256=asking.typed.get("fingerprint", "")).order_by().first()
        if spent is not None:
            return format_lazy(USED_FOR_YOURS, id=spent.pk)
    return OWN_WORDS.get(field)


@sensitive_variables()
def _put(asking: Asking) -> HttpResponseBase:
    """The question, put once whatever is pressed how often: its key was sealed with it when the check was shown."""
    asked = question_of(asking)
    given = screening.ask(asked, employer=asking.employer.organisation, asker=asking.member, now=timezone.now())
    return redirect("employer:screening", given.screening.pk)


@sensitive_variables()
def question_of(asking: Asking) -> Question:
    """As it was typed, every step of it whole."""
    consent, person = asking.form(CONSENT), asking.form(PERSON)
    assert isinstance(consent, SignedForm)
    assert isinstance(person, PersonForm)
    consent.full_clean()
    person.full_clean()
    purpose, _between, post = asking.typed["post"].partition(BETWEEN)
    return Question(
        purpose=purpose,
        post=post,
        **person.asked(),
        consent=consent.consent(),
        idempotency_key=asking.typed.get("key", ""),
    )


def _show(
    asking: Asking, step: str, form: StepForm | None = None, *, problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    if step == CHECK:
        asking.typed |= steps.key_of_check(now=now)
    form = form or asking.errand.forms[step](initial=asking.typed, employer=asking.employer)
    before = STEPS[: STEPS.index(step)]
    response = page(
        asking.request,
        asking.member,
        f"{asking.errand.template}_{step}",
        here=asking.errand.here,
        action=reverse(asking.errand.door),
        form=form,
        step=step,
        title=asking.errand.titles[step],
        number=len(before) + 1,
        of=len(STEPS),
        back=before[-1] if before else "",
        problems=[*(problems or ()), *problems_of(form)],
        sealed=steps.sealed(asking.typed, member=asking.member, now=now),
        minutes=steps.MINUTES,
        left=trail.left_today(asking.employer, now),
        fingerprint=asking.typed.get("fingerprint", ""),
        **said_on_pages(),
        rows=list(asking.errand.summary(asking)) if step == CHECK else [],
    )
    response.status_code = status
    return response


def summary(asking: Asking) -> Iterator[StepLine]:
    """What is asked."""
    purpose, _between, post = asking.typed["post"].partition(BETWEEN)
    scope = purposes()[purpose].scope
    typed = asking.typed
    lines = (
        (PURPOSE, _("Purpose"), capfirst(purpose_label(purpose))),
        (PURPOSE, _("Post"), capfirst(post_label(purpose, post))),
        (PURPOSE, _("What you learn"), SCOPE_MEANINGS[scope]),
        *_consent_lines(typed),
        (PERSON, _("Name"), typed["name"]),
        (PERSON, _("Document type"), codes.label("document_types", typed["document_type"])),
        (PERSON, _("Document number"), typed["document_number"]),
    )
    for step, label, value in lines:
        yield step, Line(str(label), str(value))


def _consent_lines(typed: Mapping[str, str]) -> list[tuple[str, Text, str]]:
    if typed.get("code"):
        return [(CONSENT, _("The applicant’s code"), consent_code.read(typed["code"]))]
    return [
        (CONSENT, _("Fingerprint of the signed form"), typed["fingerprint"]),
        (CONSENT, _("Signed on"), typed["signed_on"]),
    ]


QUESTION = Errand(
    door="employer:new",
    here="new",
    template="new",
    forms=FORMS,
    titles=TITLES,
    places=PLACES,
    summary=summary,
    put=_put,
)
