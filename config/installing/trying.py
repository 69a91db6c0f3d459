"""Tries what was answered: servers are asked, files and folders looked at. Each finding names the remedy."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _
from kombu import Connection
from kombu.exceptions import OperationalError

from config import broker
from config.database import SETTINGS, judged
from config.desk_name import desk_has_a_name_of_its_own
from config.installing import server_certificates
from config.installing.answers import Answers
from config.installing.findings import Finding, red
from config.zones.zone import ROLES, Zone
from registry import codes, scanner
from registry.scanner import ScannerShape

HIGH = "high"
OLDEST_POSTGRES = 15
SECONDS = 5
LOOPBACK = ("localhost", "127.0.0.1", "::1")
BROKERS = ("redis", "rediss", "amqp", "amqps", "redis+socket")


def a_court(value: str, answers: Answers) -> Iterator[Finding]:
    settings.REGISTRY_CODES = answers["codes"] or None
    found = codes.entries("courts").get(value)
    if found is None or found.retired:
        remedy = _("A code of the list “courts”, or of the folder that “codes” names (docs/code-lists.md).")
        yield red("court", _("no court has the code {value}").format(value=value), remedy)
    elif found.extra.get("level") != HIGH:
        said = _("{court} is no high court, and the register is kept by one").format(court=found.label)
        yield red("court", said, _("Name the high court; the courts below it stand in the list."))


def a_folder_or_nothing(name: str, value: str) -> Iterator[Finding]:
    if value and not Path(value).is_dir():
        said = _("{value} is no folder").format(value=value)
        yield red(name, said, _("Name a folder that is there, or nothing."))


def names(value: str, answers: Answers) -> Iterator[Finding]:
    """Of court and desk, by the product's own check."""
    settings.REGISTRY_ADDRESS, settings.REGISTRY_DESK_ADDRESS = answers["address"], value
    settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = [host(answers["address"]), host(value)], []
    for each in desk_has_a_name_of_its_own(None):
        yield red("desk_address", each.msg, str(each.hint))


def an_address(value: str, _answers: Answers) -> Iterator[Finding]:
    parts = urlsplit(value)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or _is_number(parts.hostname):
        said = _("{value} is no address of a host by https").format(value=value)
        yield red("address", said, _("Write https:// and a host name: https://registry.court.example"))


def host(address: str) -> str:
    return urlsplit(address).hostname or ""


def certificate(name: str, value: str, answers: Answers) -> Iterator[Finding]:
    """Of the portals' name or of the desk's."""
    address = answers["desk_address" if name.startswith("desk") else "address"]
    yield from server_certificates.of_chain(name, Path(value), host(address), now=datetime.now(UTC))


def certificates_key(name: str, value: str, answers: Answers) -> Iterator[Finding]:
    yield from server_certificates.of_key(name, Path(answers[name.removesuffix("_key")]), Path(value))


def an_authority(value: str, answers: Answers) -> Iterator[Finding]:
    yield from server_certificates.authority("authority", Path(value), Path(answers["certificate"]))


def a_network(value: str, _answers: Answers) -> Iterator[Finding]:
    try:
        is_all = ip_network(value).prefixlen == 0
    except ValueError:
        is_all = True
    if is_all:
        said = _("{value} is no network of the court's own").format(value=value)
        yield red("inside", said, _("Write its first address and length: 10.0.0.0/8"))


def a_resolver(value: str, _answers: Answers) -> Iterator[Finding]:
    if not _is_number(value):
        said = _("{value} is no address of a name server").format(value=value)
        yield red("resolver", said, _("Write its IP address, as /etc/resolv.conf has it."))


def a_user(value: str, _answers: Answers) -> Iterator[Finding]:
    try:
        account = pwd.getpwnam(value)
    except KeyError:
        said = _("this machine has no user {value}").format(value=value)
        yield red("user", said, "adduser --system --group --no-create-home " + value)
        return
    if os.geteuid() not in (0, account.pw_uid):
        said = _("only root gives files to the user {value}").format(value=value)
        yield red("user", said, _("Run this as root."))


def the_owners_database(value: str, _answers: Answers) -> Iterator[Finding]:
    """Reached, new enough, ours to lay out, and silent about values."""
    try:
        with psycopg.connect(value, connect_timeout=SECONDS) as connection:
            yield from _of_server(connection)
    except psycopg.Error as error:
        said = _("the database cannot be asked: {why}").format(why=str(error).strip().splitlines()[0])
        yield red(
            "database_owner",
            said,
            _("postgres://role@host:5432/registry, or postgres://role@/registry?host=/run/postgresql by a socket."),
        )


def _of_server(connection: psycopg.Connection) -> Iterator[Finding]:
    version = connection.info.server_version // 10_000
    if version < OLDEST_POSTGRES:
        said = _("PostgreSQL {found} is too old").format(found=version)
        yield red("database_owner", said, _("Install PostgreSQL {least} or newer.").format(least=OLDEST_POSTGRES))
    rows = connection.execute(
        "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[each.name for each in SETTINGS]]
    ).fetchall()
    for each in judged(dict(rows), guarded=_is_guarded(connection)):
        if each.is_serious():
            yield red("database_owner", each.msg, str(each.hint))
    asked = "SELECT has_database_privilege(current_database(), 'CREATE'), rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
    may_make, may_make_roles = connection.execute(asked).fetchone() or (False, False)
    there = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [[*ROLES.values()]]).fetchone()
    if not may_make or not (may_make_roles or there == (len(ROLES),)):
        said = _("the role may not lay out the database")
        yield red(
            "database_owner", said, "createuser registry_owner --createrole; createdb registry --owner registry_owner"
        )


def _is_guarded(connection: psycopg.Connection) -> bool:
    """Whether nobody between here and the server reads along."""
    local = connection.info.host.startswith("/") or connection.info.hostaddr in ("127.0.0.1", "::1")
    return local or connection.pgconn.ssl_in_use


def is_of_this_machine(address: str) -> bool:
    """Whether the database of this address runs here."""
    parts = urlsplit(address)
    return not parts.hostname or parts.hostname in LOOPBACK


def the_services_database(value: str, answers: Answers) -> Iterator[Finding]:
    """The same one, by the role of what runs: it is made only later, so it is tried at the end."""
    wanted, parts, owners = ROLES[Zone.ALL], urlsplit(value), urlsplit(answers["database_owner"])
    if parts.username != wanted or parts.path != owners.path:
        said = _("this is not {database} as {role}").format(database=owners.path.strip("/"), role=wanted)
        yield red("database", said, f"{owners.scheme}://{wanted}@…{owners.path}")


def a_broker(value: str, _answers: Answers) -> Iterator[Finding]:
    remedy = _("redis://:password@host:6379/0 or amqp://user:password@host:5672/registry, and see that it runs.")
    if urlsplit(value).scheme not in BROKERS:
        yield red("broker", _("this is no address of a broker"), remedy)
        return
    given = broker.tls(value, authorities="", certificate="", key="")
    connection = Connection(value, connect_timeout=SECONDS, ssl=given or False)
    try:
        connection.ensure_connection(max_retries=1, timeout=SECONDS)
    except (OSError, ValueError, OperationalError) as error:
        yield red("broker", _("the broker does not answer ({why})").format(why=type(error).__name__), remedy)
    finally:
        connection.release()


def a_scanner(value: str, _answers: Answers) -> Iterator[Finding]:
    settings.REGISTRY_SCANNER = value
    remedy = _("apt-get install clamav-daemon, and unix:/run/clamav/clamd.ctl; or nothing (docs/operating.md).")
    try:
        if scanner.answers() is False:
            yield red("scanner", _("the scanner does not answer at {value}").format(value=value), remedy)
    except ScannerShape as error:
        yield red("scanner", str(error), remedy)


def _is_number(value: str) -> bool:
    try:
        ip_address(value.strip("[]"))
    except ValueError:
        return False
    return True
