"""Files that are small to send and large to read. `python -m tests.upload_bombs NAME` reads one, and prints by how many
kilobytes the process grew and how it was refused."""

from __future__ import annotations

import io
import resource
import sys
import zipfile
from collections.abc import Callable, Mapping

import django
from openpyxl import Workbook

MEGABYTE = 1024 * 1024
MOST = 11 * MEGABYTE  # that the proxy lets through, and the page keeps
HEAD = "行号标识,姓名,证件类型,证件号码,授权书指纹,签署日期\n"
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ENTITIES = "".join(f'<!ENTITY l{each} "{f"&l{each - 1};" * 10}">' for each in range(1, 10))


def workbook(parts: Mapping[str, bytes]) -> bytes:
    """A workbook of which these parts are written by hand."""
    book, whole, kept = Workbook(), io.BytesIO(), io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target:
        for name in {*source.namelist(), *parts}:
            target.writestr(name, parts[name] if name in parts else source.read(name))
    return kept.getvalue()


def lying(size: int) -> bytes:
    """An archive that says of its sheet that it is small."""
    made = bytearray(workbook({SHEET: b" " * size}))
    said, real = (100).to_bytes(4, "little"), size.to_bytes(4, "little")
    return bytes(made).replace(real, said)


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "one line of a hundred megabytes": lambda: (HEAD.encode() + b"a" * (100 * MEGABYTE))[:MOST],
    "one line as long as may be": lambda: HEAD.encode() + b"a" * (9 * MEGABYTE),
    "ten million rows": lambda: (HEAD.encode() + b"a\n" * 10_000_000)[: 10 * MEGABYTE],
    "ten million rows of commas": lambda: (HEAD.encode() + b",,,,\n" * 10_000_000)[: 10 * MEGABYTE],
    "nothing but NUL": lambda: bytes(10 * MEGABYTE),
    "UTF-16": lambda: (HEAD + "a\n" * 2_000_000).encode("utf-16"),
    "two marks": lambda: b"\xef\xbb\xbf\xff\xfe" + HEAD.encode("utf-16-le") + b"\xfe\xff" * MEGABYTE,
    "five hundred megabytes zipped": lambda: workbook({SHEET: b" " * (500 * MEGABYTE)}),
    "fifty megabytes zipped that say they are none": lambda: lying(60 * MEGABYTE),
    "strings without end": lambda: workbook({"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * (20 * MEGABYTE)}),
    "entities of entities": lambda: workbook(
        {
            SHEET: f'<!DOCTYPE x [<!ENTITY l0 "lol">{ENTITIES}]><worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="inlineStr">'
            f"<is><t>&l9;</t></is></c></row></sheetData></worksheet>".encode()
        }
    ),
    "a file of this machine": lambda: workbook(
        {
            SHEET: f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><worksheet xmlns="{MAIN}"><sheetData><row r="1">'
            f'<c t="inlineStr"><is><t>&f;</t></is></c></row></sheetData></worksheet>'.encode()
        }
    ),
    "a thousand parts": lambda: workbook({f"xl/worksheets/sheet{each}.xml": b" " * MEGABYTE for each in range(1, 200)}),
}


def main() -> None:
    django.setup()
    from registry.errors import Refusal  # noqa: PLC0415 - after the settings are read
    from sharing.employers import uploads  # noqa: PLC0415

    with open(sys.argv[1], "rb") as kept:
        file = kept.read()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        said = f"taken: {len(list(uploads.read(file, most_rows=10_000)))} rows"
    except Refusal as refusal:
        said = f"{refusal.code} {refusal}"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sys.stdout.write(f"{grown} {said}")


if __name__ == "__main__":
    main()
