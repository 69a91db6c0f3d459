"""A file that an officer saves: nothing in it runs in the desk's pages, and no browser keeps it by itself."""

from __future__ import annotations

from django.http import HttpResponse

SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def to_save(content: bytes, media_type: str, name: str) -> HttpResponse:
    """``media_type``: of `SUFFIXES`; ``name``: without its suffix, and nobody's."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{SUFFIXES[media_type]}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "sandbox"
    return response
