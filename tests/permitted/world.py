"""A world of one object of each kind: Chaoyang's book, finance's endpoint, the bank's questions, the defendant's record."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from registry import actions
from registry.actions import pasting
from registry.actions.appointing import Appointment
from registry.models import Event, Role
from sharing.departments import connections, institutions, joining, telling
from sharing.departments.conformance import running
from sharing.departments.models import Recall
from sharing.parties import clients, members
from sharing.parties.models import Client, MemberRole
from sharing.persons.notices import issuing
from tests import asking, batches, campaigns, cast, consenting, importing, judgments, monitored, objecting, pdfs

ABSENT_NUMBER, ABSENT_LISTING = 999_999_999, "L-2026-999999"
PASSWORD = "a long enough phrase"


@dataclass
class World:
    """``there``: what an address names, by the room and the parameter, or the route and the parameter."""

    there: dict[str, object] = field(default_factory=dict)
    absent: dict[str, object] = field(default_factory=dict)

    def say(self, name: str, there: object, absent: object | None = None) -> None:
        self.there[name] = there
        self.absent[name] = there if absent is None else absent

    def address(self, route: str, params: tuple[str, ...], *, there: bool) -> dict[str, object]:
        """What to fill the route's address with. A KeyError names the parameter that this world knows nothing of."""
        known, room = (self.there if there else self.absent), route.partition(":")[0]
        keys = {name: f"{route}:{name}" if f"{route}:{name}" in known else f"{room}:{name}" for name in params}
        return {name: known[key] for name, key in keys.items()}


@contextmanager
def standing() -> Iterator[World]:
    """Built once for many tests; every request in it is taken back. What is refused is no line of the log: a line takes as long
    as the refusal.
    """
    with (
        pytest.MonkeyPatch.context() as patch,
        override_settings(REGISTRY_NOTICE_WAIVER="tests: service in court is presumed, 2026-11-24"),
        transaction.atomic(),
    ):
        patch.setattr(timezone, "now", lambda: cast.NOW)
        logging.disable(logging.WARNING)
        yield build()
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)


def build() -> World:
    world = World()
    _book(world)
    _department(world)
    _employer(world)
    _person(world)
    _everywhere(world)
    return world


def _book(world: World) -> None:
    listing = cast.in_force()
    second = cast._once("C-MA", Role.CLERK, name="马书记员")
    proposal = cast.withdrawal_proposed(listing)
    decision = listing.party.decision
    file = actions.attach_file(decision.pk, pdfs.judgment(), kind="judgment", officer=cast.clerk(), now=cast.NOW)
    pasted = pasting.paste_text(judgments.text("one"), decision=None, officer=cast.clerk(), now=cast.NOW)
    deputyship = actions.name_deputy(
        cast.clerk(),
        second,
        starts_on=date(2026, 11, 24),
        ends_on=date(2026, 12, 4),
        reason="on leave",
        officer=cast.clerk(),
        now=cast.NOW,
    )
    world.say("admin:decision_id", decision.pk, ABSENT_NUMBER)
    world.say("admin:case_id", decision.case_id, ABSENT_NUMBER)
    world.say("admin:officer_id", cast.stranger().pk, ABSENT_NUMBER)
    world.say("admin:account_id", cast.stranger().account_id, ABSENT_NUMBER)
    appointed = Appointment(
        user_name="c-new", court=cast.clerk().court, role=Role.CLERK, staff_number="C-NEW", name="新书记员"
    )
    security = cast.security_administrator()
    waiting = actions.propose_appointment(appointed, officer=security, now=cast.NOW)
    world.say("admin:appointment:proposal_id", waiting.pk, uuid4())
    for name, there in {
        "file_id": file.pk,
        "pasted_id": pasted.pk,
        "proposal_id": proposal.pk,
        "deputyship_id": deputyship.pk,
        "import_id": importing.checked(importing.rows(1)).pk,
        "order_id": uuid4(),
    }.items():
        world.say(f"admin:{name}", there, uuid4())
    world.say("admin:number", listing.number, ABSENT_LISTING)
    world.say("admin:file_page:number", 1)
    world.say("admin:act", "suspend")
    world.say("admin:propose:act", "correct")
    notice = issuing.issue(listing.pk, "en", officer=cast.clerk(), now=cast.NOW)
    objection = objecting.raised(listing)
    for route in ("recipients", "clearance", "notice", "issue_notice", "make_notice"):
        world.say(f"sharing_desk:{route}:number", listing.number, ABSENT_LISTING)
    world.say("sharing_desk:notice_id", notice.pk, uuid4())
    world.say("sharing_desk:number", objection.pk, "O-2026-999999")
    world.say("sharing_desk:file_id", uuid4())
    for room, name in (("person", "number"), ("person", "listing")):
        world.say(f"{room}:{name}", listing.number, ABSENT_LISTING)
    for route in (
        "objection",
        "objection_sent",
        "objection_slip",
        "objection_slip_pdf",
        "read_decision",
        "objection_letter",
        "complete_objection",
        "ask_higher_court",
        "take_back",
    ):
        world.say(f"person:{route}:number", objection.pk, "O-2026-999999")


def _department(world: World) -> None:
    department = cast.department()
    cast.measure(department)
    endpoint, _secret = joining.add_endpoint(department, "http://127.0.0.1:9999/webhooks", now=cast.NOW)
    cast.add_endpoint(department, "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    run = running.start(endpoint.pk, member=None, now=cast.NOW)
    certificate = connections.prepare(endpoint.pk, now=cast.NOW)
    institutions.register(department, code="lender", name="示范机构", uscc=asking.BANK_USCC, now=cast.NOW)
    gone = cast.in_force(cast.party(cast.person(cast.APPLICANT_NUMBER, "欧阳㛃")), number=cast.APPLICANT_NUMBER)
    telling.walk(now=cast.NOW)
    cast.withdrawn(gone)
    world.say("sharing_desk:clearance:number", gone.number, ABSENT_LISTING)
    telling.walk(now=cast.NOW)
    client_id, _secret = clients.issue(department.organisation, ["events", "receipts"], now=timezone.now())
    member = members.take_in(
        department.organisation, username="wei", password=PASSWORD, name="魏对接", role=MemberRole.INTEGRATOR
    )
    world.say("department:endpoint_id", endpoint.pk, _as_if(str(endpoint.pk)))
    world.say("department:run_id", run.pk, ABSENT_NUMBER)
    world.say("department:certificate_id", certificate.pk, uuid4())
    event = str(Event.objects.order_by("position")[0].event_id)
    world.say("department:event_id", event, _as_if(event))
    world.say("department:recall_id", Recall.objects.get().pk, ABSENT_NUMBER)
    world.say("department:code", "lender", "lenden")
    world.say("department:client_id", client_id, _as_if(client_id))
    world.say("department:member_id", member.pk, ABSENT_NUMBER)
    number = world.there["admin:number"]
    world.say("listing:number", number, ABSENT_LISTING)
    for route in ("trial_token", "trial_events", "trial_listings", "trial_listing", "trial_receipts"):
        world.say(f"{route}:endpoint_id", endpoint.pk, _as_if(str(endpoint.pk)))
    world.say("trial_listing:number", "L-2026-000001")


def _employer(world: World) -> None:
    bank = asking.bank()
    screening = asking.answered()
    batch = batches.checked(batches.applicants(2))
    campaign = campaigns.begun(campaigns.people(2))
    monitoring = monitored.enrolled()
    request = consenting.requested().request
    machine = Client.objects.get(organisation=bank.organisation)
    for room in ("employer", "person"):
        world.say(f"{room}:screening_id", screening.pk, _as_if(screening.pk))
    for name, there in {
        "batch_id": batch.pk,
        "campaign_id": campaign.pk,
        "monitoring_id": monitoring.pk,
        "request_id": request.pk,
        "client_id": machine.client_id,
    }.items():
        world.say(f"employer:{name}", there, _as_if(str(there)))
    world.say("employer:member_id", batches.hr(bank).pk, ABSENT_NUMBER)
    world.say("employer:form", "csv")
    world.say("employer:kind", "people")
    world.say("employer:link", "x" * 27)
    for route, there in {
        "screening": screening,
        "consent_form": screening,
        "screening_paper": screening,
        "recalled_result": screening,
        "batch": batch,
        "batch_results": batch,
        "campaign": campaign,
        "campaign_rows": campaign,
        "campaign_row": campaign,
        "campaign_links": campaign,
        "campaign_forms": campaign,
        "monitoring": monitoring,
        "consent_request": request,
        "consent_request_link": request,
    }.items():
        world.say(f"{route}:id", there.pk, _as_if(str(there.pk)))
    world.say("campaign_row:place", "1")


def _person(world: World) -> None:
    code = consenting.given()
    world.say("person:key", code.pk, uuid4())
    world.say("person:token", "x" * 27)
    world.say("person:spoilt_link:token", "x" * 27 + ".")


def _everywhere(world: World) -> None:
    """What names nobody's object, or one that the High Court alone opens: whoever else comes is refused before."""
    for name, there in {
        "admin:app_label": "registry",
        "admin:list_name": "purposes",
        "admin:kind": "csv",
        "admin:code": "finance_recruitment",
        "admin:form": "csv",
        "sharing_desk:code": "finance-department",
        "sharing_desk:form": "csv",
        "sharing_desk:name": "counts.csv",
        "sharing_desk:screening_id": world.there["employer:screening_id"],
        "sharing_desk:campaign_id": world.there["employer:campaign_id"],
        "sharing_desk:monitoring_id": world.there["employer:monitoring_id"],
        "sharing_desk:client_id": world.there["employer:client_id"],
        "sharing_desk:endpoint_id": world.there["department:endpoint_id"],
        "sharing_desk:member_id": world.there["department:member_id"],
        "sharing_desk:step": "admit",
        "sharing_desk:objection_completed:step": "complete",
        "sharing_desk:place": 1,
        "sharing_desk:instrument_id": ABSENT_NUMBER,
        "sharing_desk:measure_id": ABSENT_NUMBER,
        "sharing_desk:proposal_id": uuid4(),
        "sharing_desk:release_id": uuid4(),
        "sharing_desk:enclosure_id": uuid4(),
        "public:number": "2026-1",
        "public:release_file:name": "counts.csv",
        "public:address": "0/000",
        "public:epoch": "1",
        "public:type_": "published",
        "public:name": "log.md",
        "portal:uidb64": "MQ",
        "mfa_edit_webauthn:pk": ABSENT_NUMBER,
        "mfa_remove_webauthn:pk": ABSENT_NUMBER,
        "admin:uidb64": "MQ",
        "admin:token": "x-y",
        "portal:token": "x-y",
        "status_list:number": "1",
    }.items():
        world.say(name, there)


def _as_if(named: str) -> str:
    """An id of the same length and kind that nothing has."""
    return named[:-1] + ("A" if named[-1] != "A" else "B")
