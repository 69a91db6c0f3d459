"""Requests for consent, by API: made, followed, given a new link, withdrawn."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.errors import (
    ConsentRequestOver,
    EmployerSuspended,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    NoSuchConsentRequest,
    PostUnknown,
    PurposeUnknown,
    ReferenceIsNumber,
    ReferenceNeeded,
    RequestDaysShape,
)
from sharing.access import GatedView
from sharing.employers import requesting, requesting_once
from sharing.employers.employer_view import EmployerView, idempotency_key
from sharing.employers.request_shapes import (
    WANTED_EXAMPLE,
    MadeOnceSerializer,
    MadeSerializer,
    RequestSerializer,
    WantedSerializer,
    read_wanted,
    shown,
)
from sharing.employers.requesting import Made
from sharing.openapi import NO_BODY, OF_A_BODY, problems

TAGS = ["consent requests"]
_KEY = idempotency_key(
    _(
        "8 to 64 letters, digits, hyphens or underscores; the same key and body give the same request, and its link only once"
    )
)


class ConsentRequestsView(EmployerView):
    @extend_schema(
        operation_id="consent_requests_create",
        tags=TAGS,
        summary=_("Ask an applicant for consent"),
        description=_(
            "Gives a link, for you to hand to the applicant. Whoever opens it sees who asks, why, and exactly what you "
            "would learn, proves who he is, and agrees or does not. You name no person; the register learns of none "
            "from you."
        ),
        parameters=[_KEY],
        request=WantedSerializer,
        examples=[WANTED_EXAMPLE],
        responses={
            201: OpenApiResponse(MadeOnceSerializer),
            **problems(
                *OF_A_BODY,
                IdempotencyKeyNeeded,
                IdempotencyKeyReused,
                EmployerSuspended,
                PurposeUnknown,
                PostUnknown,
                ReferenceNeeded,
                ReferenceIsNumber,
                RequestDaysShape,
            ),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        wanted, now = read_wanted(request.data), timezone.now()
        key = request.headers.get("Idempotency-Key", "")
        made = requesting_once.make(
            wanted, employer=self.employer(), by=self.caller.client, idempotency_key=key, now=now
        )
        response = _made(self, made, status=201)
        response["Location"] = reverse("consent_request", args=[made.request.pk])
        return response


class ConsentRequestView(GatedView):
    @extend_schema(
        operation_id="consent_requests_retrieve",
        tags=TAGS,
        summary=_("What became of a request, and the code once it is given"),
        responses={200: RequestSerializer, **problems(NoSuchConsentRequest)},
    )
    def get(self, request: Request, id: str) -> Response:
        found = requesting.own(id, employer_id=self.caller.organisation.pk, now=timezone.now())
        return _private(Response(shown(found)))

    @extend_schema(
        operation_id="consent_requests_withdraw",
        tags=TAGS,
        summary=_("Withdraw a request, and what was given to it; the same again changes nothing"),
        responses={204: NO_BODY, **problems(NoSuchConsentRequest, ConsentRequestOver)},
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        requesting.withdraw(id, employer_id=self.caller.organisation.pk, now=timezone.now())
        return HttpResponse(status=204)


class ConsentLinkView(GatedView):
    @extend_schema(
        operation_id="consent_requests_link",
        tags=TAGS,
        summary=_("A new link for an open request; the former one leads nowhere from now on"),
        request=None,
        responses={200: MadeSerializer, **problems(NoSuchConsentRequest, ConsentRequestOver)},
    )
    def post(self, request: Request, id: str) -> Response:
        made = requesting.link_anew(id, employer_id=self.caller.organisation.pk, now=timezone.now())
        return _made(self, made, status=200)


def _made(view: GatedView, made: Made, *, status: int) -> Response:
    found = requesting.own(made.request.pk, employer_id=view.caller.organisation.pk, now=timezone.now())
    return _private(Response({**shown(found), "link": made.link or None}, status=status))


def _private(response: Response) -> Response:
    response["Cache-Control"] = "no-store"
    return response
