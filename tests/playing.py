"""The demonstration's pages without its processes: a playbill of the cast, and departments that pull into real stores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.template.engine import Engine
from django.test import Client
from django.utils import timezone

from config.demo.asking import Employer, Reply
from config.demo.pages import banner
from config.demo.playbill import COURT_REGISTRAR, Playbill, PlayedDepartment
from config.urls import urlpatterns
from registry.models import Role
from sharing.departments import feed, receipts, telling
from sharing.departments.models import Department
from sharing.departments.receipts import ReceiptEntry
from sharing.parties import clients
from sharing.receiver import applying, store
from sharing.receiver.clock import now_ms
from sharing.receiver.events import read_event
from tests import asking, cast

SECTORS = ("finance", "telecom", "real_estate", "transport")
PRODUCT = urlpatterns  # read before a test switches the demonstration on: they are laid out once, when they are read


def demonstration(settings: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Playbill:
    """Switch the demonstration on, as far as one process has it, and write the playbill.

    The banner joins the engine of templates that is there: with other TEMPLATES every template would be compiled anew.
    """
    settings.DEMO = True
    settings.SHARING_SCOPE_LISTING = True
    settings.DEMO_PLAYBILL = folder / "playbill.json"
    engine = Engine.get_default()
    processors = (*engine.template_context_processors, banner.demonstration)
    monkeypatch.setattr(engine, "template_context_processors", processors)
    client_id, secret = clients.issue(asking.bank().organisation, ["screenings"], now=timezone.now())
    playbill = Playbill(
        departments=tuple(_department(sector, folder) for sector in SECTORS),
        accounts={officer.role: officer.account_id for officer in _officers()}
        | {COURT_REGISTRAR: cast.registrar().account_id},
        employer="示范银行股份有限公司",
        employer_client_id=client_id,
        employer_client_secret=secret,
    )
    playbill.write(settings.DEMO_PLAYBILL)
    return playbill


def deliver(playbill: Playbill, *, only: Sequence[str] = SECTORS) -> None:
    """Tell what nobody was told of yet; each department pulls, applies, confirms."""
    telling.walk(now=timezone.now())
    for department in playbill.departments:
        if department.code in {each.replace("_", "-") for each in only}:
            _pull(department)


def answers_within(monkeypatch: Any) -> list[dict[str, Any]]:
    """Let the employer's system reach the API in this process; every question it puts, as it was sent."""
    questions: list[dict[str, Any]] = []

    def post(system: Employer, path: str, body: str, headers: dict[str, str]) -> Reply:
        kind = headers["Content-Type"]
        if path == "/api/v1/screenings":
            questions.append(json.loads(body))
        answer = Client().post(path, body, content_type=kind, headers=headers)
        return Reply(answer.status_code, json.loads(answer.content))

    monkeypatch.setattr(Employer, "_post", post)
    return questions


@dataclass
class Visitor:
    """A browser at the demonstration."""

    client: Client

    def page(self, address: str) -> str:
        answer = self.client.get(address, follow=True)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    def press(self, address: str, **typed: Any) -> str:
        """Where a button leads."""
        answer = self.client.post(address, typed)
        assert answer.status_code == 302, (address, answer.status_code, answer.content.decode()[-2000:])
        return urlsplit(answer.headers["Location"]).path


def visitor(language: str = "en") -> Visitor:
    return Visitor(Client(headers={"accept-language": language}))


def _officers() -> list[Any]:
    auditor = cast.officer("A-DEMO", Role.AUDITOR, court="京", name="周审计员")
    statistician = cast.officer("S-DEMO", Role.STATISTICIAN, court="京", name="吴统计员")
    return [cast.clerk(), cast.judge(), cast.high_court_registrar(), auditor, statistician]


def _department(sector: str, folder: Path) -> PlayedDepartment:
    department = cast.department(sector, code=sector.replace("_", "-"))
    cast.measure(department)
    endpoint, _secret = cast.add_endpoint(department, "http://127.0.0.1:8601/webhooks", now=cast.NOW)
    path = folder / f"{sector}.sqlite"
    store.open_for_writing(path).close()
    organisation = department.organisation
    return PlayedDepartment(
        code=organisation.code,
        name=organisation.name,
        name_en=f"Department of {sector}",
        department_id=department.pk,
        endpoint_id=endpoint.pk,
        url=endpoint.url,
        store=str(path),
        client_id=f"client-{sector}",
        client_secret="a secret that no page shows",
    )


def _pull(department: PlayedDepartment) -> None:
    with closing(store.open_for_writing(Path(department.store))) as opened:
        page = json.loads(feed.page(department.department_id, 0, 1000).as_json())
        for body in page["events"]:
            applying.apply(opened, read_event(body), source="pull", now=now_ms())
        promised = opened.execute("SELECT event, kind FROM outbox WHERE accepted_at IS NULL").fetchall()
        for event, kind in promised:
            entry = ReceiptEntry(event=event, kind=kind, at=timezone.now())
            organisation = Department.objects.get(pk=department.department_id).organisation
            receipts.record(entry, department=organisation, signed=True)
        opened.execute("UPDATE outbox SET accepted_at = ?", (now_ms(),))
