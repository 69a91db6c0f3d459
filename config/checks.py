"""Misconfiguration fails at start, with the remedy: missing keys, and settings that are unsafe outside development."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from config import reached
from config.bounds_checks import passkeys_are_asked_for, protections_stand, shares_are_shares
from config.certificate_checks import certificates_are_demanded
from config.database import server_keeps_values
from config.desk_name import desk_has_a_name_of_its_own
from config.development_checks import development_is_not_served, is_loopback
from config.log_checks import log_can_be_signed
from config.network_checks import networks_are_apart
from config.new_keys import NAMES as KEYS
from config.range_checks import numbers_are_within_their_ranges
from config.reached import WrongServer
from config.spans.checks import collector_can_be_told
from config.zones import rights_held
from config.zones.rights_held import RoleTooStrong
from config.zones.zone import Zone
from registry import scanner
from registry.key_checks import KeysOfAnotherBook
from registry.keys import DigestKeys, Keyring, KeyringShape, read_keys
from registry.scanner import ScannerShape
from sharing.persons.identity.origin import origin
from sharing.persons.identity.ways import PASSKEY, WAYS
from sharing.transport import Egress, EgressShape

WAIVER_HINT = "For example: 2026-11-24 the judgments of this court are served together with the notice"
TOKEN_LEAST = 32  # characters
REASON_LEAST = 8  # letters, or Chinese characters: some words
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SINGLE_SIGN_ON = ("NAME", "ISSUER", "CLIENT_ID", "CLIENT_SECRET")
READ: dict[str, Callable[[str], object]] = {"REGISTRY_DATA_KEYS": Keyring, "REGISTRY_DIGEST_KEYS": DigestKeys}
KEY_HINT = "Set it to '1:' and the base64 of 32 random bytes, for example: python -m config.new_keys"


def register_all() -> None:
    checks.register(keys_are_there)
    checks.register(environment_is_known)
    checks.register(production_is_safe)
    checks.register(networks_are_apart)
    checks.register(desk_has_a_name_of_its_own)
    checks.register(demonstration_stays_on_this_machine)
    checks.register(way_out_is_known)
    checks.register(scanner_is_known)
    checks.register(scanner_is_there, deploy=True)
    checks.register(ways_to_prove_identity_are_known)
    checks.register(single_sign_on_is_whole)
    checks.register(waiver_of_the_notice_is_reasoned)
    checks.register(log_can_be_signed)
    checks.register(protections_stand)
    checks.register(numbers_are_within_their_ranges)
    checks.register(shares_are_shares)
    checks.register(passkeys_are_asked_for)
    checks.register(development_is_not_served)
    checks.register(certificates_are_demanded)
    checks.register(zone_is_known)
    checks.register(collector_can_be_told)
    checks.register(server_keeps_values, checks.Tags.database)
    checks.register(rights_held.role_fits_the_zone, checks.Tags.database)


def refuse_to_start_unsafe() -> None:
    """For the web process, which runs no system checks by itself. Raises ImproperlyConfigured naming every fault."""
    found = [
        *keys_are_there(None),
        *environment_is_known(None),
        *production_is_safe(None),
        *networks_are_apart(None),
        *desk_has_a_name_of_its_own(None),
        *demonstration_stays_on_this_machine(None),
        *way_out_is_known(None),
        *scanner_is_known(None),
        *ways_to_prove_identity_are_known(None),
        *single_sign_on_is_whole(None),
        *waiver_of_the_notice_is_reasoned(None),
        *log_can_be_signed(None),
        *protections_stand(None),
        *numbers_are_within_their_ranges(None),
        *shares_are_shares(None),
        *passkeys_are_asked_for(None),
        *development_is_not_served(None),
        *certificates_are_demanded(None),
        *zone_is_known(None),
        *collector_can_be_told(None),
    ]
    if found:
        raise ImproperlyConfigured("\n".join(f"{each.msg} {each.hint}" for each in found))


def refuse_what_the_book_refuses(*serving: Zone) -> None:
    """For a process that serves these zones. Raises ImproperlyConfigured where it is of another one, where the keys are not
    those of the book, where its role in the database may do more than its zone, or where what it reaches is not the server itself.
    While the database is away, the first connection asks later (`registry.key_checks`, `config.zones.rights_held`,
    `config.reached`).
    """
    if settings.REGISTRY_ZONE not in serving:
        raise ImproperlyConfigured(f"REGISTRY_ZONE is {settings.REGISTRY_ZONE}: here {', '.join(serving)} is served.")
    rights_held.watch()
    reached.watch(without_pooler=Zone.WORKER in serving)
    try:
        connection.ensure_connection()
    except (KeysOfAnotherBook, RoleTooStrong, WrongServer) as error:
        raise ImproperlyConfigured(str(error)) from None
    except DatabaseError:
        return
    connection.close()  # what is forked from here on must not share it


def keys_are_there(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    messages: list[checks.CheckMessage] = []
    if len(settings.SECRET_KEY) < 50:
        messages.append(
            checks.Error("SECRET_KEY is missing or short.", hint="Set 50 random characters.", id="registry.E001")
        )
    for name in KEYS:
        try:
            READ.get(name, read_keys)(getattr(settings, name))
        except KeyringShape as error:
            messages.append(checks.Error(f"{name}: {error}.", hint=KEY_HINT, id="registry.E002"))
    return messages


def environment_is_known(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    if settings.ENVIRONMENT in {"development", "demo", "production"}:
        return []
    return [
        checks.Error(
            f"REGISTRY_ENVIRONMENT is {settings.ENVIRONMENT!r}.",
            hint="development, demo or production",
            id="registry.E003",
        )
    ]


def zone_is_known(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    if settings.REGISTRY_ZONE in set(Zone):
        return []
    return [checks.Error(f"REGISTRY_ZONE is {settings.REGISTRY_ZONE!r}.", hint=", ".join(Zone), id="registry.E063")]


def production_is_safe(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """What a developer may do and a court may not."""
    if settings.DEVELOPMENT:
        return []
    unsafe = {
        "DEBUG is on": settings.DEBUG,
        "SHARING_ALLOW_HTTP is on": settings.SHARING_ALLOW_HTTP,
        "ALLOWED_HOSTS is empty or open": not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
        "the keys are not all different": not _all_different([getattr(settings, name) for name in KEYS]),
        "REGISTRY_ADDRESS is not https": not settings.REGISTRY_ADDRESS.startswith("https://"),
        "SHARING_PROGRAMS_ADDRESS is not https": settings.SHARING_PROGRAMS_ADDRESS[:8] not in ("", "https://"),
        "REGISTRY_PROXIES believes everybody": any(net.prefixlen == 0 for net in settings.REGISTRY_PROXIES),
        "REGISTRY_METRICS_TOKEN is short": 0 < len(settings.REGISTRY_METRICS_TOKEN) < TOKEN_LEAST,
        "EMAIL_URL writes letters into the log": "console" in settings.EMAIL_BACKEND,
        "SHARING_MUTUAL_TLS is on without BEHIND_PROXY": settings.SHARING_MUTUAL_TLS
        and settings.SECURE_PROXY_SSL_HEADER is None,
    }
    return [
        checks.Error(f"Unsafe in production: {what}.", hint="See docs/operating.md.", id="registry.E004")
        for what, holds in unsafe.items()
        if holds
    ]


def _all_different(rings: Sequence[str]) -> bool:
    keys = [part.strip().rpartition(":")[2] for ring in rings for part in ring.split(",")]
    return len(set(keys)) == len(keys)


def demonstration_stays_on_this_machine(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """In the demonstration anybody is anybody at a click, so it is never served to others."""
    if not settings.DEMO:
        return []
    exposed = {
        "BEHIND_PROXY is on": settings.SECURE_PROXY_SSL_HEADER is not None,
        "ALLOWED_HOSTS names more than this machine": not all(map(is_loopback, settings.ALLOWED_HOSTS)),
        "REGISTRY_ADDRESS is not on this machine": not is_loopback(urlsplit(settings.REGISTRY_ADDRESS).hostname or ""),
        "REGISTRY_DESK_ADDRESS is set": bool(settings.REGISTRY_DESK_ADDRESS),
        "static files are served as in production": "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"],
    }
    return [
        checks.Error(
            f"A demonstration with a production setting: {what}.",
            hint="Anybody may act as anybody here. For a court set REGISTRY_ENVIRONMENT=production (docs/operating.md).",
            id="registry.E005",
        )
        for what, holds in exposed.items()
        if holds
    ]


def way_out_is_known(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """The setting may hold a password, so it is not repeated."""
    try:
        Egress.read(settings.SHARING_EGRESS_PROXY)
    except EgressShape:
        hint = "http://host:port or http://user:password@host:port, special characters percent-encoded"
        return [checks.Error("SHARING_EGRESS_PROXY cannot be read.", hint=hint, id="registry.E006")]
    return []


def scanner_is_known(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    try:
        scanner.address(settings.REGISTRY_SCANNER)
    except ScannerShape as error:
        hint = "unix:/run/clamav/clamd.ctl or tcp:scanner.internal:3310; empty where there is none"
        return [checks.Error(str(error), hint=hint, id="registry.E066")]
    return []


def scanner_is_there(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """For `check --deploy` alone: a court may have none, and should know it."""
    if settings.REGISTRY_SCANNER:
        return []
    hint = "REGISTRY_SCANNER names the court's virus scanner (docs/operating.md)"
    return [checks.Warning("Files from outside pass no virus scanner.", hint=hint, id="registry.W066")]


def ways_to_prove_identity_are_known(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """The provider of real names is whole, and speaks https outside development; browsers have passkeys at the address."""
    ways = settings.SHARING_IDENTITY_WAYS
    messages: list[checks.CheckMessage] = []
    if not set(ways) <= set(WAYS):
        hint = f"Use {', '.join(WAYS)} or several of them."
        messages.append(checks.Error("SHARING_IDENTITY_WAYS names an unknown way.", hint=hint, id="registry.E007"))
    provider = (settings.SHARING_IDENTITY_OIDC_ISSUER, settings.SHARING_IDENTITY_OIDC_CLIENT_ID)
    secure = settings.DEVELOPMENT or provider[0].startswith("https://")
    if "oidc" in ways and not (all(provider) and secure):
        hint = "Set SHARING_IDENTITY_OIDC_ISSUER (https) and SHARING_IDENTITY_OIDC_CLIENT_ID."
        messages.append(checks.Error("The identity service is not described.", hint=hint, id="registry.E008"))
    if PASSKEY in ways and origin() is None and not settings.DEVELOPMENT:
        hint = "Browsers have passkeys where there is https and a name, not an IP address; or take the way out."
        messages.append(checks.Error("No passkey can be made at REGISTRY_ADDRESS.", hint=hint, id="registry.E010"))
    return messages


def single_sign_on_is_whole(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Off, or all of it is set; and it speaks https outside development."""
    given = [bool(getattr(settings, f"REGISTRY_SINGLE_SIGN_ON_{name}")) for name in SINGLE_SIGN_ON]
    issuer = settings.REGISTRY_SINGLE_SIGN_ON_ISSUER
    secure = not issuer or settings.DEVELOPMENT or issuer.startswith("https://")
    if secure and len(set(given)) == 1:
        return []
    hint = f"Set REGISTRY_SINGLE_SIGN_ON_… {', '.join(SINGLE_SIGN_ON)}, the issuer with https, or none of them."
    return [checks.Error("The court's identity service is not described.", hint=hint, id="registry.E014")]


def waiver_of_the_notice_is_reasoned(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Listings that go out before the person was told do so by a decision of the court, of a day and for a reason."""
    waiver: str = settings.REGISTRY_NOTICE_WAIVER
    if not waiver or (_names_a_day(waiver) and sum(map(str.isalpha, waiver)) >= REASON_LEAST):
        return []
    return [
        checks.Error(
            "REGISTRY_NOTICE_WAIVER has no day (YYYY-MM-DD) or no reason.", hint=WAIVER_HINT, id="registry.E009"
        )
    ]


def _names_a_day(words: str) -> bool:
    for found in DAY.findall(words):
        try:
            date.fromisoformat(found)
        except ValueError:
            continue
        return True
    return False
