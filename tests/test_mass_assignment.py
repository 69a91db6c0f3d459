"""Whoever sends more than a form asks for changes nothing more: every column that says who, whose, which state or when."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry.models import Account, Court, Officer
from sharing.parties import members
from sharing.parties.models import CallsMade, MemberRole, Organisation, OrganisationKind
from tests import asking, cast, desk, docket
from tests.permitted.callers import machines
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]

ROOMS = ("registry", "parties", "departments", "employers", "delivery", "persons", "recalls", "courts")
STAND_ALREADY = (Officer, Account, Court, Organisation)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@dataclass
class Sent:
    browser: Browser
    path: str
    typed: dict[str, Any]
    is_json: bool = False

    def asked_for(self) -> set[str]:
        """What the form has fields for."""
        page = "" if self.is_json else self.browser.get(self.path).content.decode()
        return {*self.typed, *re.findall(r' name="([^"]+)"', page)}

    def send(self, more: dict[str, Any]) -> Any:
        if not self.is_json:
            return self.browser.post(self.path, {**more, **self.typed})
        body = json.dumps({**more, **self.typed})
        return self.browser.post(
            self.path, body, content_type="application/json", headers={"idempotency-key": "question-one"}
        )


def a_decision() -> Sent:
    return Sent(desk.at_the_desk(cast.clerk()), reverse("admin:new_decision"), desk.decision())


def a_party() -> Sent:
    decision = cast.entered_decision()
    return Sent(desk.at_the_desk(cast.clerk()), reverse("admin:add_party", args=[decision.pk]), desk.party())


def an_act() -> Sent:
    listing = cast.in_force()
    where = reverse("admin:act", args=[listing.number, "suspend"])
    return Sent(desk.at_the_desk(cast.registrar()), where, {"reason": "identity doubt"})


def an_approval() -> Sent:
    listing = cast.submitted()
    typed = {
        "approve": listing.pk,
        f"number-{listing.pk}": cast.DEFENDANT_NUMBER,
        f"revision-{listing.pk}": listing.revision,
    }
    where = reverse("admin:approve", args=[listing.party.decision_id])
    return Sent(desk.at_the_desk(cast.judge()), where, typed)


def an_officer() -> Sent:
    typed = {
        "name": "吴书记员",
        "staff_number": "C-WU",
        "court": cast.clerk().court.pk,
        "role": "clerk",
        "user_name": "c-wu",
    }
    return Sent(desk.at_the_desk(cast.security_administrator()), reverse("admin:new_officer"), typed)


def a_mail_address() -> Sent:
    return Sent(desk.at_the_desk(cast.clerk()), reverse("admin:mail_address"), {"email": "lin@court.example"})


def a_question() -> Sent:
    (machine,) = machines(asking.bank().organisation)
    return Sent(machine.browser, "/api/v1/screenings", asking.body(), is_json=True)


def a_request_for_consent() -> Sent:
    (machine,) = machines(asking.bank().organisation)
    typed = {"purpose": "finance_recruitment", "post": "loan_officer", "reference": "application 1"}
    return Sent(machine.browser, "/api/v1/consent-requests", typed, is_json=True)


def a_member() -> Sent:
    typed = {"username": "neu", "name": "牛人事", "role": "hr"}
    return Sent(_owner(asking.bank().organisation), reverse("employer:add_member"), typed)


def a_department_member() -> Sent:
    typed = {"username": "neu", "name": "牛对接", "role": "integrator"}
    return Sent(_owner(cast.department().organisation), reverse("department:add_member"), typed)


def an_endpoint() -> Sent:
    typed = {"url": "https://receiver.example/webhooks"}
    return Sent(_owner(cast.department().organisation), reverse("department:add_endpoint"), typed)


def a_key() -> Sent:
    return Sent(_owner(cast.department().organisation), reverse("department:add_key"), {})


def _owner(organisation: Organisation) -> Browser:
    password = "a long enough phrase"
    owner = members.take_in(organisation, username="ou", password=password, name="欧", role=MemberRole.OWNER)
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, owner.account)
    return browser


WRITING = (
    a_decision,
    a_party,
    an_act,
    an_approval,
    an_officer,
    a_mail_address,
    a_question,
    a_request_for_consent,
    a_member,
    a_department_member,
    an_endpoint,
    a_key,
)


COUNTED = {CallsMade}  # every call, whatever it asks for


def of_ours() -> list[type[models.Model]]:
    return [each for each in apps.get_models() if each._meta.app_label in ROOMS and each not in COUNTED]


def guarded(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Columns that say who, whose, which state, how often, when."""
    return [field for field in model._meta.concrete_fields if not field.primary_key and _is_guarded(field)]


def _is_guarded(field: models.Field[Any, Any]) -> bool:
    if isinstance(field, models.ForeignKey):
        return field.related_model in STAND_ALREADY
    plain = (models.BooleanField, models.IntegerField, models.DateTimeField)
    return isinstance(field, plain) or bool(field.choices)


def poison() -> dict[str, Any]:
    """A value for every such column, by its name and by that of its key, as somebody would send it who hopes."""
    found: dict[str, Any] = {"status": "active", "seq": 9, "court": cast.stranger().court_id, "scopes": "events"}
    for model in of_ours():
        for field in guarded(model):
            found |= dict.fromkeys((field.name, field.attname), _hoped_for(field))
    return found


def _hoped_for(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.ForeignKey):
        return field.related_model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 1
    if field.choices:
        return str(list(field.flatchoices)[-1][0])
    return {models.BooleanField: "true", models.DateTimeField: "2001-01-01T00:00:00Z"}.get(type(field), 9)


def rows() -> set[tuple[str, ...]]:
    """Model, column and value of every row, and how often: moments by their year, since some are the clock's own."""
    found: Counter[tuple[str, str, str]] = Counter()
    for model in of_ours():
        # A new account's own number is another one each time.
        names = [field.attname for field in guarded(model) if field.related_model is not Account]
        for row in model._base_manager.values_list(*names) if names else []:
            for name, value in zip(names, row, strict=True):
                shown = value.year if isinstance(value, datetime) else value
                found[model._meta.label, name, str(shown)] += 1
    return {(*of, str(count)) for of, count in found.items()}


def written(sent: Sent, more: dict[str, Any]) -> tuple[int, set[tuple[str, ...]]]:
    with transaction.atomic():
        answer = sent.send(more)
        found = rows()
        transaction.set_rollback(True)
    return answer.status_code, found


@pytest.mark.slow
@pytest.mark.parametrize("prepare", WRITING, ids=lambda each: each.__name__)
def test_what_was_not_asked_for_is_not_written(prepare: Callable[[], Sent]):
    sent = prepare()
    more = {name: value for name, value in poison().items() if name not in sent.asked_for()}
    before = rows()
    status, plain = written(sent, {})
    assert status in (200, 201, 302)
    status_with_more, with_more = written(sent, more)
    if sent.is_json and status_with_more in (400, 422):
        assert with_more ^ before == set()
    else:
        assert status_with_more == status
        assert with_more ^ plain == set()


def test_the_poison_names_what_matters():
    hoped = {
        "is_staff",
        "is_superuser",
        "approved_by",
        "entered_by",
        "court",
        "version",
        "state",
        "status",
        "seq",
        "role",
    }
    assert hoped <= poison().keys()


def test_a_cases_system_writes_no_more_than_it_may():
    system = docket.system()
    (machine,) = machines(system.organisation)
    assert machine.kind == OrganisationKind.COURT
    body = {"cases": [], **poison()}
    before = rows()
    machine.browser.post("/api/v1/cases", json.dumps(body), content_type="application/json")
    assert {label for label, *_rest in rows() ^ before} <= {"parties.Client"}
