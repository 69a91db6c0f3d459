"""What a department says on paper, recorded by an officer: where no program and no member can say it any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from registry.actions.acting import paper_reference, today
from registry.errors import NoOpenRecall, PaperAddsNothing, PurgedOnImpossible
from registry.models import Listing, Officer
from registry.overseeing import refuse_unless_registrar
from sharing.departments import institutions
from sharing.departments.models import Recall, Receipt, ReceiptKind


def record_on_paper(
    recall_ids: Sequence[int],
    *,
    department_id: int,
    purged_on: date,
    reference: str,
    with_institutions: bool,
    officer: Officer,
    now: datetime,
) -> int:
    """The department wrote that it purged; ``with_institutions``: and that every institution it had told has, too.
    How many recalls are closed by that. Of one that is closed since an institution was named to the court, the letter may say
    that it has purged after all.

    HighCourtRegistrarNeeded; PaperReferenceNeeded, PaperReferenceIsPersonal; PurgedOnImpossible; NoOpenRecall: nothing is
    to be confirmed of them; PaperAddsNothing.
    """
    refuse_unless_registrar(officer)
    with transaction.atomic():
        open_now = institutions.to_be_confirmed(department_id).select_for_update(of=("self",)).select_related("listing")
        recalls = open_now.filter(pk__in=recall_ids)
        found = list(recalls.order_by("pk"))
        if not found:
            raise NoOpenRecall("recalls")
        about = Listing.including_sealed.filter(pk__in=[each.listing_id for each in found])
        words = paper_reference(reference, list(about))
        if not max(today(each.opened_at) for each in found) <= purged_on <= today(now):
            raise PurgedOnImpossible("purged_on")
        at = datetime.combine(purged_on, time(), ZoneInfo(settings.REGISTRY_TIME_ZONE))
        return sum(_record(each, at, words, with_institutions, officer, now) for each in found)


def _record(
    recall: Recall, at: datetime, reference: str, with_institutions: bool, officer: Officer, now: datetime
) -> bool:
    _receipt, new = Receipt.objects.get_or_create(
        department_id=recall.department_id,
        event_id=recall.position,
        kind=ReceiptKind.PURGED,
        defaults={"at": at, "received_at": now, "note": reference, "recorded_by": officer},
    )
    if not (new or with_institutions):
        raise PaperAddsNothing("with_institutions", number=recall.listing.number)
    if with_institutions:
        named = institutions.unconfirmed(recall)
        institutions.note_confirmed(recall, named, at=at, recorded_by=officer, reference=reference)
    return recall.closed_by_id is None and (
        institutions.close_if_complete(recall.pk)
        or Recall.objects.filter(pk=recall.pk, closed_by__isnull=False).exists()
    )
