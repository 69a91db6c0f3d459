"""``python -m sharing.receiver.lost --store FILE``: what the court lost in a restore and this department had been told.

A JSON line for each event, to be handed to the court; no personal data.
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

_NAMES = ("listing", "event", "type", "version", "epoch", "position", "occurred_at", "received_at", "struck")


def lost(path: Path) -> Iterator[dict[str, Any]]:
    """In the order in which the court had told it; ``struck``: the court does not know the listing at all any more."""
    with closing(open_readonly(path)) as store:
        rows = store.execute(
            "SELECT number, event, type, version, epoch, position, occurred_at, received_at, struck"
            " FROM lost ORDER BY epoch, position"
        ).fetchall()
    for row in rows:
        said = dict(zip(_NAMES, row, strict=True))
        times = {name: said[name] and utc_text(said[name]) for name in ("occurred_at", "received_at")}
        yield said | times | {"struck": bool(said["struck"])}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sharing.receiver.lost", description="What the court lost.")
    parser.add_argument("--store", type=Path, required=True, help="the SQLite file of the receiver")
    for each in lost(parser.parse_args().store):
        sys.stdout.write(json.dumps(each) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
