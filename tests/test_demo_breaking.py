"""Try to break it: every experiment holds on the product itself; only the demonstration's processes are stood in for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from config.demo import inboxes
from config.demo.control import Answer, Command, Running, Word
from config.demo.experiments import book, doors, machinery, programme
from config.demo.experiments.arrivals import Came, arrivals
from config.demo.experiments.outcome import Outcome, Scene
from config.demo.inboxes import Inbox
from config.demo.playbill import Playbill, PlayedDepartment
from config.valkey import free_port
from registry.errors import FourEyes, Juvenile, WrongRole
from registry.models import Event, Listing, Person, Proposal
from sharing.delivery import contents, envelope, reading
from sharing.delivery.work import live_secrets
from sharing.departments import telling
from sharing.employers.models import Screening
from sharing.parties import clients
from tests import asking, cast

PAGE = "/try-to-break-it/"
SLUGS = [each.slug for each in programme.EXPERIMENTS]

demonstration = pytest.mark.urls("tests.demo_urls")

pytestmark = pytest.mark.usefixtures("notice_waived")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def stage(monkeypatch):
    """The stage's end of the control: what was commanded, and what it answers."""
    stage = Stage()
    monkeypatch.setattr(machinery, "ask", stage.ask)
    monkeypatch.setattr("config.demo.pages.breaking.ask", stage.ask)
    return stage


@pytest.fixture
def receiver(tmp_path: Path, db: None) -> Iterator[PlayedDepartment]:
    """A department with a running reference receiver that keeps one listing in force."""
    inbox = Inbox("finance", "Finance", tmp_path / "finance.sqlite", port=free_port())
    played, secret = _joined(inbox)
    environment = {"RECEIVER_SECRETS": secret, "RECEIVER_ENDPOINT": played.endpoint_id}
    inboxes.start(inbox, tmp_path, environment)
    inboxes.wait_until(lambda: inboxes.listens(inbox), "the receiver listens")
    yield played
    if inbox.child is not None:
        inbox.child.stop()


class Stage:
    def __init__(self) -> None:
        self.word = Word.DONE
        self.running = {"worker": Running.ON, "finance": Running.ON}
        self.commanded: list[tuple[Command, str]] = []

    def ask(self, playbill: Playbill, command: Command, name: str = "") -> Answer:
        self.commanded.append((command, name))
        return Answer(self.word, {} if self.word is Word.NOT_LISTENING else self.running)


def _joined(inbox: Inbox) -> tuple[PlayedDepartment, str]:
    department = cast.department()
    cast.measure(department)
    endpoint, secret = cast.add_endpoint(department, inbox.url, now=cast.NOW)
    played = PlayedDepartment(
        code="finance",
        name="示范金融监管局",
        name_en="Finance",
        department_id=department.pk,
        endpoint_id=endpoint.pk,
        url=inbox.url,
        store=str(inbox.path),
        client_id="",
        client_secret="",
    )
    return played, secret


def scene(*departments: PlayedDepartment, choice: str = "", **more: str) -> Scene:
    accounts = {"clerk": cast.clerk().account_id, "judge": cast.judge().account_id}
    return Scene(Playbill(departments=departments, accounts=accounts), choice=choice, **more)


def told_listing() -> Listing:
    listing = cast.in_force()
    telling.walk(now=cast.NOW)
    return listing


def delivered(department: PlayedDepartment) -> Event:
    """The last event meant for the department, posted as the court posts it."""
    event = Event.objects.latest("position")
    meant = reading.one(department.department_id, event.event_id, event.position)
    assert meant is not None
    body = envelope.body(meant, contents.payloads([meant])[meant.position], endpoint=department.endpoint_id)
    secrets = live_secrets([department.endpoint_id])[department.endpoint_id]
    assert doors.Message(department, meant, body, secrets).post(body=body).status == 204
    return event


def all_held(outcomes) -> bool:
    return all(each.held and each.tried for each in outcomes)


@pytest.mark.django_db
def test_postgresql_refuses_every_row_changed_by_hand():
    listing = told_listing()
    outcomes = book.rows_by_hand(scene())
    assert all_held(outcomes)
    assert [each.code for each in outcomes] == [*["SQLSTATE 23001"] * 4, "", ""]
    assert "has no event for version" in outcomes[1].quote
    assert "insert-only" in outcomes[3].quote
    assert "verify_log\n1: what an event said is not what was committed to" in outcomes[4].quote
    assert listing.number in outcomes[5].quote.partition("verify_log")[2]
    assert cast.fresh(listing).ends_on == listing.ends_on
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_a_change_by_hand_that_is_not_refused_is_shown_and_taken_back():
    listing = told_listing()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the entering of the listing still had to be asked
        cursor.execute("SET LOCAL session_replication_role = replica")  # now no trigger stands in the way
    outcomes = book.rows_by_hand(scene())
    assert [each.held for each in outcomes] == [*[False] * 4, True, True]
    assert "fault of the product" in outcomes[0].text["en"]
    assert cast.fresh(listing).ends_on == listing.ends_on
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_what_verifying_does_not_find_is_shown_as_a_fault(monkeypatch):
    told_listing()
    monkeypatch.setattr("registry.verifying.whole.Verification.is_sound", True)
    assert [each.held for each in book.rows_by_hand(scene())[4:]] == [False, False]


@pytest.mark.django_db
def test_nobody_approves_the_own_entry():
    told_listing()
    before = Listing.objects.count()
    outcomes = book.own_entry(scene())
    assert all_held(outcomes)
    assert [each.code for each in outcomes] == [WrongRole.code, FourEyes.code, "SQLSTATE 23514"]
    assert Listing.objects.count() == before
    assert not Proposal.objects.exists()


@pytest.mark.django_db
def test_nothing_is_stored_of_a_juvenile():
    cast.clerk()
    outcomes = book.juvenile(scene())
    assert all_held(outcomes)
    assert outcomes[0].code == Juvenile.code
    assert "Persons 0 before and 0 after" in outcomes[1].text["en"]
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_consent_there_is_no_answer(live_server):
    bank = asking.bank()
    client_id, secret = clients.issue(bank.organisation, ["screenings"], now=cast.NOW)
    playbill = Playbill(employer_client_id=client_id, employer_client_secret=secret)
    outcomes = doors.without_consent(Scene(playbill, address=live_server.url, language="en"))
    assert all_held(outcomes)
    assert outcomes[0].code == "HTTP 403"
    assert '"code": "R-503"' in outcomes[0].quote
    assert "application/problem+json" in outcomes[0].quote
    assert not Screening.objects.exists()


def test_two_visitors_do_not_wait_for_each_other():
    playbill = Playbill(employer_client_id="somebody")
    with doors._ONE_AT_A_TIME:
        (outcome,) = programme.carry_out(programme.find("consent"), Scene(playbill))
    assert not outcome.tried


def test_an_old_and_a_changed_message_are_refused_and_a_repeat_is_taken_once(receiver):
    told_listing()
    delivered(receiver)
    outcomes = doors.replay(scene(receiver))
    assert all_held(outcomes)
    assert [each.code for each in outcomes] == ["HTTP 401", "HTTP 401", "HTTP 204"]
    assert "five minutes" in outcomes[0].quote
    assert "version 1 before and 1 after" in outcomes[2].text["en"]


@pytest.mark.django_db
def test_with_every_department_off_there_is_nobody_to_replay_to(tmp_path):
    played, _ = _joined(Inbox("finance", "Finance", tmp_path / "none.sqlite", port=free_port()))
    (outcome,) = programme.carry_out(programme.find("replay"), scene(played))
    assert not outcome.tried


def test_a_department_is_switched_off_while_the_clerk_acts(receiver, stage):
    listing = told_listing()
    off, happened = machinery.switch_department(scene(receiver, choice="off finance"))
    assert stage.commanded == [(Command.STOP_RECEIVER, "finance")]
    assert off.deed
    assert cast.fresh(listing).flags == ["under_review"]
    assert Event.objects.get(event_id=happened.event).type == "listing.flagged"
    assert [each.came for each in arrivals(happened.event, scene(receiver).playbill)] == [Came.NOT_YET]


def test_a_department_that_is_on_again_is_followed(receiver, stage):
    told_listing()
    event = delivered(receiver)
    (on,) = machinery.switch_department(scene(receiver, choice="on finance"))
    assert stage.commanded == [(Command.START_RECEIVER, "finance")]
    assert (on.code, on.event) == ("TCP connected", event.event_id)
    (arrival,) = arrivals(on.event, scene(receiver).playbill)
    assert arrival.came is Came.PUSHED


@pytest.mark.django_db
def test_the_clerk_takes_the_flag_off_again(stage):
    cast.measure(cast.department())
    listing = told_listing()
    machinery.kill_worker(scene())
    outcomes = machinery.kill_worker(scene())
    assert cast.fresh(listing).flags == []
    assert outcomes[1].code == "listing.unflagged"


@pytest.mark.django_db
@pytest.mark.parametrize("choice", ["", "off", "off nobody", "explode finance", "on finance; rm -rf /"])
def test_what_is_no_department_is_not_switched(stage, choice):
    (outcome,) = programme.carry_out(programme.find("department"), scene(choice=choice))
    assert not outcome.tried
    assert stage.commanded == []


@pytest.mark.django_db
def test_the_broker_is_emptied_after_the_act_and_before_anybody_heard(stage):
    cast.measure(cast.department())
    told_listing()
    outcomes = machinery.empty_broker(scene())
    assert [command for command, _ in stage.commanded] == [
        Command.FLUSH_BROKER,
        Command.KILL_WORKER,
        Command.FLUSH_BROKER,
    ]
    assert all_held(outcomes)
    assert outcomes[1].event


@pytest.mark.django_db
def test_a_broker_of_somebody_else_is_left_alone(stage):
    stage.word = Word.NOT_OURS
    (outcome,) = programme.carry_out(programme.find("broker"), scene())
    assert not outcome.tried
    assert stage.commanded == [(Command.FLUSH_BROKER, "")]


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SLUGS)
def test_before_the_stage_is_set_every_experiment_says_so(stage, slug):
    stage.word = Word.NOT_LISTENING
    outcomes = programme.carry_out(programme.find(slug), Scene(Playbill()))
    assert [each.tried for each in outcomes] == [False]
    assert all(outcomes[0].text.values())


@pytest.mark.django_db
def test_a_busy_database_is_said_in_words(monkeypatch):
    def busy(officer):
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(book, "listing_in_force", busy)
    (outcome,) = programme.carry_out(programme.find("rows"), scene())
    assert "database" in outcome.text["en"]


# The page


@pytest.fixture
def browser(settings, tmp_path, stage, db) -> Client:
    settings.DEMO_PLAYBILL = tmp_path / "playbill.json"
    scene().playbill.write(settings.DEMO_PLAYBILL)
    return Client(headers={"accept-language": "en"})


@demonstration
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_page_shows_all_eight_in_both_languages(browser, language):
    page = browser.get(PAGE, headers={"accept-language": language}).content.decode()
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in page
    assert all(f'id="{slug}"' in page for slug in SLUGS)
    assert len(SLUGS) == 8


@demonstration
def test_an_answer_is_shown_after_a_redirect_in_the_language_of_the_reader(browser):
    told_listing()
    answer = browser.post(f"{PAGE}own-entry/")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#own-entry")
    english = browser.get(PAGE).content.decode()
    assert "R-304" in english
    assert "Another officer must decide." in english
    chinese = browser.get(PAGE, headers={"accept-language": "zh-CN"}).content.decode()
    assert "须由另一名工作人员决定" in chinese


@demonstration
def test_only_a_post_does_anything(browser, stage):
    answer = browser.get(f"{PAGE}worker/")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}#worker")
    assert stage.commanded == []
    assert browser.post(PAGE).status_code == 405


@demonstration
def test_a_post_from_another_site_is_refused(browser, stage):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{PAGE}worker/").status_code == 403
    assert stage.commanded == []


@demonstration
def test_an_experiment_that_does_not_exist_is_not_found(browser):
    assert browser.post(f"{PAGE}dynamite/").status_code == 404


@demonstration
def test_the_session_keeps_nothing_about_persons(browser):
    told_listing()
    for slug in ("rows", "own-entry", "juvenile"):
        browser.post(f"{PAGE}{slug}/")
    kept = json.dumps(dict(browser.session), ensure_ascii=False)
    assert "R-209" in kept
    assert not any(secret in kept for secret in ("高䶮", "韩若溪", "方知夏", cast.DEFENDANT_NUMBER, "110198"))


@demonstration
def test_an_empty_playbill_and_a_stage_that_does_not_listen_are_said_in_words(browser, settings, stage):
    settings.DEMO_PLAYBILL.unlink()
    stage.word = Word.NOT_LISTENING
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert "still being set up" in page.content.decode()
    assert "No department is connected yet." in page.content.decode()


@demonstration
def test_while_the_session_cannot_be_kept_the_answer_comes_at_once(browser, monkeypatch):
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(SessionStore, "save", away)
    answer = browser.post(f"{PAGE}juvenile/")
    assert answer.status_code == 503
    assert "R-209" in answer.content.decode()


@demonstration
def test_what_waits_is_looked_at_again_and_what_arrived_is_not(browser, receiver, settings):
    scene(receiver).playbill.write(settings.DEMO_PLAYBILL)
    told_listing()
    event = Event.objects.latest("position")
    waiting = browser.get(f"{PAGE}event/{event.event_id}/").content.decode()
    assert "hx-get" in waiting
    assert "not yet" in waiting
    delivered(receiver)
    arrived = browser.get(f"{PAGE}event/{event.event_id}/").content.decode()
    assert "hx-get" not in arrived
    assert "arrived" in arrived


@demonstration
def test_an_event_that_does_not_exist_is_an_empty_list(browser):
    assert browser.get(f"{PAGE}event/evt_nothing/").status_code == 200


@pytest.mark.django_db
def test_outside_the_demonstration_there_is_no_such_page():
    client = Client()
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}worker/").status_code == 404


def test_an_outcome_survives_the_session():
    outcome = Outcome({"en": "x", "zh-hans": "某"}, "R-304", held=False)
    assert Outcome(**json.loads(json.dumps(outcome.as_json()))) == outcome
