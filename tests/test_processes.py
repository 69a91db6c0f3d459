"""The product's processes: ready when they say so, stopped and killed by name, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import psutil
import pytest

from config.child import CannotStart, Child
from config.processes import Processes

ROOT = Path(__file__).resolve().parent.parent
WAIT_SECONDS = 40  # what does not end when asked is killed after 10 seconds, one after the other

PROBE = """
import os
from celery import Celery

with open("loaded", "a") as loaded:
    print(os.getpid(), file=loaded)

app = Celery("probe", broker=os.environ["REDIS_URL"])
app.conf.update(task_default_queue=os.environ["QUEUE"], broker_connection_retry_on_startup=True)

def application(environ, start_response):
    healthy = environ["PATH_INFO"] == "/health"
    start_response("200 OK" if healthy else "404 Not Found", [("Content-Type", "text/plain")])
    return [b"ok"]
"""

# Three processes of a stranger's program, as `make demo` holds them.
HOLD = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from config.child import ends_on_signals
from config.processes import Processes
folder = Path(sys.argv[1])
with ends_on_signals(), Processes(folder, os.environ, root=folder, wsgi="probe", celery="probe") as processes:
    processes.start()
    print(*(child.process.pid for child in processes.children.values()), flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a trivial web application and celery application."""
    (tmp_path / "probe.py").write_text(PROBE)
    return tmp_path


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.defpath, "REDIS_URL": os.environ["REDIS_URL"], "QUEUE": tmp_path.name, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def processes(folder: Path, environment: dict[str, str]) -> Iterator[Processes]:
    with Processes(folder, environment, root=folder, wsgi="probe", celery="probe", concurrency=1) as processes:
        yield processes


def everything(processes: Processes, *names: str) -> list[psutil.Process]:
    """Each process, or each of these, and what it started."""
    children = [processes.children[name] for name in names or processes.children]
    leaders = [psutil.Process(child.process.pid) for child in children if child.process]
    return leaders + [below for leader in leaders for below in leader.children(recursive=True)]


def test_all_start_ready_and_stop_without_a_trace(processes: Processes) -> None:
    processes.start()
    running = everything(processes)
    assert all(processes.ready(name) for name in ("web", "worker", "beat"))
    with urllib.request.urlopen(f"{processes.address}/health") as answer:
        assert answer.status == HTTPStatus.OK
    assert len(running) > len(processes.children)
    processes.stop()
    assert psutil.wait_procs(running, timeout=WAIT_SECONDS)[1] == []


def test_one_that_was_killed_is_not_ready_until_started_again(processes: Processes) -> None:
    processes.start("web", "worker")
    for name in ("web", "worker"):
        running = everything(processes, name)
        processes.kill(name)
        assert not processes.ready(name)
        processes.start(name)
        assert processes.ready(name)
        assert psutil.wait_procs(running, timeout=WAIT_SECONDS)[1] == []


def started_web(processes: Processes) -> psutil.Process:
    """The one that forks, once all have been forked: it answers from the first one on."""
    processes.start("web")
    (first,) = (psutil.Process(child.process.pid) for child in processes.children.values() if child.process)
    all_there(processes, first)
    return first


def all_there(processes: Processes, first: psutil.Process) -> None:
    processes.children["web"].wait_until(lambda: len(first.children()) == processes.web_workers)


def test_the_web_server_loads_once_for_all_its_processes(processes: Processes, folder: Path) -> None:
    first = started_web(processes)
    assert (folder / "loaded").read_text().split() == [str(first.pid)]


def test_one_of_the_web_servers_processes_that_dies_is_replaced_without_loading_again(processes: Processes) -> None:
    first = started_web(processes)
    died = first.children()[0]
    died.kill()
    assert psutil.wait_procs([died], timeout=WAIT_SECONDS)[1] == []
    all_there(processes, first)
    assert (processes.folder / "loaded").read_text().split() == [str(first.pid)]


def test_one_stops_and_the_others_go_on(processes: Processes) -> None:
    processes.start("web", "worker")
    processes.stop("worker")
    assert processes.ready("web")
    assert not processes.ready("worker")


def test_one_that_runs_is_not_started_a_second_time(processes: Processes) -> None:
    processes.start("worker")
    running = everything(processes)
    with pytest.raises(CannotStart, match="worker runs already"):
        processes.start("worker")
    assert everything(processes) == running


def test_several_of_a_kind_have_names_of_their_own(processes: Processes) -> None:
    processes.start("worker", "worker-2")
    processes.kill("worker")
    assert processes.ready("worker-2")


def test_one_that_cannot_start_says_why(processes: Processes, folder: Path) -> None:
    (folder / "probe.py").write_text("raise RuntimeError('the reason')")
    with pytest.raises(CannotStart, match="the reason"):
        processes.start("worker")


def test_no_warning_about_root_reaches_the_log(processes: Processes, folder: Path) -> None:
    processes.start("worker")
    assert "superuser" not in (folder / "log" / "worker.log").read_text()


def test_one_that_does_not_end_when_asked_is_killed_and_that_is_said(tmp_path, caplog) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    child = Child(
        name="stubborn",
        command=[sys.executable, "-c", stubborn],
        log=tmp_path / "log",
        folder=tmp_path,
        environment={},
        patience=0.2,
    )
    child.start()
    child.wait_until(lambda: "up" in child.said())
    running = psutil.Process(child.process.pid)
    child.stop()
    assert not running.is_running()
    assert "stubborn did not end within 0.2 s and is killed." in caplog.messages


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_however_the_starter_ends_nothing_stays(folder: Path, environment: dict[str, str], number: int) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout
    leaders = [psutil.Process(int(pid)) for pid in starter.stdout.readline().split()]
    running = leaders + [below for leader in leaders for below in leader.children(recursive=True)]
    starter.send_signal(number)
    starter.communicate()
    assert len(leaders) == 3
    left = psutil.wait_procs(running, timeout=WAIT_SECONDS)[1]
    assert [(each, each.cmdline(), each.ppid(), Path(f"/proc/{each.pid}/wchan").read_text()) for each in left] == []
