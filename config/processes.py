"""The product's own processes: web, worker and beat, each with a log, a ready check, and a place in the order.

A name may carry a number (`worker-2`): several of a kind. The database and the broker have to run already.
"""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from config.child import CannotStart, Child, stop_together, undisturbed
from config.valkey import LOOPBACK, free_port

ROOT = Path(__file__).resolve().parent.parent
ORDER = ("web", "worker", "beat")

# What celery writes once it takes tasks, or once it sends them.
READY_WORDS = {"worker": " ready.", "beat": "beat: Starting..."}


@dataclass
class Processes:
    """Web, worker and beat of one installation, run with `environment`; their files lie under `folder`."""

    folder: Path
    environment: Mapping[str, str]
    root: Path = ROOT
    port: int = field(default_factory=free_port)
    host: str = LOOPBACK
    within: Sequence[str] = ()  # see `Child`
    web_workers: int = 2
    concurrency: int = 4  # two slots, and room to answer the bell (SHARING_SLOTS)
    wsgi: str = "config.wsgi"
    celery: str = "config.celery"
    patience: float = 10  # seconds to end, once asked
    children: dict[str, Child] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the web process answers; the same after a restart."""
        return f"http://{self.host}:{self.port}"

    def start(self, *names: str) -> None:
        """Start these (all three if none is named) side by side; return when every one is ready.

        Raises CannotStart with the end of its log when one is not.
        """
        self.begin(*names)
        self.wait(*names)

    def begin(self, *names: str) -> None:
        """Start these and return at once. Raises CannotStart for one that runs: a second would take its place here."""
        for name in names or ORDER:
            if (running := self.children.get(name)) and running.alive:
                raise CannotStart(f"{name} runs already; stop it first.")
            self.children[name] = self._child(name)
            self.children[name].start()

    def wait(self, *names: str) -> None:
        """Return when these (all that were begun if none is named) are ready. Raises CannotStart."""
        for name in names or tuple(self.children):
            self.children[name].wait_until(partial(self.ready, name))

    def ready(self, name: str) -> bool:
        """Whether it does its work now: web answers GET /health with 200, celery has said that it began."""
        child = self.children.get(name)
        if child is None or not child.alive:
            return False
        kind = _kind(name)
        return self._healthy() if kind == "web" else READY_WORDS[kind] in child.said()

    def stop(self, *names: str) -> None:
        """Stop these (all if none is named) side by side, and whatever they started."""
        with undisturbed():
            stop_together([self.children.pop(name) for name in names or tuple(self.children)])

    def kill(self, name: str) -> None:
        """`kill -9` it and its own children, as a crash would. `start` brings it back."""
        self.children.pop(name).kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _child(self, name: str) -> Child:
        run = self.folder / "run"
        run.mkdir(parents=True, exist_ok=True)
        return Child(
            name=name,
            command=[sys.executable, "-m", *self._command(name, run)],
            log=self.folder / "log" / f"{name}.log",
            folder=self.root,
            environment=self._environment(name),
            within=self.within,
            patience=self.patience,
        )

    def _environment(self, name: str) -> dict[str, str]:
        environment = {"REGISTRY_LOG_GUARD": str(self.folder.resolve() / "log-guard"), **self.environment}
        if _kind(name) == "web":
            return environment
        # The ready check reads what celery says; that this may be root (a demo, CI) need not be said.
        warnings = [environment.get("PYTHONWARNINGS", ""), "ignore:You're running the worker with superuser"]
        return {**environment, "LOG_LEVEL": "INFO", "PYTHONWARNINGS": ",".join(filter(None, warnings))}

    def _command(self, name: str, run: Path) -> list[str]:
        if _kind(name) == "web":
            return [
                *(
                    "gunicorn",
                    self.wsgi,
                    "--config",
                    "python:config.serving",
                    "--bind",
                    f"{self.host}:{self.port}",
                    "--worker-class",
                    "gthread",
                ),
                *("--workers", str(self.web_workers), "--threads", "4", "--graceful-timeout", "5"),
                *("--no-control-socket", "--worker-tmp-dir", str(run), "--log-level", "warning"),
            ]
        celery = ["celery", "--app", self.celery, "--quiet", "--no-color"]
        if _kind(name) == "worker":
            # Who else is there does not matter to a worker, and asking costs a second at the start.
            alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
            hostname = f"{name}-{os.getpid()}-{self.port}@%h"
            return [*celery, "worker", "--concurrency", str(self.concurrency), "--hostname", hostname, *alone, "-lINFO"]
        return [*celery, "beat", "--schedule", str(run / name), "--pidfile=", "-lINFO"]

    def _healthy(self) -> bool:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _kind(name: str) -> str:
    return name.partition("-")[0]
