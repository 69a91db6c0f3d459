"""Defects planted on purpose that only time shows, each one line of the product done wrong."""

from __future__ import annotations

from datetime import timedelta

from registry import actions
from registry.checkpoints import signing
from sharing.delivery import backoff, heartbeat
from sharing.departments import alarms, endpoints, escalating
from sharing.retention import purging
from tests.faults.planted import Defect, Patch


def the_last_retry_waits_a_day(patch: Patch) -> None:
    patch.setattr(backoff, "SECONDS", (*backoff.SECONDS[:-1], 86_400))


def no_heartbeat(patch: Patch) -> None:
    patch.setattr(heartbeat, "beat", lambda now: None)


def an_outage_is_told_after_a_day(patch: Patch) -> None:
    patch.setattr(alarms, "AFTER", tuple(timedelta(days=days) for days in (1, 2, 3)))


def a_former_secret_signs_for_an_hour(patch: Patch) -> None:
    patch.setattr(endpoints, "OVERLAP", timedelta(hours=1))


def nobody_is_written_to(patch: Patch) -> None:
    patch.setattr(escalating, "MORNING", 24)


def terms_do_not_end(patch: Patch) -> None:
    patch.setattr(actions, "expire", lambda now: 0)


def nothing_is_signed(patch: Patch) -> None:
    patch.setattr(signing, "sign", lambda now: None)


def nothing_is_purged(patch: Patch) -> None:
    patch.setattr(purging, "purge", lambda now: 0)


DEFECTS = {
    each.name: each
    for each in (
        Defect("no heartbeat", no_heartbeat, "T2"),
        Defect("an outage is told after a day", an_outage_is_told_after_a_day, "T3"),
        Defect("a former secret signs for an hour", a_former_secret_signs_for_an_hour, "T4"),
        Defect("the last retry waits a day", the_last_retry_waits_a_day, "T1"),
        Defect("nobody is written to", nobody_is_written_to, "T5"),
        Defect("terms do not end", terms_do_not_end, "T6"),
        Defect("nothing is signed", nothing_is_signed, "T7"),
        Defect("nothing is purged", nothing_is_purged, "T8"),
    )
}
