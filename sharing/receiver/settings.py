"""What the program is told when it starts: flags for what anyone may see, the environment for that and for secrets."""

from __future__ import annotations

import argparse
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sharing.receiver.calling import Client, tls
from sharing.receiver.checking import TOKEN_LEAST, Institutions, token_hash
from sharing.receiver.notes import LogKeys, log_keys
from sharing.receiver.verification import BadKey, Verifier, signing_key, verifier

_SECRETS = """\
secrets and keys come from the environment only:
  RECEIVER_SECRETS        whsec_… , comma-separated while the secret is being changed
  RECEIVER_PUBLIC_KEYS    whpk_… of the registry, comma-separated: these and no others; without it, those that
                          REGISTRY_URL lists are read there once an hour, and when a message fits none of them
  REGISTRY_CLIENT_ID, REGISTRY_CLIENT_SECRET   for the pull and the receipts
  REGISTRY_CLIENT_CERTIFICATE   a PEM file with the certificate that this key is bound to, and its private key
  RECEIVER_PROXY          http://host:port of a forward proxy, where the registry is reached through one (CONNECT)
  RECEIVER_SIGNING_KEY    whsk_… of this department, signs the receipts
  RECEIVER_INSTITUTIONS   code=token, comma-separated: supervised institutions that may check a customer of theirs
every flag can be given there too: RECEIVER_STORE, RECEIVER_HOST, RECEIVER_PORT, RECEIVER_ENDPOINT, REGISTRY_URL,
REGISTRY_LOG_VKEY, RECEIVER_TRIAL=1; and RECEIVER_LOG_WITNESSES: keys of those who cosign the court's log, as above
"""


class BadSetting(Exception):
    """The program cannot start so. The text says what to change and never holds a secret."""


@dataclass(frozen=True)
class Settings:
    """Everything the program is told. ``port`` 0 picks a free one; times are in seconds."""

    store: Path
    host: str
    port: int
    endpoint: str
    pull_only: bool
    trial: bool
    gap_seconds: float
    poll_seconds: float
    silence_seconds: float
    log_seconds: float
    log_keys: LogKeys | None
    verifier: Verifier | None
    client: Client | None
    institutions: Institutions
    signing_key: Ed25519PrivateKey | None = field(repr=False)


def read_settings(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Raises BadSetting; SystemExit for an unknown flag."""
    given = _parser(environment).parse_args(arguments)
    try:
        keys = verifier(_several(environment, "RECEIVER_SECRETS"), _several(environment, "RECEIVER_PUBLIC_KEYS"))
        own_key = environment.get("RECEIVER_SIGNING_KEY", "")
        signer = signing_key(own_key) if own_key else None
        watched = _log_keys(given.log_vkey, environment)
    except BadKey as failure:
        raise BadSetting(str(failure)) from None
    client = _client(given.registry_url, environment)
    if given.pull_only and client is None:
        raise BadSetting("--pull-only needs REGISTRY_URL, REGISTRY_CLIENT_ID and REGISTRY_CLIENT_SECRET")
    if not given.pull_only and not (keys.secrets or keys.public_keys or client):
        raise BadSetting("set RECEIVER_SECRETS or RECEIVER_PUBLIC_KEYS, or both; or REGISTRY_URL, which lists the keys")
    if watched is not None and client is None:
        raise BadSetting("REGISTRY_LOG_VKEY needs REGISTRY_URL beside it: the proofs come from there")
    return Settings(
        store=given.store,
        host=given.host,
        port=given.port,
        endpoint=given.endpoint,
        pull_only=given.pull_only,
        trial=given.trial or environment.get("RECEIVER_TRIAL") == "1",
        gap_seconds=given.gap_seconds,
        poll_seconds=given.poll_seconds,
        silence_seconds=given.silence_seconds,
        log_seconds=given.log_seconds,
        log_keys=watched,
        verifier=None if given.pull_only else keys,
        client=client,
        institutions=_institutions(environment, given.checks_a_minute),
        signing_key=signer,
    )


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    def told(name: str, otherwise: str) -> str:
        return environment.get(name) or otherwise

    parser = argparse.ArgumentParser(
        prog="python -m sharing.receiver",
        description="Keeps a department's copy of the register.",
        epilog=_SECRETS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--store", type=Path, default=told("RECEIVER_STORE", "receiver.sqlite"), help="the SQLite file")
    add("--host", default=told("RECEIVER_HOST", "127.0.0.1"), help="address to listen on")
    add("--port", type=int, default=told("RECEIVER_PORT", "8600"), help="0 picks a free one")
    add("--endpoint", default=told("RECEIVER_ENDPOINT", ""), help="ep_…; bodies for another endpoint are refused")
    add("--registry-url", default=told("REGISTRY_URL", ""), help="for the pull and the receipts")
    add("--pull-only", action="store_true", help="take no pushes; fetch instead")
    add("--trial", action="store_true", help="keep the invented persons of conformance runs, in a store of their own")
    add("--log-vkey", default=told("REGISTRY_LOG_VKEY", ""), help="name+id+key: the court's log is checked with it")
    add("--log-seconds", type=_positive, default="60", help="how often the court's log is looked at")
    add("--checks-a-minute", type=int, default="60", help="how many checks each institution may make")
    add("--gap-seconds", type=_positive, default="30", help="how long a missing position may still arrive by itself")
    add("--poll-seconds", type=_positive, default="30", help="how often --pull-only asks, and whoever hears nothing")
    add(
        "--silence-seconds",
        type=_positive,
        default="180",
        help="after how long without a message it asks: 3 heartbeats",
    )
    return parser


def _positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("more than 0 seconds")
    return seconds


def _client(url: str, environment: Mapping[str, str]) -> Client | None:
    """How the registry is called, or None when this receiver only listens."""
    identifier = environment.get("REGISTRY_CLIENT_ID", "")
    secret = environment.get("REGISTRY_CLIENT_SECRET", "")
    if not url:
        return None
    if not (identifier and secret):
        raise BadSetting("REGISTRY_URL needs REGISTRY_CLIENT_ID and REGISTRY_CLIENT_SECRET beside it")
    where = urlsplit(url)
    if where.scheme != "https" and not (where.scheme == "http" and _is_loopback(where.hostname or "")):
        raise BadSetting("REGISTRY_URL must be https, except on this machine")
    certificate = environment.get("REGISTRY_CLIENT_CERTIFICATE", "")
    try:
        tls(certificate)
    except OSError as failure:
        raise BadSetting(f"REGISTRY_CLIENT_CERTIFICATE cannot be read: {type(failure).__name__}") from None
    proxy = _proxy(environment.get("RECEIVER_PROXY", ""))
    return Client(url, identifier, secret, environment.get("REGISTRY_SCOPE", ""), certificate, proxy)


def _proxy(text: str) -> tuple[str, int] | None:
    """Host and port of ``http://proxy.example:3128``; it sees which host is called, and nothing of what is said."""
    if not text:
        return None
    try:
        where = urlsplit(text)
        host, port = where.hostname, where.port
    except ValueError:
        raise BadSetting("RECEIVER_PROXY is http://host:port") from None
    if where.scheme != "http" or not host or not port or where.username is not None or where.path.strip("/"):
        raise BadSetting("RECEIVER_PROXY is http://host:port, without a name or password")
    return host, port


def _log_keys(vkeys: str, environment: Mapping[str, str]) -> LogKeys | None:
    """None where the court's log is not checked. Raises BadKey."""
    court = _parts(vkeys)
    return log_keys(court, _several(environment, "RECEIVER_LOG_WITNESSES")) if court else None


def _institutions(environment: Mapping[str, str], checks_a_minute: int) -> Institutions:
    tokens: dict[str, bytes] = {}
    for entry in _several(environment, "RECEIVER_INSTITUTIONS"):
        code, _, token = entry.partition("=")
        if not code or len(token) < TOKEN_LEAST or code in tokens:
            raise BadSetting(f"RECEIVER_INSTITUTIONS is code=token, each code once, tokens of {TOKEN_LEAST} or more")
        tokens[code] = token_hash(token)
    return Institutions(tokens, checks_a_minute)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _several(environment: Mapping[str, str], name: str) -> list[str]:
    return _parts(environment.get(name, ""))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
