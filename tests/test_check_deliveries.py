"""`manage.py check_deliveries`: what was promised was kept; and whatever is done past the registry is named by its promise."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sharing.audit.promises import four_eyes
from sharing.delivery import slot
from sharing.departments import telling
from sharing.departments.models import Instrument
from sharing.retention.models import PurgeReport
from tests import asking, cast
from tests.logs import by_hand
from tests.receiving import Received, receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture
def played(finance) -> list[Received]:
    """Two listings told to a department; one was asked about, and is withdrawn. What its receiver got, by position: those of
    two listings come in any order.
    """
    with receiver() as inbox:
        cast.add_endpoint(finance, inbox.url, now=cast.NOW)
        first = cast.in_force()
        cast.second_in_force()
        cast.corrected(first, fine_yuan=5_000)
        asking.answered(now=timezone.now())
        telling.walk(now=cast.NOW)
        slot.run()
        cast.withdrawn(cast.fresh(first))
        telling.walk(now=cast.NOW)
        slot.run()
        return sorted(inbox.requests, key=lambda each: each.event["position"])


def said(*options: str) -> tuple[int, str]:
    """(status, what was written)."""
    out = StringIO()
    try:
        call_command("check_deliveries", *options, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def written(file: Path, requests: Iterable[Received]) -> Path:
    lines = (
        {"headers": each.headers, "body": base64.b64encode(each.body).decode(), "answered": each.answered}
        for each in requests
    )
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def test_a_registry_that_kept_its_promises_is_told_so(played, tmp_path):
    status, text = said("--drained", "--received", str(written(tmp_path / "received.jsonl", played)))
    assert (status, text) == (0, "4 events looked at\neverything is as it was promised\n")


def test_attempts_that_went_with_their_month_are_not_missed(played):
    by_hand("DELETE FROM delivery_attempt")
    assert said()[0] == 1
    PurgeReport.objects.create(kind="months", at=timezone.now(), counts={"delivery_attempt_2021_05": 4})
    assert said()[0] == 1, "these were written later"
    PurgeReport.objects.create(kind="months", at=timezone.now(), counts={"delivery_attempt_2088_12": 4})
    assert said() == (0, "4 events looked at\neverything is as it was promised\n")


def attempts_gone() -> None:
    by_hand("DELETE FROM delivery_attempt WHERE event_id = 2")


def payload_gone() -> None:
    by_hand("DELETE FROM registry_eventpayload WHERE event_id = 2")


def order_turned() -> None:
    """The withdrawal overtakes whatever it likes; a correction nothing."""
    by_hand("UPDATE delivery_attempt SET id = id + 1000 WHERE event_id = 1")


def sent_to_nobody() -> None:
    by_hand("UPDATE delivery_told SET first_position = 3 WHERE first_position = 1")
    by_hand("UPDATE departments_measure SET from_position = 2")


def head_moved_on() -> None:
    by_hand("UPDATE registry_loghead SET size = size + 1")


def version_left_out() -> None:
    by_hand("SET CONSTRAINTS ALL IMMEDIATE")
    by_hand("UPDATE registry_event SET version = 9 WHERE position = 4")


def commitment_changed() -> None:
    by_hand("UPDATE registry_event SET commitment = %s WHERE position = 2", b"c" * 32)


def answered_from_before() -> None:
    by_hand("UPDATE employers_screening SET asked_at = asked_at + interval '1 minute'")


def answered_after_the_withdrawal() -> None:
    by_hand("UPDATE employers_screening SET as_of = 4")


def approved_by_who_entered() -> None:
    by_hand("SET CONSTRAINTS ALL IMMEDIATE")
    by_hand("ALTER TABLE departments_instrument DROP CONSTRAINT instrument_approved_by_another_officer")
    Instrument.objects.update(approved_by=Instrument.objects.get().entered_by)


def approved_by_who_submitted() -> None:
    by_hand("UPDATE registry_actrecord SET officer_id = %s WHERE act = 'approve'", cast.clerk().pk)


TAMPERINGS: list[tuple[str, Callable[[], None]]] = [
    ("I1: endpoint .*never arrived: .2.", attempts_gone),
    ("I1: position 2: what it said is not stored", payload_gone),
    ("I2: endpoint .*3 arrived before an older version", order_turned),
    ("I4: endpoint .*1 was sent and is not meant for it", sent_to_nobody),
    ("I5: position 5: the log ends before its head", head_moved_on),
    ("I5: position 4: version 3 of its listing is missing", version_left_out),
    ("I6: ", commitment_changed),
    ("I7: scr_.*begun after 4 was answered", answered_from_before),
    ("I7: scr_.*listed as of 4, where the log does not", answered_after_the_withdrawal),
    ("I8: departments.Instrument .*approved_by is who entered_by is", approved_by_who_entered),
    ("I8: L-.*had a part in entering", approved_by_who_submitted),
]


@pytest.mark.parametrize(("named", "tamper"), TAMPERINGS, ids=[each.__name__ for _, each in TAMPERINGS])
def test_what_is_done_past_the_registry_is_named_by_its_promise(named, tamper, played):
    tamper()
    status, text = said()
    assert status == 1
    assert re.search(named, text), text


def reworded(received: Received) -> Received:
    return Received(received.headers, received.body.replace("高䶮".encode(), "高山".encode()), received.answered)


RECORDS: list[tuple[str, Callable[[list[Received]], list[Received]]]] = [
    ("I1: endpoint .*never arrived: .4.", lambda got: got[:-1]),
    ("I2: endpoint .*3 arrived before", lambda got: sorted(got, key=lambda each: -each.event["position"])),
    ("I3: endpoint .*a repeat of 1 says something else", lambda got: [got[0], reworded(got[0]), *got[1:]]),
    ("I4: endpoint .*1: does not fit its commitment", lambda got: [reworded(got[0]), *got[1:]]),
    ("I4: endpoint .*sent under another id", lambda got: [other_id(got[0]), *got[1:]]),
    ("I4: endpoint ep_elsewhere: sent to an endpoint that does not exist", lambda got: [*got, elsewhere(got[0])]),
]


def other_id(received: Received) -> Received:
    return Received({**received.headers, "webhook-id": "evt_other"}, received.body, received.answered)


def elsewhere(received: Received) -> Received:
    body = json.loads(received.body)
    body["data"]["endpoint"] = "ep_elsewhere"
    return Received(received.headers, json.dumps(body).encode(), received.answered)


@pytest.mark.parametrize(("named", "change"), RECORDS, ids=[named for named, _ in RECORDS])
def test_what_a_receiver_says_against_the_registry_is_named(named, change, played, tmp_path):
    status, text = said("--without-log", "--received", str(written(tmp_path / "received.jsonl", change(played))))
    assert status == 1
    assert re.search(named, text), text


def test_what_waits_is_not_missing_unless_everything_must_have_arrived(played):
    cast.in_force(cast.party(cast.person(cast.APPLICANT_NUMBER, "某甲")), number=cast.APPLICANT_NUMBER)
    telling.walk(now=cast.NOW)
    assert said("--without-log")[0] == 0
    assert "never arrived: [5]" in said("--without-log", "--drained")[1]


def test_a_record_that_is_none_is_refused_by_file_and_line(played, tmp_path):
    file = written(tmp_path / "received.jsonl", played)
    file.write_text(file.read_text() + "{}\n")
    with pytest.raises(CommandError, match=r"received\.jsonl, line 5: not a JSON object with headers"):
        said("--received", str(file))


def test_every_table_that_two_officers_stand_behind_is_looked_at():
    labels = {model._meta.label for model, _first, _second in four_eyes.tables()}
    assert {"registry.Listing", "registry.Proposal", "departments.Instrument", "departments.Measure"} <= labels


def test_a_chunk_ends_anywhere(played, monkeypatch, tmp_path):
    for module in ("meant", "arrivals"):
        monkeypatch.setattr(f"sharing.audit.promises.{module}.CHUNK", 1)
    file = written(tmp_path / "received.jsonl", played)
    assert said("--drained", "--without-log", "--received", str(file))[0] == 0
