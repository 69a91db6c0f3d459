import time
from datetime import UTC, datetime


def rung(tell, person, app, row):
    # ruleid: task-with-data
    transaction.on_commit(lambda: tell.delay(person.name))
    # ruleid: task-with-data
    transaction.on_commit(lambda: app.send_task("tell", args=[person.number]))
    # ok: task-with-data
    transaction.on_commit(lambda: tell.delay(row.pk))


def too_early(tell, row):
    # ruleid: task-before-commit
    tell.delay(row.pk)
    # ok: task-before-commit
    transaction.on_commit(lambda: tell.delay(row.pk))


def times():
    # ruleid: time-without-zone
    datetime.now()
    # ruleid: time-without-zone
    datetime.utcnow()
    # ok: time-without-zone
    datetime.now(UTC)
    # ruleid: clock-for-order
    time.time()
    # ok: clock-for-order
    time.monotonic()
