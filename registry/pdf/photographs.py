"""Pictures that came as papers, written anew: the same dots, and nothing that a camera or a program wrote beside them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import get_sampling

Image.MAX_IMAGE_PIXELS = None  # they are counted here, for less than the library's own bound
QUALITY = 90
PLAIN = ("1", "L", "P", "RGB")
JPEG, PNG = "JPEG", "PNG"
TYPES = {JPEG: "image/jpeg", PNG: "image/png"}


def written_anew(file: bytes, most_pixels: int) -> tuple[dict[str, Any], bytes]:
    """Turned as its maker meant it, on white where nothing is drawn. Of pictures behind the first one, which cameras add as a
    preview or for bright screens, nothing is left; a PNG that moves is refused.
    """
    with Image.open(io.BytesIO(file), formats=(JPEG, PNG)) as picture:
        if picture.width * picture.height > most_pixels:
            return {"refused": "pixels"}, b""
        kind = PNG if picture.format == PNG else JPEG
        if kind == PNG and getattr(picture, "is_animated", False):
            return {"refused": "moves"}, b""
        how = _as_before(picture) if kind == JPEG else {}
        shown = _plain(ImageOps.exif_transpose(picture))
    shown.info.clear()
    out = io.BytesIO()
    shown.save(out, kind, **how)
    return {"type": TYPES[kind], "width": shown.width, "height": shown.height}, out.getvalue()


def _as_before(picture: Any) -> dict[str, Any]:
    """As coarse as it came, so that what is written anew is neither worse nor much longer."""
    if picture.mode not in PLAIN:
        return {"quality": QUALITY}
    return {"qtables": picture.quantization, "subsampling": get_sampling(picture)}


def _plain(picture: Image.Image) -> Image.Image:
    """A copy of eight bits a colour at most, none of it transparent."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        ground = Image.new("RGBA", picture.size, "white")
        ground.alpha_composite(picture.convert("RGBA"))
        return ground.convert("RGB")
    return picture.copy() if picture.mode in PLAIN else picture.convert("RGB")
