"""A collector is reached by TLS, or on this machine; and what speaks with it is installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

SETTING = "OTEL_EXPORTER_OTLP_ENDPOINT"
PACKAGE = "opentelemetry"
TLS = "Name it as https://collector.internal:4318, or as http:// on the loopback of this machine."
INSTALL = "Install it: python deploy/install.py requirements-spans.txt"


def collector_can_be_told(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    return list(_faults(settings.OTEL_EXPORTER_OTLP_ENDPOINT)) if settings.OTEL_EXPORTER_OTLP_ENDPOINT else []


def _faults(address: str) -> Iterator[checks.CheckMessage]:
    parts = urlsplit(address)
    if not (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))):
        yield checks.Error(f"{SETTING} is not reached by TLS.", hint=TLS, id="registry.E069")
    if find_spec(PACKAGE) is None:
        yield checks.Error(f"{SETTING} is set, and OpenTelemetry is not installed.", hint=INSTALL, id="registry.E070")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
