"""The lines of docs/operating.md by which a release takes the place of another, as they are typed."""

import subprocess
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "operating.md"
FORWARD, BACK = "mv -T app app.former", "mv -T app app.bad"


def _type(containing: str, place: Path) -> None:
    (block,) = (each for each in PAGE.read_text(encoding="utf-8").split("```")[1::2] if containing in each)
    typed = "\n".join(["set -e", *(line.strip() for line in block.splitlines())]).replace("/srv/registry", str(place))
    subprocess.run(["bash", "-c", typed], check=True, timeout=30)


def _release(place: Path, version: str, name: str) -> None:
    (place / name).mkdir()
    (place / name / "version").write_text(version, encoding="utf-8")


def _versions(place: Path) -> dict[str, str]:
    return {each.name: (each / "version").read_text(encoding="utf-8") for each in place.iterdir()}


@pytest.fixture
def upgraded_once(tmp_path: Path) -> Path:
    _release(tmp_path, "1", "app")
    _release(tmp_path, "2", "app.new")
    _type(FORWARD, tmp_path)
    return tmp_path


def test_going_back_after_a_second_upgrade_starts_the_release_just_before(upgraded_once: Path) -> None:
    _release(upgraded_once, "3", "app.new")
    _type(FORWARD, upgraded_once)
    _type(BACK, upgraded_once)
    assert _versions(upgraded_once) == {"app": "2", "app.bad": "3"}


def test_a_step_done_again_changes_nothing(upgraded_once: Path) -> None:
    _type(FORWARD, upgraded_once)
    assert _versions(upgraded_once) == {"app": "2", "app.former": "1"}
    _type(BACK, upgraded_once)
    _type(BACK, upgraded_once)
    assert _versions(upgraded_once) == {"app": "1", "app.bad": "2"}


def test_stopped_between_the_two_names_it_goes_on(upgraded_once: Path) -> None:
    _release(upgraded_once, "3", "app.new")
    (upgraded_once / "app.former" / "version").unlink()
    (upgraded_once / "app.former").rmdir()
    (upgraded_once / "app").rename(upgraded_once / "app.former")
    _type(FORWARD, upgraded_once)
    assert _versions(upgraded_once) == {"app": "3", "app.former": "2"}
