"""What the machine itself shows to whoever installs: files and who may read them, disks, the clock, the certificates."""

from __future__ import annotations

import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
from django.utils.translation import gettext as _

from config.installing import ceremony, trying, web_server
from config.installing.answers import Answers
from config.installing.findings import Finding, green, red, yellow
from config.installing.placing import device
from config.installing.writing import ROOT, Place

GIB = 1024**3
FULL, TIGHT = GIB // 2, 5 * GIB  # bytes that are left: red, yellow
HIDDEN = ("/home/", "/root/", "/tmp/", "/var/tmp/")  # noqa: S108 - from the units, by ProtectHome and PrivateTmp


def look(answers: Answers, place: Place, folder: Path) -> Iterator[Finding]:
    yield from _environment(place)
    yield from _keys(answers, folder)
    for name in ("certificate", "desk_certificate"):
        yield from trying.certificate(name, answers[name], answers)
        yield from trying.certificates_key(f"{name}_key", answers[f"{name}_key"], answers)
    yield from trying.an_authority(answers["authority"], answers)
    yield web_server.look()
    yield _guard(answers)
    yield _clock()
    yield from _disks(answers)
    yield from _units()


def _environment(place: Place) -> Iterator[Finding]:
    for file in sorted(place.environment.parent.glob("*environment")):
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            said = _("{file}: others than its owner may read it").format(file=file)
            yield red("environment", said, f"chmod 600 {file}")
            return
    yield green("environment", _("{file}, for its owner alone").format(file=place.environment))


def _keys(answers: Answers, folder: Path) -> Iterator[Finding]:
    keys, paper = Path(answers["keys"]), folder / "protocol.txt"
    try:
        yield ceremony.as_in_the_protocol(ceremony.fingerprints(keys), paper)
    except (OSError, ValueError) as error:
        said = _("{folder} or {paper} cannot be read ({why})").format(
            folder=keys, paper=paper, why=type(error).__name__
        )
        yield red("keys", said, _("Bring the keys from the copy."))
        return
    allowed = ceremony.SHARED if answers["zones"] == "apart" else ceremony.PRIVATE
    owner = pwd.getpwnam(answers["user"]).pw_uid
    for file in sorted(keys.iterdir()):
        found = file.stat()
        if found.st_uid != owner or stat.S_IMODE(found.st_mode) & ~allowed:
            said = _("{file} is not for the service's user alone").format(file=file)
            yield red("keys", said, f"chown {answers['user']} {file} && chmod {allowed:o} {file}")


def _guard(answers: Answers) -> Finding:
    guard = Path(answers["guard"]).parent
    if not trying.is_of_this_machine(answers["database"]):
        return green("guard", _("{folder}; the database is on another machine").format(folder=guard))
    others = data_folders()
    if others and device(guard) not in {device(each) for each in others}:
        shown = ", ".join(sorted(map(str, others)))
        return green("guard", _("{folder}, on another disk than {other}").format(folder=guard, other=shown))
    said = _("{folder} lies on the database's disk, or nobody can say").format(folder=guard)
    return yellow(
        "guard", said, _("A restore of the disk would bring both back. Mount another disk there (docs/log.md).")
    )


def data_folders() -> set[Path]:
    """Of every PostgreSQL that runs here: each of its processes stays in its own. Root alone may see them."""
    running = psutil.process_iter(["name", "cwd"])
    return {Path(each.info["cwd"]) for each in running if "postgres" in (each.info["name"] or "") and each.info["cwd"]}


def _clock() -> Finding:
    program = shutil.which("timedatectl")
    asked = [program or "false", "show", "--property=NTPSynchronized", "--value"]
    said_by_it = subprocess.run(
        asked, capture_output=True, text=True, check=False, timeout=10
    ).stdout  # our words alone
    if said_by_it.strip() == "yes":
        return green("clock", _("set by NTP"))
    said = _("nothing says that this machine's clock is set by NTP")
    return yellow(
        "clock", said, _("apt-get install systemd-timesyncd, or chrony; signatures and codes live by the clock.")
    )


def _disks(answers: Answers) -> Iterator[Finding]:
    folders = [Path(answers["guard"]).parent, Path(answers["static"]), Path("/"), Path("/var/log")]
    for folder in {device(each): each for each in folders if each.exists()}.values():
        left = shutil.disk_usage(folder).free
        said = _("{folder}: {left} GiB are free").format(folder=folder, left=f"{left / GIB:.1f}")
        remedy = _("Make room, or a larger disk (docs/sizing.md).")
        yield (
            red("disk", said, remedy)
            if left < FULL
            else yellow("disk", said, remedy)
            if left < TIGHT
            else green("disk", said)
        )


def _units() -> Iterator[Finding]:
    if f"{ROOT}/".startswith(HIDDEN):
        said = _("the product lies in {folder}, which systemd hides from it").format(folder=ROOT)
        yield yellow("units", said, _("Unpack it under /srv, for example /srv/registry/app."))
