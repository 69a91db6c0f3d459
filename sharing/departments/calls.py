"""What a department's call says: its parameters, its body, its signature; and how an answer is tagged."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from rest_framework.request import Request

from registry.errors import OnwardShape, ReceiptShape, Refusal
from sharing import signing
from sharing.answering import is_known
from sharing.departments import receipts
from sharing.departments.models import Department, ReceiptKind
from sharing.departments.shapes import NAME_MOST, NOTE_MOST
from sharing.parsing import is_text

OF_A_PAGE = ("after", "opened", "limit")


def is_of_headers(request: Request) -> bool:
    """Of the answer the headers alone are sent (RFC 9110 §9.3.2), so that nobody has read anything."""
    return request.method == "HEAD"


def tagged(request: Request, body: bytes) -> HttpResponse:
    """JSON with its ETag; 304 for who has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if is_known(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(body, content_type="application/json", headers={"ETag": tag})


def is_signed(request: Request, department: Department) -> bool:
    """True if the department's registered key signed the body; refused if it is registered and did not."""
    if not department.receipt_key:
        return False
    key = signing.parse_public_key(department.receipt_key)
    signing.verify(request.headers, request.body, now=timezone.now(), public_keys=[key])
    return True


def entry_of(data: Any) -> receipts.ReceiptEntry:
    """The receipt in a body. Raises `ReceiptShape`."""
    if not isinstance(data, dict) or set(data) - {"event", "kind", "at", "note", "copies", "onward"}:
        raise ReceiptShape(why=gettext("unknown members"))
    if data.get("kind") not in ReceiptKind.values:
        raise ReceiptShape("kind", why=gettext("kind must be applied, purged or refused"))
    note, copies, onward = data.get("note", ""), data.get("copies"), data.get("onward", [])
    if not is_text(note, NOTE_MOST):
        raise ReceiptShape("note", why=gettext("note must be text of at most 500 characters"))
    if copies is not None and (not isinstance(copies, int) or isinstance(copies, bool) or not 0 <= copies < 2**31):
        raise ReceiptShape("copies", why=gettext("copies must be a whole number"))
    if not isinstance(onward, list) or len(onward) > 1000 or not all(is_text(each, NAME_MOST) for each in onward):
        raise ReceiptShape("onward", why=gettext("onward must be a list of at most 1,000 names"))
    if not is_text(data.get("event"), 30):
        raise ReceiptShape("event", why=gettext("event must be the id of an event"))
    return receipts.ReceiptEntry(
        event=data["event"],
        kind=data["kind"],
        at=_moment(data.get("at")),
        note=note,
        copies=copies,
        onward=tuple(onward),
    )


def passed_on(data: Any) -> tuple[str, str, str, datetime]:
    """Kind, the listing's number or the event's id, the institution's code, when."""
    about = {"reached": "listing", "purged": "event"}.get(data.get("kind", "")) if _is_plain(data) else None
    if about is None:
        raise OnwardShape("kind", why=gettext("kind must be reached or purged"))
    if set(data) != {"kind", about, "institution", "at"}:
        raise OnwardShape(why=gettext("members are missing or unknown"))
    for name in (about, "institution"):
        if not is_text(data[name], 48):
            raise OnwardShape(name, why=gettext("%(name)s must be text") % {"name": name})
    return data["kind"], data[about], data["institution"], _moment(data["at"], OnwardShape)


def _is_plain(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get("kind"), str)


def _moment(value: Any, refusal: type[Refusal] = ReceiptShape) -> datetime:
    try:
        moment = parse_datetime(value) if isinstance(value, str) and len(value) < 64 else None
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise refusal("at", why=gettext("at must be a moment with its zone, for example 2026-11-24T08:00:00Z"))
    if moment > timezone.now() + receipts.CLOCKS_DIFFER:
        raise refusal("at", why=gettext("at lies in the future"))
    return moment
