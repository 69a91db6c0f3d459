"""Whose an objection is: he finds, reads, serves and ends it, and whoever is listed beside him nothing of it."""

from __future__ import annotations

import html
import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry import actions
from registry.actions.acting import lock
from registry.errors import AnotherPerson, ChangedMeanwhile, NoSuchObjection, ObjectionsTooMany, WhoseNeeded
from sharing.persons.identity import proving
from sharing.persons.models import Objection, Raiser
from sharing.persons.objections import deciding, finding, papers, raising
from sharing.persons.pages.visit import PROOF
from sharing.persons.record import holding, looked
from sharing.retention import due, purging
from tests import cast, consenting, desk, objecting

pytestmark = pytest.mark.django_db
NOW, STRANGER = cast.NOW, ("欧阳㛃", cast.SECOND_NUMBER)


@pytest.fixture
def listing(monkeypatch, settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return cast.in_force()


def stranger():
    return objecting.identity(cast.SECOND_NUMBER, "欧阳㛃")


def of_the_stranger(listing):
    """Somebody was told that he is listed, and is not the one: the High Court names the listing when it admits."""
    found = objecting.raised(by=stranger(), told=listing.number, words="我身份证丢过，报案号在附件")
    return deciding.admit(found.number, officer=cast.high_court_registrar(), now=NOW, listing=listing.number)


def phone(number=cast.DEFENDANT_NUMBER, name="高䶮"):
    browser = Browser(headers={"accept-language": "en"})
    session = browser.session
    session[PROOF] = str(proving.keep(consenting.proved(number, name), now=NOW))
    session.save()
    return browser


def text(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def printed(pdf):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_whoever_is_listed_finds_nothing_of_what_a_stranger_raised_about_it(listing):
    found = of_the_stranger(listing)
    deciding.decide(found.number, "reject", officer=cast.second_judge(), now=NOW, reason="已核对。")
    listed = phone()
    assert found.number not in text(listed.get("/objections/"))
    for path in ("", "read/", "letter.pdf", "take-back/", "ask/"):
        get = listed.post if path in ("read/", "take-back/") else listed.get
        assert "报案号" not in text(get(f"/objections/{found.number}/{path}"))
    found = objecting.fresh(found)
    assert (found.state, found.served_on) == ("rejected", None)
    with pytest.raises(NoSuchObjection):
        finding.of_person_numbered(found.number, objecting.identity().subject(NOW))


def test_the_stranger_opens_his_decision_himself(listing):
    found = of_the_stranger(listing)
    deciding.decide(found.number, "reject", officer=cast.second_judge(), now=NOW, reason="已核对。")
    his = phone(cast.SECOND_NUMBER, "欧阳㛃")
    assert found.number in text(his.get("/objections/"))
    his.post(f"/objections/{found.number}/read/")
    assert objecting.fresh(found).served_on == NOW.date()


def test_looks_at_what_he_said_are_shown_to_him_and_a_look_at_her_name_to_the_person_listed(listing):
    found = of_the_stranger(listing)
    qian = desk.at_the_desk(cast.second_judge())
    assert qian.get(reverse("sharing_desk:objection", args=[found.number])).status_code == 200
    deciding.decide(found.number, "reject", officer=cast.second_judge(), now=NOW, reason="已核对。")
    qian.post(reverse("sharing_desk:objection_letter", args=[found.number]))
    his, hers = stranger().subject(NOW), objecting.identity().subject(NOW)
    seen = looked.at(holding.of(his, now=NOW).numbers, his)
    assert {(each.listing_number, each.page) for each in seen} == {
        (found.number, "objection"),
        (found.number, "objection_letter"),
    }
    seen = looked.at(holding.of(hers, now=NOW).numbers, hers).filter(officer=cast.second_judge())
    assert {(each.listing_number, each.page) for each in seen} == {(listing.number, "objection")}


def test_at_the_counter_it_is_of_who_stands_there(listing):
    at_counter = objecting.brought(raised_by=Raiser.PERSON, authority="document", name="欧阳㛃", whose=stranger())
    found = raising.by_officer(objecting.said(listing, part="identity"), at_counter, officer=cast.clerk(), now=NOW)
    assert finding.of_person(stranger().subject(NOW)) == [found]
    assert finding.of_person(objecting.identity().subject(NOW)) == []
    assert not found.of_person_listed


def test_an_officer_must_say_who_is_not_the_one(listing):
    with pytest.raises(WhoseNeeded):
        raising.by_officer(objecting.said(listing, part="identity"), objecting.brought(), officer=cast.clerk(), now=NOW)


def test_whoever_bears_number_and_name_and_is_not_the_one_finds_it_by_the_listing_too(listing):
    found = raising.by_officer(
        objecting.said(listing, part="identity"),
        objecting.brought(whose=objecting.identity()),
        officer=cast.clerk(),
        now=NOW,
    )
    assert found.of_person_listed
    cast.corrected(listing, name="高龑")
    assert finding.of_person(objecting.identity(name="高龑").subject(NOW)) == [found]


def test_the_form_at_the_desk_takes_his_document_and_says_what_is_wrong_with_it(listing):
    lin = desk.at_the_desk(cast.clerk())
    typed = {
        "raised_by": "person",
        "authority": "document",
        "name": "欧阳㛃",
        "arrival": "counter",
        "received_on": "2026-11-24",
        "language": "zh-hans",
        "kind": "objection",
        "listing": listing.number,
        "part": "identity",
        "words": "我不是被登记的人。",
        "whose_name": "欧阳㛃",
        "document_type": "resident_id",
        "key": "key-1",
    }
    path = reverse("sharing_desk:enter_objection")
    wrong = cast.SECOND_NUMBER[:-1] + ("0" if cast.SECOND_NUMBER[-1] != "0" else "1")
    assert "R-798" in text(lin.post(path, {**typed, "document_number": ""}))
    assert "character was mistyped" in text(lin.post(path, {**typed, "document_number": wrong}))
    assert not Objection.objects.exists()
    lin.post(path, {**typed, "document_number": cast.SECOND_NUMBER})
    assert finding.of_person(stranger().subject(NOW)) == [Objection.objects.get()]


def test_objections_of_strangers_stand_in_nobodys_way(listing):
    for _ in range(3):
        of_the_stranger(listing)
    assert objecting.raised(listing)
    for _ in range(2):
        objecting.raised(listing)
    with pytest.raises(ObjectionsTooMany):
        objecting.raised(listing)


def test_objections_of_one_stranger_do_not_stand_in_the_way_of_another(listing):
    """Three who are called alike say so at the counter: the fourth is the one whose number was entered by mistake."""

    def at_the_counter(whose):
        brought = objecting.brought(whose=whose)
        return raising.by_officer(objecting.said(listing, part="identity"), brought, officer=cast.clerk(), now=NOW)

    for _ in range(3):
        at_the_counter(stranger())
    another = objecting.identity(cast.APPLICANT_NUMBER, "高某")
    assert finding.of_person(another.subject(NOW)) == []
    found = at_the_counter(another)
    assert finding.of_person(another.subject(NOW)) == [found]
    with pytest.raises(ObjectionsTooMany):
        at_the_counter(stranger())


def test_the_letter_calls_nobody_the_person_listed_who_says_that_he_is_not(listing):
    found = of_the_stranger(listing)
    deciding.decide(
        found.number, "uphold", officer=cast.second_judge(), now=NOW, reason="被登记的不是此人。", follows="other"
    )
    words = printed(papers.letter(objecting.fresh(found)))
    assert "欧阳" in words
    assert "异议人（申请人）" in words
    assert "被登记人" not in words
    own = objecting.decided(listing)
    assert "被登记人" in printed(papers.letter(objecting.fresh(own)))


def test_what_was_decided_for_a_stranger_waits_to_be_opened_as_long_as_for_the_person_listed(listing, settings):
    found = of_the_stranger(listing)
    deciding.decide(found.number, "reject", officer=cast.second_judge(), now=NOW, reason="已核对。")
    deciding.serve(found.number, officer=None, now=NOW)
    deciding.ask_review(found.number, words="请复核。", now=NOW)
    deciding.decide(found.number, "review_reject", officer=objecting.higher_judge(), now=NOW, reason="维持原决定。")
    retention = timedelta(days=settings.REGISTRY_RETENTION_DAYS)
    assert due.unnamed(now=NOW + retention, limit=9) == [], "nobody has opened it"
    assert due.unnamed(now=NOW + retention + timedelta(days=due.UNSERVED_DAYS), limit=9) == [found.number]
    deciding.serve(found.number, officer=None, now=NOW + retention)
    assert due.unnamed(now=NOW + retention, limit=9) == []
    assert due.unnamed(now=NOW + 2 * retention, limit=9) == [found.number]


def test_what_a_stranger_said_goes_after_a_retention_however_long_the_listing_stands(listing, settings):
    found = of_the_stranger(listing)
    deciding.withdraw(found.number, now=NOW)
    over = NOW + timedelta(days=settings.REGISTRY_RETENTION_DAYS)
    assert due.unnamed(now=over, limit=9) == [found.number]
    purging.forget_unnamed(now=over)
    assert objecting.fresh(found).content == {}


# A listing stays the same person's


def waiting_listing():
    listing = cast.draft(cast.party(received_on=date(2026, 11, 20)))
    actions.submit([listing.pk], officer=cast.clerk(), now=NOW)
    cast.approve(cast.fresh(listing))
    actions.record_service(
        [listing.pk], served_on=NOW.date(), how="in_court", reference="117", officer=cast.clerk(), now=NOW
    )
    return cast.fresh(listing)


def amended(listing, number=cast.DEFENDANT_NUMBER, name="高䶮"):
    entry = cast.party(cast.person(number, name), received_on=date(2026, 11, 20))
    return actions.amend_party(listing.pk, entry, revision=cast.fresh(listing).revision, officer=cast.clerk(), now=NOW)


def test_what_was_approved_once_becomes_nobody_elses():
    listing = waiting_listing()
    found = objecting.raised(listing)
    actions.stop([listing.pk], officer=cast.registrar(), now=NOW, reason="doubt")
    with pytest.raises(AnotherPerson):
        amended(listing, cast.SECOND_NUMBER, "欧阳㛃")
    assert finding.of_person(stranger().subject(NOW)) == []
    amended(listing, name="高龑")
    assert finding.of_person(objecting.identity(name="高龑").subject(NOW)) == [found]


def test_a_draft_that_somebody_objected_to_becomes_nobody_elses():
    listing = cast.draft(cast.party(received_on=date(2026, 11, 20)))
    raising.by_officer(objecting.said(listing), objecting.brought(), officer=cast.clerk(), now=NOW)
    with pytest.raises(AnotherPerson):
        amended(listing, cast.SECOND_NUMBER, "欧阳㛃")


def test_a_draft_that_became_somebody_elses_a_moment_before_is_not_objected_to(monkeypatch):
    listing = cast.draft(cast.party(received_on=date(2026, 11, 20)))

    def amended_then_locked(ids):
        amended(listing, cast.SECOND_NUMBER, "欧阳㛃")
        return lock(ids)

    monkeypatch.setattr(raising, "lock", amended_then_locked)
    with pytest.raises(ChangedMeanwhile):
        raising.by_officer(objecting.said(listing), objecting.brought(), officer=cast.clerk(), now=NOW)


def test_a_draft_that_nobody_outside_knows_is_amended_to_the_right_person():
    listing = cast.draft(cast.party(received_on=date(2026, 11, 20)))
    amended(listing, cast.SECOND_NUMBER, "欧阳㛃")
    assert cast.fresh(listing).party.person.name == "欧阳㛃"
