"""The audit tree: every row that says who did what is in it, whoever writes it, and whatever is done to it by hand is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import Settings

from registry import auditing, log, reading
from registry.actions.purging import as_keeper
from registry.auditing import anchoring, growing
from registry.models import (
    AccessRecord,
    AuditAnchor,
    AuditEntry,
    AuditKind,
    AuditLeaf,
    AuditTree,
    AuditVerification,
    Event,
    EventType,
)
from registry.models.insert_only import InsertOnly
from registry.tree.hashing import Frontier
from sharing.audit import comparing
from sharing.audit.faults import NAMED, Comparison, Fault
from sharing.audit.recorded import NOT_RECORDED, RECORDED
from sharing.retention import ageing
from tests import cast
from tests.cast import NOW
from tests.logs import by_hand

pytestmark = pytest.mark.django_db
ENTRIES = 6


@pytest.fixture
def trail(notice_waived: None) -> None:
    """A judgment entered, approved and in force, looked at twice; then some files were taken; anchored twice."""
    listing = cast.in_force()
    reading.record_reading([listing], officer=cast.clerk(), page="listing", now=NOW)
    reading.record_reading([listing], officer=cast.judge(), page="listing", now=NOW)
    grown()
    anchoring.anchor_if_due(now=NOW)
    for number in range(ENTRIES):
        auditing.note(AuditKind.EXPORT, who=auditing.account(number), about=f"L-2026-00000{number}", now=NOW)
    grown()
    anchoring.anchor_if_due(now=NOW + timedelta(hours=1))
    assert comparing.compare().is_sound


def grown() -> int:
    count = 0
    while step := growing.grow():
        count += step
    return count


def found() -> list[Fault]:
    return [each.fault for each in comparing.compare().named]


def leaf_of(row: AuditEntry | AccessRecord) -> AuditLeaf:
    return AuditLeaf.objects.get(source=row._meta.db_table, row_key=str(row.pk))


def of_the_leaves() -> Frontier:
    leaves = AuditLeaf.objects.order_by("position")
    return Frontier().grown(
        bytes(each.digest) + (b"" if each.emptied_digest is None else bytes(each.emptied_digest)) for each in leaves
    )


# What is recorded


def test_every_table_that_is_written_once_is_recorded_or_says_why_not() -> None:
    tables = {each._meta.db_table for each in apps.get_models() if issubclass(each, InsertOnly)}
    recorded = {source.table for source in RECORDED}
    assert tables == recorded | set(NOT_RECORDED)
    assert not recorded & set(NOT_RECORDED)
    for source in RECORDED:
        app, _underscore, name = source.table.partition("_")
        model = apps.get_model(app, name)
        assert model._meta.pk.column == source.key
        assert set(source.emptied) <= {field.column for field in model._meta.concrete_fields}


def test_a_row_and_its_leaf_are_one_transaction() -> None:
    with transaction.atomic():
        auditing.note(AuditKind.EXPORT, now=NOW)
        assert AuditLeaf.objects.count() == 1
        transaction.set_rollback(True)
    assert not AuditLeaf.objects.exists()


def test_an_act_whose_record_cannot_be_written_is_refused(notice_waived: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE registry_auditleaf ADD CONSTRAINT full_disk CHECK (source <> 'registry_actrecord')")
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.in_force()
    assert not Event.objects.exists()


def test_a_look_that_cannot_be_recorded_is_refused(notice_waived: None) -> None:
    listing = cast.in_force()
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE registry_auditleaf ADD CONSTRAINT no_looks CHECK (source <> 'registry_accessrecord')"
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        reading.record_reading([listing], officer=cast.clerk(), page="listing", now=NOW)
    assert not AccessRecord.objects.exists()


def test_leaves_get_positions_without_gaps_and_the_tree_is_that_of_the_log(trail: None) -> None:
    positions = list(AuditLeaf.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1))
    assert growing.frontier_of(AuditTree.objects.get()).root == of_the_leaves().root
    assert grown() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_auditleaf SET digest = sha256('x')",
        "UPDATE registry_auditleaf SET position = position + 100",
        "UPDATE registry_auditleaf SET row_key = NULL, salt = NULL",
        "UPDATE registry_auditleaf SET salt = gen_random_uuid()",
        "DELETE FROM registry_auditleaf",
        "TRUNCATE registry_auditleaf",
        "DELETE FROM registry_auditentry",
        "UPDATE registry_auditanchor SET size = 1",
    ],
)
def test_the_database_refuses_to_change_a_leaf_or_an_entry(trail: None, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# The log


def test_the_root_goes_into_the_log_once_an_hour_and_only_if_the_tree_grew() -> None:
    assert anchoring.anchor_if_due(now=NOW) is None  # nothing to anchor
    auditing.note(AuditKind.EXPORT, now=NOW)
    grown()
    first = anchoring.anchor_if_due(now=NOW)
    assert first is not None
    auditing.note(AuditKind.EXPORT, now=NOW)
    grown()
    assert anchoring.anchor_if_due(now=NOW + timedelta(minutes=59)) is None
    second = anchoring.anchor_if_due(now=NOW + timedelta(hours=1))
    assert second is not None
    assert anchoring.anchor_if_due(now=NOW + timedelta(hours=9)) is None  # it did not grow
    events = Event.objects.filter(type=EventType.ANCHORED).order_by("position")
    told = [log.read(event)["listing"] for event in events]
    assert told == [{"root": bytes(anchor.root).hex(), "size": anchor.size, "version": 0} for anchor in (first, second)]
    assert [(event.listing, event.reader) for event in events] == [(None, None)] * 2


def test_a_clock_that_was_days_ahead_and_is_put_right_keeps_no_root_waiting() -> None:
    auditing.note(AuditKind.EXPORT, now=NOW)
    grown()
    assert anchoring.anchor_if_due(now=NOW + timedelta(days=3)) is not None
    auditing.note(AuditKind.EXPORT, now=NOW)
    grown()
    assert anchoring.anchor_if_due(now=NOW) is not None
    auditing.note(AuditKind.EXPORT, now=NOW)
    grown()
    assert anchoring.anchor_if_due(now=NOW + timedelta(minutes=59)) is None


# What is done by hand


def changed() -> Fault:
    entry = AuditEntry.objects.get(about="L-2026-000003")
    by_hand("UPDATE registry_auditentry SET who = 'account:99' WHERE id = %s", entry.pk)
    return Fault.CHANGED


def a_reason_changed() -> Fault:
    by_hand("UPDATE registry_actrecord SET reason_sealed = 'x'::bytea WHERE act = 'approve'")
    return Fault.CHANGED


def deleted() -> Fault:
    by_hand("DELETE FROM registry_accessrecord WHERE officer_id = %s", cast.judge().pk)
    return Fault.DELETED


def deleted_with_what_its_leaf_knows() -> Fault:
    """As a purge leaves it, but for the record of the purge."""
    look = AccessRecord.objects.get(officer=cast.judge())
    by_hand("UPDATE registry_auditleaf SET row_key = NULL, salt = NULL WHERE row_key = %s", str(look.pk))
    by_hand("DELETE FROM registry_accessrecord WHERE id = %s", look.pk)
    return Fault.DELETED


def inserted() -> Fault:
    by_hand(
        "INSERT INTO registry_auditentry (id, kind, who, about, code, door, at) "
        "VALUES (gen_random_uuid(), 'export', '', '', '', '', now())"
    )
    return Fault.UNRECORDED


def inserted_with_a_leaf_beside_the_tree(position: int) -> Fault:
    """It has a leaf, which nobody reads: the tree does not go there."""
    inserted()
    by_hand(
        "INSERT INTO registry_auditleaf (source, row_key, salt, digest, position) "
        "SELECT 'registry_auditentry', id::text, gen_random_uuid(), sha256('x'), %s FROM registry_auditentry "
        "WHERE id::text NOT IN (SELECT row_key FROM registry_auditleaf WHERE source = 'registry_auditentry')",
        position,
    )
    return Fault.UNPLACED


def inserted_with_a_leaf_before_the_tree() -> Fault:
    return inserted_with_a_leaf_beside_the_tree(0)


def inserted_with_a_leaf_after_the_tree() -> Fault:
    return inserted_with_a_leaf_beside_the_tree(10**9)


def reordered() -> Fault:
    by_hand("UPDATE registry_auditleaf SET position = 1000003 - position WHERE position IN (1, 2)")
    by_hand("UPDATE registry_auditleaf SET position = position - 1000000 WHERE position > 1000000")
    return Fault.ANCHOR


def leaf_deleted() -> Fault:
    by_hand("DELETE FROM registry_auditleaf WHERE position = 2")
    return Fault.MISSING


def written_anew() -> Fault:
    """Row, leaf and tree fit; only what the log has does not."""
    entry = AuditEntry.objects.get(about="L-2026-000003")
    by_hand("UPDATE registry_auditentry SET who = 'account:99' WHERE id = %s", entry.pk)
    by_hand(
        "UPDATE registry_auditleaf AS leaf SET digest = sha256(uuid_send(salt) || "
        "convert_to(jsonb_strip_nulls(to_jsonb(entry))::text, 'UTF8')) FROM registry_auditentry AS entry "
        "WHERE entry.id = %s AND leaf.row_key = entry.id::text",
        entry.pk,
    )
    by_hand("UPDATE registry_audittree SET frontier = %s", b"".join(of_the_leaves().roots))
    by_hand("UPDATE registry_auditanchor SET root = %s", growing.frontier_of(AuditTree.objects.get()).root)
    return Fault.ANCHOR


def cut_off() -> Fault:
    """The entries at the end, with everything that knows of them but the log."""
    last = AuditLeaf.objects.filter(source="registry_auditentry")
    size = AuditTree.objects.get().size - last.count()
    by_hand("DELETE FROM registry_auditleaf WHERE position > %s", size)
    by_hand("DELETE FROM registry_auditentry")
    by_hand("UPDATE registry_audittree SET size = %s, frontier = %s", size, b"".join(of_the_leaves().roots))
    by_hand("DELETE FROM registry_auditanchor WHERE size > %s", size)
    return Fault.ANCHOR


def leaf_of_no_row_there_can_be() -> Fault:
    by_hand(
        "UPDATE registry_auditleaf SET row_key = 'no key' WHERE source = 'registry_auditentry' AND position = (SELECT min(position) FROM registry_auditleaf WHERE source = 'registry_auditentry')"
    )
    return Fault.DELETED


def head_beyond_measure() -> Fault:
    by_hand("UPDATE registry_audittree SET size = 9223372036854775807")
    return Fault.HEAD


def anchored_at_a_moment_that_nobody_can_write() -> Fault:
    by_hand(
        "UPDATE registry_event SET occurred_at = 'infinity', recorded_at = 'infinity' WHERE type = 'audit.anchored'"
    )
    by_hand("UPDATE registry_audittree SET unanchored_since = 'infinity'")
    return changed()


def head_changed() -> Fault:
    by_hand("UPDATE registry_audittree SET frontier = overlay(frontier placing %s from 1)", b"h" * 32)
    return Fault.HEAD


def anchor_reworded() -> Fault:
    by_hand("UPDATE registry_event SET commitment = %s WHERE type = 'audit.anchored'", b"c" * 32)
    return Fault.NO_ANCHOR


def trigger_switched_off() -> Fault:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE registry_accessrecord DISABLE TRIGGER audit_came")
    return Fault.UNGUARDED


DEEDS = (
    *(changed, a_reason_changed, deleted, deleted_with_what_its_leaf_knows, inserted, reordered, leaf_deleted),
    *(
        inserted_with_a_leaf_before_the_tree,
        inserted_with_a_leaf_after_the_tree,
        written_anew,
        cut_off,
        leaf_of_no_row_there_can_be,
        head_beyond_measure,
        head_changed,
        anchor_reworded,
        trigger_switched_off,
        anchored_at_a_moment_that_nobody_can_write,
    ),
)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_what_was_done_by_hand_is_found(trail: None, deed: Callable[[], Fault]) -> None:
    expected = deed()
    assert expected in found()


def test_the_first_row_that_is_wrong_is_named(trail: None) -> None:
    entries = list(AuditEntry.objects.order_by("about"))
    first = min((leaf_of(each) for each in (entries[2], entries[4])), key=lambda leaf: leaf.position or 0)
    for each in (entries[2], entries[4]):
        by_hand("UPDATE registry_auditentry SET code = 'x' WHERE id = %s", each.pk)
    said = comparing.compare().first
    assert said is not None
    assert (said.position, said.key, said.fault) == (first.position, first.row_key, Fault.CHANGED)


def test_the_lowest_position_is_the_first_however_many_others_are_wrong(trail: None) -> None:
    """Rows are compared table by table, and no more than a hundred are named."""
    for _each in range(NAMED + 1):
        auditing.note(AuditKind.EXPORT, now=NOW)
    grown()
    by_hand("UPDATE registry_auditentry SET code = 'x' WHERE kind = 'export'")
    look = AccessRecord.objects.order_by("pk").first()
    assert look is not None
    by_hand("UPDATE registry_accessrecord SET page = 'x' WHERE id = %s", look.pk)
    compared = comparing.compare()
    assert compared.count > NAMED == len(compared.named)
    assert compared.first is not None
    assert (compared.first.row, compared.first.position) == (f"registry_accessrecord {look.pk}", leaf_of(look).position)


def test_all_rows_without_a_leaf_are_counted_and_a_hundred_are_named(trail: None) -> None:
    for _each in range(NAMED + 5):
        inserted()
    compared = comparing.compare()
    assert (compared.count, len(compared.named)) == (NAMED + 5, NAMED)


def test_what_is_written_and_placed_while_it_is_compared_is_no_tampering(
    trail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchored = comparing._anchored

    def meanwhile(compared: Comparison) -> dict[int, bytes]:
        roots = anchored(compared)
        monkeypatch.setattr(comparing, "_outside", after)
        return roots

    outside = comparing._outside

    def after(compared: Comparison, alive: Callable[[], object]) -> None:
        auditing.note(AuditKind.EXPORT, now=NOW)
        grown()
        auditing.note(AuditKind.EXPORT, now=NOW)
        outside(compared, alive)

    monkeypatch.setattr(comparing, "_anchored", meanwhile)
    assert found() == []


def test_what_is_anchored_while_it_is_compared_is_no_tampering(trail: None, monkeypatch: pytest.MonkeyPatch) -> None:
    anchored = comparing._anchored

    def as_an_hour_ends(compared: Comparison) -> dict[int, bytes]:
        auditing.note(AuditKind.EXPORT, now=NOW)
        grown()
        assert anchoring.anchor_if_due(now=NOW + timedelta(hours=2)) is not None
        return anchored(compared)

    monkeypatch.setattr(comparing, "_anchored", as_an_hour_ends)
    assert found() == []


# What retention does


def test_a_row_whose_years_are_over_is_no_tampering_and_its_leaf_tells_nothing_of_it(trail: None) -> None:
    before = AuditTree.objects.get().size
    (aged,) = (each for each in ageing.AGED if each.table == "registry_accessrecord")
    assert ageing.destroy(aged, before=NOW + timedelta(days=1)) == 2
    assert grown() == 2  # of the ends of both rows
    compared = comparing.compare()
    assert compared.is_sound
    assert (compared.size, compared.purged) == (before + 2, 2)
    leaves = AuditLeaf.objects.filter(source="registry_accessrecord")
    assert set(leaves.values_list("row_key", "salt")) == {(None, None)}


def test_whoever_calls_a_deletion_a_purge_leaves_the_word_as_a_leaf(trail: None) -> None:
    look = AccessRecord.objects.get(officer=cast.judge())
    leaf = leaf_of(look)
    by_hand("UPDATE registry_auditleaf SET row_key = NULL, salt = NULL WHERE id = %s", leaf.pk)
    by_hand("DELETE FROM registry_accessrecord WHERE id = %s", look.pk)
    by_hand(
        "INSERT INTO registry_auditend (leaf, source, how, at) VALUES (%s, %s, 'deleted', now())", leaf.pk, leaf.source
    )
    assert found() == [Fault.UNRECORDED]


def test_words_that_were_destroyed_are_no_tampering_and_the_rest_of_the_row_is_still_held_to(
    trail: None, settings: Settings
) -> None:
    record = apps.get_model("registry", "ActRecord").objects.filter(act="approve").get()
    with as_keeper() as cursor:
        cursor.execute("UPDATE registry_actrecord SET reason_sealed = NULL WHERE id = %s", [record.pk])
    grown()
    compared = comparing.compare()
    assert (compared.is_sound, compared.emptied) == (True, 1)
    by_hand("UPDATE registry_actrecord SET act = 'withdraw' WHERE id = %s", record.pk)
    assert found() == [Fault.CHANGED]


# The command


def test_the_command_says_that_all_is_sound_and_keeps_the_verification(trail: None) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "everything is as it was written" in said.getvalue()
    assert "2 anchors" in said.getvalue()
    kept = AuditVerification.objects.get()
    assert (kept.findings, kept.fault, kept.size) == (0, "", AuditTree.objects.get().size)


def test_the_command_names_the_first_row_and_ends_with_status_1(trail: None) -> None:
    changed()
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", stdout=said)
    assert ended.value.code == 1
    position = leaf_of(AuditEntry.objects.get(about="L-2026-000003")).position
    assert f"first: position {position}: registry_auditentry" in said.getvalue()
    assert AuditAnchor.objects.count() == 2
    assert AuditVerification.objects.get().findings == 1
