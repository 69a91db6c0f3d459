"""What docs/results.md tells a verifier to do is done, word for word, by a process without this project and without a net.

It stands on PyJWT, with which this project signs nothing, and reads the status list by itself.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client as Browser

from sharing.employers import recalling
from tests import asking, cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]

BLOCKS = re.compile(r"```python\n(.*?)```", re.DOTALL)
# Addresses are answered from a file, and anything else that would go out fails.
CUT_OFF = """
import socket, sys, urllib.request
socket.socket = socket.create_connection = None
urllib.request.urlopen = lambda uri: open("list.jwt", "rb")
"""
SAY = """
print(result["jti"], result["outcome"], recalled)
assert not {"registry", "sharing", "django", "joserfc"} & set(sys.modules)
"""


def verified(screening, folder: Path, result: str = "") -> subprocess.CompletedProcess[str]:
    program = CUT_OFF + "".join(BLOCKS.findall(Path("docs/results.md").read_text(encoding="utf-8"))) + SAY
    (folder / "jwks.json").write_bytes(Browser().get("/.well-known/jwks.json").content)
    (folder / "list.jwt").write_bytes(Browser().get(f"/status-lists/{screening.status_list}").content)
    (folder / "result.jws").write_text(result or screening.result)
    command = [sys.executable, "-I", "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_a_result_verifies_offline_and_after_its_recall_the_list_says_so(tmp_path):
    listing = cast.in_force()
    told = asking.answered()
    assert verified(told, tmp_path).stdout.split() == [told.pk, "listed", "0"]
    cast.withdrawn(listing)
    recalling.walk(now=cast.NOW)
    assert verified(told, tmp_path).stdout.split() == [told.pk, "listed", "1"]


def test_an_altered_result_does_not(tmp_path):
    told = asking.answered()
    head, claims, signature = told.result.split(".")
    for altered in (f"{head}.{claims[:-2]}AA.{signature}", f"{head}.{claims}.{signature[:-4]}AAAA"):
        done = verified(told, tmp_path, altered)
        assert done.returncode != 0
        assert done.stdout == ""
