"""What the court sees of employers: figures in a fixed number of statements, tests that can be said, alarms once each."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from math import comb

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from registry import errors
from registry.models import Role
from sharing.employers import anomalies, batch, calling, figures, overseeing, registrations, screening
from sharing.employers.anomalies import at_least
from sharing.employers.campaigns import making
from sharing.employers.figures import Figures
from sharing.employers.models import ConsentCall, EmployerAct, EmployerAlarm, NumbersRefused
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, batches, campaigns, cast, desk, monitored
from tests.registering import confirmed

pytestmark = pytest.mark.django_db

Kind = EmployerAlarm.Kind
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NUMBERS = [
    cast.resident(f"1101051990{month:02d}{day:02d}{serial}")
    for month in range(1, 10)
    for day in range(10, 20)
    for serial in ("123",)
]


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_CALLED_SHARE = 0.0
    settings.SHARING_SUBJECT_A_MONTH = 1000


def ask(employer, number, now=cast.NOW, name="王小明", asker=None):
    asked = asking.question(document_number=number, name=name)
    return screening.ask(
        asked, employer=employer.organisation, asker=asker or asking.machine(employer.organisation), now=now
    )


def ask_about(employer, numbers, now=cast.NOW, every=timedelta(0)):
    for place, number in enumerate(numbers):
        ask(employer, number, now + place * every)


def listed(count):
    """So many people in the book, by the numbers from the front."""
    for number in NUMBERS[:count]:
        cast.in_force(cast.party(cast.person(number, "王小明")), number=number)


def kinds(now=cast.NOW + HOUR):
    return {each.kind for each in anomalies.found(now=now)}


def hits(own, others):
    return anomalies.hits(own, anomalies.answers({1: own, **others}))


def about(employer):
    return figures.of(employer.pk, now=cast.NOW + HOUR)


# Figures


def test_the_figures_of_all_take_as_many_statements_as_those_of_one():
    ask(asking.bank(), NUMBERS[0])
    bank = asking.bank().pk
    with CaptureQueriesContext(connection) as one:
        figures.of(bank, now=cast.NOW)
    ask(asking.courier_company(), NUMBERS[1])
    with CaptureQueriesContext(connection) as all_:
        assert len(figures.of_all(now=cast.NOW + HOUR)) == 2
    assert len(one) == len(all_) == 9


def test_the_list_of_employers_costs_the_same_however_many_there_are():
    he = desk.at_the_desk(cast.high_court_registrar())
    path = reverse("sharing_desk:employers")
    asking.bank()
    he.get(path)
    with CaptureQueriesContext(connection) as few:
        he.get(path)
    asking.courier_company()
    with CaptureQueriesContext(connection) as more:
        he.get(path)
    assert len(few) == len(more)


def test_what_is_older_than_thirty_days_is_not_counted():
    ask(asking.bank(), NUMBERS[0])
    assert figures.of_all(now=cast.NOW + 31 * DAY) == {}


def test_each_figure_counts_what_it_says():
    listed(1)
    bank = asking.bank()
    ask_about(bank, [NUMBERS[0], NUMBERS[1], NUMBERS[2], NUMBERS[2], NUMBERS[2]])
    ask(bank, NUMBERS[0], name="猜测")
    found = about(bank)
    assert (found.questions, found.applicants, found.listed, found.answered) == (6, 3, 1, 5)
    assert (found.names, found.pending, found.repeated) == (1, 1, 1)
    assert (found.days, found.quota_days, found.outside) == (1, 0, 0)


@pytest.mark.parametrize(
    ("hours", "outside"),
    [(0, 0), (9, 0), (10, 1), (-3, 1), (-2, 0), (4 * 24, 1), (5 * 24, 1)],
    ids=["ten", "seven in the evening", "eight", "seven in the morning", "eight in the morning", "Saturday", "Sunday"],
)
def test_outside_working_hours_is_by_the_courts_clock_and_calendar(hours, outside):
    asking.machine(asking.bank().organisation, cast.NOW)
    ask(asking.bank(), NUMBERS[0], cast.NOW + hours * HOUR)
    assert figures.of(asking.bank().pk, now=cast.NOW + 6 * DAY).outside == outside


MIDNIGHT = cast.NOW + 14 * HOUR  # when another day's quota begins


def outside(now=MIDNIGHT + DAY):
    return figures.of(asking.bank().pk, now=now).outside


def test_what_the_courts_own_clock_asks_at_midnight_counts_by_when_the_employer_had_it_asked():
    batches.asked(batches.applicants(2), asking.bank(daily_quota=1))
    batches.work(MIDNIGHT)
    assert figures.of(asking.bank().pk, now=MIDNIGHT + DAY).questions == 2
    assert outside() == 0


def test_a_batch_that_was_begun_at_night_is_asked_at_night_whenever_its_rows_are():
    batches.begun(batches.applicants(2), now=cast.NOW - 10 * HOUR)
    batches.work(cast.NOW)
    assert outside() == 2


def test_when_an_applicant_agrees_to_a_campaigns_link_is_nothing_that_the_employer_does():
    lines = campaigns.people(1)
    campaigns.consented(campaigns.begun(lines), lines, MIDNIGHT)
    campaigns.work(MIDNIGHT)
    assert figures.of(asking.bank().pk, now=MIDNIGHT + DAY).questions == 1
    assert outside() == 0


@pytest.mark.parametrize(("handed_in", "counted"), [(cast.NOW, 0), (MIDNIGHT, 1)], ids=["by day", "at night"])
def test_a_campaigns_form_counts_by_when_it_was_handed_in(handed_in, counted):
    lines = campaigns.people(1)
    campaigns.handed_in(campaigns.begun(lines), campaigns.signed(lines), handed_in)
    campaigns.work(MIDNIGHT)
    assert figures.of(asking.bank().pk, now=MIDNIGHT + DAY).questions == 1
    assert outside() == counted


def test_a_number_that_can_be_nobodys_is_counted_and_not_kept():
    bank = asking.bank()
    for _ in range(2):
        with pytest.raises(errors.CheckDigit):
            ask(bank, nobodys())
    bank.daily_quota = 0
    bank.save()
    with pytest.raises(errors.QuotaReached):
        ask(bank, NUMBERS[0])
    assert about(bank).refused == 2
    row = NumbersRefused.objects.values().get()
    assert set(row) == {"id", "employer_id", "day", "numbers"}


def test_changes_that_monitoring_tells_of_count_among_no_questions(settings):
    settings.SHARING_SUBJECT_A_MONTH = 1000
    bank = asking.bank()
    monitored.enrolled()
    before = about(bank)
    cast.in_force()
    assert len(monitored.changes(cast.NOW + 30 * MINUTE)) == 1
    after = about(bank)
    assert (before.changes, after.changes) == (0, 1)
    assert replace(after, changes=0) == before


def test_they_make_no_share_of_listed_answers(monkeypatch):
    bank = asking.bank()
    ask_about(asking.courier_company(), NUMBERS[10:70])
    ask_about(bank, NUMBERS[10:30])
    for number in NUMBERS[:5]:
        monitored.enrolled(monitored.enrolment(document_number=number, name="王小明"))
    listed(5)
    assert len(monitored.changes(cast.NOW + 30 * MINUTE)) == 5
    assert Kind.HITS not in kinds()


def nobodys(number=NUMBERS[0]):
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def of_nobody(count):
    """Lines of a file whose numbers can be nobody's, each another one."""
    return [[each[0], each[1], "", nobodys(each[3]), *each[4:]] for each in batches.applicants(count)]


def test_those_of_a_whole_file_are_counted_in_one_statement_though_nothing_is_asked():
    lines = [*batches.applicants(3), *of_nobody(40)[3:]]
    with CaptureQueriesContext(connection) as seen:
        batches.checked(lines)
    assert about(asking.bank()).refused == 37
    assert sum("employers_numbersrefused" in each["sql"] for each in seen) == 1


def test_those_of_a_call_of_many_are_counted_with_each_call():
    bank = asking.bank()
    given = {"purpose": batches.PURPOSE, "post": batches.POST, "employer": bank, "now": cast.NOW}
    for key in ("call-0001", "call-0001"):
        with pytest.raises(batch.FaultsFound):
            batch.order(
                batches.raws(of_nobody(5)), client=asking.machine(bank.organisation), idempotency_key=key, **given
            )
    assert about(bank).refused == 10


def test_those_of_a_campaigns_file_of_its_call_and_of_its_forms_are_counted_too():
    bank, lines = asking.bank(), of_nobody(4)
    campaigns.checked([line[:4] for line in lines])
    assert about(bank).refused == 4
    raws = [campaigns.raw(line) for line in lines]
    client = asking.machine(bank.organisation)
    with pytest.raises(batch.FaultsFound):
        making.order(raws, campaigns.plan(), employer=bank, client=client, idempotency_key="call-0001", now=cast.NOW)
    assert about(bank).refused == 8
    people = campaigns.people(4)
    made = campaigns.begun(people)
    forged = [[*line[:3], nobodys(line[3])] for line in people]
    campaigns.handed_in(made, campaigns.signed(forged), anyway=True)
    assert about(bank).refused == 12


def test_what_else_is_wrong_with_a_row_is_not_counted():
    (line,) = batches.applicants(1)
    batches.checked([[*line[:1], "", *line[2:]], [*line[:3], "12", *line[4:]]])
    assert not NumbersRefused.objects.exists()


def test_a_program_that_would_enrol_nobody_is_counted():
    for _ in range(2):
        with pytest.raises(errors.CheckDigit):
            monitored.enrolled(monitored.enrolment(document_number=nobodys()))
    assert about(asking.bank()).refused == 2


def test_who_has_files_checked_and_asks_nothing_is_seen_too():
    batches.checked(of_nobody(20))
    assert kinds() == {Kind.DIGITS}
    assert kinds(cast.NOW + DAY) == {Kind.DIGITS}
    assert kinds(cast.NOW + 3 * DAY) == set()


# The tests


@pytest.mark.slow
@pytest.mark.parametrize(
    ("successes", "trials", "share"),
    [(1, 1, 0.5), (2, 2, 0.5), (0, 10, 0.3), (3, 20, 0.05), (8, 20, 0.05), (90, 900, 0.08)],
)
def test_the_tail_is_the_binomial_one(successes, trials, share):
    exact = sum(
        comb(trials, each) * Fraction(share) ** each * (1 - Fraction(share)) ** (trials - each)
        for each in range(successes, trials + 1)
    )
    assert at_least(successes, trials, share) == pytest.approx(float(exact), rel=1e-6)


def test_a_share_of_listed_answers_far_above_the_others_is_an_alarm_and_one_like_theirs_is_not():
    others = {place: Figures(questions=200, answered=200, listed=2, last_asked=cast.NOW) for place in range(2, 6)}
    for own, alarming in ((Figures(answered=40, listed=8), True), (Figures(answered=400, listed=4), False)):
        assert hits(own, others).surprising is alarming
    assert hits(Figures(answered=19, listed=19), others) is None
    assert hits(Figures(answered=1000, listed=2), others) is None


def test_a_small_register_alarms_nobody():
    assert not hits(Figures(answered=20, listed=10), {}).surprising


def test_hits_are_seen_among_real_questions(settings):
    listed(4)
    ask_about(asking.courier_company(), NUMBERS[10:90])
    ask_about(asking.bank(), NUMBERS[:4] + NUMBERS[4:22])
    assert Kind.HITS in kinds()


def test_the_same_applicants_again_and_again_are_an_alarm():
    for _ in range(figures.OFTEN):
        ask_about(asking.bank(), NUMBERS[:4])
    assert Kind.REPEATS not in kinds()
    for _ in range(figures.OFTEN):
        ask(asking.bank(), NUMBERS[4])
    assert Kind.REPEATS in kinds()


def test_many_numbers_that_can_be_nobodys_are_an_alarm():
    bank = asking.bank()
    ask(bank, NUMBERS[0])
    NumbersRefused.objects.create(employer=bank.organisation, day=cast.NOW.date(), numbers=19)
    assert Kind.DIGITS not in kinds()
    NumbersRefused.objects.update(numbers=20)
    assert Kind.DIGITS in kinds()


def test_questions_in_sequence_with_nobody_there_are_an_alarm(monkeypatch):
    monkeypatch.setattr(figures, "RUN", 5)
    bank = asking.bank()
    ask_about(bank, NUMBERS[:4], every=MINUTE / 2)
    ask(bank, NUMBERS[4], cast.NOW + 5 * MINUTE)
    assert about(bank).unattended == 0
    ask_about(bank, NUMBERS[5:10], cast.NOW + 10 * MINUTE, MINUTE)
    assert about(bank).unattended == 5
    assert Kind.RUNS in kinds()


def test_a_member_who_is_there_makes_the_sequence_an_attended_one(monkeypatch):
    monkeypatch.setattr(figures, "RUN", 5)
    bank = asking.bank()
    given = {"username": "hr", "name": "某人事", "email": "", "role": MemberRole.HR}
    member, _password = members.invite(bank.organisation, **given)
    ask_about(bank, NUMBERS[:5], every=MINUTE / 2)
    assert about(bank).unattended == 5
    members.note(member, "read_result", "x", now=cast.NOW - HOUR)
    assert about(bank).unattended == 0


def test_what_members_ask_themselves_is_no_sequence_of_a_program(monkeypatch):
    monkeypatch.setattr(figures, "RUN", 5)
    bank = asking.bank()
    given = {"username": "hr", "name": "某人事", "email": "", "role": MemberRole.HR}
    member, _password = members.invite(bank.organisation, **given)
    for number in NUMBERS[:6]:
        ask(bank, number, asker=member)
    assert about(bank).unattended == 0


def test_forms_that_were_called_in_and_failed_are_an_alarm():
    bank, he = asking.bank(), cast.high_court_registrar()
    ask_about(bank, NUMBERS[:3])
    assert calling.call_in_of(bank, 2, officer=he, reason="an alarm", now=cast.NOW) == 2
    assert about(bank).called == 2
    calling.tell(now=cast.NOW)
    calling.overdue(now=cast.NOW + 14 * DAY)
    found = figures.of(bank.pk, now=cast.NOW + 14 * DAY)
    assert (found.called, found.failed) == (2, 2)
    assert Kind.FORMS in kinds()


def test_asking_mostly_at_night_is_an_alarm():
    night = cast.NOW - 10 * HOUR
    ask_about(asking.bank(), NUMBERS[:19], night)
    assert Kind.HOURS not in kinds()
    ask(asking.bank(), NUMBERS[20], night)
    assert Kind.HOURS in kinds()


def test_two_employers_with_one_telephone_and_the_same_applicants_are_an_alarm():
    he = cast.high_court_registrar()
    both = []
    for place, uscc in enumerate((asking.BANK_USCC, cast.UNIT_NUMBER)):
        found = confirmed(
            uscc=uscc, address=f"示范路{place}号", email=f"{place}@bank.example", source=f"192.0.2.{place}"
        )
        decided = {"name": "某银行", "name_en": "", "legal_basis": "CL 37-1", "daily_quota": 200}
        both.append(
            registrations.admit(
                found.pk,
                code=f"bank-{place}",
                admitted_for=["finance_recruitment"],
                officer=he,
                now=cast.NOW,
                **decided,
            )
        )
    for employer in both:
        ask_about(employer, NUMBERS[:2])
    assert Kind.SHARED not in kinds()
    for employer in both:
        ask(employer, NUMBERS[2])
    (found,) = [each for each in anomalies.found(now=cast.NOW + HOUR) if each.kind == Kind.SHARED]
    assert (found.employer_id, found.other_id, found.how_many) == (both[0].pk, both[1].pk, 3)


def test_two_employers_without_a_common_contact_may_ask_about_the_same_applicants():
    for employer in (asking.bank(), asking.courier_company()):
        ask_about(employer, NUMBERS[:5])
    assert Kind.SHARED not in kinds()


# Alarms


def test_an_alarm_is_mailed_once_a_week_and_names_nobody():
    night = cast.NOW - 10 * HOUR
    ask_about(asking.bank(), NUMBERS[:20], night)
    assert overseeing.raise_alarms(now=cast.NOW) == 1
    assert overseeing.raise_alarms(now=cast.NOW + MINUTE) == 0
    ask(asking.bank(), NUMBERS[30], night + DAY)
    assert overseeing.raise_alarms(now=cast.NOW + DAY) == 0
    ask_about(asking.bank(), NUMBERS[31:33], night + 8 * DAY)
    assert overseeing.raise_alarms(now=cast.NOW + 8 * DAY) == 1
    assert "20" in mail.outbox[0].body
    assert not any(number in mail.outbox[0].body for number in NUMBERS)
    assert [each.kind for each in overseeing.alarms(now=cast.NOW + 8 * DAY)] == ["hours", "hours"]


def test_an_employer_that_has_stopped_asking_raises_no_alarm_any_more():
    ask_about(asking.bank(), NUMBERS[:20], cast.NOW - 10 * HOUR - 3 * DAY)
    assert kinds() == set()


@pytest.mark.parametrize("kind", Kind)
def test_every_alarm_is_explained_and_written_in_both_languages(kind):
    bank, courier = asking.bank(), asking.courier_company()
    other = courier.pk if kind == Kind.SHARED else None
    assert overseeing._raise(anomalies.Found(bank.pk, kind, 7, other), cast.NOW)
    chinese, english, address = mail.outbox[0].body.strip().split("\n\n")
    assert "7" in chinese
    assert "7" in english
    assert address.endswith("/desk/sharing/employers/bank/")
    page = desk.at_the_desk(cast.high_court_registrar()).get(reverse("sharing_desk:alarms"))
    with translation.override("en"):
        assert str(escape(str(kind.label)))[1:] in page.content.decode()


# The desk


@pytest.fixture
def at_ten(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def test_the_page_lists_alarms_and_what_a_registrar_can_do(at_ten):
    overseeing._raise(anomalies.Found(asking.bank().pk, Kind.HITS, 7), cast.NOW)
    page = desk.at_the_desk(cast.high_court_registrar()).get(reverse("sharing_desk:alarms")).content.decode()
    assert reverse("sharing_desk:employer", args=["bank"]) in page
    assert "digests" in page


def test_a_registrar_calls_in_forms_with_a_reason(at_ten):
    ask_about(asking.bank(), NUMBERS[:3])
    he = desk.at_the_desk(cast.high_court_registrar())
    path = reverse("sharing_desk:call_in_forms", args=["bank"])
    he.post(path, {"forms": "2", "reason": ""})
    assert not ConsentCall.objects.exists()
    he.post(path, {"forms": "2", "reason": "many listed answers"})
    assert ConsentCall.objects.count() == 2
    act = EmployerAct.objects.get(act=EmployerAct.Act.CALL)
    assert act.reason == "2: many listed answers"


def test_who_sends_that_form_twice_calls_in_no_further_ones(at_ten):
    ask_about(asking.bank(), NUMBERS[:3])
    he = desk.at_the_desk(cast.high_court_registrar())
    path = reverse("sharing_desk:call_in_forms", args=["bank"])
    mark = re.search(r'name="once"\s+value="([^"]+)"', he.get(path).content.decode())[1]
    for _press in range(2):
        he.post(path, {"forms": "2", "reason": "many listed answers", "once": mark})
    assert (ConsentCall.objects.count(), EmployerAct.objects.filter(act=EmployerAct.Act.CALL).count()) == (2, 1)


@pytest.mark.parametrize("who", [cast.clerk, cast.judge, cast.registrar])
def test_officers_of_other_roles_and_courts_are_refused(who):
    asking.bank()
    stranger = desk.at_the_desk(who())
    assert stranger.get(reverse("sharing_desk:alarms")).status_code == 403
    assert stranger.get(reverse("sharing_desk:call_in_forms", args=["bank"])).status_code == 403
    with pytest.raises(errors.HighCourtRegistrarNeeded):
        calling.call_in_of(asking.bank(), 1, officer=who(), reason="because", now=cast.NOW)


def test_an_auditor_reads_the_alarms_and_calls_nothing_in():
    asking.bank()
    auditor = desk.at_the_desk(cast.officer("A-X", Role.AUDITOR, court="京"))
    assert auditor.get(reverse("sharing_desk:alarms")).status_code == 200
    assert auditor.get(reverse("sharing_desk:call_in_forms", args=["bank"])).status_code == 403
