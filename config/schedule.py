"""What goes by the clock, and how often: it looks for what is due, so that one look missed is made up for by the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

# Whether a message has expired is told by the clock of the host that takes it, which may be so much ahead of beat's.
KEPT_AT_LEAST = timedelta(seconds=10)

# What waits seldom: one task looks at all of them, and asks for those that have something to do; each by its own word for it.
GLANCE_TASK = "registry.glance"
AT_A_GLANCE: Mapping[str, str] = {
    "sharing.ask_witnesses": "sharing.witnesses.asking.is_due",
    "registry.grow_audit_tree": "registry.auditing.growing.is_due",
    "registry.seal": "registry.actions.sealing_orders.is_due",
    "sharing.recall_results": "sharing.employers.recalling.is_due",
    "sharing.monitor": "sharing.employers.monitoring.walking.is_due",
    "sharing.tell_changes": "sharing.employers.monitoring.posting.is_due",
    "sharing.conformance": "sharing.departments.conformance.running.is_due",
    "sharing.ask_batches": "sharing.employers.batch_asking.is_due",
    "sharing.ask_campaigns": "sharing.employers.campaigns.asking.is_due",
    "sharing.make_packs": "sharing.audit.packing.is_due",
    "sharing.draw_releases": "sharing.statistics.drawing.is_due",
    "registry.import": "registry.importing.going_on.is_due",
    "registry.tally_if_asked": "registry.statistics.tallying.is_due",
    "registry.verify_log": "registry.verifying.running.is_due",
}

# Of a message that comes often and finds nothing, beat asks first: a look costs it a tenth of what the message costs everybody.
# However seldom something is due, it is asked for at least so often: a guard that is not as it should be, only workers see.
LOOKED_AT_FIRST: Mapping[str, tuple[str, timedelta]] = {
    "registry.checkpoint": ("registry.checkpoints.looking.is_due", timedelta(seconds=5)),
}

EVERY: Mapping[timedelta, tuple[str, ...]] = {
    # Whatever else waits: what is not signed is soon, and a database that lacks what was signed is found out at once.
    timedelta(seconds=0.5): ("registry.checkpoint",),
    timedelta(seconds=2): ("sharing.sweep",),
    # Not a whole number of seconds: Redis lets a worker wait for one, and so each of several has its turn.
    timedelta(seconds=2.1): (GLANCE_TASK,),
    timedelta(seconds=5): ("sharing.heartbeat",),
    timedelta(minutes=1): (
        # Should one of them be wrong about having nothing to do.
        *AT_A_GLANCE,
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
        "sharing.follow_calendar",
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


# For so much longer than its period a task may not come to its end, before somebody is called; and for three periods at least.
# One that is done by halves, or waits for a brother, takes a quarter of an hour and more.
GRACE = timedelta(minutes=30)
MAY_TAKE: Mapping[str, timedelta] = {
    task: max(3 * period, period + GRACE) for period, tasks in EVERY.items() for task in tasks
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
