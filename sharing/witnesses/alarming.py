"""The registry is written to when a person must look at the log: once when it begins, and daily while it lasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string

from registry import letters
from registry.addresses import absolute
from registry.checkpoints import signing
from registry.models import AuditAnchor, AuditVerification, Event, LogHead
from sharing.witnesses.configured import witnesses
from sharing.witnesses.models import GRAVE, Asked, Cosignature, LogAlarm

UNSIGNED_FOR = timedelta(minutes=1)
UNWITNESSED_FOR = timedelta(hours=1)
UNVERIFIED_FOR = timedelta(days=2)
AGAIN_AFTER = timedelta(days=1)
PAGE = "/desk/sharing/log/"

Kind = LogAlarm.Kind


def watch(*, now: datetime) -> int:
    """Raise what is wrong, end what is over, tell what was not told; how many messages went out."""
    wrong = set(_wrong(now))
    for alarm in LogAlarm.objects.filter(over_at=None):
        if (alarm.kind, alarm.about) not in wrong:
            LogAlarm.objects.filter(pk=alarm.pk).update(over_at=now)
    for kind, about in wrong:
        LogAlarm.objects.get_or_create(kind=kind, about=about, over_at=None, defaults={"raised_at": now})
    return _tell(now)


def raised() -> list[LogAlarm]:
    """What goes on now, the oldest first."""
    return list(LogAlarm.objects.filter(over_at=None).order_by("raised_at", "pk"))


def _wrong(now: datetime) -> Iterator[tuple[str, str]]:
    head = LogHead.objects.get()
    if head.halted:
        yield Kind.HALTED, ""
    elif _unsigned_since(head, now):
        yield Kind.UNSIGNED, ""
    yield from ((kind, "") for kind in _wrong_with_the_audit_trail(now))
    for witness in witnesses():
        vkey = witness.key.vkey
        if Asked.objects.filter(vkey=vkey, epoch=head.epoch, refused__in=GRAVE).exists():
            yield Kind.GRAVE, vkey
        elif _without(vkey, head.epoch, now):
            yield Kind.UNWITNESSED, vkey


def _wrong_with_the_audit_trail(now: datetime) -> Iterator[str]:
    """What its last verification found; and whether that was long ago, or never since the tree was anchored first."""
    last = AuditVerification.objects.order_by("-pk").first()
    if last and last.findings:
        yield Kind.AUDIT
    done = AuditVerification.objects.filter(begun_at__lte=now).order_by("-pk").first()
    since = done.begun_at if done else AuditAnchor.objects.order_by("at").values_list("at", flat=True).first()
    if since is not None and since < now - UNVERIFIED_FOR:
        yield Kind.UNVERIFIED


def _unsigned_since(head: LogHead, now: datetime) -> bool:
    newest = signing.latest(head.epoch)
    waiting = Event.objects.filter(position=(newest.size if newest else 0) + 1, recorded_at__lt=now - UNSIGNED_FOR)
    return waiting.exists()


def _without(vkey: str, epoch: int, now: datetime) -> bool:
    """Whether the oldest checkpoint after the last one that it cosigned has waited for long."""
    last = Cosignature.objects.filter(vkey=vkey, checkpoint__epoch=epoch).order_by("-checkpoint__size").first()
    waiting = signing.after(epoch, last.checkpoint.size if last else 0)
    return waiting is not None and waiting.signed_at < now - UNWITNESSED_FOR


def _tell(now: datetime) -> int:
    due = LogAlarm.objects.filter(over_at=None).filter(Q(told_at=None) | Q(told_at__lte=now - AGAIN_AFTER))
    told = list(due.order_by("raised_at", "pk"))
    if not told:
        return 0
    message = EmailMessage(
        subject="登记日志需要立即查看 / The log needs a look at once",
        body=render_to_string("witnesses/alarm.txt", {"alarms": told, "page": _page()}),
        to=[settings.REGISTRY_CONTACT_EMAIL],
    )
    if not letters.sent(message, "the log"):
        return 0
    LogAlarm.objects.filter(pk__in=[each.pk for each in told]).update(told_at=now)
    return 1


def _page() -> str:
    return absolute(PAGE)
