"""The employers' door of the API: ask about one applicant, read an own answer again; and the keys for everybody."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from registry.errors import (
    ConsentJudged,
    FileInfected,
    FormDiffers,
    FormKind,
    FormNotCalled,
    NoSuchScreening,
    ResultRecalled,
    ScannerAway,
)
from registry.pdf import papers
from sharing import signing
from sharing.access import GatedView
from sharing.employers import calling
from sharing.employers.employer_view import idempotency_key
from sharing.employers.models import ConsentVerdict, Screening
from sharing.employers.question import REFUSALS, REFUSALS_OF_A_CODE
from sharing.employers.screening import ask
from sharing.employers.shapes import (
    BY_CODE_EXAMPLE,
    LISTED_EXAMPLE,
    NOT_LISTED_EXAMPLE,
    QUESTION_EXAMPLE,
    SCREENING_ID,
    AnswerSerializer,
    JwksSerializer,
    QuestionSerializer,
    read_question,
)
from sharing.openapi import NO_BODY, OF_A_BODY, problems
from sharing.parsing import FileParser, ImageParser, PdfParser, file_of
from sharing.parties.models import Organisation

KEYS_CACHED_SECONDS = 3600

_KEY = idempotency_key(
    _("8 to 64 letters, digits, hyphens or underscores; the same key and question give the same answer")
)


class ScreeningsView(GatedView):
    @extend_schema(
        operation_id="screenings_create",
        tags=["screenings"],
        summary=_("Ask about one applicant"),
        description=_(
            "Whether there is, at this moment, something that the purpose lets you know about the applicant. "
            "The question is recorded and shown to the applicant. Every answer has the same length."
        ),
        parameters=[_KEY],
        request=QuestionSerializer,
        examples=[QUESTION_EXAMPLE, BY_CODE_EXAMPLE],
        responses={
            201: OpenApiResponse(AnswerSerializer, examples=[NOT_LISTED_EXAMPLE, LISTED_EXAMPLE]),
            **problems(*OF_A_BODY, *REFUSALS, *REFUSALS_OF_A_CODE, ResultRecalled),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        question = read_question(request.data, request.headers.get("Idempotency-Key", ""))
        now = timezone.now()
        screening, is_new = ask(question, employer=self.caller.organisation, asker=self.caller.client, now=now)
        response = _answer(screening if is_new else _given_out(screening), status=201)
        response["Location"] = reverse("screening", args=[screening.pk])
        return response


class ScreeningView(GatedView):
    @extend_schema(
        operation_id="screenings_retrieve",
        tags=["screenings"],
        summary=_(
            "An answer given to you before, byte for byte; of a pending one the answer that it has by now, of a recalled one none"
        ),
        responses={200: AnswerSerializer, **problems(NoSuchScreening, ResultRecalled)},
    )
    def get(self, request: Request, id: str) -> HttpResponse:
        return _answer(_given_out(own_screening(self.caller.organisation, id)), status=200)


class ConsentFormView(GatedView):
    parser_classes = (PdfParser, ImageParser, FileParser)

    @extend_schema(
        operation_id="screenings_show_form",
        tags=["screenings"],
        summary=_("Show the form that the applicant signed"),
        description=_(
            "Where the answer is pending, and for a random share of the others, the signed form is called in and due "
            "in five working days; you are told by mail. Send the very file, unchanged: its SHA-256 is compared with "
            "the fingerprint given with the question. It is opened apart and written anew, without what a camera or a "
            "program wrote beside it; what could act is refused. It is destroyed once an officer has judged it."
        ),
        request=dict.fromkeys(papers.KINDS.values(), OpenApiTypes.BINARY),
        responses={
            204: NO_BODY,
            **problems(
                *OF_A_BODY,
                NoSuchScreening,
                FormNotCalled,
                FormKind,
                FormDiffers,
                ConsentJudged,
                FileInfected,
                ScannerAway,
                *papers.REFUSALS,
            ),
        },
    )
    def put(self, request: Request, id: str) -> HttpResponse:
        screening = own_screening(self.caller.organisation, id)
        calling.show(screening, file_of(request), now=timezone.now())
        return HttpResponse(status=204)


def own_screening(employer: Organisation, id: str) -> Screening:
    """Raises `NoSuchScreening`; another employer's is as absent as one that never was."""
    own = Screening.objects.filter(employer=employer.pk).select_related("consent")
    screening = own.filter(pk=id).first() if SCREENING_ID.fullmatch(id) else None
    if screening is None:
        raise NoSuchScreening
    return screening


class KeysView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="keys",
        tags=["keys"],
        auth=[],
        summary=_("The public keys that verify signed results (RFC 7517)"),
        responses={(200, "application/jwk-set+json"): JwksSerializer},
    )
    def get(self, request: Request) -> HttpResponse:
        response = HttpResponse(json.dumps(signing.jwks()), content_type="application/jwk-set+json")
        response["Cache-Control"] = f"public, max-age={KEYS_CACHED_SECONDS}"
        return response


def _given_out(screening: Screening) -> Screening | ConsentVerdict:
    """What it has been answered with by now. Raises `ResultRecalled`."""
    if screening.is_recalled:
        raise ResultRecalled
    return screening.latest


def _answer(given: Screening | ConsentVerdict, *, status: int) -> HttpResponse:
    response = HttpResponse(given.answer, content_type="application/json", status=status)
    # Compressed, the padding would tell the length again.
    response["Cache-Control"] = "no-store, no-transform"
    return response
