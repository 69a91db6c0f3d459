"""Who is connected in the demonstration: four departments on their instruments, and one employer."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.demo.inboxes import Inbox
from config.demo.people import Officers, unit_number
from config.valkey import free_port
from registry.actions.acting import today
from registry.models import Account
from sharing import signing
from sharing.departments import joining, measures, receipts, stages
from sharing.departments.measures import MeasureTerms
from sharing.departments.models import Department
from sharing.employers import admission
from sharing.parties import clients
from sharing.parties.models import Member, MemberRole, Organisation

JOINT_MEASURES = "电信网络诈骗及其关联违法犯罪联合惩戒办法（2024）"
OFFENCE = ("CL 253-1",)
FRAUD = ("telecom_fraud_related",)
OPENED_BECAUSE = "demonstration: the reference receiver passes every check in the tests"
PURPOSE, POST = "finance_recruitment", "loan_officer"
EMPLOYERS_PEOPLE = {MemberRole.OWNER: "负责人", MemberRole.HR: "人事", MemberRole.AUDITOR: "审计人员"}


@dataclass(frozen=True)
class Sector:
    code: str
    name: str
    name_en: str
    terms: MeasureTerms


SECTORS = (
    Sector(
        "finance",
        "示范金融监管局",
        "Finance",
        MeasureTerms(
            code="limit-accounts",
            name="限制开立账户",
            name_en="Limiting new accounts",
            basis=JOINT_MEASURES,
            articles=OFFENCE,
            facts=FRAUD,
        ),
    ),
    Sector(
        "telecom",
        "示范通信管理局",
        "Telecom",
        MeasureTerms(
            code="limit-numbers",
            name="限制新入网",
            name_en="Limiting new telephone numbers",
            basis=JOINT_MEASURES,
            articles=OFFENCE,
            facts=FRAUD,
        ),
    ),
    Sector(
        "real_estate",
        "示范住房建设委员会",
        "Real estate",
        MeasureTerms(code="information", information_only=True, articles=OFFENCE),
    ),
    Sector(
        "transport",
        "示范交通委员会",
        "Transport",
        MeasureTerms(code="information", information_only=True, articles=OFFENCE),
    ),
)


@dataclass(frozen=True)
class Connected:
    """A department with the inbox that stands in for its own system, and what the inbox must be told."""

    department: Department
    inbox: Inbox
    environment: dict[str, str]
    integrator: Member


@dataclass(frozen=True)
class Asking:
    """An employer, the credentials of its system, and its member of HR."""

    organisation: Organisation
    client_id: str
    client_secret: str
    hr: Member


def connect(officers: Officers, folder: Path, registry_url: str, now: datetime) -> list[Connected]:
    """Register the four departments, each with an endpoint at a receiver of its own that is still to be started."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_connect(sector, serial, officers, folder, registry_url, now) for serial, sector in enumerate(SECTORS, 1)]


def open_measures(connected: list[Connected], officers: Officers, now: datetime) -> None:
    """From here on the departments are told; what is in force already comes as their opening set."""
    day = today(now)
    for sector, each in zip(SECTORS, connected, strict=True):
        instrument = joining.register_instrument(
            each.department,
            number=f"京高法共享〔{day.year}〕{each.department.pk}号",
            signed_on=day,
            expires_on=day + timedelta(days=3 * 365),
            entered_by=officers.high_court.registrar,
            approved_by=officers.second_registrar,
        )
        measures.open_measure(
            instrument,
            sector.terms,
            entered_by=officers.high_court.registrar,
            approved_by=officers.second_registrar,
            now=now,
        )


def admit_employer(officers: Officers, now: datetime) -> Asking:
    organisation = admission.admit(
        code="demo-bank",
        name="示范银行股份有限公司",
        name_en="Demonstration Bank",
        uscc=unit_number(9),
        legal_basis="刑法第三十七条之一",
        admitted_for=[PURPOSE],
        approved_by=officers.high_court.registrar,
        now=now,
    ).organisation
    people = {role: _member(organisation, role, title) for role, title in EMPLOYERS_PEOPLE.items()}
    return Asking(organisation, *clients.issue(organisation, ["screenings"], now=now), hr=people[MemberRole.HR])


def _connect(
    sector: Sector, serial: int, officers: Officers, folder: Path, registry_url: str, now: datetime
) -> Connected:
    department = joining.join(
        code=sector.code.replace("_", "-"),
        name=sector.name,
        name_en=sector.name_en,
        uscc=unit_number(serial),
        sector=sector.code,
        now=now,
    )
    inbox = Inbox(sector.code, sector.name_en, folder / f"{sector.code}.sqlite", port=free_port())
    endpoint, secret = joining.add_endpoint(department, inbox.url, now=now)
    stages.open_without_run(endpoint.pk, because=OPENED_BECAUSE, now=now)
    client_id, client_secret = clients.issue(department.organisation, ["events", "receipts"], now=now)
    own_key = Ed25519PrivateKey.generate()
    receipts.register_key(department, signing.public_key_text(own_key.public_key()))
    return Connected(
        department,
        inbox,
        {
            "RECEIVER_SECRETS": secret,
            "RECEIVER_PUBLIC_KEYS": ",".join(
                signing.public_key_text(key.public_key()) for key in signing.webhook_keys()
            ),
            "RECEIVER_ENDPOINT": endpoint.pk,
            "RECEIVER_SIGNING_KEY": "whsk_" + base64.b64encode(own_key.private_bytes_raw()).decode(),
            "REGISTRY_URL": registry_url,
            "REGISTRY_CLIENT_ID": client_id,
            "REGISTRY_CLIENT_SECRET": client_secret,
        },
        integrator=_member(department.organisation, MemberRole.INTEGRATOR, "对接人员"),
    )


def _member(organisation: Organisation, role: MemberRole, title: str) -> Member:
    """One click makes the visitor such a member; no password opens the account."""
    account = Account(username=f"{role.value}-{organisation.code}")
    account.set_unusable_password()
    account.save()
    return Member.objects.create(
        account=account, organisation=organisation, role=role, name=f"{organisation.name}{title}"
    )
