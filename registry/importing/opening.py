"""A workbook opened no further than its first sheet needs: the library alone would read all its strings, and a sheet that
does not say how large it is, before it gave the first cell; for a hundred thousand rows that took it ten seconds.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zipfile import ZipFile

from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_ITEM, _RUN, _TEXT = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "r", "t"))  # ISO/IEC 29500-1, 18.4


@contextmanager
def first_sheet(file: bytes) -> Iterator[Any]:
    """The library's sheet, to be read once. Raises whatever a broken archive brings about."""
    reader = _Reader(io.BytesIO(file), read_only=True, keep_links=False)
    try:
        reader.read()
        yield reader.wb.worksheets[0]
    finally:
        reader.archive.close()


class _Reader(ExcelReader):  # type: ignore[misc]  # the library has no types
    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is not None:
            self.shared_strings = _Strings(self.archive, part.PartName[1:])

    def read_worksheets(self) -> None:
        for sheet, relation in self.parser.find_sheets():
            if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                self.wb._sheets.append(_Sheet(self.wb, sheet.name, relation.target, self.shared_strings))
                return


class _Sheet(ReadOnlyWorksheet):  # type: ignore[misc]
    def _get_size(self) -> None:
        """What the file says of its own size is not believed, and so not looked for."""


class _Strings:
    """The shared strings, read as far as a cell asks for them; programs write them in the order of the cells."""

    def __init__(self, archive: ZipFile, path: str) -> None:
        self._known: list[str] = []
        self._coming = _strings(archive, path)

    def __getitem__(self, place: int) -> str:
        """IndexError: there are not so many."""
        while place >= len(self._known):
            said = next(self._coming, None)
            if said is None:
                break
            self._known.append(said)
        return self._known[place]


def _strings(archive: ZipFile, path: str) -> Iterator[str]:
    with archive.open(path) as part:
        events = iterparse(part, events=("start", "end"))
        _event, root = next(events)
        for event, node in events:
            if event == "end" and node.tag == _ITEM:
                yield _said(node)
                root.clear()


def _said(item: Any) -> str:
    """Its text, whole or in runs, without how it is pronounced."""
    parts = [item.find(_TEXT), *(run.find(_TEXT) for run in item.findall(_RUN))]
    return "".join(part.text or "" for part in parts if part is not None).replace("x005F_", "")
