"""What browsers report of pages that broke the policy of contents (CSP Level 3, Reporting API), counted by hour.

A report holds the address of the page, which may open something, and whatever a stranger likes to send. Of all of it the
directive and the kind of source are read; the rest is never kept, logged or looked at.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Least

from registry.models import Blocked, Violations

LENGTH_MOST = 8 * 1024  # bytes of a body
AT_ONCE_MOST = 20  # reports of a body; browsers send what they gathered
HOURLY_MOST = 1_000_000  # counted of one kind: whoever sends more tells nothing new
KEPT = timedelta(days=30)
DIRECTIVES = frozenset(
    {
        "default-src", "child-src", "connect-src", "font-src", "frame-src", "img-src", "manifest-src", "media-src", "object-src",
        "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr", "worker-src",
        "base-uri", "form-action", "frame-ancestors", "sandbox", "trusted-types", "require-trusted-types-for",
    }
)  # fmt: skip
_WORDS = {"inline": Blocked.INLINE, "eval": Blocked.EVAL, "wasm-eval": Blocked.EVAL, "": Blocked.UNKNOWN}


def count(body: bytes, *, now: datetime) -> None:
    """What is no report, or of no directive that is known, is passed over in silence."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    for (directive, blocked), times in sorted(Counter(read(body)).items()):
        with transaction.atomic():
            row, _new = Violations.objects.get_or_create(hour=hour, directive=directive, blocked=blocked)
            Violations.objects.filter(pk=row.pk).update(count=Least(F("count") + times, HOURLY_MOST))


def read(body: bytes) -> Iterator[tuple[str, Blocked]]:
    """Directive and kind of each report, in the form of `report-uri` or of `report-to`."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    for each in (sent if isinstance(sent, list) else [sent])[:AT_ONCE_MOST]:
        yield from _of(each)


def lately() -> QuerySet[Violations]:
    """The newest hour first, in it what was refused most often."""
    return Violations.objects.order_by("-hour", "-count", "directive", "blocked")


def forget(*, now: datetime) -> None:
    Violations.objects.filter(hour__lt=now - KEPT).delete()


def _of(report: Any) -> Iterator[tuple[str, Blocked]]:
    if not isinstance(report, dict):
        return
    facts = report.get("csp-report", report.get("body"))
    if not isinstance(facts, dict):
        return
    named = facts.get("effectiveDirective", facts.get("effective-directive", facts.get("violated-directive")))
    directive = str(named).split(" ")[0]
    if directive in DIRECTIVES:
        yield directive, _kind(facts.get("blockedURL", facts.get("blocked-uri", "")))


def _kind(source: Any) -> Blocked:
    if not isinstance(source, str):
        return Blocked.UNKNOWN
    if source in _WORDS:
        return _WORDS[source]
    try:
        address = urlsplit(source)
        name = address.hostname
    except ValueError:
        return Blocked.UNKNOWN
    if address.scheme not in {"http", "https", "ws", "wss"} or name is None:
        return Blocked.SCHEME
    return Blocked.OWN if name in settings.ALLOWED_HOSTS else Blocked.OTHER
