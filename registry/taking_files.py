"""Pages that take a file: it goes through one handler, in memory, and never onto a disk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponseBase]
MEGABYTE = 1024 * 1024


class InMemory(FileUploadHandler):
    """The file's bytes, one more than may be at most. Its name is not kept."""

    most: ClassVar[int] = 10 * MEGABYTE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.kept.write(raw_data[: max(self.most + 1 - self.kept.tell(), 0)])

    def file_complete(self, file_size: int) -> UploadedFile:  # type: ignore[type-arg]  # generic in the stubs alone
        return UploadedFile(self.kept, name="form", size=self.kept.tell())


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
        return exempt

    return decorate
