"""Has each service's process look, as the user of its unit and with its environment: what root may, it may not."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from config import environment_file
from config.installing.answers import Answers
from config.installing.findings import Colour, Finding, red
from config.installing.placing import is_root
from config.installing.writing import PORTS, ROOT, Place
from config.zones.zone import Zone

MINUTES = 30


@dataclass(frozen=True)
class Service:
    """``user``: of its unit; ``made_by``: the command."""

    user: str
    environment: Mapping[str, str]
    made_by: str = ""


def look(answers: Answers, place: Place, language: str) -> list[Finding]:
    """What they find, each line once."""
    found = [finding for service in services(answers, place) for finding in _found(service, language)]
    return list(dict.fromkeys(found))


def services(answers: Answers, place: Place) -> Iterator[Service]:
    """One for all zones; where they are apart, worker and beat, who see the most, and each zone's web process."""
    shared = environment(place)
    user, main = answers["user"], f"adduser --system --group --no-create-home {answers['user']}"
    if answers["zones"] == "one":
        yield Service(user, shared, main)
        return
    yield Service(user, shared | _own(Zone.WORKER, place), main)
    for zone in PORTS:
        own = f"{user}_{zone}"
        made_by = f"adduser --system --no-create-home {own} && adduser {own} {user}"
        yield Service(own, shared | _own(zone, place), made_by)


def _own(zone: Zone, place: Place) -> dict[str, str]:
    return environment_file.read((place.environment.parent / f"{zone}.environment").read_text(encoding="utf-8"))


def environment(place: Place) -> dict[str, str]:
    """What the file says, and nothing of this terminal's but the way to programs."""
    shared = environment_file.read(place.environment.read_text(encoding="utf-8"))
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | shared


def run_by(service: Service, program: list[str]) -> str:
    """What the program prints, run as systemd runs the unit: in all groups of the user. Raises KeyError where there is no such user."""
    account = pwd.getpwnam(service.user) if is_root() else None
    ran = subprocess.run(
        program, cwd=ROOT, env=service.environment, capture_output=True, text=True, check=False, timeout=MINUTES * 60,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=os.getgrouplist(service.user, account.pw_gid) if account else None,
    )  # fmt: skip
    return ran.stdout


def _found(service: Service, language: str) -> list[Finding]:
    program = [sys.executable, "-W", "ignore", "-m", "config.installing.looking", language]
    try:
        found = json.loads(run_by(service, program))
    except KeyError:
        said = _("this machine has no user {user}").format(user=service.user)
        return [red("user", said, service.made_by)]
    except (OSError, ValueError) as error:
        said = _("the user {user} cannot run the product ({why})").format(user=service.user, why=type(error).__name__)
        return [red("user", said, _("It must read {folder} with .venv: unpack it under /srv.").format(folder=ROOT))]
    return [Finding(part, Colour(colour), text, remedy) for part, colour, text, remedy in found]
