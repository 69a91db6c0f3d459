"""`make demo`: starts PostgreSQL and Valkey, then hands over to Django's `demo` command, which plays and serves."""

from __future__ import annotations

import gc
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import django
from django.core.management import execute_from_command_line

from config.child import CannotStart, ends_on_signals
from config.demo import letters
from config.demo.kept import Kept, begin, code_now
from config.demo.saying import Unread, say
from config.new_keys import new_environment
from config.servers import Servers
from config.valkey import preferred_port

FOLDER = Path("var")
NOTE = FOLDER / "kept.json"
LETTERS = FOLDER / "mail"
COLLECT_AFTER = 100_000  # objects; reading code, migrating and loading make many that stay, and little garbage
PORT = 8000


def main() -> int:
    gc.set_threshold(COLLECT_AFTER)
    try:
        with ends_on_signals(), Servers.named(FOLDER, durable=True) as servers:
            code = code_now()
            kept = Kept.read(NOTE, code) if servers.postgres is not None and not os.environ.get("FRESH") else None
            os.environ.update(servers.environment | new_environment() | (kept.keys if kept else {}))
            os.environ.update(REGISTRY_ENVIRONMENT="demo", DJANGO_SETTINGS_MODULE="config.settings")
            os.environ["DEMO_PORT"] = str(port := preferred_port(PORT))
            # Browsers have passkeys at a name, and at no IP address. The web process listens on the loopback address alone.
            os.environ.setdefault("REGISTRY_ADDRESS", f"http://localhost:{port}")
            os.environ.setdefault("EMAIL_URL", letters.kept_in(LETTERS))
            # Fresh keys sign another log than those of the run before did.
            (FOLDER / "log-guard").unlink(missing_ok=True)
            own_broker = servers.valkey is not None and not os.environ.get("BROKER_URL")
            os.environ.update(DEMO_KEPT=str(NOTE) if servers.postgres is not None else "", DEMO_CODE=code)
            os.environ["DEMO_OWN_BROKER"] = "yes" if own_broker else ""
            # Reading the code and laying out the database take a second or two each, and neither needs the other.
            with ThreadPoolExecutor(1) as meanwhile:
                ready = meanwhile.submit(django.setup)
                servers.begin()
                if servers.postgres is not None:
                    begin(servers.database_url, NOTE, kept=kept is not None)
            ready.result()
            execute_from_command_line(["manage.py", "demo"])
    except CannotStart as refusal:
        sys.stderr.write(f"\n{refusal}\n")
        return 1
    except Unread:
        sys.stderr.write("\nNobody reads what the demonstration writes any more. Stopped.\n")
        return 1
    except KeyboardInterrupt:
        with suppress(Unread):
            say("\nStopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
