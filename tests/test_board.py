"""The live board: what it says of the book and of the departments' lists, and of each part that cannot be read."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils.translation import override

from config.demo import watched_book, watching
from config.demo.playbill import Playbill, PlayedDepartment
from config.demo.watched_lists import arrival_of, duration, read_store
from config.demo.watching import Reach, Standing
from registry import ulid
from registry.models import Event, EventType, Listing
from sharing.delivery.models import Endpoint
from sharing.departments import telling
from sharing.receiver import applying, store
from sharing.receiver.events import read_event
from tests import cast
from tests.receiver_double import NAME, pushed

TODAY = cast.NOW.date()
LANGUAGES = ("zh-hans", "en")

pytestmark = pytest.mark.usefixtures("notice_waived")


@pytest.fixture
def address() -> Iterator[str]:
    """Where somebody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/webhooks"


@pytest.fixture
def played(tmp_path, address) -> PlayedDepartment:
    """The finance department, connected and told on its measure, with a receiver that has received nothing yet."""
    department = cast.department()
    cast.measure(department)
    endpoint, _ = cast.add_endpoint(department, address, now=cast.NOW)
    with closing(store.open_for_writing(tmp_path / "finance.sqlite")):
        pass
    return PlayedDepartment(
        code="finance",
        name="示范金融监管局",
        name_en="Finance",
        department_id=department.pk,
        endpoint_id=endpoint.pk,
        url=address,
        store=str(tmp_path / "finance.sqlite"),
        client_id="client",
        client_secret="secret",
    )


@pytest.fixture
def playbill(settings, tmp_path: Path, played) -> Path:
    path = tmp_path / "playbill.json"
    Playbill(departments=(played,)).write(path)
    settings.DEMO_PLAYBILL = path
    return path


def told(listing: Listing | None = None) -> Event:
    """An event in the log, and the decision for whom it is meant."""
    listing = listing or cast.in_force()
    telling.walk(now=cast.NOW)
    return Event.objects.filter(listing=listing).latest("position")


def receive(played: PlayedDepartment, event: Event, after_ms: int = 63, *, confirmed: bool = True) -> None:
    """The receiver's own code applies what was told of the event."""
    body = pushed(event.position, event.type, number=event.listing.number, version=event.version)
    body["data"]["event"]["id"] = event.event_id
    at = round((event.occurred_at + timedelta(milliseconds=after_ms)).timestamp() * 1000)
    with closing(store.open_for_writing(Path(played.store))) as opened:
        applying.apply(opened, read_event(body), source="push", now=at)
        if confirmed:
            opened.execute("UPDATE outbox SET accepted_at = ?", (at,))


def look(*departments: PlayedDepartment) -> watching.Board:
    return watching.look(departments, TODAY)


def only(board: watching.Board) -> watching.DepartmentRow:
    (row,) = board.departments
    return row


@pytest.mark.django_db
def test_the_book_counts_what_is_in_force_today_and_names_its_last_event():
    event = told()
    book = watched_book.read_book(TODAY)
    assert (book.in_force, book.size, book.last.number, book.last.version) == (1, 1, event.listing.number, 1)
    assert watched_book.read_book(TODAY.replace(year=2200)).in_force == 0, (
        "a timer that did not run keeps nobody listed"
    )


@pytest.mark.django_db
def test_a_list_with_everything_that_was_meant_for_it_is_in_step(played):
    receive(played, told(), after_ms=63)
    row = only(look(played))
    assert (row.standing, row.held, row.behind) == (Standing.IN_STEP, 1, 0)
    assert (row.last.type, row.last.receipt, row.last.confirmed, row.last.delay_ms) == (
        EventType.PUBLISHED,
        "applied",
        True,
        63,
    )


@pytest.mark.django_db
def test_a_withdrawal_empties_the_list_and_says_purged(played):
    listing = cast.in_force()
    receive(played, told(listing))
    receive(played, told(cast.withdrawn(listing)), confirmed=False)
    row = only(look(played))
    assert (row.standing, row.held, row.last.receipt, row.last.confirmed) == (Standing.IN_STEP, 0, "purged", False)


@pytest.mark.django_db
def test_a_list_is_behind_by_what_was_meant_for_it_and_did_not_arrive(played):
    receive(played, told())
    told(cast.corrected(Listing.objects.get(), fine_yuan=5_000))
    row = only(look(played))
    assert (row.standing, row.behind, row.held) == (Standing.BEHIND, 1, 1)


@pytest.mark.django_db
def test_a_department_that_is_switched_off_is_said_not_to_answer(played):
    told()
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    off = PlayedDepartment(**{**vars(played), "url": f"http://127.0.0.1:{port}/webhooks"})
    row = only(look(off))
    assert (row.standing, row.behind, row.failing) == (Standing.SILENT, 1, None)


@pytest.mark.django_db
def test_a_department_that_takes_nothing_is_said_not_to_answer(played):
    Endpoint.objects.filter(pk=played.endpoint_id).update(failures=3)
    row = only(look(played))
    assert (row.standing, row.failing.failures) == (Standing.SILENT, 3)


@pytest.mark.django_db
def test_a_store_that_is_missing_is_said_so_and_read_again_when_it_is_there(played):
    event = told()
    Path(played.store).unlink()
    row = only(look(played))
    assert (row.standing, row.held, row.last) == (Standing.UNREADABLE, None, None)
    assert look(played).events[0].cells[0][1].reach == Reach.UNREADABLE
    receive(played, event)
    assert only(look(played)).standing == Standing.IN_STEP


@pytest.mark.django_db
def test_a_damaged_store_is_said_to_be_unreadable(played):
    for name in Path(played.store).parent.glob("finance.sqlite*"):
        name.unlink()
    Path(played.store).write_bytes(b"this is no database, " * 500)
    assert only(look(played)).standing == Standing.UNREADABLE


def test_a_locked_store_does_not_hold_the_board_up(tmp_path):
    path = tmp_path / "locked.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as locking:
        locking.executescript(store.SHAPE)
        locking.execute("BEGIN EXCLUSIVE")
        assert read_store(path) is None
        locking.execute("ROLLBACK")
    assert read_store(path).held == 0


@pytest.mark.django_db
def test_while_the_database_is_away_the_lists_are_shown_all_the_same(played, monkeypatch):
    receive(played, told())
    with monkeypatch.context() as away:
        away.setattr(watched_book, "_book", raising(OperationalError("the database system is starting up")))
        board = look(played)
    assert (board.book, board.events) == (None, ())
    assert (only(board).standing, only(board).held) == (Standing.UNKNOWN, 1)
    assert only(look(played)).standing == Standing.IN_STEP


@pytest.mark.django_db
def test_the_last_five_events_say_how_far_each_came(played):
    early = cast.department("transport")
    receive(played, told(), after_ms=41)
    told(cast.second_in_force())
    other = PlayedDepartment(**{**vars(played), "department_id": early.pk})
    waiting, received = look(played, other).events
    assert [cell.reach for _, cell in waiting.cells] == [Reach.WAITING, Reach.NOT_MEANT]
    assert received.cells[0][1].reach == Reach.RECEIVED
    assert received.cells[0][1].arrival.after == "41 ms"


@pytest.mark.django_db
def test_an_event_for_which_nothing_is_decided_yet_waits(played):
    cast.in_force()
    (row,) = look(played).events
    assert row.cells[0][1].reach == Reach.WAITING


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (2400, "2.4 s"),
        (300_000, "5 min"),
        (3 * 3_600_000, "3 h"),
        (864_000_000, "10 days"),
    ],
)
def test_a_delay_is_said_in_the_unit_that_fits_it(milliseconds, words):
    with override("en"):
        assert duration(milliseconds) == words


@pytest.mark.django_db
@pytest.mark.urls("tests.demo_urls")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board_is_served_in_both_languages_and_names_nobody(client, played, playbill, language):
    receive(played, told())
    client.cookies["django_language"] = language
    page = client.get("/board/").content.decode()
    with override(language):
        assert str(Standing.IN_STEP.label) in page
        assert str(EventType.PUBLISHED.label) in page
    assert (played.name_en if language == "en" else played.name) in page
    assert played.url not in page
    for personal in (NAME, "高䶮", cast.DEFENDANT_NUMBER):
        assert personal not in page


@pytest.mark.django_db
@pytest.mark.urls("tests.demo_urls")
def test_a_board_that_did_not_change_is_not_sent_again(client, played, playbill):
    event = told()
    mark = client.get("/board/").context["mark"]
    assert client.get("/board/", {"seen": mark}).status_code == 204
    receive(played, event)
    assert client.get("/board/", {"seen": mark}).status_code == 200


@pytest.mark.django_db
@pytest.mark.urls("tests.demo_urls")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_around_stays_whatever_cannot_be_read(client, played, playbill, monkeypatch, language):
    client.cookies["django_language"] = language
    Path(played.store).unlink()
    monkeypatch.setattr(watched_book, "_book", raising(OperationalError("connection refused")))
    answer = client.get("/")
    assert answer.status_code == 200
    with override(language):
        assert str(Standing.UNREADABLE.label) in answer.content.decode()
    playbill.unlink()
    assert client.get("/").status_code == client.get("/board/").status_code == 200


@pytest.mark.django_db
@pytest.mark.urls("tests.demo_urls")
def test_only_reading_is_possible(client, playbill):
    assert client.post("/board/").status_code == 405


@pytest.mark.django_db
def test_in_production_there_is_no_board(client):
    assert client.get("/board/").status_code == 404
    assert 'id="board"' not in client.get("/").content.decode()


def raising(error: Exception):
    def fail(*arguments: object) -> None:
        raise error

    return fail


def test_a_delay_is_exact_though_what_was_told_names_whole_seconds():
    occurred = cast.NOW + timedelta(milliseconds=731)
    identifier = "evt_" + ulid.new_ulid(occurred)
    at = round(occurred.timestamp() * 1000) + 44
    seen = store.Seen(
        identifier, 1, 1, 0, "listing.published", "L-2026-000001", 1, "applied", "push", at, 775, None, None
    )
    assert arrival_of(seen).delay_ms == 44
    assert arrival_of(replace(seen, id="evt_unknown")).delay_ms == 775
    assert arrival_of(replace(seen, delay=None)).after == ""
