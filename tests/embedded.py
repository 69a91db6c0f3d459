"""Starts the servers that the tests run on, before pytest-django reads the settings (`-p tests.embedded`).

The first process starts them once and names them in the environment; the workers of xdist inherit that, each with its
own test database (pytest-django), its own numbered database of the broker and its own queue. `DATABASE_URL` and `REDIS_URL` given
from outside are used instead. Also here: a run in which no test was executed is a failed run.
"""

from __future__ import annotations

import atexit
import base64
import gc
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.child import CannotStart
from config.new_keys import NAMES
from config.servers import Servers
from tests import in_memory, tables

MOST_WORKERS = 4
SET_ASIDE_EVERY = 500  # tests

executed = torn_down = 0


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Name the servers and keys in the environment; a wrapper runs before pytest-django's own hook."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        begin()
    else:
        _write_bytecode()
        _give_keys()
        os.environ["REDIS_URL"] = numbered(os.environ["REDIS_URL"], int(worker.removeprefix("gw")) + 1)
        os.environ["REGISTRY_QUEUE"] = f"tests-{worker}"
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays until the end: the collector of garbage is not to look for any in it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_runtest_teardown() -> None:
    """Nor in what a run keeps of each test: its process would stand still for half a second in the midst of another one,
    which may wait for no longer than that."""
    global torn_down
    torn_down += 1
    if torn_down % SET_ASIDE_EVERY == 0:
        gc.collect()
        gc.freeze()


@pytest.hookimpl(tryfirst=True)  # otherwise xdist's own answer is taken, and this one is never asked for
def pytest_xdist_auto_num_workers() -> int:
    """Two for each processor: many tests wait for another process. More than four gain nothing."""
    return min(2 * (os.cpu_count() or 1), MOST_WORKERS)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the tests that ran, in whatever process."""
    global executed
    executed += report.when == "call" and not report.skipped


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Green means that something was tested."""
    if executed == 0 and not session.config.option.collectonly and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


def begin() -> None:
    """Name servers, keys and tables in the environment: what is named there already is used and not started."""
    _write_bytecode()
    _give_keys()
    in_memory.lay_aside()
    _start_servers()
    if tables.NAMED not in os.environ:
        tables.begin()


def numbered(redis_url: str, number: int) -> str:
    """The same server's database that lies `number` after the one in the URL."""
    parts = urlsplit(redis_url)
    return parts._replace(path=f"/{int(parts.path.strip('/') or 0) + number}").geturl()


def _start_servers() -> None:
    if "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ:
        return
    # A short path for the socket; others may pass through it, since PostgreSQL does not run as root.
    folder = Path(tempfile.mkdtemp(prefix="registry-tests-"))
    folder.chmod(0o711)
    atexit.register(_remove, folder)
    try:
        servers = Servers.start(folder, durable=False)
    except CannotStart as refusal:
        pytest.exit(str(refusal), returncode=pytest.ExitCode.USAGE_ERROR)
    atexit.register(servers.stop)
    os.environ.update(servers.environment)


def _remove(folder: Path) -> None:
    # The data may lie elsewhere, behind a link (config.postgres).
    shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def _write_bytecode() -> None:
    """Images of containers often forbid it. Then each process of the run, and a hundred are started, would compile
    every module and rewrite every assert anew, which takes minutes."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _give_keys() -> None:
    """Fixed, so that a failure repeats; worth nothing outside the tests."""
    os.environ.setdefault("SECRET_KEY", "for tests only, worth nothing anywhere else: " + "0123456789" * 2)
    for name in NAMES:
        key = hashlib.sha256(f"for tests only: {name}".encode()).digest()
        os.environ.setdefault(name, f"1:{base64.b64encode(key).decode()}")
