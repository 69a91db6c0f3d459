"""Several parties of one judgment: its day of effect counts for all of them, and what is in force keeps the days that were told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from registry import actions, log
from registry.actions import entering, handing_over
from registry.errors import LookedTooEarly, NothingToChange, WithoutEffect
from registry.models import Event, EventType, Listing, State
from sharing.persons.record import spoken
from tests import cast, desk, importing, noticing
from tests.threads import first_paused, in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

EARLY = datetime(2026, 9, 8, 2, 0, tzinfo=UTC)  # within the period of whoever received it on the second
LATER = cast.NOW + timedelta(days=1)
TOLD = date(2026, 9, 15)
RECEIVED_LATE = date(2026, 11, 10)
MOVED = date(2026, 11, 21)
APPEALED = date(2026, 11, 12)
RULING = "（2026）京0105刑初123号之一"


def other_entered(now=cast.NOW, **changes):
    """A co-defendant, entered once the first one's listing is there; he has not received the judgment."""
    entry = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), received_on=None)
    return cast.draft(replace(entry, **changes), now=now)


def amended(listing, now=cast.NOW, **changes):
    entry = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), received_on=None)
    listing = cast.fresh(listing)
    actions.amend_party(listing.pk, replace(entry, **changes), revision=listing.revision, officer=cast.clerk(), now=now)
    return cast.fresh(listing)


def propose(listing, act="correct", now=cast.NOW, **changes):
    listing = cast.fresh(listing)
    return actions.propose(
        listing.pk, act, against_version=listing.version, officer=cast.clerk(), now=now, reason="typing error",
        ground=RULING, changes=changes,
    )  # fmt: skip


def carried_out(proposal, listing, now=cast.NOW):
    actions.carry_out(proposal.pk, officer=cast.judge(), now=now)
    return cast.fresh(listing)


def days(listing):
    listing = cast.fresh(listing)
    spans = [(row.runs_from, row.ends_on) for row in listing.party.prohibitions.all()]
    return listing.effective_on, listing.ends_on, listing.review_on, spans


def since(listing):
    return cast.fresh(listing).days_differ_since


def last_told(listing):
    return log.read(Event.objects.filter(listing=listing).latest("position"))["listing"]


# What is in force keeps its days


@pytest.mark.parametrize(
    "found",
    [{}, {"received_on": RECEIVED_LATE}, {"received_on": RECEIVED_LATE, "appealed_on": APPEALED}],
    ids=["not served", "served later", "appealing"],
)
@pytest.mark.parametrize(
    ("act", "change"),
    [
        ("correct", {"name": "高䶮䶮"}),
        ("correct", {"fine_yuan": 15_000}),
        ("correct", {"facts": []}),
        ("revise", {"document": {"type": "passport_cn", "number": "EA1234567"}}),
    ],
    ids=["spelling", "fine", "facts", "document"],
)
def test_a_correction_of_something_else_leaves_the_days_that_were_told(act, change, found):
    listing = cast.in_force()
    before = days(listing)
    other_entered(**found)
    carried_out(propose(listing, act, **change), listing)
    assert days(listing) == before
    assert last_told(listing)["ends_on"] == before[1].isoformat()
    assert last_told(listing)["decision"]["effective_on"] == TOLD.isoformat()


def test_it_ends_on_the_day_that_was_told():
    listing = cast.in_force()
    other_entered()
    corrected = cast.corrected(listing, name="高䶮䶮")
    assert actions.expire(now=datetime(corrected.ends_on.year, 12, 31, tzinfo=UTC) + timedelta(days=1)) == 1
    assert cast.fresh(listing).state == State.WITHDRAWN


def test_a_release_is_reported_while_a_co_defendant_is_not_served_and_the_end_is_counted_from_the_day_that_was_told():
    listing = cast.in_force()
    other_entered()
    carried_out(propose(listing, "revise", released_on="2026-10-20"), listing)
    assert days(listing)[:2] == (TOLD, date(2029, 10, 20))
    assert since(listing) is not None, "the day of effect is in doubt as before"


def test_a_correction_of_one_party_leaves_the_days_of_the_others_of_the_same_person():
    listing = cast.in_force()
    elsewhere = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    second = cast.put_in_force(cast.draft(decision=elsewhere))
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), received_on=None), decision=elsewhere)
    before = days(second)
    cast.corrected(listing, name="高䶮䶮")
    assert days(second) == before
    assert last_told(second)["person"]["name"] == "高䶮䶮"


def test_the_database_keeps_nothing_in_force_without_its_days():
    listing = cast.in_force()
    lifelong = cast.ProhibitionEntry(scope="终身不得从事网络安全管理的工作", basis="CSL 63", months=None)
    for_life = cast.in_force(
        cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), prohibitions=(lifelong,)), cast.SECOND_NUMBER
    )
    assert (for_life.state, for_life.ends_on) == (State.ACTIVE, None)
    for emptied in ({"effective_on": None}, {"ends_on": None}):
        with pytest.raises(IntegrityError, match="listing_in_force_has_its_days"), transaction.atomic():
            Listing.objects.filter(pk=listing.pk).update(version=2, **emptied)
    with pytest.raises(IntegrityError, match="listing_in_force_has_its_days"), transaction.atomic():
        Listing.objects.filter(pk=for_life.pk).update(version=2, review_on=None)


def test_a_purged_co_defendant_leaves_the_days_of_the_others_as_they_were_told():
    gone = cast.in_force()
    listing = cast.in_force(
        cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), received_on=date(2026, 9, 1)), cast.SECOND_NUMBER
    )
    cast.withdrawn(gone)
    actions.purge([gone.pk], now=cast.NOW)
    before = days(listing)
    carried_out(propose(listing, received_on="2026-09-02"), listing)
    assert days(listing) == before, "when the other received it is not known any more, and may have been the last"
    carried_out(propose(listing, received_on="2026-09-09"), listing)
    assert days(listing)[0] == date(2026, 9, 21), "the last day is a Saturday, and the Sunday after it is worked"


def test_the_person_reads_the_day_that_was_told():
    listing = cast.in_force()
    other_entered(received_on=RECEIVED_LATE)
    with translation.override("en"):
        said = " ".join(spoken.reasons(cast.fresh(listing)))
    assert "effective on 15 September 2026, the day that was told" in said
    assert "21 November 2026" not in said


def test_the_notice_says_until_when_he_is_listed_as_it_was_told():
    listing = cast.in_force()
    other_entered(received_on=RECEIVED_LATE)
    words = noticing.text(noticing.made(cast.fresh(listing)).pdf)
    assert "2031年9月14日" in words
    assert "2031年11月20日" not in words


# Since when the days differ


@pytest.mark.parametrize(
    ("found", "differs"),
    [({}, True), ({"received_on": RECEIVED_LATE}, True), ({"received_on": date(2026, 9, 2)}, False)],
)
def test_it_is_noted_since_when_the_days_would_be_computed_otherwise(found, differs):
    listing = cast.in_force()
    other_entered(now=LATER, **found)
    assert since(listing) == (LATER if differs else None)
    assert (cast.fresh(listing).version, Event.objects.count()) == (1, 1), "nobody outside is told"


def test_the_first_moment_stays_and_what_agrees_again_is_in_doubt_no_more():
    listing = cast.in_force()
    other = other_entered()
    amended(other, now=LATER, received_on=RECEIVED_LATE)
    assert since(listing) == cast.NOW
    amended(other, now=LATER, received_on=date(2026, 9, 2))
    assert since(listing) is None


def test_a_draft_that_is_discarded_holds_nobody():
    listing = cast.in_force()
    other = other_entered()
    actions.discard([other.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")
    assert since(listing) is None


def test_a_co_defendant_who_appeals_puts_the_days_of_the_others_in_doubt():
    listing = cast.in_force()
    other = other_entered(received_on=date(2026, 9, 2))
    actions.submit([other.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(other), cast.SECOND_NUMBER)
    assert (cast.fresh(other).state, since(listing)) == (State.AWAITING_EFFECT, None)
    actions.hold(
        other.pk, appealed_on=date(2026, 9, 10), officer=cast.clerk(), now=LATER, reason="the appeal came by post"
    )
    assert since(listing) == LATER
    assert days(listing)[0] == TOLD


def test_a_party_that_an_import_adds_puts_the_days_of_the_others_in_doubt():
    importing.written([importing.row(0, effect_certified_on="")])
    listing = Listing.objects.get()
    confirm(listing)
    assert (cast.fresh(listing).state, days(listing)[0]) == (State.ACTIVE, date(2023, 9, 15))
    importing.written(
        [importing.row(1, number=importing.row(0)["number"], effect_certified_on="", received_on="2023-10-09")]
    )
    assert (days(listing)[0], since(listing) is None) == (date(2023, 9, 15), False)
    assert days(Listing.objects.exclude(pk=listing.pk).get())[0] == date(2023, 10, 20)


# Computed anew


def test_the_days_are_computed_anew_by_a_correction_without_a_changed_field():
    listing = cast.in_force()
    other_entered(received_on=RECEIVED_LATE)
    carried_out(propose(listing), listing)
    assert days(listing)[:2] == (MOVED, date(2031, 11, 20))
    assert since(listing) is None
    event = Event.objects.latest("position")
    assert (event.type, event.listing) == (EventType.CORRECTED, listing)
    assert log.read(event)["listing"]["decision"]["effective_on"] == MOVED.isoformat()


def test_without_a_doubt_a_correction_changes_something():
    listing = cast.in_force()
    with pytest.raises(NothingToChange):
        propose(listing)
    other_entered()
    with pytest.raises(NothingToChange):
        propose(listing, "revise")


@pytest.mark.parametrize("changes", [{}, {"received_on": "2026-09-03"}], ids=["anew", "receipt"])
@pytest.mark.parametrize("found", [{}, {"received_on": RECEIVED_LATE, "appealed_on": APPEALED}])
def test_a_correction_that_leaves_no_day_of_effect_is_refused_when_it_is_proposed(changes, found):
    listing = cast.in_force()
    before = days(listing)
    other_entered(**found)
    with pytest.raises(WithoutEffect) as refused:
        propose(listing, **changes)
    assert refused.value.code == "R-310"
    assert refused.value.field == next(iter(changes), "")
    with translation.override("en"):
        assert ("received on" if changes else "day of effect") in str(refused.value)
        assert "withdraw the listing" in str(refused.value)
    assert days(listing) == before


def test_and_when_it_is_carried_out_where_the_co_defendant_came_between():
    listing = cast.in_force()
    proposal = propose(listing, received_on="2026-09-03")
    other_entered()
    with pytest.raises(WithoutEffect):
        carried_out(proposal, listing)
    assert days(listing)[0] == TOLD
    assert cast.fresh(listing).party.received_on == date(2026, 9, 2)


# At the desk


def in_doubt(**found):
    listing = cast.in_force()
    other_entered(**found)
    return cast.fresh(listing)


@pytest.mark.parametrize("officer", [cast.clerk, cast.judge, cast.registrar])
def test_my_work_begins_with_those_whose_days_are_in_doubt(officer):
    listing = in_doubt(received_on=RECEIVED_LATE)
    page = desk.at_the_desk(officer()).get(reverse("admin:index")).text
    first = page.split('<section class="group">')[1]
    assert "In force, and its days are in doubt" in first
    assert listing.number in first
    assert "21 November 2026" in first
    assert "15 September 2026" in first


def test_my_work_says_that_a_day_is_missing_and_that_somebody_has_proposed_something():
    listing = in_doubt()
    page = desk.at_the_desk(cast.clerk())
    assert "no day of effect" in page.get(reverse("admin:index")).text
    propose(listing, name="高䶮䶮")
    assert "A proposal waits for the second officer" in page.get(reverse("admin:index")).text


def test_my_work_of_another_court_and_of_one_without_a_doubt_does_not_name_it():
    cast.in_force()
    assert "in doubt" not in desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).text
    other_entered()
    assert "in doubt" not in desk.at_the_desk(cast.stranger()).get(reverse("admin:index")).text


@pytest.mark.parametrize("officer", [cast.clerk, cast.judge, cast.registrar])
def test_my_work_with_them_asks_twenty_questions_at_most(officer):
    in_doubt()
    browser = desk.at_the_desk(officer())
    with CaptureQueriesContext(connection) as asked:
        assert "in doubt" in browser.get(reverse("admin:index")).text
    assert len(asked) <= 20


def test_the_listings_page_says_both_days_and_what_may_be_done():
    listing = in_doubt(received_on=RECEIVED_LATE)
    page = desk.at_the_desk(cast.clerk()).get(reverse("admin:listing", args=[listing.number])).text
    inset = page.split('<div class="inset')[1]
    assert "Its days have been in doubt since" in inset
    assert "21 November 2026" in inset
    assert "leave every field as it is" in inset


def test_the_judge_is_shown_the_days_before_and_after():
    listing = in_doubt(received_on=RECEIVED_LATE)
    browser = desk.at_the_desk(cast.clerk())
    where = reverse("admin:propose", args=[listing.number, "correct"])
    sheet = browser.get(where)
    assert "leave every field as it is" in sheet.text
    form = sheet.context["sheet"].form
    shown = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in shown.items() if value is not None}
    answer = desk.checked(
        browser, where, {**typed, "reason": "a co-defendant was served later", "ground": RULING, "version": 1}
    )
    assert answer.status_code == 302
    proposal = listing.proposals.get()
    page = desk.at_the_desk(cast.judge()).get(reverse("admin:proposal", args=[proposal.pk])).text
    changes = page.split('class="desk-table stacked changes"')[1]
    for words in ("Effective on", "15 September 2026", "21 November 2026", "Listed until", "20 November 2031"):
        assert words in changes


# A receipt that is corrected


def two_in_force():
    first = cast.in_force()
    return first, cast.second_in_force()


def test_a_corrected_receipt_moves_the_party_and_puts_the_others_in_force_in_doubt():
    first, second = two_in_force()
    carried_out(propose(first, received_on=RECEIVED_LATE.isoformat(), now=LATER), first, now=LATER)
    assert (days(first)[0], since(first)) == (MOVED, None)
    assert (days(second)[0], since(second)) == (TOLD, LATER)
    assert cast.fresh(second).version == 1, "nobody was told anything of the second"
    carried_out(propose(second), second)
    assert (days(second)[0], since(second)) == (MOVED, None)


def test_a_corrected_receipt_that_was_not_the_last_puts_nobody_in_doubt():
    first, second = two_in_force()
    carried_out(propose(first, received_on="2026-09-01"), first)
    assert (days(first)[0], since(second)) == (TOLD, None)


def test_a_corrected_receipt_computes_anew_at_once_who_is_approved_and_waits():
    first = cast.in_force()
    second = other_entered(received_on=date(2026, 9, 2))
    actions.submit([second.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(second), cast.SECOND_NUMBER)
    carried_out(propose(first, received_on=RECEIVED_LATE.isoformat()), first)
    assert cast.fresh(second).state == State.AWAITING_EFFECT
    assert days(second)[0] == MOVED


def test_a_corrected_receipt_of_a_penalty_moves_nobody_else():
    entry = cast.judgment(
        kind="penalty", authority="CAC-BJ", number="京网信罚〔2026〕3号", filed_on=None, prosecutor_received_on=None
    )
    decision = cast.entered_decision(entry)
    fined = {"penalty_kind": "administrative", "sentence_months": 0, "article": "PIPL 66(2)", "charge": "",
             "penalty_measures": ("fine",), "prohibitions": ()}  # fmt: skip
    first = cast.put_in_force(cast.draft(cast.party(**fined), decision=decision))
    person = cast.person(cast.SECOND_NUMBER, "欧阳㛃")
    second = cast.put_in_force(cast.draft(cast.party(person, **fined), decision=decision), cast.SECOND_NUMBER)
    carried_out(propose(first, received_on="2026-09-05"), first)
    assert days(first)[0] == date(2026, 9, 5)
    assert (days(second)[0], since(second)) == (date(2026, 9, 2), None)


def test_a_certificate_of_effect_reaches_those_in_force_and_those_who_wait():
    first, second = two_in_force()
    third = other_entered(
        person=cast.person(cast.APPLICANT_NUMBER, "温如玉"), received_on=date(2026, 9, 2)
    )  # fmt: skip
    carried_out(propose(first, effect_certified_on="2026-10-08"), first)
    assert {days(each)[0] for each in (first, second, third)} == {date(2026, 10, 8)}
    assert {since(each) for each in (first, second)} == {None}


# One who waits for the receipt of another


def test_who_waits_for_a_co_defendants_receipt_is_computed_anew_once_it_is_entered_and_told_when_the_day_comes():
    waiting = cast.submitted(now=EARLY)
    other = other_entered(now=EARLY)
    cast.approve(cast.fresh(waiting), now=EARLY)
    assert (cast.fresh(waiting).state, days(waiting)[0]) == (State.AWAITING_EFFECT, None)
    amended(other, now=EARLY, received_on=date(2026, 9, 8))
    assert days(waiting)[0] == date(2026, 9, 19)
    friday, saturday = (datetime(2026, 9, day, 2, 0, tzinfo=UTC) for day in (18, 19))
    assert actions.take_effect(now=friday) == 0
    with pytest.raises(LookedTooEarly):
        confirm(waiting, now=friday)
    assert actions.take_effect(now=saturday) == 0
    confirm(waiting, now=saturday)
    assert (cast.fresh(waiting).state, days(waiting)[0]) == (State.ACTIVE, date(2026, 9, 19))


def test_who_waits_for_a_draft_that_is_discarded_waits_no_more():
    waiting = cast.submitted(now=EARLY)
    other = other_entered(now=EARLY)
    cast.approve(cast.fresh(waiting), now=EARLY)
    actions.discard([other.pk], officer=cast.clerk(), now=EARLY, reason="entered twice")
    assert days(waiting)[0] == TOLD


@pytest.mark.django_db(transaction=True)
def test_of_two_drafts_amended_at_once_each_is_computed_with_what_the_other_has():
    first, second = cast.draft(cast.party(received_on=None)), other_entered()

    def amend(listing, person):
        entry = cast.party(person, received_on=RECEIVED_LATE)
        actions.amend_party(listing.pk, entry, revision=1, officer=cast.clerk(), now=cast.NOW)

    in_threads(lambda: amend(first, cast.person()), lambda: amend(second, cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    assert {days(each)[0] for each in (first, second)} == {MOVED}


def protest(listing):
    actions.hold(
        listing.pk, appealed_on=date(2026, 9, 10), is_protest=True, officer=cast.clerk(), now=cast.NOW,
        reason="the prosecutor protests",
    )  # fmt: skip
    assert cast.fresh(listing).party.decision.protested_on == date(2026, 9, 10)


def lapse(listing):
    assert actions.lapse(now=cast.NOW + timedelta(days=5_000)) == 1


def pass_on(listing):
    with transaction.atomic():
        assert handing_over.pass_on(cast.clerk(), None, officer=cast.security_administrator(), now=cast.NOW) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("meanwhile", [protest, lapse, pass_on])
def test_who_is_entered_meanwhile_waits_for_nobody_who_waits_for_him(monkeypatch, settings, meanwhile):
    """All take the decision first, and then its listings."""
    settings.REGISTRY_NOTICE_WAIVER = ""
    first, other = cast.draft(), cast.officer("C-XU", "clerk")
    cast.put_in_force(first)
    entry = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"), received_on=None)
    enter = partial(actions.add_party, first.party.decision_id, entry, officer=other, now=cast.NOW)
    first_paused(monkeypatch, entering, "_own_decision", enter, partial(meanwhile, cast.fresh(first)))
    assert Listing.objects.exclude(pk=first.pk).get().state == State.DRAFT


# That no appeal was filed is confirmed of one period


def confirm(listing, now=cast.NOW):
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=now)


def is_confirmed(listing):
    return cast.fresh(listing).no_appeal_confirmed_at is not None


def test_a_confirmation_counts_no_more_once_the_served_day_is_corrected():
    entry = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))
    listing = cast.draft(entry)
    confirm(listing)
    amended(listing, received_on=date(2026, 9, 2), fine_yuan=9_000)
    assert is_confirmed(listing), "the period is the same"
    amended(listing, received_on=RECEIVED_LATE)
    assert not is_confirmed(listing)
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing), cast.SECOND_NUMBER)
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    confirm(listing)
    assert cast.fresh(listing).state == State.ACTIVE


def test_nor_once_the_prosecutors_day_or_another_partys_moves_the_period():
    decision = cast.entered_decision()
    listing = cast.draft(decision=decision)
    confirm(listing)
    actions.amend_decision(
        decision.pk, cast.judgment(prosecutor_received_on=date(2026, 9, 9)), revision=decision.revision,
        officer=cast.clerk(), now=cast.NOW,
    )  # fmt: skip
    assert not is_confirmed(listing)
    confirm(listing)
    other = other_entered(received_on=date(2026, 9, 2))
    assert is_confirmed(listing), "the prosecutor's period is still the last"
    amended(other, received_on=RECEIVED_LATE)
    assert not is_confirmed(listing)


def test_my_work_says_that_it_has_to_be_confirmed_again():
    first = cast.in_force()
    second = other_entered(received_on=date(2026, 9, 2))
    actions.submit([second.pk], officer=cast.clerk(), now=cast.NOW)
    confirm(second)
    carried_out(propose(first, received_on="2026-09-10"), first)
    cast.approve(cast.fresh(second), cast.SECOND_NUMBER)
    page = desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).text
    assert "The clerk has not confirmed that no appeal was filed." in page
    assert actions.take_effect(now=cast.NOW) == 0
    confirm(second)
    assert cast.fresh(second).state == State.ACTIVE
