"""`python -m config.deployed` checks the settings as a court has them: `deploy/example.env` as it is shipped, with fresh keys.

Django's deployment checks and our own; every warning is an error.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from config import environment_file
from config.new_keys import new_environment

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "deploy" / "example.env"
# What the example's own server would be asked is asked of none: the checks need no database.
NO_SERVER = {"DATABASE_URL": "postgres:///none?host=/nonexistent"}
COMMAND = ("-W", "ignore::RuntimeWarning", "manage.py", "check", "--deploy", "--fail-level", "WARNING")


def environment() -> dict[str, str]:
    """Every variable of the example, and keys of no other installation; nothing of this machine's but its PATH."""
    given = environment_file.read(EXAMPLE.read_text(encoding="utf-8"))
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | given | new_environment() | NO_SERVER


def main() -> int:
    """The exit status of the checks."""
    command = [sys.executable, *COMMAND]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode  # noqa: S603 - our own program


if __name__ == "__main__":
    sys.exit(main())
