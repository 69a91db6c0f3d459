"""Every view of a person's data leaves a record, and another court's case needs a reason first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import get_resolver, reverse
from django.utils import timezone

from registry.errors import UnknownDocumentType
from registry.models import AccessRecord, Role
from registry.models.insert_only import InsertOnlyError
from registry.reading import PAGES
from sharing.persons.identity.proving import Identity
from sharing.persons.models import CounterRecord
from sharing.persons.record import at_counter
from sharing.persons.record.at_counter import Asked
from tests import asking, cast, desk, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
NAME = "高䶮"
WHY = {"reason": "复核异议材料"}


@pytest.fixture
def listing():
    return cast.in_force()


def auditor():
    return cast.officer("A-1", Role.AUDITOR, court="京")


def at(listing):
    return reverse("admin:listing", args=[listing.number])


def at_decision(listing):
    return reverse("admin:decision", args=[listing.party.decision_id])


def words(answer):
    return visiting.text_of(answer)


# A reason first


@pytest.mark.parametrize("who", [cast.high_court_registrar, auditor], ids=["the High Court", "an auditor"])
def test_another_courts_case_is_shown_once_the_officer_has_said_why(listing, who):
    officer = who()
    browser = desk.at_the_desk(officer)
    answer = browser.get(at(listing))
    assert answer["Location"] == f"{at(listing)}why/?to={at(listing).replace('/', '%2F')}"
    asked = words(browser.get(answer["Location"]))
    assert "why do you read it" in asked
    assert NAME not in asked
    assert desk.looks(officer) == []
    answer = browser.post(answer["Location"], {**WHY, "to": at(listing)})
    assert answer["Location"] == at(listing)
    assert NAME in words(browser.get(at(listing)))
    assert desk.looks(officer) == [(listing.number, "listing"), (listing.number, "why")]
    assert AccessRecord.objects.get(page="why").reason == WHY["reason"]


def test_an_auditor_has_no_case_of_his_own_and_everybody_else_those_of_his_court(listing):
    own = cast.officer("A-2", Role.AUDITOR)
    assert desk.at_the_desk(own).get(at(listing)).status_code == 302
    for officer in (cast.clerk(), cast.judge(), cast.registrar()):
        assert NAME in words(desk.at_the_desk(officer).get(at(listing)))


def test_a_reason_is_needed_and_kept_sealed(listing):
    browser = desk.at_the_desk(cast.high_court_registrar())
    for typed in ("", " ", "x"):
        assert browser.post(f"{at(listing)}why/", {"reason": typed}).status_code == 200
    assert not AccessRecord.objects.exists()
    browser.post(f"{at(listing)}why/", WHY)
    assert WHY["reason"].encode() not in bytes(AccessRecord.objects.get().reason_sealed)


def test_it_holds_for_that_listing_and_for_an_hour(listing):
    officer = cast.high_court_registrar()
    browser = desk.at_the_desk(officer)
    browser.post(f"{at(listing)}why/", WHY)
    other = cast.second_in_force()
    assert browser.get(at(other)).status_code == 302
    assert browser.get(at(listing)).status_code == 200
    late = AccessRecord(
        officer=officer, listing_number=other.number, page="why", at=timezone.now() - timedelta(minutes=61)
    )
    late.reason = "too long ago"
    late.save()
    assert browser.get(at(other)).status_code == 302
    assert desk.at_the_desk(auditor()).get(at(listing)).status_code == 302, "another officer's reason is not his"


def test_one_reason_opens_all_parties_of_a_decision(listing):
    second = cast.second_in_force()
    browser = desk.at_the_desk(cast.high_court_registrar())
    answer = browser.get(at_decision(listing))
    assert "/why/" in answer["Location"]
    browser.post(answer["Location"], {**WHY, "to": at_decision(listing)})
    for page in (at_decision(listing), at(listing), at(second)):
        assert browser.get(page).status_code == 200


def test_from_the_page_of_reasons_one_stays_at_the_desk(listing):
    browser = desk.at_the_desk(cast.high_court_registrar())
    for away in ("https://elsewhere.example/desk/", "//elsewhere.example/", "/record/", "javascript:alert(1)"):
        answer = browser.post(f"{at(listing)}why/", {**WHY, "to": away})
        assert answer["Location"] == at(listing)


def test_the_page_of_reasons_is_closed_to_whoever_may_not_read_the_listing(listing):
    assert desk.at_the_desk(cast.stranger()).get(f"{at(listing)}why/").status_code == 404
    statistician = cast.officer("S-1", Role.STATISTICIAN, court="京")
    assert desk.at_the_desk(statistician).post(f"{at(listing)}why/", WHY).status_code == 403
    assert not AccessRecord.objects.exists()


def test_lists_leave_out_names_until_the_officer_has_said_why(listing):
    officer = cast.high_court_registrar()
    browser = desk.at_the_desk(officer)
    book = reverse("admin:registry_listing_changelist")
    page = words(browser.get(book))
    assert listing.number in page
    assert NAME not in page
    assert "****" not in page
    assert desk.looks(officer) == []
    typed = {"type": "resident_id", "number": cast.DEFENDANT_NUMBER}
    page = words(browser.post(reverse("admin:find"), typed))
    assert listing.number in page
    assert NAME not in page
    assert desk.looks(officer) == [(listing.number, "find")]
    browser.post(f"{at(listing)}why/", WHY)
    assert NAME in words(browser.get(book))
    assert NAME in words(browser.post(reverse("admin:find"), typed))


# Every view leaves a record


@pytest.mark.slow
def test_no_page_of_the_desk_shows_a_person_without_a_record_of_it(listing):
    """Each address of the desk, as each officer: where the name is on the page, there is a new record, in words for the person."""
    waiting = cast.submitted(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    asking.answered()
    opened = 0
    for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.high_court_registrar(), auditor()):
        browser = desk.at_the_desk(officer)
        for path in _addresses(listing, waiting):
            before = AccessRecord.objects.count()
            page = words(browser.get(path))
            if NAME in page or "欧阳㛃" in page:
                opened += 1
                assert AccessRecord.objects.count() > before, f"{officer} at {path}"
    assert opened > 10
    assert set(AccessRecord.objects.values_list("page", flat=True)) <= set(PAGES), "a page has no words for the person"


def _addresses(*listings):
    facts = []
    for each in listings:
        facts.append(
            {
                "number": each.number,
                "decision_id": each.party.decision_id,
                "act": "correct",
                "object_id": each.pk,
                "case_id": each.party.decision.case_id,
            }
        )
    for pattern in _patterns(admin.site.get_urls()):
        for known in facts:
            wanted = set(pattern.pattern.converters)
            if wanted <= set(known):
                yield reverse(f"admin:{pattern.name}", kwargs={name: known[name] for name in wanted})
    for each in listings:
        yield reverse("sharing_desk:recipients", args=[each.number])
        for act in ("suspend", "state", "hold", "flag_disputed"):
            yield reverse("admin:act", args=[each.number, act])
    yield from (reverse(f"sharing_desk:{name}") for name in _plain_pages_of_sharing())


def _patterns(patterns):
    for each in patterns:
        if hasattr(each, "url_patterns"):
            yield from _patterns(each.url_patterns)
        elif each.name and each.name not in ("logout", "jsi18n", "app_list"):
            yield each


def _plain_pages_of_sharing():
    resolver = next(each for each in get_resolver().url_patterns if str(each.pattern) == "desk/sharing/")
    return [each.name for each in resolver.url_patterns if "<" not in str(each.pattern)]


def test_a_record_is_written_once(listing):
    desk.at_the_desk(cast.clerk()).get(at(listing))
    row = AccessRecord.objects.get()
    with pytest.raises(InsertOnlyError):
        row.save()
    with pytest.raises(Exception, match="insert-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_accessrecord SET reason_sealed = NULL")


def test_what_the_counter_prints_is_on_record_whatever_it_holds(listing):
    browser = desk.at_the_desk(cast.stranger())
    typed = own_record()
    answer = browser.post("/desk/sharing/own-records/new/", typed)
    assert answer["Content-Type"] == "application/pdf"
    assert desk.looks(cast.stranger()) == [(listing.number, "own_record")]
    browser.post("/desk/sharing/own-records/new/", {**typed, "document_number": cast.APPLICANT_NUMBER})
    assert CounterRecord.objects.count() == 2
    assert desk.at_the_desk(cast.judge()).get("/desk/sharing/own-records/new/").status_code == 403


@pytest.mark.parametrize(
    ("by", "authority", "what"),
    [
        ("agent", "lawyer", "for an agent of yours"),
        ("agent", "power", "for an agent of yours"),
        ("relative", "kinship", "for a near relative"),
    ],
)
def test_who_may_speak_for_the_person_is_given_it_and_the_person_reads_that(listing, by, authority, what):
    typed = own_record(asked_by=by, authority=authority, asked_name="吴律师")
    answer = desk.at_the_desk(cast.clerk()).post("/desk/sharing/own-records/new/", typed)
    assert answer["Content-Type"] == "application/pdf"
    row = CounterRecord.objects.get()
    assert (row.asked_by, row.authority, row.name, row.officer) == (by, authority, "吴律师", cast.clerk())
    page = words(visiting.visitor().get("/record/looked/"))
    assert what in page
    assert "吴律师" not in page


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"asked_by": "agent", "authority": "document", "asked_name": "吴律师"}, "R-768"),
        ({"asked_by": "relative", "authority": "power", "asked_name": "吴律师"}, "R-768"),
        ({"asked_by": "person", "authority": "kinship"}, "R-768"),
        ({"asked_by": "agent", "authority": "lawyer", "asked_name": " "}, "R-213"),
    ],
)
def test_nobody_is_given_it_whose_right_was_not_seen_or_who_is_not_named(listing, changes, code):
    answer = desk.at_the_desk(cast.clerk()).post("/desk/sharing/own-records/new/", own_record(**changes))
    assert code in words(answer)
    assert not CounterRecord.objects.exists()
    assert desk.looks(cast.clerk()) == []


def own_record(**changes):
    document = {"document_type": "resident_id", "document_number": cast.DEFENDANT_NUMBER, "name": NAME}
    return {**document, "asked_by": "person", "authority": "document", **changes}


def test_the_counter_prints_no_record_of_a_unit(listing):
    typed = {"document_type": "uscc", "document_number": cast.UNIT_NUMBER, "name": "某公司"}
    answer = desk.at_the_desk(cast.clerk()).post("/desk/sharing/own-records/new/", typed)
    assert answer["Content-Type"] != "application/pdf"
    identity = Identity(document_type="uscc", document_number=cast.UNIT_NUMBER, name="某公司")
    with pytest.raises(UnknownDocumentType):
        at_counter.printed(identity, Asked(), officer=cast.clerk(), now=cast.NOW)
    assert not CounterRecord.objects.exists()
