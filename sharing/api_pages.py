"""The API's description as a page to read: made from the same OpenAPI document that machines get."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.generic import TemplateView

from sharing.openapi import description

METHODS = ("get", "post", "put", "patch", "delete")
SCHEMAS = "#/components/schemas/"
WEBHOOKS, EMPLOYER_WEBHOOKS = "webhooks", "employers’ webhooks"  # tags

CODE = re.compile(r"`+([^`]+)`+")

Node = Mapping[str, Any]


@dataclass(frozen=True)
class Member:
    """One member of a JSON object, or one parameter. ``shape``: name of the object that it holds, "" if none."""

    name: str
    kind: str
    required: bool
    text: str
    shape: str = ""
    where: str = ""


@dataclass(frozen=True)
class Sample:
    name: str
    body: str


@dataclass(frozen=True)
class Reply:
    status: str
    text: str
    shape: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class Operation:
    """``scope``: what the token must hold, "" where anybody may call."""

    method: str
    path: str
    anchor: str
    summary: str
    text: str
    scope: str
    parameters: tuple[Member, ...]
    body: str
    samples: tuple[Sample, ...]
    replies: tuple[Reply, ...]


@dataclass(frozen=True)
class Shape:
    """A JSON object by name."""

    name: str
    text: str
    members: tuple[Member, ...]
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    token_url: str = ""
    scopes: Mapping[str, str] = field(default_factory=dict)
    operations: tuple[Operation, ...] = ()
    webhooks: tuple[Operation, ...] = ()
    employer_webhooks: tuple[Operation, ...] = ()
    shapes: tuple[Shape, ...] = ()


class ApiReferenceView(TemplateView):
    template_name = "public/api.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(reference=_written(get_language() or ""), **kwargs)


@lru_cache(maxsize=4)
def _written(language: str) -> SafeString:
    """Half a million letters, in the active language; ``language`` only tells one from the other."""
    return render_to_string("public/api_reference.html", {"api": reference()})


def reference() -> Reference:
    """The whole page, in the language that is active."""
    document: Node = description()
    flow = document["components"]["securitySchemes"]["client_credentials"]["flows"]["clientCredentials"]
    return Reference(
        token_url=str(flow["tokenUrl"]),
        scopes={name: str(text) for name, text in flow["scopes"].items()},
        operations=tuple(_operations(document["paths"])),
        webhooks=tuple(_tagged(document["webhooks"], WEBHOOKS)),
        employer_webhooks=tuple(_tagged(document["webhooks"], EMPLOYER_WEBHOOKS)),
        shapes=tuple(_shape(name, node) for name, node in sorted(document["components"]["schemas"].items())),
    )


def _tagged(webhooks: Node, tag: str) -> Iterator[Operation]:
    return _operations({type_: item for type_, item in webhooks.items() if tag in item["post"]["tags"]})


def _operations(paths: Node) -> Iterator[Operation]:
    for path, item in paths.items():
        for method in METHODS:
            if method in item:
                yield _operation(method, path, item[method])


def _operation(method: str, path: str, node: Node) -> Operation:
    content: Node = next(iter(node.get("requestBody", {}).get("content", {}).values()), {})
    scopes = [scope for each in node.get("security", ()) for scope in each.get("client_credentials", ())]
    return Operation(
        method=method.upper(),
        path=path,
        anchor=str(node.get("operationId", path)).replace(".", "-").replace("_", "-"),
        summary=prose(node, "summary"),
        text=prose(node),
        scope=" ".join(scopes),
        parameters=tuple(_parameter(each) for each in node.get("parameters", ())),
        body=_ref(content.get("schema", {})),
        samples=tuple(_samples(content)),
        replies=tuple(_reply(status, each) for status, each in node["responses"].items()),
    )


def _parameter(node: Node) -> Member:
    return Member(node["name"], _kind(node["schema"]), bool(node.get("required")), prose(node), where=node["in"])


def _reply(status: str, node: Node) -> Reply:
    content: Node = next(iter(node.get("content", {}).values()), {})
    return Reply(status, prose(node), _ref(content.get("schema", {})), tuple(_samples(content)))


def _samples(content: Node) -> Iterator[Sample]:
    for name, each in content.get("examples", {}).items():
        body = json.dumps(each["value"], ensure_ascii=False, indent=2)
        yield Sample(str(each.get("summary", name)), body)


def _shape(name: str, node: Node) -> Shape:
    required = set(node.get("required", ()))
    members = (
        Member(key, _kind(each), key in required, prose(each), _ref(each))
        for key, each in node.get("properties", {}).items()
    )
    return Shape(name, prose(node), tuple(members), tuple(map(str, node.get("enum", ()))))


def prose(node: Node, key: str = "description") -> SafeString:
    """As HTML. Of what CommonMark has, descriptions use code in backticks, and lines that end within a paragraph."""
    parts = enumerate(CODE.split(" ".join(str(node.get(key, "")).split())))
    marked = (format_html("<code>{}</code>", part) if at % 2 else part for at, part in parts)
    return format_html_join("", "{}", ((part,) for part in marked))


def _ref(node: Node) -> str:
    """The named object in here: itself, what its list holds, or what it is made of."""
    if "$ref" in node:
        return str(node["$ref"]).removeprefix(SCHEMAS)
    if "items" in node:
        return _ref(node["items"])
    parts = [part for key in ("allOf", "oneOf", "anyOf") for part in node.get(key, ())]
    return next(filter(None, map(_ref, parts)), "")


def _kind(node: Node) -> str:
    kind = node.get("type", "object")
    words = kind if isinstance(kind, str) else " | ".join(kind)
    if "items" in node:
        words = f"{words} of {_kind(node['items'])}"
    return f"{words} ({node['format']})" if "format" in node else str(words)
