"""The list of an installation says whether nginx knows the configuration that was written for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils import translation

from config.installing import machine, trying, web_server
from config.installing.writing import Place


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("said", "colour"),
    [
        ("nginx version: nginx/1.22.1\n", "red"),
        ("nginx version: nginx/1.25.0 (Ubuntu)\n", "red"),
        ("nginx version: nginx/1.25.1\n", "green"),
        ("nginx version: nginx/1.26.3\n", "green"),
        ("nginx version: nginx/2.0.0\n", "green"),
        (None, "yellow"),
        ("nginx: of the court's own make\n", "yellow"),
    ],
)
def test_one_that_does_not_know_http2_on_is_red_with_the_remedy(said, colour):
    found = web_server.judged(said)
    assert (found.part, found.colour) == ("nginx", colour)
    assert ("1.25.1" in found.remedy) is (colour != "green")


def test_the_nginx_of_this_machine_is_asked(tmp_path: Path, monkeypatch):
    """As Debian 12 has it."""
    program = tmp_path / "nginx"
    program.write_text("#!/bin/sh\necho 'nginx version: nginx/1.22.1' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    for of_others in ("_environment", "_keys", "_disks", "_units"):
        monkeypatch.setattr(machine, of_others, lambda *given: ())
    for tried in ("certificate", "certificates_key", "an_authority"):
        monkeypatch.setattr(trying, tried, lambda *given: ())
    answers = {"guard": "/srv/log-guard", "database": "postgres://db.internal/registry", "authority": ""}
    answers |= {f"{of}certificate{part}": "" for of in ("", "desk_") for part in ("", "_key")}
    found = {each.part: each.said for each in machine.look(answers, Place(tmp_path, tmp_path), tmp_path)}
    assert "1.22.1" in found["nginx"]
