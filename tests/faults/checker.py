"""What must hold whatever happened: reads the database and everything the receivers got, and trusts neither.

I1  every committed event is in the log once, in its departments' feed once, and arrived at each of their endpoints
I2  per endpoint and listing, versions arrive first in order; only withdrawals and suspensions overtake
I3  a repeat carries the same id and the same bytes; only a stub may take the place of what was withdrawn meanwhile
I4  nothing was sent that is not committed, not meant for the endpoint, or not what was committed to
I5  positions are 1 to n without a gap, versions too; the feed says so and says the same again
A heartbeat is no event: it may come at any time.
Silence: once a listing is withdrawn, nothing of it goes out but stubs and the withdrawal.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from registry.models import Event
from registry.models.log import open_part
from registry.payload import WHOLE
from sharing.delivery.meant import OVERTAKING, WITHDRAWN
from sharing.delivery.models import Endpoint, Told
from sharing.departments import feed
from sharing.departments.eligibility import fits
from sharing.departments.models import Measure
from tests.receiving import Received

PAGE = 7


def check(requests: Sequence[Received], *, silent_from: Mapping[str, int] | None = None) -> None:
    """AssertionError, naming what does not hold. ``silent_from``: listing number → requests made before it was withdrawn."""
    events = list(Event.objects.select_related("payload", "listing").order_by("position"))
    expected = meant_by_department(events)
    by_endpoint = defaultdict(list)
    for received in requests:
        if received.is_event:
            by_endpoint[received.data["endpoint"]].append(received)
    no_gap(events)
    for endpoint in Endpoint.objects.all():
        got = by_endpoint.pop(endpoint.pk, [])
        meant = [event for event in events if event.position in expected[endpoint.department_id]]
        arrived_everywhere(meant, got)
        versions_in_order(meant, got)
        repeats_say_the_same(got)
        nothing_but_the_committed(meant, got)
        feed_says_the_same(endpoint.department_id, meant)
    assert not by_endpoint, "I4: sent to an endpoint that does not exist"
    silence_is_kept(requests, silent_from or {})


def meant_by_department(events: Iterable[Event]) -> dict[int, set[int]]:
    """Positions by department, decided anew from the measures; opening sets are taken from what was told."""
    measures = list(Measure.objects.select_related("instrument"))
    departments = {measure.instrument.department_id for measure in measures}
    begins = set(Told.objects.values_list("department_id", "listing_id", "first_position"))
    told: set[tuple[int, int | None]] = set()
    meant: dict[int, set[int]] = defaultdict(set)
    for event in events:
        for department in departments if event.reader is None else {event.reader}:
            key = (department, event.listing_id)
            own = [measure for measure in measures if measure.instrument.department_id == department]
            if (*key, event.position) in begins or any(begins_to_fit(measure, event) for measure in own):
                told.add(key)
            if key in told:
                meant[department].add(event.position)
            if event.type == WITHDRAWN and event.reader is not None:
                told.discard(key)
    return meant


def begins_to_fit(measure: Measure, event: Event) -> bool:
    ended = measure.to_position is not None and measure.to_position <= event.position
    if event.type not in WHOLE or measure.from_position > event.position or ended:
        return False
    return fits(measure, json.loads(committed_body(event))["listing"])


def committed_body(event: Event) -> bytes:
    assert hasattr(event, "payload"), f"I1: what {event.position} said is not stored"
    return open_part(event.event_id, "body", event.payload.body_sealed)


def accepted(requests: Iterable[Received]) -> list[Received]:
    return [received for received in requests if 200 <= received.answered < 300]


def no_gap(events: Sequence[Event]) -> None:
    assert [event.position for event in events] == list(range(1, len(events) + 1)), "I5: the log has a gap"
    versions: dict[int | None, list[int]] = defaultdict(list)
    for event in events:
        versions[event.listing_id].append(event.version)
    for listed in versions.values():
        assert listed == list(range(1, len(listed) + 1)), "I5: a listing's versions have a gap"


def arrived_everywhere(meant: Iterable[Event], got: Iterable[Received]) -> None:
    arrived = {received.event["position"] for received in accepted(got)}
    missing = [event.position for event in meant if event.position not in arrived]
    assert not missing, f"I1: never arrived: {missing}"


def versions_in_order(meant: Sequence[Event], got: Iterable[Received]) -> None:
    listing_of = {event.position: event.listing_id for event in meant}
    earlier: dict[int | None, list[int]] = defaultdict(list)
    for event in meant:
        earlier[event.listing_id].append(event.position)
    arrived: set[int] = set()
    for received in accepted(got):
        position = received.event["position"]
        if position in arrived or position not in listing_of:
            continue
        if received.event["type"] not in OVERTAKING:
            before = [each for each in earlier[listing_of[position]] if each < position]
            assert set(before) <= arrived, f"I2: {position} arrived before an older version of its listing"
        arrived.add(position)


def repeats_say_the_same(got: Iterable[Received]) -> None:
    first: dict[str, Received] = {}
    for received in got:
        said = first.setdefault(received.headers["webhook-id"], received)
        if received.event.get("stub") and not said.event.get("stub"):
            first[received.headers["webhook-id"]] = received
            continue
        assert said.body == received.body, f"I3: a repeat of {received.event['position']} says something else"


def nothing_but_the_committed(meant: Iterable[Event], got: Iterable[Received]) -> None:
    events = {event.event_id: event for event in meant}
    for received in got:
        sent = received.event
        event = events.get(sent["id"])
        assert event is not None, f"I4: {sent['id']} is not committed, or not meant for this endpoint"
        assert received.headers["webhook-id"] == event.event_id, "I4: sent under another id"
        assert (sent["position"], sent["type"]) == (event.position, event.type), "I4: not what was committed"
        if sent.get("stub"):
            assert base64.b64decode(sent["commitment"]) == bytes(event.commitment), "I4: a stub of something else"
            continue
        assert canonical(sent) == committed_body(event), "I4: not what was committed"
        if received.data["salt"] is not None:
            salt = base64.b64decode(received.data["salt"])
            mac = hmac.new(salt, canonical(sent), hashlib.sha256).digest()
            assert mac == bytes(event.commitment), "I4: does not fit its commitment"


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def feed_says_the_same(department_id: int, meant: Iterable[Event]) -> None:
    items = pulled(department_id)
    positions = [json.loads(item)["data"]["event"]["position"] for item in items]
    assert positions == [event.position for event in meant], "I1, I5: the feed holds something else"
    assert pulled(department_id) == items, "I5: read again, the feed says something else"


def pulled(department_id: int) -> list[bytes]:
    items: list[bytes] = []
    after = 0
    while (page := feed.page(department_id, after, PAGE)).next > after:
        items += page.items
        after = page.next
    return items


def silence_is_kept(requests: Sequence[Received], silent_from: Mapping[str, int]) -> None:
    for order, received in enumerate(requests):
        if not received.is_event:
            continue
        event = received.event
        begins = silent_from.get(event["listing"]["number"])
        if begins is None or order < begins or event["type"] == WITHDRAWN:
            continue
        assert event.get("stub"), f"silence: {event['position']} went out whole after the withdrawal"
