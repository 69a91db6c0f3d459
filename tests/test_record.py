"""My record: what is held about whoever proved who he is, and never what is held about anybody else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from registry import actions
from registry.entries import DocumentEntry
from registry.models import Listing, State
from sharing.departments import telling
from sharing.persons import alarming
from sharing.persons.models import OtherNameAlarm
from sharing.persons.record import holding, spoken
from tests import asking, cast, desk, sealing, visiting
from tests.visiting import main_of, shape_of, text_of, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
SECOND = (cast.SECOND_NUMBER, "欧阳㛃")
NOBODY = (cast.APPLICANT_NUMBER, "王小明")
PAGES = ("/record/", "/record/told/", "/record/asked/", "/record/looked/")


def held(number=visiting.NUMBER, name=visiting.NAME):
    now = timezone.now()
    return holding.of(visiting.identity(number, name).subject(now), now=now).numbers


# What is held


def test_a_listed_person_reads_everything_that_is_held_about_him():
    listing = cast.with_circumstances(cast.in_force())
    actions.state(listing.pk, words="我已经道歉并赔偿。", officer=cast.registrar(), now=cast.NOW)
    browser = visitor()
    page = main_of(browser.get("/record/"))
    for words in (listing.number, "In force", "（2026）京0105刑初123号", "高䶮", "as of"):
        assert words in page
    page = main_of(browser.get(f"/record/listings/{listing.number}/"))
    for words in (
        "20,000",
        "24",
        "Criminal Law",
        "我已经道歉并赔偿。",
        "不得从事个人信息处理相关职业",
        "52,000",
        "The listing runs for",
        "aggregated, small numbers suppressed",
    ):
        assert words.lower() in page.lower(), words
    assert cast.DEFENDANT_NUMBER not in page


@pytest.mark.parametrize("page", PAGES)
def test_that_nothing_is_held_has_the_same_shape(page):
    cast.in_force()
    asking.answered()
    answers = [visitor(*who).get(page) for who in ((visiting.NUMBER, visiting.NAME), NOBODY)]
    assert [each.status_code for each in answers] == [200, 200]
    assert shape_of(answers[0]) == shape_of(answers[1])
    assert len(answers[0].content) == len(answers[1].content)


def test_that_nothing_is_held_is_said_in_words():
    cast.in_force()
    page = main_of(visitor(*NOBODY).get("/record/"))
    assert "Nothing is held about you." in page
    assert "L-2026" not in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_in_both_languages(language):
    listing = cast.in_force()
    browser = visitor(language=language)
    for page in (*PAGES, "/record/mails/", f"/record/listings/{listing.number}/"):
        assert browser.get(page).status_code == 200


def test_a_draft_is_not_in_the_register_yet_and_an_approved_one_is(settings):
    settings.REGISTRY_NOTICE_WAIVER = ""
    listing = cast.submitted()
    assert held() == []
    cast.approve(listing)
    assert Listing.objects.get().state == State.AWAITING_EFFECT
    page = main_of(visitor().get("/record/"))
    assert "not in force yet: nobody was told" in page
    page = main_of(visitor().get(f"/record/listings/{listing.number}/"))
    assert "It waits because Service of the notice on the person is not recorded." in page


def test_how_it_ended_and_why_is_told_to_the_person_alone():
    listing = cast.withdrawn(cast.in_force())
    page = main_of(visitor().get(f"/record/listings/{listing.number}/"))
    assert "acquitted on retrial · （2026）京0105刑再1号" in page
    assert "told to nobody but you" in page


def test_a_term_that_is_over_is_over_before_the_clock_has_said_so():
    listing = cast.in_force()
    after = listing.ends_on + timedelta(days=1)
    assert "is over" in holding_state(listing, after)
    actions.expire(now=cast.NOW + timedelta(days=4000))
    page = main_of(visitor().get(f"/record/listings/{listing.number}/"))
    assert "Why it ended Its term is over" in page


def holding_state(listing: Listing, day: date) -> str:
    return spoken.state_of(cast.fresh(listing), day)


def test_of_two_listings_one_that_ended_leaves_the_other(settings):
    first = cast.in_force()
    other = cast.judgment(number="（2026）京0105刑初456号")
    decision = cast.entered_decision(other)
    second = cast.put_in_force(cast.draft(decision=decision))
    cast.withdrawn(first)
    assert held() == [second.number, first.number]
    page = main_of(visitor().get("/record/"))
    assert "In force" in page
    assert "Has ended" in page


def test_a_person_with_two_documents_is_found_by_either():
    passport = DocumentEntry(type="passport_cn", number="E12345678")
    entry = cast.person(documents=(DocumentEntry(type="resident_id", number=visiting.NUMBER), passport))
    listing = cast.in_force(cast.party(entry))
    now = timezone.now()
    other = visiting.Identity(document_type="passport_cn", document_number="E12345678", name=visiting.NAME)
    assert holding.of(other.subject(now), now=now).numbers == held() == [listing.number]


def test_a_former_name_finds_the_person_too():
    listing = cast.in_force(cast.party(cast.person(former_names=("高平",))))
    assert held(name="高平") == [listing.number]


# Nobody else's


def test_nobody_sees_a_record_without_a_proof_and_is_led_back_after_it():
    listing = cast.in_force()
    browser = visitor("")
    for page in (*PAGES, "/record/print/", "/record/mails/", f"/record/listings/{listing.number}/"):
        answer = browser.get(page)
        assert (answer.status_code, answer["Location"]) == (302, "/identity/")
    browser.get("/record/told/")
    assert browser.session["person_onward"] == "person:told"


def test_another_persons_listing_is_as_absent_as_one_that_never_was():
    theirs = cast.in_force()
    browser = visitor(*SECOND)
    answers = [browser.get(f"/record/listings/{number}/") for number in (theirs.number, "L-2026-999999")]
    assert [each.status_code for each in answers] == [404, 404]
    assert main_of(answers[0]) == main_of(answers[1])
    assert "R-731" in main_of(answers[0])


def test_a_question_about_another_person_is_as_absent_as_one_that_was_never_asked():
    screening = asking.answered()
    browser = visitor(*SECOND)
    answers = [browser.get(f"/record/asked/{each}/") for each in (screening.pk, "scr_0")]
    assert [each.status_code for each in answers] == [404, 404]
    assert main_of(answers[0]) == main_of(answers[1])
    assert visitor().get(f"/record/asked/{screening.pk}/").status_code == 200


def test_whoever_proves_himself_sees_his_own_record_and_never_anothers():
    """Of every number with every name, only those that belong together find something, and what belongs to them."""
    cast.in_force()
    cast.second_in_force()
    cast.in_force(
        cast.party(cast.person(cast.resident("11010119850505221"), "张三")), cast.resident("11010119850505221")
    )
    theirs = {
        (document.number, listing.party.person.name): listing.number
        for listing in Listing.objects.all()
        for document in listing.party.person.documents.all()
    }
    assert len(theirs) == 3
    numbers = st.sampled_from([*(number for number, _name in theirs), cast.APPLICANT_NUMBER])
    names = st.sampled_from([*(name for _number, name in theirs), "王小明"])

    @given(numbers, names)
    @trials(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def sees(number, name):
        mine = theirs.get((number, name))
        assert held(number, name) == ([mine] if mine else [])

    sees()


# A number that another name bears


def test_a_number_with_another_name_reads_like_nothing_and_a_person_at_the_court_hears_of_it():
    listing = cast.in_force()
    strange, unknown = (visitor(visiting.NUMBER, "高某"), visitor(cast.APPLICANT_NUMBER, "高某"))
    pages = [main_of(each.get("/record/")) for each in (strange, unknown)]
    masked = [f"{number[:4]}**********{number[-4:]}" for number in (visiting.NUMBER, cast.APPLICANT_NUMBER)]
    pages = [page.replace(number, "#") for page, number in zip(pages, masked, strict=True)]
    assert pages[0] == pages[1]
    alarm = OtherNameAlarm.objects.get()
    assert alarm.listing_numbers == [listing.number]
    assert alarming.tell(now=timezone.now()) == 1
    (message,) = mail.outbox
    assert message.to == ["registry@court.example"]
    for secret in (visiting.NUMBER, "高䶮", "高某", listing.number):
        assert secret not in message.subject + message.body
    strange.get("/record/")
    assert alarming.tell(now=timezone.now()) == 0


def test_a_listing_that_was_sealed_since_is_named_to_nobody(settings):
    listing, officer = cast.in_force(), cast.high_court_registrar
    visitor(visiting.NUMBER, "高某").get("/record/")
    assert listing.number in desk.at_the_desk(officer()).get("/desk/sharing/readings/").content.decode()
    sealing.sealed(listing)
    page = desk.at_the_desk(officer()).get("/desk/sharing/readings/").content.decode()
    assert listing.number not in page
    assert "None." in page.partition("Numbers that were proved with another name")[2], "nor that there was an alarm"


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "a draft"])
def test_of_a_number_whose_only_listing_is_sealed_or_a_draft_nobody_hears(sealed):
    if sealed:
        sealing.sealed(cast.in_force())
    else:
        cast.draft()
    visitor(visiting.NUMBER, "高某").get("/record/")
    assert not OtherNameAlarm.objects.exists()
    cast.put_in_force(cast.draft(decision=cast.entered_decision(cast.judgment(number="（2026）京0105刑初125号"))))
    visitor(visiting.NUMBER, "高某").get("/record/")
    assert [len(each.listing_numbers) for each in OtherNameAlarm.objects.all()] == [1]


def test_whose_name_fits_alarms_nobody():
    cast.in_force()
    visitor().get("/record/")
    visitor(*NOBODY).get("/record/")
    assert not OtherNameAlarm.objects.exists()


def test_an_alarm_is_written_once():
    cast.in_force()
    visitor(visiting.NUMBER, "高某").get("/record/")
    with pytest.raises(Exception, match="insert-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE persons_othernamealarm SET listing_numbers = '{}'")


# The work it takes


def test_the_pages_take_as_many_statements_however_much_there_is(settings):
    settings.SHARING_SUBJECT_A_MONTH = 100
    cast.measure(cast.department())
    few = _statements()
    cast.in_force()
    for number in range(3):
        decision = cast.entered_decision(cast.judgment(number=f"（2026）京0105刑初{500 + number}号"))
        cast.put_in_force(cast.draft(decision=decision))
    asking.answered()
    telling.walk(now=cast.NOW)
    one = _statements()
    for number in range(3):
        decision = cast.entered_decision(cast.judgment(number=f"（2026）京0105刑初{600 + number}号"))
        cast.put_in_force(cast.draft(decision=decision))
    telling.walk(now=cast.NOW)
    for _ in range(12):
        asking.answered()
    assert _statements() == one
    assert all(after - before <= 14 for before, after in zip(few, one, strict=True))


def _statements():
    browser = visitor()
    counts = []
    for page in PAGES:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        counts.append(len(queries))
    return counts


def test_no_page_puts_a_name_or_a_number_into_an_address_or_a_session():
    cast.in_force()
    browser = visitor()
    for page in PAGES:
        words = text_of(browser.get(page))
        assert "高" not in "".join(part.split('"', 1)[0] for part in words.split('href="')[1:])
    assert all(secret not in str(dict(browser.session)) for secret in (visiting.NUMBER, "高䶮"))
