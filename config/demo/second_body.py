"""The second body that cosigns the demonstration's log: a process of its own, with a key and a store of its own."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from config.child import Child
from config.processes import ROOT
from config.valkey import LOOPBACK, free_port
from sharing.witness import key_file

PROGRAM = "sharing.witness"
NAME = "procuratorate.example/witness"


class SecondBody:
    """Its files lie under ``folder``; the key is made anew in each run, as the court's keys are."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "log" / "witness.log"
        self._folder = folder / "witness"
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        self.vkey = key_file.generate(NAME, self._folder / "key").key.vkey
        self.port = free_port()
        self.child: Child | None = None

    @property
    def setting(self) -> str:
        """How the court is told of it (`SHARING_LOG_WITNESSES`)."""
        return f"{self.vkey} http://{LOOPBACK}:{self.port}"

    def start(self, log_vkey: str) -> None:
        """Returns at once: the court asks again until it is there."""
        files = ["--key", str(self._folder / "key"), "--store", str(self._folder / "store.sqlite")]
        self.child = Child(
            name="witness",
            command=[sys.executable, "-m", PROGRAM, "serve", *files, "--log", log_vkey, "--port", str(self.port)],
            log=self._log,
            folder=ROOT,
            environment={"PATH": os.environ.get("PATH", "")},
        )
        self.child.start()

    def listens(self) -> bool:
        return self.child is not None and json.dumps({"port": self.port}) in self.child.said()
