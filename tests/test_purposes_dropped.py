"""A purpose, or a post of it, that the operator takes away: what was asked for it before is still shown, and what waits has an end."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from sharing.employers import calling, judging
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import Consent, Employer, Screening, Verdict
from sharing.employers.padding import ANSWER_BYTES
from sharing.parties.models import MemberRole
from tests import asking, batches, campaigns, cast, consenting, desk, monitored, papers, registering
from tests.monitored import UNTIL
from tests.test_employer_portal import a_member, at, at_consent, form_file, send, signed_in, yesterday

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]

NOW = cast.NOW
FORM = papers.pdf("the signed form of an invented person")
AS_ASKED = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")
ASKED_FOR: dict[str, Any] = {"purpose": "own_recruitment", "post": "keeper"}


@pytest.fixture
def folder(tmp_path, settings):
    """The operator has a purpose of his own."""
    post = {"zh": "保管员", "en": "keeper", "occupations": ["loan_officer"]}
    purpose = {
        "code": "own_recruitment",
        "zh": "自有目的",
        "en": "a purpose of its own",
        "article": "CL 37-1",
        "consent_needed": True,
        "scope": "prohibition",
        "validity_days": 30,
        "posts": [{"code": "keeper", **post}, {"code": "other", **post}],
    }
    (tmp_path / "purposes.json").write_text(json.dumps([purpose]), encoding="utf-8")
    settings.REGISTRY_CODES = tmp_path
    asking.bank()
    Employer.objects.update(purposes=["finance_recruitment", "own_recruitment"])
    return tmp_path


def drop(settings: Any, folder: Any, what: str, tmp_path_factory: Any) -> None:
    """The post alone, or all of it."""
    if what == "purpose":
        settings.REGISTRY_CODES = None
        return
    (purpose,) = json.loads((folder / "purposes.json").read_text(encoding="utf-8"))
    purpose["posts"] = purpose["posts"][1:]
    other = tmp_path_factory.mktemp("codes")
    (other / "purposes.json").write_text(json.dumps([purpose]), encoding="utf-8")
    settings.REGISTRY_CODES = other


def waits_on_a_form() -> Screening:
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    waiting = asking.answered(asking.question(consent=signed, **ASKED_FOR))
    calling.call_in(now=NOW)
    calling.show(waiting, FORM, now=NOW)
    return waiting


def waits_on_a_code() -> Screening:
    code = consenting.given(consenting.requested(**ASKED_FOR).request)
    waiting = asking.answered(asking.question(consent=consenting.typed(code), **ASKED_FOR))
    calling.call_in(now=NOW)
    return waiting


@pytest.mark.parametrize("what", ["post", "purpose"])
@pytest.mark.parametrize("waits", [waits_on_a_code, waits_on_a_form])
def test_what_waits_for_it_gets_no_answer_and_the_employer_reads_why(folder, settings, tmp_path_factory, what, waits):
    settings.SHARING_HELD_SHARE = 1.0
    cast.in_force()
    waiting = waits()
    drop(settings, folder, what, tmp_path_factory)
    officer = cast.high_court_registrar()
    verdict = judging.confirm(waiting.pk, AS_ASKED, officer=officer, reason="compared", now=NOW)
    assert (verdict.verdict, verdict.outcome, verdict.listing) == (Verdict.PURPOSE_GONE, "void", None)
    assert Consent.objects.get().person_sealed is None
    answer = Browser().get(f"/api/v1/screenings/{waiting.pk}", headers=asking.bearer(asking.bank().organisation))
    assert answer.json()["void_because"] == "purpose_gone"
    assert len(answer.content) == ANSWER_BYTES


@pytest.mark.parametrize("what", ["post", "purpose"])
def test_the_registrar_at_the_desk_is_told_so(folder, settings, tmp_path_factory, what):
    settings.SHARING_HELD_SHARE = 1.0
    cast.in_force()
    waiting = waits_on_a_form()
    drop(settings, folder, what, tmp_path_factory)
    browser = desk.at_the_desk(cast.high_court_registrar())
    typed = {
        "document_type": "resident_id",
        "document_number": cast.DEFENDANT_NUMBER,
        "name": "高䶮",
        "same_person": "",
        "reason": "compared",
    }
    address = reverse("sharing_desk:confirm_consent", args=[waiting.pk])
    answer = browser.post(address, typed, follow=True, headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "what it was asked for is no longer registered" in answer.content.decode()


@pytest.mark.parametrize("what", ["post", "purpose"])
def test_every_page_that_names_it_is_still_shown(folder, settings, tmp_path_factory, what):
    cast.in_force()
    bank = asking.bank()
    asked = asking.answered(asking.question(**ASKED_FOR))
    registered = registering.confirmed(purposes=("own_recruitment",))
    request = consenting.requested(**ASKED_FOR).request
    enrolled = monitored.enrolled(
        monitored.enrolment(UNTIL, name="欧阳㛃", document_number=cast.SECOND_NUMBER, **ASKED_FOR)
    )
    campaign = campaigns.begun(campaigns.people(2), **ASKED_FOR)
    batch = batches.batch.check(
        batches.file_of(batches.applicants(1)), **ASKED_FOR, employer=bank, member=batches.hr(bank), now=NOW
    )
    drop(settings, folder, what, tmp_path_factory)
    hr = signed_in(a_member(bank, "hr", MemberRole.OWNER))
    registrar = desk.at_the_desk(cast.high_court_registrar())
    addresses = [
        (hr, [at(name), *([at(one, key)] if key else [])])
        for name, one, key in (
            ("screenings", "screening", asked.pk),
            ("requests", "request", request.pk),
            ("monitorings", "monitoring", enrolled.pk),
            ("campaigns", "campaign", campaign.pk),
            ("batches", "batch", batch.pk),
            ("start", "", ""),
            ("new", "", ""),
            ("may_learn", "", ""),
            ("consent_form", "", ""),
            ("export", "", ""),
        )
    ]
    addresses += [(hr, [at("paper", asked.pk)])]
    addresses += [
        (
            registrar,
            [
                reverse("sharing_desk:employers"),
                reverse("sharing_desk:employer", args=[bank.organisation.code]),
                reverse("sharing_desk:registration", args=[registered.pk]),
                reverse("sharing_desk:consents"),
            ],
        )
    ]
    for browser, pages in addresses:
        for page in pages:
            assert browser.get(page).status_code == 200, page
    batches.work()
    campaigns.work()


@pytest.mark.parametrize("what", ["post", "purpose"])
def test_who_was_about_to_ask_for_it_is_told_so(folder, settings, tmp_path_factory, what):
    hr = signed_in(a_member(asking.bank(), "hr", MemberRole.HR))
    before = at_consent(hr, "own_recruitment/keeper")
    before = send(hr, "consent", before, form_file=form_file(FORM), signed_on=yesterday())
    drop(settings, folder, what, tmp_path_factory)
    person = {"name": "高䶮", "document_type": "resident_id", "document_number": cast.DEFENDANT_NUMBER}
    checked = send(hr, "person", before, **person)
    assert checked.status_code < 500
    asked = send(hr, "check", checked, declared="on")
    assert asked.status_code < 500
    assert not Screening.objects.exists()
