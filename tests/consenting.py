"""Consent that applicants give themselves, in the tests: the bank asks, the defendant of the cast or another answers."""

from __future__ import annotations

import itertools
from datetime import datetime

from sharing.employers import giving, lookup, requesting
from sharing.employers.consent import TypedCode
from sharing.employers.evidence import Evidence
from sharing.employers.lookup import Subject
from sharing.employers.models import ConsentCode, ConsentRequest, Employer
from sharing.employers.requesting import Made, Wanted
from sharing.persons.identity import counter
from sharing.persons.identity.proving import Identity, Proved
from tests import asking, cast

_references = itertools.count(1)


def wanted(**changes: object) -> Wanted:
    facts: dict[str, object] = {
        "purpose": "finance_recruitment",
        "post": "loan_officer",
        "reference": f"application {next(_references)}",
        **changes,
    }
    return Wanted(**facts)  # type: ignore[arg-type]  # the test names the fields


def requested(employer: Employer | None = None, now: datetime = cast.NOW, **changes: object) -> Made:
    employer = employer or asking.bank()
    return requesting.make(wanted(**changes), employer=employer, by=asking.machine(employer.organisation), now=now)


def person(number: str = cast.DEFENDANT_NUMBER, name: str = "高䶮") -> Subject:
    """Somebody whose identity was proved."""
    return lookup.subject(document_type="resident_id", document_number=number, name=name, today=cast.NOW.date())


def proved(number: str = cast.DEFENDANT_NUMBER, name: str = "高䶮", now: datetime = cast.NOW) -> Proved:
    """With a code from the counter of the cast's clerk."""
    identity = Identity(document_type="resident_id", document_number=number, name=name)
    made = counter.make(identity, officer=cast.clerk(), now=now)
    return counter.redeem(made.shown, number[-4:], now=now)


def evidence(now: datetime = cast.NOW) -> Evidence:
    return proved(now=now).evidence


def given(request: ConsentRequest | None = None, by: Subject | None = None, now: datetime = cast.NOW) -> ConsentCode:
    request = request or requested(now=now).request
    return giving.agree(request.pk, request.link_mark, by or person(), evidence=evidence(now), now=now)


def typed(code: ConsentCode) -> TypedCode:
    return TypedCode(code=code.code)
