"""What a screening is measured against: the same gate, one indexed query, one insert, a few bytes of JSON."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from registry import identity
from registry.keys import digest_keys
from registry.models import IdentityDocument
from sharing.access import GatedView
from sharing.employers.models import Consent, ConsentKind


class BareView(GatedView):
    """It takes what a screening takes and examines nothing of it."""

    def post(self, request: Request) -> Response:
        asked: Any = request.data
        digest = digest_keys().digest(identity.key_form("resident_id", asked["applicant"]["document"]["number"]))
        found = IdentityDocument.objects.filter(digest=digest).first()
        Consent.objects.create(
            employer=self.caller.organisation,
            kind=ConsentKind.ATTESTED,
            purpose=asked["purpose"],
            subject_digest=digest,
            document_sha256=asked["consent"]["document_sha256"],
            signed_on=timezone.localdate(),
        )
        return Response({"outcome": "listed" if found else "not_listed"}, status=201)
