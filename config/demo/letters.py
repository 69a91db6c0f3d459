"""Letters that the demonstration sends: each a file in var/mail/, as nobody has a mail server there and the log masks them."""

from __future__ import annotations

import shutil
from pathlib import Path

PRIVATE = 0o700


def kept_in(folder: Path) -> str:
    """What `EMAIL_URL` is then. ``folder``: from where the processes run; what lay in it from the run before is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=PRIVATE, parents=True)
    return f"filemail:///{folder.as_posix()}"
