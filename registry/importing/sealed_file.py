"""The uploaded file from its upload until it is read: in pieces, each sealed for itself, so that nobody holds it twice."""

from __future__ import annotations

import io

from registry.models import Import, ImportPiece

PIECE = 1024 * 1024  # bytes


def keep(batch: Import, file: bytes) -> None:
    """Inside the caller's transaction."""
    view = memoryview(file)
    for number, start in enumerate(range(0, len(file), PIECE)):
        piece = ImportPiece(batch=batch, number=number)
        piece.content = bytes(view[start : start + PIECE])
        piece.save(force_insert=True)


def whole(batch: Import) -> bytes:
    file = io.BytesIO()
    for piece in ImportPiece.objects.filter(batch=batch).order_by("number").iterator(chunk_size=1):
        file.write(piece.content)
    return file.getvalue()


def destroy(batch: Import) -> None:
    ImportPiece.objects.filter(batch=batch).delete()
