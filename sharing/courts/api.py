"""The courts' door of the API: case management tells what was filed and how it ended."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions import feed_cases
from registry.actions.cases import Hand
from registry.actions.feeding import Feeder
from registry.errors import TooManyCases
from registry.models import CaseWay
from sharing.access import GatedView
from sharing.courts import shapes
from sharing.courts.models import CaseSystem
from sharing.courts.shapes import CALL_EXAMPLE, TOLD_EXAMPLE, CasesToldSerializer, FedCasesSerializer
from sharing.openapi import OF_A_BODY, problems
from sharing.parsing import LongBodyParser


class CasesView(GatedView):
    parser_classes = (LongBodyParser,)

    @extend_schema(
        operation_id="cases_feed",
        tags=["cases"],
        summary=_("Tell the case register what was filed, concluded, or changed"),
        description=_(
            "Up to 1,000 cases of your court; of the High Court's system, of every court. Each row is taken or refused for "
            "itself, and the answer says which. The same row again changes nothing, so a call that got no answer is "
            "simply sent again. Nothing but what became of each row is given back."
        ),
        request=FedCasesSerializer,
        examples=[CALL_EXAMPLE, TOLD_EXAMPLE],
        responses={200: OpenApiResponse(CasesToldSerializer), **problems(*OF_A_BODY, TooManyCases)},
    )
    def post(self, request: Request) -> Response:
        rows = shapes.read(request.data)
        told = feed_cases(rows, feeder=self._feeder(), now=timezone.now(), partly=True)
        return Response(shapes.told(told))

    def _feeder(self) -> Feeder:
        organisation = self.caller.organisation
        system = CaseSystem.objects.select_related("court").get(pk=organisation.pk)
        return Feeder(hand=Hand(way=CaseWay.API, system=organisation.code), court=system.own_court)
