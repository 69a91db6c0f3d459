"""The table and the file of the benchmarks, on invented figures, and the receiver that they post to."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date

import pytest

from tests.benchmarks import kept, receiver
from tests.benchmarks.figures import Figure, save, table
from tests.ledger.writing import lines
from tests.racing import MILLISECOND, Asked, Race, begun_within

FIGURE = Figure(
    name="delivery",
    unit="posts/s",
    values=[900, 1100, 1000],
    floors=[2000, 2200, 1800],
    target_of="ratio",
    target=0.3,
    measured="a slot",
    floor_is="a bare loop",
)
LATENCY = replace(FIGURE, name="approval", unit="ms", values=[301.2], floors=[10], target_of="value", target=300)

IDLE = replace(FIGURE, name="idle", unit="ms/s", values=[100], floors=[50], target_of="times", target=3)


def test_the_table_shows_medians_their_spread_and_what_the_floor_is():
    shown = table([FIGURE, LATENCY]).splitlines()
    assert shown[1].split() == [
        *("delivery", "1,000", "900-1,100", "posts/s", "2,000", "1,800-2,200"),
        *("0.5", "0.45-0.56", "ratio", ">=", "0.3", "yes"),
    ]
    assert shown[2].endswith("value < 300 ms  NO")
    assert "delivery: a slot" in shown
    assert "  floor: a bare loop" in shown


def test_the_file_holds_a_row_for_each_figure(tmp_path):
    path = tmp_path / "var" / "bench.json"
    save(path, [FIGURE], "abc")
    assert json.loads(path.read_text()) == [
        {
            "name": "delivery",
            "value": 1000,
            "unit": "posts/s",
            "floor": 2000,
            "ratio": 0.5,
            "target": "ratio >= 0.3",
            "holds": True,
            "commit": "abc",
        }
    ]


@pytest.mark.parametrize(("value", "holds"), [(149, True), (150, False)])
def test_what_may_cost_so_many_times_its_floor_at_most(value, holds):
    figure = replace(IDLE, values=[value])
    assert (figure.target_text, figure.holds) == ("ratio < 3", holds)


def test_what_costs_more_times_its_floor_than_before_fell():
    before = kept.line(replace(IDLE, values=[100]), commit="abc", on=date(2026, 11, 28))
    for value, fallen in ((130, True), (120, False), (50, False)):
        now = kept.line(replace(IDLE, values=[value]), commit="def", on=date(2026, 11, 29))
        assert kept.fell(now, [kept.compared(before)]) == fallen


def history(figure: Figure, *ratios: float) -> list[kept.Row]:
    """One line for each."""
    runs = [replace(figure, values=[1000 * ratio], floors=[1000]) for ratio in ratios]
    return [kept.line(run, commit=f"commit{number}", on=date(2026, 11, 27)) for number, run in enumerate(runs)]


def test_a_ratio_that_is_a_quarter_less_than_ever_has_fallen():
    before = history(FIGURE, 0.50, 0.48, 0.52)
    for ratio, fallen in ((0.37, True), (0.45, False), (0.6, False)):
        (now,) = history(FIGURE, ratio)
        assert kept.fell(now, kept.earlier(now, before)) == fallen


def test_a_value_falls_by_growing():
    before = [kept.line(replace(LATENCY, values=[ms]), commit="abc", on=date(2026, 11, 27)) for ms in (100, 110)]
    now = kept.line(replace(LATENCY, values=[140]), commit="def", on=date(2026, 11, 27))
    assert kept.fell(now, kept.earlier(now, before))
    assert not kept.fell(before[0], kept.earlier(before[0], before))


def test_one_bad_run_before_excuses_nothing_and_accuses_nobody():
    before = history(FIGURE, 0.50, 0.30, 0.52)
    (now,) = history(FIGURE, 0.35)
    assert not kept.fell(now, kept.earlier(now, before))


def test_what_was_measured_with_other_words_is_not_compared():
    before = history(replace(FIGURE, measured="a slot of ten"), 0.9)
    (now,) = history(FIGURE, 0.3)
    assert kept.earlier(now, before) == []


def test_of_more_than_five_runs_the_newest_five_are_compared():
    before = history(FIGURE, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4)
    assert kept.earlier(before[0], before) == [0.8, 0.7, 0.6, 0.5, 0.4]


def test_what_was_measured_on_changed_files_is_not_kept(tmp_path):
    path = tmp_path / "measured.jsonl"
    for commit in ("abc-dirty", ""):
        kept.keep(path, [FIGURE], commit=commit, on=date(2026, 11, 27))
    assert lines(path) == []
    kept.keep(path, [FIGURE], commit="abc", on=date(2026, 11, 27))
    (row,) = lines(path)
    assert (row["name"], row["commit"], row["ratio"]) == ("delivery", "abc", 0.5)


def test_the_page_shows_the_newest_of_each_beside_those_before():
    shown = kept.page([*history(FIGURE, 0.5, 0.3), kept.line(LATENCY, commit="abc", on=date(2026, 11, 27))])
    rows = {each.split(" | ")[0].strip("| "): each for each in shown.splitlines() if each.startswith("| ")}
    assert "| 300 posts/s | 1,000 posts/s | 0.3 | ratio >= 0.3 | yes | **fell** from 0.5 |" in rows["delivery"]
    assert "**no** | – |" in rows["approval"]


def test_the_page_of_the_figures_is_what_the_history_says():
    assert kept.PAGE.read_text(encoding="utf-8") == kept.page(lines(kept.HERE))


def test_measuring_again_replaces_the_row_and_keeps_the_others(tmp_path):
    path = tmp_path / "bench.json"
    save(path, [FIGURE, LATENCY], "abc")
    save(path, [replace(FIGURE, values=[500])], "def")
    rows = {row["name"]: row for row in json.loads(path.read_text())}
    assert (rows["delivery"]["ratio"], rows["delivery"]["holds"], rows["delivery"]["commit"]) == (0.25, False, "def")
    assert rows["approval"]["commit"] == "abc"


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_the_receiver_counts_posts_however_they_arrive(piece):
    post = b"POST /webhooks HTTP/1.1\r\nContent-Length: 4\r\n\r\n\r\n\r\n"

    async def count():
        kept = receiver.Kept()
        server = await asyncio.get_running_loop().create_server(lambda: receiver.Receiving(kept), receiver.HOST, 0)
        reader, writer = await asyncio.open_connection(receiver.HOST, server.sockets[0].getsockname()[1])
        stream = post * 3
        for start in range(0, len(stream), piece):
            writer.write(stream[start : start + piece])
            await writer.drain()
        answers = await reader.readexactly(3 * len(receiver.NO_CONTENT))
        writer.close()
        await writer.wait_closed()
        server.close()
        return kept.count, kept.last, answers

    counted, last, answers = asyncio.run(count())
    assert counted == 3
    assert last == post
    assert answers == 3 * receiver.NO_CONTENT


def race() -> Race:
    """Published at 100, withdrawn between 200 and 300."""
    return Race(published=100, withdrawing=200, withdrawn=300)


@pytest.mark.parametrize(
    ("begun", "ended", "listed", "wrong"),
    [
        (90, 120, False, ""),
        (101, 199, False, "unlisted"),
        (101, 199, True, ""),
        (150, 250, False, ""),
        (250, 350, True, ""),
        (300, 350, True, ""),
        (301, 350, True, "listed"),
        (301, 350, False, ""),
    ],
)
def test_a_question_is_wrong_where_it_was_begun_after_the_answer_of_the_act(begun, ended, listed, wrong):
    found = race()
    found.asked.append(Asked(begun, ended, listed))
    assert (len(found.wrongly_unlisted), len(found.wrongly_listed)) == (wrong == "unlisted", wrong == "listed")


def test_nothing_is_wrong_before_an_act_was_answered():
    found = Race(asked=[Asked(1, 2, False), Asked(1, 2, True)])
    assert found.while_listed == found.after_withdrawal == []


def test_those_begun_soon_after_a_moment_are_counted():
    asked = [Asked(at * MILLISECOND, at * MILLISECOND, False) for at in (9, 10, 11, 60, 61)]
    assert begun_within(asked, 10 * MILLISECOND, 50) == 2
