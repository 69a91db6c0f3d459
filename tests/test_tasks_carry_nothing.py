"""No message of the broker says anything but the name of a task: no task takes anything, and nothing else is sent."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path

import pytest
from kombu import Connection

from config.celery import app
from registry import bell

OURS = ("registry.", "sharing.")
SENDING = {"delay", "apply_async", "send_task"}


def tasks():
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if name.startswith(OURS)}


def test_no_task_takes_anything():
    assert len(tasks()) >= 35
    for name, task in tasks().items():
        assert not inspect.signature(task.run).parameters, name


def test_the_clock_sends_names_alone():
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in tasks()
        assert not set(entry) & {"args", "kwargs"}


def test_nothing_is_kept_and_nothing_is_told_to_whoever_listens():
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None
    assert not app.conf.worker_send_task_events
    assert not app.conf.task_send_sent_event
    assert set(app.conf.accept_content) == {"json"}
    assert (app.conf.task_serializer, app.conf.result_serializer) == ("json", "json")


def test_the_message_itself_holds_the_name_and_nothing_else(monkeypatch):
    with Connection("memory://") as broker:
        queue = broker.SimpleQueue(app.conf.task_default_queue)
        app.send_task(bell.TASK, connection=broker, expires=10, ignore_result=True, retry=False)
        message = queue.get(timeout=5)
        args, kwargs, _embed = json.loads(message.body)
        assert (args, kwargs) == ([], {})
        assert (message.headers["task"], message.headers["argsrepr"], message.headers["kwargsrepr"]) == (
            bell.TASK,
            "()",
            "{}",
        )
        message.ack()


def test_the_bell_sends_a_name_and_nothing_else(monkeypatch):
    sent = []
    monkeypatch.setattr(app, "send_task", lambda *said, **how: sent.append((said, set(how))))
    bell.send(bell.TASK)
    assert sent == [((bell.TASK,), {"expires", "ignore_result", "retry"})]


def _sent(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SENDING:
            yield ast.unparse(node.func)


@pytest.mark.parametrize("house", ["registry", "sharing", "config"])
def test_only_the_bell_sends_tasks(house):
    found = {(str(path), called) for path in Path(house).rglob("*.py") for called in _sent(path)}
    # How long to wait before the next post is called a delay, too.
    assert {each for each in found if each[1] != "backoff.delay"} <= {("registry/bell.py", "current_app.send_task")}


def test_the_search_finds_what_it_is_to_find(tmp_path):
    """The check catches a planted defect."""
    (tmp_path / "planted.py").write_text("from x import tell\ntell.delay(person.number)\n")
    assert list(_sent(tmp_path / "planted.py")) == ["tell.delay"]
