"""After a restore: what is to be done again is named, and departments are told anew of the rest, once."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from registry import actions
from registry.checkpoints import epochs, signing
from registry.errors import LostShape
from registry.models import Event, Flag, LogHead, WithdrawalCause
from sharing.departments import feed, reconciling, telling
from tests import cast, logs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture
def restored(finance):
    """Two listings in force that finance was told of, then a restore that lost what came after."""
    cast.measure(finance)
    listings = [cast.in_force(), cast.second_in_force()]
    telling.walk(now=cast.NOW)
    size = logs.sign_all().size
    logs.append(5)
    logs.sign_all()
    logs.back_to(size)
    signing.sign(now=logs.NOW)
    epochs.open_epoch(because="disk of the database host lost", now=logs.NOW)
    return listings


def lost(listing, type_="listing.withdrawn", position=99):
    return reconciling.Lost(position, getattr(listing, "number", listing), type_)


def tell(department, besides=()):
    telling.walk(now=cast.NOW)
    return reconciling.tell_anew(department.pk, besides=besides, now=cast.NOW)


def told_in_this_epoch(department):
    telling.walk(now=cast.NOW)
    events = json.loads(feed.page(department.pk, 0, 100).as_json())["events"]
    return [each["data"]["event"] for each in events if each["data"]["event"]["epoch"] == 2]


def test_a_department_is_told_anew_of_everything_in_force_and_once(restored, finance):
    assert reconciling.waiting(finance.pk) == 2
    assert tell(finance) == 2
    events = told_in_this_epoch(finance)
    assert [each["type"] for each in events] == ["listing.revised"] * 2
    assert [each["listing"]["number"] for each in events] == [each.number for each in restored]
    assert events[0]["listing"]["version"] == cast.fresh(restored[0]).version == 2
    assert tell(finance) == 0
    assert Event.objects.filter(epoch=2).count() == 2


def test_a_long_list_is_told_in_chunks(restored, finance, monkeypatch):
    monkeypatch.setattr(reconciling, "CHUNK", 1)
    assert tell(finance) == 2
    assert tell(finance) == 0


def test_what_was_told_by_itself_since_is_not_told_anew(restored, finance):
    actions.flag([restored[0].pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")
    assert tell(finance) == 1, "the other one alone"


def test_a_lost_withdrawal_waits_for_an_officer_and_is_not_overtaken(restored, finance):
    found = reconciling.sorted_out({lost(restored[0])})
    assert [each.listing for each in found.to_do] == [restored[0].number]
    assert tell(finance, besides={restored[0].number}) == 1
    cast.withdrawn(cast.fresh(restored[0]), cause=WithdrawalCause.ACQUITTED)
    assert reconciling.sorted_out({lost(restored[0])}).to_do == []
    assert tell(finance) == 0, "it was withdrawn, and told so"


def test_a_withdrawal_voids_whatever_else_was_lost_of_the_listing(restored):
    cast.withdrawn(cast.fresh(restored[0]))
    assert (
        reconciling.sorted_out({lost(restored[0], "listing.flagged"), lost(restored[0], "listing.stated")}).to_do == []
    )


def test_acts_are_named_in_their_old_order(restored):
    events = {lost(restored[0], "listing.flagged", 98), lost(restored[0], "listing.corrected", 97)}
    assert [each.type for each in reconciling.sorted_out(events).to_do] == ["listing.corrected", "listing.flagged"]


def test_a_number_that_the_backup_has_not_is_to_be_entered_anew(restored):
    found = reconciling.sorted_out({lost("L-2026-000077", "listing.published")})
    assert (found.to_do, found.unknown) == ([], ["L-2026-000077"])


def test_a_number_that_was_given_to_another_listing_since_is_said_to_be_unknown(restored):
    entry = cast.party(cast.person(cast.APPLICANT_NUMBER, "司马㛃"))
    given = cast.in_force(entry, number=cast.APPLICANT_NUMBER)
    found = reconciling.sorted_out({lost(given), lost(given, "listing.published")})
    assert (found.to_do, found.unknown) == ([], [given.number])


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "{}",
        '{"listing": 7, "type": "listing.withdrawn", "position": 1}',
        "no",
        '{"listing": "L", "type": "x", "position": 1}',
    ],
)
def test_a_line_of_another_form_is_refused_by_file_and_number(line):
    good = '{"listing": "L-2026-000001", "type": "listing.withdrawn", "position": 99}'
    with pytest.raises(LostShape) as caught:
        reconciling.read_lost([good, "", line], name="finance.jsonl")
    assert caught.value.facts == {"name": "finance.jsonl", "line": 3}


# The command


def test_the_command_says_what_is_to_be_done_and_tells_only_when_it_is_asked_to(restored, finance, tmp_path, capsys):
    file = tmp_path / "finance.jsonl"
    withdrawn = {"listing": restored[1].number, "type": "listing.withdrawn", "position": 99, "struck": False}
    gone = {"listing": "L-2026-000077", "type": "listing.published", "position": 98, "struck": True}
    file.write_text("".join(json.dumps(each) + "\n" for each in (withdrawn, gone)))
    call_command("reconcile", "--lost", str(file))
    said = capsys.readouterr().out
    assert f"do again   {restored[1].number}  listing.withdrawn" in said
    assert "enter anew L-2026-000077" in said
    assert "1 listings in force would be told anew" in said
    for what in ("sealings", "removed files", "numbers marked as entered by mistake", "passkeys that were removed"):
        assert what in said
    assert not told_in_this_epoch(finance)
    call_command("reconcile", "--lost", str(file), "--tell")
    assert "told anew of 1 listings" in capsys.readouterr().out
    assert [each["listing"]["number"] for each in told_in_this_epoch(finance)] == [restored[0].number]


def test_what_one_department_alone_had_been_told_is_told_apart_from_what_is_to_be_done_for_all(
    restored, finance, tmp_path, capsys
):
    """Its measure had been ended: who withdrew the listing for that would withdraw it from everybody."""
    withdrawn = {"listing": restored[1].number, "type": "listing.withdrawn", "position": 99}
    flagged = {"listing": restored[1].number, "type": "listing.flagged", "position": 98}
    files = [tmp_path / "finance.jsonl", tmp_path / "telecom.jsonl"]
    files[0].write_text(json.dumps(withdrawn) + "\n" + json.dumps(flagged))
    files[1].write_text(json.dumps(flagged))
    arguments = ["--lost", *map(str, files)]
    call_command("reconcile", *arguments)
    said = capsys.readouterr().out
    assert "listing.withdrawn  (was position 99; named by finance.jsonl alone)" in said
    assert "listing.flagged  (was position 98)" in said
    call_command("reconcile", *arguments, "--alone", "99")
    said = capsys.readouterr().out
    assert "listing.withdrawn" not in said
    assert "listing.flagged" in said


def test_files_that_name_nothing_are_refused_where_the_log_lost_something(restored, finance, tmp_path):
    """A receiver that was not told of the new epoch names nothing: what was withdrawn would be told anew as if it stood."""
    file = tmp_path / "finance.jsonl"
    file.write_text("")
    with pytest.raises(CommandError, match=r"--opened 2/2"):
        call_command("reconcile", "--lost", str(file), "--tell")
    assert not told_in_this_epoch(finance)
    call_command("reconcile", "--nothing-lost", "--tell")
    assert len(told_in_this_epoch(finance)) == 2


def test_the_command_says_how_many_lines_each_department_handed_over(restored, tmp_path, capsys):
    files = [tmp_path / "finance.jsonl", tmp_path / "telecom.jsonl"]
    files[0].write_text(json.dumps({"listing": restored[1].number, "type": "listing.flagged", "position": 98}))
    files[1].write_text("")
    call_command("reconcile", "--lost", *map(str, files))
    said = capsys.readouterr().out
    assert "finance.jsonl: 1 lost events" in said
    assert "telecom.jsonl: 0 lost events" in said


def test_what_was_published_and_withdrawn_since_the_backup_is_not_to_be_entered_anew(restored, tmp_path, capsys):
    """Whoever did would list somebody who had been acquitted."""
    file = tmp_path / "finance.jsonl"
    told = [("L-2026-000077", "listing.published", 97), ("L-2026-000077", "listing.withdrawn", 98)]
    told += [("L-2026-000078", "listing.published", 99)]
    lines = [{"listing": number, "type": type_, "position": position} for number, type_, position in told]
    file.write_text("\n".join(map(json.dumps, lines)))
    call_command("reconcile", "--lost", str(file))
    said = capsys.readouterr().out
    assert "enter anew L-2026-000078" in said
    assert "enter anew L-2026-000077" not in said
    assert "leave out  L-2026-000077  is not in the backup, and was withdrawn since  (was position 98)" in said


def test_files_of_one_name_are_refused(restored, tmp_path):
    paths = [tmp_path / folder / "lost.jsonl" for folder in ("finance", "telecom")]
    for path in paths:
        path.parent.mkdir()
        path.write_text("")
    with pytest.raises(CommandError, match=r"Two files are called lost\.jsonl"):
        call_command("reconcile", "--lost", *map(str, paths))


@pytest.mark.parametrize("arguments", [[], ["--nothing-lost", "--lost", "x"], ["--lost", "/no/such/file"]])
def test_the_command_wants_to_know_what_was_lost(restored, arguments):
    with pytest.raises(CommandError):
        call_command("reconcile", *arguments)
    assert LogHead.objects.get().epoch == 2
