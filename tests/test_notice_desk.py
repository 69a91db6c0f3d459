"""The desk's pages of the notice: issue, save once, see what was issued, and what is owed; strangers are turned away."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry.models import Listing, Role, State
from sharing.employers.models import ConsentCode
from sharing.persons.identity import notice as code
from sharing.persons.models import Notice
from tests import asking, cast, consenting, desk, noticing
from tests.visiting import hidden_in

pytestmark = pytest.mark.django_db
APPROVED = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
WAIVER = "2026-11-24 tests: service in court is presumed"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def at(name, *args):
    return reverse(f"sharing_desk:{name}", args=args)


def words(answer):
    return html.unescape(answer.content.decode())


def test_a_clerk_issues_it_saves_it_and_records_its_service():
    listing = noticing.approved()
    clerk = desk.at_the_desk(cast.clerk())
    work = words(clerk.get("/desk/"))
    assert "Notices to be served" in work
    assert at("notice", listing.number) in work
    page = words(clerk.get(at("notice", listing.number)))
    assert "Issue the notice" in page
    assert "Owed since 24 November 2026." in page
    issued = clerk.post(at("issue_notice", listing.number), {"language": "en"})
    assert issued.headers["Location"] == at("notice", listing.number)
    row = Notice.objects.get()
    page = words(clerk.get(at("notice", listing.number)))
    assert at("make_notice", listing.number, row.pk) in page
    pdf = clerk.post(at("make_notice", listing.number, row.pk))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert listing.number in pdf["Content-Disposition"]
    assert "no-store" in pdf["Cache-Control"]
    assert code.redeem(noticing.code_in(pdf.content), cast.DEFENDANT_NUMBER[-4:], now=cast.NOW)
    page = words(clerk.get(at("notice", listing.number)))
    assert "Save the notice as PDF" not in page
    assert Notice.objects.get().sha256 in page
    assert "used at" in page
    service = {"served_on": "2026-11-24", "how": "in_court", "reference": "送达回证 118", "listings": [listing.pk]}
    clerk.post(reverse("admin:service", args=[listing.party.decision_id]), service)
    assert cast.fresh(listing).state == State.ACTIVE
    page = words(clerk.get(at("notice", listing.number)))
    assert "送达回证 118" in page
    assert cast.clerk().name in page
    assert "Notices to be served" not in words(clerk.get("/desk/"))


def test_it_is_saved_once_and_the_page_says_what_to_do():
    notice = noticing.issued()
    clerk = desk.at_the_desk(cast.clerk())
    where = at("make_notice", notice.listing_number, notice.pk)
    assert clerk.get(where).status_code == 405
    assert clerk.post(where).status_code == 200
    again = clerk.post(where)
    assert (again.status_code, "R-713" in words(again)) == (409, True)
    assert "%PDF" not in words(again)


def test_neither_name_nor_number_stands_on_its_page():
    notice = noticing.issued()
    page = words(desk.at_the_desk(cast.clerk()).get(at("notice", notice.listing_number)))
    assert "高䶮" not in page
    assert cast.DEFENDANT_NUMBER not in page


def test_every_page_and_every_issue_leaves_a_record():
    listing = noticing.approved()
    clerk = desk.at_the_desk(cast.clerk())
    clerk.get(at("notice", listing.number))
    clerk.post(at("issue_notice", listing.number), {"language": "zh-hans"})
    clerk.post(at("make_notice", listing.number, Notice.objects.get().pk))
    assert [page for _number, page in desk.looks(cast.clerk())] == ["notice", "notice", "notice"]


def test_before_the_approval_there_is_none_and_the_page_says_so():
    listing = cast.submitted()
    clerk = desk.at_the_desk(cast.clerk())
    assert "There is none before the listing is approved." in words(clerk.get(at("notice", listing.number)))
    answer = clerk.post(at("issue_notice", listing.number), {"language": "zh-hans"})
    assert "R-711" in words(answer)
    assert not Notice.objects.exists()


def test_a_language_that_is_not_offered_is_refused_beside_the_field():
    listing = noticing.approved()
    answer = desk.at_the_desk(cast.clerk()).post(at("issue_notice", listing.number), {"language": "fr"})
    assert re.search(r'id="id_language_error"|R-715', words(answer))


def test_another_court_is_turned_away_everywhere():
    notice = noticing.issued()
    client = desk.at_the_desk(cast.stranger())
    for name, args in (("notice", ()), ("issue_notice", ()), ("make_notice", (notice.pk,))):
        where = at(name, notice.listing_number, *args)
        assert client.post(where, {"language": "en"}).status_code in (404, 405), name
        if name != "make_notice":
            assert client.get(where).status_code == 404, name
    assert desk.looks(cast.stranger()) == []
    assert Notice.objects.get().made_at is None
    assert Browser().get(at("notice", notice.listing_number)).status_code == 302


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        (cast.judge, True),
        (cast.high_court_registrar, True),
        (lambda: cast.officer("A-1", Role.AUDITOR, court="京"), True),
        (lambda: cast.officer("S-1", Role.STATISTICIAN, court="京"), False),
    ],
)
def test_others_of_the_court_may_see_it_and_issue_nothing(who, reads):
    notice = noticing.issued()
    client = desk.with_a_reason(who(), Listing.objects.get(number=notice.listing_number))
    page = client.get(at("notice", notice.listing_number))
    assert page.status_code == (200 if reads else 403)
    assert "Save the notice as PDF" not in words(page)
    assert client.get(at("issue_notice", notice.listing_number)).status_code == 403
    assert client.post(at("issue_notice", notice.listing_number), {"language": "en"}).status_code == 403
    assert client.post(at("make_notice", notice.listing_number, notice.pk)).status_code == 403
    assert Notice.objects.count() == 1


def test_the_oldest_that_is_owed_comes_first():
    later = noticing.approved(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), cast.SECOND_NUMBER)
    earlier = cast.draft(cast.party())
    cast.put_in_force(earlier, now=cast.NOW - timedelta(days=2))
    page = words(desk.at_the_desk(cast.clerk()).get("/desk/"))
    group = page[page.index("Notices to be served") :]
    assert group.index(cast.fresh(earlier).number) < group.index(later.number)


@pytest.mark.parametrize("who", [cast.judge, cast.stranger])
def test_nobody_else_is_asked_to_serve_it(who):
    noticing.approved()
    assert "Notices to be served" not in words(desk.at_the_desk(who()).get("/desk/"))


def test_where_service_is_waived_it_is_owed_all_the_same(settings):
    settings.REGISTRY_NOTICE_WAIVER = WAIVER
    listing = cast.in_force()
    clerk = desk.at_the_desk(cast.clerk())
    assert "Notices to be served" in words(clerk.get("/desk/"))
    assert "Record service of the notice" in words(clerk.get(at("notice", listing.number)))


# What the judge reads before approving


def review(listing, language="en"):
    where = reverse("admin:review", args=[listing.party.decision_id])
    return " ".join(words(desk.at_the_desk(cast.judge(), language).get(where)).split())


def record(listing, how, on):
    service = {"served_on": on, "how": how, "reference": "公告 2026 年第 7 号", "listings": [listing.pk]}
    where = reverse("admin:service", args=[listing.party.decision_id])
    return desk.at_the_desk(cast.clerk()).post(where, service)


def test_once_approved_it_goes_out_on_the_day_on_which_it_counts_as_served():
    listing = noticing.approved(now=APPROVED)
    record(listing, "public_notice", "2026-11-20")
    after = words(desk.at_the_desk(cast.clerk()).get(reverse("admin:listing", args=[listing.number])))
    assert "goes out on 20 December 2026" in after
    assert "counts as served when 30 days are over" in after
    assert at("notice", listing.number) in after


def test_it_waits_because():
    page = review(cast.submitted())
    assert "Service of the notice on the person is not recorded." in page
    said, reasons = page.split("Waits after approval, because:")
    assert "Listed until" in said
    assert re.match(r"\s*</strong>\s*</p>\s*<ul", reasons), "the reasons stand next to their announcement"


def test_it_goes_out_by_a_waiver_which_is_named(settings):
    settings.REGISTRY_NOTICE_WAIVER = WAIVER
    page = review(cast.submitted())
    assert "Goes out now, with the approval." in page
    assert f"by the court’s waiver: {WAIVER}" in page


def test_after_the_approval_the_pages_lead_to_the_notice():
    listing = cast.submitted()
    typed = {
        "approve": listing.pk,
        f"number-{listing.pk}": cast.DEFENDANT_NUMBER,
        f"revision-{listing.pk}": listing.revision,
    }
    judge = desk.at_the_desk(cast.judge())
    decision = words(judge.post(reverse("admin:approve", args=[listing.party.decision_id]), typed, follow=True))
    assert f"Approved. {listing.number}: awaiting effect. The notice to the person can be issued now" in decision
    assert at("notice", listing.number) in decision
    assert "To be served" in decision


def test_a_service_without_a_notice_is_pointed_at():
    listing = noticing.approved()
    record(listing, "in_court", "2026-11-24")
    clerk, hint = desk.at_the_desk(cast.clerk()), "no notice was issued here since the listing was approved"
    assert hint in words(clerk.get(at("notice", listing.number)))
    noticing.issued(listing)
    assert hint not in words(clerk.get(at("notice", listing.number)))


def test_a_service_that_is_wrong_is_put_right_from_the_listings_page():
    listing = noticing.approved(now=APPROVED)
    record(listing, "public_notice", "2026-11-20")
    clerk = desk.at_the_desk(cast.clerk())
    assert "Put the service right" in words(clerk.get(at("notice", listing.number)))
    record(listing, "by_post", "2026-11-21")
    assert cast.fresh(listing).state == State.ACTIVE
    assert "Put the service right" not in words(clerk.get(at("notice", listing.number)))


def test_what_is_wrong_with_a_record_stands_beside_its_field_and_nothing_typed_is_lost():
    listing = noticing.approved()
    service = {
        "served_on": "2026-11-24",
        "how": "by_post",
        "reference": f"EMS {cast.DEFENDANT_NUMBER}",
        "listings": [listing.pk],
    }
    where = reverse("admin:service", args=[listing.party.decision_id])
    page = words(desk.at_the_desk(cast.clerk()).post(where, service))
    assert "R-719" in page
    assert "2026-11-24" in page


# The person


def test_with_its_code_the_person_proves_who_she_is_and_who_reads_of_it_finds_the_court(settings):
    made = noticing.made()
    phone = Browser(headers={"accept-language": "en"})
    assert "/identity/notice/" in words(phone.get("/identity/"))
    wrong = phone.post("/identity/notice/", {"code": noticing.code_in(made.pdf), "last_four": "0000"})
    assert (wrong.status_code, "R-717" in words(wrong)) == (403, True)
    shape = phone.post("/identity/notice/", {"code": "12345", "last_four": "0000"})
    assert (shape.status_code, "R-716" in words(shape)) == (422, True)
    before = phone.session.session_key
    right = phone.post(
        "/identity/notice/", {"code": noticing.code_in(made.pdf), "last_four": cast.DEFENDANT_NUMBER[-4:]}
    )
    assert right.status_code == 302
    assert phone.session.session_key != before
    page = words(phone.get("/consent/mine/"))
    assert "高䶮" in page
    assert cast.DEFENDANT_NUMBER not in page
    settings.SHARING_IDENTITY_WAYS = ["counter"]
    assert phone.get("/identity/notice/").status_code == 404
    assert "/identity/notice/" not in words(phone.get("/identity/"))


def test_of_a_consent_given_with_it_the_person_and_the_registrar_read_what_proves_it(settings):
    settings.REGISTRY_NOTICE_WAIVER, settings.SHARING_SCOPE_LISTING = WAIVER, True
    made, request = noticing.made(cast.in_force()), consenting.requested()
    phone = Browser(headers={"accept-language": "en"})
    phone.get(request.link.removeprefix("http://127.0.0.1:8000"))
    phone.post("/identity/notice/", {"code": noticing.code_in(made.pdf), "last_four": cast.DEFENDANT_NUMBER[-4:]})
    shown = phone.get("/consent/decide/")
    before = words(shown)
    phone.post("/consent/decide/", {"answer": "agree", **hidden_in(shown)})
    given = ConsentCode.objects.get()
    for page in (before, words(phone.get(f"/consent/mine/{given.pk}/"))):
        assert "With the code in your notice" in page
        assert str(cast.clerk().court) in page
    answered = asking.answered(asking.question(consent=consenting.typed(given)))
    page = words(desk.at_the_desk(cast.high_court_registrar()).get(f"/desk/sharing/results/{answered.pk}/"))
    assert "Officer who issued the notice" in page
    assert str(made.notice.pk) in page
    assert "It was used for the person who agreed</dt><dd>yes" in page
    assert cast.DEFENDANT_NUMBER not in page
