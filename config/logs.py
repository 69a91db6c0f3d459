"""How every process of the court writes its log: one handler, one JSON object a line in production (docs/logging.md).

`REGISTRY_LOG_FORMAT` is "json" or "lines"; a developer is shown lines. Both leave out the same. The settings, and the web
server's own process before it has any, take `configuration` from here.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from config.masking import masked
from config.redaction import printable
from config.reference import NO_REFERENCE

JSON, LINES = "json", "lines"
FORMATS = {JSON: {"()": "config.logs.JsonLines"}, LINES: {"()": "config.logs.PlainLines"}}
PLAIN = "%(asctime)s %(levelname)s %(name)s %(reference)s %(message)s"
# What libraries hang on a record: whole requests, sockets, arguments of tasks. Only what is named is written.
WRITTEN = ("status_code", "duration_ms", "task", "event")


class PlainLines(logging.Formatter):
    """For people: what was said is one line, a traceback follows it."""

    def __init__(self) -> None:
        super().__init__(PLAIN, defaults={"reference": NO_REFERENCE})

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        record.message = printable(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record), record)


class JsonLines(JsonFormatter):
    """One event, one line, one JSON object in ASCII, so that nothing in it ends the line or commands a terminal."""

    def __init__(self) -> None:
        super().__init__("%(message)s", reserved_attrs=RESERVED_ATTRS)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in log_data.items() if value not in (None, "")}

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        log_data["process"] = record.process
        log_data["reference"] = getattr(record, "reference", "")
        log_data["message"] = masked(record.getMessage(), record)
        for name in WRITTEN:
            value = getattr(record, name, None)
            log_data[name] = value if isinstance(value, int | float) else masked(str(value or ""), record)
        log_data["error"] = masked(message_dict.get("exc_info") or "", record)


def configuration(form: str, level: str) -> dict[str, Any]:
    """For `logging.config.dictConfig`. KeyError for a form that is neither "json" nor "lines"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"reference": {"()": "config.reference.ReferenceFilter"}},
        "formatters": {"line": FORMATS[form]},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["reference"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.db.backends": {"level": "WARNING"},
            "fido2": {"level": "WARNING"},  # else it names each credential that is made or used
            "oauthlib": {"level": "WARNING"},  # else it repeats each token that is given
            # Named here, they lose the handlers that they bring along.
            **{name: {"propagate": True} for name in ("django", "django.server", "gunicorn.error", "gunicorn.access")},
        },
    }


def from_environment() -> dict[str, Any]:
    """As the settings would have it, for a process that has none yet."""
    in_development = os.environ.get("REGISTRY_ENVIRONMENT", "development") in {"development", "demo"}
    form = os.environ.get("REGISTRY_LOG_FORMAT") or (LINES if in_development else JSON)
    return configuration(form, os.environ.get("LOG_LEVEL", "INFO"))
