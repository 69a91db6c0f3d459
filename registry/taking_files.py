"""Pages that take a file: it goes through one handler, in memory, and never onto a disk; and before the court's scanner.

What comes in as a body of the API goes the same way (`scanned`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import IO, Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from registry import auditing, scanner
from registry.errors import FileInfected
from registry.models import AuditKind

View = Callable[..., HttpResponseBase]
MEGABYTE = 1024 * 1024


def scanned(file: bytes, request: HttpRequest | None, *, field: str = "file") -> bytes:
    """The file, found clean. FileInfected, which is on record; ScannerAway."""
    try:
        scanner.refuse_infected(file, field=field)
    except FileInfected as refusal:
        fingerprint = hashlib.sha256(file).hexdigest()
        auditing.note_request(request, AuditKind.FILE_REFUSED, about=fingerprint, code=refusal.code)
        raise
    return file


class Incoming(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs alone
    """A file of a page. Whoever reads anything of it has it scanned first: FileInfected, ScannerAway.

    Not before: until then nobody has asked whether the request is forged.
    """

    def __init__(self, kept: BytesIO, request: HttpRequest | None, field: str) -> None:
        self._kept, self._request, self._field = kept, request, field
        self._is_clean = False
        super().__init__(name="form", size=kept.tell())

    @property  # everything that reads goes by it
    def file(self) -> IO[Any]:
        if not self._is_clean:
            scanned(self._kept.getvalue(), self._request, field=self._field)
            self._is_clean = True
        return self._kept

    @file.setter
    def file(self, value: object) -> None:
        """The frame would set it; it is what was kept."""

    def close(self) -> None:
        self._kept.close()


class InMemory(FileUploadHandler):
    """The file's bytes, one more than may be at most. Its name is not kept."""

    most: ClassVar[int] = 10 * MEGABYTE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.kept.write(raw_data[: max(self.most + 1 - self.kept.tell(), 0)])

    def file_complete(self, file_size: int) -> UploadedFile:  # type: ignore[type-arg]  # generic in the stubs alone
        return Incoming(self.kept, self.request, self.field_name or "file")


def checked_for_forgery_after(handler: type[FileUploadHandler]) -> Callable[[View], View]:
    """Files of this page go through ``handler``; then the check against forged requests is made, as everywhere.

    The middleware's own check would read the body, and its files onto a disk, before a handler can be chosen. So the page
    is exempt from that one and makes it itself, at the first moment at which it may read. The innermost of a page's
    decorators: who may come in at all is asked before.
    """

    def decorate(view: View) -> View:
        protected = csrf_protect(view)

        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.upload_handlers = [handler(request)]
            answer: HttpResponseBase = protected(request, *args, **kwargs)
            return answer

        exempt: View = csrf_exempt(opened)
        exempt.taken_by = handler  # type: ignore[attr-defined]  # for whoever asks of every page where its files go
        return exempt

    return decorate
