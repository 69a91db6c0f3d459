"""Tables for people's programs: CSV and Excel, row by row in constant memory, and never a formula.

Nothing is kept on the disk meanwhile: the usual libraries write what they stream to temporary files, in the clear.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

Row = Sequence[str]

BOM = "\ufeff"  # without it Excel takes UTF-8 for the machine's old code page
BEGIN_FORMULAS = tuple("=+-@\t\r\n＝＋－＠")  # OWASP, CSV injection; the wide forms are read as narrow ones
BLOCK = 64 * 1024
XLSX_MOST = 1_000_000  # rows; Excel has 1,048,576 in a sheet


@dataclass
class Seal:
    """What the end of a file says of the rest: up to which position of the log, how many rows, and their SHA-256."""

    position: int
    words: Sequence[str]  # for position, count and hash
    count: int = 0
    sha256: str = ""

    def rows(self) -> list[Row]:
        return list(zip(self.words, (str(self.position), str(self.count), self.sha256), strict=True))


def csv_file(header: Row, rows: Iterable[Row], seal: Seal) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, lines as in RFC 4180. The last line holds the seal; the hash is of all before it."""
    digest = hashlib.sha256()
    first = (BOM + _line(header)).encode()
    digest.update(first)
    yield first
    for block in _blocks(rows, seal):
        digest.update(block)
        yield block
    seal.sha256 = digest.hexdigest()
    yield _line([text for row in seal.rows() for text in row]).encode()


def unsealed_csv_file(header: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """The same lines without a seal: for a table that is not as of a position of the log."""
    block = bytearray((BOM + _line(header)).encode())
    for row in rows:
        block += _line(row).encode()
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def unsealed_xlsx_file(header: Row, rows: Iterable[Row], title: str) -> Iterator[bytes]:
    """The same cells as a workbook of one sheet; of the same rows the same bytes, whenever it is made."""
    drain = _Drain()
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in _frame((title,)):
            archive.writestr(_part(path), text)
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w") as sheet:
            sheet.write(_SHEET_HEAD + _xml(header))
            for row in rows:
                sheet.write(_xml(row))
                if drain.is_full:
                    yield drain.taken()
            sheet.write(_SHEET_END)
    yield drain.taken()


def xlsx_file(header: Row, rows: Iterable[Row], seal: Seal, titles: Sequence[str]) -> Iterator[bytes]:
    """Office Open XML (ISO/IEC 29500-1): every cell is text. The seal is in a second sheet.

    Its hash is that of the lines of the CSV file of the same rows. ``titles``: of the two sheets.
    """
    drain = _Drain()
    digest = hashlib.sha256((BOM + _line(header)).encode())
    with zipfile.ZipFile(drain, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in _frame(titles):
            archive.writestr(path, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_SHEET_HEAD + _xml(header))
            for row in rows:
                seal.count += 1
                digest.update(_line(row).encode())
                sheet.write(_xml(row))
                if drain.is_full:
                    yield drain.taken()
            sheet.write(_SHEET_END)
        seal.sha256 = digest.hexdigest()
        last = b"".join(_xml(row) for row in seal.rows())
        archive.writestr("xl/worksheets/sheet2.xml", _SHEET_HEAD + last + _SHEET_END)
    yield drain.taken()


def safe(text: str) -> str:
    """The text as a spreadsheet shows it and never computes it."""
    return f"'{text}" if text.startswith(BEGIN_FORMULAS) else text


def _line(row: Row) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([safe(text) for text in row])
    return line.getvalue()


def _blocks(rows: Iterable[Row], seal: Seal) -> Iterator[bytes]:
    block = bytearray()
    for row in rows:
        seal.count += 1
        block += _line(row).encode()
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    yield bytes(block)


def _part(path: str) -> zipfile.ZipInfo:
    """A part of the archive that does not tell when it was made."""
    part = zipfile.ZipInfo(path)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


class _Drain(io.RawIOBase):
    """Where the archive is written to, and taken from as it grows."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # what zipfile writes
        self._kept += data
        return len(data)

    @property
    def is_full(self) -> bool:
        return len(self._kept) >= BLOCK

    def taken(self) -> bytes:
        taken = bytes(self._kept)
        self._kept.clear()
        return taken


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SHEET_HEAD = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode()
_SHEET_END = b"</sheetData></worksheet>"


def _xml(row: Row) -> bytes:
    cells = (f'<c t="inlineStr"><is><t xml:space="preserve">{escape(_printable(text))}</t></is></c>' for text in row)
    return f"<row>{''.join(cells)}</row>".encode()


def _printable(text: str) -> str:
    """XML 1.0 has no other control characters, no code for half of a pair, and not these two."""
    return "".join(each for each in text if each in "\t\n\r" or _is_said(each))


def _is_said(character: str) -> bool:
    return character >= " " and not 0xD800 <= ord(character) <= 0xDFFF and character not in "\ufffe\uffff"


def _frame(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts around the sheets, the least that a reader asks for."""
    numbered = list(enumerate(titles, start=1))
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n, _ in numbered
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{overrides}</Types>',
    )
    yield (
        "_rels/.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield "xl/workbook.xml", f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
    )
