"""A purpose is taken from an employer while somebody works on its links: both lock them by their ids, and neither fails."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from sharing.employers import overseeing, requesting
from sharing.employers.models import ConsentRequest, Employer
from sharing.employers.requesting import Wanted
from tests import asking, cast, threads

pytestmark = pytest.mark.django_db(transaction=True)


def locked(request_id: str) -> str:
    return ConsentRequest.objects.select_for_update().get(pk=request_id).pk


def worked_on(*request_ids: str) -> None:
    with transaction.atomic():
        for each in request_ids:
            locked(each)


def narrowed(employer: Employer) -> None:
    entry = replace(overseeing.entry_of(employer), admitted_for=["transport_recruitment"])
    overseeing.amend(employer, entry, officer=cast.high_court_registrar(), reason="narrowed", now=cast.NOW)


def test_neither_waits_for_the_other_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    employer = asking.courier_company()
    wanted = Wanted(purpose="finance_recruitment", post="loan_officer", reference="A-1", days=14)
    made = [
        requesting.make(wanted, employer=employer, by=asking.machine(employer.organisation), now=moment).request.pk
        for moment in (cast.NOW, cast.NOW - timedelta(minutes=1))  # as their rows lie, against the order of their ids
    ]
    first = partial(worked_on, *sorted(made))
    threads.first_paused(monkeypatch, sys.modules[__name__], "locked", first, partial(narrowed, employer))
    assert not ConsentRequest.objects.filter(withdrawn_at=None).exists()
