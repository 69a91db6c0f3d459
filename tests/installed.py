"""A court that is installed for one test run: servers of its own, certificates, invented answers, and who plays the guided way."""

from __future__ import annotations

import getpass
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config import environment_file
from config.child import Child
from config.servers import Servers
from tests.certificates import Authority
from tests.programs import needed

ROOT = Path(__file__).resolve().parent.parent
HOST, DESK_HOST = "registry.court.example", "desk.court.example"


@dataclass
class Ground:
    """What is there before anything is installed."""

    folder: Path
    servers: Servers
    authority: Authority

    @classmethod
    def laid(cls, folder: Path, servers: Servers) -> Ground:
        made = cls(folder, servers, Authority(folder, "authority", days=59))
        for host, before in ((HOST, ""), (DESK_HOST, "desk-")):
            made.certify(before, host)
        return made

    def certify(self, before: str, host: str, *, days: int = 59, key: object = None, keys: bool = True) -> None:
        """The files of a certificate, ``before`` their names; ``keys``: or of the chain alone."""
        pem = self.authority.server(host, days=days, key=key).decode()
        at = pem.index("-----BEGIN CERTIFICATE")
        (self.folder / f"{before}chain.pem").write_text(pem[at:] + self.authority.pem)
        if keys:
            file = self.folder / f"{before}key.pem"
            file.touch(mode=0o600)
            file.write_text(pem[:at])

    def answers(self, folder: Path, **changed: str) -> dict[str, str]:
        """To every question that has no default that fits; what is made lies in ``folder``."""
        return {
            "contact_email": "registry@court.example",
            "address": f"https://{HOST}",
            "desk_address": f"https://{DESK_HOST}",
            "resolver": "127.0.0.1",
            "certificate": str(self.folder / "chain.pem"),
            "certificate_key": str(self.folder / "key.pem"),
            "desk_certificate": str(self.folder / "desk-chain.pem"),
            "desk_certificate_key": str(self.folder / "desk-key.pem"),
            "authority": str(self.authority.file),
            "user": getpass.getuser(),
            "database_owner": self.servers.database_url,
            "database": self.servers.database_url.replace("registry@", "registry_application@"),
            "broker": self.servers.redis_url,
            "scanner": "",
            "keys": str(folder / "keys"),
            "keys_copy": str(folder / "medium"),
            "persons": "何登记, 赵安",
            "guard": str(folder / "guard" / "log-guard"),
            "static": str(folder / "static"),
            "registrar_1": "he, R-001, 何登记",
            "registrar_2": "lin, R-002, 林登记, lin@court.example",
            "security_1": "zhao, S-001, 赵安",
            "security_2": "qian, S-002, 钱安",
            "system": "sun, T-001, 孙统",
            "auditor": "zhou, A-001, 周审",
            **changed,
        }


@dataclass(frozen=True)
class Ran:
    status: int
    said: str

    def reds(self) -> dict[str, str]:
        """Part → what is said and the remedy, of what is red."""
        lines = self.said.splitlines()
        found: dict[str, str] = {}
        for at, line in enumerate(lines):
            if line.startswith("red "):
                remedy = lines[at + 1].strip() if at + 1 < len(lines) else ""
                found[line.split()[1]] = f"{found.get(line.split()[1], '')}\n{line} {remedy}"
        return found


def with_users(folder: Path, *users: str) -> tuple[str, ...]:
    """Before a command of root's: on a machine that has these users besides, who may what root may."""
    if os.geteuid() != 0:
        return ()  # who gives nothing to anybody
    unshare, file = needed("unshare", package="util-linux"), folder / "passwd"
    more = "".join(f"{user}:x:0:0::/:/usr/sbin/nologin\n" for user in users)
    file.write_text(Path("/etc/passwd").read_text() + more)
    return unshare, "--mount", "sh", "-c", 'mount --bind "$0" /etc/passwd && exec "$@"', str(file)


def install(folder: Path, *words: str, typed: str = "", language: str = "en", within: Sequence[str] = ()) -> Ran:
    """``manage.py install``, with nothing of this run's settings in its environment."""
    given = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    command = [
        *within,
        sys.executable,
        "manage.py",
        "install",
        "--folder",
        str(folder / "installing"),
        "--language",
        language,
    ]
    command += ["--write-to", str(folder / "etc"), *words]
    done = subprocess.run(
        command, cwd=ROOT, env=given, input=typed, capture_output=True, text=True, check=False, timeout=1500
    )
    return Ran(done.returncode, done.stdout + done.stderr)


def from_file(folder: Path, answers: Mapping[str, str], *words: str, within: Sequence[str] = ()) -> Ran:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "given.toml"
    file.write_text("".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in answers.items()))
    return install(folder, "--answers", str(file), *words, within=within)


def typed(answers: Mapping[str, str], questions: Sequence[str]) -> str:
    """What somebody types: Enter where the default is right, - where nothing is wanted."""
    return "".join(f"{answers[name] or '-'}\n" if name in answers else "\n" for name in questions)


def unit(folder: Path, kind: str, zone: str = "") -> list[tuple[str, str]]:
    """Names and values of a unit that was written, in their order; of a template for that zone."""
    text = (folder / "etc" / "systemd" / "system" / f"registry-{kind}.service").read_text().replace("%i", zone)
    said = [line.partition("=") for line in text.splitlines() if "=" in line and line[0] != "#"]
    return [(name, value) for name, _, value in said]


def started(folder: Path, kind: str, port: int, zone: str = "") -> Child:
    """What the unit starts, with what the unit names; only its folders under /run and its port are this run's."""
    lines, run = unit(folder, kind, zone), folder / "run"
    said = dict(lines)
    words = said["ExecStart"].replace("/run/", f"{run}/")
    for bound in ("127.0.0.1:8000", "127.0.0.1:${REGISTRY_PORT}"):
        words = words.replace(bound, f"127.0.0.1:{port}")
    for made in said["RuntimeDirectory"].split():
        (run / made).mkdir(parents=True, exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    for file in (value for name, value in lines if name == "EnvironmentFile"):
        environment |= _read(file)
    name = f"{kind}{zone}"
    child = Child(name, words.split(), folder / "log" / f"{name}.log", Path(said["WorkingDirectory"]), environment)
    child.start()
    return child


def _read(named: str) -> dict[str, str]:
    """As systemd reads it: what has a - before it may be missing."""
    file = Path(named.removeprefix("-"))
    return {} if named.startswith("-") and not file.exists() else environment_file.read(file.read_text())


def asked(port: int, path: str, host: str = HOST) -> int:
    """The status that the web process answers, as the proxy asks it; 0 while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def environment(folder: Path) -> dict[str, str]:
    """What was written for the services."""
    return environment_file.read((folder / "etc" / "registry" / "environment").read_text())


def unit_names(*kinds: str) -> list[str]:
    """Of an installation with these processes: each its unit, and what goes by timers."""
    timed = [f"registry-{kind}.{suffix}" for kind in ("backup", "drill") for suffix in ("service", "timer")]
    return sorted([*(f"registry-{kind}.service" for kind in kinds), *timed])
