"""The program that opens a PDF or a picture. It is started for one question, with no keys, no database and no environment.

What it is asked stands in its arguments, the file comes on standard input; the answer is a line of JSON on standard output,
and bytes after it. Memory and processor time are bounded by the system: whatever a file does to it ends with it.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Callable
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image

from registry.pdf.looking import Heavy, strip, strips, what_acts
from registry.pdf.photographs import written_anew

MEMORY_BYTES = 1024 * 1024 * 1024  # of addresses; the libraries alone take a fifth
SECONDS = 20  # of processor time
TALLEST = 4000  # pixels
MOST_CHARACTERS = 400_000
QUALITY = 82

Answer = tuple[dict[str, Any], bytes]


def look_through(file: bytes, most_pages: int) -> Answer:
    """Whether it may be kept, and what is kept: the same pages, written anew."""
    try:
        pdf = pikepdf.open(io.BytesIO(file))
    except pikepdf.PasswordError:
        return {"refused": "encrypted"}, b""
    with pdf:
        if pdf.is_encrypted:
            return {"refused": "encrypted"}, b""
        pages = len(pdf.pages)
        if not 1 <= pages <= most_pages:
            return {"refused": "pages" if pages else "unreadable"}, b""
        if acts := what_acts(pdf):
            return {"refused": "active", "acts": acts}, b""
        stripped = strips(pdf)
        strip(pdf)
        kept = io.BytesIO()
        pdf.save(
            kept,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            compress_streams=True,
        )
    picture(kept.getvalue(), 0, 200)  # what cannot be shown is not kept
    return {"pages": pages, "stripped": stripped}, kept.getvalue()


def picture(file: bytes, number: int, width: int) -> Answer:
    """One page as WebP, ``width`` pixels wide, less where it would be too tall. ``number``: from 0."""
    with pypdfium2.PdfDocument(file) as pdf:
        if not 0 <= number < len(pdf):
            return {"refused": "page"}, b""
        page = pdf[number]
        wide, tall = page.get_size()
        if wide <= 0 or tall <= 0:
            return {"refused": "unreadable"}, b""
        drawn: Image.Image = page.render(scale=min(width / wide, TALLEST / tall)).to_pil()
    out = io.BytesIO()
    drawn.convert("RGB").save(out, "WEBP", quality=QUALITY)
    return {"width": drawn.width, "height": drawn.height}, out.getvalue()


def texts(file: bytes) -> Answer:
    """The words of its pages, as far as the file holds them as words; a scan holds none."""
    found, left = [], MOST_CHARACTERS
    with pypdfium2.PdfDocument(file) as pdf:
        for page in pdf:
            words = page.get_textpage().get_text_bounded()[:left]
            left -= len(words)
            found.append(words)
    return {"pages": len(found)}, "\n".join(found).replace("\r\n", "\n").encode("utf-8", "replace")


def _answer(question: list[str], file: bytes) -> Answer:
    asked: dict[str, Callable[..., Answer]] = {
        "look_through": look_through,
        "photograph": written_anew,
        "picture": picture,
        "texts": texts,
    }
    name, *numbers = question
    try:
        return asked[name](file, *map(int, numbers))
    except (MemoryError, Heavy, RecursionError):
        return {"refused": "heavy"}, b""
    except Exception:
        return {"refused": "unreadable"}, b""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    head, body = _answer(sys.argv[1:], sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
