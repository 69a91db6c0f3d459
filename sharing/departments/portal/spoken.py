"""What the portal says of an endpoint and of what is owed, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry.errors import Text
from sharing.delivery.models import Attempt, Endpoint, EndpointStage, EndpointState
from sharing.departments.deliveries import Delivery, DeliveryState
from sharing.departments.models import Outage
from sharing.departments.untaken import Untaken
from sharing.tables import Cell, Table, moment
from sharing.transport import PROXY

COLOURS: Mapping[str, str] = {
    DeliveryState.CONFIRMED: "green",
    DeliveryState.REFUSED: "red",
    DeliveryState.DELIVERED: "teal",
    DeliveryState.WAITING: "blue",
    DeliveryState.FAILING: "red",
    DeliveryState.HELD: "orange",
    DeliveryState.NOT_SENT: "grey",
}


def outcome(attempt: Attempt) -> str:
    """Status or failure class, as the machine would say it."""
    return attempt.failure or str(attempt.status)


def standing(endpoint: Endpoint, waiting: int) -> tuple[Text, str]:
    """One word for the endpoint, and its colour."""
    if endpoint.state == EndpointState.PAUSED:
        return _("paused"), "grey"
    if endpoint.stage == EndpointStage.TRIAL:
        return _("on trial"), "purple"
    if endpoint.failures and endpoint.last_failure == PROXY:
        return _("waiting for the court’s way out"), "orange"
    if endpoint.failures:
        return _("failing"), "red"
    if waiting:
        return _("catching up"), "blue"
    if endpoint.beat_failures:
        return _("heartbeat not answered"), "orange"
    if endpoint.heard_at is None:
        return _("nothing sent yet"), "grey"
    return _("up to date"), "green"


def sends_nothing(endpoint: Endpoint) -> Text | None:
    """Why what was asked to be sent is not sent now; None where it is."""
    if endpoint.stage == EndpointStage.TRIAL:
        return _("The endpoint is on trial. Everything is sent from the start once production is opened.")
    if endpoint.state == EndpointState.PAUSED:
        return _("The endpoint is paused. It is sent once the endpoint is resumed.")
    return None


def receipt_words(delivery: Delivery) -> Text:
    return ", ".join(str(each.get_kind_display()) for each in delivery.receipts) or _("none yet")


def late(working_days: int) -> Cell:
    """By how much something is overdue."""
    if not working_days:
        return Cell("—", quiet=True)
    words = ngettext("%(count)s working day", "%(count)s working days", working_days)
    return Cell(words % {"count": working_days}, colour="red")


def alarms(outages: list[Outage], *, of_all: bool = False) -> Table:
    """What people were told of: from when to when, and when they were; ``of_all``: at which endpoint too."""
    rows = [
        (
            moment(each.began_at),
            *(
                [Cell(each.endpoint.url, href=reverse("department:endpoint", args=[each.endpoint_id]))]
                if of_all
                else []
            ),
            moment(each.ended_at) if each.ended_at else Cell(_("still failing"), colour="red"),
            each.failure or "—",
            ", ".join(moment(told) for told in each.told_at),
        )
        for each in outages
    ]
    at_which = [_("Endpoint")] if of_all else []
    columns = (_("Failing since"), *at_which, _("Until"), _("Last answer"), _("People told"))
    return Table(_("Alarms, the latest first"), columns, rows, empty=_("There was none."))


def not_taken(found: Sequence[Untaken]) -> Table | None:
    """None where every endpoint has taken every withdrawal."""
    rows = [
        (
            Cell(each.recall.listing.number, href=reverse("department:recall", args=[each.recall.pk])),
            Cell(each.endpoint.url, href=reverse("department:endpoint", args=[each.endpoint.pk])),
            Cell(each.state[0], colour=each.state[1]),
            moment(each.recall.opened_at),
            moment(each.ended_at),
            each.remedy,
        )
        for each in found
    ]
    columns = (
        _("Listing"), _("Endpoint"), _("State"), _("Withdrawn since"), _("Out of production since"), _("What to do"),
    )  # fmt: skip
    return Table(_("Endpoints that have not taken a withdrawal"), columns, rows) if rows else None
