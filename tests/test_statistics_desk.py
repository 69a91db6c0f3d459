"""Statistics at the desk: who sees small numbers, how a release is proposed, watched, decided and corrected."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import Role
from registry.statistics import tallying
from registry.statistics.counting import Period, count
from sharing.statistics import drawing
from sharing.statistics.models import Release
from tests import cast, desk, releases

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
PERIOD = {"begins": "2026-01-01", "ends": "2026-10-31"}
TYPED = {**PERIOD, "title_zh": "示范市法院统计", "title_en": "Statistics of the city's courts"}
WHY = {"why_zh": "漏计两件案件。", "why_en": "Two cases were missing."}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    releases.draw_quickly(monkeypatch)
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def words(answer):
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def fang():
    return desk.at_the_desk(cast.statistician())


def he():
    return desk.at_the_desk(cast.high_court_registrar())


def address(release, name="release"):
    return reverse(f"sharing_desk:{name}", args=[release.pk])


def doors(release):
    return [
        reverse("sharing_desk:statistics"),
        reverse("sharing_desk:statistics_counted") + "?begins=2026-01-01&ends=2026-10-31",
        address(release),
        address(release, "preview_release"),
        reverse("sharing_desk:release_file", args=[release.pk, "data.json"]),
    ]


def test_a_stranger_is_sent_to_the_sign_in():
    release = releases.drawn()
    for door in [*doors(release), reverse("sharing_desk:new_release"), address(release, "correct_release")]:
        for answer in (Client().get(door), Client().post(door, {"do": "release"})):
            assert answer.status_code in {302, 405}, door
    assert Release.objects.get().outcome == "pending"


@pytest.mark.slow
@pytest.mark.parametrize(
    "who", [cast.clerk, cast.judge, cast.registrar, cast.stranger, lambda: cast.officer("S-2", Role.STATISTICIAN)]
)
def test_who_may_not_see_small_numbers_is_told_so_in_words(who):
    release, browser = releases.drawn(), desk.at_the_desk(who())
    for door in doors(release):
        answer = browser.get(door)
        assert answer.status_code == 403, door
        assert "R-812" in words(answer)
    for door in (reverse("sharing_desk:new_release"), address(release, "correct_release")):
        assert browser.get(door).status_code == browser.post(door, TYPED).status_code == 403
    for act in ("release", "return"):
        assert browser.post(address(release), {"do": act, "reason": "no reason"}).status_code == 403
    assert "/desk/sharing/statistics/" not in browser.get("/desk/").content.decode()
    assert Release.objects.get().outcome == "pending"


@pytest.mark.parametrize("who", [cast.statistician, lambda: cast.officer("A-1", Role.AUDITOR, court="京")])
def test_who_reads_does_not_decide(who):
    release, browser = releases.drawn(), desk.at_the_desk(who())
    for door in doors(release):
        assert browser.get(door).status_code == 200, door
    text = words(browser.get(address(release)))
    assert "Release it" not in text
    assert "decided by a registrar of the High Court" in text
    for act in ("release", "return"):
        answer = browser.post(address(release), {"do": act, "reason": "a reason"})
        assert (answer.status_code, "R-811" in words(answer)) == (403, True)


def test_a_registrar_proposes_nothing():
    assert he().get(reverse("sharing_desk:new_release")).status_code == 403
    assert "Propose a release" not in words(he().get(reverse("sharing_desk:statistics")))


def test_small_numbers_are_shown_with_why_they_would_be_left_out():
    listing = cast.in_force()
    text = words(fang().get(reverse("sharing_desk:statistics_counted"), PERIOD))
    assert "small number" in text
    assert "Convicted persons" in text
    for personal in ("高䶮", cast.DEFENDANT_NUMBER, listing.number, "（2026）京0105刑初123号"):
        assert personal not in text


def test_the_book_is_counted_anew_on_request(monkeypatch):
    sent = []
    monkeypatch.setattr("registry.bell.send", sent.append)
    answer = fang().post(reverse("sharing_desk:count_anew"), PERIOD)
    assert answer.headers["Location"] == "/desk/sharing/statistics/counted/?begins=2026-01-01&ends=2026-10-31"
    assert desk.at_the_desk(cast.clerk()).post(reverse("sharing_desk:count_anew"), PERIOD).status_code == 403
    assert sent == ["registry.tally_if_asked"]


def test_a_bell_that_is_lost_loses_no_request_for_a_count(monkeypatch):
    monkeypatch.setattr("registry.bell.send", lambda task: None)
    tallying.tally(now=cast.NOW)
    cast.in_force()
    fang().post(reverse("sharing_desk:count_anew"), PERIOD)
    period = Period(date(2026, 1, 1), date(2026, 10, 31))
    assert count(period, now=cast.NOW).numbers["base:convicted"] == 0
    tallying.tally_if_asked(now=cast.NOW)  # as the clock does
    assert count(period, now=cast.NOW).numbers["base:convicted"] == 1
    cast.second_in_force()
    tallying.tally_if_asked(now=cast.NOW)
    assert count(period, now=cast.NOW).numbers["base:convicted"] == 1, "once for each request"


def test_beside_it_stands_what_the_last_release_said():
    releases.released()
    text = words(fang().get(reverse("sharing_desk:statistics_counted"), PERIOD))
    assert "Beside it stands release 2026-1" in text
    assert "Different from release 2026-1</dt><dd>0<" in text
    assert "Last release: 2026-1, today." in words(fang().get(reverse("sharing_desk:statistics")))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"begins": "2026-01-01", "ends": "2026-13-01"}, "R-"),
        ({"begins": "2026-02-01", "ends": "2026-01-01"}, "R-814"),
        ({"begins": "2026-01-01", "ends": "2027-01-01"}, "R-813"),
        ({"begins": "1026-01-01", "ends": "2026-10-31"}, "R-290"),
        ({"begins": "2026-02-01", "ends": "2026-10-31"}, "R-802"),
    ],
)
def test_a_period_that_does_not_do_is_refused_beside_its_field_and_stays_typed(typed, code):
    releases.released()
    for answer in (
        fang().get(reverse("sharing_desk:statistics_counted"), typed),
        fang().post(reverse("sharing_desk:new_release"), {**TYPED, **typed}),
    ):
        text = words(answer)
        assert answer.status_code == 200
        assert code in text
        assert "There is a problem" in text
        assert f'value="{typed["ends"]}"' in text


def test_a_release_is_checked_before_it_is_proposed_and_nothing_is_stored_before():
    cast.in_force()
    browser, door = fang(), reverse("sharing_desk:new_release")
    assert 'value="2026-01-01"' in words(browser.get(door, PERIOD))
    check = browser.post(door, TYPED)
    assert check.headers["Location"] == f"{door}?check"
    text = words(browser.get(f"{door}?check"))
    assert TYPED["title_en"] in text
    assert "What is published, and what is left out" in text
    assert "small number" in text
    assert not Release.objects.exists()
    answer = browser.post(f"{door}?check")
    release = Release.objects.get()
    assert answer.headers["Location"] == address(release)
    assert (release.title_en, release.proposed_by) == (TYPED["title_en"], cast.statistician())


def test_its_files_are_watched_until_all_are_there():
    release = releases.proposed()
    of = drawing.progress(release)[1]
    drawing.draw_one(now=cast.NOW)
    page = he().get(address(release)).content.decode()
    assert re.search(rf'max="{of}"\s+value="1"', page)
    assert "hx-get" in page
    assert "Refresh" in page
    assert "Release it" not in page
    assert "R-817" in words(he().post(address(release), {"do": "release"}, follow=True))
    releases.draw()
    page = he().get(address(release)).content.decode()
    assert "hx-get" not in page
    assert "Release it" in page


def test_the_preview_is_the_public_page():
    release = releases.drawn()
    preview = words(he().get(address(release, "preview_release")))
    assert "not published" in preview
    assert f'src="/desk/sharing/statistics/{release.pk}/files/education.en.svg"' in preview
    assert he().get(reverse("sharing_desk:release_file", args=[release.pk, "education.en.svg"])).status_code == 200
    assert he().get(reverse("sharing_desk:release_file", args=[release.pk, "no.svg"])).status_code == 404
    he().post(address(release), {"do": "release"})
    public = words(Client(headers={"accept-language": "en"}).get("/statistics/2026-1/"))

    def numbers(page):
        return re.findall(r"<(?:td|dd|th|h3|caption)[^>]*>([^<]*)", page)[8:200]

    start = "Main figures</h2>"
    told = [
        re.sub(r'(?:href|src)="[^"]*"', "", page[page.index(start) : page.index("Cite and verify</h2>")])
        for page in (preview, public)
    ]
    signature = [re.sub(r"<li>(?:(?!</li>).)*JWS(?:(?!</li>).)*</li>", "", page) for page in told]
    assert signature[0] == signature[1]
    assert numbers(told[0]) == numbers(told[1])


def test_a_registrar_releases_it_and_finds_its_address():
    release = releases.drawn()
    text = words(he().post(address(release), {"do": "release"}, follow=True))
    assert "public from this moment on" in text
    assert 'href="/statistics/2026-1/"' in text
    assert Release.objects.get().decided_by == cast.high_court_registrar()


def test_it_is_returned_with_a_reason_which_the_statistician_finds():
    release = releases.drawn()
    text = words(he().post(address(release), {"do": "return", "reason": ""}))
    assert "There is a problem" in text
    assert Release.objects.get().outcome == "pending"
    he().post(address(release), {"do": "return", "reason": "the title names a district"})
    assert "the title names a district" in words(fang().get(address(release)))
    assert "the title names a district" in words(fang().get("/desk/"))


def test_my_work_says_what_waits_and_how_old_the_last_release_is():
    assert "No release yet" in words(fang().get("/desk/"))
    release = releases.proposed()
    assert "Statistics to be released" not in words(he().get("/desk/")), "its files are being made"
    releases.draw()
    assert address(release) in words(he().get("/desk/"))
    assert "waits for the second officer" in words(fang().get("/desk/"))
    he().post(address(release), {"do": "release"})
    assert "Statistics to be released" not in words(he().get("/desk/"))
    assert "last release" in words(fang().get("/desk/"))


def test_a_released_one_is_corrected_by_a_new_one_of_the_same_period():
    wrong, browser = releases.released(), fang()
    assert "Correct this release" in words(browser.get(address(wrong)))
    assert "Correct this release" not in words(he().get(address(wrong)))
    door = address(wrong, "correct_release")
    title = {name: TYPED[name] for name in ("title_zh", "title_en")}
    assert "There is a problem" in words(browser.post(door, {**title, "why_zh": "", "why_en": ""}))
    browser.post(door, {**title, **WHY})
    browser.post(f"{door}?check")
    new = Release.objects.get(outcome="pending")
    assert (new.corrects, new.begins_on, new.why_en) == (wrong, wrong.begins_on, WHY["why_en"])
    assert "Corrects" in words(browser.get(address(new)))


def test_the_pages_ask_the_database_little(django_assert_max_num_queries):
    release = releases.released()
    browser = fang()
    for door in (reverse("sharing_desk:statistics"), address(release)):
        with django_assert_max_num_queries(20):
            assert browser.get(door).status_code == 200
