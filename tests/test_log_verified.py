"""Verifying the log: whatever somebody does past the acts is found and named; and a log in order is found in order."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone

from config.demo import loading
from config.demo.people import Officers
from config.demo.period import cases
from registry import actions
from registry.checkpoints import signing
from registry.errors import HighCourtNeeded
from registry.models import Checkpoint, Flag, Listing, LogHead, LogVerification, Verdict
from registry.tasks import verify_the_log
from registry.tree.tiles import WIDTH
from registry.verifying import book, running, walking
from registry.verifying.findings import MOST_OF_A_KIND, Finding, Found, Kind
from registry.verifying.whole import Verification
from sharing.retention import purging as retention
from tests import auditing, becoming, cast, importing, logs, purging, sealing, tampering
from tests.threads import in_threads

PERIOD_CASES = 15

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(scope="module", autouse=True)
def rows_may_refer_to_what_is_gone() -> Iterator[None]:
    """Whoever is past the triggers is past the foreign keys, too, at which Django looks after each test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestCase, "_should_check_constraints", lambda case, connection: False)
        yield


def verified(since: Checkpoint | None = None) -> Verification:
    verification = Verification.begun(since)
    while not verification.is_over:
        verification.step()
    return verification


def found() -> list[Finding]:
    return list(verified().found)


def kinds() -> set[Kind]:
    return {each.kind for each in found()}


def flag(listing: Listing) -> None:
    actions.flag([listing.pk], Flag.UNDER_REVIEW, officer=cast.clerk(), now=cast.NOW, reason="a review was ordered")


def unflag(listing: Listing) -> None:
    actions.unflag([listing.pk], Flag.UNDER_REVIEW, officer=cast.clerk(), now=cast.NOW, reason="the review is over")


def state(listing: Listing) -> None:
    actions.state(listing.pk, words="本人已退赃。", officer=cast.registrar(), now=cast.NOW)


@pytest.fixture
def listing() -> Listing:
    """In force, with five events at 1 to 4 and 7; at 5 and 6 another one's. Signed after each."""
    listing = cast.in_force()
    other = []
    for act in (
        lambda: flag(listing),
        lambda: cast.corrected(listing, sentence_months=30),
        lambda: state(listing),
        lambda: other.append(cast.second_in_force()),
        lambda: cast.withdrawn(other[0]),
        lambda: unflag(listing),
    ):
        logs.sign_all()
        act()
    logs.sign_all()
    return cast.fresh(listing)


IN_THE_LOG = [
    (tampering.event_reworded, Kind.COMMITMENT, 3),
    (tampering.event_reworded_with_its_commitment, Kind.FORKED, 3),
    (tampering.salt_changed, Kind.COMMITMENT, 2),
    (tampering.payload_destroyed, Kind.NO_PAYLOAD, 2),
    (tampering.payload_scrambled, Kind.UNREADABLE, 2),
    (tampering.commitment_changed, Kind.COMMITMENT, 4),
    (tampering.time_changed, Kind.COLUMNS, 3),
    (tampering.time_that_nobody_can_write, Kind.COLUMNS, 3),
    (tampering.signed_before_there_were_years, Kind.COMMITMENT, 4),
    (tampering.head_beyond_measure, Kind.GAP, 8),
    (tampering.checkpoint_of_less_than_nothing, Kind.COMMITMENT, 4),
    (tampering.type_changed, Kind.COLUMNS, 2),
    (tampering.version_changed, Kind.COLUMNS, 3),
    (tampering.given_to_another_listing, Kind.COLUMNS, 2),
    (tampering.epoch_changed, Kind.EPOCH, 2),
    (tampering.event_deleted, Kind.GAP, 3),
    (tampering.event_inserted, Kind.NO_PAYLOAD, 8),
    (tampering.event_beyond_the_head, Kind.BEYOND, 7),
    (tampering.events_swapped, Kind.COLUMNS, 2),
    (tampering.tail_cut_off, Kind.SHORT, 5),
    (tampering.checkpoint_changed, Kind.CHECKPOINT, 3),
    (tampering.signature_changed, Kind.CHECKPOINT, 3),
    (tampering.signature_forged, Kind.CHECKPOINT, 5),
]
IN_THE_BOOK = [
    (tampering.name_changed, Kind.CONTENT),
    (tampering.document_changed, Kind.CONTENT),
    (tampering.document_deleted, Kind.CONTENT),
    (tampering.digest_changed, Kind.UNFOUND),
    (tampering.name_digest_changed, Kind.UNFOUND),
    (tampering.withdrawn_silently, Kind.STATE),
    (tampering.suspended_silently, Kind.STATE),
    (tampering.put_back_to_the_desk, Kind.STATE),
    (tampering.version_set_back, Kind.VERSION),
    (tampering.version_beyond_measure, Kind.VERSION),
    (tampering.end_that_nobody_can_write, Kind.BOOK_UNREADABLE),
    (tampering.term_cut_short, Kind.CONTENT),
    (tampering.article_changed, Kind.CONTENT),
    (tampering.statement_removed, Kind.CONTENT),
    (tampering.statement_forged, Kind.BOOK_UNREADABLE),
    (tampering.kept_from_everybody, Kind.ACTS),
    (tampering.act_record_removed, Kind.ACTS),
]


def name_of(deed: object) -> str:
    return getattr(deed, "__name__", str(deed))


@pytest.mark.parametrize(("deed", "kind", "position"), IN_THE_LOG, ids=name_of)
def test_what_is_done_to_the_log_is_found_at_its_first_position(listing, deed, kind, position):
    assert found() == []
    deed(listing)
    verification = verified()
    assert verification.found.first_position == position
    assert kind in {each.kind for each in verification.found if each.position == position}


@pytest.mark.parametrize(("deed", "kind"), IN_THE_BOOK, ids=name_of)
def test_what_is_done_to_the_book_beside_the_log_is_found_at_its_listing(listing, deed, kind):
    assert found() == []
    deed(listing)
    verification = verified()
    assert verification.found.first_position is None
    assert {each.listing for each in verification.found} == {listing.number}
    assert kind in {each.kind for each in verification.found}


def test_a_withdrawn_listing_put_back_in_force_is_found(listing):
    tampering.put_back_in_force(listing)
    withdrawn = Listing.objects.exclude(pk=listing.pk).get()
    assert [(each.kind, each.listing) for each in found()] == [(Kind.STATE, withdrawn.number)]


def test_a_listing_in_force_that_was_never_told_is_found(listing):
    tampering.listing_inserted(listing)
    assert [(each.kind, each.listing) for each in found()] == [(Kind.UNTOLD, tampering.INSERTED)]


def test_a_listing_that_is_deleted_is_found_by_its_events(listing):
    logs.by_hand("DELETE FROM registry_listing WHERE id = %s", listing.pk)
    assert verified().found.first_position == 1
    assert Kind.NO_LISTING in kinds()


def test_an_inserted_event_is_found_even_once_it_is_signed(listing):
    tampering.event_inserted(listing)
    logs.sign_all()
    assert {(Kind.NO_PAYLOAD, 8), (Kind.STATE, None), (Kind.ACTS, None)} <= {
        (each.kind, each.position) for each in found()
    }


# Tiles


@pytest.fixture
def tiled(listing: Listing) -> Listing:
    """With a complete tile."""
    while LogHead.objects.get().size < WIDTH:
        flag(listing)
        unflag(listing)
    logs.sign_all()
    return listing


def test_a_tile_is_found_that_was_changed_or_removed(tiled):
    assert found() == []
    tampering.tile_changed(tiled)
    (finding,) = found()
    assert (finding.kind, finding.position, finding.part) == (Kind.TILE, 1, "0/0")
    tampering.tile_deleted(tiled)
    (finding,) = found()
    assert (finding.kind, finding.position, finding.until) == (Kind.TILE, 1, WIDTH)


def test_a_tile_names_the_event_that_no_checkpoint_can(tiled):
    """Signed at the end alone, a checkpoint says no more than that something is not as it was."""
    logs.by_hand("DELETE FROM registry_checkpoint WHERE size < %s", WIDTH)
    tampering.event_reworded_with_its_commitment(tiled)
    verification = verified()
    assert verification.found.first_position == 3
    assert {each.kind for each in verification.found} == {Kind.TILE, Kind.FORKED, Kind.CONTENT}


def test_a_tile_of_the_second_level_is_compared_with_those_below():
    size = WIDTH * WIDTH
    logs.append(size)
    logs.sign_all()
    logs.by_hand("UPDATE registry_treetile SET root = %s WHERE level = 1", b"r" * 32)
    tiles = [each for each in found() if each.kind == Kind.TILE]
    assert [(each.position, each.until, each.part) for each in tiles] == [(1, size, "1/0")]


# What is in order


def test_an_empty_log_is_in_order():
    assert found() == []
    logs.sign_all()
    assert found() == []


def test_a_book_in_which_everything_happened_is_in_order(listing, finance, settings):
    """Corrected, stated, flagged, suspended and reinstated; told to one department alone; a unit renamed and ended; a person
    entered twice, with another document; imported; sealed; found young; withdrawn and purged.
    """
    actions.tell_anew([listing.pk], reader=finance.pk, now=cast.NOW, reason="another measure")
    actions.end_sharing([listing.pk], reader=finance.pk, now=cast.NOW, reason="the measure ended")
    another = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    again = cast.draft(cast.party(cast.person(former_names=("高小䶮",))), another)
    assert found() == []
    again = cast.put_in_force(again)
    proposal = actions.propose(
        again.pk, "revise", against_version=1, officer=cast.clerk(), now=cast.NOW, reason="a passport",
        ground="（2026）京0105刑初124号", changes={"document": {"type": "passport_cn", "number": "E12345678"}},
    )  # fmt: skip
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    cast.corrected(listing, name="高龑")
    cast.corrected(again, facts=[])
    unit = becoming.renamed(becoming.unit())
    becoming.became(unit, "deregistered", since=date(2026, 11, 23))
    importing.written(importing.rows(3))
    actions.suspend([again.pk], officer=cast.judge(), now=cast.NOW, reason="a retrial was ordered")
    sealing.found_young(again)
    logs.sign_all()
    assert found() == []


def test_of_a_withdrawn_listing_the_person_may_be_called_otherwise_since():
    """Entered twice, and withdrawn once: the name is corrected in the other entry, and told with that alone."""
    first = cast.in_force()
    other = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    second = cast.put_in_force(cast.draft(decision=other))
    cast.withdrawn(first)
    cast.corrected(second, name="高龑")
    assert found() == []
    tampering.article_changed(first)
    assert [(each.listing, each.part) for each in found()] == [(first.number, "decision.article")]


def test_a_purged_listing_is_in_order_and_what_purging_left_or_took_too_much_is_not(finance):
    listing = purging.withdrawn_and_confirmed(finance)
    logs.sign_all()
    retention.purge(now=purging.over())
    assert purging.purged(listing)
    assert found() == []
    logs.by_hand("DELETE FROM registry_eventpayload")
    assert [(each.kind, each.position) for each in found()] == [(Kind.NO_PAYLOAD, 2)]


def test_what_purging_should_have_destroyed_is_found(finance):
    listing = purging.withdrawn_and_confirmed(finance)
    logs.by_hand("UPDATE registry_listing SET state = 'purged' WHERE id = %s", listing.pk)
    assert [(each.kind, each.position) for each in found()] == [(Kind.KEPT_PAYLOAD, 1)]


def test_a_sealed_listing_is_looked_at_like_any_other(listing):
    whole = sealing.sealed(listing)
    assert found() == []
    logs.by_hand("UPDATE registry_listing SET version = 3 WHERE id = %s", whole.pk)
    assert {each.listing for each in found()} == {listing.number}


def test_a_key_that_signs_no_more_leaves_old_checkpoints_in_order(listing, settings):
    old = settings.REGISTRY_LOG_KEYS
    new = f"2:{base64.b64encode(bytes(range(32))).decode()}"
    settings.REGISTRY_LOG_KEYS = f"{new},{old}"
    flag(listing)
    logs.sign_all()
    settings.REGISTRY_LOG_KEYS = new
    unflag(listing)
    logs.sign_all()
    assert found() == []
    logs.by_hand("DELETE FROM registry_checkpoint WHERE size > 7")
    Path(settings.REGISTRY_LOG_GUARD).write_text(Checkpoint.objects.get(size=7).note)
    assert Kind.CHECKPOINT in kinds()


def test_a_checkpoint_without_our_signature_after_one_that_has_it_is_found(listing):
    note = Checkpoint.objects.get(size=5).note
    text, _blank, _signatures = note.rpartition("\n\n")
    logs.by_hand(
        "UPDATE registry_checkpoint SET note = %s WHERE size = 5",
        f"{text}\n\n— another.example/log {base64.b64encode(b'x' * 68).decode()}\n",
    )
    assert [(each.kind, each.position) for each in found()] == [(Kind.CHECKPOINT, 5)]


def test_after_a_restore_and_a_new_epoch_the_log_is_in_order_again(listing):
    kept = Path(settings.REGISTRY_LOG_GUARD).read_bytes()
    tampering.tail_cut_off(listing)
    logs.by_hand("DELETE FROM registry_actrecord WHERE version > 0 AND at > now() + interval '100 years'")
    assert Kind.SHORT in kinds()
    Path(settings.REGISTRY_LOG_GUARD).write_bytes(kept)
    signing.sign(now=logs.NOW)
    out = StringIO()
    call_command("open_epoch", because="disk of the database host lost, backup of 02:00", stdout=out)
    assert "Lost are the events 5 to 7: 3." in out.getvalue()
    assert settings.REGISTRY_LOG_ORIGIN + "/2" in out.getvalue()
    assert {each.kind for each in found() if each.position is not None} == set()


def test_a_guard_that_is_missing_unreadable_or_of_another_history_is_found(listing):
    path = Path(settings.REGISTRY_LOG_GUARD)
    kept = path.read_bytes()
    path.unlink()
    assert kinds() == {Kind.NO_GUARD}
    assert str(Finding(kind=Kind.NO_GUARD)) == str(Kind.NO_GUARD.label), "it is of no position"
    path.write_text("nothing")
    assert kinds() == {Kind.BAD_GUARD}
    path.write_text(signing._signed(1, 5, b"r" * 32))
    assert kinds() == {Kind.FORKED}
    path.write_bytes(kept)
    assert kinds() == set()


def test_what_was_signed_is_compared_even_where_the_guard_is_gone(listing):
    tampering.event_reworded_with_its_commitment(listing)
    Path(settings.REGISTRY_LOG_GUARD).unlink()
    assert [each.position for each in found() if each.kind == Kind.FORKED] == [3]


def test_what_a_witness_saw_and_the_log_does_not_have_is_found(listing):
    signing.seen_elsewhere(9)
    assert [(each.kind, each.position) for each in found()] == [(Kind.SHORT, 8)]


def test_what_was_done_since_and_is_not_signed_hides_nothing_of_what_a_witness_saw(listing):
    """The log is as long as what the witness has seen, and halted: what it has there is another history."""
    signed = signing.latest().size
    logs.append(3)
    signing.seen_elsewhere(signed + 2)
    assert (Kind.SHORT, signed + 1) in [(each.kind, each.position) for each in found()]


# From a checkpoint on


def test_from_a_checkpoint_on_only_what_comes_after_its_last_tile_is_looked_at(tiled):
    flag(tiled)
    since = logs.sign_all()
    tampering.salt_changed(tiled)
    unflag(tiled)
    logs.sign_all()
    assert found() != []
    verification = verified(since)
    assert verification.is_sound
    assert verification.begun_at == WIDTH
    tampering.by_hand("UPDATE registry_event SET commitment = %s WHERE position = %s", b"c" * 32, WIDTH + 2)
    assert verified(since).found.first_position == WIDTH + 2


# The walk


@pytest.mark.parametrize("at", [0, 1, 3])
def test_it_goes_on_from_wherever_it_was_put_down(listing, monkeypatch, at):
    monkeypatch.setattr(book, "STEP", 1)
    tampering.salt_changed(listing)
    tampering.term_cut_short(listing)
    whole = found()
    verification = Verification.begun()
    for _ in range(at):
        verification.step()
    kept = json.loads(json.dumps([verification.as_json(), verification.found.as_json()]))
    verification = Verification.of_json(*kept)
    while not verification.is_over:
        verification.step()
    assert list(verification.found) == whole


@pytest.mark.slow
def test_a_walk_in_many_steps_finds_what_one_step_does(tiled, monkeypatch):
    while LogHead.objects.get().size < 3 * WIDTH + 5:
        flag(tiled)
        unflag(tiled)
    logs.sign_all()
    monkeypatch.setattr(walking, "STEP", WIDTH)
    assert found() == []
    tampering.commitment_changed(tiled)
    assert verified().found.first_position == 4


def test_what_an_act_changes_meanwhile_is_looked_at_again(listing, monkeypatch):
    read = book._read
    acts = [lambda: cast.withdrawn(cast.fresh(listing)), lambda: cast.corrected(listing, fine_yuan=30_000)]

    def and_then(keys):
        rows = read(keys)
        if acts:
            acts.pop()()
        return rows

    monkeypatch.setattr(book, "_read", and_then)
    assert book.look(0).findings == []
    assert not acts


def test_of_many_faults_of_a_kind_the_first_are_named_and_all_are_counted():
    many = Found()
    many.add(Finding(kind=Kind.GAP, position=position) for position in range(1, 1001))
    assert (len(list(many)), many.counts[Kind.GAP]) == (MOST_OF_A_KIND, 1000)
    assert many.first_position == 1


# The command


def said(*args: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("verify_log", *args, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


def test_the_command_says_that_all_is_in_order(listing):
    assert said() == ("7 events and 2 listings looked at\neverything is as it was written and signed\n", 0)


def test_the_command_names_the_first_broken_position_and_ends_with_status_1(listing):
    tampering.event_deleted(listing)
    tampering.term_cut_short(listing)
    text, status = said()
    assert status == 1
    assert "first broken position: 3\n" in text
    assert f"first broken listing: {listing.number}\n" in text


def test_what_the_command_says_names_nobody(listing):
    tampering.name_changed(listing)
    tampering.digest_changed(listing)
    text, _status = said("--json")
    told = json.loads(text)
    assert (told["sound"], told["first_listing"], told["first_position"]) == (False, listing.number, None)
    assert "高" not in text
    assert cast.DEFENDANT_NUMBER not in text


def test_the_command_begins_with_a_checkpoint_that_there_is(listing):
    assert said("--since-checkpoint", "5")[1] == 0
    with pytest.raises(CommandError, match="No checkpoint of size 99"):
        said("--since-checkpoint", "99")


def test_no_epoch_is_opened_while_the_log_goes_on(listing):
    with pytest.raises(CommandError, match="R-389"):
        call_command("open_epoch", because="I would like one")


# By the clock


def asked() -> LogVerification:
    return running.ask(officer=cast.high_court_registrar(), now=cast.NOW)


def fresh(row: LogVerification) -> LogVerification:
    return LogVerification.objects.get(pk=row.pk)


def test_what_is_asked_for_at_the_desk_is_done_by_a_worker(listing):
    row = asked()
    assert row.number == "V-2026-0001"
    verify_the_log()
    row = fresh(row)
    assert (row.verdict, row.size, row.done, row.total, row.place) == (Verdict.SOUND, 7, 9, 9, None)
    tampering.event_deleted(listing)
    second = asked()
    assert second.number == "V-2026-0002"
    verify_the_log()
    assert fresh(second).verdict == Verdict.BROKEN
    assert Found.of_json(fresh(second).found).first_position == 3


def test_whoever_asks_while_one_goes_on_is_shown_that_one(listing):
    assert asked() == asked()


def test_nobody_else_may_ask():
    for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.statistician(), cast.stranger()):
        with pytest.raises(HighCourtNeeded):
            running.ask(officer=officer, now=cast.NOW)
    assert running.ask(officer=auditing.auditor(), now=cast.NOW)


def test_another_worker_goes_on_where_one_died(listing, monkeypatch):
    """Killed after its first step was saved: the lease runs out, and nothing is looked at twice."""
    row = asked()
    monkeypatch.setattr(book, "STEP", 1)
    seconds = iter(range(1000))
    step = Verification.step
    monkeypatch.setattr(
        Verification, "step", lambda self: (self.last and (_ for _ in ()).throw(SystemExit)) or step(self)
    )
    with pytest.raises(SystemExit):
        running.go_on(now=cast.NOW, clock=lambda: float(next(seconds)))
    monkeypatch.setattr(Verification, "step", step)
    assert fresh(row).place["walk"]["at"] == 7
    assert not running.go_on(now=cast.NOW + timedelta(seconds=5))
    assert fresh(row).ended_at is None
    monkeypatch.setattr(walking.events, "read", None)
    running.go_on(now=cast.NOW + timedelta(minutes=5))
    assert fresh(row).verdict == Verdict.SOUND


def test_a_worker_whose_lease_ran_out_changes_nothing_any_more(listing, monkeypatch):
    row = asked()
    turn = running._taken(cast.NOW, lambda: 0.0)
    running.go_on(now=cast.NOW + timedelta(minutes=5))
    ended = fresh(row)
    assert not running._saved(turn, Verification.begun(), leased_until=None)
    running._end(turn, Verification.begun())
    assert fresh(row).ended_at == ended.ended_at


def test_a_long_verification_is_put_down_in_turns(listing, monkeypatch):
    row = asked()
    monkeypatch.setattr(running, "TURN_SECONDS", 0)
    assert running.go_on(now=cast.NOW)
    assert (fresh(row).leased_until, fresh(row).ended_at) == (None, None)


# While the court works


def judged() -> list[Finding]:
    results: list[Finding] = []
    for _ in range(15):
        results += verified().found
    return results


@pytest.mark.django_db(transaction=True)
def test_what_happens_while_it_is_verified_is_no_fault():
    listings = [cast.in_force(), cast.second_in_force()]
    logs.sign_all()
    seen: list[Finding] = []

    def act() -> None:
        for turn in range(12):
            for listing in listings:
                flag(listing)
                cast.corrected(listing, sentence_months=30 + turn % 2, name=f"欧阳{'㛃娜'[turn % 2]}")
                unflag(listing)
                signing.sign(now=logs.NOW)

    in_threads(act, lambda: seen.extend(judged()))
    assert seen == []
    assert found() == []


# The published period


@pytest.mark.django_db(transaction=True)
def test_the_published_period_is_in_order(monkeypatch):
    monkeypatch.setattr(loading, "cases", lambda: cases()[:PERIOD_CASES])
    loading.load_period(Officers(), timezone.now())
    logs.sign_all()
    verification = verified()
    assert verification.is_sound
    assert verification.looked_at == Listing.objects.count() > 0
