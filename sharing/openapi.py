"""The API's own description (OpenAPI 3.1): how machines sign in, how refusals look, and the pages that show it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import resolve, reverse
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_serializer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from registry.addresses import absolute, of_programs
from registry.errors import (
    AddressNotAllowed,
    BodyKindNotTaken,
    BodyTooLong,
    CallsTooOften,
    ClientCertificateWrong,
    Malformed,
    NotReady,
    NotSignedIn,
    Refusal,
    ScopeMissing,
    Text,
)
from registry.sentences import joined
from sharing.certificates import REQUIRED
from sharing.permissions.outside import MACHINES_AT
from sharing.problems import CONTENT_TYPE

ALWAYS: tuple[type[Refusal], ...] = (
    Malformed,
    NotSignedIn,
    ClientCertificateWrong,
    ScopeMissing,
    AddressNotAllowed,
    CallsTooOften,
    NotReady,
)
"""What every gated view may refuse with."""

OF_A_BODY: tuple[type[Refusal], ...] = (BodyTooLong, BodyKindNotTaken)
"""What every call that takes a body may refuse besides."""

Responses = dict[Any, Any]
NO_BODY = OpenApiResponse(description=_("done; the answer has no body"))

JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
COMPONENTS, DEFINITIONS = "#/components/schemas/", "#/$defs/"


PARAMETER = re.compile(r"\{[^}]+\}")


class ClientCredentials(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library has no types
    """OAuth 2.0 client credentials (RFC 6749 §4.4): scope by scope, from the table of permissions."""

    target_class = "sharing.callers.ClientAuthentication"
    name = "client_credentials"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        scopes: dict[str, str] = settings.OAUTH2_PROVIDER["SCOPES"]  # type: ignore[assignment]  # one of several kinds
        # Where keys need no certificate, the console can sign in, too: its page may call its own address alone.
        at = of_programs if settings.SHARING_CLIENT_CERTIFICATES == REQUIRED else absolute
        flow = {"tokenUrl": at(reverse("token")), "scopes": scopes}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        found = resolve(PARAMETER.sub("1", auto_schema.path))
        row = MACHINES_AT.get(found.view_name, {}).get(auto_schema.method)
        return {self.name: [row.scope] if row else []}


class ProblemErrorSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("R-…, never changes its meaning"))
    field = serializers.CharField(help_text=_("the input to change, dotted; empty where no single one is to blame"))
    detail = serializers.CharField()


@extend_schema_serializer(
    description=_("Problem details (RFC 9457); title and detail in the language of Accept-Language.")
)
class ProblemSerializer(serializers.Serializer[Any]):
    type = serializers.CharField(help_text=_("/problems/ and the refusal's name"))
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]  # a field: the metaclass takes it off the class


def problems(*refusals: type[Refusal]) -> Responses:
    """The responses of an operation that may refuse so, each status with an example of each refusal."""
    by_status: dict[int, list[type[Refusal]]] = defaultdict(list)
    for refusal in (*ALWAYS, *refusals):
        by_status[refusal.status].append(refusal)
    return {
        (status, CONTENT_TYPE): OpenApiResponse(
            ProblemSerializer,
            description=", ".join(f"{each.code} {each().slug}" for each in group),
            examples=[_example(each, status) for each in group],
        )
        for status, group in sorted(by_status.items())
    }


# Headers that a refusal comes with (`sharing.problems`), and those of every message that is posted.
_RETRY_AFTER = {
    "description": _("after how many seconds it may be asked again"),
    "schema": {"type": "integer", "minimum": 0},
}
_CHALLENGE = {
    "description": _("the scheme to sign in by: a token is missing, wrong or over"),
    "schema": {"type": "string"},
}
REFUSED_WITH: Mapping[str, dict[str, Any]] = {
    "401": {"WWW-Authenticate": _CHALLENGE},
    "429": {"Retry-After": _RETRY_AFTER},
    "503": {"Retry-After": _RETRY_AFTER},
}
POSTED_WITH: Mapping[str, dict[str, Any]] = {
    "webhook-id": {
        "description": _("the same on every retry"),
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,128}$"},
    },
    "webhook-timestamp": {
        "description": _("unix seconds of this attempt"),
        "schema": {"type": "string", "pattern": "^[0-9]{1,12}$"},
    },
    "webhook-signature": {
        "description": _(
            "signatures with a space between: of every live secret as v1,…, and of every live key as v1a,…"
        ),
        "schema": {"type": "string", "pattern": "^v1a?,[A-Za-z0-9+/=]+( v1a?,[A-Za-z0-9+/=]+)*$"},
    },
}


def with_headers(result: dict[str, Any], **_generated: object) -> dict[str, Any]:
    """The document with the headers that are sent whatever the call or the message is."""
    for operations in result["paths"].values():
        for operation in operations.values():
            for status in REFUSED_WITH.keys() & operation["responses"].keys():
                response = operation["responses"][status]
                response["headers"] = {**response.get("headers", {}), **REFUSED_WITH[status]}
    sent = [{"name": name, "in": "header", "required": True, **said} for name, said in POSTED_WITH.items()]
    for operations in result.get("webhooks", {}).values():
        operations["post"]["parameters"] = sent
    return result


def _example(refusal: type[Refusal], status: int) -> OpenApiExample:
    slug = refusal().slug
    title, detail = _said(refusal.message), _said(refusal.message, refusal.remedy)
    value = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "code": refusal.code,
        "detail": detail,
        "errors": [{"code": refusal.code, "field": "", "detail": detail}],
    }
    return OpenApiExample(slug, summary=title, value=value, media_type=CONTENT_TYPE, status_codes=[str(status)])


def _in_words(*texts: Text) -> str:
    facts: defaultdict[str, str] = defaultdict(lambda: "…")
    return joined(*(str(each) % facts for each in texts))


_said = lazy(_in_words, str)  # an example is made once, and read in either language


def description() -> Mapping[str, Any]:
    """The OpenAPI document in the language that is active. Making it takes a second; it is made once in each."""
    return _description(get_language() or "")


@lru_cache(maxsize=4)
def _description(language: str) -> Mapping[str, Any]:
    document = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]  # no types there
    # Texts in the document wait for a language, which is the active one; ``language`` only tells one from the other.
    plain: Mapping[str, Any] = json.loads(json.dumps(document, cls=JSONEncoder))
    return plain


class SchemaView(SpectacularAPIView):
    """The description as JSON, or YAML for who asks for it, in the reader's language. Anybody may ask, and often."""

    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        form = request.accepted_renderer
        kind = f"{form.media_type}; charset={form.charset}" if form.charset else form.media_type
        response = HttpResponse(_written(form.format, get_language() or ""), content_type=kind)
        response["Content-Disposition"] = f'inline; filename="registry-api.{form.format}"'
        return response


@lru_cache(maxsize=4)
def _written(form: str, language: str) -> bytes:
    renderer = OpenApiYamlRenderer() if form == OpenApiYamlRenderer.format else OpenApiJsonRenderer()
    written: bytes = renderer.render(_description(language))
    return written


class ConsoleView(SpectacularSwaggerSplitView):
    """Swagger UI, to try calls in; page and script apart, so that the content security policy holds."""


# The messages' JSON Schemas, cut out of the same document


def webhook_schemas() -> Mapping[str, dict[str, Any]]:
    """A JSON Schema (2020-12) of each message that is posted, by its type; it stands alone."""
    return _webhook_schemas(get_language() or "")


@lru_cache(maxsize=4)
def _webhook_schemas(language: str) -> Mapping[str, dict[str, Any]]:
    document = _description(language)
    return {name: _standing_alone(name, item["post"], document) for name, item in document["webhooks"].items()}


def _standing_alone(name: str, operation: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    root = operation["requestBody"]["content"]["application/json"]["schema"]
    components = document["components"]["schemas"]
    used: dict[str, Any] = {}
    waiting = list(_references(root))
    while waiting:
        component = waiting.pop()
        if component not in used:
            used[component] = _rewritten(components[component])
            waiting += _references(components[component])
    head = {"$schema": JSON_SCHEMA, "title": name, "description": operation["summary"]}
    return {**head, **_rewritten(root), "$defs": dict(sorted(used.items()))}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if "$ref" in node:
            yield str(node["$ref"]).removeprefix(COMPONENTS)
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def _rewritten(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {
            key: inner.replace(COMPONENTS, DEFINITIONS) if key == "$ref" else _rewritten(inner)
            for key, inner in node.items()
        }
    return [_rewritten(inner) for inner in node] if isinstance(node, list) else node
