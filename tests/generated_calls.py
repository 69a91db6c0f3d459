"""Calls of the API that nobody would make up, drawn from its own description: what it allows, what it does not, and its own examples with
something else in a place.

Each answer is judged: no fault of the server, a status and a body as described, a reference, no value of the person
repeated in an error, and within a second.
"""

from __future__ import annotations

import http.client
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
from django.test import Client as Browser
from django.utils import timezone
from django.utils.datastructures import CaseInsensitiveMapping

from config.reference import HEADER
from registry.models import Event
from sharing.departments import institutions
from tests import asking, cast, docket, logs

SLOW = 1.0  # seconds
DEEP = 4
MADE = {http.HTTPStatus.CREATED, http.HTTPStatus.ACCEPTED}
REMEMBERED = 20  # of each kind that was made, the last ones
JSON = "application/json"
KEY = "Idempotency-Key"
DAYS_FROM_NOW = {"signed_on": -1, "last_day": 20, "until": 300}  # what in a shown body is a day that passes
EMPLOYERS = ("screenings", "recalled-results", "batches", "monitorings", "consent-requests", "campaigns")
HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 10**18, 1e308, "", " ", "\x00", "a" * 5000, "\ud800", "\u202e", "' OR 1=1 --", "<script>", "../../etc/passwd",
    "%00", "９９９", "𝟏𝟐", "2026-02-30", "9999-12-31", "0000-00-00", [], {}, [[]], [None] * 50, {"": {"": {}}}, "{{7*7}}", "\r\nX: y",
    cast.DEFENDANT_NUMBER, "高䶮", "L-2026-000001", "evt_" + "0" * 26,
)  # fmt: skip


@dataclass
class Judged:
    """``wrong``: what did not hold, in words, at most ten; ``statuses``: how many of each."""

    calls: int = 0
    faults: int = 0
    undescribed: int = 0
    repeating: int = 0
    slow: int = 0
    slowest: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.faults or self.undescribed or self.repeating)

    def __add__(self, other: Judged) -> Judged:
        return Judged(
            self.calls + other.calls,
            self.faults + other.faults,
            self.undescribed + other.undescribed,
            self.repeating + other.repeating,
            self.slow + other.slow,
            max(self.slowest, other.slowest),
            self.statuses + other.statuses,
            [*self.wrong, *other.wrong],
        )

    def told(self) -> dict[str, Any]:
        """For a report."""
        statuses = {str(status): count for status, count in sorted(self.statuses.items())}
        return {**asdict(self), "slowest": round(self.slowest, 3), "statuses": statuses, "ok": self.ok}

    def complain(self, kind: str, words: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.wrong) < 10:
            self.wrong.append(f"{kind}: {words}")


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


Door = Callable[[Call], Answer]


def in_this_process() -> Door:
    """Without a server between: some hundreds of calls a second."""
    browser = Browser(raise_request_exception=False)

    def made(call: Call) -> Answer:
        sent = dict(call.headers)
        kind = sent.pop("Content-Type")
        told = browser.generic(
            call.method, call.path, call.body, content_type=kind, headers=sent, QUERY_STRING=call.query
        )
        return Answer(told.status_code, told.headers, told.getvalue())

    return made


@contextmanager
def over_http(address: str) -> Iterator[Door]:
    """To the web process at that address, all on one connection that is kept."""
    place = urlsplit(address)
    with closing(http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)) as opened:

        def made(call: Call) -> Answer:
            target = f"{call.path}?{call.query}" if call.query else call.path
            opened.request(call.method, target, call.body, dict(call.headers))
            told = opened.getresponse()
            return Answer(told.status, CaseInsensitiveMapping(dict(told.getheaders())), told.read())

        yield made


@dataclass(frozen=True)
class World:
    """``headers``: by who asks; ``known``: by the beginning of its address what leads somewhere; ``told``: an event and its listing."""

    headers: Mapping[str, Mapping[str, str]]
    known: Mapping[str, str]
    told: Mapping[str, str]


def world() -> World:
    """A bank, a department and a court's case management, each with something that it may read."""
    listing, department = cast.in_force(), cast.department()
    cast.measure(department)
    institutions.register(department, code="lender", name="示范机构", uscc=asking.COURIER_USCC, now=cast.NOW)
    asked = asking.answered(asking.question(name="高某"))
    logs.sign_all()
    headers = {
        "employer": asking.bearer(asking.bank(1_000_000).organisation),
        "department": asking.bearer(department.organisation, ("events", "receipts")),
        "court": asking.bearer(docket.system().organisation, ("cases",)),
    }
    event = Event.objects.filter(listing=listing).earliest("position")
    known = {"/api/v1/screenings/": str(asked.pk), "/api/v1/listings/": listing.number}
    return World(headers, known, {"event": event.event_id, "listing": listing.number})


class Caller:
    """Draws calls of ``document`` (OpenAPI 3.1) and makes them at the door."""

    def __init__(
        self, document: dict[str, Any], there: World, draw: random.Random, door: Door, *, lasting: bool
    ) -> None:
        """``lasting``: what one call makes, the next one meets."""
        self._document, self._there, self._draw, self._door, self._lasting = document, there, draw, door, lasting
        self._operations = list(operations(document))
        self._known = {begins: [value] for begins, value in there.known.items()}
        self.judged = Judged()

    def begin(self) -> list[tuple[str, Answer]]:
        """The description's own examples, each sent once to the address that it is shown for: later calls lead to what they made."""
        begun = []
        for method, path in self._operations:
            begins, one, ends = path.partition("{id}")
            if one and begins not in self._known:
                continue
            there = f"{begins}{self._known[begins][-1]}{ends}" if one else path
            for shown in _shown(self._document["paths"][path][method.lower()]):
                headers = {**self._there.headers[audience(path)], KEY: self._new_key(), "Content-Type": JSON}
                answer = self._door(Call(method, there, "", json.dumps(self._fresh(shown)).encode(), headers))
                self._learn(path, answer)
                begun.append((f"{method} {path}", answer))
        return begun

    def call(self) -> None:
        """One drawn call, judged."""
        method, path = self._draw.choice(self._operations)
        operation = self._document["paths"][path][method.lower()]
        drawn = self._drawn(method, path, operation)
        begun = time.perf_counter()
        answer = self._door(drawn)
        took = time.perf_counter() - begun
        self._judge(drawn, operation, answer, took)
        if self._lasting:
            self._learn(path, answer)

    def _learn(self, path: str, answer: Answer) -> None:
        """What was made leads somewhere from now on."""
        made = json.loads(answer.body).get("id") if answer.status in MADE else None
        if made is not None:
            self._known[f"{path}/"] = [*self._known.get(f"{path}/", []), str(made)][-REMEMBERED:]

    def _drawn(self, method: str, path: str, operation: dict[str, Any]) -> Call:
        sent: dict[str, str] = dict(self._there.headers[audience(path)])
        query = []
        for parameter in operation.get("parameters", []):
            name, place = parameter["name"], parameter["in"]
            if place == "path":
                path = path.replace(f"{{{name}}}", self._segment(path.partition("{")[0], parameter["schema"]))
            elif place == "query" and self._draw.random() < 0.5:
                query.append(f"{name}={_quoted(self._value(parameter['schema']))}")
            elif place == "header" and self._draw.random() < 0.9:
                sent[name] = self._key() if name == KEY else _line(self._value(parameter["schema"]))
        if self._draw.random() < 0.1:
            query.append(f"{_quoted(self._draw.choice(HOSTILE))}=1")
        sent["Content-Type"], body = self._body(operation)
        return Call(method, path, "&".join(query), body, sent)

    def _key(self) -> str:
        return self._new_key() if self._draw.random() < 0.8 else "a" * 64

    def _new_key(self) -> str:
        return self._draw.randbytes(16).hex()

    def _body(self, operation: dict[str, Any]) -> tuple[str, bytes]:
        content = _content(operation)
        if JSON not in content:
            return ("application/pdf", b"%PDF-1.7\n%%EOF") if content else (JSON, b"")
        shown = _shown(operation)
        is_shown = shown and self._draw.random() < 0.5
        value = self._nearly(self._draw.choice(shown)) if is_shown else self._value(content[JSON]["schema"])
        body = json.dumps(value).encode()
        return JSON, body[: len(body) // 2] if self._draw.random() < 0.05 else body

    def _nearly(self, shown: Any) -> Any:
        """As it is shown, but now and then something else stands in a place."""
        return self._fresh(shown, hostile=0.04)

    def _fresh(self, shown: Any, name: str = "", *, hostile: float = 0.0) -> Any:
        """As it is shown, but what must be new is new."""
        if self._draw.random() < hostile:
            return self._draw.choice(HOSTILE)
        if isinstance(shown, dict):
            return {key: self._fresh(inner, key, hostile=hostile) for key, inner in shown.items()}
        if isinstance(shown, list):
            return [self._fresh(inner, hostile=hostile) for inner in shown]
        if name == "document_sha256":
            return self._draw.randbytes(32).hex()
        if name in ("event", "listing"):
            return self._there.told[name]
        if name in DAYS_FROM_NOW:
            return (timezone.localdate() + timedelta(days=DAYS_FROM_NOW[name])).isoformat()
        return shown

    def _segment(self, begins: str, schema: dict[str, Any]) -> str:
        known = self._known.get(begins)
        if known and self._draw.random() < 0.6:
            return self._draw.choice(known)
        return _quoted(self._value(schema)).replace("%2F", "") or "none"  # with a slash it is another address

    def _value(self, schema: dict[str, Any], depth: int = 0) -> Any:
        """Mostly what the schema allows, now and then anything."""
        schema = self._resolved(schema)
        if self._draw.random() < 0.12:
            return self._draw.choice(HOSTILE)
        for many in ("oneOf", "anyOf"):
            if many in schema:
                return self._value(self._draw.choice(schema[many]), depth + 1)
        if "allOf" in schema:
            return self._value(schema["allOf"][0], depth + 1)
        if "const" in schema or "enum" in schema:
            return self._draw.choice(schema.get("enum") or [schema["const"]])
        return self._of_type(schema, depth)

    def _of_type(self, schema: dict[str, Any], depth: int) -> Any:
        kind = schema.get("type", "string")
        kind = self._draw.choice(kind) if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            most = 0 if depth > DEEP else self._draw.randint(0, 3)
            return [self._value(schema.get("items", {}), depth + 1) for _ in range(most)]
        if kind in ("integer", "number"):
            return self._draw.choice((schema.get("minimum", 0), 1, 7, schema.get("maximum", 500)))
        return {"boolean": True, "null": None}.get(kind, self._text(schema))

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        needed = set(schema.get("required", ()))
        made = {
            name: self._value(inner, depth + 1)
            for name, inner in schema.get("properties", {}).items()
            if self._draw.random() < (0.97 if name in needed else 0.5)
        }
        known = {name: value for name, value in self._there.told.items() if name in made and self._draw.random() < 0.4}
        return made | known | ({"also": 1} if self._draw.random() < 0.05 else {})

    def _text(self, schema: dict[str, Any]) -> str:
        forms = {"date": "2026-11-20", "date-time": "2026-11-20T02:00:00Z", "uri": "https://receiver.example.cn/x"}
        choices = [
            *schema.get("examples", ()),
            forms.get(schema.get("format", "")),
            cast.DEFENDANT_NUMBER,
            "高䶮",
            "a" * 64,
        ]
        return str(self._draw.choice([each for each in choices if each]))

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema

    def _judge(self, call: Call, operation: dict[str, Any], answer: Answer, took: float) -> None:
        judged, said = self.judged, f"{call.method} {call.path}?{call.query} {answer.status}"
        judged.calls += 1
        judged.statuses[answer.status] += 1
        judged.slowest = max(judged.slowest, took)
        judged.slow += took > SLOW
        if answer.status >= 500 or not answer.headers.get(HEADER):
            judged.complain("faults", said)
        elif not self._is_described(operation, answer):
            judged.complain("undescribed", said)
        if answer.status >= 400 and cast.DEFENDANT_NUMBER in answer.body.decode(errors="replace"):
            judged.complain("repeating", said)

    def _is_described(self, operation: dict[str, Any], answer: Answer) -> bool:
        described = operation["responses"].get(str(answer.status))
        if described is None:
            return False
        content = described.get("content", {})
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        schema = content.get(kind, {}).get("schema")
        if schema is None or not kind.endswith(("/json", "+json")):
            return not content or kind in content
        return bool(
            _validator(json.dumps(schema), json.dumps(self._document["components"])).is_valid(json.loads(answer.body))
        )


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, item in document["paths"].items():
        for method in item:
            if path.startswith(("/api/v1/", "/status-lists/")) and method in ("get", "post", "put", "delete"):
                yield method.upper(), path


def _content(operation: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    return content


def _shown(operation: dict[str, Any]) -> list[Any]:
    return [each["value"] for each in _content(operation).get(JSON, {}).get("examples", {}).values()]


def audience(path: str) -> str:
    """Who may ask there. A status list is open to everybody."""
    if path == "/api/v1/cases":
        return "court"
    return "employer" if path.startswith(tuple(f"/api/v1/{each}" for each in EMPLOYERS)) else "department"


@cache
def _validator(schema: str, components: str) -> Any:
    return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": json.loads(components)})


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return "".join(
        f"%{byte:02X}" if not chr(byte).isalnum() or byte > 127 else chr(byte)
        for byte in text.encode("utf-8", "replace")
    )[:2000]


def _line(value: Any) -> str:
    """What may stand in a header at all."""
    return "".join(each for each in str(value) if " " <= each <= "~")[:200]
