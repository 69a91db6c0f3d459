"""Writes what the court's machine reads: environment, units, the proxy's configuration, each the shipped one filled in.

Under ``place`` they lie as they do under /etc, and name each other there. What is there already is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from config.environment_file import filled
from config.installing.answers import Answers
from config.installing.ceremony import FILES
from config.installing.findings import Finding, green
from config.installing.trying import host
from config.zones.zone import ROLES, Zone

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
ETC = Path("/etc")
PORTS = {Zone.DESK: 8001, Zone.PORTAL: 8002, Zone.PUBLIC: 8003}  # of zones apart, as shipped
ONE_PORT = 8000
UNITS = {"one": ("web", "worker", "beat"), "apart": ("web@", "worker", "beat")}
BY_TIMERS = ("backup", "drill")  # enabled by hand, once their roles and their folder are there (docs/backup.md)
BACKUPS = "/srv/registry-backups"  # as those units have it
DRILL = "postgres://registry_drill@/registry_drill?host=/run/postgresql"


class NotShipped(Exception):
    """What was to be filled in is not in the shipped file any more."""


@dataclass(frozen=True)
class Place:
    """``written``: where files are put; ``named``: as what they name each other, /etc where they are to be copied there."""

    written: Path
    named: Path

    @property
    def environment(self) -> Path:
        return self.written / "registry" / "environment"


def everything(answers: Answers, place: Place) -> list[Finding]:
    """Writes what is missing, and says which it was."""
    made = [path for path, text, mode in _files(answers, place) if _write(place.written / path, text, mode)]
    said = _("{count} files written under {folder}").format(count=len(made), folder=place.written)
    return [green("files", said)]


def environments(answers: Answers, place: Place) -> Iterator[tuple[str, str]]:
    """Path below ``place`` and text: what all processes share, and what each zone has for itself."""
    shipped = (DEPLOY / "example.env").read_text(encoding="utf-8")
    for name, file in FILES.items():
        shipped = _replaced(shipped, {f"\n{name}=\n": f"\n{name}_FILE={answers['keys']}/{file}\n"})
    yield "registry/environment", filled(shipped, shared(answers))
    if answers["zones"] == "apart":
        for zone in (*PORTS, Zone.WORKER):
            own = {"REGISTRY_ZONE": zone.value, "DATABASE_URL": database_of(zone, answers["database"])}
            own |= {"REGISTRY_PORT": str(PORTS[zone])} if zone in PORTS else {}
            yield f"registry/{zone}.environment", _lines(own)
    backing_up = {
        "REGISTRY_ZONE": Zone.OWNER.value,
        "DATABASE_URL": database_as("registry_backup", answers["database"]),
        "REGISTRY_BACKUPS": BACKUPS,
    }
    yield "registry/backup.environment", _lines(backing_up)


def shared(answers: Answers) -> dict[str, str]:
    """Variable → value, of those that were asked about."""
    court, desk = answers["address"].rstrip("/"), answers["desk_address"].rstrip("/")
    broker = "REDIS_URL" if answers["broker"].startswith("redis") else "BROKER_URL"
    return {
        "DATABASE_URL": answers["database"],
        broker: answers["broker"],
        "ALLOWED_HOSTS": f"{host(court)},{host(desk)}",
        "REGISTRY_ADDRESS": court,
        "REGISTRY_DESK_ADDRESS": desk,
        "SHARING_PROGRAMS_ADDRESS": f"https://{host(court)}:8443",
        "REGISTRY_LOG_ORIGIN": f"{host(court)}/log",
        "REGISTRY_LOG_GUARD": answers["guard"],
        "REGISTRY_BACKUPS": "",  # watched once they are set up: a role and a folder of their own (docs/backup.md)
        "STATIC_ROOT": answers["static"],
        "REGISTRY_CODES": answers["codes"],
        "REGISTRY_SCANNER": answers["scanner"],
        "REGISTRY_CONTACT_OFFICE": answers["office"],
        "REGISTRY_CONTACT_ADDRESS": answers["contact_address"],
        "REGISTRY_CONTACT_PHONE": answers["contact_phone"],
        "REGISTRY_CONTACT_EMAIL": answers["contact_email"],
        "EMAIL_URL": answers["mail"],
    }


def database_of(zone: Zone, address: str) -> str:
    """The same database as the role of the zone."""
    return database_as(ROLES[zone], address)


def database_as(role: str, address: str, name: str = "") -> str:
    """The same database, or that of this name beside it, as a role who logs in by peer or by certificate and so has no password."""
    parts = urlsplit(address)
    where = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role}@{where}", path=f"/{name}" if name else parts.path).geturl()


def _files(answers: Answers, place: Place) -> Iterator[tuple[str, str, int]]:
    for path, text in environments(answers, place):
        yield path, text, 0o600
    for kind in (*UNITS[answers["zones"]], *BY_TIMERS):
        yield f"systemd/system/registry-{kind}.service", unit(kind, answers, place), 0o644
    for kind in BY_TIMERS:
        timer = f"registry-{kind}.timer"
        yield f"systemd/system/{timer}", (DEPLOY / "systemd" / timer).read_text(encoding="utf-8"), 0o644
    # nginx reads them in the order of their names, and the second one uses what the first one defines.
    for shipped, name in (("registry.conf", "registry.conf"), ("registry-mutual-tls.conf", "registry.mutual-tls.conf")):
        yield f"nginx/sites-enabled/{name}", proxy(shipped, answers, place), 0o644
    for name in ("registry-stapling.conf", "registry-proxy.conf", "registry-refused.conf"):
        yield f"nginx/{name}", proxy(name, answers, place), 0o644


def unit(kind: str, answers: Answers, place: Place) -> str:
    user = answers["user"]
    values = {
        "User=registry": f"User={user}",
        "/srv/registry/app": str(ROOT),
        "/etc/registry/": f"{place.named}/registry/",
    }
    values |= _of_this_unit(kind, answers)
    return _replaced((DEPLOY / "systemd" / f"registry-{kind}.service").read_text(encoding="utf-8"), values)


def _of_this_unit(kind: str, answers: Answers) -> dict[str, str]:
    """What it has besides; systemd reads % and $ in a command as its own."""
    if kind == "worker":
        return {"ReadWritePaths=/srv/registry-guard": f"ReadWritePaths={Path(answers['guard']).parent}"}
    if kind == "drill":
        into = database_as("registry_drill", answers["database"], "registry_drill")
        return {DRILL: into.replace("%", "%%").replace("$", "$$")}
    return {}


def proxy(name: str, answers: Answers, place: Place) -> str:
    """A piece of nginx's configuration. The names come last: what is filled in before holds none of the shipped ones."""
    values: Mapping[str, Mapping[str, str]] = {
        "registry.conf": {
            **_certificates(answers),
            "allow 10.0.0.0/8;": f"allow {answers['inside']};",
            **(_one_port() if answers["zones"] == "one" else {}),
            "registry.court.example": host(answers["address"]),
            "desk.court.example": host(answers["desk_address"]),
        },
        "registry-mutual-tls.conf": {
            **_certificate(answers, ""),
            "registry.court.example": host(answers["address"]),
        },
        "registry-stapling.conf": {
            "/etc/registry/tls/authority.pem": answers["authority"],
            "resolver 10.0.0.53": f"resolver {_in_brackets(answers['resolver'])}",
        },
    }
    text = _replaced((DEPLOY / "nginx" / name).read_text(encoding="utf-8"), values.get(name, {}))
    return text.replace("include /etc/nginx/", f"include {place.named}/nginx/")


def _certificates(answers: Answers) -> dict[str, str]:
    return {**_certificate(answers, "desk"), **_certificate(answers, "")}


def _certificate(answers: Answers, of: str) -> dict[str, str]:
    shipped, asked = (f"{of}-", f"{of}_") if of else ("", "")
    return {
        f"/etc/registry/tls/{shipped}chain.pem": answers[f"{asked}certificate"],
        f"/etc/registry/tls/{shipped}key.pem": answers[f"{asked}certificate_key"],
    }


def _one_port() -> dict[str, str]:
    return {f"server 127.0.0.1:{port};": f"server 127.0.0.1:{ONE_PORT};" for port in PORTS.values()}


def _in_brackets(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _replaced(text: str, values: Mapping[str, str]) -> str:
    for shipped, here in values.items():
        if shipped not in text:
            raise NotShipped(shipped)
        text = text.replace(shipped, here)
    return text


def _write(path: Path, text: str, mode: int) -> bool:
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(mode)
    fresh.replace(path)
    return True
