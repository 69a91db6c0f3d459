"""The units for systemd: what is stopped ends what it is at, and no unit takes away what another one needs."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import Celery
from django.core.management import get_commands

from config.operation.parts import DAY, LIMITS
from config.processes import Processes
from tests.test_processes import environment, folder  # noqa: F401 - fixtures

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "deploy" / "systemd"
UNITS = {kind: FOLDER / f"registry-{kind}.service" for kind in ("web", "web@", "worker", "beat")}
EVERY = sorted(FOLDER.glob("*.service"))
PATIENCE = 20  # seconds for which the task waits at most to be let go

# A task that is at it until it is let go.
PROBE = f"""
import os, time
from pathlib import Path
from celery import Celery

app = Celery("probe", broker=os.environ["REDIS_URL"])
app.conf.update(task_default_queue=os.environ["QUEUE"], task_ignore_result=True)

@app.task(name="held")
def held(place):
    Path(place, "begun").touch()
    ends = time.monotonic() + {PATIENCE}
    while not Path(place, "let_go").exists() and time.monotonic() < ends:
        time.sleep(0.02)
    Path(place, "ended").touch()
"""


def lines(kind: str) -> dict[str, str]:
    return keys(UNITS[kind])


def own(kind: str) -> str:
    """The name of its folder; a template is that of its zone."""
    return "registry-%i" if kind == "web@" else f"registry-{kind}"


def keys(file: Path) -> dict[str, str]:
    """The last value of each key."""
    said = [line.partition("=") for line in file.read_text().splitlines() if "=" in line and line[0] != "#"]
    return {name: value for name, _, value in said}


@pytest.mark.parametrize("kind", UNITS)
def test_a_stop_is_told_to_the_first_process_alone(kind):
    """SIGTERM to all of them would kill a worker's tasks; KillSignal is SIGTERM unless it is set."""
    assert lines(kind)["KillMode"] == "mixed"
    assert lines(kind).get("KillSignal", "SIGTERM") == "SIGTERM"


def test_a_stop_waits_for_every_task_that_does_not_go_on_where_it_was(settings):
    assert int(lines("worker")["TimeoutStopSec"]) > settings.CELERY_TASK_TIME_LIMIT


@pytest.mark.parametrize("kind", ["web", "web@"])
def test_a_stop_waits_for_every_answer(kind):
    assert int(lines(kind)["TimeoutStopSec"]) > 30, "the answers' own time, as --graceful-timeout has it"
    assert "--graceful-timeout 30" in lines(kind)["ExecStart"]


def test_each_unit_has_a_folder_of_its_own():
    """systemd removes it when the unit stops."""
    folders = [each for kind in UNITS for each in lines(kind)["RuntimeDirectory"].split()]
    assert len(folders) == len(set(folders))
    for kind in UNITS:
        used = {
            word.partition("/run/")[2].split("/")[0] for word in lines(kind)["ExecStart"].split() if "/run/" in word
        }
        assert used <= {own(kind)}


def test_beat_knows_after_a_restart_when_it_asked_last():
    """Else what is due each hour waits for a whole one again, and under a beat that ends within the hour it is never done."""
    schedule = re.search(r"--schedule /run/([\w-]+)/", lines("beat")["ExecStart"])
    assert schedule is not None
    assert schedule[1] in lines("beat")["RuntimeDirectory"].split()
    assert lines("beat")["RuntimeDirectoryPreserve"] == "yes"


@pytest.mark.parametrize("kind", ["web", "web@"])
def test_the_processes_of_web_count_together_in_a_folder_that_is_there(kind):
    place = lines(kind)["Environment"].partition("PROMETHEUS_MULTIPROC_DIR=/run/")[2]
    assert place in lines(kind)["RuntimeDirectory"].split()


@pytest.mark.parametrize("file", EVERY, ids=[each.stem for each in EVERY])
def test_no_process_leaves_its_memory_on_a_disk_when_it_dies(file):
    """Keys, names and numbers are in it; a core would lie outside of every rule of what is kept."""
    assert keys(file)["LimitCORE"] == "0"


@pytest.mark.parametrize(("name", "command", "days"), [("backup", "back_up", 1), ("drill", "drill_restore", 92)])
def test_what_goes_by_a_timer_is_a_command_of_ours_that_writes_beside_the_backups_alone(name, command, days):
    unit = keys(ROOT / "deploy" / "systemd" / f"registry-{name}.service")
    timer = keys(ROOT / "deploy" / "systemd" / f"registry-{name}.timer")
    assert command in get_commands()
    assert unit["ExecStart"].split()[1:3] == ["manage.py", command]
    assert unit["ReadWritePaths"] == keys(ROOT / "deploy" / "example.env")["REGISTRY_BACKUPS"]
    assert (unit["Type"], unit["UMask"], timer["Persistent"]) == ("oneshot", "0077", "true")
    assert timer["OnCalendar"] == {1: "*-*-* 01:30:00", 92: "*-01,04,07,10-05 03:30:00"}[days]
    assert days * DAY < LIMITS[name].late, "it would be late before it is due"


@pytest.mark.service
@pytest.mark.broker
@pytest.mark.parametrize(("told", "ends"), [(os.kill, True), (os.killpg, False)], ids=["mixed", "control-group"])
def test_a_task_is_ended_where_the_first_process_alone_is_told(
    folder: Path,  # noqa: F811
    environment: dict[str, str],  # noqa: F811
    told: Callable[[int, int], None],
    ends: bool,
) -> None:
    (folder / "probe.py").write_text(PROBE)
    with Processes(folder, environment, root=folder, celery="probe", concurrency=1) as processes:
        processes.start("worker")
        worker = processes.children["worker"]
        with Celery("sender", broker=environment["REDIS_URL"], set_as_current=False) as sender:
            sender.send_task("held", [str(folder)], queue=environment["QUEUE"], ignore_result=True)
        worker.wait_until((folder / "begun").exists)
        assert worker.process is not None
        told(worker.process.pid, signal.SIGTERM)
        if ends:
            worker.wait_until(lambda: "Warm shutdown" in worker.said())
            (folder / "let_go").touch()
        assert worker.process.wait(2 * PATIENCE) == 0
    assert (folder / "ended").exists() is ends
