"""Reading bodies: JSON, and files, which are scanned. The settings of REST framework name this module, so it must not import its views."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request
from rest_framework.utils.json import strict_constant

from registry.errors import Malformed
from registry.taking_files import scanned


class BodyParser(JSONParser):
    """JSON, where a body nested too deeply to be read is the sender's mistake like any other. Malformed where a member stands twice
    (RFC 7493 §2.3): of what is signed, or shown to whoever consents, two readers would read two things.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            return json.loads(stream.read().decode(), object_pairs_hook=_each_once, parse_constant=strict_constant)
        except (ValueError, RecursionError):
            raise ParseError from None


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise Malformed(why=_("A member stands twice in it."))
    return found


class LongBodyParser(BaseParser):
    """JSON of many rows. Raises RequestDataTooBig where it is longer than ``most`` bytes.

    None of the frame's own parsers of JSON: to those it gives what it kept in memory, DATA_UPLOAD_MAX_MEMORY_SIZE at most.
    """

    media_type = BodyParser.media_type
    most = 10 * 1024 * 1024

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(self.most + 1)
        if len(body) > self.most:
            raise RequestDataTooBig
        return BodyParser().parse(BytesIO(body), media_type, parser_context)


class FileParser(BaseParser):
    """The body as it came, as the member "file"; one byte more than ``most`` at most, so that the view can refuse it.

    Who calls is not known yet; `file_of` gives it to a view. What sends no type of its own is taken as bytes; a form is refused, for it would not be the file.
    """

    media_type = "application/octet-stream"
    most = 5 * 1024 * 1024

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        return {"file": bytes(stream.read(self.most + 1))}


def file_of(request: Request) -> bytes:
    """The file that was sent, scanned; empty for a body without a byte, of which the frame reads nothing. FileInfected,
    ScannerAway.
    """
    sent: Any = request.data
    return scanned(sent["file"], request) if "file" in sent else b""


class PdfParser(FileParser):
    media_type = "application/pdf"


class ImageParser(FileParser):
    media_type = "image/*"


class CsvParser(FileParser):
    media_type = "text/csv"
    most = LongBodyParser.most


class WorkbookParser(CsvParser):
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def is_text(value: object, most: int) -> bool:
    """Whether it can be kept and given back: PostgreSQL keeps no NUL, and half of a surrogate pair is no text."""
    if not isinstance(value, str) or len(value) > most:
        return False
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)
