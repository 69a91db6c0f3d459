"""Numbers that mean nothing any more, or that take away what they are for, beyond an end that is said here: a process does not start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

ID = "registry.E080"


@dataclass(frozen=True)
class Range:
    """``why``: what would be gone beyond ``most``, and below ``least`` where nothing else says so."""

    name: str
    least: float
    most: float
    why: str


RANGES = (
    Range(
        "REGISTRY_SILENT_SECONDS",
        10,
        300,
        "Processes say every 5 s that they live; one that died would count as alive.",
    ),
    Range("REGISTRY_IDLE_MINUTES", 1, 60, "A session would outlive its use for longer than NIST SP 800-63B-4 allows."),
    Range("SHARING_IDLE_MINUTES", 1, 60, "A session would outlive its use for longer than NIST SP 800-63B-4 allows."),
    Range("REGISTRY_KEY_DAYS", 1, 1096, "Nobody would be told that a key is old."),
    Range("REGISTRY_CODES_SECONDS", 0, 60, "A change of a code list would hold in one process and not in another."),
    Range(
        "REGISTRY_IMPORT_HOURS", 1, 720, "What an import waits with, sealed, would lie for ever (docs/importing.md)."
    ),
    Range("REGISTRY_RETENTION_DAYS", 0, 3660, "What is over would never be destroyed (PIPL 47)."),
    Range("REGISTRY_RETENTION_RECORDS_YEARS", 3, 50, "Records would never be destroyed (PIPL 19, 47)."),
    Range("REGISTRY_TERM_YEARS", 1, 50, "A term would not end in any calendar."),
    Range("REGISTRY_TERM_YEARS_ADMINISTRATIVE", 1, 50, "A term would not end in any calendar."),
    Range("REGISTRY_TERM_YEARS_MOST", 1, 50, "A term would not end in any calendar."),
    Range("REGISTRY_CIRCUMSTANCES_DAYS", 0, 366, "Nobody would be reminded of circumstances that are lacking."),
    Range("REGISTRY_PUBLIC_NOTICE_DAYS", 0, 366, "A notice by publication would never count as served."),
    Range("REGISTRY_NUMBERS_A_DAY", 0, 1000, "Document numbers could be read in bulk."),
    Range("REGISTRY_FILE_MEGABYTES", 1, 64, "The virus scanner and the proxy take no larger file (docs/operating.md)."),
    Range("REGISTRY_FILE_PAGES", 1, 5000, "One file would keep a process busy for minutes."),
    Range("SHARING_NOTICE_CODE_DAYS", 1, 1096, "A notice that was lost would open a record for ever."),
    Range("SHARING_REPAIR_MONTHS", 0, 600, "An early end could never be asked for."),
    Range("SHARING_HEARTBEAT_SECONDS", 1, 3600, "A receiver would not learn that it was cut off."),
    Range("SHARING_EVIDENCE_DAYS", 1, 3660, "Evidence packs would be kept for ever."),
    Range("SHARING_CONFORMANCE_SECONDS", 1, 3600, "A conformance run would not end."),
    Range("SHARING_CONFORMANCE_DAYS", 1, 366, "Production would be opened on a test of years ago."),
    Range("SHARING_RESULT_DAYS", 1, 366, "A result would be relied on long after it was given."),
    Range("SHARING_LEAST_SECONDS", 0, 60, "Nobody could send a form."),
    Range("SHARING_WRONG_CODES_AN_HOUR", 1, 1000, "Consent codes could be tried out."),
    Range("SHARING_REGISTRATION_DAYS", 1, 366, "Papers of who asked to be admitted would be kept for ever."),
    Range("SHARING_WAITING_DAYS", 0, 366, "An employer would never decide."),
    Range("SHARING_QUESTION_MAILS_DAYS", 1, 3660, "Mail addresses would be kept for ever."),
    Range("SHARING_PASSKEY_DAYS", 1, 3660, "A passkey would open a person's pages for ever."),
    Range("SHARING_SLOTS", 1, 64, "Each slot takes a worker's process (docs/sizing.md)."),
)


def numbers_are_within_their_ranges(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Not a number, and no end, are in no range."""
    return [
        checks.Error(f"{each.name} is {value}, and {each.least} to {each.most} may be set.", hint=each.why, id=ID)
        for each in RANGES
        if not each.least <= (value := getattr(settings, each.name)) <= each.most
    ]
