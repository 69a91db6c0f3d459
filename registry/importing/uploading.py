"""A file at its upload: it is looked at, and kept sealed until a worker reads it (`reading_in`)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import hold_court
from registry.errors import ImportsHeld, WrongRole
from registry.importing import reading, sealed_file
from registry.models import Import, Officer, Role
from registry.models.imports import OPEN

UNREAD_HOURS = 6  # of a file that nobody comes to read; as a rule it takes a minute


def upload(file: bytes, *, officer: Officer, now: datetime) -> Import:
    """The file, kept to be read; by a clerk, for the clerk's own court.

    WrongRole; ImportsHeld; the refusals of `reading.look`.
    """
    if officer.role != Role.CLERK or not officer.account.is_active:
        raise WrongRole(act=_("import old decisions"), roles=Role.CLERK.label)
    _refuse_more_held(officer)
    made = Import(
        court=officer.court,
        uploaded_by=officer,
        uploaded_at=now,
        lines=reading.look(file),
        keep_until=now + timedelta(hours=min(UNREAD_HOURS, settings.REGISTRY_IMPORT_HOURS)),
        due_at=now,
    )
    with transaction.atomic():
        made.save(force_insert=True)
        sealed_file.keep(made, file)
        hold_court(officer)  # of many uploads at once each sees those before it
        _refuse_more_held(officer, besides=made)
    return made


def _refuse_more_held(officer: Officer, besides: Import | None = None) -> None:
    held = Import.objects.filter(court=officer.court_id, state__in=OPEN)
    if besides is not None:
        held = held.exclude(pk=besides.pk)
    most: int = settings.REGISTRY_IMPORTS_HELD
    if held.count() >= most:
        raise ImportsHeld("file", most=most)
