"""A department joins: on a sharing instrument that two officers registered, with endpoints that lead where they may."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import codes, identity
from registry.actions.acting import today
from registry.errors import (
    AmountImpossible,
    ConditionUnknown,
    DatesOutOfOrder,
    FieldMissing,
    FourEyes,
    HighCourtRegistrarNeeded,
    InstrumentNumberTaken,
)
from registry.lifecycle import is_high_court_registrar
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from registry.ulid import new_ulid
from sharing import addresses, signing
from sharing.delivery.models import Endpoint, EndpointSecret, TellingCursor
from sharing.departments.models import Department, Instrument, Onward
from sharing.disclosure import SharedField
from sharing.parties import organisations
from sharing.parties.models import Organisation, OrganisationKind

MOST_MONTHS = 600


@dataclass(frozen=True, kw_only=True)
class InstrumentTerms:
    """What the document says. ``fields``: of `SharedField`; ``onward_note``: the rule in the document's own words."""

    number: str
    signed_on: date
    expires_on: date
    fields: tuple[str, ...] = tuple(SharedField.values)
    onward: str = Onward.NONE.value
    onward_note: str = ""
    retention_months: int = 0


def join(*, code: str, name: str, name_en: str, uscc: str, sector: str, now: datetime) -> Department:
    """Register a department of one of the sectors. Raises as `examine_joining` does."""
    number = examine_joining(code=code, uscc=uscc, sector=sector, now=now)
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind=OrganisationKind.DEPARTMENT, code=code, name=name, name_en=name_en, uscc=number
        )
        return Department.objects.create(organisation=organisation, sector=sector)


def examine_joining(*, code: str, uscc: str, sector: str, now: datetime) -> str:
    """The credit code in canonical form.

    Raises `UnknownCode`, the refusals of the credit code, `OrganisationCodeTaken`, `CreditCodeTaken`.
    """
    codes.require("sectors", sector, "sector")
    number = identity.canonical("uscc", uscc, today=today(now), field="uscc")
    organisations.refuse_taken(code, number)
    return number


def register_instrument(
    department: Department,
    *,
    number: str,
    signed_on: date,
    expires_on: date,
    entered_by: Officer,
    approved_by: Officer,
    **conditions: Any,
) -> Instrument:
    """The document on which the court shares with the department; ``conditions`` are the rest of `InstrumentTerms`.

    Raises as `refuse_one_officer` and `examine_instrument` do.
    """
    refuse_one_officer(entered_by, approved_by)
    terms = InstrumentTerms(number=number.strip(), signed_on=signed_on, expires_on=expires_on, **conditions)
    examine_instrument(department, terms)
    values = {**asdict(terms), "fields": list(terms.fields)}
    return Instrument.objects.create(department=department, **values, entered_by=entered_by, approved_by=approved_by)


def examine_instrument(department: Department, terms: InstrumentTerms) -> None:
    """Raises `FieldMissing`, `DatesOutOfOrder`, `InstrumentNumberTaken`, `ConditionUnknown`, `AmountImpossible`."""
    if not terms.number.strip():
        raise FieldMissing("number", name=_("number"))
    if terms.expires_on <= terms.signed_on:
        raise DatesOutOfOrder("expires_on", later=_("The expiry"), earlier=_("the signature"))
    if department.instruments.filter(number=terms.number.strip()).exists():
        raise InstrumentNumberTaken("number")
    if not set(terms.fields) <= set(SharedField.values):
        raise ConditionUnknown("fields")
    if terms.onward not in Onward.values:
        raise ConditionUnknown("onward")
    if not 0 <= terms.retention_months <= MOST_MONTHS:
        name = _("months kept after the end")
        raise AmountImpossible("retention_months", name=name, least=0, most=MOST_MONTHS)


def add_endpoint(department: Department, url: str, *, now: datetime) -> tuple[Endpoint, str]:
    """The endpoint and its secret as `whsec_…`, shown this once.

    It starts on trial, and hears of no real person until `stages` opens production. Raises
    `EndpointUrlShape`, `EndpointNotPublic`, `EndpointNotFound`.
    """
    address = addresses.check_url(
        url, allowed_networks=settings.SHARING_ALLOWED_NETWORKS, allow_http=settings.SHARING_ALLOW_HTTP
    )
    secret = signing.new_secret()
    with transaction.atomic():
        telling = TellingCursor.objects.select_for_update().get(pk=1)
        endpoint = Endpoint.objects.create(
            id="ep_" + new_ulid(now),
            department_id=department.pk,
            url=address,
            cursor=telling.position,
            began_position=telling.position,
        )
        row = EndpointSecret(endpoint=endpoint)
        row.secret = secret
        row.save(force_insert=True)
    return endpoint, signing.secret_text(secret)


def refuse_one_officer(entered_by: Officer, approved_by: Officer) -> None:
    """Two registrars of the High Court, the first of whom may have left since he proposed it.

    Raises `HighCourtRegistrarNeeded`, `FourEyes`.
    """
    refuse_unless_registrar(approved_by)
    if not is_high_court_registrar(entered_by):
        raise HighCourtRegistrarNeeded
    if entered_by.pk == approved_by.pk:
        raise FourEyes
