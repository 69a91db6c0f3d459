"""One row that nobody can read, or one department that cannot be decided about, stops no other: the rest goes out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from registry import actions
from registry.actions import lapsing, sealing_orders
from registry.entries import SealingRule
from registry.errors import LogHalted
from registry.keys import SealBroken
from registry.models import AccessRecord, Listing
from registry.reading import record_reading
from sharing.delivery import slot
from sharing.delivery.models import Told
from sharing.departments import left_over, measures, retrying, settling, tasks, telling
from sharing.departments.models import Department, LeftDuty, LeftOver
from sharing.employers import calling
from sharing.employers import tasks as employer_tasks
from sharing.employers.models import ConsentCall, ConsentVerdict
from sharing.persons import tasks as person_tasks
from sharing.persons.models import Passkey
from sharing.persons.objections import minding
from sharing.persons.passkeys import ending
from sharing.retention import ageing, never_in_force, purging
from sharing.retention.models import PurgeReport
from tests import asking, cast, objecting, sealing
from tests.authenticator import HERE
from tests.logs import by_hand
from tests.purging import over, purged, walk
from tests.receiving import receiver
from tests.returning import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def narrowed(department):
    """Its measure is another one now, and it waits to be settled."""
    terms = measures.MeasureTerms(code="watch", name="重点关注", basis="Art. 31", articles=("CL 253-1",))
    measures.replaced(
        department.instruments.get().measures.get(),
        terms,
        entered_by=cast.high_court_registrar(),
        approved_by=cast.second_high_court_registrar(),
    )


@pytest.fixture
def both(db):
    """Two departments that were told of a listing."""
    departments = cast.department("finance"), cast.department("telecom")
    for each in departments:
        cast.measure(each)
    return departments


def broken_for(department, act):
    def chunk(department_id, *facts):
        if department_id == department.pk:
            raise SealBroken("broken")
        return act(department_id, *facts)

    return chunk


def holds(department, listing):
    return Told.objects.filter(department=department.pk, listing=listing, ended_position=None).exists()


def test_a_department_that_cannot_be_settled_keeps_no_other_from_it(both, monkeypatch):
    finance, telecom = both
    cast.in_force()
    telling.walk(now=cast.NOW)
    for each in both:
        narrowed(each)
    monkeypatch.setattr(settling, "_settle_chunk", broken_for(finance, settling._settle_chunk))
    with pytest.raises(SealBroken):
        settling.settle_all(now=cast.NOW)
    assert Department.objects.get(pk=finance.pk).unsettled_position is not None
    assert Department.objects.get(pk=telecom.pk).unsettled_position is None
    assert Told.objects.get(department=telecom.pk).measures[0]["code"] == "watch"


def test_the_calendar_of_a_department_that_cannot_be_followed_keeps_no_other_from_it(both, monkeypatch):
    finance, telecom = both
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    monkeypatch.setattr(settling, "_follow_chunk", broken_for(finance, settling._follow_chunk))
    with pytest.raises(SealBroken):
        settling.follow_calendar(now=cast.NOW + timedelta(days=4 * 365))
    assert (holds(finance, listing), holds(telecom, listing)) == (True, False)


def test_what_is_left_over_of_a_department_and_cannot_be_tried_keeps_no_other_from_it(both, monkeypatch):
    finance, telecom = both
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    for each in both:
        left_over.note(each.pk, [listing.pk], LeftDuty.GIVE)
    monkeypatch.setattr(retrying, "_give", broken_for(finance, retrying._give))
    with pytest.raises(SealBroken):
        retrying.try_again(now=timezone.now() + retrying.RESTS)
    given = LeftOver.objects.order_by("department").values_list("department", "opening")
    assert list(given) == [(finance.pk, None), (telecom.pk, 1)]


def test_a_withdrawal_goes_out_while_a_department_cannot_be_settled(both, monkeypatch):
    finance, telecom = both
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    with receiver() as inbox:
        cast.add_endpoint(telecom, inbox.url)
        other = cast.second_in_force()
        telling.walk(now=cast.NOW)
        narrowed(finance)
        cast.withdrawn(other)
        monkeypatch.setattr(settling, "_settle_chunk", broken_for(finance, settling._settle_chunk))
        with pytest.raises(SealBroken):
            tasks.sweep()
        assert ("listing.withdrawn", other.number) in [
            (each.event["type"], each.event["listing"]["number"]) for each in inbox.requests
        ]


def test_what_was_decided_goes_out_where_the_log_cannot_be_walked_on(db, monkeypatch, caplog):
    def fail(*, now: datetime) -> int:
        raise ValueError(cast.DEFENDANT_NUMBER)

    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    with receiver() as inbox:
        finance = cast.department()
        cast.measure(finance)
        cast.add_endpoint(finance, inbox.url)
        cast.in_force()
        telling.walk(now=cast.NOW)
        monkeypatch.setattr(telling, "walk", fail)
        monkeypatch.setattr(telling, "step", fail)
        with pytest.raises(ValueError, match=cast.DEFENDANT_NUMBER):
            tasks.sweep()
        assert inbox.positions == [1]
    assert "what came meanwhile cannot be told: ValueError" in caplog.text
    assert cast.DEFENDANT_NUMBER not in caplog.text


def test_an_endpoint_whose_secret_cannot_be_opened_stops_no_other(db, caplog):
    with receiver() as first, receiver() as second:
        finance, telecom = cast.department("finance"), cast.department("telecom")
        for department, inbox in ((finance, first), (telecom, second)):
            cast.measure(department)
            endpoint, _secret = cast.add_endpoint(department, inbox.url)
            if department is finance:
                endpoint.secrets.update(secret_sealed=b"x" * 60)
        cast.in_force()
        telling.walk(now=cast.NOW)
        slot.run()
        (without,), (sound,) = first.requests, second.requests
    assert "v1," in sound.headers["webhook-signature"]
    assert "v1," not in without.headers["webhook-signature"]
    assert "v1a," in without.headers["webhook-signature"]
    assert "cannot be opened: SealBroken" in caplog.text


# Questions and objections


NOW, DAY = cast.NOW, timedelta(days=1)


def test_a_question_whose_answer_nobody_can_read_keeps_no_other_from_its_end(settings, caplog):
    settings.SHARING_HELD_SHARE = 1.0
    first, second = (asking.answered(asking.question()) for _each in range(2))
    calling.call_in(now=NOW)
    calling.tell(now=NOW)
    ConsentCall.objects.filter(pk=first.pk).update(due_on=NOW.date() - DAY)
    by_hand("UPDATE employers_screening SET answer_sealed = %s WHERE id = %s", b"x" * 80, first.pk)
    assert calling.overdue(now=NOW + 8 * DAY) == 1
    assert ConsentVerdict.objects.get().screening_id == second.pk
    assert f"{first.pk} is left as it is: SealBroken" in caplog.text


def test_a_listing_that_cannot_be_flagged_keeps_no_other_from_its_flag(monkeypatch, caplog):
    first = objecting.admitted(cast.in_force())
    second = objecting.admitted(
        cast.in_force(cast.party(cast.person(cast.APPLICANT_NUMBER, "欧阳㛃")), number=cast.APPLICANT_NUMBER),
        by=objecting.identity(cast.APPLICANT_NUMBER, "欧阳㛃"),
    )
    by_hand("UPDATE registry_listing SET flags = '{}'")
    flagged: list[str] = []

    def broken_for_one(number: str, *, now: datetime) -> None:
        if number == first.pk:
            raise SealBroken("nobody can read it")
        flagged.append(number)

    monkeypatch.setattr(minding.stepping, "flag_again", broken_for_one)
    assert minding.keep_flags(now=NOW) == 1
    assert flagged == [second.pk]
    assert f"{first.pk} is left as it is: SealBroken" in caplog.text


def test_while_the_log_stands_still_whoever_waits_for_a_message_gets_it(monkeypatch):
    told: list[str] = []

    def halted(**_named: object) -> int:
        raise LogHalted

    monkeypatch.setattr(minding, "keep_flags", halted)
    monkeypatch.setattr(minding, "escalate", lambda **_named: told.append("the registry"))
    monkeypatch.setattr(minding.mailing, "tell", lambda **_named: told.append("whoever raised it"))
    with pytest.raises(LogHalted):
        minding.mind(now=NOW)
    assert told == ["the registry", "whoever raised it"]


@pytest.mark.parametrize(
    ("task", "fails", "tells"),
    [
        (employer_tasks.call_in, "employers.calling.overdue", ("employers.calling", "employers.answers_told")),
        (employer_tasks.registrations, "employers.corresponding.forget", ("employers.corresponding",)),
        (employer_tasks.tidy_campaigns, "employers.campaigns.ending.tidy", ("employers.campaigns.allowances",)),
        (person_tasks.question_mails, "persons.mails.walking.walk", ("persons.mails.writing", "persons.mails.parting")),
    ],
    ids=["forms and answers", "registrations", "campaigns", "questions asked"],
)
def test_what_cannot_be_decided_keeps_nobody_from_being_told(monkeypatch, task, fails, tells):
    told: list[str] = []

    def broken(**_named: object) -> int:
        raise ValueError("what nobody foresaw")

    monkeypatch.setattr(f"sharing.{fails}", broken)
    for each in tells:
        monkeypatch.setattr(f"sharing.{each}.tell", lambda each=each, **_named: told.append(each))
    with pytest.raises(ValueError, match="what nobody foresaw"):
        task()
    assert told == list(tells)


def two_withdrawn():
    listings = [cast.in_force(), cast.second_in_force()]
    for each in listings:
        cast.withdrawn(each)
    walk()
    return listings


def refusing(act, listing):
    """The act, with which something is wrong for one listing."""

    def acts(ids, **facts):
        if listing.pk in ids:
            raise SealBroken("broken")
        return act(ids, **facts)

    return acts


def test_one_listing_that_cannot_be_purged_keeps_none_of_the_others(monkeypatch, caplog):
    broken, other = two_withdrawn()
    monkeypatch.setattr("registry.actions.purge", refusing(actions.purge, broken))
    assert purging.purge(now=over()) == 1
    assert (purged(broken), purged(other)) == (False, True)
    assert broken.number in caplog.text
    assert PurgeReport.objects.get().listings == 1
    assert purging.purge(now=over()) == 0


def test_one_listing_that_cannot_be_sealed_keeps_none_of_the_others_and_stays_ordered(monkeypatch, caplog):
    broken, other = cast.in_force(), cast.second_in_force()
    order, whole = sealing.ordered(), sealing_orders.seal

    def seals(listings, *about, **said):
        if broken.pk in [row.pk for row in listings]:
            raise SealBroken("broken")
        whole(listings, *about, **said)

    with monkeypatch.context() as while_broken:
        while_broken.setattr(sealing_orders, "seal", seals)
        assert actions.seal_by_orders(now=cast.NOW) == 1
    assert [sealing.whole(row).sealed_at for row in (broken, other)] == [None, cast.NOW]
    assert broken.number in caplog.text
    order.refresh_from_db()
    assert order.finished_at is None
    assert actions.seal_by_orders(now=cast.NOW) == 1
    order.refresh_from_db()
    assert order.finished_at == cast.NOW


def test_an_order_that_cannot_be_carried_out_keeps_no_other_from_it(monkeypatch):
    listings = cast.in_force(), cast.second_in_force()
    first, _second = (sealing.ordered(SealingRule(numbers=(row.number,))) for row in listings)
    whole = sealing_orders.seal

    def seals(found, *about, order, **said):
        if order.pk == first.pk:
            raise SealBroken("broken")
        whole(found, *about, order=order, **said)

    monkeypatch.setattr(sealing_orders, "seal", seals)
    assert actions.seal_by_orders(now=cast.NOW) == 1
    assert [sealing.whole(row).sealed_at for row in listings] == [None, cast.NOW]


def test_records_that_cannot_be_destroyed_keep_no_others_past_their_years(monkeypatch, caplog):
    record_reading([cast.in_force()], officer=cast.clerk(), page="listing", now=cast.NOW)
    destroys = ageing.destroy

    def destroy(aged, *, before):
        if aged.table == "registry_refusedact":
            raise SealBroken("broken")
        return destroys(aged, before=before)

    monkeypatch.setattr(ageing, "destroy", destroy)
    monkeypatch.setattr(purging, "forget_unnamed", lambda now: 1 // 0)
    assert purging.forget_records(now=cast.NOW + timedelta(days=365 * 10)) > 0
    assert not AccessRecord.objects.exists()
    assert "registry_refusedact" in caplog.text
    assert "persons_objection" in caplog.text


def never_served(number, name):
    """Approved, and its notice is not served."""
    listing = cast.draft(cast.party(cast.person(number, name)))
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing), number)
    return cast.fresh(listing)


def test_one_that_never_took_effect_and_cannot_be_destroyed_keeps_none_of_the_others(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    broken, _other = never_served(cast.DEFENDANT_NUMBER, "高䶮"), never_served(cast.SECOND_NUMBER, "欧阳㛃")
    forget = lapsing.forget_party

    def forgets(listing):
        if listing.pk == broken.pk:
            raise SealBroken("broken")
        forget(listing)

    monkeypatch.setattr(lapsing, "forget_party", forgets)
    assert never_in_force.end(now=cast.NOW + timedelta(days=365 * 20)) == 1
    assert list(Listing.objects.values_list("pk", flat=True)) == [broken.pk]
    assert PurgeReport.objects.get().listings == 1


def test_one_passkey_that_cannot_be_judged_keeps_no_other_from_its_end(monkeypatch, settings):
    settings.REGISTRY_ADDRESS = HERE
    cast.in_force()
    for each in range(2):
        made(now=cast.NOW + timedelta(seconds=each))
    ends_at = Passkey.objects.latest("ends_at").ends_at
    first, goes_on = iter([True]), ending.lasting.goes_on
    monkeypatch.setattr(ending.lasting, "goes_on", lambda subject: 1 // 0 if next(first, None) else goes_on(subject))
    assert ending.end(now=ends_at) == 2
