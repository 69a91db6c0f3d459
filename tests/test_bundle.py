"""The bundle for a machine without a network: the same bytes each time, nothing of this machine in it, and installed from alone."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
WHEEL = "quiet_package-1.0-py3-none-any.whl"
LOCK = """\
# nothing of a machine
quiet-package==1.0 ; python_full_version < '3.99' \\
    --hash=sha256:{digest}
for-others==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:{other}
"""
UNREACHED = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
}


@pytest.fixture
def packing(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """deploy/bundle.py, loaded afresh beside the installer that it uses; deploy/ is no package."""
    monkeypatch.syspath_prepend(str(DEPLOY))
    spec = importlib.util.spec_from_file_location("bundle", DEPLOY / "bundle.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wheel(folder: Path) -> bytes:
    """Of a package with one module, without asking anybody."""
    info = "quiet_package-1.0.dist-info"
    files = {
        "quiet_package.py": "WORD = 'here'\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: quiet-package\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(text)}\n"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / WHEEL, "w") as made:
        for name, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            made.writestr(name, text)
    return (folder / WHEEL).read_bytes()


@pytest.fixture
def unpacked(packing: ModuleType, tmp_path: Path) -> Path:
    """A small bundle, written and unpacked as a real one is."""
    content = wheel(tmp_path / "wheels")
    lock = LOCK.format(digest=hashlib.sha256(content).hexdigest(), other="0" * 64)
    files = {
        "requirements.txt": lock.encode(),
        "deploy/uv.txt": (DEPLOY / "uv.txt").read_bytes(),
        "deploy/install.py": (DEPLOY / "install.py").read_bytes(),
        "docs/note.md": b"read me",
        f"wheels/{WHEEL}": tmp_path / "wheels" / WHEEL,
    }
    made = packing.write(tmp_path / "registry-1.tar", "registry-1", files, moment=1_795_571_265)
    with tarfile.open(made) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "registry-1"


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    """The installer, where no network can be reached; as root, in a namespace that has none."""
    alone = ["unshare", "--net"] if os.geteuid() == 0 and shutil.which("unshare") else []
    if alone and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        alone = []
    given = {"PATH": os.environ["PATH"], "HOME": str(folder), **UNREACHED}
    return subprocess.run(
        [*alone, sys.executable, "deploy/install.py"],
        cwd=folder,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_it_installs_from_its_wheels_alone(unpacked):
    ran = run(unpacked)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = subprocess.run(
        [unpacked / ".venv/bin/python", "-c", "import quiet_package; print(quiet_package.WORD)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout == "here\n"


def test_a_wheel_that_was_changed_is_refused_by_name(unpacked):
    with (unpacked / "wheels" / WHEEL).open("ab") as file:
        file.write(b"\0")
    ran = run(unpacked)
    assert ran.returncode == 1
    assert f"Not what was packed: wheels/{WHEEL}" in ran.stderr
    assert not (unpacked / ".venv").exists()


@pytest.mark.slow
def test_a_wheel_that_was_changed_with_its_sum_is_refused_by_the_lock(unpacked):
    before = hashlib.sha256((unpacked / "wheels" / WHEEL).read_bytes()).hexdigest()
    with (unpacked / "wheels" / WHEEL).open("ab") as file:
        file.write(b"\0")
    sums = (unpacked / "SHA256SUMS").read_text()
    after = hashlib.sha256((unpacked / "wheels" / WHEEL).read_bytes()).hexdigest()
    (unpacked / "SHA256SUMS").write_text(sums.replace(before, after))
    ran = run(unpacked)
    assert ran.returncode == 1
    assert "quiet" in ran.stdout + ran.stderr


def test_a_wheel_that_was_added_is_refused_by_name(unpacked):
    shutil.copy(unpacked / "wheels" / WHEEL, unpacked / "wheels" / "other-1.0-py3-none-any.whl")
    assert "Not what was packed: wheels/other-1.0-py3-none-any.whl" in run(unpacked).stderr


def test_what_is_missing_is_named(unpacked):
    (unpacked / "docs" / "note.md").unlink()
    assert "Not what was packed: docs/note.md" in run(unpacked).stderr


def test_the_same_files_give_the_same_bytes_whenever_and_in_whatever_order(packing, tmp_path):
    files = {"b": b"2", "a": b"1"}
    first = packing.write(tmp_path / "one" / "registry.tar", "registry", files, moment=1).read_bytes()
    again = packing.write(tmp_path / "two" / "registry.tar", "registry", dict(reversed(files.items())), moment=1)
    assert again.read_bytes() == first
    assert hashlib.sha256(first).hexdigest() in (tmp_path / "one" / "registry.tar.sha256").read_text()


def test_nothing_in_it_says_who_made_it(packing, tmp_path):
    made = packing.write(tmp_path / "registry.tar", "registry", {"manage.py": b"", "a": b"1"}, moment=1)
    with tarfile.open(made) as archive:
        for member in archive:
            assert (member.uid, member.gid, member.uname, member.gname, member.mtime) == (0, 0, "", "", 1)
            assert member.mode == (0o755 if member.name.endswith("manage.py") else 0o644)


def test_the_product_is_in_it_as_committed_and_its_tests_are_not(packing):
    found = packing.product("HEAD")
    assert {
        "manage.py",
        "requirements.txt",
        "deploy/install.py",
        "deploy/uv.txt",
        "registry/lifecycle.py",
    } <= found.keys()
    assert {name.partition("/")[0] for name in found} == set(packing.PRODUCT)
    here = str(ROOT).encode()
    assert [name for name, content in found.items() if here in content] == []


def test_every_wheel_is_asked_for_whatever_machine_asks(packing):
    lock = packing.everywhere(LOCK.format(digest="1" * 64, other="0" * 64))
    assert "for-others" not in lock
    assert lock == f"quiet-package==1.0 \\\n    --hash=sha256:{'1' * 64}\n"


def test_a_clone_is_asked_about_no_bundle(packing):
    assert packing.install.from_bundle() == []
