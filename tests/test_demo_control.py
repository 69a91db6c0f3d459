"""The stage's commands, with real processes: what is switched off, killed and emptied comes back; strangers are ignored."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis

from config.demo import control, inboxes
from config.demo.control import Answer, Command, Control, Running, Word, ask
from config.demo.crew import Crew
from config.demo.inboxes import Inbox
from config.demo.playbill import Playbill
from config.processes import Processes
from config.valkey import Valkey, free_port
from sharing import signing

ROOT = Path(__file__).resolve().parent.parent
KEY = secrets.token_hex(8)
WAIT_SECONDS = 15

PROBE = """
import os
from celery import Celery

app = Celery("probe", broker=os.environ["REDIS_URL"])
app.conf.update(task_default_queue=os.environ["QUEUE"], broker_connection_retry_on_startup=True)
"""

# A stranger's program that takes commands with one child, as `make demo` does.
# Ctrl-C counts as it does at a terminal, also where whoever runs the tests had it ignored.
STAGE = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from config.child import ends_on_signals
from config.demo.control import Control
from config.demo.crew import Crew
from config.processes import Processes
folder = Path(sys.argv[1])
with ends_on_signals(), Processes(folder, os.environ, root=folder, celery="probe", concurrency=1) as processes:
    with Control(sys.argv[2]) as control:
        processes.start("worker")
        crew = Crew(processes, {}, folder, start_again_seconds=0.2)
        control.open()
        print(control.port, processes.children["worker"].process.pid, flush=True)
        while True:
            control.answer_next(crew.obey)
            crew.start_again()
"""


@pytest.fixture
def listening() -> Iterator[Control]:
    with Control(KEY) as opened:
        opened.open()
        yield opened


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[Inbox, dict[str, str]]]:
    inbox = Inbox("finance", "Finance", tmp_path / "finance.sqlite", port=free_port())
    environment = {"RECEIVER_SECRETS": signing.secret_text(signing.new_secret())}
    inboxes.start(inbox, tmp_path, environment)
    inboxes.wait_until(lambda: inboxes.listens(inbox), "the receiver listens")
    yield inbox, environment
    if inbox.child is not None:
        inbox.child.stop()


@pytest.fixture
def probe(tmp_path: Path) -> dict[str, str]:
    """The environment of a trivial celery application in this folder."""
    (tmp_path / "probe.py").write_text(PROBE)
    return {"PATH": os.defpath, "REDIS_URL": os.environ["REDIS_URL"], "QUEUE": tmp_path.name, "PYTHONPATH": str(ROOT)}


def playbill(port: int, key: str = KEY) -> Playbill:
    return Playbill(control_port=port, control_key=key)


def asked(listening: Control, obey: control.Obey, command: Command, name: str = "") -> Answer:
    """The answer a page gets; the stage's end runs in this thread, as it does in the stage."""
    answers: list[Answer] = []
    page = threading.Thread(target=lambda: answers.append(ask(playbill(listening.port), command, name)))
    page.start()
    while page.is_alive():
        listening.answer_next(obey)
    page.join()
    return answers[0]


def crew_of(processes: Processes, **changes: Any) -> Crew:
    return Crew(processes, **{"receivers": {}, "folder": processes.folder, **changes})


def started_again(crew: Crew, former: int) -> bool:
    crew.start_again()
    child = crew.processes.children.get("worker")
    return child is not None and child.alive and child.process.pid != former


def still(command: Command, name: str) -> Answer:
    return Answer(Word.DONE, {"worker": Running.ON})


def test_where_nobody_listens_the_answer_says_so() -> None:
    assert ask(Playbill(), Command.STATUS) == Answer(Word.NOT_LISTENING)
    assert ask(playbill(free_port()), Command.STATUS) == Answer(Word.NOT_LISTENING)


def test_before_the_stage_serves_its_port_refuses() -> None:
    with Control(KEY) as closed:
        assert not ask(playbill(closed.port), Command.STATUS).heard


def test_a_command_and_its_answer_pass(listening: Control) -> None:
    heard = []

    def obey(command: Command, name: str) -> Answer:
        heard.append((command, name))
        return Answer(Word.ALREADY, {"finance": Running.OFF})

    answer = asked(listening, obey, Command.STOP_RECEIVER, "finance")
    assert answer == Answer(Word.ALREADY, {"finance": Running.OFF})
    assert heard == [(Command.STOP_RECEIVER, "finance")]


def test_without_a_caller_the_stage_goes_on(listening: Control) -> None:
    listening.answer_next(still)
    assert asked(listening, still, Command.STATUS).heard


@pytest.mark.parametrize("noise", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, b"\x00\x00\x00\x05hello"])
def test_a_stranger_never_ends_the_stage(listening: Control, noise: bytes) -> None:
    with socket.create_connection(("127.0.0.1", listening.port)) as stranger:
        stranger.sendall(noise)
        stranger.shutdown(socket.SHUT_WR)
        listening.answer_next(still)
    assert asked(listening, still, Command.STATUS).heard


def test_a_silent_stranger_is_given_up(listening: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "PATIENCE_SECONDS", 1)
    with socket.create_connection(("127.0.0.1", listening.port)):
        listening.answer_next(still)


def test_the_wrong_key_is_not_obeyed(listening: Control) -> None:
    answers: list[Answer] = []
    page = threading.Thread(target=lambda: answers.append(ask(playbill(listening.port, "other"), Command.KILL_WORKER)))
    page.start()

    def obey(command: Command, name: str) -> Answer:
        raise AssertionError("obeyed a stranger")

    while page.is_alive():
        listening.answer_next(obey)
    assert answers == [Answer(Word.NOT_LISTENING)]


@pytest.mark.parametrize("request_", [b"not json", b"[]", b'{"command": "reboot", "name": ""}', b"{}", b"\xff"])
def test_what_is_no_command_is_answered_and_not_obeyed(listening: Control, request_: bytes) -> None:
    said: list[bytes] = []

    def send() -> None:
        with Client(("127.0.0.1", listening.port), authkey=KEY.encode()) as stage:
            stage.send_bytes(request_)
            said.append(stage.recv_bytes())

    page = threading.Thread(target=send)
    page.start()
    while page.is_alive():
        listening.answer_next(lambda command, name: pytest.fail("obeyed"))
    assert b"unknown" in said[0]


def test_a_receiver_is_switched_off_and_on_over_its_store(
    tmp_path: Path, receiver: tuple[Inbox, dict[str, str]]
) -> None:
    crew = crew_of(Processes(tmp_path, {}), receivers={"finance": receiver})
    inbox, port = receiver[0], receiver[0].port
    assert crew.obey(Command.STOP_RECEIVER, "finance") == Answer(Word.DONE, {"finance": Running.OFF})
    assert crew.obey(Command.STOP_RECEIVER, "finance").word is Word.ALREADY
    assert not _connects(port)
    assert inbox.count() == 0
    assert crew.obey(Command.START_RECEIVER, "finance") == Answer(Word.DONE, {"finance": Running.ON})
    assert crew.obey(Command.START_RECEIVER, "finance").word is Word.ALREADY
    assert _connects(port)


def test_a_department_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    crew = crew_of(Processes(tmp_path, {}))
    assert crew.obey(Command.STOP_RECEIVER, "nobody").word is Word.UNKNOWN
    assert crew.obey(Command.START_RECEIVER, "../../etc").word is Word.UNKNOWN


def test_a_receiver_that_cannot_start_is_a_plain_answer(tmp_path: Path) -> None:
    inbox = Inbox("finance", "Finance", tmp_path / "nowhere" / "finance.sqlite", port=free_port())
    crew = crew_of(Processes(tmp_path, {}), receivers={"finance": (inbox, {})})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("config.demo.crew.LISTENS_SECONDS", 0.1)
        answer = crew.obey(Command.START_RECEIVER, "finance")
    assert answer.word is Word.FAILED


def test_a_killed_worker_is_started_again(tmp_path: Path, probe: dict[str, str]) -> None:
    with Processes(tmp_path, probe, root=tmp_path, celery="probe", concurrency=1) as processes:
        processes.start("worker")
        crew = crew_of(processes, start_again_seconds=0.1)
        former = processes.children["worker"].process.pid
        answer = crew.obey(Command.KILL_WORKER, "")
        assert answer == Answer(Word.DONE, {"worker": Running.STARTING_AGAIN})
        assert not psutil.pid_exists(former)
        crew.start_again()
        assert crew.running()["worker"] is Running.STARTING_AGAIN
        _until(lambda: started_again(crew, former))
        assert crew.running()["worker"] is Running.ON
        processes.wait("worker")


def test_a_worker_that_crashed_by_itself_is_started_again(tmp_path: Path, probe: dict[str, str]) -> None:
    with Processes(tmp_path, probe, root=tmp_path, celery="probe", concurrency=1) as processes:
        processes.start("worker")
        crew = crew_of(processes, start_again_seconds=0)
        former = processes.children["worker"].process.pid
        os.kill(former, signal.SIGKILL)
        _until(lambda: started_again(crew, former))


def test_only_our_own_broker_is_emptied(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "valkey", tmp_path / "valkey.log")
    valkey.start()
    try:
        with redis.Redis.from_url(valkey.url) as broker:
            broker.set("kept", 1)
            assert crew_of(Processes(tmp_path, {})).obey(Command.FLUSH_BROKER, "").word is Word.NOT_OURS
            assert broker.get("kept") == b"1"
            ours = crew_of(Processes(tmp_path, {}), broker_url=valkey.url)
            assert ours.obey(Command.FLUSH_BROKER, "").word is Word.DONE
            assert broker.get("kept") is None
    finally:
        valkey.stop()
    assert ours.obey(Command.FLUSH_BROKER, "").word is Word.FAILED


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stage_that_takes_commands_ends_with_its_children(
    tmp_path: Path, probe: dict[str, str], number: signal.Signals
) -> None:
    stage = subprocess.Popen(
        [sys.executable, "-c", STAGE, str(tmp_path), KEY], env=probe, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert stage.stdout
    port, worker = map(int, stage.stdout.readline().split())
    assert ask(playbill(port), Command.KILL_WORKER).word is Word.DONE
    _until(lambda: ask(playbill(port), Command.STATUS).running["worker"] is Running.ON)
    running = psutil.Process(stage.pid).children(recursive=True)
    assert running
    assert worker not in {each.pid for each in running}
    stage.send_signal(number)
    stage.communicate(timeout=WAIT_SECONDS)
    assert psutil.wait_procs(running, timeout=WAIT_SECONDS)[1] == []


def _connects(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)
