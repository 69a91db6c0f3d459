"""What is answered where no view could: pages in both languages with a reference number, problem details for machines.

A page about a fault on our side asks neither the database nor the session, which may be what is broken.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.reference import reference_of
from registry.absence import database_is_away
from registry.addresses import absolute, is_the_desks_name
from registry.errors import Malformed, MethodNotTaken, NoSuchCall, NotReady, Refusal, Text
from registry.keys import KeyUnknown, SealBroken
from sharing.problems import CONTENT_TYPE, body

MACHINES = ("/api/", "/oauth/", "/.well-known/", "/trial/", "/status-lists/")
PORTALS = ("/department/", "/employer/")
DESK = "/desk/"
RETRY_AFTER_SECONDS = 60


@dataclass(frozen=True)
class Fault:
    status: int
    title: Text
    remedy: Text
    refusal: type[Refusal] | None = None  # what machines read in place of it


UNREADABLE = Fault(400, _("The request cannot be read"), _("Go back and send it again."), Malformed)
NOT_ALLOWED = Fault(
    403, _("You may not do this"), _("Sign in in the role that may, or ask the registrar of your court.")
)
NOT_ALLOWED_AS_MEMBER = Fault(
    403, NOT_ALLOWED.title, _("Sign in in the role that may, or ask an owner of your organisation.")
)
TOO_LONG_OPEN = Fault(
    403,
    _("This form was open for too long"),
    _("Go back, load the page again and send it once more. Nothing was saved."),
)
NO_SUCH_PAGE = Fault(
    404, _("This page does not exist"), _("Check the address, or begin at the start page."), NoSuchCall
)
NOT_TAKEN = Fault(
    405,
    _("This address does not take what was sent"),
    _("Nothing was changed. Begin at the start page, and use the links and buttons of the pages."),
    MethodNotTaken,
)
BROKEN = Fault(
    500,
    _("Something went wrong on our side"),
    _("Nothing was half-saved. Try again in a minute. If it happens again, tell us the reference number."),
)
NOT_OPENED = Fault(
    500,
    _("Something on record here cannot be opened"),
    _(
        "Nothing was changed. Tell your system administrator the reference number: a key is missing on this server, or what is kept was altered."
    ),
)
AWAY = Fault(503, NotReady.message, NotReady.remedy, NotReady)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, UNREADABLE)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, NOT_ALLOWED_AS_MEMBER if request.path.startswith(PORTALS) else NOT_ALLOWED)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, TOO_LONG_OPEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, NO_SUCH_PAGE)


def not_taken(request: HttpRequest, methods: Sequence[str]) -> HttpResponse:
    """``methods``: those that the address takes."""
    takes = ", ".join(methods)
    response = answer(request, NOT_TAKEN, takes=takes)
    response.headers["Allow"] = takes
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """The database away is not a fault of ours to be repaired, but one to be waited for."""
    error = sys.exc_info()[1]
    away = database_is_away(error)
    response = answer(request, AWAY if away else NOT_OPENED if _is_not_opened(request, error) else BROKEN)
    if away:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _is_not_opened(request: HttpRequest, error: BaseException | None) -> bool:
    """Said to officers alone: what is kept, and that it was altered, is nobody else's to know."""
    return request.path.startswith(DESK) and isinstance(error, KeyUnknown | SealBroken)


def answer(request: HttpRequest, fault: Fault, **facts: str) -> HttpResponse:
    """The fault as the caller can read it."""
    reference = reference_of(request)
    if request.path.startswith(MACHINES):
        said = {**_to_a_machine(fault, facts), "reference": reference}
        return JsonResponse(said, status=fault.status, content_type=CONTENT_TYPE)
    context = {"fault": fault, "reference": reference, "at": timezone.localtime(), "languages": ("zh-hans", "en")}
    context["portals_at"] = absolute("") if is_the_desks_name(request) else ""
    return HttpResponse(render_to_string("pages/error.html", context), status=fault.status)


def _to_a_machine(fault: Fault, facts: Mapping[str, str]) -> dict[str, Any]:
    if fault.refusal is not None:
        return body([fault.refusal(**facts)])
    return {"type": "about:blank", "title": str(fault.title), "status": fault.status, "detail": str(fault.remedy)}
