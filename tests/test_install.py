"""The installer: what it refuses in plain words, what it does again and what it does not."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "deploy" / "install.py"


@pytest.fixture
def installer() -> ModuleType:
    """The script, loaded afresh; deploy/ is no package."""
    spec = importlib.util.spec_from_file_location("install", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_unsupported_python_is_named_with_the_remedy(installer: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(installer.platform, "python_version", lambda: "3.9.2")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        installer.CannotInstall, match=r"This is Python 3\.9\.2; Python 3\.11, 3\.12 or 3\.13 is needed"
    ):
        installer.find_python()


def test_a_supported_python_on_the_path_is_taken_instead(
    installer: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer.sys, "version_info", (3, 14, 0))
    monkeypatch.setattr(installer.shutil, "which", lambda name: f"/there/{name}" if name == "python3.12" else None)
    monkeypatch.setattr(installer, "_pip", lambda python: ["/there/pip"])
    assert installer.find_python() == "/there/python3.12"


def test_a_python_without_pip_is_named_with_the_remedy(installer: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer, "_pip", lambda python: [])
    with pytest.raises(installer.CannotInstall, match="apt-get install python3-venv"):
        installer.find_python()


@pytest.mark.parametrize(("system", "machine"), [("Windows", "x86_64"), ("Linux", "riscv64")])
def test_an_unsupported_platform_is_named(installer: ModuleType, system: str, machine: str) -> None:
    with pytest.raises(installer.CannotInstall, match="is not supported: use"):
        installer.check_platform(system, machine)


@pytest.mark.parametrize(("system", "machine"), [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64")])
def test_a_supported_platform_passes(installer: ModuleType, system: str, machine: str) -> None:
    installer.check_platform(system, machine)


def test_what_is_installed_is_not_installed_again(
    installer: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installer, "STAMP", tmp_path / "installed.json")
    lock = installer.ROOT / "requirements.txt"
    (tmp_path / "installed.json").write_text(json.dumps({"requirements.txt": installer.wanted(lock)}))
    monkeypatch.setattr(installer, "install", lambda *words: pytest.fail("installed again"))
    installer.main()


def test_pip_s_configuration_is_told_to_uv_in_its_own_words(
    installer: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in installer.UV_NAMES.values():
        monkeypatch.delenv(name, raising=False)
    said = f"""
global.index-url='https://mirror.example/simple'
:env:.index-url='https://nearer.example/simple'
global.extra-index-url='https://one.example/a\\nhttps://two.example/b'
global.find-links='{tmp_path} /not/there'
global.timeout='60'
"""
    assert installer.translate(said) == {
        "UV_DEFAULT_INDEX": "https://nearer.example/simple",
        "UV_INDEX": "https://one.example/a https://two.example/b",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": str(tmp_path),
    }


def test_what_the_user_tells_uv_himself_wins(installer: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.example/simple")
    assert installer.translate("global.index-url='https://mirror.example/simple'") == {}
    assert installer.uv_environment(["/no/pip"]) == {}


def test_no_third_party_module_is_needed() -> None:
    """It runs before anything is installed."""
    run = [sys.executable, "-I", "-S", "-c", f"import runpy; runpy.run_path({str(SCRIPT)!r}, run_name='read')"]
    subprocess.run(run, check=True)
