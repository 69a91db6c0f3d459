"""`python -m config.installing.looking LANGUAGE`, as the service: what its settings, its database and its neighbours show.

Prints a JSON list of findings.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from smtplib import SMTPException

import django
from django.conf import settings
from django.core import checks, mail
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from typst import TypstError

from config import no_mail
from config.backups import shelf
from config.installing.collected import is_of_this_release
from config.installing.findings import Finding, green, red, yellow
from config.installing.writing import PORTS
from config.zones.zone import Zone
from registry import scanner

Look = Callable[[], Iterator[Finding]]
SECONDS_APART = 2.0  # of two clocks
CONNECTIONS_LEAST = 25  # what one host keeps, or what is left for maintenance where they have been started
_CONNECTIONS = """
    SELECT most, most - coalesce(current_setting('reserved_connections', true)::int, 0) - current_setting('superuser_reserved_connections')::int
        - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')
    FROM (SELECT current_setting('max_connections')::int AS most) AS of_the_server
"""
LINE = Path(__file__).with_name("line.typ")
NEVER_YET = ("beat", "worker", "sweep", "backup", "drill")


def main(language: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.stdout.write(json.dumps([[each.part, each.colour, each.said, each.remedy] for each in _found(language)]))
    return 0


def _found(language: str) -> list[Finding]:
    try:
        django.setup()
    except (ImproperlyConfigured, OSError) as error:
        return [red("settings", str(error), "docs/operating.md")]
    logging.disable(logging.CRITICAL)  # what a part logs, the list says
    with translation.override(language):
        return list(_all())


def _all() -> Iterator[Finding]:
    named = settings.REGISTRY_ZONE
    zone = named if named in ASKING_THE_DATABASE else Zone.ALL  # the settings' checks refuse another one
    for look in ASKING_THE_DATABASE[zone]:
        try:
            yield from look()
        except Error as error:
            said = _("the database cannot be asked: {why}").format(why=str(error).strip().splitlines()[0])
            yield red(
                "database", said, _("See that it runs, and that the role may connect: pg_hba.conf, pg_ident.conf.")
            )
            break
    for look in NEIGHBOURS[zone]:
        yield from look()


def _settings() -> Iterator[Finding]:
    """Django's checks and ours, with those of deployment and of the database's server."""
    found = checks.run_checks(include_deployment_checks=True, databases=["default"])
    for each in found:
        colour = red if each.is_serious() else yellow
        yield colour("settings", f"{each.msg} ({each.id})", str(each.hint or "docs/operating.md"))
    if not found:
        yield green("settings", _("every check of deployment and of the database's server passes"))


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT abs(extract(epoch FROM clock_timestamp()) - extract(epoch FROM %s::timestamptz))", [_now()]
        )
        (apart,) = cursor.fetchone()
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('archive_mode'), failed_count > 0 AND last_failed_time > coalesce(last_archived_time, '-infinity') FROM pg_stat_archiver"
        )
        version, archives, fails = cursor.fetchone()
        cursor.execute(_CONNECTIONS)
        most, free = cursor.fetchone()
    yield green("database", f"PostgreSQL {version}")
    if float(apart) > SECONDS_APART:
        said = _("the database's clock is {seconds} seconds from this one").format(seconds=round(float(apart)))
        yield red("clock", said, _("Have both set by NTP."))
    yield _connections(most, free)
    yield _archive(archives, fails=fails)


def _role() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (role,) = cursor.fetchone()
    yield green("database", _("{role} may connect").format(role=role))


def _connections(most: int, free: int) -> Finding:
    said = _("{free} of the {most} connections of the database's server are free").format(free=max(free, 0), most=most)
    if free < CONNECTIONS_LEAST:
        return yellow("connections", said, _("Raise max_connections: docs/sizing.md says how many each host keeps."))
    return green("connections", said)


def _archive(archives: str, *, fails: bool) -> Finding:
    if fails:
        return red(
            "archive",
            _("the database's server fails to archive its log"),
            _("See archive_command, and the disk that it writes to."),
        )
    if archives == "off":
        said = _("the database's server archives nothing (archive_mode = off)")
        return yellow("archive", said, _("Set up base backups and archiving before the first judgment is entered."))
    return green("archive", _("the database's log is archived"))


def _backups() -> Iterator[Finding]:
    """Who has none yet has nothing to lose either: red is for the part `backup` of the health, once they are set up."""
    folder = settings.REGISTRY_BACKUPS
    if not folder:
        said = _("no folder of backups is named (REGISTRY_BACKUPS)")
        yield yellow("backups", said, _("Set them up before the first judgment is entered: docs/backup.md."))
        return
    try:
        newest, ahead = shelf.newest(Path(folder), timezone.now()), shelf.ahead(Path(folder), timezone.now())
    except OSError as error:
        yield red("backups", f"{folder}: {error.strerror}", "docs/backup.md")
        return
    if ahead:
        said = _("{path} is dated in the future: the clock was ahead when it was made").format(path=ahead[-1].path)
        yield red("backups", said, "docs/runbook.md#registrybackupahead")
    if newest is None:
        said = _("there is no backup in {folder} yet").format(folder=folder)
        yield yellow("backups", said, "systemctl enable --now registry-backup.timer registry-drill.timer")
    else:
        yield green("backups", _("the newest is {path}").format(path=newest.path))


def _roles() -> Iterator[Finding]:
    found = import_string("config.zones.granting.differences")()
    if found:
        said = _("the roles of the database differ: {first}; {count} in all").format(
            first=found[0].said, count=len(found)
        )
        yield red("roles", said, "REGISTRY_ZONE=owner manage.py database_roles")
    else:
        yield green("roles", _("the roles have what the table of rights says"))


def _health() -> Iterator[Finding]:
    """Before they are started for the first time, it is no fault that processes are not there."""
    found = import_string("config.operation.readiness.look")()
    started = found.measured is not None and found.measured.processes.beat is not None
    for part in found.parts:
        if part.state == "ok":
            continue
        if (part.name in NEVER_YET and not started) or part.name == "scanner":  # of which `_scanner` says more
            continue
        colour = red if part.state == "down" else yellow
        yield colour(part.name, f"{part.state}: {part.at_fault}", "docs/runbook.md")
    if not started:
        said = _("web, worker and beat have not been started yet")
        webs = (
            "registry-web" if settings.REGISTRY_ZONE == Zone.ALL else " ".join(f"registry-web@{each}" for each in PORTS)
        )
        yield yellow("processes", said, f"systemctl enable --now {webs} registry-worker registry-beat")
    elif found.state == "ok":
        yield green("processes", _("web, worker and beat work"))


def _officers() -> Iterator[Finding]:
    """Each of the three administrators is another human, whom two others can replace."""
    needed = import_string("registry.actions.appointing.BY_CONSOLE")
    accounts = import_string("registry.models.Officer").objects.select_related("account")
    silent, missing = [], False
    for role, least in needed.items():
        there = [each for each in accounts.filter(role=role) if each.account.is_active]
        if len(there) < least:
            missing = True
            said = _("{role}: {found} of {least}").format(role=role.label, found=len(there), least=least)
            yield red("officers", said, f"manage.py appoint USER --role {role.value} --staff-number … --name …")
        silent += [each.account.username for each in there if not each.account.has_usable_password()]
    if silent:
        said = _("have not chosen a password yet: {names}").format(names=", ".join(silent))
        yield yellow("officers", said, _("Hand each his link; it opens once, within seven days."))
    elif not missing:
        yield green("officers", _("registrars and the three administrators are there"))


def _broker() -> Iterator[Finding]:
    if import_string("config.operation.readiness.broker_answers")():
        yield green("broker", _("it answers"))
    else:
        yield red("broker", _("it does not answer"), _("See that it runs, and REDIS_URL or BROKER_URL."))


def _files() -> Iterator[Finding]:
    guard, static = Path(settings.REGISTRY_LOG_GUARD).parent, Path(settings.STATIC_ROOT)
    if not os.access(guard, os.W_OK | os.X_OK):
        said = _("the service may not write into {folder}").format(folder=guard)
        yield red("guard", said, f"install -d -o registry -m 700 {guard}")
    yield _pages(static)


def _pages(static: Path) -> Finding:
    remedy = "manage.py collectstatic --noinput"
    try:
        fit = is_of_this_release(static)
    except OSError:
        return red("pages", _("the files of the pages are not in {folder}").format(folder=static), remedy)
    if not fit:
        return red(
            "pages", _("the files of the pages in {folder} are of another release").format(folder=static), remedy
        )
    return green("pages", _("the files of the pages are in {folder}").format(folder=static))


def _fonts() -> Iterator[Finding]:
    """A line in Chinese, as notices and papers print it."""
    try:
        import_string("sharing.employers.paper.printed")(LINE, {"line": "高级人民法院 登记"}, 0)
    except (TypstError, OSError) as error:
        said = _("nothing can be printed ({why})").format(why=type(error).__name__)
        yield red("fonts", said, _("Install the product anew: the font is one of its packages."))
    else:
        yield green("fonts", _("papers are printed in Chinese"))


def _scanner() -> Iterator[Finding]:
    answers = scanner.answers()
    if answers:
        yield green("scanner", _("it answers"))
    elif answers is not None:
        yield red(
            "scanner", _("it does not answer, and no file is taken"), _("See that clamd runs (docs/operating.md).")
        )


def _mail() -> Iterator[Finding]:
    if settings.EMAIL_BACKEND == no_mail.NAME:
        said = _("there is no mail server: alarms go to the log, and nobody outside can confirm an address")
        yield yellow("mail", said, "EMAIL_URL=smtp+tls://user:password@mail.court.example:587")
        return
    try:
        with mail.get_connection():
            yield green("mail", _("the mail server takes us"))
    except (OSError, SMTPException) as error:
        said = _("the mail server cannot be used ({why})").format(why=type(error).__name__)
        yield red("mail", said, _("See EMAIL_URL, and the way to that server."))


def _now() -> str:
    return timezone.now().isoformat()


# Where zones are apart, worker and beat see the most, and the desk alone knows of the backups.
ASKING_THE_DATABASE: Mapping[str, tuple[Look, ...]] = {
    Zone.ALL: (_settings, _database, _roles, _health, _officers),
    Zone.WORKER: (_settings, _database, _roles, _officers),
    Zone.DESK: (_settings, _role, _health),
    Zone.PORTAL: (_settings, _role),
    Zone.PUBLIC: (_settings, _role),
}
NEIGHBOURS: Mapping[str, tuple[Look, ...]] = {
    Zone.ALL: (_backups, _broker, _files, _fonts, _scanner, _mail),
    Zone.WORKER: (_broker, _files, _fonts, _scanner, _mail),
    Zone.DESK: (_backups,),
    Zone.PORTAL: (),
    Zone.PUBLIC: (),
}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
