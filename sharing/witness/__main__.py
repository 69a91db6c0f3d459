"""``python -m sharing.witness``: makes a key, prints it, cosigns until SIGTERM, shows what was cosigned and refused."""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing

from sharing.witness import key_file
from sharing.witness.binding import bind
from sharing.witness.cosigning import Witness
from sharing.witness.key_file import BadKeyFile
from sharing.witness.server import Server
from sharing.witness.settings import BadSetting, Settings, read_settings
from sharing.witness.showing import report
from sharing.witness.store import Store, all_latest, evidence, open_readonly, witness

_DRAIN_SECONDS = 10
_STOPS = {signal.SIGTERM, signal.SIGINT}
_log = logging.getLogger("sharing.witness")


def main() -> int:
    """The exit status: 0 after a clean stop, 1 if `show` shows a refusal, 2 when the settings are wrong."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    os.umask(0o077)
    try:
        return _run(read_settings(sys.argv[1:], os.environ))
    except (BadSetting, BadKeyFile) as failure:
        _log.error("cannot start: %s", failure)
        return 2
    except (sqlite3.Error, OSError) as failure:
        _log.error("cannot go on: %s", failure)
        return 2


def _run(settings: Settings) -> int:
    if settings.command == "keygen":
        _say(key_file.generate(settings.name, settings.key).key.vkey)
    elif settings.command == "vkey":
        _say(key_file.read(settings.key).key.vkey)
    elif settings.command == "show":
        return _show(settings)
    else:
        _serve(settings)
    return 0


def _show(settings: Settings) -> int:
    try:
        store = open_readonly(settings.store)
    except sqlite3.OperationalError:
        raise BadSetting(f"--store {settings.store}: there is no store; serve makes it") from None
    with closing(store):
        found = evidence(store)
        for line in report(witness(store), all_latest(store), found, whole=settings.whole):
            _say(line)
    return int(any(each.settled_at is None for each in found))


def _serve(settings: Settings) -> None:
    signer = key_file.read(settings.key)
    if any(key.public == signer.key.public for keys in settings.logs.values() for key in keys):
        raise BadSetting("--log: this is the witness's own key; a log has another one")
    store = Store(settings.store)
    bind(store, signer, settings.key)
    server = Server(
        (settings.host, settings.port), Witness(signer, settings.logs, store, lambda: int(time.time())), settings.prefix
    )
    # Kept from every thread, and waited for: a handler runs in the main thread, which a signal to another would not wake.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="server", daemon=True).start()
    _say(json.dumps({"port": server.server_port}))
    signal.sigwait(_STOPS)
    server.leaving = True
    server.shutdown()
    server.drain(_DRAIN_SECONDS)
    server.server_close()
    store.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
