"""Clocks that jump: what is started under one takes the time of day from a file, while it runs (libfaketime).

What counts seconds that passed (monotonic) is left alone, as it is where somebody sets a host's clock.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.programs import missing

PACKAGE = "libfaketime"
NAME = "libfaketimeMT.so.1"


class Clock:
    """``file``: how many seconds it is ahead. Whoever reads the clock must be able to read that.

    It is looked at once a second; where ``at_once``, each time that somebody reads the clock.
    """

    def __init__(self, file: Path, *, at_once: bool = False) -> None:
        self.file = file
        self._cached = {"FAKETIME_NO_CACHE": "1"} if at_once else {"FAKETIME_CACHE_DURATION": "1"}
        self._library = library()
        self.set(0)

    def set(self, ahead: float) -> None:
        """It jumps to so many seconds before the true time, or behind it."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{ahead:+.0f}\n")
        new.chmod(0o644)
        new.replace(self.file)

    @property
    def environment(self) -> Mapping[str, str]:
        """Of whatever is to read it."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DISABLE_SHM": "1",  # whoever is killed would leave it behind
            **self._cached,
        }

    @property
    def before(self) -> Sequence[str]:
        """What stands before the command of a program that is to read it, of whatever user."""
        return ["/usr/bin/env", *(f"{name}={value}" for name, value in self.environment.items())]


def library() -> Path:
    for folder in (sysconfig.get_config_var("MULTIARCH") or "", ""):
        found = Path("/usr/lib") / folder / "faketime" / NAME
        if found.is_file():
            return found
    return missing(PACKAGE, f"apt-get install {PACKAGE}")
