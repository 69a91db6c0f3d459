"""The case register knows of an appeal before the desk does: then nothing is confirmed, nothing goes out, and what is out is looked at."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions, changed_earlier, waiting
from registry.errors import LaterCaseNotLookedAt, LaterCaseOvertakes
from registry.models import Case, Event, Listing, Role, State
from sharing.audit.checks import of_the_book
from tests import cast, desk
from tests.docket import APPEAL, COMMUTED, EVERY_COURT, FIRST, RETRIAL, feed, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

FILED = date(2026, 9, 12)
TITLE = "In force, and a later case changed it"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def appealed(number=APPEAL, **told):
    feed(row(number, **{"filed_on": FILED, "continues": FIRST, **told}), feeder=EVERY_COURT)
    return Case.objects.get(number=number)


def approved_unconfirmed() -> Listing:
    listing = cast.draft()
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(cast.fresh(listing))
    return cast.fresh(listing)


def test_while_an_appeal_is_open_nobody_confirms_that_there_is_none():
    listing = approved_unconfirmed()
    appealed()
    with pytest.raises(LaterCaseOvertakes) as refused:
        actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=cast.NOW)
    assert refused.value.code == "R-235"
    page = desk.at_the_desk(cast.clerk(), "en").post(reverse("admin:no_appeal", args=[listing.party.decision_id]))
    assert "R-235" in page.text
    assert APPEAL in page.text
    assert cast.fresh(listing).no_appeal_confirmed_at is None


def test_what_was_confirmed_before_the_register_heard_of_it_does_not_go_out():
    listing = cast.submitted()
    appealed()
    cast.approve(listing)
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    assert actions.take_effect(now=cast.NOW + timedelta(days=30)) == 0
    assert not Event.objects.exists()
    (why,) = waiting.waits_for(cast.fresh(listing), cast.NOW.date())
    assert APPEAL in str(why)
    assert APPEAL in desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).text


def test_the_judge_reads_it_before_approving():
    listing = cast.submitted()
    appealed()
    page = desk.at_the_desk(cast.judge()).get(reverse("admin:review", args=[listing.party.decision_id]))
    assert APPEAL in page.text


@pytest.mark.parametrize("outcome", ["acquitted", "changed", "remanded", "upheld"])
def test_what_the_appeal_decided_takes_the_place_of_the_first_judgment(outcome):
    listing = cast.submitted()
    appealed(outcome=outcome, concluded_on=date(2026, 10, 20))
    cast.approve(listing)
    assert actions.take_effect(now=cast.NOW) == 0


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (APPEAL, {"outcome": "appeal_withdrawn", "concluded_on": date(2026, 10, 20)}),
        (RETRIAL, {}),
        (COMMUTED, {}),
        (COMMUTED, {"outcome": "commuted", "concluded_on": date(2026, 10, 20)}),
    ],
    ids=["appeal withdrawn", "open retrial", "open commutation", "commuted"],
)
def test_what_leaves_the_first_judgment_as_it_is_keeps_nothing(number, told):
    listing = cast.submitted()
    appealed(number, **told)
    cast.approve(listing)
    assert cast.fresh(listing).state == State.ACTIVE


def test_an_appeal_of_another_matter_keeps_nothing():
    listing = cast.submitted()
    appealed(continues="（2026）京0105刑初124号")
    cast.approve(listing)
    assert cast.fresh(listing).state == State.ACTIVE


def test_once_the_register_is_put_right_it_goes_out_by_the_clock():
    listing = cast.submitted()
    appealed()
    cast.approve(listing)
    appealed(outcome="appeal_withdrawn", concluded_on=date(2026, 10, 20))
    assert actions.take_effect(now=cast.NOW) == 1
    assert cast.fresh(listing).state == State.ACTIVE


# In force already


def asked(officer=None):
    found = changed_earlier.asking(Case.objects.all(), (officer or cast.clerk()).court)
    return set(found.values_list("number", flat=True))


def test_an_open_appeal_against_what_is_in_force_asks_for_a_look_at_once():
    listing = cast.in_force()
    case = appealed()
    assert asked() == {APPEAL}
    assert asked(cast.stranger()) == set()
    page = desk.at_the_desk(cast.clerk(), "en").get(reverse("admin:index")).text
    assert TITLE in page
    assert "An appeal or protest is open, filed on 12 September 2026." in page
    matter = desk.at_the_desk(cast.clerk(), "en").get(reverse("admin:case", args=[case.pk])).text
    assert "asks for a look at what is in force" in matter
    assert [row.changed_on for row in changed_earlier.unlooked(Case.objects.all())] == [FILED]
    assert list(of_the_book._changed_earlier(cast.NOW)) == [listing]


def test_it_is_looked_at_and_asks_anew_by_its_outcome(monkeypatch):
    cast.in_force()
    case = appealed()
    actions.look_at_earlier(case.pk, words="filed after the period, refused", officer=cast.clerk(), now=cast.NOW)
    assert asked() == set()
    assert not changed_earlier.unlooked(Case.objects.all()).exists()
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(hours=1))
    appealed(outcome="acquitted", concluded_on=date(2026, 11, 20))
    assert asked() == {APPEAL}


def test_an_appeal_against_a_retrial_asks_nothing_of_the_first_judgment():
    cast.in_force()
    appealed(RETRIAL)
    appealed("（2026）京刑终9号", continues=RETRIAL, filed_on=date(2026, 10, 1))
    assert asked() == set()


def suspended():
    listing = cast.in_force()
    actions.suspend([listing.pk], officer=cast.clerk(), now=cast.NOW, reason="retrial")
    return cast.fresh(listing)


def propose_to_reinstate(listing):
    return actions.propose(
        listing.pk, "reinstate", against_version=listing.version, officer=cast.clerk(), now=cast.NOW, reason="upheld"
    )


@pytest.mark.parametrize(
    ("number", "told"),
    [(APPEAL, {}), (RETRIAL, {"outcome": "acquitted", "concluded_on": date(2026, 11, 20)})],
    ids=["an appeal is open", "acquitted on retrial"],
)
def test_what_a_later_case_bears_on_is_not_shared_again_before_somebody_looked(number, told):
    listing = suspended()
    proposal = propose_to_reinstate(listing)
    case = appealed(number, **told)
    with pytest.raises(LaterCaseNotLookedAt) as refused:
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert number in str(refused.value)
    assert cast.fresh(listing).state == State.SUSPENDED
    actions.look_at_earlier(case.pk, words="of another defendant", officer=cast.clerk(), now=cast.NOW)
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert cast.fresh(listing).state == State.ACTIVE


def test_nor_is_it_proposed():
    listing = suspended()
    appealed(RETRIAL, outcome="acquitted", concluded_on=date(2026, 11, 20))
    with pytest.raises(LaterCaseNotLookedAt):
        propose_to_reinstate(listing)


def test_an_open_retrial_leaves_it_to_the_two_officers():
    listing = suspended()
    appealed(RETRIAL)
    actions.carry_out(propose_to_reinstate(listing).pk, officer=cast.judge(), now=cast.NOW)
    assert cast.fresh(listing).state == State.ACTIVE


def test_once_its_ruling_is_in_force_it_is_open_no_more_though_nobody_told_of_its_end():
    cast.in_force()
    appealed()
    asking = changed_earlier.asking(Case.objects.all(), cast.clerk().court)
    assert [each.number for each in asking] == [APPEAL]
    above, judge = cast.officer("C-YU", Role.CLERK, court="京03"), cast.officer("J-MA", Role.JUDGE, court="京03")
    ruling = cast.judgment(
        number=APPEAL,
        instance="second",
        instrument="ruling",
        filed_on=None,
        pronounced_on=date(2026, 10, 20),
        prosecutor_received_on=None,
    )
    decision = actions.enter_decision(ruling, officer=above, now=cast.NOW)
    listing = actions.add_party(decision.pk, cast.party(received_on=None), officer=above, now=cast.NOW)
    actions.submit([listing.pk], officer=above, now=cast.NOW)
    cast.approve(cast.fresh(listing), by=judge)
    assert Case.objects.get(number=APPEAL).outcome == "upheld"
    assert not asking.all().exists()
