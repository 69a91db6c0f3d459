"""What the page *My work* says of releases: one to be decided, one that was returned, and how old the last one is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.admin.facts import spoken_day
from registry.admin.groups import Item
from registry.errors import Text
from registry.models import Officer
from sharing.desk.statistics_rows import age
from sharing.statistics import releasing
from sharing.statistics.models import Release, ReleaseOutcome

proposes = releasing.may_propose


def to_be_decided(officer: Officer) -> QuerySet[Release]:
    """Proposed by somebody else, and all drawn."""
    waiting = _lean().filter(outcome=ReleaseOutcome.PENDING, drawn_at__isnull=False)
    return waiting.exclude(proposed_by=officer)


def standing(*, now: datetime) -> list[Item]:
    """The release that waits or was returned last, and the last one that came out."""
    latest = _lean().order_by("-proposed_at").first()
    items = [] if latest is None or latest.outcome == ReleaseOutcome.RELEASED else [item(latest)]
    last = _lean().filter(outcome=ReleaseOutcome.RELEASED).order_by("decided_at", "pk").last()
    if last is None:
        where = reverse("sharing_desk:statistics")
        return [*items, Item(where, _("No release yet"), [_("The public page is empty.")])]
    return [*items, item(last, _("last release"), age(last, now))]


def item(each: Release, *notes: Text) -> Item:
    said: Iterable[Text] = notes or filter(None, (each.state, each.refused_because))
    period = f"{spoken_day(each.begins_on)} – {spoken_day(each.ends_on)}"
    where = reverse("sharing_desk:release", args=[each.pk])
    return Item(where, each.number, [*said, period], each.decided_at or each.proposed_at)


def _lean() -> QuerySet[Release]:
    return Release.objects.defer("content", "counts_sealed")
