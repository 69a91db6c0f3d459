"""Values laid out for one page of the desk are shown on it once, and nowhere where nobody laid them out."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Decision, Listing
from tests import cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

NUMBER = "（2026）京0105刑初5005号"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def lay_out(client, **pages):
    session = client.session
    session["prefill"] = pages
    session.save()


def test_it_works():
    clerk = desk.at_the_desk(cast.clerk())
    lay_out(clerk, new_decision={"values": {"number": NUMBER, "facts": ["telecom_fraud_related"]}})
    page = clerk.get(reverse("admin:new_decision"))
    form = page.context["sheet"].form
    assert (form["number"].value(), form["facts"].value()) == (NUMBER, ["telecom_fraud_related"])
    assert NUMBER not in clerk.get(reverse("admin:new_decision")).content.decode(), "it is shown once"


def test_rows_are_laid_out_with_their_sheet():
    clerk, listing = desk.at_the_desk(cast.clerk()), cast.draft()
    rows = {"data": [{"kind": "phone_number", "records": 61000}]}
    lay_out(clerk, circumstances={"values": {"channels": ["forum"]}, "rows": rows})
    page = clerk.get(reverse("admin:circumstances", args=[listing.party.decision_id]))
    assert "61000" in page.content.decode()


def test_what_is_laid_out_for_one_address_is_shown_at_no_other():
    clerk = desk.at_the_desk(cast.clerk())
    first, second = cast.in_force(), cast.second_in_force()
    where = [reverse("admin:propose", args=[each.number, "withdraw"]) for each in (first, second)]
    lay_out(clerk, **{where[1]: {"values": {"reason": "acquitted on retrial"}}})
    assert "acquitted on retrial" not in clerk.get(where[0]).content.decode()
    assert "acquitted on retrial" in clerk.get(where[1]).content.decode()


def test_what_was_typed_wins_over_what_was_laid_out():
    clerk = desk.at_the_desk(cast.clerk())
    lay_out(clerk, new_decision={"values": {"number": NUMBER}})
    clerk.post(reverse("admin:new_decision"), desk.decision())
    assert Decision.objects.get().number == "（2026）京0105刑初123号"
    assert clerk.session["prefill"], "only showing takes it out"


def test_the_judge_finds_the_number_typed_and_nobody_else_does():
    listing = cast.submitted()
    where = reverse("admin:review", args=[listing.party.decision_id])
    judge, other = desk.at_the_desk(cast.judge()), desk.at_the_desk(cast.second_judge())
    lay_out(judge, review={"values": {f"number-{listing.pk}": cast.DEFENDANT_NUMBER}})
    assert cast.DEFENDANT_NUMBER in judge.get(where).content.decode()
    assert cast.DEFENDANT_NUMBER not in other.get(where).content.decode()


def test_fields_and_rows_that_a_page_does_not_have_are_passed_over():
    clerk = desk.at_the_desk(cast.clerk())
    rows = {"data": [{"records": 1}] * 40, "wheels": [{"kind": "round"}]}
    lay_out(clerk, new_decision={"values": {"colour": "green"}, "rows": rows})
    assert clerk.get(reverse("admin:new_decision")).status_code == 200
    assert not Listing.objects.exists()
