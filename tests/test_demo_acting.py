"""Acting as anybody: every part by one POST and none by a link, each with a page of its own that says what it may read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from config.demo import world
from config.demo.pages import parts
from config.demo.people import Officers
from registry.identity import masked
from registry.models import Account
from sharing.disclosure import TABLE
from sharing.employers.models import Screening
from sharing.persons.models import ProvenIdentity
from tests import cast, playing
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.demo_urls"), pytest.mark.usefixtures("notice_waived")]

KEYS = (
    "clerk",
    "judge",
    "court-registrar",
    "registrar",
    "auditor",
    "statistician",
    "integrator-finance",
    "integrator-telecom",
    "integrator-real-estate",
    "integrator-transport",
    "hr",
    "applicant",
    "listed-person",
)
OFFICERS = KEYS[:6]
ACT_AS = "/act-as/"


@pytest.fixture
def played(settings, tmp_path, monkeypatch):
    return playing.demonstration(settings, tmp_path, monkeypatch)


@pytest.mark.urls("config.urls")
def test_a_product_that_is_no_demonstration_has_no_such_page():
    for address in (ACT_AS, "/act-as/hr/", "/tour/"):
        assert Client().get(address).status_code == 404
        assert Client().post(address).status_code == 404
    assert "demonstration" not in Client().get(reverse("admin:login")).content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("key", KEYS)
def test_one_click_makes_one_that_person(played, key, language):
    visitor = playing.visitor(language)
    page = visitor.page(ACT_AS)
    assert f'value="{key}"' in page
    where = visitor.press(ACT_AS, part=key)
    shown = visitor.page(where)
    who = Account.objects.filter(pk=visitor.client.session.get("_auth_user_id")).first()
    assert (who.officer.role if who else "") == (key.removeprefix("court-") if key in OFFICERS else "")
    assert where == (reverse("admin:index") if key in OFFICERS else reverse(parts.find(key, played).opens))
    assert "demonstration__who" in shown


def test_looking_changes_nobody(played):
    visitor = playing.visitor()
    visitor.page(f"{ACT_AS}?part=clerk")
    assert not visitor.client.session.keys()


def test_whoever_one_was_before_is_signed_out(played):
    visitor = playing.visitor()
    visitor.press(ACT_AS, part="judge")
    visitor.press(ACT_AS, part="hr")
    assert "_auth_user_id" not in visitor.client.session
    assert visitor.client.get("/desk/").status_code == 302
    visitor.press(ACT_AS, part="clerk")
    assert visitor.client.session["acting"] == "clerk"
    assert visitor.client.get("/act-as/hr/").headers["Location"] == ACT_AS


def test_an_officer_finds_the_session_that_the_press_began(played):
    visitor = playing.visitor()
    visitor.press(ACT_AS, part="clerk")
    assert "this one" in visitor.page("/desk/account/sessions/")


@pytest.mark.parametrize(
    ("onward", "where"),
    [
        ("/desk/find/", "/desk/find/"),
        ("https://elsewhere.example/", "/desk/"),
        ("//elsewhere.example/", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_one_goes_on_to_a_page_of_ours_and_to_no_other(played, onward, where):
    answer = Client().post(ACT_AS, {"part": "judge", "next": onward})
    assert answer.headers["Location"] == where


@pytest.mark.parametrize("key", ["", "nobody", "integrator-of-nothing", "clerk "])
def test_a_part_that_nobody_plays_is_said(played, key):
    visitor = playing.visitor()
    assert visitor.press(ACT_AS, part=key) == ACT_AS
    assert "Nobody plays this part" in visitor.page(ACT_AS)


def test_an_officer_whose_account_is_gone_is_said(played):
    Account.objects.filter(pk=played.accounts["clerk"]).update(is_active=False)
    visitor = playing.visitor()
    visitor.press(ACT_AS, part="clerk")
    assert "Nobody plays this part" in visitor.page(ACT_AS)


def test_another_part_s_page_leads_to_the_choice(played):
    visitor = playing.visitor()
    visitor.press(ACT_AS, part="applicant")
    for name in ("as_hr", "as_integrator", "as_listed_person"):
        assert "belongs to another part" in visitor.page(reverse(f"demo:{name}"))


def test_who_signed_in_at_the_desk_is_that_officer_and_nobody_else(played):
    visitor = playing.visitor()
    visitor.press(ACT_AS, part="hr")
    sign_in(visitor.client, cast.judge().account)
    assert "J-ZHAO" in visitor.page("/desk/") or "赵法官" in visitor.page("/desk/")
    assert visitor.client.get("/act-as/hr/").headers["Location"] == ACT_AS


def test_before_the_demonstration_has_begun_only_the_public_can_be_played(played, settings):
    Path(settings.DEMO_PLAYBILL).unlink()
    page = playing.visitor().page(ACT_AS)
    assert 'value="applicant"' in page
    assert 'value="clerk"' not in page
    assert "once the demonstration has begun" in page


def test_the_banner_is_on_every_page_and_asks_the_database_nothing_of_a_stranger(played, django_assert_num_queries):
    for address in ("/desk/account/sign-in/", "/who-may-read-what/", ACT_AS):
        with django_assert_num_queries(0):
            page = Client().get(address).content.decode()
        assert page.count('class="demonstration"') == 1
        assert page.index('class="demonstration"') < page.index("<header")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_integrator_sees_the_own_store_and_no_other(played, language):
    listing = cast.in_force()
    playing.deliver(played, only=["finance"])
    visitor = playing.visitor(language)
    page = visitor.page(visitor.press(ACT_AS, part="integrator-finance"))
    department = played.departments[0]
    for shown in (department.url, department.endpoint_id, "listing.published", listing.number, "whpk_", "curl -H"):
        assert shown in page, shown
    assert "/api/v1/events?after=1" in page
    for hidden in (department.client_secret, cast.DEFENDANT_NUMBER, "高䶮"):
        assert hidden not in page
    other = visitor.page(visitor.press(ACT_AS, part="integrator-telecom"))
    assert listing.number not in other


def test_a_store_that_cannot_be_read_is_said_in_words(played):
    Path(played.departments[0].store).write_bytes(b"no store at all, and long enough to look like one" * 100)
    Path(played.departments[1].store).unlink()
    visitor = playing.visitor()
    for key in ("integrator-finance", "integrator-telecom"):
        assert "cannot be read at the moment" in visitor.page(visitor.press(ACT_AS, part=key))


@pytest.mark.parametrize("key", [key for key in KEYS if key not in OFFICERS])
def test_what_one_may_read_is_the_table_row_by_row(played, key):
    cast.in_force()
    visitor = playing.visitor()
    page = visitor.page(visitor.press(ACT_AS, part=key))
    for row in TABLE:
        assert escape(str(row.label)[1:]) in page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_hr_asks_about_the_listed_and_the_unlisted_applicant(played, monkeypatch, language):
    questions = playing.answers_within(monkeypatch)
    listing = cast.in_force()
    visitor = playing.visitor(language)
    where = visitor.press(ACT_AS, part="hr")
    for chosen, outcome in (("listed", "listed"), ("unlisted", "not_listed")):
        visitor.press(where, applicant=chosen)
        form = _typed(visitor.client.get(where))
        assert form["document_number"]
        visitor.press(where, **form)
        page = visitor.page(where)
        screening = Screening.objects.get(outcome=outcome)
        assert screening.pk in page
        assert form["document_number"] not in page
        assert masked(form["document_number"]) in page
        assert (listing.number in page) is (outcome == "listed")
        assert screening.pk not in visitor.page(where), "an answer is shown once"
    assert len(questions) == 2


def test_what_the_court_refuses_is_shown_with_code_and_words_beside_its_field(played, monkeypatch):
    playing.answers_within(monkeypatch)
    visitor = playing.visitor()
    where = visitor.press(ACT_AS, part="hr")
    visitor.press(where, applicant="unlisted")
    typed = _typed(visitor.client.get(where))
    wrong = {
        "R-102": {"document_number": typed["document_number"][:-1] + "0"},
        "R-503": {"fingerprint": "", "signed_on": ""},
    }
    for code, changes in wrong.items():
        page = visitor.client.post(where, {**typed, **changes}).content.decode()
        assert "There is a problem" in page
        assert f"{code} " in page
        assert "<title>Error:" in page.replace("\n", "")
    assert Screening.objects.count() == 0


def test_a_question_that_cannot_be_read_goes_nowhere(played, monkeypatch):
    questions = playing.answers_within(monkeypatch)
    visitor = playing.visitor()
    where = visitor.press(ACT_AS, part="hr")
    page = visitor.client.post(where, {"purpose": "curiosity", "signed_on": "yesterday"}).content.decode()
    assert 'href="#id_name"' in page
    assert 'href="#id_purpose"' in page
    assert questions == []


def test_a_court_that_does_not_answer_is_said(played):
    visitor = playing.visitor()
    where = visitor.press(ACT_AS, part="hr")
    visitor.press(where, applicant="unlisted")
    page = visitor.client.post(where, _typed(visitor.client.get(where)), SERVER_PORT="9").content.decode()
    assert "did not answer" in page


def test_the_listed_person_reads_the_own_record_and_who_was_told(played):
    visitor = playing.visitor()
    where = visitor.press(ACT_AS, part="listed-person")
    assert "Nothing is held on you" in visitor.page(where)
    listing = cast.in_force()
    playing.deliver(played, only=["finance"])
    page = visitor.page(where)
    assert listing.number in page
    assert "applied" in page
    assert cast.DEFENDANT_NUMBER not in page


@pytest.mark.parametrize(
    ("door", "opens"),
    [
        ("person:record", "/record/"),
        ("person:told", "/record/told/"),
        ("person:asked", "/record/asked/"),
        ("person:objections", "/objections/"),
    ],
)
def test_the_listed_person_walks_in_by_one_press(played, door, opens):
    listing = cast.in_force()
    visitor = playing.visitor()
    where = visitor.press(ACT_AS, part="listed-person")
    assert f'value="{door}"' in visitor.page(where)
    assert visitor.press(where, door=door) == opens
    assert listing.number in visitor.page("/record/")
    assert "高䶮" in visitor.page("/record/")
    assert "listed person" in visitor.page(opens), "the banner still says who one is"
    visitor.press(ACT_AS, part="clerk")
    assert visitor.client.get("/record/").headers["Location"] == "/identity/"


@pytest.mark.parametrize("door", ["", "admin:index", "person:decide"])
def test_no_other_door_opens(played, door):
    cast.in_force()
    visitor = playing.visitor()
    where = visitor.press(ACT_AS, part="listed-person")
    assert visitor.press(where, door=door) == where
    assert ProvenIdentity.objects.count() == 0


def test_nobody_walks_in_as_another_part_or_without_a_listing(played):
    visitor = playing.visitor()
    where = visitor.press(ACT_AS, part="listed-person")
    assert visitor.press(where, door="person:record") == where
    cast.in_force()
    visitor.press(ACT_AS, part="applicant")
    assert visitor.press(where, door="person:record") == ACT_AS
    assert ProvenIdentity.objects.count() == 0


def _typed(answer):
    """What the form shows, as the browser would send it."""
    form = answer.context["form"]
    return {bound.name: _value(bound) for bound in form}


def _value(bound):
    value = bound.value()
    return "" if value is None else str(value)


def test_hr_enters_the_employers_portal(played, settings):
    hr = world.admit_employer(Officers(), timezone.now()).hr
    replace(played, employer_account_id=hr.account_id).write(settings.DEMO_PLAYBILL)
    visitor = playing.visitor()
    assert "Open the employer’s portal" in visitor.page(visitor.press(ACT_AS, part="hr"))
    assert "New screening" in visitor.page(reverse("employer:start"))
    assert sorted(member.role for member in hr.organisation.members.all()) == ["auditor", "hr", "owner"]
