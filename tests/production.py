"""The security settings that a court runs with, out of a process of its own that reads `deploy/example.env`."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

from config import deployed

HOST, DESK_HOST = "registry.court.example", "desk.court.example"
OF_SECURITY = (
    "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "REGISTRY_ADDRESS", "REGISTRY_DESK_ADDRESS", "MIDDLEWARE", "MESSAGE_STORAGE",
    "CONTENT_SECURITY_POLICY", "X_FRAME_OPTIONS", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD",
    "SECURE_PROXY_SSL_HEADER", "SECURE_REFERRER_POLICY", "SECURE_CONTENT_TYPE_NOSNIFF", "SECURE_CROSS_ORIGIN_OPENER_POLICY",
    "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_DOMAIN",
    "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "CSRF_COOKIE_SAMESITE", "CSRF_COOKIE_DOMAIN",
    "LANGUAGE_COOKIE_NAME", "LANGUAGE_COOKIE_SECURE", "LANGUAGE_COOKIE_HTTPONLY", "LANGUAGE_COOKIE_SAMESITE",
    "WHITENOISE_ALLOW_ALL_ORIGINS", "USE_X_FORWARDED_HOST", "USE_X_FORWARDED_PORT", "DEBUG", "SILENCED_SYSTEM_CHECKS",
    "DATA_UPLOAD_MAX_MEMORY_SIZE", "DATA_UPLOAD_MAX_NUMBER_FIELDS", "DATA_UPLOAD_MAX_NUMBER_FILES",
)  # fmt: skip
READ = "import json,sys; from django.conf import settings; print(json.dumps({n: getattr(settings, n) for n in sys.argv[1:]}))"


@cache
def _read() -> str:
    environment = deployed.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", READ, *OF_SECURITY]
    return subprocess.run(
        command, cwd=deployed.ROOT, env=environment, check=True, capture_output=True, text=True
    ).stdout


def settings_of_security() -> dict[str, Any]:
    """Name → value, as a court's installation has them."""
    return {**json.loads(_read())}


def apply(settings: Any) -> None:
    """To pytest-django's ``settings``."""
    for name, value in settings_of_security().items():
        setattr(settings, name, tuple(value) if name == "SECURE_PROXY_SSL_HEADER" else value)


def securely(path: str) -> dict[str, Any]:
    """How the proxy passes on who asks for the page, by the name at which it is."""
    return {"HTTP_HOST": DESK_HOST if path.startswith("/desk/") else HOST, "HTTP_X_FORWARDED_PROTO": "https"}
