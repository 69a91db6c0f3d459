"""What lies in an evidence pack, file by file: checks, sample, acts, looks, refusals, settings, versions. No names, no document
numbers, no reasons; officers by staff number.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import translation

from registry import log
from registry.models import AccessRecord, ActRecord, RefusedAct
from registry.spreadsheets import Row, unsealed_csv_file
from sharing import signing
from sharing.audit import checking, sampling
from sharing.audit.checking import Counted, as_text
from sharing.audit.checks.shapes import sealed_numbers
from sharing.audit.models import Pack, Sample
from sharing.audit.populations import keys, moments

MOST = 100_000  # acts, looks and refusals of one pack
LISTED_MOST = 5_000  # rows of one check
NOT_ON_RECORD = "not_on_record"  # in place of a verdict, once findings of that time are destroyed
KEYS_MOST = 200_000  # of the list that a sample was drawn from
LANGUAGES = ("zh-hans", "en")
# What was decided by setting, by name; no key, no password and no server behind the public address is among them.
SETTINGS = (
    *("ENVIRONMENT", "DEBUG", "DEMO", "REGISTRY_ADDRESS", "REGISTRY_TIME_ZONE", "REGISTRY_EFFECT_STARTS"),
    *("REGISTRY_TERM_YEARS", "REGISTRY_TERM_YEARS_ADMINISTRATIVE", "REGISTRY_TERM_YEARS_MOST", "REGISTRY_CLOCKS"),
    *("REGISTRY_EXTRA_HOLIDAYS", "REGISTRY_EXTRA_WORKDAYS", "REGISTRY_RETENTION_DAYS"),
    *("REGISTRY_RETENTION_RECORDS_YEARS", "REGISTRY_NOTICE_WAIVER", "REGISTRY_PUBLIC_NOTICE_DAYS"),
    *("REGISTRY_READINGS_AN_HOUR", "REGISTRY_READINGS_A_DAY", "REGISTRY_NUMBERS_A_DAY"),
    *("SHARING_INFORMATION_ONLY_IDENTITY", "SHARING_SCOPE_LISTING", "SHARING_SHOW_EXEMPT", "SHARING_REPAIR_MONTHS"),
    *("SHARING_REPAIR_MONTHS_BY_PENALTY", "SHARING_ALLOW_HTTP", "SHARING_SCREENINGS_A_DAY"),
    *("SHARING_LOOK_UPS_AN_HOUR", "SHARING_SMALLEST_PUBLISHED", "SHARING_SMALLEST_IN_RELEASE", "SHARING_RESULT_DAYS"),
    *("SHARING_HELD_SHARE", "SHARING_CALLED_SHARE", "SHARING_SUBJECT_A_MONTH", "SHARING_WRONG_CODES_AN_HOUR"),
    *("SHARING_MISMATCHES_ALARM", "SHARING_MONITORED_MOST", "SHARING_WAITING_DAYS", "SHARING_NOTICE_CODE_DAYS"),
    *("REGISTRY_LOG_ORIGIN", "REGISTRY_LOG_GUARD", "SHARING_LOG_WITNESSES", "REGISTRY_KEY_DAYS"),
    *("SHARING_TLS_BITS", "SHARING_CLIENT_CERTIFICATES", "REGISTRY_SERVICE_CERTIFICATES"),
    *("SHARING_IDENTITY_WAYS", "SHARING_PASSKEY_DAYS", "SHARING_EVIDENCE_DAYS", "SESSION_COOKIE_AGE"),
)
README = """Evidence pack {number} of the registry, made {made}.

manifest.json names every file with its SHA-256. manifest.jws is the court's signature over manifest.json (JWS, Ed25519).
docs/auditing.md tells how both are checked without the court; keys: {address}/.well-known/jwks.json.
Nobody is named. Officers stand by their staff numbers, listings by their numbers; sealed listings do not stand here.
"""


def records(pack: Pack) -> int:
    """How many acts, looks and refusals it would hold."""
    return sum(rows.count() for rows in (_acts(pack), _looks(pack), _refusals(pack)))


def files(pack: Pack, *, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Name and content of each, but for the manifest. In the court's own language."""
    with translation.override(settings.LANGUAGE_CODE):
        yield (
            "README.txt",
            README.format(number=pack.number, made=as_text(now), address=settings.REGISTRY_ADDRESS).encode(),
        )
        yield from _of_checks(now)
        if pack.sample is not None:
            yield from _of_sample(pack.sample, now)
        yield "acts.csv", _csv(("listing", "act", "officer", "at", "version"), _lines(_acts(pack), _ACT))
        yield (
            "looks.csv",
            _csv(("listing", "page", "officer", "court", "at", "gave_reason"), _lines(_looks(pack), _LOOK)),
        )
        yield "refused-acts.csv", _csv(("act", "about", "code", "officer", "at"), _lines(_refusals(pack), _REFUSAL))
        yield "settings.json", as_json({name: _plain(getattr(settings, name)) for name in SETTINGS})
        yield "versions.json", as_json(_versions())
        yield "jwks.json", as_json(signing.jwks())


def head_of_log() -> dict[str, int]:
    size, epoch = log.head()
    return {"epoch": epoch, "position": size}


_ACT = ("listing_number", "act", "officer__staff_number", "at", "version")
_LOOK = ("listing_number", "page", "officer__staff_number", "officer__court__code", "at", "gave_reason")
_REFUSAL = ("act", "about", "code", "officer__staff_number", "at")


def _acts(pack: Pack) -> QuerySet[ActRecord]:
    since, before = moments(pack.begins_on, pack.ends_on)
    rows = ActRecord.objects.filter(at__gte=since, at__lt=before)
    rows = rows.exclude(listing_number__in=sealed_numbers()).order_by("at", "pk")
    return rows.filter(listing_number=pack.listing_number) if pack.listing_number else rows


def _looks(pack: Pack) -> QuerySet[Any]:
    """That a reason was given, and not which: its words are the person's to read."""
    since, before = moments(pack.begins_on, pack.ends_on)
    rows = AccessRecord.objects.filter(at__gte=since, at__lt=before)
    rows = rows.exclude(listing_number__in=sealed_numbers()).order_by("at", "pk")
    if pack.listing_number:
        rows = rows.filter(listing_number=pack.listing_number)
    return rows.annotate(gave_reason=ExpressionWrapper(Q(reason_sealed__isnull=False), BooleanField()))


def _refusals(pack: Pack) -> QuerySet[RefusedAct]:
    since, before = moments(pack.begins_on, pack.ends_on)
    rows = RefusedAct.objects.filter(at__gte=since, at__lt=before)
    rows = rows.exclude(about__in=sealed_numbers()).order_by("at", "pk")
    return rows.filter(about=pack.listing_number) if pack.listing_number else rows


def _lines(rows: QuerySet[Any], paths: Iterable[str]) -> Iterator[Row]:
    return ([as_text(value) for value in row] for row in rows.values_list(*paths)[:MOST])


def _of_checks(now: datetime) -> Iterator[tuple[str, bytes]]:
    counted = checking.count_all(now=now)
    yield "checks.json", as_json([_check(each) for each in counted])
    lines = ([each.check.code, str(each.check.name), str(each.count), as_text(each.since), str(each.words)] for each in counted)  # fmt: skip
    yield "checks.csv", _csv(("code", "name", "count", "since", "status"), lines)
    for each in counted:
        if each.count:
            yield f"checks/{each.check.code}.csv", checking.csv_of(each.check, now=now, most=LISTED_MOST)


def _check(each: Counted) -> dict[str, Any]:
    return {
        "code": each.check.code,
        "group": str(each.check.group),
        "severity": str(each.check.severity),
        "name": _both(each.check.name),
        "why": _both(each.check.why),
        "counted": _both(each.check.counted),
        "count": each.count,
        "listed": min(each.count, LISTED_MOST),
        "since": as_text(each.since),
    }


def _both(words: Any) -> dict[str, str]:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = str(words)
    return said


def _of_sample(sample: Sample, now: datetime) -> Iterator[tuple[str, bytes]]:
    """A note that no key opens any more says so: the pack would never be made for its sake."""
    found = sampling.standing(sample)
    without = NOT_ON_RECORD if sampling.outlasts_findings(sample, now=now) else ""
    yield "sample/sample.json", as_json(as_drawn(sample))
    lines = (
        [str(place), key, *([str(each.verdict), each.shown_note, each.officer.staff_number, as_text(each.at)] if each else [without, "", "", ""])]
        for place, key in sampling.shown_rows(sample) for each in [found.get(place)]
    )  # fmt: skip
    yield "sample/findings.csv", _csv(("place", "key", "verdict", "note", "officer", "at"), lines)
    if sample.population <= KEYS_MOST and sampling.is_still_the_same(sample):
        yield "sample/population.txt", "\n".join(keys(sampling.sought_of(sample))).encode()


def as_drawn(sample: Sample) -> dict[str, Any]:
    """All that anybody needs to draw it again, but for the list."""
    return {
        "rule": sampling.RULE,
        "drawn_from": sample.drawn_from,
        "seed": sample.seed,
        "rows": [key for _place, key in sampling.shown_rows(sample)],
        "at": as_text(sample.at),
    }


def _versions() -> dict[str, str]:
    lock = settings.BASE_DIR / "requirements.txt"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (database,) = cursor.fetchone()
    return {
        "api": settings.SPECTACULAR_SETTINGS["VERSION"],
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": database,
        "requirements_sha256": hashlib.sha256(lock.read_bytes()).hexdigest() if lock.exists() else "",
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode()


def _csv(header: Row, rows: Iterable[Row]) -> bytes:
    return b"".join(unsealed_csv_file(header, rows))
