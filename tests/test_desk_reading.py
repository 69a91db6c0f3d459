"""Every look at a person's data is written down, and document numbers stay out of addresses and lists."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.admin.book import ListingAdmin, numbered
from registry.admin.finding import looks_like_document_number
from registry.admin.groups import Group, Item
from registry.models import ActRecord, Case, Decision, Role
from tests import cast, desk

BOOK = "admin:registry_listing_changelist"

pytestmark = pytest.mark.usefixtures("notice_waived")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.mark.django_db
def test_every_page_that_shows_a_person_leaves_a_record():
    listing = cast.draft()
    clerk = cast.clerk()
    client = desk.at_the_desk(clerk)
    decision = listing.party.decision_id
    pages = {
        "decision": reverse("admin:decision", args=[decision]),
        "submit": reverse("admin:submit", args=[decision]),
        "amend": reverse("admin:amend_party", args=[listing.number]),
        "listing": reverse("admin:listing", args=[listing.number]),
        "book": reverse(BOOK),
    }
    for page, where in pages.items():
        before = Counter(desk.looks(clerk))
        assert "高䶮" in client.get(where).content.decode(), page
        assert Counter(desk.looks(clerk)) - before == {(listing.number, page): 1}


@pytest.mark.django_db
def test_the_judge_leaves_a_record_too_and_so_does_who_decides():
    listing = cast.submitted()
    judge = cast.judge()
    client = desk.at_the_desk(judge)
    assert "高䶮" in client.get(reverse("admin:review", args=[listing.party.decision_id])).content.decode()
    assert desk.looks(judge) == [(listing.number, "review")]
    cast.approve(listing)
    clerk = desk.at_the_desk(cast.clerk())
    where = reverse("admin:propose", args=[listing.number, "correct"])
    assert "高䶮" in clerk.get(where).content.decode()
    assert (listing.number, "propose") in desk.looks(cast.clerk())


@pytest.mark.django_db
def test_my_work_names_nobody_and_leaves_no_record():
    cast.submitted()
    for officer in (cast.clerk(), cast.judge()):
        assert "高䶮" not in desk.at_the_desk(officer).get(reverse("admin:index")).content.decode()
        assert desk.looks(officer) == []


@pytest.mark.django_db
def test_no_number_is_shown_in_full_where_it_is_not_typed():
    listing = cast.in_force()
    clerk, judge = desk.at_the_desk(cast.clerk()), desk.at_the_desk(cast.judge())
    pages = [reverse(BOOK), reverse("admin:listing", args=[listing.number])]
    pages += [reverse("admin:decision", args=[listing.party.decision_id])]
    for client in (clerk, judge):
        for page in pages:
            html = client.get(page).content.decode()
            assert cast.DEFENDANT_NUMBER not in html
            assert cast.DEFENDANT_NUMBER[6:14] not in html
    assert "1101**********" in clerk.get(reverse(BOOK)).content.decode()


@pytest.mark.django_db
def test_a_person_is_found_by_the_exact_number_sent_in_the_body():
    listing = cast.in_force()
    clerk = cast.clerk()
    client = desk.at_the_desk(clerk)
    answer = client.post(reverse("admin:find"), {"type": "resident_id", "number": cast.DEFENDANT_NUMBER})
    assert answer.status_code == 200
    assert listing.number in answer.content.decode()
    assert desk.looks(clerk) == [(listing.number, "find")]
    for number, said in (
        (cast.SECOND_NUMBER, "Check the last four digits"),
        (cast.DEFENDANT_NUMBER[:-1], "R-101"),
        ("", "R-213"),
    ):
        page = client.post(reverse("admin:find"), {"type": "resident_id", "number": number}).content.decode()
        assert said in page
        assert f'/listings/{listing.number}/"' not in page


@pytest.mark.django_db
def test_another_court_finds_nobody_by_number():
    cast.in_force()
    typed = {"type": "resident_id", "number": cast.DEFENDANT_NUMBER}
    page = desk.at_the_desk(cast.stranger()).post(reverse("admin:find"), typed).content.decode()
    assert "Check the last four digits" in page


@pytest.mark.django_db
def test_a_document_number_in_the_search_box_is_refused_without_repeating_it():
    cast.in_force()
    client = desk.at_the_desk(cast.clerk())
    for table in (BOOK, "admin:registry_case_changelist"):
        answer = client.get(reverse(table), {"q": cast.DEFENDANT_NUMBER})
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse(table))
        page = client.get(answer.headers["Location"]).content.decode()
        assert "This looks like a document number." in page
        assert cast.DEFENDANT_NUMBER not in page


@pytest.mark.django_db
def test_the_book_is_searched_by_numbers_and_filtered():
    listing = cast.in_force()
    client = desk.at_the_desk(cast.clerk())
    whole = ({"q": listing.number}, {"q": "l-2026-0000"}, {"q": "(2026) 京0105刑初123号"}, {"q": "（2026）京0105刑初"})
    ends = (
        {"q": "京0105刑初123"},
        {"q": "刑初123号"},
        {"q": "123"},
        {"q": listing.number[-6:]},
        {"q": "23 号"},
        {"q": "号"},
    )
    for query in (*whole, *ends, {"state": "active"}, {"year": "2026"}):
        assert listing.number in client.get(reverse(BOOK), query).content.decode()
    for query in ({"q": "L-2026-999999"}, {"q": "刑初12"}, {"q": "%"}, {"state__exact": "draft"}, {"year": "2025"}):
        assert listing.number not in client.get(reverse(BOOK), query).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [Decision.objects, Case.objects], ids=["decisions", "cases"])
def test_numbers_are_searched_by_their_two_ends_and_an_index_answers(rows):
    court = cast.clerk().court
    # Of few, whoever plans would rather read all, or all that were not struck out.
    Case.objects.bulk_create(
        Case(court=court, number=f"{serial}号", filed_on=cast.NOW.date()) for serial in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_case")
        cursor.execute("SET LOCAL enable_seqscan = off")  # which an empty table invites
    plan = numbered(rows.all(), "刑初123").explain()
    # Of several indexes that begin or go on with the number, an empty table may be asked by any.
    assert re.search(r"Index Cond: .*\(number\)::text ~?>=~? '刑初123'", plan), plan
    assert re.search(r"Index Cond: .*reverse\(\(number\)::text\)\)::text >= '321初刑'", plan), plan


@pytest.mark.django_db
def test_the_page_of_the_book_that_is_open_is_the_marked_one(monkeypatch):
    monkeypatch.setattr(ListingAdmin, "list_per_page", 1)
    cast.draft()
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "陆㛃")))
    page = desk.at_the_desk(cast.clerk()).get(reverse(BOOK), {"p": "2"}).content.decode()
    marked = re.findall(r'class="this-page"([^>]*)>(\d+)<', page)
    assert marked == [(' aria-current="page"', "2")]
    assert 'href="?p=1"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(("since", "shown"), [([None, None], False), ([None, cast.NOW], True)])
def test_a_group_of_my_work_has_a_column_of_since_where_it_knows(since, shown):
    items = [Item("/desk/", "L-2026-000001", [], each) for each in since]
    page = render_to_string("desk/group.html", {"group": Group("Waiting", items, len(items))})
    assert ("Since" in page) is shown
    assert page.count('role="columnheader"') * len(items) == page.count('role="cell"') + page.count('role="rowheader"')


@pytest.mark.django_db
def test_who_sees_which_listings():
    listing = cast.in_force()
    auditor = cast.officer("A-1", Role.AUDITOR, court="京")
    seen = {
        cast.clerk(): True,
        cast.high_court_registrar(): True,
        auditor: True,
        cast.stranger(): False,
        cast.officer("J-HIGH", Role.JUDGE, court="京"): False,
    }
    for officer, sees in seen.items():
        page = desk.at_the_desk(officer).get(reverse(BOOK)).content.decode()
        assert (listing.number in page) is sees, officer
    statistician = cast.officer("S-1", Role.STATISTICIAN, court="京")
    assert desk.at_the_desk(statistician).get(reverse(BOOK)).status_code == 403


@pytest.mark.django_db
def test_an_auditor_reads_everything_without_identity_numbers():
    listing = cast.in_force()
    auditor = cast.officer("A-1", Role.AUDITOR, court="京")
    client = desk.at_the_desk(auditor)
    client.post(reverse("admin:why_listing", args=[listing.number]), {"reason": "audit of the third quarter"})
    for where in (reverse(BOOK), reverse("admin:listing", args=[listing.number])):
        page = client.get(where).content.decode()
        assert listing.number in page
        assert "****" not in page
    assert client.post(reverse("admin:find"), {"type": "resident_id", "number": "1"}).status_code == 403
    records = client.get(reverse("admin:registry_accessrecord_changelist")).content.decode()
    assert listing.number in records
    assert str(ActRecord.objects.count()) in client.get(reverse("admin:registry_actrecord_changelist")).content.decode()
    assert desk.at_the_desk(cast.clerk()).get(reverse("admin:registry_accessrecord_changelist")).status_code == 403


@pytest.mark.parametrize(
    "number",
    [
        cast.DEFENDANT_NUMBER,
        cast.DEFENDANT_NUMBER[:6] + " " + cast.DEFENDANT_NUMBER[6:],
        "１１０１０５１９８８０３０４１２３６",
        "110105880304123",
        "91110108MA01ABCD2X",
        "E12345678",
        "H1234567800",
        "12345678",
        "1101-058803",
        "2026-0001234",
        "高某 " + cast.DEFENDANT_NUMBER,
    ],
)
def test_what_may_be_a_document_number_is_recognised(number):
    assert looks_like_document_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "L-2026-000123",
        "l-2026-123",
        "2026-000123",
        "2026",
        "（2026）京0105刑初123号",
        "京网信罚〔2026〕12号",
        "",
        "000123",
    ],
)
def test_numbers_of_the_book_may_stand_in_an_address(number):
    assert not looks_like_document_number(number)


# The first draw of a process reads our own modules, seconds on a machine that is busy.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.from_regex(r"[1-9][0-9]{16}[0-9Xx]", fullmatch=True))
def test_no_resident_number_passes_as_a_search(number):
    assert looks_like_document_number(number)
