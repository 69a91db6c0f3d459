"""What whoever has the database, the court's key and its guard does to a log of some hundred events, and signs anew."""

from __future__ import annotations

from collections.abc import Callable

from registry.models import Checkpoint
from tests import logs


def signed_anew(deed: Callable[[], None]) -> Checkpoint:
    """Everything fits again: tiles, checkpoints and guard are made anew, and the log grows on."""
    deed()
    for table in ("registry_treetile", "witnesses_cosignature", "registry_checkpoint"):
        logs.by_hand(f"DELETE FROM {table}")
    logs.forget_guard()
    logs.append(1)
    return logs.sign_all()


def edited() -> None:
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 7", logs.commitment(-1))


def deleted() -> None:
    logs.by_hand("DELETE FROM registry_event WHERE position = 7")
    moved("position > 7", "position - 1")
    logs.by_hand("UPDATE registry_loghead SET size = size - 1")


def swapped() -> None:
    moved("position IN (7, 8)", "15 - position")


def inserted() -> None:
    moved("position > 7", "position + 1")
    logs.by_hand(
        "INSERT INTO registry_event (position, event_id, epoch, type, version, occurred_at, recorded_at, commitment) "
        "VALUES (8, 'evt_inserted', 1, 'audit.anchored', 0, now(), now(), %s)",
        logs.commitment(-1),
    )
    logs.by_hand("UPDATE registry_loghead SET size = size + 1")


def moved(which: str, to: str) -> None:
    """By way of positions that no event has."""
    logs.by_hand(f"UPDATE registry_event SET position = 1000000 + {to} WHERE {which}")
    logs.by_hand("UPDATE registry_event SET position = position - 1000000 WHERE position > 1000000")


def cut_off() -> None:
    logs.by_hand("DELETE FROM registry_event WHERE position > 290")
    logs.by_hand("UPDATE registry_loghead SET size = 290")
    logs.append(20)
    logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 300", logs.commitment(-1))


DEEDS = (edited, deleted, swapped, inserted, cut_off)
