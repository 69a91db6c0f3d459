"""Calls of the API that nobody would make up, drawn from its own description: half of what it allows, half of what it does not.

Made in this process, some hundreds a second. Each answer is judged: no fault of the server, a status and a body as
described, a reference, no value of the person repeated in an error, and within a second.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jsonschema_rs
from django.test import Client as Browser

from config.reference import HEADER
from tests import cast

SLOW = 1.0  # seconds
DEEP = 4
JSON = "application/json"
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

    def complain(self, kind: str, words: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.wrong) < 10:
            self.wrong.append(f"{kind}: {words}")


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    query: str
    body: Any
    headers: dict[str, str]


class Caller:
    """Draws calls of ``document`` (OpenAPI 3.1) and makes them. ``known``: values of parameters that lead somewhere."""

    def __init__(self, document: dict[str, Any], known: dict[str, str], draw: random.Random) -> None:
        self._document, self._known, self._draw = document, known, draw
        self._browser = Browser(raise_request_exception=False)
        self.judged = Judged()

    def call(self, method: str, path: str, headers: dict[str, str]) -> None:
        """One drawn call of this operation, judged."""
        operation = self._document["paths"][path][method.lower()]
        drawn = self._drawn(method, path, operation, headers)
        begun = time.perf_counter()
        answer = self._made(drawn)
        took = time.perf_counter() - begun
        self._judge(drawn, operation, answer, took)

    def _drawn(self, method: str, path: str, operation: dict[str, Any], headers: dict[str, str]) -> Call:
        sent, query = dict(headers), []
        for parameter in operation.get("parameters", []):
            name, place = parameter["name"], parameter["in"]
            if place == "path":
                path = path.replace(f"{{{name}}}", self._segment(name, parameter["schema"]))
            elif place == "query" and self._draw.random() < 0.5:
                query.append(f"{name}={_quoted(self._value(parameter['schema']))}")
            elif place == "header" and self._draw.random() < 0.9:
                sent[name] = _line(self._value(parameter["schema"]))
        if self._draw.random() < 0.1:
            query.append(f"{_quoted(self._draw.choice(HOSTILE))}=1")
        content = operation.get("requestBody", {}).get("content", {})
        body = self._value(content[JSON]["schema"]) if JSON in content else b"%PDF-1.7\n%%EOF" if content else None
        return Call(method, path, "&".join(query), body, sent)

    def _segment(self, name: str, schema: dict[str, Any]) -> str:
        known = self._known.get(name)
        if known and self._draw.random() < 0.4:
            return known
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
        return made | ({"also": 1} if self._draw.random() < 0.05 else {})

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

    def _made(self, call: Call) -> Any:
        body = call.body if isinstance(call.body, bytes) else json.dumps(call.body).encode()
        if call.body is not None and self._draw.random() < 0.05:
            body = body[: len(body) // 2]
        sent = {**call.headers, "Content-Type": "application/pdf" if isinstance(call.body, bytes) else JSON}
        kind = sent.pop("Content-Type")
        return self._browser.generic(
            call.method,
            call.path,
            body if call.body is not None else b"",
            content_type=kind,
            headers=sent,
            QUERY_STRING=call.query,
        )

    def _judge(self, call: Call, operation: dict[str, Any], answer: Any, took: float) -> None:
        judged, said = self.judged, f"{call.method} {call.path}?{call.query} {answer.status_code}"
        judged.calls += 1
        judged.statuses[answer.status_code] += 1
        judged.slowest = max(judged.slowest, took)
        judged.slow += took > SLOW
        if answer.status_code >= 500 or not answer.headers.get(HEADER):
            judged.complain("faults", said)
        elif not self._is_described(operation, answer):
            judged.complain("undescribed", said)
        if answer.status_code >= 400 and cast.DEFENDANT_NUMBER in answer.getvalue().decode(errors="replace"):
            judged.complain("repeating", said)

    def _is_described(self, operation: dict[str, Any], answer: Any) -> bool:
        """Where no operation was found at the address, there is none to be judged by."""
        described = operation["responses"].get(str(answer.status_code))
        if described is None:
            return answer.status_code in (404, 405, 406, 415) and answer.resolver_match is None
        content = described.get("content", {})
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        schema = content.get(kind, {}).get("schema")
        if schema is None or not kind.endswith(("/json", "+json")):
            return not content or kind in content
        return bool(
            _validator(json.dumps(schema), json.dumps(self._document["components"])).is_valid(
                json.loads(answer.getvalue())
            )
        )


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
