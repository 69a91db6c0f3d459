"""What tests need beside Python: where it is missing they are skipped, and fail in CI, which installs it (`.ci/run`)."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def needed(name: str, *, package: str = "", in_ci: bool = True) -> str:
    """Where this program lies, also where root alone looks. ``package``: Debian's, if of another name; ``in_ci``: it installs that."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    return found or missing(name, f"apt-get install {package or name}", in_ci=in_ci)


def missing(what: str, remedy: str, *, in_ci: bool = True) -> NoReturn:
    if in_ci and "CI" in os.environ:
        pytest.fail(f"{what} is missing: {remedy}")
    pytest.skip(f"needs {what}: {remedy}")
