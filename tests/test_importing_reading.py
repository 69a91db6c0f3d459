"""An uploaded file waits sealed, is read by a worker in turns, and is gone as soon as it is read, stopped, late or refused."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from types import SimpleNamespace

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.reader.strings import read_string_table

from registry import refused
from registry.errors import (
    AnotherCourt,
    ColumnsMissing,
    DamagedBelow,
    FileTooLarge,
    ImportsHeld,
    NothingToImport,
    WrongRole,
)
from registry.importing import deciding, going_on, opening, reading, reading_in, sealed_file, uploading, workbook
from registry.keys import SealBroken
from registry.models import Import, ImportPiece, ImportRow, ImportState, Role
from tests import cast
from tests.desk import at_the_desk
from tests.importing import (
    after_block,
    checked,
    csv_file,
    damaged,
    fresh,
    number_of,
    read_in,
    row,
    rows,
    uploaded,
    work,
    xlsx_file,
)
from tests.test_importing_input import zipped
from tests.test_importing_pages import address, text, upload

pytestmark = pytest.mark.django_db
ROWS = 9
LEASED = cast.NOW + reading_in.LEASE
BROWSED = ("en", "zh-hans")


@pytest.fixture(autouse=True)
def blocks_of_three(monkeypatch):
    monkeypatch.setattr(reading_in, "STORED_AT_ONCE", 3)
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


class Killed(BaseException):
    """The process ends here."""


def dies():
    raise Killed


def read_until_killed(monkeypatch, block=1, now=cast.NOW):
    after_block(monkeypatch, block, dies)
    with pytest.raises(Killed):
        going_on.go_on(now=now)


def is_kept_of(made):
    return made.pieces.exists(), made.rows.exists()


def why(made):
    return fresh(made).unreadable["code"]


def test_a_file_waits_sealed_and_none_of_its_rows_is_there_before_a_worker_reads_it():
    made = uploaded(csv_file(rows(ROWS)))
    assert (made.state, made.lines, made.total) == (ImportState.READING, ROWS, 0)
    assert is_kept_of(made) == (True, False)
    kept = b"".join(bytes(each.sealed) for each in made.pieces.all())
    assert number_of(0).encode() not in kept
    assert row(0)["name"].encode() not in kept


def test_once_it_is_read_its_rows_are_kept_and_the_file_is_not(settings):
    made = read_in(csv_file(rows(ROWS)))
    assert (made.state, made.total, made.waiting, made.lines_read) == (ImportState.CHECKING, ROWS, ROWS, ROWS)
    assert is_kept_of(made) == (False, True)
    assert made.keep_until == cast.NOW + timedelta(hours=settings.REGISTRY_IMPORT_HOURS)
    work()
    assert fresh(made).sound == ROWS


@pytest.mark.parametrize("make", [csv_file, xlsx_file])
def test_a_file_of_many_pieces_is_whole_again(monkeypatch, make):
    monkeypatch.setattr(sealed_file, "PIECE", 100)
    file = make(rows(ROWS))
    made = uploaded(file)
    assert made.pieces.count() > 10
    assert sealed_file.whole(made) == file
    work()
    assert fresh(made).sound == ROWS


def test_a_piece_opens_in_its_own_place_alone(monkeypatch):
    monkeypatch.setattr(sealed_file, "PIECE", 100)
    made, other = uploaded(csv_file(rows(2))), uploaded(csv_file(rows(2)))
    piece = made.pieces.get(number=0)
    for import_, number in ((other, 0), (made, 1)):
        piece.of_import, piece.number = import_, number
        with pytest.raises(SealBroken):
            assert piece.content


def bomb(monkeypatch):
    monkeypatch.setattr(workbook, "PART_MOST", 1024 * 1024)
    return zipped({"xl/sharedStrings.xml": b"0" * (2 * 1024 * 1024)})


def too_many(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    return csv_file(rows(3))


def broken_line(_monkeypatch):
    return csv_file(rows(4)) + b'"never closed'


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (bomb, FileTooLarge),
        (too_many, FileTooLarge),
        (broken_line, DamagedBelow),
        (lambda _patch: damaged(ROWS), DamagedBelow),
        (lambda _patch: b"a,b\r\n1,2\r\n", ColumnsMissing),
        (lambda _patch: xlsx_file([]), NothingToImport),
    ],
)
def test_what_a_look_shows_is_refused_on_the_form_and_nothing_is_kept(monkeypatch, file, refusal):
    browser = at_the_desk(cast.clerk())
    answer = upload(browser, file(monkeypatch))
    assert refusal.code in text(answer)
    assert not Import.objects.exists()
    assert not ImportPiece.objects.exists()


def test_a_workbook_that_is_damaged_below_what_was_looked_at_ends_with_the_row_and_the_remedy(monkeypatch):
    monkeypatch.setattr(reading, "LOOKED_INTO", 3)
    made = read_in(damaged(ROWS))
    assert made.state == ImportState.UNREADABLE
    assert is_kept_of(made) == (False, False)
    refusal = refused.read(made.unreadable)
    assert isinstance(refusal, DamagedBelow)
    assert refusal.facts["row"] == made.lines_read + 1
    assert 1 < made.lines_read < ROWS
    Import.objects.update(ended_at=datetime.now(tz=UTC))  # my work asks the database's clock
    for language in BROWSED:
        page = text(at_the_desk(cast.clerk(), language).get(address(made)))
        assert refusal.code in page
        assert str(refusal.facts["row"]) in page
        assert f"/desk/imports/{made.pk}/" in at_the_desk(cast.clerk(), language).get("/desk/").content.decode()


def test_too_many_rows_of_a_workbook_end_it_though_some_are_stored(monkeypatch):
    made = uploaded(xlsx_file(rows(ROWS)))
    monkeypatch.setattr(reading, "MOST_ROWS", 4)
    going_on.go_on(now=cast.NOW)
    assert (fresh(made).state, why(made), fresh(made).total) == (ImportState.UNREADABLE, FileTooLarge.code, 0)
    assert is_kept_of(made) == (False, False)


def test_a_file_that_could_not_be_read_leaves_my_work_after_some_days():
    made = uploaded(csv_file(rows(1)))
    going_on.destroy(now=made.keep_until)
    ended = fresh(made).ended_at
    for days, waits in ((6, [made]), (8, [])):
        assert list(deciding.waiting_for(cast.clerk(), ended + timedelta(days=days))) == waits


def test_the_page_tells_how_far_the_file_is_read(monkeypatch):
    made = uploaded(csv_file(rows(ROWS)))
    seen = []
    after_block(
        monkeypatch, 2, lambda: seen.extend(at_the_desk(cast.clerk(), each).get(address(made)) for each in BROWSED)
    )
    going_on.go_on(now=cast.NOW)
    english = text(seen[0])
    assert "6 of 9 rows read" in english
    assert "Time left: less than a minute" in english
    assert "It goes on without this page" in english
    for page in seen:
        html = page.content.decode()
        assert re.search(r'<progress[^>]*max="9"[^>]*value="6"', html)
        assert "progress.js" in html
        assert number_of(0) not in html
        assert row(0)["name"] not in html


def test_a_clerk_stops_it_while_it_is_read(monkeypatch):
    made = uploaded(csv_file(rows(ROWS)))
    after_block(monkeypatch, 1, lambda: at_the_desk(cast.clerk()).post(address(made, "stop/")))
    assert going_on.go_on(now=cast.NOW)
    assert fresh(made).state == ImportState.STOPPED
    assert is_kept_of(made) == (False, False)
    assert not going_on.go_on(now=cast.NOW)


def test_it_can_be_stopped_before_anybody_read_it():
    made = uploaded(csv_file(rows(ROWS)))
    deciding.stop(made.pk, officer=cast.judge(), now=cast.NOW)
    assert (fresh(made).state, is_kept_of(made)) == (ImportState.STOPPED, (False, False))


def test_a_stranger_neither_sees_nor_stops_it(client):
    made = uploaded(csv_file(rows(1)))
    for browser in (client, at_the_desk(cast.stranger()), at_the_desk(cast.statistician())):
        assert browser.get(address(made)).status_code in (302, 403, 404)
        assert browser.post(address(made, "stop/")).status_code in (302, 403, 404)
    with pytest.raises(AnotherCourt):
        deciding.stop(made.pk, officer=cast.officer("C-YU", Role.CLERK, court="京0108"), now=cast.NOW)
    with pytest.raises(WrongRole):
        uploading.upload(csv_file(rows(1)), officer=cast.judge(), now=cast.NOW)
    assert (fresh(made).state, is_kept_of(made)) == (ImportState.READING, (True, False))


def test_a_file_that_waits_to_be_read_counts_among_those_that_may_wait(settings):
    settings.REGISTRY_IMPORTS_HELD = 1
    uploaded(csv_file(rows(1)))
    with pytest.raises(ImportsHeld):
        uploaded(csv_file(rows(1)))
    assert ImportPiece.objects.count() == 1


def test_nobody_else_reads_it_while_the_lease_runs_and_another_begins_anew_when_it_ran_out(monkeypatch):
    made = uploaded(csv_file(rows(ROWS)))
    read_until_killed(monkeypatch, block=2)
    assert fresh(made).total == ImportRow.objects.count() == 6
    assert not going_on.go_on(now=cast.NOW)
    assert going_on.go_on(now=LEASED + timedelta(seconds=5))
    assert (fresh(made).state, fresh(made).total) == (ImportState.CHECKING, ROWS)
    assert sorted(made.rows.values_list("row", flat=True)) == list(range(2, ROWS + 2))
    assert not made.pieces.exists()


def test_a_worker_whose_lease_ran_out_stores_nothing_more(monkeypatch):
    made = uploaded(csv_file(rows(ROWS)))
    after_block(monkeypatch, 1, lambda: going_on.go_on(now=LEASED + timedelta(seconds=5)))
    going_on.go_on(now=cast.NOW)
    assert (fresh(made).state, fresh(made).turn, fresh(made).total) == (ImportState.CHECKING, 2, ROWS)
    assert made.rows.count() == ROWS
    work()
    going_on.go_on(now=LEASED + timedelta(seconds=5))
    assert fresh(made).sound == ROWS


def test_a_worker_that_wakes_while_another_reads_leaves_everything_to_that_one():
    """The import is being read all the while; only the turn tells whose it is."""
    made = uploaded(csv_file(rows(ROWS)))
    slow = reading_in.take(fresh(made), cast.NOW)
    other = reading_in.take(fresh(made), LEASED)
    reading_in.read(slow)
    reading_in.put_off(slow, going_on.AGAIN)
    kept = fresh(made)
    assert (kept.total, kept.turn, kept.due_at) == (0, 2, LEASED + reading_in.LEASE)
    assert is_kept_of(made) == (True, False)
    reading_in.read(other)
    assert (fresh(made).state, made.rows.count()) == (ImportState.CHECKING, ROWS)


def test_each_block_pushes_the_lease_on(monkeypatch):
    made = uploaded(csv_file(rows(ROWS)))
    seconds = iter(range(0, 1000, 10))
    monkeypatch.setattr(reading_in, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    seen = []
    after_block(monkeypatch, 2, lambda: seen.append(fresh(made).due_at))
    going_on.go_on(now=cast.NOW)
    assert seen == [cast.NOW + timedelta(seconds=20) + reading_in.LEASE]


def test_a_file_at_which_every_worker_dies_is_given_up(monkeypatch):
    made = uploaded(csv_file(rows(ROWS)))
    now = cast.NOW
    for _turn in range(reading_in.TURNS_MOST):
        read_until_killed(monkeypatch, now=now)
        now += reading_in.LEASE + timedelta(seconds=5)
    assert fresh(made).state == ImportState.READING
    going_on.go_on(now=now)
    assert (fresh(made).state, why(made)) == (ImportState.UNREADABLE, "R-385")
    assert is_kept_of(made) == (False, False)


def test_a_turn_that_fails_is_put_off_says_no_word_of_a_row_and_keeps_no_other_waiting(monkeypatch, caplog):
    made = uploaded(csv_file(rows(ROWS)))

    def fails():
        raise RuntimeError(cast.DEFENDANT_NUMBER)

    after_block(monkeypatch, 1, fails)
    assert going_on.go_on(now=cast.NOW)
    assert cast.DEFENDANT_NUMBER not in caplog.text
    other = uploaded(csv_file(rows(1)))
    work()
    assert (fresh(made).state, fresh(other).state) == (ImportState.READING, ImportState.CHECKED)
    assert going_on.go_on(now=cast.NOW + going_on.AGAIN + timedelta(seconds=5))
    assert (fresh(made).state, made.rows.count()) == (ImportState.CHECKING, ROWS)


def test_a_worker_that_is_called_off_in_the_middle_of_a_sheet_blames_no_file(monkeypatch):
    made = uploaded(xlsx_file(rows(ROWS)))
    spread = workbook._spread

    def called_off(lines, merges):
        yield from islice(spread(lines, merges), 6)
        raise SoftTimeLimitExceeded

    with monkeypatch.context() as patch:
        patch.setattr(workbook, "_spread", called_off)
        going_on.go_on(now=cast.NOW)
    assert (fresh(made).state, made.pieces.exists()) == (ImportState.READING, True)
    going_on.go_on(now=cast.NOW + going_on.AGAIN + timedelta(seconds=5))
    assert (fresh(made).state, fresh(made).total) == (ImportState.CHECKING, ROWS)


BEFALLS = st.tuples(
    st.sampled_from(["goes on", "dies", "fails", "is overtaken", "is stopped"]), st.integers(1, ROWS // 3)
)
TURNS = reading_in.TURNS_MOST + 1


@given(befallen=st.lists(BEFALLS, min_size=TURNS, max_size=TURNS))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_becomes_of_its_workers_every_row_is_there_once_or_nothing_is(monkeypatch, befallen):
    """Each goes on, dies, fails, is overtaken by another or by a clerk who stops the import, after some block."""
    Import.objects.all().delete()
    made, now = uploaded(csv_file(rows(ROWS))), cast.NOW
    for happens, block in befallen:
        later = now + going_on.AGAIN + timedelta(seconds=5)
        with monkeypatch.context() as patch:
            after_block(patch, block, partial(befalls, happens, made, later))
            with suppress(Killed):
                going_on.go_on(now=now)
        now, kept = later, fresh(made)
        assert made.rows.count() == kept.total
        assert made.pieces.exists() == (kept.state == ImportState.READING)
        if kept.state != ImportState.READING:
            break
    expected = list(range(2, ROWS + 2)) if kept.state == ImportState.CHECKING else []
    assert kept.state in (ImportState.CHECKING, ImportState.STOPPED, ImportState.UNREADABLE)
    assert list(made.rows.order_by("row").values_list("row", flat=True)) == expected


def befalls(happens, made, later):
    if happens == "dies":
        raise Killed
    if happens == "fails":
        raise RuntimeError
    if happens == "is overtaken":
        going_on.go_on(now=later)
    if happens == "is stopped":
        deciding.stop(made.pk, officer=cast.clerk(), now=cast.NOW)


def test_one_file_is_read_at_a_time_and_all_else_goes_on(monkeypatch):
    first, second, third = (uploaded(csv_file(rows(ROWS))) for _each in range(3))
    Import.objects.filter(pk=first.pk).update(due_at=cast.NOW - timedelta(seconds=2))
    Import.objects.filter(pk=third.pk).update(state=ImportState.CHECKING)
    after_block(monkeypatch, 1, work)
    going_on.go_on(now=cast.NOW)
    assert fresh(third).state == ImportState.CHECKED, "another worker checked meanwhile"
    assert (fresh(first).state, fresh(second).state) == (ImportState.CHECKING, ImportState.READING)
    work()
    assert fresh(second).state == ImportState.CHECKED


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_file_is_read(monkeypatch):
    made = uploaded(csv_file(rows(ROWS)))
    read, open_then = reading.read, []

    def reads(file):
        for each in read(file):
            open_then.append(connection.in_atomic_block)
            yield each

    monkeypatch.setattr(reading, "read", reads)
    work()
    assert open_then == [False] * ROWS
    assert fresh(made).state == ImportState.CHECKED


def test_a_file_that_nobody_reads_is_destroyed_long_before_its_rows_would_be():
    made = uploaded(csv_file(rows(ROWS)))
    late = cast.NOW + timedelta(hours=uploading.UNREAD_HOURS)
    assert going_on.destroy(now=late - timedelta(seconds=1)) == 0
    assert going_on.destroy(now=late) == 1
    assert (fresh(made).state, why(made)) == (ImportState.UNREADABLE, "R-386")
    assert is_kept_of(made) == (False, False)


@pytest.mark.parametrize("end", ["stop", "return", "expire", "read"])
def test_however_it_ends_no_piece_of_the_file_is_left(end):
    made = checked(rows(1)) if end != "read" else read_in(csv_file(rows(1)))
    if end == "stop":
        deciding.stop(made.pk, officer=cast.clerk(), now=cast.NOW)
    if end == "return":
        deciding.submit(made.pk, officer=cast.clerk(), now=cast.NOW)
        deciding.send_back(made.pk, reason="the fines are missing", officer=cast.judge(), now=cast.NOW)
    if end == "expire":
        going_on.destroy(now=fresh(made).keep_until)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_importpiece")
        assert cursor.fetchone() == (0,)


def strings_file(items):
    said = "".join(f"<si>{each}</si>" for each in items)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return zipped({"s": f'<sst xmlns="{main}">{said}</sst>'.encode()})


PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="<>&"), max_size=20)
ITEM = st.one_of(
    PLAIN.map(lambda said: f'<t xml:space="preserve">{said}</t>'),
    st.lists(PLAIN, min_size=1, max_size=3).map(
        lambda runs: "".join(f"<r><rPr><b/></rPr><t>{said}</t></r>" for said in runs)
    ),
    PLAIN.map(lambda said: f'<t>{said}</t><rPh sb="0" eb="1"><t>pronounced</t></rPh><phoneticPr fontId="1"/>'),
    st.just(""),
)


@given(st.lists(ITEM, max_size=5))
def test_the_strings_of_a_workbook_are_those_that_the_library_reads(items):
    file = strings_file(items)
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        ours = list(opening._strings(archive, "s"))
        with archive.open("s") as part:
            assert ours == read_string_table(part)


def test_strings_are_read_no_further_than_a_cell_asks():
    with zipfile.ZipFile(io.BytesIO(strings_file(["<t>a</t>", "<t>b</t>", "<t>c</t>"]))) as archive:
        strings = opening._Strings(archive, "s")
        assert strings[1] == "b"
        assert len(strings._known) == 2
        assert (strings[0], strings[2]) == ("a", "c")
        with pytest.raises(IndexError):
            assert strings[3]
