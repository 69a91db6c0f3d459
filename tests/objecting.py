"""Objections in the tests: the defendant of the cast objects, Sun keeps the register, Qian decides, Xu and Ma of the
Third Intermediate Court review; He, Tang and Liu sit in the High Court.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from typing import Any

from registry.models import Listing, Role
from sharing.persons.identity.proving import Identity
from sharing.persons.models import Arrival, Authority, Objection, ObjectionKind, Raiser
from sharing.persons.objections import deciding, raising
from sharing.persons.objections.again import Said
from sharing.persons.objections.lifecycle import UPHOLDING
from sharing.persons.objections.raising import Brought
from tests import cast, consenting, papers

PDF = papers.pdf("an invented paper")
PNG = papers.picture()

_keys = itertools.count(1)


def identity(number: str = cast.DEFENDANT_NUMBER, name: str = "高䶮") -> Identity:
    return Identity(document_type="resident_id", document_number=number, name=name)


def said(listing: Listing | None = None, /, **changes: Any) -> Said:
    found = Said(
        kind=ObjectionKind.OBJECTION,
        form_key=f"form-{next(_keys)}",
        listing=listing.number if listing else "",
        part="term" if listing else "identity",
        words="刑期计算有误，请核对。",
    )
    return replace(found, **changes)


def raised(
    listing: Listing | None = None, /, *, by: Identity | None = None, now: datetime = cast.NOW, **changes: Any
) -> Objection:
    """By the person himself, who proved who he is at the counter."""
    who = by or identity()
    evidence = consenting.proved(who.document_number, who.name, now=now).evidence
    return raising.by_person(said(listing, **changes), who, evidence, now=now)


def brought(now: datetime = cast.NOW, **changes: Any) -> Brought:
    found = Brought(
        raised_by=Raiser.AGENT,
        arrival=Arrival.COUNTER,
        received_on=now.date(),
        authority=Authority.LAWYER,
        name="吴律师",
        contact="示范市示范路3号",
    )
    return replace(found, **changes)


def admitted(listing: Listing, now: datetime = cast.NOW, **changes: Any) -> Objection:
    found = raised(listing, now=now, **changes)
    return deciding.admit(found.number, officer=cast.registrar(), now=now)


def decided(listing: Listing, step: str = "reject", now: datetime = cast.NOW, **changes: Any) -> Objection:
    found = admitted(listing, now=now, **changes)
    return decide(found, step, cast.second_judge(), now)


def decide(
    found: Objection, step: str, officer: Any, now: datetime = cast.NOW, reason: str = "已核对卷宗。"
) -> Objection:
    """One that upholds leads to a correction."""
    follows = "correct" if step in UPHOLDING else ""
    return deciding.decide(found.number, step, officer=officer, now=now, reason=reason, follows=follows)


def served(listing: Listing, step: str = "reject", now: datetime = cast.NOW, **changes: Any) -> Objection:
    found = decided(listing, step, now=now, **changes)
    return deciding.serve(found.number, officer=None, now=now)


def in_review(listing: Listing, now: datetime = cast.NOW) -> Objection:
    found = served(listing, now=now)
    return deciding.ask_review(found.number, words="请上级法院复核。", now=now)


def higher_judge() -> Any:
    """Of the court above the Chaoyang court."""
    return cast._once("J-XU", Role.JUDGE, court="京03", name="徐法官")


def higher_registrar() -> Any:
    return cast._once("R-MA", Role.REGISTRAR, court="京03", name="马登记员")


def high_court_judge() -> Any:
    return cast._once("J-LIU", Role.JUDGE, court="京", name="刘法官")


def fresh(found: Objection) -> Objection:
    return Objection.objects.get(pk=found.pk)
