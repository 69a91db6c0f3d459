"""What receivers say came in: of each endpoint only what is committed and meant for it, and the same again on a repeat."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from typing import Any

from registry.keys import KeyUnknown, SealBroken
from registry.log import canonical
from registry.models import Event
from registry.models.log import open_part
from sharing.audit.promises import arrivals
from sharing.audit.promises.arrivals import Request
from sharing.audit.promises.deliveries import Arrived
from sharing.audit.promises.findings import Findings, Promise
from sharing.delivery.meant import OVERTAKING

# A stub may follow what was whole, and the whole may follow a stub of nobody's: which of them the first one was.
Said = dict[tuple[str, str], tuple[bytes, bool]]


def look_at(requests: Iterable[Request], endpoints: dict[str, Arrived], found: Findings) -> None:
    said: Said = {}
    for chunk in arrivals.in_chunks(arrivals.events(requests)):
        ids = {each.event["id"] for each in chunk}
        committed = {
            event.event_id: event for event in Event.objects.filter(event_id__in=ids).select_related("payload")
        }
        for each in chunk:
            _look(each, committed.get(each.event["id"]), endpoints, said, found)


def _look(request: Request, event: Event | None, endpoints: dict[str, Arrived], said: Said, found: Findings) -> None:
    endpoint_id = str(request.data["endpoint"])
    at, where = endpoints.get(endpoint_id), f"endpoint {endpoint_id}"
    if at is None:
        found.add(Promise.COMMITTED, where, "sent to an endpoint that does not exist")
        return
    position = int(request.event["position"])
    if not _says_the_same(request, endpoint_id, said):
        found.add(Promise.THE_SAME, where, f"a repeat of {position} says something else")
    if event is None or event.position not in at.meant:
        found.add(Promise.COMMITTED, where, f"{request.event['id']} is not committed, or not meant for this endpoint")
        return
    for problem in _problems(request, event):
        found.add(Promise.COMMITTED, where, f"{position}: {problem}")
    if request.accepted:
        at.take(position, at.received, request.event["type"] in OVERTAKING, found)


def _says_the_same(request: Request, endpoint_id: str, said: Said) -> bool:
    """Byte for byte; only a stub may take the place of what was withdrawn meanwhile."""
    key = (endpoint_id, request.headers["webhook-id"])
    digest, is_stub = hashlib.sha256(request.body).digest()[:16], bool(request.event.get("stub"))
    first, was_stub = said.setdefault(key, (digest, is_stub))
    if is_stub and not was_stub:
        said[key] = (digest, True)
        return True
    return first == digest


def _problems(request: Request, event: Event) -> Sequence[str]:
    sent = request.event
    if request.headers["webhook-id"] != event.event_id:
        return ["sent under another id"]
    if (sent["position"], sent["type"]) != (event.position, event.type):
        return ["not what was committed"]
    if sent.get("stub"):
        same = base64.b64decode(sent["commitment"]) == bytes(event.commitment)
        return [] if same else ["a stub of something else"]
    return _of_the_whole(request, event)


def _of_the_whole(request: Request, event: Event) -> Sequence[str]:
    salt = request.data["salt"]
    if salt is not None:
        mac = hmac.new(base64.b64decode(salt), canonical(request.event), hashlib.sha256).digest()
        if not hmac.compare_digest(mac, bytes(event.commitment)):
            return ["does not fit its commitment"]
    if not hasattr(event, "payload"):  # purged since; the commitment, if there was one, has spoken
        return []
    try:
        body = open_part(event.event_id, "body", event.payload.body_sealed)
    except (KeyUnknown, SealBroken):
        return ["what was committed cannot be opened"]
    redacted = frozenset(request.data.get("redacted", ()))
    return [] if _is_shown(request.event, body, redacted) else ["not what was committed"]


def _is_shown(sent: dict[str, Any], body: bytes, redacted: frozenset[str]) -> bool:
    """Whether it is the event byte for byte; or, where something was left out, says nothing that the event does not."""
    if not redacted:
        return canonical(sent) == body
    return _is_part(sent, json.loads(body))


def _is_part(sent: Any, whole: Any) -> bool:
    if isinstance(sent, dict):
        return isinstance(whole, dict) and all(
            name in whole and _is_part(value, whole[name]) for name, value in sent.items()
        )
    if isinstance(sent, list):  # of which some may be left out
        return isinstance(whole, list) and all(any(_is_part(each, other) for other in whole) for each in sent)
    return bool(sent == whole)
