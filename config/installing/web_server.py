"""Whether the nginx of this machine knows what the shipped configuration says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from django.utils.translation import gettext as _

from config.installing.findings import Finding, green, red, yellow

LEAST = (1, 25, 1)  # knows `http2 on`
VERSION = re.compile(r"nginx/([0-9]+)\.([0-9]+)\.([0-9]+)")
SECONDS = 10


def look() -> Finding:
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    return judged(_said_by(program) if program else None)


def judged(said_by_it: str | None) -> Finding:
    """By the words of `nginx -v`; None: it is not on this machine."""
    least = ".".join(map(str, LEAST))
    remedy = _("Install nginx {least} or newer: Debian 13 has it, for Debian 12 nginx.org has.").format(least=least)
    found = VERSION.search(said_by_it or "")
    if found is None:
        return yellow("nginx", _("there is none on this machine, or it does not say which it is"), remedy)
    version = ".".join(found.groups())
    if tuple(map(int, found.groups())) < LEAST:
        said = _("nginx {version} does not know `http2 on`, which the shipped configuration says").format(
            version=version
        )
        return red("nginx", said, remedy)
    return green("nginx", f"nginx {version}")


def _said_by(program: str) -> str | None:
    try:
        asked = subprocess.run([program, "-v"], capture_output=True, text=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return asked.stderr + asked.stdout  # it says it where errors go
