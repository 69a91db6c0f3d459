"""``python -m sharing.receiver``: starts the threads, says which port it listens on, and stops cleanly on SIGTERM."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from functools import partial

from sharing.receiver.calling import Registry
from sharing.receiver.catching_up import Needs, Puller
from sharing.receiver.court_keys import CourtKeys
from sharing.receiver.door import Door
from sharing.receiver.log_watch import LogWatch
from sharing.receiver.receipts import Sender
from sharing.receiver.server import Server
from sharing.receiver.settings import BadSetting, Settings, read_settings
from sharing.receiver.silence import Silence
from sharing.receiver.store import is_for, open_readonly, taken
from sharing.receiver.writer import Writer

_DRAIN_SECONDS = 10
_STOPS = {signal.SIGTERM, signal.SIGINT}
Caller = Puller | Sender | LogWatch | CourtKeys
_log = logging.getLogger("sharing.receiver")


def main() -> int:
    """The exit status: 0 after a clean stop, 2 when the settings are wrong."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = read_settings(sys.argv[1:], os.environ)
    except BadSetting as failure:
        _log.error("cannot start: %s", failure)
        return 2
    # The store holds personal data: nobody but this account may read it.
    os.umask(0o077)
    taking = taken(settings.store)
    if taking is None:
        _log.error("cannot start: another receiver keeps this store: end it first, or name another --store")
        return 2
    if not is_for(settings.store, trial=settings.trial):
        _log.error("cannot start: this store was begun %s", "in production" if settings.trial else "on trial")
        _log.error("production and trial each begin with an empty store of their own: name another --store")
        return 2
    # Kept from every thread, and waited for: a handler runs in the main thread, which a signal to another would not wake.
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
    with taking:
        _serve(settings)
    return 0


def _serve(settings: Settings) -> None:
    receipts_bell, needs = threading.Event(), Needs()
    writer = Writer(settings.store, receipts_bell)
    writer.start()
    reader = partial(open_readonly, settings.store)
    watch = _log_watch(settings, writer, needs)
    silence = _silence(settings)
    keys = _court_keys(settings, writer)
    door = Door(
        writer,
        reader,
        needs.ask,
        settings.verifier if keys is None else keys,
        settings.endpoint,
        settings.trial,
        settings.institutions,
        hear_checkpoint=None if watch is None else watch.hear,
        silence=silence,
    )
    server = Server((settings.host, settings.port), door)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="server", daemon=True).start()
    watching = [each for each in (watch, keys) if each is not None]
    callers = [*_callers(settings, writer, receipts_bell, needs, silence), *watching]
    for caller in callers:
        caller.start()
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    signal.sigwait(_STOPS)
    _stop(server, callers, writer)


def _silence(settings: Settings) -> Silence | None:
    """Who only pulls hears nothing, and an endpoint on trial is sent no heartbeat."""
    return None if settings.pull_only or settings.trial else Silence(settings.silence_seconds)


def _callers(
    settings: Settings, writer: Writer, receipts_bell: threading.Event, needs: Needs, silence: Silence | None
) -> list[Caller]:
    """The two threads that call the registry; none when this receiver was not told where it is."""
    if settings.client is None:
        _log.info("REGISTRY_URL is not set: gaps are not repaired, and receipts are kept until it is")
        return []
    reader = partial(open_readonly, settings.store)
    poll_seconds = settings.poll_seconds if settings.pull_only or silence is not None else None
    return [
        Puller(
            writer,
            Registry(settings.client),
            needs,
            reader,
            gap_seconds=settings.gap_seconds,
            poll_seconds=poll_seconds,
            silence=silence,
            trial=settings.trial,
        ),
        Sender(writer, Registry(settings.client), receipts_bell, reader, settings.signing_key),
    ]


def _court_keys(settings: Settings, writer: Writer) -> CourtKeys | None:
    """Keys that were given win: beside them, what the court lists counts for nothing."""
    if settings.verifier is None or settings.verifier.public_keys or settings.client is None:
        return None
    reader = partial(open_readonly, settings.store)
    return CourtKeys(writer, settings.client, reader, settings.verifier.secrets)


def _log_watch(settings: Settings, writer: Writer, needs: Needs) -> LogWatch | None:
    """A trial has no log of its own."""
    if settings.trial:
        return None
    if settings.client is None or settings.log_keys is None:
        _log.info("REGISTRY_LOG_VKEY is not set: the court's log is not checked")
        return None
    reader = partial(open_readonly, settings.store)
    registry = Registry(settings.client)
    return LogWatch(writer, registry, reader, settings.log_keys, needs.ask, log_seconds=settings.log_seconds)


def _stop(server: Server, callers: list[Caller], writer: Writer) -> None:
    """No new connections, requests under way are answered, receipts stay in the outbox, the store is closed."""
    server.leaving = True
    server.shutdown()
    server.drain(_DRAIN_SECONDS)
    for caller in callers:
        caller.stop()
    writer.close()
    server.server_close()


if __name__ == "__main__":
    sys.exit(main())
