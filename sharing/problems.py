"""Refusals as problem details (RFC 9457): one translation for the whole API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from registry.absence import database_is_away
from registry.errors import (
    BodyKindNotTaken,
    BodyTooLong,
    Malformed,
    MethodNotTaken,
    NoSuchListing,
    NotReady,
    NotSignedIn,
    Refusal,
    Refusals,
)

CONTENT_TYPE = "application/problem+json"
AN_HOUR = 3600


def problem_details(error: Exception, context: dict[str, Any]) -> Response | None:
    """The API's exception handler; None leaves what nobody foresaw to the 500 page, which shows nothing of it."""
    if isinstance(error, Refusals):
        return _response(error.refusals)
    if isinstance(error, Refusal):
        return _response([error])
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return _response([NotSignedIn()])
    if isinstance(error, Http404):
        return _response([NoSuchListing()])
    if database_is_away(error):
        return _response([NotReady()])  # the database is away, or too busy to wait for
    refusal = _of_the_frame(error, context)
    return None if refusal is None else _response([refusal])


def _of_the_frame(error: Exception, context: dict[str, Any]) -> Refusal | None:
    """What the framework refused: a method that is not there, a body that is too long, of another kind or no JSON."""
    view = context["view"]
    if isinstance(error, exceptions.MethodNotAllowed):
        return MethodNotTaken(takes=", ".join(view.allowed_methods))
    if isinstance(error, RequestDataTooBig):
        return BodyTooLong(most=getattr(view.parser_classes[0], "most", settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
    if isinstance(error, exceptions.UnsupportedMediaType) or (
        isinstance(error, exceptions.ParseError) and "Content-Encoding" in context["request"].headers
    ):
        return BodyKindNotTaken(takes=", ".join(each.media_type for each in view.parser_classes))
    if isinstance(error, exceptions.ParseError):
        return Malformed(why=_("It is no JSON in UTF-8."))
    return Malformed() if isinstance(error, exceptions.APIException) else None


def refused(refusal: Refusal) -> HttpResponse:
    """The same, from a view that is none of the API's."""
    response = JsonResponse(body([refusal]), status=refusal.status, content_type=CONTENT_TYPE)
    _say_when(response, refusal)
    return response


def _response(refusals: list[Refusal]) -> Response:
    first = refusals[0]
    response = Response(body(refusals), status=first.status, content_type=CONTENT_TYPE)
    if first.status == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="registry"'
    _say_when(response, first)
    return response


def _say_when(response: HttpResponse, refusal: Refusal) -> None:
    """After how many seconds it may be tried again (RFC 9110 §10.2.3)."""
    if isinstance(refusal, NotReady):
        response["Retry-After"] = str(refusal.facts.get("retry_after", 60))
    elif refusal.status == status.HTTP_429_TOO_MANY_REQUESTS:
        response["Retry-After"] = str(refusal.facts.get("retry_after", AN_HOUR))


def body(refusals: list[Refusal]) -> dict[str, Any]:
    """Problem details, as they are described to machines."""
    first = refusals[0]
    return {
        "type": f"/problems/{first.slug}",
        "title": str(first.message) % first.facts,
        "status": first.status,
        "code": first.code,
        "detail": first.text,
        "errors": [{"code": each.code, "field": each.field, "detail": each.text} for each in refusals],
    }
