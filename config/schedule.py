"""What goes by the clock, and how often: it looks for what is due, so that one look missed is made up for by the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

# Whether a message has expired is told by the clock of the host that takes it, which may be so much ahead of beat's.
KEPT_AT_LEAST = timedelta(seconds=10)

EVERY: Mapping[timedelta, tuple[str, ...]] = {
    timedelta(seconds=0.5): ("registry.checkpoint",),
    timedelta(seconds=1): (
        "sharing.ask_witnesses",
        "registry.grow_audit_tree",
        "sharing.conformance",
    ),
    timedelta(seconds=2): (
        "sharing.sweep",
        "sharing.recall_results",
        "sharing.monitor",
        "sharing.tell_changes",
        "registry.import",
        "sharing.ask_batches",
        "sharing.ask_campaigns",
        "sharing.draw_releases",
        "registry.verify_log",
    ),
    timedelta(seconds=5): (
        "sharing.heartbeat",
        "sharing.make_packs",
        "registry.seal",
        "registry.tally_if_asked",
    ),
    timedelta(minutes=1): (
        # An hour that passed without beat, or with a log that was halted, is made up for at once.
        "registry.anchor_audit_tree",
        "sharing.log_alarms",
        "sharing.alarms",
        "sharing.announce",
        "sharing.call_in",
        "sharing.registrations",
        "sharing.announce_recalls",
        "sharing.announce_changes",
        "registry.destroy_imports",
        "sharing.destroy_batches",
        "sharing.tidy_campaigns",
        "sharing.forget_identities",
        "sharing.question_mails",
        "sharing.record_alarms",
        "registry.take_effect",
        "registry.expire",
        "registry.tell_locked",
        "registry.forget_pasted",
    ),
    timedelta(minutes=5): (
        "sharing.note_keys",
        "sharing.escalate",
        "sharing.watch_instruments",
        "sharing.name_duties",
        "sharing.end_passkeys",
        "sharing.purge",
        "sharing.forget_records",
        "sharing.objections",
        "sharing.count_checks",
        "sharing.mind_keys",
    ),
    timedelta(minutes=10): (
        "sharing.verify_audit",  # done once a night
        "sharing.oversee",
    ),
    timedelta(hours=1): (
        "sharing.forget_tries",
        "sharing.forget_sessions",
        "sharing.partitions",
        "sharing.remind_reviews",
        "sharing.destroy_packs",
        "registry.remind",
        "registry.tally",
    ),
}


def of_beat() -> dict[str, dict[str, Any]]:
    """As Celery wants it. A message that nobody has taken when the next one comes says nothing that that one does not."""
    return {
        task: {
            "task": task,
            "schedule": period,
            "options": {"expires": max(period, KEPT_AT_LEAST).total_seconds()},
        }
        for period, tasks in EVERY.items()
        for task in tasks
    }
