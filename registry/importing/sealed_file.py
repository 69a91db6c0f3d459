"""The uploaded file from its upload until it is read: in pieces, each sealed for itself, so that nobody holds it twice."""

from __future__ import annotations

import io

from registry.models import Import, ImportPiece

PIECE = 1024 * 1024  # bytes


def keep(import_: Import, file: bytes) -> None:
    """Inside the caller's transaction."""
    view = memoryview(file)
    for number, start in enumerate(range(0, len(file), PIECE)):
        piece = ImportPiece(of_import=import_, number=number)
        piece.content = bytes(view[start : start + PIECE])
        piece.save(force_insert=True)


def whole(import_: Import) -> bytes:
    """Piece by piece, so that it takes no more memory than the file. Empty where it was destroyed."""
    file, pieces = io.BytesIO(), ImportPiece.objects.filter(of_import=import_)
    for number in range(pieces.count()):
        file.write(pieces.get(number=number).content)
    return file.getvalue()


def destroy(import_: Import) -> None:
    ImportPiece.objects.filter(of_import=import_).delete()
