"""The log's proofs, for departments: where it stands, that a position is in it, and that it only grew (WIRE §5)."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.checkpoints import origin, proving
from registry.errors import (
    LogDamaged,
    Malformed,
    NoCheckpointYet,
    NumberOutside,
    ParametersNone,
    ParameterUnknown,
    PositionBeyondHead,
    SizesBackward,
)
from registry.log import utc_text
from registry.models import Checkpoint
from registry.tree.proof_files import SUFFIX, ProofFile
from sharing.access import GatedView
from sharing.openapi import problems
from sharing.parameters import BIGGEST, refuse_unknown, whole
from sharing.witnesses import publishing

_HASHES = serializers.ListField(child=serializers.CharField(), help_text=_("base64, the lowest first (RFC 6962)"))
_NOTE = serializers.CharField(
    help_text=_("the signed note; null where nothing was signed at this size"), allow_null=True
)
_STATE = inline_serializer(
    "Log",
    {
        "origin": serializers.CharField(help_text=_("the log's name; another one in each epoch")),
        "epoch": serializers.IntegerField(),
        "size": serializers.IntegerField(help_text=_("events that are signed")),
        "vkeys": serializers.ListField(child=serializers.CharField(), help_text=_("C2SP signed-note, current first")),
        "checkpoint": serializers.CharField(help_text=_("the signed note, with the cosignatures that it has")),
        "signed_at": serializers.DateTimeField(),
        "witnesses": inline_serializer(
            "Witness",
            {
                "name": serializers.CharField(),
                "vkey": serializers.CharField(),
                "cosigned": serializers.BooleanField(help_text=_("this checkpoint")),
                "size": serializers.IntegerField(help_text=_("that it cosigned last"), allow_null=True),
                "at": serializers.DateTimeField(help_text=_("when it did"), allow_null=True),
            },
            many=True,
        ),
    },
)
_PROOF = inline_serializer(
    "LogProof",
    {
        "position": serializers.IntegerField(
            required=False, help_text=_("of the event that is proved to be in the log")
        ),
        "size": serializers.IntegerField(required=False),
        "commitment": serializers.CharField(required=False, help_text=_("base64: what stands at this position")),
        "from": serializers.IntegerField(required=False, help_text=_("the older size")),
        "to": serializers.IntegerField(required=False, help_text=_("the newer size")),
        "hashes": _HASHES,
        "checkpoint": _NOTE,
    },
)


class LogApiView(GatedView):
    @extend_schema(
        operation_id="log_retrieve",
        tags=["log"],
        summary=_("The log's newest signed checkpoint, and who has cosigned it"),
        responses={200: _STATE, **problems(ParametersNone, NoCheckpointYet)},
    )
    def get(self, request: Request) -> Response:
        refuse_unknown(request)
        newest = proving.newest()
        return Response(
            {
                "origin": origin.origin(newest.epoch),
                "epoch": newest.epoch,
                "size": newest.size,
                "vkeys": [key.vkey for key in origin.keys(newest.epoch)],
                "checkpoint": publishing.published(newest).note,
                "signed_at": utc_text(newest.signed_at),
                "witnesses": [_witness(each) for each in publishing.standing(newest)],
            }
        )


class LogProofView(GatedView):
    @extend_schema(
        operation_id="log_proof",
        tags=["log"],
        summary=_("Proof that a position is in the log (position), or that the log only grew (from and to)"),
        description=_("Position p is leaf p − 1. Whatever is not asked for is the newest signed size."),
        parameters=[
            OpenApiParameter("position", OpenApiTypes.INT64, description=_("inclusion: of this event")),
            OpenApiParameter("size", OpenApiTypes.INT64, description=_("inclusion: in the log of so many events")),
            OpenApiParameter("from", OpenApiTypes.INT64, description=_("consistency: the size that you know")),
            OpenApiParameter("to", OpenApiTypes.INT64, description=_("consistency: the newer size")),
        ],
        responses={
            200: _PROOF,
            **problems(NumberOutside, ParameterUnknown, PositionBeyondHead, SizesBackward, NoCheckpointYet, LogDamaged),
        },
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params.keys()
        refuse_unknown(request, "position", "size", "from", "to")
        if ("position" in asked) == ("from" in asked):
            raise Malformed("position" if "from" not in asked else "from", why=_("Send position or from, one of them."))
        refuse_unknown(request, *(("position", "size") if "position" in asked else ("from", "to")))
        newest = proving.newest()
        return Response(_inclusion(request, newest) if "position" in asked else _consistency(request, newest))


class LogProofFileView(GatedView):
    @extend_schema(
        operation_id="log_proof_file",
        tags=["log"],
        summary=_("One file that proves offline that a position is in the log (C2SP tlog-proof)"),
        description=_(
            "With the event and its salt it proves what the court told, to anybody and without the court: "
            "the entry is HMAC-SHA256(salt, the event's canonical bytes). Its extra line repeats that entry."
        ),
        parameters=[OpenApiParameter("position", OpenApiTypes.INT64, required=True)],
        responses={
            (200, "text/plain"): OpenApiTypes.STR,
            **problems(NumberOutside, ParameterUnknown, PositionBeyondHead, NoCheckpointYet, LogDamaged),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown(request, "position")
        newest = proving.newest()
        found = proving.inclusion(_whole(request, "position"), newest.size, newest=newest)
        proof = ProofFile(
            found.position - 1, tuple(found.path), publishing.published(newest).note, extra=found.commitment
        )
        name = f"{newest.epoch}-{found.position}{SUFFIX}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(str(proof), content_type="text/plain; charset=utf-8", headers=headers)


def _inclusion(request: Request, newest: Checkpoint) -> dict[str, Any]:
    size = _whole(request, "size", newest.size)
    found = proving.inclusion(_whole(request, "position"), size, newest=newest)
    return {
        "position": found.position,
        "size": found.size,
        "commitment": b64encode(found.commitment).decode(),
        "hashes": _texts(found.path),
        "checkpoint": _signed(newest, size),
    }


def _consistency(request: Request, newest: Checkpoint) -> dict[str, Any]:
    old, new = _whole(request, "from"), _whole(request, "to", newest.size)
    path = proving.consistency(old, new, newest=newest)
    return {"from": old, "to": new, "hashes": _texts(path), "checkpoint": _signed(newest, new)}


def _whole(request: Request, name: str, default: int = 0) -> int:
    """Raises `NumberOutside`, also where it must be there and is not."""
    return whole(request, name, 1, BIGGEST, default=default)


def _texts(path: list[bytes]) -> list[str]:
    return [b64encode(each).decode() for each in path]


def _signed(newest: Checkpoint, size: int) -> str | None:
    found = Checkpoint.objects.filter(epoch=newest.epoch, size=size).first()
    return None if found is None else publishing.published(found).note


def _witness(standing: publishing.Standing) -> dict[str, Any]:
    return {
        "name": standing.witness.key.name,
        "vkey": standing.witness.key.vkey,
        "cosigned": standing.cosigned_at is not None,
        "size": standing.size,
        "at": utc_text(standing.at) if standing.at else None,
    }
