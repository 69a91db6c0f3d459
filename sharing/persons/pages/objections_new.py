"""To raise an objection, ask for an early end or send a statement: what, which listing, which part, why, check, sent.

Every step is the answer to a POST of the one before, and carries what was typed in one sealed field (decision 0014).
Files go with the last one, and are kept in memory until they are sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from registry.actions.acting import today
from registry.admin.facts import spoken_day
from registry.errors import Refusal, Text
from registry.form_problems import Problem, problems_of
from registry.lifecycle import IN_FORCE
from registry.models import Listing, State
from sharing.employers.portal import steps
from sharing.persons.identity.proving import MINUTES, Identity
from sharing.persons.models import ObjectionKind, Part
from sharing.persons.objections import finding, raising
from sharing.persons.objections.again import Said
from sharing.persons.objections.spoken import TITLES
from sharing.persons.pages import proving_again, visit
from sharing.persons.pages.frame import levelled
from sharing.persons.pages.objections_forms import (
    NO_LISTING,
    CheckForm,
    KindForm,
    ListingForm,
    PartForm,
    RepairForm,
    StatementForm,
    StepForm,
    WhyForm,
    taking_files,
)
from sharing.persons.record import holding

KIND, LISTING, PART, WHY, CHECK = "kind", "listing", "part", "why", "check"
# What has ended needs no early end, and no words for recipients who have deleted it.
BEFORE_ITS_END = (ObjectionKind.REPAIR, ObjectionKind.STATEMENT)
TYPED_MINUTES = 240  # longer than a proof holds: to say why takes its time
QUESTIONS: Mapping[str, Text] = {
    KIND: gettext_lazy("What do you want?"),
    LISTING: gettext_lazy("Which listing?"),
    PART: gettext_lazy("Which part is wrong?"),
    WHY: gettext_lazy("Your words"),
    CHECK: gettext_lazy("Check before you send it"),
}
PLACES: Mapping[str, str] = {"kind": KIND, "listing": LISTING, "part": PART, "words": WHY, "attached": CHECK}


@dataclass
class Raising:
    """One request, and what was typed so far."""

    request: HttpRequest
    identity: Identity
    listings: list[Listing]
    typed: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def kind(self) -> str:
        return self.typed.get("kind", "")

    @property
    def doubts(self) -> bool:
        """Nothing that is held under this number is meant."""
        return self.kind == ObjectionKind.OBJECTION and self.typed.get("listing") == NO_LISTING

    @property
    def waits(self) -> bool:
        """What can be had of a listing in force alone is asked for, and none is."""
        is_early = self.kind in BEFORE_ITS_END and bool(self.listings)
        return is_early and all(each.state not in IN_FORCE for each in self.listings)

    @property
    def is_over(self) -> bool:
        """Every listing has ended: then there is something to object to alone."""
        return bool(self.listings) and len(self._ended()) == len(self.listings)

    @property
    def left_out(self) -> list[Listing]:
        """What has ended, where something is asked for that can be had only before."""
        return self._ended() if self.kind in BEFORE_ITS_END else []

    @property
    def of_ended(self) -> bool:
        """It is about a listing that has ended."""
        return self.typed.get("listing") in {each.number for each in self._ended()}

    @property
    def steps(self) -> list[str]:
        asks_part = self.kind in ("", ObjectionKind.OBJECTION) and not self.doubts
        return [KIND, LISTING, *([PART] if asks_part else []), WHY, CHECK]

    @property
    def bound_to(self) -> str:
        """The person, not the proof: who has to prove again who he is loses nothing."""
        subject = self.identity.subject(timezone.now())
        return f"person.objection.{subject.digest.hex()}.{subject.names[0].hex()}"

    def form(self, step: str, *args: Any, **options: Any) -> StepForm:
        if step == KIND:
            options["is_over"] = self.is_over
        if step == LISTING:
            options |= {"listings": list(self._offered()), "may_doubt": self.kind == ObjectionKind.OBJECTION}
        return self._class(step)(*args, **options)

    def again(self, step: str) -> StepForm:
        """As it was sent before, to be judged anew."""
        return self.form(step, StepForm.as_sent(self.typed))

    def first_open(self) -> str:
        """The first step that is not whole; the check where all are."""
        return next((step for step in self.steps[:-1] if not self.again(step).is_valid()), CHECK)

    def may_go_to(self, step: str) -> bool:
        """Back, or on to the first that is not whole; a later one would show what was not said yet."""
        order = self.steps
        return step in order and order.index(step) <= order.index(self.first_open())

    def _ended(self) -> list[Listing]:
        return [each for each in self.listings if each.state == State.WITHDRAWN]

    def _class(self, step: str) -> type[StepForm]:
        if step == WHY and self.kind == ObjectionKind.STATEMENT:
            return StatementForm
        if step == WHY and self.kind == ObjectionKind.REPAIR:
            return RepairForm
        known: Mapping[str, type[StepForm]] = {
            KIND: KindForm,
            LISTING: ListingForm,
            PART: PartForm,
            WHY: WhyForm,
            CHECK: CheckForm,
        }
        return known[step]

    def _offered(self) -> Iterator[tuple[str, str]]:
        endings = holding.endings([each.number for each in self.listings])
        for each in self.listings:
            if self.kind in BEFORE_ITS_END and each.state not in IN_FORCE:
                continue
            words = f"{each.number} · {each.court}"
            if each.number in endings:
                words += " · " + _("ended on %(day)s") % {"day": spoken_day(today(endings[each.number].at))}
            first = finding.repair_from(each)
            if self.kind == ObjectionKind.REPAIR and first is not None:
                words += " · " + _("an early end can be asked for from %(day)s on") % {"day": spoken_day(first)}
            yield each.number, words


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@levelled
@sensitive_post_parameters()
@sensitive_variables()
@taking_files
def new(request: HttpRequest) -> HttpResponse:
    identity = visit.of(request)
    return _proof_first(request) if identity is None else _asked(request, identity)


def _proof_first(request: HttpRequest) -> HttpResponse:
    """Once something was typed it waits (`proving_again`); what was about to be sent is checked again."""
    if request.method != "POST" or not request.POST.get("sealed"):
        request.session[visit.ONWARD] = "person:new_objection"
        return redirect("person:identity")
    is_check = request.POST.get("step") == CHECK
    return proving_again.waiting(request, left_out=("go", "step") if is_check else ("go",), files=is_check)


@sensitive_variables()
def _asked(request: HttpRequest, identity: Identity) -> HttpResponse:
    asked = Raising(request, identity, finding.listings_of(identity.subject(timezone.now())))
    if request.method != "POST":
        return _show(asked, KIND)
    try:
        if sent := request.POST.get("sealed"):
            asked.typed = steps.opened_for(asked.bound_to, sent, now=timezone.now())
    except Refusal as refusal:
        return _show(asked, KIND, problems=[Problem(str(refusal))], status=refusal.status)
    return _go(asked, request.POST.get("step", ""), request.POST.get("go", ""))


@sensitive_variables("form", "asked")
def _go(asked: Raising, step: str, go: str) -> HttpResponse:
    """Keep what was typed at this step, and show another one, this one with what is wrong, or send it."""
    if step not in QUESTIONS:
        return _show(asked, asked.first_open())
    form = asked.form(step, asked.request.POST, asked.request.FILES)
    asked.typed.update(form.typed())
    if asked.may_go_to(go):
        return _show(asked, go)
    if not form.is_valid():
        return _show(asked, step, form)
    onward = asked.first_open()
    if step != CHECK or onward != CHECK or not asked.typed.get("key"):
        return _show(asked, onward)
    return _send(asked, form)


@sensitive_variables()
def _send(asked: Raising, form: StepForm) -> HttpResponse:
    typed = asked.typed
    said = Said(
        kind=ObjectionKind(asked.kind),
        form_key=typed["key"],
        listing="" if asked.doubts else typed["listing"],
        part=Part.IDENTITY if asked.doubts else typed.get("part", ""),
        words=typed["words"],
        told=typed.get("told", "") if asked.doubts else "",
        language=get_language() or "zh-hans",
        files=form.cleaned_data["attached"],
    )
    try:
        steps.refuse_hurried(typed, now=timezone.now())
        evidence = visit.evidence(asked.request)
        objection = raising.by_person(said, asked.identity, evidence, now=timezone.now())
    except Refusal as refusal:
        step = PLACES.get(refusal.field, CHECK)
        blamed = form if step == CHECK else asked.again(step)
        blamed.full_clean()
        blamed.add_error(refusal.field if refusal.field in blamed.fields else None, str(refusal))
        return _show(asked, step, blamed, status=refusal.status)
    return redirect("person:objection_sent", objection.number)


def _show(
    asked: Raising,
    step: str,
    form: StepForm | None = None,
    *,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    if step == CHECK:
        asked.typed = steps.key_of_check(now=timezone.now()) | asked.typed
    form = form or asked.form(step, initial=asked.typed)
    order = asked.steps
    before = order[: order.index(step)] if step in order else []
    shown = {
        "form": form,
        "step": step,
        "title": QUESTIONS[step],
        "number": len(before) + 1,
        "of": len(order),
        "back": before[-1] if before else "",
        "problems": [*(problems or ()), *problems_of(form)],
        "sealed": steps.sealed_for(asked.bound_to, asked.typed, now=timezone.now(), minutes=TYPED_MINUTES),
        "minutes": MINUTES,
        "nothing": step == LISTING and not asked.listings,
        "waits": step == LISTING and asked.waits,
        "is_statement": asked.kind == ObjectionKind.STATEMENT,
        "is_over": step == KIND and asked.is_over,
        "left_out": asked.left_out if step == LISTING else [],
        "of_ended": step == PART and asked.of_ended,
        "rows": list(_summary(asked)) if step == CHECK else [],
    }
    template = "persons/objection_check.html" if step == CHECK else "persons/objection_step.html"
    return render(asked.request, template, shown, status=status)


def _summary(asked: Raising) -> Iterator[tuple[str, dict[str, str]]]:
    """What is sent, each line with the step where it is changed."""
    typed = asked.typed
    yield KIND, {"label": _("What you want"), "value": str(TITLES[asked.kind])}
    value = typed["listing"] if not asked.doubts else _("none of mine")
    yield LISTING, {"label": _("Listing"), "value": value}
    if asked.doubts and typed.get("told"):
        yield LISTING, {"label": _("Number that you were told"), "value": typed["told"]}
    if PART in asked.steps:
        yield PART, {"label": _("Which part is wrong"), "value": capfirst(str(Part(typed["part"]).label))}
    yield WHY, {"label": _("Your words"), "value": typed["words"]}
