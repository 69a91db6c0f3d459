"""How far a campaign is: the state of each row, and how many there are of each. Who is meant nobody sees here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, QuerySet, Value, When

from registry.actions.acting import today
from sharing.employers.models import Campaign, CampaignRow, CampaignState, RowState

STATE = "state_now"
RELATED = ("screening__verdict", "screening__recall")


def rows(campaign: Campaign, now: datetime, state: str = "") -> QuerySet[CampaignRow]:
    """In the file's order, each with its state in ``state_now`` and what it was answered by now."""
    found = campaign.rows.annotate(**{STATE: _state(campaign, now)})
    if state:
        found = found.filter(**{STATE: state})
    return found.select_related(*RELATED).order_by("place")


def counts(campaign: Campaign, now: datetime) -> Mapping[RowState, int]:
    """How many rows are in each state."""
    found = campaign.rows.order_by().annotate(**{STATE: _state(campaign, now)})
    counted: dict[str, int] = dict(found.values_list(STATE).annotate(Count("pk")))
    return {state: counted.get(state.value, 0) for state in RowState}


def takes_consents(campaign: Campaign, now: datetime) -> bool:
    return campaign.state == CampaignState.OPEN and campaign.last_day >= today(now)


def _state(campaign: Campaign, now: datetime) -> Case:
    """The one place that tells the states apart; the first that fits. Of the row alone: a board is looked at every second."""
    when: tuple[tuple[RowState, dict[str, Any]], ...] = (
        (RowState.ANSWERED, {"screening__isnull": False}),
        (RowState.WITHDRAWN, {"withdrawn_at__isnull": False}),
        (RowState.REFUSED, {"refusals__isnull": False}),
        (RowState.ANOTHER, {"is_anothers": True}),
        (RowState.REVOKED, {"revoked_at__isnull": False}),
        (RowState.EXPIRED, {"consent_until__lte": now}),
        (RowState.GIVEN, {"sealed__isnull": False}),
    )
    last = RowState.OPEN if takes_consents(campaign, now) else RowState.NOT_GIVEN
    cases = [When(**facts, then=Value(state.value)) for state, facts in when]
    return Case(*cases, default=Value(last.value), output_field=CharField())
