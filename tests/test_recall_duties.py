"""Recipients that do not confirm: who they are, how late, whose duty they become; and what they say on paper."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction

from registry.errors import (
    HighCourtRegistrarNeeded,
    NoOpenRecall,
    PaperAddsNothing,
    PaperReferenceIsPersonal,
    PaperReferenceNeeded,
    PurgedOnImpossible,
    ReasonNeeded,
)
from registry.models import Account, Event, Role
from registry.models.insert_only import InsertOnlyError
from sharing.delivery.models import Endpoint
from sharing.departments import institutions, receipts, recording, telling
from sharing.departments.models import Recall, Receipt
from sharing.departments.receipts import ReceiptEntry
from sharing.employers import recalling
from sharing.employers.models import RecallConfirmation
from sharing.parties import members
from sharing.parties.models import MemberRole
from sharing.recalls import duties, recipients
from sharing.recalls.models import RecallDuty
from tests import asking, cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NOW = cast.NOW
PASSWORD = "a long enough phrase"
BANK = asking.BANK_USCC


@pytest.fixture
def finance():
    department = cast.department()
    cast.measure(department)
    somebody_at(department.organisation)
    return department


@pytest.fixture
def registrars():
    return cast.high_court_registrar(), cast.second_high_court_registrar()


def somebody_at(organisation, role=MemberRole.OWNER):
    member = members.take_in(
        organisation, username=f"of-{organisation.code}", password=PASSWORD, name="owner", role=role
    )
    member.account.email = f"owner@{organisation.code}.example"
    member.account.save()
    return member


def withdrawn(listing=None):
    """Told, answered to the bank, and withdrawn."""
    listing = listing or cast.in_force()
    telling.walk(now=NOW)
    cast.withdrawn(listing)
    telling.walk(now=NOW)
    return listing


def on_paper(department, recalls=None, **changes):
    facts = {
        "department_id": department.pk,
        "purged_on": NOW.date(),
        "reference": "letter 12 of 2026-11-24",
        "with_institutions": False,
        "officer": cast.high_court_registrar(),
        "now": NOW,
        **changes,
    }
    return recording.record_on_paper(recalls or [each.pk for each in Recall.objects.all()], **facts)


def owing(now=NOW):
    return {each.organisation.code: each for each in recipients.owing(now=now)}


def test_nobody_owes_anything_before_something_is_withdrawn(finance):
    telling.walk(now=NOW)
    assert recipients.owing(now=NOW) == []


def test_whoever_was_told_or_answered_owes_a_confirmation_until_it_is_there(finance):
    bank = asking.bank()
    listing = cast.in_force()
    asking.answered()
    withdrawn(listing)
    recalling.walk(now=NOW)
    assert {code: each.open for code, each in owing().items()} == {
        finance.organisation.code: 1,
        bank.organisation.code: 1,
    }
    event = Event.objects.get(type="listing.withdrawn")
    said = ReceiptEntry(event=event.event_id, kind="purged", at=NOW)
    receipts.record(said, department=finance.organisation, signed=True)
    assert set(owing()) == {bank.organisation.code}


def test_it_is_overdue_after_its_day_and_late_a_week_after_that(finance):
    withdrawn()
    due = Recall.objects.get().due_on
    code = finance.organisation.code
    days = (due - NOW.date()).days
    assert (owing(NOW + timedelta(days=days))[code].overdue, owing(NOW + timedelta(days=days + 1))[code].overdue) == (
        0,
        1,
    )
    assert (owing(NOW + timedelta(days=days + 6))[code].late, owing(NOW + timedelta(days=days + 7))[code].late) == (
        0,
        1,
    )


@pytest.mark.parametrize("silent", ["nobody to write to", "its endpoint fails"])
def test_a_recipient_that_cannot_be_reached_is_seen_at_once(finance, silent):
    withdrawn()
    code = finance.organisation.code
    assert owing()[code].unreachable is None
    if silent == "nobody to write to":
        account = finance.organisation.members.get().account
        account.email = ""
        account.save()
    else:
        endpoint, _secret = cast.add_endpoint(finance, "http://127.0.0.1:8601/webhooks")
        Endpoint.objects.filter(pk=endpoint.pk).update(stage="production", failing_since=NOW - timedelta(hours=5))
    assert owing()[code].unreachable
    assert owing()[code].needs_somebody


def test_whoever_is_a_week_late_becomes_the_duty_of_the_registrar_with_the_fewest(finance, registrars):
    telecom = cast.department("telecom")
    cast.measure(telecom)
    somebody_at(telecom.organisation)
    withdrawn()
    assert duties.name_missing(now=NOW) == 0
    late = NOW + timedelta(days=30)
    assert duties.name_missing(now=late) == 2
    assert {each.officer for each in RecallDuty.objects.all()} == set(registrars)
    assert {each.named_by for each in RecallDuty.objects.all()} == {None}
    assert duties.name_missing(now=late) == 0, "nobody is named twice"
    assert len(mail.outbox) == 2
    assert all(listing_number() not in each.body and "高䶮" not in each.body for each in mail.outbox)


def listing_number():
    return Recall.objects.first().listing.number


def test_whoever_left_office_is_in_charge_of_nothing_and_another_one_is_named(finance, registrars):
    withdrawn()
    late = NOW + timedelta(days=30)
    duties.name_missing(now=late)
    first = RecallDuty.objects.get().officer
    first.account.is_active = False
    first.account.save()
    assert duties.name_missing(now=late + timedelta(days=1)) == 1
    assert recipients.in_charge([finance.pk])[finance.pk] != first


def test_without_a_registrar_nothing_is_named_and_the_log_says_so(finance, caplog):
    withdrawn()
    Account.objects.filter(officer__role=Role.REGISTRAR).update(is_active=False)
    assert duties.name_missing(now=NOW + timedelta(days=30)) == 0
    assert "no registrar of the High Court" in caplog.text


def test_a_registrar_hands_the_duty_to_another_one_and_says_why(finance, registrars):
    he, tang = registrars
    duties.name(finance.organisation, tang, by=he, reason="she knows the department", now=NOW)
    assert recipients.in_charge([finance.pk]) == {finance.pk: tang}
    with pytest.raises(ReasonNeeded):
        duties.name(finance.organisation, he, by=tang, reason="", now=NOW)


@pytest.mark.parametrize("who", ["clerk", "judge", "registrar", "stranger"])
def test_nobody_but_registrars_of_the_high_court_is_or_puts_in_charge(finance, registrars, who):
    other, he = getattr(cast, who)(), registrars[0]
    with pytest.raises(HighCourtRegistrarNeeded):
        duties.name(finance.organisation, he, by=other, reason="because", now=NOW)
    with pytest.raises(HighCourtRegistrarNeeded):
        duties.name(finance.organisation, other, by=he, reason="because", now=NOW)


def test_duties_stay_on_record(finance, registrars):
    he, tang = registrars
    duty = duties.name(finance.organisation, tang, by=he, reason="she knows the department", now=NOW)
    with pytest.raises(InsertOnlyError):
        RecallDuty.objects.filter(pk=duty.pk).update(officer=he)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE recalls_recallduty SET reason = 'another'")


# On paper


def test_what_a_department_wrote_closes_its_recalls_and_names_paper_and_officer(finance):
    withdrawn()
    assert on_paper(finance) == 1
    receipt = Recall.objects.get().closed_by
    assert (receipt.note, receipt.recorded_by, receipt.signed) == (
        "letter 12 of 2026-11-24",
        cast.high_court_registrar(),
        False,
    )
    assert owing() == {}


def test_a_letter_that_does_not_speak_for_the_institutions_leaves_the_recall_open(finance):
    bank = institutions.register(finance, code="bank", name="甲银行", uscc=BANK, now=NOW)
    listing = cast.in_force()
    telling.walk(now=NOW)
    institutions.reach(finance.pk, listing.number, "bank", at=NOW)
    withdrawn(listing)
    assert on_paper(finance) == 0
    assert institutions.outstanding(Recall.objects.get()) == [bank]
    assert on_paper(finance, with_institutions=True) == 1


def test_a_letter_that_says_no_more_than_the_department_said_itself_is_refused_and_not_lost_in_silence(finance):
    institutions.register(finance, code="bank", name="甲银行", uscc=BANK, now=NOW)
    listing = cast.in_force()
    telling.walk(now=NOW)
    institutions.reach(finance.pk, listing.number, "bank", at=NOW)
    withdrawn(listing)
    event = Event.objects.get(type="listing.withdrawn")
    said = ReceiptEntry(event=event.event_id, kind="purged", at=NOW)
    receipts.record(said, department=finance.organisation, signed=True)
    with pytest.raises(PaperAddsNothing):
        on_paper(finance)
    assert on_paper(finance, with_institutions=True) == 1


@pytest.mark.parametrize("who", ["clerk", "judge", "registrar", "stranger"])
def test_only_a_registrar_of_the_high_court_records_it(finance, who):
    withdrawn()
    with pytest.raises(HighCourtRegistrarNeeded):
        on_paper(finance, officer=getattr(cast, who)())
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"reference": " "}, PaperReferenceNeeded),
        ({"reference": "x" * 101}, PaperReferenceNeeded),
        ({"reference": f"letter on {cast.DEFENDANT_NUMBER}"}, PaperReferenceIsPersonal),
        ({"reference": "letter 12 on 高 䶮"}, PaperReferenceIsPersonal),
        ({"purged_on": date(2026, 11, 23)}, PurgedOnImpossible),
        ({"purged_on": date(2026, 11, 25)}, PurgedOnImpossible),
        ({"department_id": 0}, NoOpenRecall),
    ],
)
def test_what_cannot_be_is_refused(finance, changes, refused):
    withdrawn()
    with pytest.raises(refused):
        on_paper(finance, **changes)
    assert Recall.objects.get().closed_by is None


@pytest.mark.parametrize("reference", [cast.DEFENDANT_NUMBER, "letter 12 on 高䶮"])
def test_an_employers_letter_is_cited_without_the_person(finance, reference):
    listing = cast.in_force()
    asking.answered()
    withdrawn(listing)
    recalling.walk(now=NOW)
    facts = {"employer_id": asking.bank().pk, "officer": cast.high_court_registrar(), "now": NOW}
    with pytest.raises(PaperReferenceIsPersonal):
        recalling.confirm_on_paper([recalling.open_recalls().get().pk], reference=reference, **facts)
    assert not RecallConfirmation.objects.exists()


def test_what_is_closed_already_is_said_to_be(finance):
    withdrawn()
    on_paper(finance)
    with pytest.raises(NoOpenRecall):
        on_paper(finance)


def test_the_database_takes_no_paper_without_a_reference(finance):
    withdrawn()
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(
            department=finance.organisation,
            event=Event.objects.last(),
            kind="purged",
            at=NOW,
            recorded_by=cast.high_court_registrar(),
        )


def test_what_an_employer_wrote_closes_its_recalls():
    bank = asking.bank()
    listing = cast.in_force()
    screening = asking.answered()
    withdrawn(listing)
    recalling.walk(now=NOW)
    facts = {"employer_id": bank.pk, "reference": "letter of 24 November", "now": NOW}
    with pytest.raises(HighCourtRegistrarNeeded):
        recalling.confirm_on_paper([screening.pk], officer=cast.clerk(), **facts)
    he = cast.high_court_registrar()
    assert recalling.confirm_on_paper([screening.pk], officer=he, **facts) == 1
    assert not recalling.open_recalls().exists()
    assert RecallConfirmation.objects.get().officer == he
    with pytest.raises(NoOpenRecall):
        recalling.confirm_on_paper([screening.pk], officer=he, **facts)


def test_nobody_confirms_for_another_employer():
    asking.bank()
    listing = cast.in_force()
    screening = asking.answered()
    withdrawn(listing)
    recalling.walk(now=NOW)
    with pytest.raises(NoOpenRecall):
        recalling.confirm_on_paper(
            [screening.pk],
            employer_id=asking.courier_company().pk,
            reference="a letter",
            officer=cast.high_court_registrar(),
            now=NOW,
        )
