"""The judgment's file: attached, removed with a reason, and asked for before approving where the court wants it so."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import given
from registry.actions.purging import destroy_file
from registry.errors import (
    AnotherCourt,
    FileNeeded,
    FileOfPurged,
    FileRemovedByRegistrar,
    FilesOfADecision,
    FileTwice,
    NoSuchFile,
    NotEnterable,
    UnknownCode,
    WrongRole,
)
from registry.models import Decision, DecisionFile, FileKind, FileRemoval, Listing, Officer, Role, State
from registry.pdf import asking

MOST_FILES = 10


def attach_file(decision_id: int, file: bytes, *, kind: str, officer: Officer, now: datetime) -> DecisionFile:
    """Keep a PDF with its decision: looked through, written anew, sealed. Raises WrongRole, AnotherCourt, UnknownCode,
    NotEnterable, FileOfPurged, FileTwice, FilesOfADecision, and what `asking.examine` finds.
    """
    _refuse_not_attaching(decision_id, officer)
    if kind not in FileKind.values:
        raise UnknownCode("kind", value=kind, list=_("kind"))
    found = asking.examine(
        file, most_megabytes=settings.REGISTRY_FILE_MEGABYTES, most_pages=settings.REGISTRY_FILE_PAGES
    )
    row = DecisionFile(decision_id=decision_id, kind=kind, size=len(file), pages=found.pages, officer=officer, at=now)
    row.stripped = list(found.stripped)
    row.sha256, row.kept_sha256 = (hashlib.sha256(each).hexdigest() for each in (file, found.content))
    row.content = found.content
    with transaction.atomic():
        Decision.objects.select_for_update(no_key=True).get(pk=decision_id)
        _refuse_not_keeping(decision_id)
        kept = DecisionFile.objects.filter(decision=decision_id, content_sealed__isnull=False)
        if kept.filter(sha256=row.sha256).exists():
            raise FileTwice("file")
        if kept.count() >= MOST_FILES:
            raise FilesOfADecision("file", most=MOST_FILES)
        row.save()
    return row


def remove_file(file_id: UUID, *, reason: str, officer: Officer, now: datetime) -> None:
    """Destroy its content, with the reason on record. By a clerk of the court while every listing is a draft, later by a
    registrar of the court. Raises NoSuchFile, ReasonNeeded, AnotherCourt, WrongRole, FileRemovedByRegistrar.
    """
    words = given(reason)
    with transaction.atomic():
        row = _kept(file_id)
        Decision.objects.select_for_update(no_key=True).get(pk=row.decision_id)
        refuse_not_removing(row.decision, officer)
        if not destroy_file(row.pk):
            raise NoSuchFile
        removal = FileRemoval(file=row, officer=officer, at=now)
        removal.reason = words
        removal.save()


def refuse_not_removing(decision: Decision, officer: Officer) -> None:
    """Raise AnotherCourt, WrongRole or FileRemovedByRegistrar unless the officer may remove files of the decision now."""
    if officer.role not in (Role.CLERK, Role.REGISTRAR) or not officer.account.is_active:
        raise WrongRole(act=_("remove a file"), roles=f"{Role.CLERK.label}, {Role.REGISTRAR.label}")
    if decision.court_id != officer.court_id:
        raise AnotherCourt
    handed_on = Listing.including_sealed.filter(party__decision=decision).exclude(state=State.DRAFT)
    if officer.role == Role.CLERK and handed_on.exists():
        raise FileRemovedByRegistrar


def files_of(decision: Decision) -> QuerySet[DecisionFile]:
    """Its files without their content; ``kept``: whether there is any still."""
    kept = ExpressionWrapper(Q(content_sealed__isnull=False), output_field=BooleanField())
    rows = DecisionFile.objects.filter(decision=decision).defer("content_sealed").annotate(kept=kept)
    return rows.select_related("officer", "removal__officer")


def refuse_without_file(listings: Sequence[Listing]) -> None:
    """Raise `FileNeeded` where the court approves nothing without the judgment's file, and one is missing."""
    if without_file({row.party.decision_id for row in listings}):
        raise FileNeeded


def without_file(decisions: Collection[int]) -> set[int]:
    """Those of which nothing is approved, for the court wants the judgment's file and it is missing; by their ids."""
    if not settings.REGISTRY_FILE_NEEDED:
        return set()
    judgments = DecisionFile.objects.filter(kind=FileKind.JUDGMENT, content_sealed__isnull=False)
    return set(decisions) - set(judgments.filter(decision__in=decisions).values_list("decision_id", flat=True))


def _refuse_not_attaching(decision_id: int, officer: Officer) -> None:
    if officer.role != Role.CLERK or not officer.account.is_active:
        raise WrongRole(act=_("attach a file"), roles=Role.CLERK.label)
    if Decision.objects.get(pk=decision_id).court_id != officer.court_id:
        raise AnotherCourt
    _refuse_not_keeping(decision_id)


def _refuse_not_keeping(decision_id: int) -> None:
    """The judgment names the sealed party with the others, so that nothing of it comes back in with a file; and where all are
    purged, nobody is left with whom it would go.
    """
    entered = Listing.including_sealed.filter(party__decision=decision_id)
    if entered.exclude(sealed_at=None).exists():
        raise NotEnterable("file")
    if entered.exists() and not entered.exclude(state=State.PURGED).exists():
        raise FileOfPurged("file")


def _kept(file_id: UUID) -> DecisionFile:
    rows = DecisionFile.objects.defer("content_sealed").select_related("decision")
    row = rows.filter(pk=file_id, content_sealed__isnull=False).first()
    if row is None:
        raise NoSuchFile
    return row
