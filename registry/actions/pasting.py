"""What was read from a judgment's text, from pasting it to the last party that was entered from it.

It lies sealed and is one officer's alone; the text goes once its findings are confirmed, the rest once it is used, all of it
after an hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from registry.errors import FieldMissing, PastedGone, PastedTooLong, WrongRole
from registry.models import Decision, Officer, PastedText, Role

MOST_CHARACTERS = 60_000
KEPT = timedelta(hours=1)

Laid = Mapping[str, Any]  # {"values": {field: value}, "rows": {name: [{field: value}]}}


def paste_text(text: str, *, decision: Decision | None = None, officer: Officer, now: datetime) -> PastedText:
    """Keep the text until what is found in it is confirmed. Raises WrongRole, FieldMissing, PastedTooLong."""
    if officer.role != Role.CLERK or not officer.account.is_active:
        raise WrongRole(act=_("enter"), roles=Role.CLERK.label)
    if not text.strip():
        raise FieldMissing("text", name=_("Text of the judgment"))
    if len(text) > MOST_CHARACTERS:
        raise PastedTooLong("text", most=f"{MOST_CHARACTERS:,}")
    row = PastedText(officer=officer, decision=decision, at=now)
    row.content = {"text": text}
    row.save(force_insert=True)
    return row


def pasted_for(officer: Officer, pasted_id: UUID, *, now: datetime) -> PastedText:
    """The officer's own, not older than an hour. Raises `PastedGone` alike for whatever else it is."""
    row = PastedText.objects.filter(pk=pasted_id, officer=officer, at__gt=now - KEPT).first()
    if row is None:
        raise PastedGone
    return row


def confirm_pasted(
    row: PastedText, *, decision: Laid | None, parties: Sequence[Laid], circumstances: Laid | None = None
) -> None:
    """From now on only what the officer confirmed is kept, and the text is gone."""
    row.content = {"decision": decision, "parties": list(parties), "circumstances": circumstances}
    row.save(update_fields=["content_sealed"])


def decision_entered(row: PastedText, decision: Decision) -> None:
    """The parties and the circumstances wait for this decision; without any, nothing is left to keep."""
    content = row.content
    if not content.get("parties") and not content.get("circumstances"):
        row.delete()
        return
    row.decision = decision
    row.content = {**content, "decision": None}
    row.save(update_fields=["decision", "content_sealed"])


def party_done(row: PastedText, place: int) -> None:
    """The party at this place was entered, or may not be: nothing of it is kept, and with the last thing the row goes."""
    parties = row.content.get("parties", [])
    _keep(row, {"parties": [None if at == place else each for at, each in enumerate(parties)]})


def circumstances_done(row: PastedText) -> None:
    """They are recorded: nothing of them is kept, and with the last thing the row goes."""
    _keep(row, {"circumstances": None})


def _keep(row: PastedText, changed: Laid) -> None:
    content = {**row.content, **changed}
    if not any(content.get("parties", [])) and not content.get("circumstances"):
        row.delete()
        return
    row.content = content
    row.save(update_fields=["content_sealed"])


def waiting_for(decision: Decision, officer: Officer, *, now: datetime) -> PastedText | None:
    """The officer's latest, of which something is not entered yet."""
    rows = PastedText.objects.filter(officer=officer, decision=decision, at__gt=now - KEPT)
    return next((row for row in rows.order_by("-at") if "parties" in row.content), None)


def forget_pasted(*, now: datetime) -> int:
    """Destroy what is older than an hour; how many."""
    count, _tables = PastedText.objects.filter(at__lte=now - KEPT).delete()
    return count
