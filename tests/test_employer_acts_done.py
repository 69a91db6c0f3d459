"""What stands on the record of an employer's members was done: nothing that failed, and nothing that changed nothing."""

from __future__ import annotations

import pytest
from django.utils import timezone

from sharing.employers import batch
from sharing.employers.campaigns import ending
from sharing.employers.models import Batch, Campaign, EmployerEndpoint, MonitoringConfirmation
from sharing.employers.monitoring import confirming, endpoint
from sharing.parties.models import MemberAct, MemberRole
from tests import asking, batches, campaigns, cast, consenting, monitored
from tests.receiving import receiver
from tests.test_employer_portal import a_member, at, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture
def bank():
    return asking.bank()


@pytest.fixture
def owner(bank):
    return signed_in(a_member(bank, "owner", MemberRole.OWNER))


def acts():
    return sorted(MemberAct.objects.values_list("act", flat=True))


def press(owner, do):
    return owner.post(at("endpoint_act"), {"do": do})


@pytest.fixture
def heard(owner):
    """The owner's endpoint, where a program listens."""
    with receiver() as program:
        owner.post(at("endpoint_address"), {"url": program.url})
        yield EmployerEndpoint.objects.get()


def of_endpoint():
    return [act for act in acts() if act.endswith("_endpoint") and act != "add_endpoint"]


@pytest.mark.parametrize(("do", "flow"), [("test", "send_test"), ("pause", "pause"), ("resume", "resume")])
@pytest.mark.usefixtures("heard")
def test_what_failed_at_the_endpoint_is_not_on_record(owner, monkeypatch, do, flow):
    def fail(*_asked, **_more):
        raise OSError("no")

    monkeypatch.setattr(endpoint, flow, fail)
    with pytest.raises(OSError, match="no"):
        press(owner, do)
    assert of_endpoint() == []


@pytest.mark.usefixtures("heard")
def test_what_was_done_there_is_once(owner):
    for do in ("pause", "pause", "resume", "resume", "test"):
        press(owner, do)
    assert of_endpoint() == ["pause_endpoint", "resume_endpoint", "test_endpoint"]


def test_a_batch_that_is_over_already_was_not_stopped_by_whoever_presses_late(owner, bank):
    made = batches.begun(batches.applicants(1), bank, now=timezone.now())
    page = at("stop_batch", made.pk)
    assert batch.stop(made.pk, employer_id=bank.pk, now=timezone.now())
    assert owner.post(page, follow=True).status_code == 200
    assert acts() == []
    other = batches.begun(batches.applicants(1), bank, now=timezone.now())
    assert "Stopped." in owner.post(at("stop_batch", other.pk), follow=True).content.decode()
    assert acts() == ["stop_batch"]


def test_a_batch_that_another_began_meanwhile_was_not_begun_twice(owner, bank, monkeypatch):
    made = batches.checked(batches.applicants(1), bank, now=timezone.now())
    begin = batch.begin

    def begun_by_another(batch_id, **given):
        begin(batch_id, **given)
        return begin(batch_id, **given)

    monkeypatch.setattr(batch, "begin", begun_by_another)
    owner.post(at("ask_batch", made.pk), {"declared": "on"})
    assert Batch.objects.get(pk=made.pk).begun_at is not None
    assert acts() == []


def test_a_campaign_that_is_over_already_was_not_stopped(owner, bank):
    made = campaigns.begun(campaigns.people(2), bank, now=timezone.now())
    assert ending.stop(made.pk, employer_id=bank.pk, now=timezone.now())
    owner.post(at("stop_campaign", made.pk))
    owner.post(at("withdraw_campaign_rows", made.pk), {"ticked": []})
    assert acts() == []


def test_rows_that_were_withdrawn_before_are_not_withdrawn_again(owner, bank):
    made = campaigns.begun(campaigns.people(2), bank, now=timezone.now())
    for _time in range(2):
        owner.post(at("withdraw_campaign_rows", made.pk), {"ticked": ["0"]})
    assert Campaign.objects.get(pk=made.pk).rows.exclude(withdrawn_at=None).count() == 1
    assert acts() == ["withdraw_campaign_rows"]


def test_a_change_is_taken_note_of_once():
    member = batches.hr(asking.bank())
    monitored.enrolled()
    cast.in_force()
    monitored.changes()
    change = monitored.MonitoringChange.objects.get()
    for _time in range(2):
        confirming.confirm(change, member=member, now=cast.NOW)
    assert MonitoringConfirmation.objects.count() == 1
    assert acts() == ["confirm_change"]


@pytest.mark.parametrize("stands", [False, True], ids=["by a clock that goes", "by one that stands"])
def test_a_request_is_withdrawn_once(owner, bank, monkeypatch, stands):
    moment = timezone.now()
    request = consenting.requested(bank, now=moment).request
    if stands:
        monkeypatch.setattr(timezone, "now", lambda: moment)
    for _time in range(2):
        owner.post(at("withdraw_request", request.pk))
    assert acts() == ["withdraw_request"]
