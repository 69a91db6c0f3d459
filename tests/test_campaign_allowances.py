"""More questions for a campaign: wanted by the employer, decided at the desk, told by mail, and used in place of the quota."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from registry import errors
from registry.models import Role
from registry.models.insert_only import InsertOnlyError
from sharing.employers.campaigns import allowances, ending
from sharing.employers.models import Allowance, EmployerAct, QuestionsAsked
from sharing.parties.models import MemberRole
from tests import asking, batches, campaigns, cast, desk
from tests.campaigns import DEFENDANT, begun, consented, fresh, handed_in, people, signed, states, work

pytestmark = pytest.mark.django_db
WHY = "spring intake of all branches"


@pytest.fixture(autouse=True)
def at_ten(settings, monkeypatch):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def he():
    return desk.at_the_desk(cast.high_court_registrar())


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def grant(made, questions, now=cast.NOW):
    officer = cast.high_court_registrar()
    allowances.decide(made.pk, questions, officer=officer, reason="season of recruitment", now=now)


def questions_of_the_day():
    return sum(QuestionsAsked.objects.values_list("questions", flat=True))


# Used


def test_what_is_granted_is_used_in_place_of_the_days_quota():
    made = begun(people(3), asking.bank(daily_quota=0), why=WHY)
    assert (made.allowance.wanted, made.allowance.granted) == (3, None)
    consented(made, people(3))
    work()
    assert states(made) == ["given"] * 3
    grant(made, 3)
    work()
    assert states(made) == ["answered"] * 3
    assert (Allowance.objects.get().used, questions_of_the_day()) == (3, 0)


@pytest.mark.parametrize("granted", [8, 1])
def test_rows_that_waited_for_the_quota_longer_than_a_day_are_not_emptied_by_a_grant(granted):
    made = begun(people(8), asking.bank(daily_quota=2), why=WHY)
    handed_in(made, signed(people(8)))
    work()
    evening = cast.NOW + timedelta(hours=31)
    work(evening)
    assert states(made, evening) == ["answered"] * 4 + ["given"] * 4
    grant(made, granted, evening)
    later = evening + timedelta(seconds=1)
    ending.tidy(now=later)
    work(later)
    left = max(4 - granted, 0)
    assert states(made, later) == ["answered"] * (8 - left) + ["given"] * left
    for day in (1, 2):
        ending.tidy(now=later + timedelta(days=day))
        work(later + timedelta(days=day))
    assert states(made, later + timedelta(days=2)) == ["answered"] * 8


def test_where_it_is_used_up_the_days_quota_goes_on():
    made = begun(people(4), asking.bank(daily_quota=1), why=WHY)
    grant(made, 2)
    consented(made, people(4))
    work()
    assert states(made) == ["answered"] * 3 + ["given"]
    assert (Allowance.objects.get().used, questions_of_the_day()) == (2, 1)


def test_not_granted_it_goes_on_day_by_day():
    made = begun(people(2), asking.bank(daily_quota=1), why=WHY)
    grant(made, 0)
    consented(made, people(2))
    work()
    assert states(made) == ["answered", "given"]
    work(batches.TOMORROW)
    assert states(made) == ["answered", "answered"]


def test_a_question_without_an_answer_counts_tenfold_here_too(settings):
    settings.SHARING_HELD_SHARE = 1.0
    made = begun(people(3), asking.bank(daily_quota=0), why=WHY)
    grant(made, 11)
    consented(made, people(3))
    work()
    assert states(made) == ["answered", "answered", "given"]
    assert Allowance.objects.get().used == 20, "the last one may cost more than is left, as with the day's quota"


def test_the_months_limit_about_one_applicant_holds(settings):
    settings.SHARING_SUBJECT_A_MONTH = 1
    asking.answered(asking.question(), employer=asking.bank())
    made = begun([DEFENDANT], why=WHY)
    grant(made, 1)
    consented(made, [DEFENDANT])
    work()
    assert (states(made), campaigns.refusals(made)) == (["refused"], ["R-530"])
    assert Allowance.objects.get().used == 0


def test_it_is_of_no_use_to_another_campaign():
    first, second = begun(people(1), asking.bank(daily_quota=0), why=WHY), begun(people(2))
    grant(first, 5)
    consented(second, people(1))
    work()
    assert states(second)[0] == "given"


def test_it_is_wanted_once_and_with_a_reason():
    made = begun(people(1), why=WHY)
    with pytest.raises(errors.AllowanceAskedFor):
        allowances.want(made, WHY, now=cast.NOW)
    with pytest.raises(errors.ReasonNeeded):
        begun(people(2), why="x")
    assert begun(people(3)).state == "open"
    assert Allowance.objects.count() == 1


# Decided


def test_a_registrar_grants_it_at_the_desk_and_it_is_on_record(he):
    made = begun(people(3), why=WHY)
    assert "Questions for campaigns (1)" in he.get(at("employers")).content.decode()
    assert made.pk in he.get(reverse("admin:index")).content.decode()
    assert made.pk in he.get(at("allowances")).content.decode()
    page = he.get(at("allowance", made.pk)).content.decode()
    assert WHY in page
    assert at("decide_allowance", made.pk) in page
    answer = he.post(at("decide_allowance", made.pk), {"questions": "3", "reason": "season of recruitment"})
    assert answer.status_code == 302
    found = Allowance.objects.get()
    assert (found.granted, found.officer, found.decided_at) == (3, cast.high_court_registrar(), cast.NOW)
    act = EmployerAct.objects.get(act=EmployerAct.Act.CAMPAIGN)
    assert act.reason == f"{made.pk}: 3 / 3: season of recruitment"
    with pytest.raises(InsertOnlyError):
        EmployerAct.objects.filter(pk=act.pk).update(reason="another")
    assert (
        "R-588" in he.post(at("decide_allowance", made.pk), {"questions": "9", "reason": "once more"}).content.decode()
    )
    assert made.pk in he.get(at("employer", "bank")).content.decode()


def test_what_is_typed_wrong_is_named_and_stays(he):
    made = begun(people(1), why=WHY)
    page = he.post(at("decide_allowance", made.pk), {"questions": "many", "reason": ""}).content.decode()
    assert 'value="many"' in page
    assert Allowance.objects.get().decided_at is None


def test_of_a_campaign_that_ended_nothing_is_decided():
    made = begun(people(1), why=WHY)
    ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    assert not allowances.waiting().exists()
    with pytest.raises(errors.AllowanceDecided):
        grant(made, 1)


def test_the_decision_stays_on_record_when_the_campaign_is_destroyed():
    made = begun(people(1), why=WHY)
    grant(made, 1)
    ending.stop(made.pk, employer_id=made.employer_id, now=cast.NOW)
    ending.tidy(now=cast.NOW + timedelta(days=30))
    assert not Allowance.objects.exists()
    assert EmployerAct.objects.filter(act=EmployerAct.Act.CAMPAIGN).exists()


def test_a_stranger_is_refused_at_every_door_of_the_desk():
    made = begun(people(1), why=WHY)
    clerk = desk.at_the_desk(cast.clerk())
    auditor = desk.at_the_desk(cast.officer("A-AN", Role.AUDITOR))
    for address in (at("allowances"), at("allowance", made.pk)):
        assert clerk.get(address).status_code == 403
        assert auditor.get(address).status_code == 200
    for stranger in (clerk, auditor):
        answer = stranger.post(at("decide_allowance", made.pk), {"questions": "1", "reason": "none of mine"})
        assert answer.status_code == 403
    assert Allowance.objects.get().decided_at is None
    assert at("decide_allowance", made.pk) not in auditor.get(at("allowance", made.pk)).content.decode()


def test_what_nobody_asked_for_is_absent(he):
    made = begun(people(1))
    assert he.get(at("allowance", made.pk)).status_code == 404
    assert he.get(at("decide_allowance", "cmp_nothing")).status_code == 404


# Told


def test_the_employer_is_told_by_mail_once_without_the_reason_or_anybody():
    bank = asking.bank()
    han = batches.hr(bank)
    han.account.email = "han@bank.example"
    han.account.save()
    made = begun(people(1), why=WHY)
    assert allowances.tell(now=cast.NOW) == 0
    grant(made, 1)
    assert (allowances.tell(now=cast.NOW), allowances.tell(now=cast.NOW)) == (1, 0)
    (message,) = mail.outbox
    assert message.to == ["han@bank.example"]
    assert made.pk in message.body
    assert "season of recruitment" not in message.body


def test_a_mail_server_that_is_away_only_delays_it(monkeypatch):
    han = batches.hr(asking.bank(), role=MemberRole.HR)
    han.account.email = "han@bank.example"
    han.account.save()
    made = begun(people(1), why=WHY)
    grant(made, 1)
    with monkeypatch.context() as patch:
        patch.setattr("registry.letters.sent", lambda *_: False)
        allowances.tell(now=cast.NOW)
    assert fresh(made).allowance.told_at is None
    assert allowances.tell(now=cast.NOW) == 1
