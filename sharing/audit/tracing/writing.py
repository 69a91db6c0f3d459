"""The rows of a trace as files that nobody else can read: CSV for people, one JSON object a line for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from registry.spreadsheets import unsealed_csv_file
from sharing.audit.tracing.scope import NotTraced
from sharing.audit.tracing.source import Row


class FileThere(NotTraced):
    def __init__(self, option: str) -> None:
        super().__init__(f"{option}: this file is there already; name one that is not, for nothing is overwritten")


class FileRefused(NotTraced):
    def __init__(self, option: str, why: str) -> None:
        super().__init__(f"{option}: this file cannot be made ({why}); name one in a folder that you may write to")


@contextmanager
def file(option: str, path: Path) -> Iterator[BinaryIO]:
    """A new file with mode 0600; where the trace breaks off, nothing is left of it. Raises `FileThere`, `FileRefused`."""
    try:
        # O_EXCL follows no link either.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileThere(option) from None
    except OSError as error:
        raise FileRefused(option, error.strerror or type(error).__name__) from None
    try:
        with os.fdopen(descriptor, "wb") as made:
            yield made
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def as_json(rows: Iterable[Row], made: BinaryIO) -> Iterator[Row]:
    """The same rows, written as they go by."""
    for row in rows:
        said = {**row._asdict(), "at": moment(row.at)}
        made.write(json.dumps(said, ensure_ascii=False).encode() + b"\n")
        yield row


def as_csv(rows: Iterable[Row], made: BinaryIO) -> None:
    for block in unsealed_csv_file(Row._fields, ([moment(row.at), *row[1:]] for row in rows)):
        made.write(block)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
