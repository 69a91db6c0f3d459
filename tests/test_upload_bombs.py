"""A file that is small to send and large to read is refused by name, before it is large."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory

from registry.taking_files import InMemory
from tests.upload_bombs import BOMBS, MEGABYTE

GROWS_MOST_MEGABYTES = 50


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_it_is_refused_and_the_process_hardly_grows(tmp_path, name):
    file = tmp_path / "file"
    file.write_bytes(BOMBS[name]())
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.upload_bombs", str(file)]
    read = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=100)
    grown, said = read.stdout.split(" ", 1)
    assert said.startswith("R-5"), said
    assert "root:" not in read.stdout
    assert int(grown) < GROWS_MOST_MEGABYTES * 1024, said


@pytest.mark.parametrize(
    "called",
    [
        "../../etc/passwd",
        "..\\..\\x.pdf",
        "a\x00b.pdf",
        "a" * 900,
        "\u202efdp.exe",
        "CON",
        "NUL.pdf",
        "-rf",
        "x\r\nSet-Cookie: a=b",
    ],
)
def test_what_a_file_is_called_is_not_kept(called):
    file = SimpleUploadedFile("x", b"content")
    file._name = called
    request = RequestFactory().post("/", {"file": file})
    request.upload_handlers = [InMemory(request)]
    (taken,) = request.FILES.values()
    assert taken.name == "form"
    taken.seek(0)
    assert taken.read() == b"content"


def test_a_file_with_a_name_without_end_is_refused():
    file = SimpleUploadedFile("x", b"content")
    file._name = "a" * 4096
    request = RequestFactory().post("/", {"file": file})
    request.upload_handlers = [InMemory(request)]
    with pytest.raises(MultiPartParserError):
        request.FILES.values()


def test_a_file_longer_than_may_be_is_not_kept_whole():
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("x", bytes(12 * MEGABYTE))})
    request.upload_handlers = [InMemory(request)]
    (taken,) = request.FILES.values()
    assert taken.size == InMemory.most + 1
