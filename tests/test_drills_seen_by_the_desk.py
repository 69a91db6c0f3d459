"""The process that is asked how things stand is another user's than the backups, of the same group."""

import os
import stat
from pathlib import Path

from config.backups import shelf


def test_the_group_reads_when_a_drill_was_green_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        shelf.note_drill(tmp_path, "{}")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / shelf.DRILLS).stat().st_mode) == 0o640
