"""The employers' door for campaigns: begin one, follow it row by row, links anew, signed forms, withdraw, stop."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.errors import (
    CampaignOver,
    EmployerSuspended,
    FileTooLarge,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    LastDayImpossible,
    Malformed,
    NoSuchCampaign,
    NoSuchRow,
    NothingToAsk,
    NumberOutside,
    ParameterUnknown,
    PostUnknown,
    PurposeUnknown,
    ReasonNeeded,
    RowsWithFaults,
    TitleIsNumber,
    TitleNeeded,
    TooManyCampaigns,
    TooManyRowsBegun,
)
from sharing.access import GatedView
from sharing.employers.batch import FaultsFound
from sharing.employers.campaign_shapes import (
    FORMS_EXAMPLE,
    LINKS_EXAMPLE,
    ORDER_EXAMPLE,
    CampaignBegunSerializer,
    CampaignFormsSerializer,
    CampaignLinksOrderSerializer,
    CampaignLinksSerializer,
    CampaignOrderSerializer,
    CampaignRowsSerializer,
    CampaignSerializer,
    CampaignTakenSerializer,
    links_shown,
    read_forms,
    read_links,
    read_order,
    refusals_of_rows,
    rows_shown,
    shown,
)
from sharing.employers.campaigns import board, ending, forms, links, making
from sharing.employers.employer_view import EmployerView, idempotency_key, rows_wanted
from sharing.employers.models import Campaign, RowState
from sharing.misread import WHY, WHY_ELSE
from sharing.openapi import NO_BODY, OF_A_BODY, problems
from sharing.parameters import refuse_unknown
from sharing.parsing import LongBodyParser

TAGS = ["campaigns"]
PAGE, PAGE_MOST = 50, 100
PLACE_DIGITS_MOST = 9
_KEY = idempotency_key(
    _(
        "8 to 64 letters, digits, hyphens or underscores; the same key and call give the same campaign, without its links"
    )
)


class CampaignsView(EmployerView):
    parser_classes = (LongBodyParser,)

    @extend_schema(
        operation_id="campaigns_create",
        tags=TAGS,
        summary=_("Begin a campaign: many applicants, each asked about once his consent is there"),
        description=_(
            "Every row is checked first. If one of them is not right, nothing is begun: the refusal names each by its "
            "index and member. Names and numbers are not kept: send each applicant his link, or hand in signed forms as "
            "they arrive. A row is asked about as soon as its consent is there."
        ),
        parameters=[_KEY],
        request=CampaignOrderSerializer,
        examples=[ORDER_EXAMPLE],
        responses={
            200: OpenApiResponse(CampaignBegunSerializer, description=_("the same call was made before")),
            201: OpenApiResponse(CampaignBegunSerializer),
            **problems(
                *OF_A_BODY,
                IdempotencyKeyNeeded,
                IdempotencyKeyReused,
                EmployerSuspended,
                PurposeUnknown,
                PostUnknown,
                TitleNeeded,
                TitleIsNumber,
                LastDayImpossible,
                TooManyCampaigns,
                TooManyRowsBegun,
                ReasonNeeded,
                NothingToAsk,
                FileTooLarge,
                RowsWithFaults,
            ),
        },
    )
    def post(self, request: Request) -> Response:
        plan, wants_links, raws = read_order(request.data)
        employer, now, key = self.employer(), timezone.now(), request.headers.get("Idempotency-Key", "")
        given: dict[str, Any] = {"employer": employer, "now": now}
        try:
            made, is_new = making.order(raws, plan, client=self.caller.client, idempotency_key=key, **given)
        except FaultsFound as found:
            raise refusals_of_rows(found.faults, "applicants") from None
        sent = links_shown(links.make(made.pk, **given)) if is_new and wants_links else None
        told = shown(making.own(employer.pk, made.pk), now)
        location = {"Location": reverse("campaign", args=[made.pk])}
        return _private(Response({**told, "links": sent}, status=201 if is_new else 200, headers=location))


class CampaignView(GatedView):
    @extend_schema(
        operation_id="campaigns_retrieve",
        tags=TAGS,
        summary=_("How far a campaign of yours is"),
        responses={200: CampaignSerializer, **problems(NoSuchCampaign)},
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(shown(_own(self, id), timezone.now()))

    @extend_schema(
        operation_id="campaigns_stop",
        tags=TAGS,
        summary=_("Stop a campaign: links lead nowhere, nothing more is asked; what was answered stays"),
        responses={204: NO_BODY, **problems(NoSuchCampaign)},
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        ending.stop(_own(self, id).pk, employer_id=self.caller.organisation.pk, now=timezone.now())
        return HttpResponse(status=204)


class CampaignRowsView(GatedView):
    @extend_schema(
        operation_id="campaigns_rows",
        tags=TAGS,
        summary=_("The rows of a campaign in their order, each with its state, and its answer by now"),
        parameters=[
            OpenApiParameter("state", str, enum=RowState.values),
            OpenApiParameter("after", int, description=_("the place at the end of the page before")),
            OpenApiParameter("limit", int, description=_("1 to 100, 50 if absent")),
        ],
        responses={200: CampaignRowsSerializer, **problems(NumberOutside, ParameterUnknown, NoSuchCampaign)},
    )
    def get(self, request: Request, id: str) -> Response:
        found, now = _own(self, id), timezone.now()
        refuse_unknown(request, "state", "after", "limit")
        state = request.query_params.get("state", "")
        if state and state not in RowState:
            raise Malformed("state", why=WHY["invalid_choice"])
        after, limit = rows_wanted(request, PAGE_MOST, PAGE)
        rows = board.rows(found, now, state).filter(place__gt=after)
        page = list(rows[: limit + 1])
        following = page[limit - 1].place if len(page) > limit else None
        told = {"rows": list(rows_shown(page[:limit])), "next": following}
        # Compressed, the padding of the answers would tell their length again.
        return Response(told, headers={"Cache-Control": "no-store, no-transform"})


class CampaignRowView(GatedView):
    @extend_schema(
        operation_id="campaigns_withdraw_row",
        tags=TAGS,
        summary=_("Withdraw a row that is not answered; the same again changes nothing"),
        parameters=[OpenApiParameter("place", int, OpenApiParameter.PATH)],
        responses={204: NO_BODY, **problems(NoSuchCampaign, NoSuchRow, CampaignOver)},
    )
    def delete(self, request: Request, id: str, place: str) -> HttpResponse:
        campaign_id, number = _own(self, id).pk, _place(place)
        ending.withdraw(campaign_id, [number], employer_id=self.caller.organisation.pk, now=timezone.now())
        return HttpResponse(status=204)


class CampaignLinksView(EmployerView):
    @extend_schema(
        operation_id="campaigns_links",
        tags=TAGS,
        summary=_("Links for the rows that have none, or anew for rows by their places, or for all that wait"),
        request=CampaignLinksOrderSerializer,
        examples=[LINKS_EXAMPLE],
        responses={
            200: CampaignLinksSerializer,
            **problems(
                *OF_A_BODY,
                NoSuchCampaign,
                NoSuchRow,
                CampaignOver,
                EmployerSuspended,
                PurposeUnknown,
                PostUnknown,
                FileTooLarge,
            ),
        },
    )
    def post(self, request: Request, id: str) -> Response:
        places, anew = read_links(request.data)
        wanted: dict[str, Any] = {"places": places, "anew": anew}
        made = links.make(_own(self, id).pk, employer=self.employer(), now=timezone.now(), **wanted)
        return _private(Response({"links": links_shown(made)}))


class CampaignFormsView(EmployerView):
    parser_classes = (LongBodyParser,)

    @extend_schema(
        operation_id="campaigns_forms",
        tags=TAGS,
        summary=_("Hand in signed forms, in parts as they arrive; the same list again changes nothing"),
        request=CampaignFormsSerializer,
        examples=[FORMS_EXAMPLE],
        responses={
            200: CampaignTakenSerializer,
            **problems(
                *OF_A_BODY, NoSuchCampaign, CampaignOver, EmployerSuspended, NothingToAsk, FileTooLarge, RowsWithFaults
            ),
        },
    )
    def post(self, request: Request, id: str) -> Response:
        found, raws = _own(self, id), read_forms(request.data)
        try:
            taken = forms.give(found.pk, raws, employer=self.employer(), now=timezone.now())
        except FaultsFound as wrong:
            raise refusals_of_rows(wrong.faults, "forms") from None
        return Response({"taken": taken.count})


def _own(view: GatedView, id: str) -> Campaign:
    return making.own(view.caller.organisation.pk, id)


def _private(response: Response) -> Response:
    response["Cache-Control"] = "no-store"
    return response


def _place(text: str) -> int:
    """Raises Malformed."""
    if not (text.isascii() and text.isdigit() and len(text) <= PLACE_DIGITS_MOST):
        raise Malformed("place", why=WHY_ELSE)
    return int(text)
