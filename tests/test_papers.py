"""Papers from outside are opened apart and kept as written anew: what could act, move or exhaust is refused by name, and what
a camera or a program wrote beside what is seen is left out."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageChops, ImageStat

from registry.errors import (
    PaperActs,
    PaperEncrypted,
    PaperHeavy,
    PaperPages,
    PaperUnreadable,
    PictureMoves,
    PicturePixels,
)
from registry.pdf import asking, child, jpeg
from registry.pdf import papers as judging
from tests import papers, pdfs
from tests.papers import LEFT, RIGHT

WORDS = b"taken by an invented person at an invented place"


def judged(file):
    (paper,) = judging.judged([file], named="licence")
    return paper


def opened(paper):
    return Image.open(io.BytesIO(paper.content))


def noted(turned=1):
    """As a camera writes it: maker, words, place, and how it was held."""
    said = Image.Exif()
    said[0x010F], said[0x010E], said[0x0112] = "Some Maker", WORDS.decode(), turned
    said.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 15.0), 3: "E", 4: (116.0, 23.0, 29.0)})
    return said


def near(seen, meant):
    return all(abs(one - other) < 60 for one, other in zip(seen, meant, strict=True))


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_that_says(width, height):
    """Of that size, as it says, and without a dot."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def jpeg_that_says(width, height):
    made = papers.picture("JPEG", size=(16, 48))
    return made.replace(struct.pack(">HH", 48, 16), struct.pack(">HH", height, width), 1)


# What is left out


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_of_a_photograph_the_dots_are_kept_and_nothing_that_the_camera_wrote(kind):
    notes = {"comment": WORDS} if kind == "JPEG" else {}
    sent = papers.picture(kind, exif=noted(), icc_profile=WORDS * 4, dpi=(300, 300), **notes)
    assert WORDS in sent
    assert b"Some Maker" in sent
    kept = judged(sent)
    assert kept.media_type == f"image/{kind.lower()}"
    assert WORDS not in kept.content
    assert b"Maker" not in kept.content
    shown = opened(kept)
    assert not shown.getexif()
    assert not {"exif", "comment", "icc_profile", "dpi", "xmp"} & set(shown.info)
    before = Image.open(io.BytesIO(sent))
    assert max(ImageStat.Stat(ImageChops.difference(shown, before)).mean) < 4, "but for what a JPEG rounds"
    if kind == "JPEG":
        assert shown.quantization == before.quantization, "as coarse as before"


def test_texts_in_a_png_are_left_out():
    said = (
        chunk(b"tEXt", b"Author\0" + WORDS)
        + chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + WORDS)
        + chunk(b"prVt", WORDS)
    )
    sent = papers.picture().replace(b"\x00\x00\x00\x00IEND", said + b"\x00\x00\x00\x00IEND")
    assert sent.count(WORDS) == 3
    assert WORDS not in judged(sent).content


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_it_is_turned_as_it_was_held_before_that_is_forgotten(kind):
    shown = opened(judged(papers.picture(kind, exif=noted(turned=6)))).convert("RGB")
    assert shown.size == (30, 40)
    assert near(shown.getpixel((15, 3)), LEFT)
    assert near(shown.getpixel((15, 36)), RIGHT)


def test_what_was_kept_once_is_kept_alike():
    for file in (papers.pdf("a paper"), papers.picture()):
        assert judged(file).content == file


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_kind_look_as_before(mode):
    drawn = Image.new("L", (20, 10), 255)
    drawn.paste(0, (0, 0, 10, 10))
    drawn = (
        Image.frombytes("I;16", (20, 10), (bytes(20) + b"\xff" * 20) * 10) if mode == "I;16" else drawn.convert(mode)
    )
    shown = opened(judged(papers.saved(drawn, "JPEG" if mode == "CMYK" else "PNG"))).convert("RGB")
    assert near(shown.getpixel((3, 5)), (0, 0, 0))
    assert near(shown.getpixel((16, 5)), (255, 255, 255))


def test_what_is_transparent_lies_on_white_and_hides_nothing():
    drawn = Image.new("RGBA", (20, 10), (0, 0, 0, 0))
    assert opened(judged(papers.saved(drawn, "PNG"))).getpixel((5, 5)) == (255, 255, 255)


def with_photograph(sent, packed):
    def place(pdf):
        made = Stream(pdf, zlib.compress(sent) if packed else sent)
        made.Type, made.Subtype, made.Width, made.Height = Name.XObject, Name.Image, 40, 30
        made.ColorSpace, made.BitsPerComponent = Name.DeviceRGB, 8
        made.Filter = Array([Name.FlateDecode, Name.DCTDecode]) if packed else Name.DCTDecode
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(I=pdf.make_indirect(made)))
        pdf.pages[0].Contents = Stream(pdf, b"q 595 0 0 842 0 0 cm /I Do Q")

    return pdfs.judgment(1, place)


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_photograph_inside_a_pdf_nothing_is_kept_that_the_camera_wrote(packed):
    sent = papers.picture("JPEG", exif=noted(), comment=WORDS) + WORDS
    kept = judged(with_photograph(sent, packed))
    with pikepdf.open(io.BytesIO(kept.content)) as pdf:
        (inside,) = [each.read_raw_bytes() for each in pdf.objects if isinstance(each, Stream) and "/Width" in each]
    assert WORDS not in inside
    assert b"Maker" not in inside
    assert Image.open(io.BytesIO(inside)).tobytes() == Image.open(io.BytesIO(sent)).tobytes()
    shown = Image.open(io.BytesIO(asking.picture(kept.content, 1, width=200))).convert("RGB")
    assert near(shown.getpixel((20, 100)), LEFT)


def test_a_pdf_is_kept_without_its_metadata():
    kept = judged(pdfs.judgment(change=pdfs.with_links_and_metadata))
    assert kept.media_type == "application/pdf"
    with pikepdf.open(io.BytesIO(kept.content)) as pdf:
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root


# What is refused


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (png_that_says(50_000, 50_000), PicturePixels),
        (jpeg_that_says(65_000, 65_000), PicturePixels),
        (png_that_says(50_000_001, 1), PicturePixels),
        (png_that_says(7_000, 7_000), PaperUnreadable),
        (papers.picture("JPEG")[:-300], PaperUnreadable),
        (papers.picture()[:-40], PaperUnreadable),
        (b"\x89PNG\r\n\x1a\n<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", PaperUnreadable),
        (b"\xff\xd8\xff<html>", PaperUnreadable),
        (b"\xff\xd8\xff" + papers.picture(), PaperUnreadable),
        (pdfs.judgment()[:100], PaperUnreadable),
        (pdfs.encrypted(), PaperEncrypted),
        (pdfs.judgment(judging.MOST_PAGES + 1), PaperPages),
        (pdfs.many_objects(), PaperHeavy),
    ],
)
def test_what_is_no_paper_is_refused_by_name(file, refusal):
    with pytest.raises(refusal) as found:
        judged(file)
    assert found.value.field == "licence"


@pytest.mark.parametrize("what", pdfs.HOSTILE)
def test_a_pdf_that_can_act_is_refused_and_what_acts_is_named(what):
    with pytest.raises(PaperActs) as refusal:
        judged(pdfs.judgment(change=pdfs.HOSTILE[what]))
    assert str(refusal.value.facts["what"])


def test_a_png_that_moves_is_refused():
    first, second = Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "blue")
    with pytest.raises(PictureMoves):
        judged(papers.saved(first, "PNG", save_all=True, append_images=[second]))


def test_of_pictures_behind_a_photograph_nothing_is_kept():
    first, second = Image.new("RGB", (64, 64), "red"), Image.effect_noise((64, 64), 90).convert("RGB")
    sent = papers.saved(first, "MPO", save_all=True, append_images=[second])
    kept = judged(sent)
    assert (opened(kept).format, opened(kept).n_frames if hasattr(opened(kept), "n_frames") else 1) == ("JPEG", 1)
    assert len(kept.content) < len(papers.saved(second, "JPEG"))


def test_of_a_file_that_is_two_the_one_that_it_begins_with_is_kept():
    as_pdf, as_picture = pdfs.judgment(1), papers.picture("JPEG")
    kept = judged(as_picture + as_pdf)
    assert (kept.media_type, b"%PDF" in kept.content) == ("image/jpeg", False)
    kept = judged(as_pdf + as_picture)
    assert (kept.media_type, b"\xff\xd8\xff" in kept.content) == ("application/pdf", False)


def test_of_several_the_one_that_is_refused_is_named_by_its_place():
    with pytest.raises(PaperUnreadable) as refusal:
        judging.judged([papers.picture(), b"\xff\xd8\xff"], named="attached")
    assert "2" in str(refusal.value)


def test_all_that_come_at_once_have_one_time(monkeypatch):
    monkeypatch.setattr(judging, "SECONDS", 0)
    with pytest.raises(PaperHeavy):
        judged(papers.picture())


def test_a_picture_for_which_memory_does_not_suffice_ends_as_too_heavy():
    program = "import resource; from registry.pdf import child; child.MEMORY_BYTES = 250_000_000; child.main()"
    file = papers.saved(Image.new("RGB", (7_000, 7_000)), "PNG")
    ran = subprocess.run(
        [sys.executable, "-c", program, "photograph", str(10**9)], input=file, capture_output=True, check=False
    )
    assert b'"heavy"' in ran.stdout or ran.returncode
    assert len(ran.stdout) < 100


# Bytes that nobody meant


PHOTOGRAPHS = (
    papers.picture("JPEG", exif=noted(6), comment=WORDS),
    papers.picture("JPEG", exif=noted(), progressive=True),
    papers.picture("PNG", exif=noted(3)),
    papers.saved(Image.radial_gradient("L").resize((9, 9)).convert("P"), "PNG"),
    papers.saved(Image.new("RGB", (9, 9)), "MPO", save_all=True, append_images=[Image.new("RGB", (9, 9), "red")]),
)
REFUSED = {"unreadable", "heavy", "moves", "pixels"}
bounded = settings(max_examples=400, derandomize=True, deadline=None, database=None)


@bounded
@given(
    st.sampled_from(PHOTOGRAPHS),
    st.lists(st.tuples(st.integers(0, 1200), st.binary(min_size=1, max_size=6)), max_size=4),
)
def test_whatever_is_overwritten_in_a_photograph_it_is_refused_or_kept_without_what_was_beside_it(sent, changes):
    file = bytearray(sent)
    for at, written in changes:
        file[at : at + len(written)] = written
    head, content = child._answer(["photograph", "10000"], bytes(file))
    if "refused" in head:
        assert head["refused"] in REFUSED
        return
    assert WORDS not in content
    with Image.open(io.BytesIO(content)) as shown:
        shown.load()
        assert (shown.size, shown.getexif()) == ((head["width"], head["height"]), {})


@bounded
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_of_segments_fall_or_grow(data):
    for each in (data, b"\xff\xd8" + data, papers.picture("JPEG")[:20] + data):
        bare = jpeg.bare(each)
        assert len(bare) <= len(each)
        assert jpeg.bare(bare) == bare
