"""Who asks in the tests: a bank and a courier company, admitted by the High Court's registrar, with their machines."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from config import reference
from registry.entries import ProhibitionEntry
from sharing.employers import admission
from sharing.employers.consent import Attestation
from sharing.employers.models import Employer, Screening
from sharing.employers.question import Question
from sharing.employers.screening import ask
from sharing.parties import clients
from sharing.parties.models import Client, Organisation, OrganisationKind
from tests import cast

BANK_USCC = "91110000MA01BANK15"
COURIER_USCC = "91110000MA0AC0UR1E"

_keys = itertools.count(1)


def bank(daily_quota: int = 200) -> Employer:
    return _employer("bank", BANK_USCC, ["finance_recruitment"], daily_quota)


def courier_company() -> Employer:
    return _employer("courier", COURIER_USCC, ["transport_recruitment", "finance_recruitment"], 200)


def employer(code: str) -> Employer:
    """Another one, by its code."""
    return _employer(code, cast._unit_number(code), ["finance_recruitment"], 200)


def machine(organisation: Organisation, now: datetime = cast.NOW) -> Client:
    found = Client.objects.filter(organisation=organisation).first()
    if found is None:
        client_id, _ = clients.issue(organisation, ["screenings"], now=now)
        found = Client.objects.get(client_id=client_id)
    return found


def token(client_id: str, secret: str, **asked: str) -> Any:
    """What the token endpoint says (RFC 6749 §4.4.2)."""
    return Browser().post(
        "/oauth/token", {"grant_type": "client_credentials", **asked}, headers=basic(client_id, secret)
    )


def basic(client_id: str, secret: str) -> dict[str, str]:
    """How a client says who it is where it asks for a token (RFC 6749 §2.3.1)."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def alike(answer: Any) -> dict[str, str]:
    """What must not differ between two answers that are to look the same: all headers but the request's own number."""
    return {name: value for name, value in answer.headers.items() if name != reference.HEADER}


def bearer(organisation: Organisation, scopes: Sequence[str] = ("screenings",)) -> dict[str, str]:
    """The header of a fresh token for a fresh machine of the organisation."""
    client_id, secret = clients.issue(organisation, scopes, now=timezone.now())
    return {"Authorization": "Bearer " + token(client_id, secret).json()["access_token"]}


def department() -> Organisation:
    return Organisation.objects.create(
        kind=OrganisationKind.DEPARTMENT, code="finance", name="金融监管局", uscc="91110000MA01B2NK7X"
    )


def body(**changes: object) -> dict[str, Any]:
    """The JSON of a question about the defendant of the cast, signed yesterday."""
    attestation = attested(timezone.localdate() - timedelta(days=1))
    return {
        "purpose": "finance_recruitment",
        "post": "loan_officer",
        "applicant": {"name": "高䶮", "document": {"type": "resident_id", "number": cast.DEFENDANT_NUMBER}},
        "consent": {
            "kind": "attested",
            "document_sha256": attestation.document_sha256,
            "signed_on": attestation.signed_on.isoformat(),
        },
        **changes,
    }


def attested(signed_on: date = date(2026, 11, 20)) -> Attestation:
    """A signed form that nobody used before."""
    fingerprint = hashlib.sha256(f"signed form {next(_keys)}".encode()).hexdigest()
    return Attestation(document_sha256=fingerprint, signed_on=signed_on)


def question(**changes: object) -> Question:
    """About the defendant of the cast, for a loan officer's post, with a fresh consent and key."""
    asked = Question(
        purpose="finance_recruitment",
        post="loan_officer",
        document_type="resident_id",
        document_number=cast.DEFENDANT_NUMBER,
        name="高䶮",
        consent=attested(),
        idempotency_key=f"question-{next(_keys)}",
    )
    return replace(asked, **changes)  # type: ignore[arg-type]  # the test names the fields


def answered(asked: Question | None = None, employer: Employer | None = None, now: datetime = cast.NOW) -> Screening:
    """Where nothing is said: about the defendant of the cast, with a form that was signed some days before."""
    employer = employer or bank()
    asked = asked or question(consent=attested(timezone.localtime(now).date() - timedelta(days=4)))
    return ask(asked, employer=employer.organisation, asker=machine(employer.organisation), now=now).screening


def told(screening: Screening) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(screening.answer)
    return body


def prohibited(**changes: object) -> ProhibitionEntry:
    """Running since October 2026, and touching loan officers."""
    entry = ProhibitionEntry(scope="不得从事信贷工作", occupations=("loan_officer",), starts_on=date(2026, 10, 1))
    return replace(entry, **changes)  # type: ignore[arg-type]  # the test names the fields


def _employer(code: str, uscc: str, purposes: list[str], daily_quota: int) -> Employer:
    found = Employer.objects.filter(organisation__code=code).first()
    return found or admission.admit(
        code=code,
        name=code,
        uscc=uscc,
        legal_basis="CL 37-1",
        admitted_for=purposes,
        approved_by=cast.high_court_registrar(),
        now=cast.NOW,
        daily_quota=daily_quota,
    )
