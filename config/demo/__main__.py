"""`make demo`: starts PostgreSQL and Valkey, then hands over to Django's `demo` command, which plays and serves."""

from __future__ import annotations

import gc
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
import psycopg
from django.core.management import execute_from_command_line
from psycopg import sql

from config.child import CannotStart, ends_on_signals
from config.new_keys import new_environment
from config.servers import Servers
from config.valkey import preferred_port

FOLDER = Path("var")
COLLECT_AFTER = 100_000  # objects; reading code, migrating and loading make many that stay, and little garbage
DATABASE = "registry"
PORT = 8000


def main() -> int:
    gc.set_threshold(COLLECT_AFTER)
    try:
        with ends_on_signals(), Servers.named(FOLDER, durable=True) as servers:
            os.environ.update(servers.environment | new_environment())
            os.environ.update(REGISTRY_ENVIRONMENT="demo", DJANGO_SETTINGS_MODULE="config.settings")
            os.environ["DEMO_PORT"] = str(port := preferred_port(PORT))
            # Browsers have passkeys at a name, and at no IP address. The web process listens on the loopback address alone.
            os.environ.setdefault("REGISTRY_ADDRESS", f"http://localhost:{port}")
            # Fresh keys sign another log than those of the run before did.
            (FOLDER / "log-guard").unlink(missing_ok=True)
            own_broker = servers.valkey is not None and not os.environ.get("BROKER_URL")
            os.environ["DEMO_OWN_BROKER"] = "yes" if own_broker else ""
            # Reading the code and laying out the database take a second or two each, and neither needs the other.
            with ThreadPoolExecutor(1) as meanwhile:
                ready = meanwhile.submit(django.setup)
                servers.begin()
                if servers.postgres is not None:
                    _start_empty(servers.database_url)
            ready.result()
            execute_from_command_line(["manage.py", "demo"])
    except CannotStart as refusal:
        sys.stderr.write(f"\n{refusal}\n")
        return 1
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
    return 0


def _start_empty(url: str) -> None:
    """Our own server: each run begins with a new book. A database given from outside is never emptied."""
    with psycopg.connect(url.replace(f"/{DATABASE}?", "/postgres?"), autocommit=True) as connection:
        name = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))


if __name__ == "__main__":
    sys.exit(main())
