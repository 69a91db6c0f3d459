"""`manage.py install`: from answers to a list that is green or red. It runs before there are settings, and runs what needs them."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import django
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from config.installing import answers as kept
from config.installing import asking, ceremony, machine, services, writing
from config.installing.answers import Answers
from config.installing.findings import Colour, Stopped, is_red, red, show
from config.installing.placing import OFFICERS, SAME_DISK
from config.installing.writing import ETC, ROOT, Place
from config.zones.zone import Zone

LANGUAGES = ("zh-hans", "en")
EMPTY = {"lost+found"}  # a disk that was mounted for it is still root's


def main(words: list[str]) -> int:
    """Status 0: nothing is red."""
    said = _options(words)
    speak(said.language)
    folder: Path = said.folder.resolve()
    place = Place((said.write_to or folder / "etc").resolve(), (said.write_to or ETC).resolve())
    try:
        if said.check:
            return checked(_kept(folder), place, folder, said.language)
        more = {SAME_DISK: "yes"} if said.same_disk_is_fine else {}
        given = _answers(said.answers, folder, more)
        done(given, place, folder, said.language)
        return checked(given, place, folder, said.language)
    except Stopped as stopped:
        show(stopped.findings)
        sys.stdout.write("\n" + _("Stopped. What is done stays; put right what is red and run it again.") + "\n")
    except asking.Ended:
        kept_in = folder / "answers.toml"
        sys.stdout.write(
            "\n" + _("Stopped. Your answers are kept in {file}; run it again to go on.").format(file=kept_in) + "\n"
        )
    return 1


def speak(language: str) -> None:
    """This process has no settings but those in which it speaks, and those that the answers become."""
    settings.configure(
        LANGUAGE_CODE=language,
        USE_I18N=True,
        LOCALE_PATHS=[ROOT / "locale"],
        ENVIRONMENT="production",
        DEVELOPMENT=False,
        REGISTRY_CODES=None,
        REGISTRY_SCANNER="",
    )
    django.setup()
    translation.activate(language)


def done(answers: Answers, place: Place, folder: Path, language: str) -> None:
    """Every step, each of which does what is not done yet. Raises Stopped."""
    show(ceremony.hold(answers, folder))
    guard, static = Path(answers["guard"]).parent, Path(answers["static"])
    for needed, mode in ((guard, 0o700), (static, 0o755)):
        needed.mkdir(parents=True, exist_ok=True)
        if {each.name for each in needed.iterdir()} <= EMPTY:
            needed.chmod(mode)
            ceremony.hand_over(answers["user"], needed)
    show(writing.everything(answers, place))
    _founded(answers, place, language)


def checked(answers: Answers, place: Place, folder: Path, language: str) -> int:
    """The list, and its status."""
    _refuse_missing("environment", place.environment)
    found = [*machine.look(answers, place, folder), *services.look(answers, place, language)]
    sys.stdout.write("\n")
    show(found)
    many = {colour: sum(each.colour is colour for each in found) for colour in Colour}
    counted = _("{green} green, {yellow} yellow, {red} red").format(
        **{each.value: count for each, count in many.items()}
    )
    sys.stdout.write(f"\n{counted}\n")
    return int(is_red(found))


def _options(words: list[str]) -> argparse.Namespace:
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("--language", choices=LANGUAGES, default=_of_the_terminal())
    asks.add_argument("--answers", type=Path, help="a TOML file; nothing is asked then")
    asks.add_argument(
        "--folder", type=Path, default=ROOT / "var" / "installing", help="for answers, protocol and files"
    )
    asks.add_argument(
        "--write-to", type=Path, help="/etc; unless said, files are written to FOLDER/etc to be copied there"
    )
    asks.add_argument("--same-disk-is-fine", action="store_true", help="the copy of the keys may lie on their disk")
    asks.add_argument("--check", action="store_true", help="change nothing, show the list")
    return asks.parse_args(words)


def _of_the_terminal() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.startswith("zh") else "en"


def _answers(file: Path | None, folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / "answers.toml"
    if file is None:
        return asking.at_the_terminal(place, more)
    given = asking.from_file(kept.read(file), more)
    kept.keep(place, {name: value for name, value in given.items() if name not in more})
    return given


def _kept(folder: Path) -> dict[str, str]:
    """What was answered, as far as the list needs it: nothing of it is a secret, or the environment has it."""
    file = folder / "answers.toml"
    _refuse_missing("answers", file)
    return {"database": "", **kept.read(file)}


def _refuse_missing(part: str, file: Path) -> None:
    if not file.is_file():
        remedy = _("Run `manage.py install`, or say --write-to as it was said then.")
        raise Stopped(red(part, _("{file} is not there").format(file=file), remedy))


def _founded(answers: Answers, place: Place, language: str) -> None:
    """As the owner of the database, whose address stands in no file."""
    owner = {"REGISTRY_ZONE": Zone.OWNER.value, "DATABASE_URL": answers["database_owner"]}
    officers = [[role, *_officer(answers[name])] for name, role in OFFICERS.items()]
    program = [sys.executable, "-W", "ignore", "-m", "config.installing.founding", language]
    ran = subprocess.run(
        program, cwd=ROOT, env=services.environment(place) | owner, input=json.dumps(officers), text=True, stderr=subprocess.PIPE, check=False,
        timeout=services.MINUTES * 60,
    )  # fmt: skip
    if ran.returncode:
        remedy = _("Put it right and run it again; what was laid out stays.")
        raise Stopped(red("database", ran.stderr.strip(), remedy))


def _officer(said: str) -> list[str]:
    parts = [each.strip() for each in said.split(",")]
    return [*parts, ""] if len(parts) == 3 else parts
