"""Whether the database's server keeps values to itself, and keeps what it was given: asked of the server itself.

Runs with `manage.py migrate`, and with `manage.py check --database default` whenever an operator asks. A court's server is
not ours to configure; so each answer names the setting, what it would do, and the remedy (docs/operating.md). What a role
may set for itself, our connections set (settings, `DATABASES`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.utils import OperationalError

ALIAS = "default"
RELOAD = "Set {name} = {wanted} in postgresql.conf (or ALTER SYSTEM, or the provider's parameters) and reload."
QUIET = ("panic", "fatal")  # levels at which no statement that was merely refused is written


@dataclass(frozen=True)
class Setting:
    """`name` as the server has it; where it is not there, as of a module that is not loaded, nothing is wrong."""

    name: str
    is_right: Callable[[str], bool]
    wanted: str
    does: str
    leaks: bool = True
    remedy: str = RELOAD


def _is(*values: str) -> Callable[[str], bool]:
    return lambda found: found in values


def _is_not(*values: str) -> Callable[[str], bool]:
    return lambda found: found not in values


SETTINGS = (
    Setting("log_error_verbosity", _is("terse"), "terse", "it writes names and numbers of rows that were refused (DETAIL)"),
    Setting("log_min_messages", _is("log", *QUIET), "log", "it writes what statements failed for, which quotes values"),
    Setting("log_min_error_statement", _is(*QUIET), "panic", "it writes the statement of every error"),
    Setting("log_statement", _is("none", "ddl"), "none", "it writes statements, with what was bound to them"),
    Setting("log_min_duration_statement", _is("-1"), "-1", "it writes slow statements, with what was bound to them"),
    Setting("log_min_duration_sample", _is("-1"), "-1", "it writes some statements, with what was bound to them"),
    Setting("log_transaction_sample_rate", _is("0"), "0", "it writes some transactions, with what was bound to them"),
    Setting("log_parameter_max_length", _is("0"), "0", "it lets parameters into the log wherever a statement is written"),
    Setting("log_parameter_max_length_on_error", _is("0"), "0", "it writes the parameters of every error"),
    Setting("debug_print_parse", _is("off"), "off", "it writes constants of statements"),
    Setting("debug_print_rewritten", _is("off"), "off", "it writes constants of statements"),
    Setting("debug_print_plan", _is("off"), "off", "it writes what is bound to statements, as constants of their plans"),
    Setting("auto_explain.log_min_duration", _is("-1"), "-1", "it writes plans, with the values that they look for"),
    Setting("pgaudit.log_parameter", _is("off"), "off", "it writes what is bound to audited statements"),
    Setting("data_checksums", _is("on"), "on", "damage of the disk stays unseen", leaks=False,
            remedy="Stop the server and run pg_checksums --enable (or initdb --data-checksums)."),
    Setting("fsync", _is("on"), "on", "a power failure may destroy the book", leaks=False),
    Setting("full_page_writes", _is("on"), "on", "a power failure may destroy pages of the book", leaks=False),
    Setting("synchronous_commit", _is_not("off"), "on", "the last commits may be gone after a crash", leaks=False,
            remedy="ALTER ROLE … SET synchronous_commit = on, and no other value in postgresql.conf."),
    Setting("password_encryption", _is("scram-sha-256"), "scram-sha-256", "it keeps passwords of roles as MD5", leaks=False),
    *(Setting(f"{name}_timeout", _is_not("0"), "a few seconds", "one stuck session stops all others", leaks=False,
              remedy="A pooler drops what our connections set: ALTER ROLE … SET {name} = '15s'.")
      for name in ("statement", "lock", "idle_in_transaction_session")),
)  # fmt: skip


def server_keeps_values(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Nothing is asked unless the database is named, or while it is away: what is then wrong is said elsewhere."""
    if ALIAS not in (databases or ()):
        return []
    try:
        found, guarded = _found(), _guarded()
    except OperationalError:
        return []
    return judged(found, guarded=guarded)


def judged(found: Mapping[str, str], *, guarded: bool) -> list[checks.CheckMessage]:
    """What is wrong with these settings. In production what leaks is an error; all else is a warning."""
    wrong = [each for each in SETTINGS if each.name in found and not each.is_right(found[each.name])]
    messages = [_message(each, found[each.name]) for each in wrong]
    if not guarded:
        hint = "Append ?sslmode=verify-full&sslrootcert=… to DATABASE_URL, and take hostssl alone into pg_hba.conf."
        said = "The database is reached over a network without TLS: who is in between reads along."
        messages.append(_level(leaks=True)(said, hint=hint, id="registry.E061"))
    return messages


def _message(wrong: Setting, value: str) -> checks.CheckMessage:
    said = f"PostgreSQL has {wrong.name} = {value}: {wrong.does}."
    hint = wrong.remedy.format(name=wrong.name, wanted=wrong.wanted)
    return _level(leaks=wrong.leaks)(said, hint=hint, id="registry.E060" if wrong.leaks else "registry.W060")


def _level(*, leaks: bool) -> type[checks.Error] | type[checks.Warning]:
    return checks.Error if leaks and not settings.DEVELOPMENT else checks.Warning


def _found() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[setting.name for setting in SETTINGS]]
        )
        return dict(cursor.fetchall())


def _guarded() -> bool:
    """Whether nobody between here and the server reads along: a socket of this machine, or TLS."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inet_server_addr() IS NULL OR inet_server_addr() <<= '127.0.0.0/8' OR inet_server_addr() = '::1'"
            " OR coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)"
        )
        (guarded,) = cursor.fetchone()
        return bool(guarded)
