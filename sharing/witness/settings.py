"""What the program is told when it starts: flags, or the environment in their place."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.tree.notes import Key, NoteMalformed

_ENVIRONMENT = """\
every flag can be given in the environment too: WITNESS_NAME, WITNESS_KEY, WITNESS_LOGS (with blanks between),
WITNESS_STORE, WITNESS_HOST, WITNESS_PORT, WITNESS_PREFIX
"""
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*", re.ASCII)


class BadSetting(Exception):
    """The program cannot start so. The text says what to change."""


@dataclass(frozen=True)
class Settings:
    """Everything the program is told. ``command``: keygen, vkey, serve or show; ``port`` 0 picks a free one.

    ``logs``: the keys of each log by its origin, which is their name. ``prefix``: before the paths, "" or "/….".
    """

    command: str
    name: str
    key: Path
    store: Path
    logs: dict[str, list[Key]]
    host: str
    port: int
    prefix: str
    whole: bool


def read_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Raises BadSetting; SystemExit for an unknown flag."""
    given = _parser(environment).parse_args(arguments)
    if given.command == "keygen" and not given.name:
        raise BadSetting("name the witness for ever: --name witness.example/w1")
    if not _PREFIX.fullmatch(given.prefix):
        raise BadSetting(f"--prefix {given.prefix!r}: a path as /witness, without a slash at its end")
    logs = _logs(given.log or environment.get("WITNESS_LOGS", "").split())
    if given.command == "serve" and not logs:
        raise BadSetting("name the log to be witnessed: --log with the vkey that the court published")
    return Settings(
        command=given.command,
        name=given.name,
        key=given.key,
        store=given.store,
        logs=logs,
        host=given.host,
        port=given.port,
        prefix=given.prefix,
        whole=given.whole,
    )


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    def told(name: str, otherwise: str) -> str:
        return environment.get(name) or otherwise

    parser = argparse.ArgumentParser(
        prog="python -m sharing.witness",
        description="Cosigns the court's log as long as it only grows.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(name="", log=None, host="", port=0, prefix="", whole=False)
    key, store = argparse.ArgumentParser(add_help=False), argparse.ArgumentParser(add_help=False)
    key.add_argument("--key", type=Path, default=told("WITNESS_KEY", "witness.key"), help="the key's file")
    store.add_argument("--store", type=Path, default=told("WITNESS_STORE", "witness.sqlite"), help="the SQLite file")
    parser.set_defaults(key=Path(), store=Path())
    commands = parser.add_subparsers(dest="command", required=True)
    keygen = commands.add_parser("keygen", parents=[key], help="make a key, and print what the court must be given")
    keygen.add_argument("--name", default=told("WITNESS_NAME", ""), help="of the witness: a URL without its scheme")
    commands.add_parser("vkey", parents=[key], help="print it again")
    serve = commands.add_parser("serve", parents=[key, store], help="cosign")
    serve.add_argument("--log", action="append", metavar="VKEY", help="a log's key; its name is the log's origin")
    serve.add_argument("--host", default=told("WITNESS_HOST", "127.0.0.1"), help="address to listen on")
    serve.add_argument("--port", type=int, default=told("WITNESS_PORT", "8700"), help="0 picks a free one")
    serve.add_argument("--prefix", default=told("WITNESS_PREFIX", ""), help="before the paths, such as /witness")
    show = commands.add_parser(
        "show", parents=[store], help="what was cosigned and refused; status 1 if any was refused"
    )
    show.add_argument("--whole", action="store_true", help="with the notes that were refused, to hand them on")
    return parser


def _logs(vkeys: Sequence[str]) -> dict[str, list[Key]]:
    logs: dict[str, list[Key]] = {}
    for vkey in vkeys:
        try:
            key = Key.parse(vkey)
        except NoteMalformed as failure:
            raise BadSetting(f"--log {vkey!r}: {failure}; copy it from the court's page once more") from None
        logs.setdefault(key.name, []).append(key)
    return logs
