"""``python -m sharing.receiver.status --store FILE``: whether the court's log holds what was told. Exit status 1: it does not.

``--close NUMBER`` takes a finding off the list, once somebody looked into it; it stays in the file with its evidence.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from sharing.receiver import findings, log_records
from sharing.receiver.clock import now_ms, utc_text
from sharing.receiver.findings import MEANING, Finding
from sharing.receiver.store import open_readonly

_EVENTS = """
SELECT count(*), count(*) FILTER (WHERE wrong), count(*) FILTER (WHERE NOT wrong AND checked_size IS NULL)
FROM commitments
"""
_UNCHECKABLE = "SELECT count(*) FROM inbox WHERE NOT EXISTS (SELECT 1 FROM commitments WHERE event = inbox.id)"


def log_status(store: sqlite3.Connection) -> dict[str, Any]:
    """``cannot_be_checked``: parts were left out for this department, or an earlier program received it."""
    known, wrong, waiting = store.execute(_EVENTS).fetchone()
    kept = log_records.newest(store)
    return {
        "checkpoint": None if kept is None else {"origin": kept.origin, "epoch": kept.epoch, "size": kept.size},
        "cosigned": 0 if kept is None else kept.cosigned,
        "seconds_without_witness": _seconds_without_witness(store),
        "events": {
            "included": known - wrong - waiting,
            "waiting": waiting,
            "wrong": wrong,
            "cannot_be_checked": store.execute(_UNCHECKABLE).fetchone()[0],
        },
        "lost": store.execute("SELECT count(*) FROM lost").fetchone()[0],
        "findings": [_said(each) for each in findings.open_findings(store)],
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sharing.receiver.status", description="What is found of the log.")
    parser.add_argument("--store", type=Path, required=True, help="the SQLite file of the receiver")
    parser.add_argument("--close", type=int, metavar="NUMBER", help="a finding that was looked into")
    given = parser.parse_args()
    if given.close is not None and not _close(given.store, given.close):
        parser.error(f"no finding {given.close} is open")
    with closing(open_readonly(given.store)) as store:
        said = log_status(store)
    sys.stdout.write(json.dumps(said, indent=1, ensure_ascii=False) + "\n")
    return 1 if said["findings"] else 0


def _close(path: Path, number: int) -> bool:
    uri = f"{path.resolve().as_uri()}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)) as store:
        return findings.close(store, number, now_ms())


def _seconds_without_witness(store: sqlite3.Connection) -> int | None:
    """Since a witness last had cosigned what the court showed; None where none ever did."""
    row = store.execute("SELECT value FROM meta WHERE name = 'cosigned_at'").fetchone()
    return None if row is None else max(0, now_ms() - row[0]) // 1000


def _said(each: Finding) -> dict[str, Any]:
    return {
        "number": each.number,
        "kind": each.kind,
        "meaning": MEANING[each.kind],
        "epoch": each.epoch,
        "position": each.position or None,
        "found_at": utc_text(each.found_at),
        "notes": [note for note in (each.note, each.other_note) if note],
        "proof": each.proof,
    }


if __name__ == "__main__":
    sys.exit(main())
