"""Who had heard of a listing: every department, institution and employer, since when, and what each has confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, Q
from django.utils.translation import get_language

from registry.models import Listing
from sharing.delivery.models import Told
from sharing.departments.models import OnwardKind, OnwardReceipt, Reached, Recall, Receipt
from sharing.employers.models import ConsentVerdict, ResultRecall, Screening, ScreeningOutcome
from sharing.parties.models import Organisation

PROGRAM, MEMBER, PAPER = "by_program", "by_member", "on_paper"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """``confirmed_at``: when it said that nothing is kept; None: it has not said so yet. ``how``: by whom it said it."""

    kind: str
    name: str
    name_en: str
    told_at: datetime
    confirmed_at: datetime | None
    how: str = ""

    @property
    def spoken_name(self) -> str:
        """In the reader's language, where it has a name in it."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


def of(listing: Listing, withdrawn_at: int | None, *, asked_under: Sequence[bytes] | None) -> tuple[Recipient, ...]:
    """``withdrawn_at``: the position of its withdrawal, None as long as it is not decided who learns of that; ``asked_under``: of
    the employers those alone that asked under a number with one of these digests.
    """
    recalls = {} if withdrawn_at is None else _recalls(listing, withdrawn_at)
    departments, institutions = _departments(listing, recalls), _institutions(listing, recalls)
    return (*departments, *institutions, *_employers(listing, asked_under))


def _recalls(listing: Listing, withdrawn_at: int) -> dict[int, Recall]:
    """By span (`Told`): the recall of what ended it, which is the withdrawal unless the department was withdrawn from alone
    before. What was said to an earlier recall says nothing of what came after it.
    """
    spans = Told.objects.filter(listing=listing)
    found = Recall.objects.filter(listing=listing).select_related("closed_by")
    recalls = {(each.department_id, each.position): each for each in found}
    ends = {span.pk: (span.department_id, span.ended_position or withdrawn_at) for span in spans}
    return {span: recalls[end] for span, end in ends.items() if end in recalls}


def _departments(listing: Listing, recalls: Mapping[int, Recall]) -> Iterator[Recipient]:
    """Each department that was ever told, and whether the recall of its last span is closed."""
    spans = list(Told.objects.filter(listing=listing).order_by("first_position"))
    last = {span.department_id: span.pk for span in spans}
    first = Told.objects.filter(listing=listing).values("department").annotate(at=Min("told_at")).order_by("at")
    names = Organisation.objects.in_bulk(list(last))
    for row in first:
        recall = recalls.get(last[row["department"]])
        receipt = recall.closed_by if recall else None
        # When it reached the court; the moment at which it says it was done is the department's own word.
        at, how = (receipt.received_at, _how(receipt)) if receipt else (None, "")
        yield _recipient("department", names[row["department"]], row["at"], at, how)


def _how(receipt: Receipt) -> str:
    return PAPER if receipt.recorded_by_id else MEMBER if receipt.declared_by_id else PROGRAM


def _institutions(listing: Listing, recalls: Mapping[int, Recall]) -> Iterator[Recipient]:
    """Each institution to which a department passed it on, and whether it confirmed to the recall of the last span in which
    it was reached. One that was named to the court has not confirmed.
    """
    purged = OnwardReceipt.objects.filter(recall__listing=listing, kind=OnwardKind.PURGED)
    said = {(each.recall_id, each.institution_id): each for each in purged}
    reached = Reached.objects.filter(told__listing=listing).select_related("institution").order_by("at")
    last = {each.institution_id: each.told_id for each in reached.order_by("told__first_position")}
    seen: set[int] = set()
    for each in reached:
        if each.institution_id in seen:
            continue
        seen.add(each.institution_id)
        recall = recalls.get(last[each.institution_id])
        receipt = said.get((recall.pk, each.institution_id)) if recall else None
        yield Recipient(
            kind="institution",
            name=each.institution.name,
            name_en="",
            told_at=each.at,
            confirmed_at=receipt.received_at if receipt else None,
            how="" if receipt is None else PAPER if receipt.recorded_by_id else PROGRAM,
        )


def _employers(listing: Listing, asked_under: Sequence[bytes] | None) -> Iterator[Recipient]:
    """Each result that showed it, and the employer's confirmation that it is removed."""
    showed = Q(listing=listing) | Q(also_told__overlap=[listing.pk])
    judged = Q(verdict__listing=listing) | Q(verdict__also_told__overlap=[listing.pk])
    found = (
        Screening.objects.filter(showed | judged).select_related("employer", "verdict", "recall").defer("answer_sealed")
    )
    found = found.prefetch_related("recall__confirmations")
    if asked_under is not None:
        found = found.filter(subject_digest__in=asked_under)
    for screening in found.order_by("asked_at"):
        showing = _showing(screening, listing)
        if showing is None:
            continue
        recall: ResultRecall | None = getattr(screening, "recall", None)
        said = next((each for each in recall.confirmations.all() if each.removed), None) if recall else None
        how = "" if said is None else PAPER if said.officer_id else MEMBER if said.member_id else PROGRAM
        yield _recipient("employer", screening.employer, showing.answered_at, said.at if said else None, how)


def _showing(screening: Screening, listing: Listing) -> Screening | ConsentVerdict | None:
    """The first answer that the employer read it in, be it void by now; None: it never did."""
    for answer in (screening, getattr(screening, "verdict", None)):
        if answer is None or answer.outcome != ScreeningOutcome.LISTED:
            continue
        if listing.pk in (answer.listing_id, *answer.also_told):
            return answer
    return None


def _recipient(
    kind: str, organisation: Organisation, told_at: datetime, confirmed_at: datetime | None, how: str
) -> Recipient:
    return Recipient(
        kind=kind,
        name=organisation.name,
        name_en=organisation.name_en,
        told_at=told_at,
        confirmed_at=confirmed_at,
        how=how,
    )
