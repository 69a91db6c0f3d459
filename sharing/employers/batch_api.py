"""The employers' door for many questions in one call: order, look how far it is, read what was answered, stop."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.errors import (
    BatchesUnderWay,
    ColumnsMissing,
    ColumnTwice,
    EmployerSuspended,
    FileInfected,
    FileTooLarge,
    FileUnreadable,
    IdempotencyKeyNeeded,
    IdempotencyKeyReused,
    NoSuchBatch,
    NothingToAsk,
    NumberOutside,
    ParameterUnknown,
    PostUnknown,
    PurposeUnknown,
    RowsSpent,
    RowsWithFaults,
    ScannerAway,
)
from sharing.access import GatedView
from sharing.employers import batch as batches
from sharing.employers import uploads
from sharing.employers.batch_files import with_answers
from sharing.employers.batch_shapes import (
    ORDER_EXAMPLE,
    BatchOrderSerializer,
    BatchResultsSerializer,
    BatchSerializer,
    read_order,
    refusals_of_faults,
    results_shown,
    shown,
)
from sharing.employers.employer_view import EmployerView, idempotency_key, rows_wanted
from sharing.employers.models import Batch
from sharing.openapi import NO_BODY, OF_A_BODY, problems
from sharing.parameters import refuse_unknown
from sharing.parsing import CsvParser, LongBodyParser, WorkbookParser, file_of

PAGE, PAGE_MOST = 50, 100

_KEY = idempotency_key(_("8 to 64 letters, digits, hyphens or underscores; the same key and rows give the same batch"))
_ABOUT_A_FILE = _("of a file alone; JSON has it inside")


class BatchesView(EmployerView):
    parser_classes = (LongBodyParser, CsvParser, WorkbookParser)

    @extend_schema(
        operation_id="batches_create",
        tags=["batches"],
        summary=_("Ask about many applicants"),
        description=_(
            "Every row is checked first. If one of them cannot be asked, nothing is: the refusal names each by its "
            "index and member. Otherwise the rows are asked in their order, in the background. What goes beyond your "
            "quota of the day waits for the next one. CSV or an Excel workbook as in the portal's template will do, too."
        ),
        parameters=[
            _KEY,
            OpenApiParameter("purpose", str, description=_ABOUT_A_FILE),
            OpenApiParameter("post", str, description=_ABOUT_A_FILE),
        ],
        request={
            "application/json": BatchOrderSerializer,
            CsvParser.media_type: OpenApiTypes.BINARY,
            WorkbookParser.media_type: OpenApiTypes.BINARY,
        },
        examples=[ORDER_EXAMPLE],
        responses={
            202: OpenApiResponse(BatchSerializer),
            **problems(
                *OF_A_BODY,
                IdempotencyKeyNeeded,
                IdempotencyKeyReused,
                EmployerSuspended,
                PurposeUnknown,
                PostUnknown,
                NothingToAsk,
                RowsWithFaults,
                BatchesUnderWay,
                RowsSpent,
                FileTooLarge,
                FileUnreadable,
                ColumnsMissing,
                ColumnTwice,
                FileInfected,
                ScannerAway,
            ),
        },
    )
    def post(self, request: Request) -> Response:
        data: Any = request.data
        of_file = isinstance(data, dict) and isinstance(data.get("file"), bytes)
        purpose, post, raws = _read_file(file_of(request), request) if of_file else _read_call(data)
        try:
            ordered = batches.order(
                raws,
                purpose=purpose,
                post=post,
                employer=self.employer(),
                client=self.caller.client,
                idempotency_key=request.headers.get("Idempotency-Key", ""),
                now=timezone.now(),
            )
        except batches.FaultsFound as found:
            raise refusals_of_faults(found.faults, of_file=of_file) from None
        location = {"Location": reverse("batch", args=[ordered.pk])}
        return Response(shown(ordered, timezone.now()), status=202, headers=location)


class BatchView(GatedView):
    @extend_schema(
        operation_id="batches_retrieve",
        tags=["batches"],
        summary=_("How far a batch of yours is"),
        responses={200: BatchSerializer, **problems(NoSuchBatch)},
    )
    def get(self, request: Request, id: str) -> Response:
        return Response(shown(self._own(id), timezone.now()))

    @extend_schema(
        operation_id="batches_stop",
        tags=["batches"],
        summary=_("Stop a batch: what was not asked yet is destroyed; what was answered stays"),
        responses={204: NO_BODY, **problems(NoSuchBatch)},
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        batches.stop(self._own(id).pk, employer_id=self.caller.organisation.pk, now=timezone.now())
        return HttpResponse(status=204)

    def _own(self, id: str) -> Batch:
        return batches.own(self.caller.organisation.pk, id)


class BatchResultsView(GatedView):
    @extend_schema(
        operation_id="batches_results",
        tags=["batches"],
        summary=_("The rows of a batch in their order, each with its answer by now or why there is none"),
        parameters=[
            OpenApiParameter("after", int, description=_("the place at the end of the page before")),
            OpenApiParameter("limit", int, description=_("1 to 100, 50 if absent")),
        ],
        responses={200: BatchResultsSerializer, **problems(NumberOutside, ParameterUnknown, NoSuchBatch)},
    )
    def get(self, request: Request, id: str) -> Response:
        found = batches.own(self.caller.organisation.pk, id)
        refuse_unknown(request, "after", "limit")
        after, limit = rows_wanted(request, PAGE_MOST, PAGE)
        rows = list(with_answers(found).filter(place__gt=after)[: limit + 1])
        following = rows[limit - 1].place if len(rows) > limit else None
        page = {"results": list(results_shown(rows[:limit])), "next": following}
        # Compressed, the padding of the answers would tell their length again.
        return Response(page, headers={"Cache-Control": "no-store, no-transform"})


def _read_call(data: Any) -> tuple[str, str, list[uploads.Raw]]:
    return read_order(data, most_rows=batches.MOST_ROWS)


def _read_file(file: bytes, request: Request) -> tuple[str, str, list[uploads.Raw]]:
    query = request.query_params
    return query.get("purpose", ""), query.get("post", ""), list(uploads.read(file, most_rows=batches.MOST_ROWS))
