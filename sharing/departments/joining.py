"""A department joins: on a sharing instrument that two officers registered, with endpoints that lead where they may."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import codes, identity
from registry.actions.acting import today
from registry.errors import DatesOutOfOrder, FieldMissing, FourEyes, HighCourtRegistrarNeeded
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Officer, Role
from registry.ulid import new_ulid
from sharing import addresses, signing
from sharing.delivery.models import Endpoint, EndpointSecret, TellingCursor
from sharing.departments.models import Department, Instrument
from sharing.parties.models import Organisation, OrganisationKind


def join(*, code: str, name: str, name_en: str, uscc: str, sector: str, now: datetime) -> Department:
    """Register a department of one of the sectors. Raises `UnknownCode` and the refusals of its credit code."""
    codes.require("sectors", sector, "sector")
    number = identity.canonical("uscc", uscc, today=today(now), field="uscc")
    with transaction.atomic():
        organisation = Organisation.objects.create(
            kind=OrganisationKind.DEPARTMENT, code=code, name=name, name_en=name_en, uscc=number
        )
        return Department.objects.create(organisation=organisation, sector=sector)


def register_instrument(
    department: Department,
    *,
    number: str,
    signed_on: date,
    expires_on: date,
    entered_by: Officer,
    approved_by: Officer,
) -> Instrument:
    """The document on which the court shares with the department. Both officers sit in the High Court's registry."""
    for officer in (entered_by, approved_by):
        refuse_not_high_court(officer)
    if entered_by.pk == approved_by.pk:
        raise FourEyes
    if not number.strip():
        raise FieldMissing("number", name=_("number"))
    if expires_on <= signed_on:
        raise DatesOutOfOrder("expires_on", later=_("The expiry"), earlier=_("the signature"))
    return Instrument.objects.create(
        department=department,
        number=number.strip(),
        signed_on=signed_on,
        expires_on=expires_on,
        entered_by=entered_by,
        approved_by=approved_by,
    )


def add_endpoint(department: Department, url: str, *, now: datetime) -> tuple[Endpoint, str]:
    """The endpoint and its secret as `whsec_…`, shown this once.

    It starts at the present telling position: what was told before is had by pull or replay. Raises
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


def refuse_not_high_court(officer: Officer) -> None:
    if officer.role != Role.REGISTRAR or officer.court.level != HIGH_COURT_LEVEL:
        raise HighCourtRegistrarNeeded
