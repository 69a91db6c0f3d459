"""A clearance letter as a file to take along: the paper, or the signed text."""

from __future__ import annotations

from django.http import HttpResponse

from sharing.recalls.clearance_paper import paper
from sharing.recalls.clearing import Letter

SIGNED = "signed"


def response(letter: Letter, *, signed: bool) -> HttpResponse:
    """On record as given, once the file is made. Neither file's name says whom it is about. Raises `ClearancePaperFails`."""
    body, kind, ending = (
        (letter.signed, "application/jwt", "jwt") if signed else (paper(letter), "application/pdf", "pdf")
    )
    letter.row.save()
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="clearance-letter.{ending}"'
    answer["Cache-Control"] = "no-store"
    return answer
