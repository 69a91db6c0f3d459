"""Whether the installation works is said part by part, with who is at fault; and it is true."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.operation import measuring, readiness
from config.operation.parts import State
from config.operation.scanning import Heard
from registry import auditing
from registry.auditing import anchoring, growing
from registry.checkpoints import signing
from registry.models import AccessRecord, AuditKind, AuditTree, AuditVerification, Halt, LogHead
from sharing.delivery import pulses
from sharing.delivery.models import Endpoint, EndpointStage, Held, HeldReason, Process, Pulse, TellingCursor
from sharing.departments import tasks
from sharing.retention import months
from sharing.witnesses import asking
from sharing.witnesses.models import Asked, Refused
from tests import cast, logs, witnessing
from tests.benchmarks import book

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived", "every_process_lives")]
SILENT = 45.0


@pytest.fixture
def broker_is_away(monkeypatch):
    monkeypatch.setattr(readiness, "broker_answers", lambda: False)


def silent(process, seconds):
    """Since so many seconds; None: it never was."""
    of = Pulse.objects.filter(process=process)
    if seconds is None:
        of.delete()
    else:
        of.update(at=timezone.now() - timedelta(seconds=seconds))


def written(seconds):
    """The events of the log so many seconds ago."""
    logs.by_hand("UPDATE registry_event SET recorded_at = clock_timestamp() - %s * interval '1 second'", seconds)


def part(name):
    (found,) = [each for each in readiness.look().parts if each.name == name]
    return found


def judged(name):
    found = part(name)
    return found.state, found.at_fault


def test_a_new_installation_with_its_processes_is_ready(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert {each["at_fault"] for each in answer.json()["parts"]} == {""}
    assert not answer.has_header("Retry-After")


@pytest.mark.parametrize(("seconds", "state"), [(5, State.OK), (30, State.LATE), (50, State.DOWN), (None, State.DOWN)])
@pytest.mark.parametrize("process", ["beat", "worker"])
def test_a_process_is_late_and_then_down_and_at_fault_for_what_is_not_swept(process, seconds, state):
    for each in (process, "sweep"):
        silent(each, seconds)
    other = {"beat": "worker", "worker": "beat"}[process]
    fault = "" if state == State.OK else process
    assert judged(process) == judged("sweep") == (state, fault)
    assert judged(other) == (State.OK, "")


@pytest.mark.parametrize(
    ("ahead", "state"), [(1.5, State.OK), (3.0, State.LATE), (-3.0, State.LATE), (-6.0, State.DOWN)]
)
@pytest.mark.parametrize("process", ["beat", "worker"])
def test_a_clock_that_is_wrong_is_late_and_then_down_and_its_process_is_named(process, ahead, state):
    Pulse.objects.filter(process=process).update(ahead=ahead)
    assert judged("clock") == (state, "" if state == State.OK else process)
    assert part("clock").said[process] == ahead


def test_the_clock_of_who_is_asked_is_judged_too(monkeypatch):
    monkeypatch.setattr(measuring.time, "time", lambda: timezone.now().timestamp() + 600)
    assert judged("clock") == (State.DOWN, "web")


def test_of_several_workers_the_worst_clock_counts_and_a_dead_one_has_none():
    pulses.mark(Process.WORKER, "gone@host")
    gone = Pulse.objects.filter(name="worker gone@host")
    gone.update(ahead=-7.0)
    assert judged("clock") == (State.DOWN, "worker")
    gone.update(at=timezone.now() - timedelta(hours=1))
    assert judged("clock") == (State.OK, "")


def test_a_stopped_beat_is_an_answer_of_503_that_says_when_to_come_back(client):
    silent("beat", SILENT + 1)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer["Retry-After"], answer.json()["status"]) == (503, "5", "down")
    assert client.get("/health").status_code == 200, "the web process itself goes on"


def test_both_are_named_when_both_are_dead():
    for each in Process.values:
        silent(each, 100)
    assert (judged("beat")[1], judged("worker")[1]) == ("beat", "worker")


def test_where_beat_and_worker_live_the_broker_is_asked(broker_is_away):
    silent("sweep", 100)
    assert judged("sweep") == (State.DOWN, "broker")


def test_where_the_broker_answers_too_the_workers_are_busy(monkeypatch):
    monkeypatch.setattr(readiness, "broker_answers", lambda: True)
    silent("sweep", 100)
    assert judged("sweep") == (State.DOWN, "worker")


def test_while_all_is_well_the_broker_is_not_asked(monkeypatch):
    monkeypatch.setattr(readiness, "broker_answers", lambda: pytest.fail("asked"))
    assert readiness.look().state == State.OK


def test_one_worker_of_two_that_is_silent_is_counted_and_the_other_suffices():
    pulses.mark(Process.WORKER, "gone@host")
    Pulse.objects.filter(name="worker gone@host").update(at=timezone.now() - timedelta(hours=1))
    assert judged("worker") == (State.OK, "")
    assert {"alive": 1, "silent": 1}.items() <= part("worker").said.items()
    pulses.forget(Process.WORKER, "gone@host")
    assert part("worker").said["silent"] == 0


def test_the_sweep_leaves_its_pulse(monkeypatch):
    silent("sweep", None)
    monkeypatch.setattr(tasks, "_tell_and_deliver", lambda: None)
    tasks.sweep()
    assert judged("sweep") == (State.OK, "")


def test_what_waits_to_be_told_and_signed_is_late_by_its_age():
    logs.append(2)
    written(30)
    assert judged("telling") == judged("signing") == (State.LATE, "worker")
    silent("beat", 100)
    assert judged("telling") == (State.LATE, "beat"), "who is known to be dead is at fault"
    written(61)
    assert judged("signing")[0] == State.DOWN
    logs.sign_all()
    assert judged("signing") == (State.OK, "")
    assert part("signing").said["checkpoint_seconds"] is not None


def test_a_halted_log_is_down_and_says_why():
    LogHead.objects.update(halted=Halt.OLDER)
    assert judged("log") == (State.DOWN, "log")
    assert part("log").said["halted"] == "older"


def test_an_endpoint_that_fails_is_the_receivers_fault_and_never_makes_the_court_unready():
    endpoint, _ = cast.add_endpoint(cast.department(), "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    Endpoint.objects.update(failures=3, failing_since=timezone.now() - timedelta(days=30))
    assert endpoint.stage == EndpointStage.PRODUCTION
    assert judged("receivers") == (State.LATE, "receivers")
    assert part("receivers").said["failing"] == 1


def test_an_endpoint_that_is_behind_and_does_not_fail_waits_for_the_workers():
    logs.append(3)
    written(120)
    cast.add_endpoint(cast.department(), "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    TellingCursor.objects.update(position=3)
    Endpoint.objects.update(cursor=1)
    assert judged("delivery") == (State.LATE, "worker")
    assert part("delivery").said["behind"] == 1
    Endpoint.objects.update(cursor=3)
    assert judged("delivery") == (State.OK, "")


def test_a_lane_that_a_receiver_refuses_is_late():
    listing = cast.in_force()
    endpoint, _ = cast.add_endpoint(cast.department(), "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    held = Held.objects.create(endpoint=endpoint, listing=listing, from_position=1, reason=HeldReason.OPENING)
    assert judged("lanes") == (State.OK, "")
    Held.objects.filter(pk=held.pk).update(reason=HeldReason.REFUSED)
    assert judged("lanes") == (State.LATE, "receivers")


def test_each_witness_is_a_part_of_its_own_by_what_waits_for_it(settings):
    with witnessing.witness() as opened:
        settings.SHARING_LOG_WITNESSES = opened.setting
        name = f"witness {logs.WITNESS.key.name}"
        assert judged(name) == (State.OK, ""), "nothing was signed yet"
        logs.append(1)
        signing.sign(now=timezone.now() - timedelta(minutes=11))
        assert judged(name) == (State.LATE, "witness")
        asking.ask_all(now=timezone.now())
        assert judged(name) == (State.OK, "")
        Asked.objects.update(refused=Refused.FORK)
        assert judged(name) == (State.DOWN, "witness")


def test_an_audit_tree_that_has_grown_is_anchored_in_time():
    acted()
    assert judged("anchor") == (State.OK, "")
    AuditTree.objects.update(unanchored_since=timezone.now() - timedelta(hours=3))
    assert judged("anchor") == (State.LATE, "worker")
    anchoring.anchor_if_due(now=timezone.now())
    assert judged("anchor") == (State.OK, "")


def test_the_first_act_after_quiet_days_is_not_late_to_be_anchored():
    acted()
    anchoring.anchor_if_due(now=timezone.now() - timedelta(days=3))
    acted()
    assert judged("anchor") == (State.OK, "")


def acted():
    auditing.note(AuditKind.EXPORT, now=timezone.now())
    growing.grow()


def test_a_verification_that_found_something_is_down_and_one_that_is_long_ago_late():
    then = timezone.now() - timedelta(hours=40)
    AuditVerification(size=1, begun_at=then, ended_at=then, findings=0).save()
    assert judged("verification") == (State.LATE, "worker")
    AuditVerification(size=1, begun_at=timezone.now(), ended_at=timezone.now(), findings=2).save()
    assert judged("verification") == (State.DOWN, "database")


def test_months_that_nobody_makes_are_late_and_so_are_rows_outside_their_month():
    assert part("months").said == {"ahead": 3, "strays": 0}
    AccessRecord.objects.create(
        officer=cast.clerk(), listing_number="L-1", page="book", at=datetime(1999, 1, 1, tzinfo=UTC)
    )
    assert judged("months") == (State.OK, ""), "what is older than the first month had none to lie in"
    AccessRecord.objects.create(
        officer=cast.clerk(), listing_number="L-1", page="book", at=timezone.now() + timedelta(days=400)
    )
    assert judged("months") == (State.LATE, "database")


def test_the_month_that_is_missing_next_is_the_fault_of_whoever_should_have_made_it():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'delivery_attempt'::regclass ORDER BY 1 LIMIT 4"
        )
        _present, *ahead = [name for (name,) in cursor.fetchall()]
        cursor.execute(f"DROP TABLE {', '.join(ahead)}")
    assert part("months").said == {"ahead": 0, "strays": 0}
    assert judged("months") == (State.LATE, "worker")
    assert months.make(now=timezone.now()) == ahead
    assert judged("months") == (State.OK, "")


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        (Heard.OK, [("ok", "")]),
        (Heard.UNKNOWN, [("late", "scanner")]),
        (Heard.AWAY, [("down", "scanner")]),
        (None, []),
    ],
)
def test_a_scanner_that_is_away_is_down_and_where_there_is_none_nothing_is_said(monkeypatch, heard, found):
    """No file is taken meanwhile, of a person either whose time runs out."""
    monkeypatch.setattr(readiness, "heard", lambda **_options: heard)
    assert [(each.state, each.at_fault) for each in readiness.look().parts if each.name == "scanner"] == found


def test_a_release_whose_migrations_were_not_applied_is_down(monkeypatch):
    known = measuring._of_this_release()
    monkeypatch.setattr(measuring, "_of_this_release", lambda: known | {("delivery", "0009_of_tomorrow")})
    assert judged("migrations") == (State.DOWN, "release")


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
@pytest.mark.parametrize("path", ["/health", "/health/ready"])
def test_a_database_that_is_away_is_503_and_nothing_of_its_words(client, monkeypatch, failure, path):
    def away(*_args, **_more):
        raise failure("connection to server at db.internal failed")

    monkeypatch.setattr(readiness, "measure", away)
    monkeypatch.setattr(LogHead.objects, "get", away)
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert b"internal" not in answer.content


def test_it_asks_as_many_questions_however_large_the_book_is(client):
    counts = []
    for fill in (cast.in_force, partial(book.fill, 40)):
        fill()
        with CaptureQueriesContext(connection) as asked:
            parts = client.get("/health/ready").json()
        counts.append(len(asked))
        assert parts
    assert counts[0] == counts[1]
    assert counts[0] > 5


def test_nothing_can_be_sent_to_it(client):
    assert client.post("/health/ready").status_code == 405


def test_what_it_says_holds_nothing_of_a_person(client):
    cast.in_force()
    said = client.get("/health/ready").content.decode()
    assert cast.DEFENDANT_NUMBER not in said
    assert "高䶮" not in json.dumps(json.loads(said), ensure_ascii=False)


@pytest.mark.parametrize(("process", "seconds", "status"), [("beat", 1, 0), ("beat", 30, 1), ("worker", 60, 2)])
def test_the_command_says_the_same_with_a_status(process, seconds, status):
    silent(process, seconds)
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("health", stdout=said)
    assert ended.value.code == status
    assert ("at fault" in said.getvalue()) is bool(status)
