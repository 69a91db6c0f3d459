"""The signed form's fingerprint, where a browser cannot compute it: the file is hashed as it arrives and kept nowhere.

Only of a file that can be shown when the form is called in (`calling.refuse_kind`): the same kinds, and as long.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from registry.errors import FormKindNotShown, FormTooLargeToShow, Refusal
from registry.pdf import papers
from sharing.employers.signed_form import BYTES_MOST, HOW_LONG, MEGABYTES_MOST, WHICH_FILE

BEGINS_MOST = max(map(len, papers.KINDS))  # bytes that tell the kind


class Fingerprinted(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """A file of which only size, SHA-256 and kind are left. ``refused``: why it could not be shown later; then ``sha256`` is ""."""

    def __init__(self, size: int, sha256: str, kind: str | None) -> None:
        super().__init__(BytesIO(), name="form", size=size)
        self.refused = _refused(size, kind)
        self.sha256 = "" if self.refused else sha256


class FingerprintHandler(FileUploadHandler):
    """Hashes and forgets, block by block. What exceeds the limit is counted and not hashed."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest, self.length, self.begins = hashlib.sha256(), 0, b""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.length += len(raw_data)
        self.begins += raw_data[: BEGINS_MOST - len(self.begins)]
        if self.length <= BYTES_MOST:
            self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> Fingerprinted:
        return Fingerprinted(file_size, self.digest.hexdigest(), papers.kind_of(self.begins))


def said_on_pages() -> dict[str, Any]:
    """What can be shown, for people; and for their browsers how long it is, and with which bytes, in hexadecimal digits, it begins."""
    kinds = " ".join(each.hex() for each in papers.KINDS)
    return {
        "most": MEGABYTES_MOST,
        "most_bytes": BYTES_MOST,
        "kinds": kinds,
        "which_file": WHICH_FILE,
        "how_long": HOW_LONG,
    }


def _refused(size: int, kind: str | None) -> Refusal | None:
    if size > BYTES_MOST:
        return FormTooLargeToShow("form_file", most=MEGABYTES_MOST)
    return FormKindNotShown("form_file") if kind is None else None
