"""The signed form's fingerprint, where a browser cannot compute it: the file is hashed as it arrives and kept nowhere."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

BYTES_MOST = 10 * 1024 * 1024


class Fingerprinted(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """A file of which only size and SHA-256 are left; ``sha256`` is "" where it was longer than `BYTES_MOST`."""

    def __init__(self, size: int, sha256: str) -> None:
        super().__init__(BytesIO(), name="form", size=size)
        self.sha256 = sha256


class FingerprintHandler(FileUploadHandler):
    """Hashes and forgets, block by block. What exceeds the limit is counted and not hashed."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest, self.length = hashlib.sha256(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.length += len(raw_data)
        if self.length <= BYTES_MOST:
            self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> Fingerprinted:
        return Fingerprinted(file_size, self.digest.hexdigest() if self.length <= BYTES_MOST else "")
