"""Evidence packs: asked for, made in the background, signed, kept sealed for their days, taken on record, emptied."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from registry import bell
from registry.actions.acting import today
from registry.errors import (
    NoSuchListing,
    NoSuchPack,
    PackDamaged,
    PackGone,
    PackNotReady,
    TooMuchForOnePack,
)
from registry.keys import KeyUnknown, SealBroken
from registry.models import Listing, Officer
from registry.overseeing import refuse_unless_high_court
from registry.turns import Lock, wait_for
from sharing import signing
from sharing.audit import evidence, sampling
from sharing.audit.checking import as_text
from sharing.audit.checks.shapes import HIDDEN, sealed_numbers
from sharing.audit.models import Pack, PackTaken

TASK = "sharing.make_packs"
TYPE = "evidence-pack+jwt"
MANIFEST, SIGNATURE = "manifest.json", "manifest.jws"
FORMAT = 1
LEASE = timedelta(minutes=2)  # longer than a task may take
LISTING = re.compile(rb"L-\d{4}-\d+", re.ASCII)

logger = logging.getLogger(__name__)


def ask(*, begins: date, ends: date, listing_number: str, sample_number: str, officer: Officer, now: datetime) -> Pack:
    """``listing_number`` and ``sample_number``: "" for none. HighCourtNeeded; PeriodBackwards, PeriodNotOver, PeriodTooLong;
    NoSuchListing, NoSuchSample; TooMuchForOnePack.
    """
    refuse_unless_high_court(officer)
    sampling.refuse_period(begins, ends, now=now)
    if listing_number and not Listing.objects.filter(number=listing_number).exists():
        raise NoSuchListing("listing_number")
    sample = sampling.sample_called(sample_number) if sample_number else None
    pack = Pack(
        begins_on=begins, ends_on=ends, listing_number=listing_number, sample=sample, officer=officer, asked_at=now
    )
    held = evidence.records(pack)
    if held > evidence.MOST:
        raise TooMuchForOnePack("ends", count=held, most=evidence.MOST)
    with transaction.atomic():
        wait_for(Lock.PACKS)
        pack.number = sampling.next_number(Pack, "E", now)
        pack.save(force_insert=True)
        transaction.on_commit(partial(bell.send, TASK), robust=True)
    return pack


def pack_called(number: str) -> Pack:
    """Raises `NoSuchPack`."""
    found = Pack.objects.select_related("officer__court", "sample").filter(pk=number).first()
    if found is None:
        raise NoSuchPack
    return found


def make_one(*, now: datetime) -> bool:
    """Make the pack that has waited for longest. False: there is none, or another worker is at it."""
    found = _leased(now)
    if found is None:
        return False
    archive, signature = _made(found, now)
    found.content = archive
    _unmade(found.pk).update(
        made_at=now,
        content_sealed=found.content_sealed,
        size=len(archive),
        sha256=hashlib.sha256(archive).hexdigest(),
        signature=signature,
        keep_until=today(now) + timedelta(days=settings.SHARING_EVIDENCE_DAYS),
        making_until=None,
    )
    return True


def is_due(now: datetime) -> bool:
    return _waiting(now).exists()


def take(pack: Pack, *, officer: Officer, now: datetime) -> bytes:
    """The archive, once it is on record who took it. HighCourtNeeded, PackNotReady, PackDamaged; PackGone: its days are over, or
    it names a listing that is sealed, and is emptied.
    """
    refuse_unless_high_court(officer)
    if pack.made_at is None:
        raise PackNotReady
    if pack.content_sealed is None:
        raise PackGone
    archive = _as_made(pack)
    if archive is None:
        raise PackDamaged
    if _names_sealed(archive):
        _empty(_kept().filter(pk=pack.pk), now)
        raise PackGone
    PackTaken.objects.create(pack=pack, officer=officer, at=now)
    return archive


def destroy(*, now: datetime) -> int:
    """Empty what has been kept for its days, and what names a listing that is sealed; how many. Run by the clock."""
    return _empty(_kept().filter(keep_until__lt=today(now)), now) + _empty_what_names_sealed(now)


def listings_said(packs: Iterable[Pack]) -> Mapping[str, str]:
    """Pack → the one listing that it is of, `HIDDEN` where that one was sealed since; "" for every listing."""
    of = {pack.number: pack.listing_number for pack in packs}
    sealed = set(sealed_numbers().filter(number__in=set(of.values()) - {""}))
    return {number: HIDDEN if listing in sealed else listing for number, listing in of.items()}


def file_name(pack: Pack) -> str:
    """By date and number."""
    assert pack.made_at is not None
    return f"evidence-{today(pack.made_at):%Y%m%d}-{pack.number}.zip"


def _kept() -> QuerySet[Pack]:
    return Pack.objects.filter(content_sealed__isnull=False)


def _empty(packs: QuerySet[Pack], now: datetime) -> int:
    return packs.update(content_sealed=None, destroyed_at=now)


def _empty_what_names_sealed(now: datetime) -> int:
    """One after the other, for each is opened; none where nothing was sealed since the oldest was begun."""
    newest = Listing.including_sealed.aggregate(at=Max("sealed_at"))["at"]
    if newest is None:
        return 0
    before = _kept().filter(made_at__lte=newest + LEASE).order_by("made_at").values_list("pk", flat=True)
    found = [number for number in before if _is_to_go(Pack.objects.get(pk=number))]
    return _empty(_kept().filter(pk__in=found), now)


def _is_to_go(pack: Pack) -> bool:
    """What is damaged is not handed out in any case, and stays until somebody looked at it or its days are over."""
    archive = _as_made(pack)
    return archive is not None and _names_sealed(archive)


def _as_made(pack: Pack) -> bytes | None:
    """None: it is another one, or nobody can open it."""
    try:
        archive = pack.content
    except (SealBroken, KeyUnknown) as error:
        logger.error("evidence pack %s cannot be opened: %s", pack.pk, type(error).__name__)
        return None
    return archive if hashlib.sha256(archive).hexdigest() == pack.sha256 else None


def _names_sealed(archive: bytes) -> bool:
    """Whether any file of it names a listing that is sealed by now, whatever it was when the pack was made."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        named = {each for name in opened.namelist() for each in LISTING.findall(opened.read(name))}
    return sealed_numbers().filter(number__in=[each.decode() for each in named]).exists()


def _leased(now: datetime) -> Pack | None:
    found = _waiting(now).select_related("sample", "officer").order_by("asked_at").first()
    if found is None or not _waiting(now).filter(pk=found.pk).update(making_until=now + LEASE):
        return None
    return found


def _waiting(now: datetime) -> QuerySet[Pack]:
    return Pack.objects.filter(Q(making_until=None) | Q(making_until__lte=now), made_at=None)


def _unmade(number: str) -> QuerySet[Pack]:
    return Pack.objects.filter(pk=number, made_at=None)


def _made(pack: Pack, now: datetime) -> tuple[bytes, str]:
    """The archive and the signature in it."""
    files = dict(evidence.files(pack, now=now))
    manifest = _manifest(pack, files, now)
    claims = {
        "iss": settings.REGISTRY_ADDRESS,
        "sub": pack.number,
        "iat": int(now.timestamp()),
        "manifest": hashlib.sha256(manifest).hexdigest(),
    }
    signature = signing.sign_result(claims, typ=TYPE)
    return _zipped([*files.items(), (MANIFEST, manifest), (SIGNATURE, signature.encode())], now), signature


def _manifest(pack: Pack, files: Mapping[str, bytes], now: datetime) -> bytes:
    said: dict[str, Any] = {
        "format": FORMAT,
        "number": pack.number,
        "period": {"begins": pack.begins_on.isoformat(), "ends": pack.ends_on.isoformat()},
        "listing": listings_said([pack])[pack.number] or None,
        "sample": pack.sample_id,
        "asked_by": pack.officer.staff_number,
        "asked_at": as_text(pack.asked_at),
        "made_at": as_text(now),
        "log": evidence.head_of_log(),
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in files.items()
        },
    }
    return json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True).encode()


def _zipped(files: Iterable[tuple[str, bytes]], now: datetime) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files:
            part = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            opened.writestr(part, content)
    return archive.getvalue()
