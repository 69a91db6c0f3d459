"""``python -m sharing.receiver.lost --store FILE``: what the court lost in a restore and this department had been told.

A JSON line for each event, to be handed to the court; no personal data. Once this receiver is level with the court again it knows by
itself what was lost; ``--opened EPOCH/SIZE``, as the court says it, names it before that, while the court still answers nobody.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sharing.receiver.clock import utc_text
from sharing.receiver.store import open_readonly

_LOST = """
SELECT number, event, type, version, epoch, position, occurred_at, received_at, struck FROM lost ORDER BY epoch, position
"""
# As `levelling` will find them: of a former epoch, and beyond what the backup had.
_LOST_OR_BEYOND = """
SELECT number, event, type, version, epoch, position, occurred_at, received_at, struck FROM lost
UNION SELECT number, id, type, version, epoch, position, received_at - delay, received_at, 0 FROM inbox
WHERE epoch < :epoch AND position > :size AND id NOT IN (SELECT event FROM lost)
ORDER BY epoch, position
"""
_NAMES = ("listing", "event", "type", "version", "epoch", "position", "occurred_at", "received_at", "struck")


def lost(path: Path, opened: tuple[int, int] | None = None) -> Iterator[dict[str, Any]]:
    """In the order in which the court had told it; ``struck``: the court did not know the listing at all any more, and it is gone here.

    ``opened``: the court's new epoch, and the size at which it was opened.
    """
    with closing(open_readonly(path)) as store:
        if opened is None:
            rows = store.execute(_LOST).fetchall()
        else:
            rows = store.execute(_LOST_OR_BEYOND, {"epoch": opened[0], "size": opened[1]}).fetchall()
    for row in rows:
        said = dict(zip(_NAMES, row, strict=True))
        times = {name: said[name] and utc_text(said[name]) for name in ("occurred_at", "received_at")}
        yield said | times | {"struck": bool(said["struck"])}


def _opened(text: str) -> tuple[int, int]:
    epoch, _, size = text.partition("/")
    if not all(each.isascii() and each.isdecimal() for each in (epoch, size)):
        raise argparse.ArgumentTypeError("the epoch and its size, as in 2/118204")
    return int(epoch), int(size)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sharing.receiver.lost", description="What the court lost.")
    parser.add_argument("--store", type=Path, required=True, help="the SQLite file of the receiver")
    parser.add_argument(
        "--opened",
        type=_opened,
        metavar="EPOCH/SIZE",
        help="the court's new epoch, and the size at which it was opened",
    )
    given = parser.parse_args()
    for each in lost(given.store, given.opened):
        sys.stdout.write(json.dumps(each) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
