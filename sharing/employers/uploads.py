"""A file of applicants as HR has it: what its columns are called, and which of them must be there.

Nothing is computed, nothing is guessed: a formula, and a number that the spreadsheet has rounded, are refused by row and
column. The file is read from memory and in a stream; nothing is written to the disk (`registry.cells`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from registry import cells
from registry.cells import MEGABYTE, MEGABYTES, Cell, Raw
from registry.errors import NothingToAsk

__all__ = ["HEADS", "MEGABYTE", "MEGABYTES", "NEEDED", "OF_A_FORM", "Cell", "Raw", "read"]

# Column → what its head may be called. The template uses the first of each language.
HEADS: dict[str, tuple[str, ...]] = {
    "key": ("行号标识", "row_key", "key", "编号"),
    "name": ("姓名", "name"),
    "document_type": ("证件类型", "document_type"),
    "document_number": ("证件号码", "document_number", "身份证号", "身份证号码", "公民身份号码"),
    "document_sha256": ("授权书指纹", "consent_sha256", "document_sha256"),
    "signed_on": ("签署日期", "signed_on"),
    "code": ("授权同意码", "consent_code", "code"),
}
NEEDED = ("name", "document_number")
OF_A_FORM = ("document_sha256", "signed_on")  # needed, too, unless every row has a code


def read(file: bytes, *, most_rows: int, needed: Sequence[str] | None = None, field: str = "file") -> Iterator[Raw]:
    """The rows below the head, without empty ones. ``needed``: the columns without which it is no such file;
    None: as of a batch. ``field``: what the refusals call the file.

    Raises as `registry.cells.read`, NothingToAsk among them.
    """

    def asked(there: Collection[str]) -> Sequence[str]:
        return _needed_of_a_batch(there) if needed is None else needed

    return cells.read(file, heads=HEADS, needed=asked, most_rows=most_rows, nothing=NothingToAsk, field=field)


def _needed_of_a_batch(columns: Collection[str]) -> Sequence[str]:
    by_code_alone = "code" in columns and not any(column in columns for column in OF_A_FORM)
    return NEEDED if by_code_alone else (*NEEDED, *OF_A_FORM)
