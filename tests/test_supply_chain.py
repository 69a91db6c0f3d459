"""What the product is made of is locked, told, and compared with what is known; and it runs without a network."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from packaging.version import Version

from tests.supply_chain import advisories, bill, releases
from tests.supply_chain.advisories import AdvisoriesShape, Advisory
from tests.supply_chain.lock import LOCKS, PRODUCT, ROOT, LockShape, Pinned, direct, pinned
from tests.supply_chain.vendored import vendored

HASHED = " \\\n    --hash=sha256:" + "0" * 64
TODAY = date(2026, 11, 24)
OLD = Advisory("Django", ">=5.2,<5.2.8", "CVE-2025-64459", True, "2025-11-05", "SQL injection through a dictionary.")


def lock_of(folder: Path, *lines: str) -> Path:
    lock = folder / "requirements.txt"
    lock.write_text("".join(f"{line}{HASHED}\n" for line in lines))
    return lock


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_lock_pins_every_package_with_its_hashes(lock: Path) -> None:
    assert all(one.hashes for one in pinned(lock))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_no_lock_names_an_index(lock: Path) -> None:
    assert not re.search(r"://|^-i |--(extra-)?index-url|--find-links|--trusted-host", lock.read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    "line",
    ["django", "django>=5.2", "django==5.2.*", "django==5.2.19", "-e .", "django @ https://files.example/django.whl"],
)
def test_what_would_be_installed_unpinned_or_unchecked_is_refused(line: str, tmp_path: Path) -> None:
    hashed = "" if line == "django==5.2.19" else HASHED
    (tmp_path / "lock.txt").write_text(f"{line}{hashed}\n")
    with pytest.raises(LockShape, match="pinned"):
        pinned(tmp_path / "lock.txt")


def test_every_wish_is_locked() -> None:
    for name in ("requirements", "requirements-spans", "requirements-dev"):
        assert direct(ROOT / f"{name}.in") <= {one.name for one in pinned(ROOT / f"{name}.txt")}


def test_what_runs_and_what_tests_is_locked_at_the_same_versions() -> None:
    tested = {one.name: one.version for one in pinned(ROOT / "requirements-dev.txt")}
    for lock in (PRODUCT, ROOT / "requirements-spans.txt"):
        assert {one.name: one.version for one in pinned(lock)}.items() <= tested.items()


def test_the_installer_never_installs_without_hashes() -> None:
    text = (ROOT / "deploy" / "install.py").read_text()
    installs = [line for line in text.splitlines() if '"install", "--quiet"' in line]
    assert len(installs) == 3
    assert all('"--require-hashes"' in line for line in installs)


def test_every_installation_of_the_makefile_checks_hashes() -> None:
    text = (ROOT / "Makefile").read_text()
    assert "pip install" not in text
    assert all("--require-hashes" in line for line in text.splitlines() if "pip sync" in line)


def test_every_package_of_npm_is_locked_with_its_hash() -> None:
    packages = json.loads((ROOT / "tests" / "judges" / "package-lock.json").read_text())["packages"]
    assert all(each["integrity"].startswith("sha512-") for path, each in packages.items() if path)


def test_a_planted_old_version_is_told_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main([lock_of(tmp_path, "django==5.2.7")]) == 1
    assert "django 5.2.7: CVE-2025-64459 (24 h from 2025-11-05)" in capsys.readouterr().out


def test_a_planted_advisory_fails_for_what_is_locked_today(tmp_path: Path) -> None:
    row = {**OLD._asdict(), "affected": ">=5.2"}
    (tmp_path / "advisories.json").write_text(json.dumps({"advisories": [row]}))
    assert advisories.main(LOCKS, tmp_path / "advisories.json") == 1


def test_what_is_locked_has_no_known_weakness() -> None:
    assert advisories.affected([one for lock in LOCKS for one in pinned(lock)], advisories.read()) == []


@pytest.mark.parametrize("content", ["", "{}", '{"advisories": []}', '{"advisories": [{"id": "CVE-1"}]}', "[]"])
def test_a_file_of_advisories_that_cannot_be_read_is_no_clean_bill(content: str, tmp_path: Path) -> None:
    (tmp_path / "advisories.json").write_text(content)
    assert advisories.main(LOCKS, tmp_path / "advisories.json") == 2


@pytest.mark.parametrize("affected", ["", "5.2", ">5,<", "all"])
def test_an_advisory_that_names_no_versions_is_refused(affected: str, tmp_path: Path) -> None:
    (tmp_path / "advisories.json").write_text(json.dumps({"advisories": [{**OLD._asdict(), "affected": affected}]}))
    with pytest.raises(AdvisoriesShape):
        advisories.read(tmp_path / "advisories.json")


def test_a_lock_that_cannot_be_read_is_no_clean_bill(tmp_path: Path) -> None:
    assert advisories.main([tmp_path / "none.txt"]) == 2


@pytest.mark.parametrize(
    ("version", "series"),
    [("5.2.19", "django==5.2.*"), ("6.12", "django==6.*"), ("2026.10.19", "django==2026.*"), ("9", "django==9.*")],
)
def test_a_series_is_what_differs_by_a_patch_alone(version: str, series: str) -> None:
    assert releases.series(Pinned("django", Version(version), 1)) == series


def index_with(newest: str, *, since: date) -> releases.Index:
    def index(wishes: object, within: object, before: date | None) -> dict[str, Version]:
        return {} if before and before < since else {"django": Version(newest)}

    return index


def test_a_newer_patch_is_told_and_is_overdue_after_the_patience_for_it(tmp_path: Path) -> None:
    ours = pinned(lock_of(tmp_path, "django==5.2.19"))
    fresh = releases.newer(ours, index_with("5.2.20", since=date(2026, 11, 11)), TODAY)
    stale = releases.newer(ours, index_with("5.2.20", since=date(2026, 11, 10)), TODAY)
    assert [(each.newest, each.overdue) for each in fresh + stale] == [
        (Version("5.2.20"), False),
        (Version("5.2.20"), True),
    ]


def test_what_is_newest_is_not_told(tmp_path: Path) -> None:
    ours = pinned(lock_of(tmp_path, "django==5.2.19"))
    assert releases.newer(ours, index_with("5.2.19", since=date(2026, 1, 1)), TODAY) == []


def test_an_overdue_patch_fails_and_says_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert releases.main(lock_of(tmp_path, "django==5.2.1"), index_with("5.2.19", since=date(2026, 1, 1))) == 1
    assert "django 5.2.1 → 5.2.19: OVERDUE" in capsys.readouterr().out


def test_an_index_that_does_not_answer_is_never_green(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(releases, "WISHES", tmp_path / "wishes.in")
    (tmp_path / "wishes.in").write_text("django\n")
    assert releases.main(lock_of(tmp_path, "django==5.2.19")) == 3
    assert "NOTHING WAS JUDGED" in capsys.readouterr().err


def test_what_matters_is_a_package_that_runs() -> None:
    assert {one.name for one in pinned(PRODUCT)} >= releases.EXPOSED


@pytest.fixture(scope="module")
def components() -> list[bill.Component]:
    if not bill.TOOL.exists() and "CI" not in os.environ:
        pytest.skip("needs CycloneDX: make scanners")
    return list(bill.bill()["components"])


@pytest.mark.timeout(300)
def test_the_bill_holds_every_wish_every_vendored_file_and_the_servers(components: list[bill.Component]) -> None:
    names = {each["name"].lower().replace("_", "-") for each in components}
    assert direct(ROOT / "requirements.in") <= names
    assert {"govuk-frontend", "htmx.org", "postgresql", "valkey-server", "openssl", "noto-fonts-sc"} <= names
    assert bill.missing(components) == []


def test_the_bill_holds_nothing_that_only_tests(components: list[bill.Component]) -> None:
    assert not {"pytest", "hypothesis", "mypy", "ruff"} & {each["name"] for each in components}


def test_every_licence_in_the_bill_is_allowed(components: list[bill.Component]) -> None:
    assert bill.unlicensed(components) == []


def test_every_vendored_script_is_in_the_bill() -> None:
    """One that is added minified, as others' are, has to be told."""
    told = {path for each in vendored() for path in each.files}
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "static").rglob("*.min.*")}
    assert there <= told


@pytest.mark.parametrize("licence", [{"license": {"id": "AGPL-3.0-only"}}, {"expression": "MIT AND AGPL-3.0-only"}])
def test_a_planted_licence_is_told(licence: dict[str, object]) -> None:
    planted = {"name": "new-package", "version": "1", "licenses": [licence]}
    assert "AGPL-3.0-only" in bill.unlicensed([planted])[0]


def test_a_component_without_a_licence_is_told() -> None:
    assert bill.unlicensed([{"name": "new-package", "version": "1"}])


def test_a_copyleft_licence_is_allowed_to_the_package_that_was_decided_upon_and_to_no_other() -> None:
    licences = [{"license": {"id": "LGPL-3.0-only"}}]
    assert bill.unlicensed([{"name": "psycopg", "version": "1", "licenses": licences}]) == []
    assert bill.unlicensed([{"name": "other", "version": "1", "licenses": licences}])


def test_without_the_tool_no_bill_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bill, "TOOL", tmp_path / "cyclonedx-py")
    assert bill.main(tmp_path / "sbom.json") == 2
    assert not (tmp_path / "sbom.json").exists()


IN_A_DESERT = """
import socket, sys
import django
django.setup()
from django.test import Client
try:
    socket.create_connection(("192.0.2.1", 443), 2)
except OSError as error:
    print("network:", error.strerror)
answer = Client(raise_request_exception=True).get("/who-may-read-what/", secure=True, headers={"host": "localhost"})
print("page:", answer.status_code, len(answer.content) > 1000)
"""


def test_a_page_is_served_where_there_is_no_network() -> None:
    """Nothing is fetched at run time: no script, no font, no list, no model."""
    command = [
        shutil.which("unshare") or "",
        "--net",
        "--map-root-user",
        sys.executable,
        "-W",
        "ignore",
        "-c",
        IN_A_DESERT,
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
    )
    if "unshare failed" in done.stderr and "CI" not in os.environ:
        pytest.skip("needs a network namespace of its own")
    assert done.stdout.splitlines() == ["network: Network is unreachable", "page: 200 True"], done.stderr[-2000:]
