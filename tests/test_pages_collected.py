"""The files of the pages are those of the release that runs: an installation that is gone on with collects them anew."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import translation

from config.installing import founding, looking
from config.installing.collected import MANIFEST, is_of_this_release

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    """The folder of an installation, as `collectstatic` leaves it."""
    folder: Path = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder, STORAGES=STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def release(tmp_path: Path, settings) -> Path:
    """What a later release brings along, besides."""
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, tmp_path]
    return tmp_path


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def test_what_was_collected_is_of_this_release(collected):
    assert is_of_this_release(collected)
    assert looking._pages(collected).colour == "green"


@pytest.mark.parametrize("file", ["pages/new.css", "desk/new.js"])
def test_a_file_that_a_later_release_adds_is_missed(collected, release, file):
    (release / file).parent.mkdir()
    (release / file).write_text("a { color: red }")
    found = looking._pages(collected)
    assert (found.colour, found.remedy) == ("red", "manage.py collectstatic --noinput")
    assert "another release" in found.said


def test_a_file_that_a_later_release_changes_is_missed(collected, tmp_path):
    manifest = json.loads((collected / MANIFEST).read_text())
    name = next(name for name in manifest["paths"] if name.endswith(".svg"))
    manifest["paths"][name] = name.replace(".svg", ".0123456789ab.svg")
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    assert not is_of_this_release(tmp_path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"paths": []}'])
def test_a_manifest_that_says_nothing_is_of_no_release(tmp_path, content):
    (tmp_path / MANIFEST).write_text(content)
    assert looking._pages(tmp_path).colour == "red"


def test_where_nothing_was_collected_that_is_said(tmp_path):
    assert "are not in" in looking._pages(tmp_path / "nowhere").said


def test_an_installation_that_is_run_again_collects_again(collected, monkeypatch, settings):
    settings.STATIC_ROOT = collected
    called: list[str] = []
    monkeypatch.setattr(founding, "call_command", lambda name, *_given, **_named: called.append(name))
    monkeypatch.setattr(founding, "_have_time", lambda: None)
    monkeypatch.setattr("sys.stdin", io.StringIO("[]"))
    assert founding.main("en") == 0
    assert called == ["migrate", "database_roles", "collectstatic"]
