"""Consents on signed forms, in parts as they arrive: a list of HR's keys with each form's fingerprint and date.

A list names its persons again, in itself or by the file that the campaign was begun with: until a form is there the
register keeps nobody who could be asked about. From then on he is kept sealed until he is asked, for a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from registry import bell
from registry.actions.acting import today
from registry.errors import (
    CampaignOver,
    EmployerSuspended,
    FileTooLarge,
    FormNotWanted,
    NoSuchRow,
    NothingToAsk,
    PeopleNotNamed,
    Refusal,
    RowOfAnotherPerson,
)
from sharing.employers import lookup, numbers_refused, rows, uploads
from sharing.employers.batch import FaultsFound
from sharing.employers.campaign_consent import TASK, means
from sharing.employers.campaigns import board, links, making
from sharing.employers.campaigns.making import MOST_ROWS, locked
from sharing.employers.consent import LONGEST_DAYS
from sharing.employers.lookup import Subject
from sharing.employers.models import Campaign, CampaignRow, ConsentRequest, Employer, RowState
from sharing.employers.rows import Fault, Signed
from sharing.employers.uploads import Cell, Raw

CHUNK = 500
PERSON = ("name", "document_type", "document_number")
WANTED = frozenset({RowState.OPEN, RowState.ANOTHER, RowState.EXPIRED, RowState.REFUSED})

GIVE = """
UPDATE employers_campaignrow AS row
SET sealed = given.sealed, form_sha256 = given.form, signed_on = given.signed_on, consent_until = given.until,
    given_at = %(now)s, request_id = NULL, is_anothers = false, refusals = NULL
FROM (SELECT unnest(%(ids)s::bigint[]) AS id, unnest(%(sealed)s::bytea[]) AS sealed, unnest(%(forms)s::text[]) AS form,
             unnest(%(days)s::date[]) AS signed_on, unnest(%(until)s::timestamptz[]) AS until) AS given
WHERE row.id = given.id
"""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """How many rows have a form now that had none before, and what was wrong with the others, which were left out."""

    count: int
    faults: Sequence[Fault]


class _Form(NamedTuple):
    row: Signed
    subject: Subject


_Checked = list[_Form | list[Fault]]
_Right = list[tuple[CampaignRow, Signed]]


def read(manifest: bytes, people: bytes | None, signed_on: str) -> list[Raw]:
    """The rows of a list as they are to be judged. ``people``: the file of applicants, where the list names none;
    ``signed_on``: the date of forms without one.

    PeopleNotNamed; the refusals of `uploads.read`, on ``manifest`` or ``people``.
    """
    needed = ("key", "document_sha256")
    listed = list(uploads.read(manifest, most_rows=MOST_ROWS, needed=needed, field="manifest"))
    if people is None and not listed[0].cells.keys() >= set(uploads.NEEDED):
        raise PeopleNotNamed("people")
    named = {} if people is None else _people(people)
    return [_whole(raw, named, signed_on) for raw in listed]


def give(campaign_id: str, raws: Sequence[Raw], *, employer: Employer, now: datetime, anyway: bool = False) -> Taken:
    """These rows' consents are there. ``anyway``: rows that are right are taken though others are not.

    EmployerSuspended; NoSuchCampaign, CampaignOver; NothingToAsk, FileTooLarge. FaultsFound: what is wrong, row by row.
    """
    if employer.organisation.suspended_at is not None:
        raise EmployerSuspended
    if not raws:
        raise NothingToAsk("forms")
    if len(raws) > MOST_ROWS:
        raise FileTooLarge("forms", megabytes=uploads.MEGABYTES, rows=MOST_ROWS)
    checked = _checked(raws, making.own(employer.pk, campaign_id), today(now))
    numbers_refused.note_all(_refusals(checked), employer.pk, today(now))
    with transaction.atomic():
        campaign = locked(employer.pk, campaign_id)
        if not board.takes_consents(campaign, now):
            raise CampaignOver
        links.lock(campaign)
        right, faults = _judged(campaign, checked, now)
        if faults and not anyway:
            raise FaultsFound(faults)
        former = ConsentRequest.objects.filter(pk__in=[row.request_id for row, _form in right if row.request_id])
        for start in range(0, len(right), CHUNK):
            _give(right[start : start + CHUNK], now)
        former.filter(given_code=None).delete()
        former.filter(withdrawn_at=None).update(withdrawn_at=now)
        if right:
            transaction.on_commit(partial(bell.send, TASK), robust=True)
    return Taken(count=len(right), faults=faults)


def _people(file: bytes) -> dict[str, Raw]:
    listed = uploads.read(file, most_rows=MOST_ROWS, needed=("key", *uploads.NEEDED), field="people")
    return {raw.cells["key"].text: raw for raw in listed}


def _whole(raw: Raw, named: Mapping[str, Raw], signed_on: str) -> Raw:
    cells = {column: cell for column, cell in raw.cells.items() if column != "code"}
    known = named.get(cells.get("key", Cell()).text)
    if known is not None:
        cells = {**cells, **{column: known.cells.get(column, Cell()) for column in PERSON}}
    if not cells.get("signed_on", Cell()).text:
        cells["signed_on"] = Cell(signed_on)
    return Raw(raw.row, cells, known.row if known else None)


def _checked(raws: Sequence[Raw], campaign: Campaign, day: date) -> _Checked:
    """Of a key that the campaign does not have nothing else is said."""
    keys = set(campaign.rows.exclude(number_digest=None).values_list("key", flat=True)) | {""}
    unknown = [raw for raw in raws if raw.cells.get("key", Cell()).text not in keys]
    strange: _Checked = [[Fault(raw.row, "key", NoSuchRow("key"))] for raw in unknown]
    known = [raw for raw in raws if raw.cells.get("key", Cell()).text in keys]
    return strange + _meant(rows.check_signed(known, today=day), day)


def _refusals(checked: _Checked) -> Iterator[Refusal]:
    return (fault.refusal for each in checked if isinstance(each, list) for fault in each)


def _meant(checked: Iterable[Signed | list[Fault]], day: date) -> _Checked:
    """Each form with its subject: computed here, for a transaction would wait idle with its locks meanwhile."""
    return [each if isinstance(each, list) else _Form(each, _subject(each, day)) for each in checked]


def _subject(form: Signed, day: date) -> Subject:
    return lookup.subject(
        document_type=form.document_type, document_number=form.document_number, name=form.name, today=day
    )


def _judged(campaign: Campaign, checked: _Checked, now: datetime) -> tuple[_Right, list[Fault]]:
    forms = [each for each in checked if isinstance(each, _Form)]
    faults = [fault for each in checked if isinstance(each, list) for fault in each]
    own = {row.key: row for row in board.rows(campaign, now).exclude(number_digest=None)}
    right: _Right = []
    for form, subject in forms:
        row = own[form.key]
        wrong = list(_wrong(row, form, subject))
        faults += wrong
        if not wrong and getattr(row, board.STATE) in WANTED:
            right.append((row, form))
    return right, sorted(faults, key=lambda fault: fault.row)


def _wrong(row: CampaignRow, form: Signed, subject: Subject) -> Iterator[Fault]:
    """A form that the row has already is no fault: the same list may come again."""
    if not means(row, subject):
        yield rows.fault(form, "document_number", RowOfAnotherPerson("document_number"))
    elif getattr(row, board.STATE) not in WANTED and row.form_sha256 != form.form.document_sha256:
        yield Fault(form.row, "key", FormNotWanted("key"))


def _give(right: Sequence[tuple[CampaignRow, Signed]], now: datetime) -> None:
    for row, form in right:
        row.person = {"type": form.document_type, "number": form.document_number, "name": form.name}
    facts: dict[str, Any] = {
        "now": now,
        "ids": [row.pk for row, _form in right],
        "sealed": [row.sealed for row, _form in right],
        "forms": [form.form.document_sha256 for _row, form in right],
        "days": [form.form.signed_on for _row, form in right],
        "until": [_until(form.form.signed_on) for _row, form in right],
    }
    with connection.cursor() as cursor:
        cursor.execute(GIVE, facts)


def _until(signed_on: date) -> datetime:
    """The end of the last day on which the form counts."""
    day = signed_on + timedelta(days=LONGEST_DAYS + 1)
    return datetime.combine(day, time.min, ZoneInfo(settings.REGISTRY_TIME_ZONE))
