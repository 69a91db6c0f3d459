"""The notice as PDF: made from the book when it is asked for, kept nowhere."""

from __future__ import annotations

import io
import logging
from datetime import datetime
from pathlib import Path

import segno
import typst
from django.urls import reverse

from registry.addresses import absolute
from registry.errors import NoticeNotPrintable
from registry.models import Listing
from sharing.employers.paper import printed
from sharing.persons.models import Notice
from sharing.persons.notices.content import Access, content

LAYOUT = Path(__file__).with_name("notice.typ")

logger = logging.getLogger(__name__)


def pdf_of(listing: Listing, notice: Notice, code: str, expires_at: datetime) -> bytes:
    """Raises NoticeNotPrintable: a character is missing in the font, and a notice with a gap is no notice."""
    access = Access(address=address(), code=code, expires_at=expires_at, qr=_svg(code))
    said = content(listing, notice, access)
    try:
        return printed(LAYOUT, said, int(notice.issued_at.timestamp()))
    except typst.TypstError:
        logger.error("The notice of listing %s cannot be printed.", listing.number)
        raise NoticeNotPrintable from None


def address() -> str:
    """Where the code is typed."""
    return absolute(reverse("person:notice"))


def qr(code: str) -> segno.QRCode:
    """The address with the code after “#”: browsers send nothing of that, so no log holds it. Nobody is named."""
    return segno.make(f"{address()}#{code}", error="m", micro=False)


def _svg(code: str) -> str:
    drawn = io.BytesIO()
    qr(code).save(drawn, kind="svg", border=4, xmldecl=False, svgns=True)
    return drawn.getvalue().decode()
