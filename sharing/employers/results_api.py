"""What follows an answer, by API: its paper, the recalled results and what was done with them; and the status lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.errors import (
    Malformed,
    NoResultYet,
    NoSuchRecalledResult,
    NoSuchScreening,
    NoSuchStatusList,
    NumberOutside,
    ParameterUnknown,
    RecallClosed,
    ResultRecalled,
)
from registry.log import utc_text
from sharing.access import GatedView
from sharing.employers import recalling, status_list
from sharing.employers.models import RecallConfirmation, ResultRecall, Screening
from sharing.employers.paper import paper
from sharing.employers.shapes import (
    CONFIRMATION_EXAMPLE,
    SCREENING_ID,
    ConfirmationSerializer,
    RecalledSerializer,
    read_confirmation,
)
from sharing.misread import WHY_ELSE
from sharing.openapi import OF_A_BODY, problems
from sharing.parameters import refuse_unknown, whole

PAGE, PAGE_MOST = 100, 500
LISTS_MOST = 2**31 - 1
LIST_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
PDF = "application/pdf"


class PaperRenderer(JSONRenderer):
    """Lets a caller ask for the type that is given; a refusal is JSON all the same."""

    media_type = PDF


class StatusListRenderer(JSONRenderer):
    media_type = status_list.MEDIA_TYPE


class PaperView(GatedView):
    renderer_classes = (PaperRenderer, JSONRenderer)

    @extend_schema(
        operation_id="screenings_paper",
        tags=["screenings"],
        summary=_("An answer given to you before, on one page of paper (PDF)"),
        responses={(200, PDF): OpenApiTypes.BINARY, **problems(NoSuchScreening, NoResultYet, ResultRecalled)},
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        own = Screening.objects.select_related("employer").filter(employer=self.caller.organisation.pk)
        screening = own.filter(pk=id).first() if SCREENING_ID.fullmatch(id) else None
        if screening is None:
            raise NoSuchScreening
        response = HttpResponse(paper(screening), content_type=PDF)
        response["Content-Disposition"] = f'attachment; filename="{screening.pk}.pdf"'
        response["Cache-Control"] = "no-store, no-transform"
        return response


class RecalledResultsView(GatedView):
    @extend_schema(
        operation_id="recalled_results_list",
        tags=["recalled results"],
        summary=_("Results that were recalled and that you have not yet confirmed to be removed"),
        parameters=[
            OpenApiParameter("after", str, description=_("the screening's id at the end of the page before")),
            OpenApiParameter("limit", int, description=_("1 to 500, 100 if absent")),
        ],
        responses={200: RecalledSerializer, **problems(NumberOutside, ParameterUnknown)},
    )
    def get(self, request: Request) -> Response:
        refuse_unknown(request, "after", "limit")
        after, limit = request.query_params.get("after", ""), whole(request, "limit", 1, PAGE_MOST, default=PAGE)
        if after and not SCREENING_ID.fullmatch(after):
            raise Malformed("after", why=WHY_ELSE)
        found = recalling.open_recalls(self.caller.organisation.pk).filter(pk__gt=after).order_by("pk")
        page = list(found[: limit + 1])
        rows = [_recalled(each) for each in page[:limit]]
        return Response({"recalled": rows, "next": rows[-1]["screening"] if len(page) > limit else None})


class RecalledResultView(GatedView):
    @extend_schema(
        operation_id="recalled_results_confirm",
        tags=["recalled results"],
        summary=_(
            "Say that a recalled result was removed, and what became of what was decided; the same again changes nothing"
        ),
        request=ConfirmationSerializer,
        examples=[CONFIRMATION_EXAMPLE],
        responses={200: ConfirmationSerializer, **problems(*OF_A_BODY, NoSuchRecalledResult, RecallClosed)},
    )
    def post(self, request: Request, id: str) -> Response:
        removed, decision = read_confirmation(request.data)
        if not SCREENING_ID.fullmatch(id):
            raise NoSuchRecalledResult
        said = recalling.confirm(
            id,
            employer_id=self.caller.organisation.pk,
            removed=removed,
            decision=decision,
            by=self.caller.client,
            now=timezone.now(),
        )
        return Response(_confirmed(said))


class StatusListView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (StatusListRenderer, JSONRenderer)

    @extend_schema(
        operation_id="status_list",
        tags=["keys"],
        auth=[],
        summary=_("Which results of one list were recalled (Token Status List), signed with the keys of results"),
        responses={(200, status_list.MEDIA_TYPE): OpenApiTypes.STR, **problems(NoSuchStatusList)},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        whole = int(number) if LIST_NUMBER.fullmatch(number) else 0
        token = status_list.token(whole, now=timezone.now()) if whole <= LISTS_MOST else None
        if token is None:
            raise NoSuchStatusList
        etag = f'"{sha256(token.encode()).hexdigest()}"'
        response = HttpResponse(token, content_type=status_list.MEDIA_TYPE)
        response["Cache-Control"] = f"public, max-age={status_list.TTL_SECONDS}"
        response["Access-Control-Allow-Origin"] = "*"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response


def _recalled(recall: ResultRecall) -> dict[str, Any]:
    return {"screening": recall.pk, "cause": recall.cause, "recalled_at": utc_text(recall.opened_at)}


def _confirmed(said: RecallConfirmation) -> Mapping[str, Any]:
    return {"removed": said.removed, "decision": said.decision, "at": utc_text(said.at)}
