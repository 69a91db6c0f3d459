"""Who will be told of a listing, and why not the others: asked before the approval, and at any time after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import codes, log
from registry.errors import Text
from registry.models import Listing
from sharing.delivery.models import Told
from sharing.departments.allowed import INFORMED
from sharing.departments.eligibility import allows, counts, fits, valid_at
from sharing.departments.models import Department, Measure, Receipt
from sharing.parties.models import Organisation

NO_MEASURE = _("It has no measure now.")
LAPSED = _("Its sharing instrument has expired.")
OVER = _("{measure}: its {months} months from effect are over")


@dataclass(frozen=True)
class Prospect:
    """``allows``: what the department may do with the listing; ``missing``: for each measure that does not fit, why."""

    department: Organisation
    allows: list[Text]
    missing: list[Text]
    told: Told | None
    receipt: Receipt | None


def prospects(listing: Listing) -> list[Prospect]:
    """Every department, by the measures that are valid now and the facts that the judgment finds."""
    size, _epoch = log.head()
    said = _said_of(listing)
    receipts = {
        receipt.department_id: receipt
        for receipt in Receipt.objects.filter(event__listing=listing).order_by("received_at")
    }
    spans = {span.department_id: span for span in Told.objects.filter(listing=listing).order_by("first_position")}
    return [
        _prospect(department, size + 1, said, spans.get(department.pk), receipts.get(department.pk))
        for department in Department.objects.select_related("organisation").order_by("pk")
    ]


def _said_of(listing: Listing) -> dict[str, dict[str, object]]:
    """What eligibility reads of the event that would go out."""
    party, effective_on = listing.party, listing.effective_on
    decision: dict[str, object] = {
        "article": party.article,
        "facts": list(party.decision.facts),
        "effective_on": effective_on and effective_on.isoformat(),
    }
    return {"decision": decision}


def _prospect(
    department: Department,
    position: int,
    said: dict[str, dict[str, object]],
    span: Told | None,
    receipt: Receipt | None,
) -> Prospect:
    measures = [
        measure
        for measure in Measure.objects.filter(instrument__department=department)
        .select_related("instrument")
        .order_by("pk")
        if valid_at(measure, position)
    ]
    allowing = [measure for measure in measures if allows(measure, said, timezone.localdate())]
    begun = span if span is not None and span.ended_position is None else None
    fitting = [measure for measure in allowing if counts(measure, begun, position)]
    if allowing and not fitting:
        return Prospect(department.organisation, [], [LAPSED], span, receipt)
    missing = [text for measure in measures if measure not in fitting for text in _missing(measure, said)]
    return Prospect(
        department=department.organisation,
        allows=[_allows(measure) for measure in fitting],
        missing=[] if fitting else missing or [NO_MEASURE],
        told=span,
        receipt=receipt,
    )


def _allows(measure: Measure) -> Text:
    return INFORMED if measure.information_only else f"{measure.spoken_name} · {measure.basis}"


def _missing(measure: Measure, said: dict[str, dict[str, object]]) -> Iterator[Text]:
    if fits(measure, said):
        yield format_lazy(OVER, measure=measure.spoken_name, months=measure.longest_months)
        return
    decision = said["decision"]
    facts = decision["facts"]
    assert isinstance(facts, list)
    for fact in sorted(set(measure.facts) - set(facts)):
        words = _("{measure}: the judgment does not find “{fact}”")
        yield format_lazy(words, measure=measure.spoken_name, fact=codes.label("facts", fact))
    article = str(decision["article"])
    if not any(article == each or article.startswith(f"{each}(") for each in measure.articles):
        words = _("{measure}: it is for {articles}")
        named = ", ".join(codes.label("articles", each) for each in measure.articles)
        yield format_lazy(words, measure=measure.spoken_name, articles=named)
