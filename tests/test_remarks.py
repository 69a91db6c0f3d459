"""What is said of an entry while it is typed: right, wrong, known already, and what would follow; nothing is kept of it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from registry import actions, codes
from registry.models import Case, Decision, IdentityDocument, Listing, ListingYear, Person
from tests import cast, desk, sealing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

REMARK = re.compile(r'<p class="remark remark-(\w+)"\s+data-under="([^"]*)"[^>]*>(.*?)</p>', re.DOTALL)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def said(where: str, typed: desk.Typed, officer=None) -> dict[str, list[tuple[str, str]]]:
    """By field: kind and words of each remark."""
    answer = desk.at_the_desk(officer or cast.clerk()).post(where, typed)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    found: dict[str, list[tuple[str, str]]] = {}
    for kind, under, words in REMARK.findall(answer.content.decode()):
        found.setdefault(under, []).append((kind, re.sub(r"<[^>]*>", "", words).strip()))
    return found


def of_decision(**changes):
    return said(reverse("admin:remarks_on_decision"), desk.decision(**changes))


def of_party(decision: Decision | None = None, **changes):
    decision = decision or Decision.objects.first() or cast.entered_decision()
    return said(reverse("admin:remarks_on_party", args=[decision.pk]), desk.party(**changes))


def kinds(found, under: str) -> list[str]:
    return [kind for kind, _words in found.get(under, [])]


def words(found, under: str) -> str:
    return " ".join(text for _kind, text in found.get(under, []))


def test_a_case_number_says_its_court_its_year_and_its_instance():
    page = desk.at_the_desk(cast.clerk()).post(
        reverse("admin:remarks_on_decision"), desk.decision(number="(2026) 京0105刑初 123号")
    )
    text = unescape(page.content.decode())
    assert f"{codes.label('courts', '京0105')}; accepted in 2026." in text
    assert 'data-fills="id_instance" data-value="first"' in text
    assert not Decision.objects.exists()
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("（2026）京0108刑初123号", "R-202"),
        ("123", "R-201"),
        ("（2031）京0105刑初123号", "R-215"),
        ("（2014）朝刑初字第1号", "R-203"),
    ],
)
def test_a_number_that_cannot_be_is_said_at_once(number, code):
    found = of_decision(number=number, pronounced_on="")
    assert code in words(found, "id_number") + words(found, "id_court")


def test_the_case_register_fills_in_the_day_of_filing():
    cast.entered_decision()
    Decision.objects.all().delete()
    found = of_decision(filed_on="")
    assert "filed on 2 March 2026" in words(found, "id_filed_on")
    found = of_decision(number="（2026）京0105刑初124号", filed_on="")
    assert ("look", "The case register does not hold this case yet: give the day of filing.") in found["id_filed_on"]


def test_what_is_entered_already_is_said():
    cast.draft()
    assert "entered already, with 1 party." in words(of_decision(pronounced_on=""), "id_number")
    assert "R-212" in words(of_decision(), "id_number")


def test_nobody_is_told_off_for_what_he_has_not_typed_yet():
    found = of_decision(pronounced_on="", number="", filed_on="")
    assert "wrong" not in {kind for remarks in found.values() for kind, _words in remarks}
    found = of_party(**dict.fromkeys(("name", "charge", "article", "offence_dates", "penalty_kind"), ""))
    assert "wrong" not in {kind for remarks in found.values() for kind, _words in remarks}


def test_a_date_that_does_not_exist_is_said_beside_it():
    assert kinds(of_decision(pronounced_on="2026-02-30"), "id_pronounced_on") == ["wrong"]


def test_a_right_number_says_the_birth_date_and_a_wrong_one_why():
    found = of_party(name="")
    assert found["id_documents-0-number"] == [("good", "The check digit is right; born on 4 March 1988.")]
    wrong = cast.DEFENDANT_NUMBER[:-1] + ("0" if cast.DEFENDANT_NUMBER[-1] != "0" else "1")
    found = of_party(**{"documents-0-number": wrong})
    assert kinds(found, "id_documents-0-number") == ["wrong"]
    assert wrong not in words(found, "id_documents-0-number")


def test_what_would_follow_is_computed_and_explained_and_nothing_is_kept():
    decision = cast.entered_decision()
    answer = desk.at_the_desk(cast.clerk()).post(reverse("admin:remarks_on_party", args=[decision.pk]), desk.party())
    page = answer.content.decode()
    assert "The decision takes effect on 15 September 2026." in page
    assert "Listed until" in page
    assert "How effect and term were computed" in page
    for model in (Person, IdentityDocument, Listing, ListingYear):
        assert not model.objects.exists()


def test_contradictions_are_said_before_anything_is_sent():
    found = of_party(received_on="2026-08-01")
    assert "R-205" in words(found, "id_received_on")


def test_a_number_in_the_book_is_said_with_the_listings_of_the_court_and_leaves_a_look():
    listing = cast.in_force()
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    found = of_party(other)
    assert ("look", f"This number is in the book: {listing.number}.") in found["id_documents-0-number"]
    assert desk.looks(cast.clerk()).count((listing.number, "enter")) == 1
    of_party(other)
    assert desk.looks(cast.clerk()).count((listing.number, "enter")) == 1


def test_the_same_number_under_another_name_is_an_alarm():
    cast.in_force()
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    found = of_party(other, name="陆㛃", charge="")
    assert kinds(found, "id_documents-0-number") == ["good", "look", "wrong"]
    assert "高䶮" not in str(found)


def test_listings_of_another_court_are_not_named_but_the_look_is_on_record():
    listing = cast.in_force()
    stranger = cast.stranger()
    entry = cast.judgment(number="（2026）京0108刑初5号")
    decision = actions.enter_decision(entry, officer=stranger, now=cast.NOW)
    found = said(reverse("admin:remarks_on_party", args=[decision.pk]), desk.party(), stranger)
    assert listing.number not in str(found)
    assert desk.looks(stranger) == [(listing.number, "enter")]


def test_who_is_sealed_is_remarked_on_by_nobody():
    sealing.sealed(cast.in_force())
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    found = of_party(other, name="陆㛃", charge="")
    assert kinds(found, "id_documents-0-number") == ["good"]
    assert ("L-2026-000001", "enter") not in desk.looks(cast.clerk())


def test_who_is_sealed_is_not_counted_among_those_of_a_decision():
    sealed, _other = cast.in_force(), cast.second_in_force()
    sealing.sealed(sealed)
    assert "entered already, with 1 party." in words(of_decision(pronounced_on=""), "id_number")


def test_entering_without_the_remarks_leaves_the_same_look():
    listing = cast.in_force()
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    clerk = desk.at_the_desk(cast.clerk())
    page = clerk.post(reverse("admin:add_party", args=[other.pk]), desk.party(name="陆㛃"))
    assert page.status_code == 200
    assert (listing.number, "enter") in desk.looks(cast.clerk())


def test_a_juvenile_is_said_and_nothing_is_kept():
    found = of_party(number=cast.JUVENILE_NUMBER, name="张三")
    assert "R-209" in words(found, "")
    assert not Person.objects.exists()


def test_a_draft_is_looked_at_as_it_would_be_amended():
    listing = cast.draft()
    typed = desk.party(
        fine_yuan="30,000", received_on="2026-08-01",
        **{"documents-INITIAL_FORMS": "1", "prohibitions-INITIAL_FORMS": "1"},
    )  # fmt: skip
    found = said(reverse("admin:remarks_on_draft", args=[listing.number]), typed)
    assert "R-205" in words(found, "id_received_on")
    assert cast.fresh(listing).party.fine_yuan == 20_000


@pytest.mark.parametrize("prepared", ["decision", "party", "draft"])
def test_strangers_and_other_roles_get_no_remarks(prepared, client):
    listing = cast.draft()
    where = {
        "decision": reverse("admin:remarks_on_decision"),
        "party": reverse("admin:remarks_on_party", args=[listing.party.decision_id]),
        "draft": reverse("admin:remarks_on_draft", args=[listing.number]),
    }[prepared]
    assert client.post(where, desk.party()).status_code == 302
    for officer in (cast.judge(), cast.registrar(), cast.statistician()):
        assert desk.at_the_desk(officer).post(where, desk.party()).status_code == 403
    if prepared != "decision":
        assert desk.at_the_desk(cast.stranger()).post(where, desk.party()).status_code == 404
    assert desk.at_the_desk(cast.clerk()).get(where).status_code == 405
