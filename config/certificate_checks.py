"""What the settings demand of others' certificates, and of those by which the court's own services know each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from config import broker
from sharing.certificates import OPTIONAL, REQUIRED
from sharing.transport import LEVELS

OF_THE_DATABASE = ("sslrootcert", "sslcert", "sslkey")
CHOICES = ("SHARING_CLIENT_CERTIFICATES", "REGISTRY_SERVICE_CERTIFICATES")
SEE = "See docs/operating.md, “Services know each other”."


def certificates_are_demanded(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The settings have values that are known, fit together, and hold for every service that is connected to."""
    return [*_unknown(), *_of_programs(), *_of_services()]


def _unknown() -> Iterator[checks.CheckMessage]:
    if settings.SHARING_TLS_BITS not in LEVELS:
        hint = " or ".join(map(str, LEVELS))
        yield checks.Error("SHARING_TLS_BITS is none of those that there are.", hint=hint, id="registry.E020")
    for name in CHOICES:
        if getattr(settings, name) not in (OPTIONAL, REQUIRED):
            yield checks.Error(f"{name} is not known.", hint=f"{OPTIONAL} or {REQUIRED}", id="registry.E021")


def _of_programs() -> Iterator[checks.CheckMessage]:
    if settings.SHARING_CLIENT_CERTIFICATES == REQUIRED and not settings.SHARING_MUTUAL_TLS:
        yield checks.Error(
            "SHARING_CLIENT_CERTIFICATES is required, and no certificate is passed on.",
            hint="Set SHARING_MUTUAL_TLS=true and include deploy/nginx/registry-mutual-tls.conf; or no program gets a token.",
            id="registry.E022",
        )


def _of_services() -> Iterator[checks.CheckMessage]:
    """No password and no address of a server is repeated."""
    address: str = settings.CELERY_BROKER_URL
    if "ssl_" in urlsplit(address).query:
        hint = "Set BROKER_AUTHORITIES, BROKER_CERTIFICATE and BROKER_KEY: what the address says would go past them."
        yield checks.Error("BROKER_URL says how TLS is spoken.", hint=hint, id="registry.E023")
    if settings.REGISTRY_SERVICE_CERTIFICATES != REQUIRED:
        return
    if missing := _missing_of_the_database(settings.DATABASES["default"]):
        said = f"The database is reached without {', '.join(missing)}."
        yield checks.Error(said, hint=SEE, id="registry.E024")
    if not _broker_knows_us(urlsplit(address).scheme, settings.CELERY_BROKER_USE_SSL):
        said = "The broker is reached neither over a socket nor by TLS with a certificate of ours."
        yield checks.Error(said, hint=SEE, id="registry.E025")


def _missing_of_the_database(database: Mapping[str, Any]) -> list[str]:
    """Over a socket the system says who asks (peer); else both sides show certificates."""
    options = database.get("OPTIONS", {})
    hosts = str(options.get("host") or database.get("HOST") or "/")
    if all(host.startswith("/") for host in hosts.split(",")):
        return []
    missing = [] if options.get("sslmode") == "verify-full" else ["sslmode=verify-full"]
    return missing + [name for name in OF_THE_DATABASE if not options.get(name)]


def _broker_knows_us(scheme: str, tls: Mapping[str, Any] | None) -> bool:
    return scheme in broker.OF_ONE_MACHINE or any(name.endswith("certfile") for name in tls or {})
