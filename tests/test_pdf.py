"""A judgment's PDF is looked through, written anew and drawn; what could act, or exhaust, is refused by name."""

from __future__ import annotations

import io
import time

import pikepdf
import pytest
from PIL import Image

from registry.errors import (
    NoSuchPage,
    NotAPdf,
    PdfActs,
    PdfEncrypted,
    PdfPages,
    PdfTooHeavy,
    PdfTooLarge,
    PdfUnreadable,
)
from registry.pdf import asking
from tests import pdfs


def examine(file):
    return asking.examine(file, most_megabytes=20, most_pages=500)


def test_it_works():
    found = examine(pdfs.judgment(3))
    assert (found.pages, found.stripped) == (3, ())
    drawn = Image.open(io.BytesIO(asking.picture(found.content, 2, width=400)))
    assert drawn.format == "WEBP"
    assert 400 <= drawn.width <= 401
    assert drawn.convert("L").getextrema()[0] < 40, "the black rectangle is on it"


@pytest.mark.parametrize("what", pdfs.HOSTILE)
def test_what_could_act_is_refused_and_named(what):
    with pytest.raises(PdfActs) as refusal:
        examine(pdfs.judgment(change=pdfs.HOSTILE[what]))
    assert str(refusal.value.facts["what"])


@pytest.mark.parametrize("what", pdfs.HOSTILE)
def test_it_is_found_inside_compressed_object_streams_too(what):
    with pytest.raises(PdfActs):
        examine(pdfs.in_object_streams(pdfs.HOSTILE[what]))


def test_a_name_written_in_another_way_is_the_same_name():
    file = pdfs.judgment(change=pdfs.with_script).replace(b"/JavaScript", b"/J#61vaScr#69pt").replace(b"/JS", b"/J#53")
    assert b"/JavaScript" not in file
    with pytest.raises(PdfActs):
        examine(file)


def test_what_a_word_processor_leaves_is_left_out_of_the_copy():
    file = pdfs.judgment(change=pdfs.with_links_and_metadata)
    assert b"elsewhere.example" in file
    found = examine(file)
    assert found.stripped == ("links", "metadata", "opening")
    with pikepdf.open(io.BytesIO(found.content)) as kept:
        whole = b"".join(repr(each).encode() for each in kept.objects)
        assert "/OpenAction" not in kept.Root
        assert "/Metadata" not in kept.Root
        assert "/Info" not in kept.trailer
        assert b"elsewhere" not in whole
        assert b"Tao" not in whole


def test_what_stands_behind_a_pdf_is_not_kept():
    found = examine(pdfs.judgment() + b"PK\x03\x04 an archive behind it")
    assert b"archive" not in found.content


@pytest.mark.parametrize("file", [b"", b"GIF89a" + b"%PDF-1.4", b"PK\x03\x04", b"\x00%PDF-1.4", b"<html>"])
def test_a_file_is_what_it_begins_with_and_not_what_it_is_called(file):
    with pytest.raises(NotAPdf):
        examine(file)


def test_a_password_is_refused_with_its_remedy():
    for password in ("secret", ""):
        with pytest.raises(PdfEncrypted):
            examine(pdfs.encrypted(password))


def test_size_and_pages_are_bounded():
    with pytest.raises(PdfTooLarge):
        asking.examine(b"%PDF-" + b" " * (1024 * 1024), most_megabytes=1, most_pages=5)
    with pytest.raises(PdfPages):
        asking.examine(pdfs.judgment(6), most_megabytes=1, most_pages=5)


@pytest.mark.parametrize("file", [b"%PDF-1.7\nnothing", pdfs.judgment()[:100], b"%PDF-1.4\n" + b"\xff" * 5000])
def test_a_damaged_file_is_refused(file):
    with pytest.raises(PdfUnreadable):
        examine(file)


def test_a_linearised_file_is_as_good_as_any():
    assert examine(pdfs.judgment(4, linearize=True)).pages == 4


@pytest.mark.parametrize("file", ["bomb", "nested", "many_objects"])
def test_a_file_that_would_exhaust_is_refused_in_bounded_time(file):
    made = getattr(pdfs, file)()
    assert len(made) < 20 * 1024 * 1024
    began = time.monotonic()
    with pytest.raises((PdfTooHeavy, PdfUnreadable)):
        examine(made)
    assert time.monotonic() - began < asking.SECONDS + 5


def test_a_page_of_any_shape_gives_a_picture_of_bounded_size():
    found = examine(pdfs.judgment(1, pdfs.huge_page))
    drawn = Image.open(io.BytesIO(asking.picture(found.content, 1, width=2000)))
    assert drawn.width <= 2001
    assert drawn.height <= 4001


@pytest.mark.parametrize("page", [0, 3, -1, 10**9])
def test_a_page_that_is_not_there(page):
    with pytest.raises(NoSuchPage):
        asking.picture(pdfs.judgment(2), page, width=400)


def test_its_words():
    assert "Judgment of the first instance" in asking.text_of(pdfs.words("Judgment of the first instance"))
    assert asking.text_of(pdfs.judgment()).strip() == ""


def test_the_program_has_no_keys_and_writes_no_file(monkeypatch):
    asked = {}

    def run(command, **options):
        asked.update(options)
        raise asking.subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(asking.subprocess, "run", run)
    with pytest.raises(PdfTooHeavy):
        asking.text_of(pdfs.judgment())
    assert asked["env"] == {}
    assert asked["timeout"] == asking.SECONDS
