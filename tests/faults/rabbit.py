"""A RabbitMQ of our own, as Debian has it, on one host: a port mapper, a cookie and a folder that are nobody else's."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kombu import Connection

from config.child import Child

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PORT, MAPPER, DISTANT = 5672, 4369, 25672
READY_SECONDS = 90
SETTINGS = """\
listeners.tcp.1 = {host}:{port}
loopback_users = none
default_user = registry
default_pass = {password}
"""


class Rabbit:
    """One node. `within`: see `Child`. Its files lie where its own user may go, and `stop` takes them away."""

    def __init__(self, log: Path, *, host: str, within: Sequence[str] = ()) -> None:
        self.host = host
        self.password = secrets.token_urlsafe(24)
        self.user = pwd.getpwnam("rabbitmq").pw_uid
        self.folder = folder = Path(tempfile.mkdtemp(prefix="registry-rabbit-", dir="/var/tmp"))
        names = {
            "HOME": folder,
            "ERL_EPMD_PORT": MAPPER,
            "RABBITMQ_NODENAME": "registry@localhost",
            "RABBITMQ_DIST_PORT": DISTANT,
            "RABBITMQ_MNESIA_BASE": folder / "data",
            "RABBITMQ_LOG_BASE": folder / "log",
            "RABBITMQ_CONFIG_FILE": folder / "rabbitmq",
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "none",
            "RABBITMQ_CONF_ENV_FILE": folder / "none",
            "RABBITMQ_LOGS": "-",
        }
        self.child = Child(
            name="RabbitMQ",
            command=[str(PROGRAM)],
            log=log,
            folder=folder,
            environment={"PATH": os.environ["PATH"], **{name: str(value) for name, value in names.items()}},
            user=self.user,
            within=within,
        )

    @property
    def url(self) -> str:
        return f"amqp://registry:{self.password}@{self.host}:{PORT}//"

    def start(self) -> None:
        os.chown(self.folder, self.user, self.user)
        settings = SETTINGS.format(host=self.host, port=PORT, password=self.password)
        self.folder.joinpath("rabbitmq.conf").write_text(settings)
        self.child.start()
        self.child.wait_until(self._answers, seconds=READY_SECONDS)

    def stop(self) -> None:
        self.child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            with Connection(self.url, connect_timeout=1) as broker:
                broker.connect()
        except OSError:
            return False
        return True
