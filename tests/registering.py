"""An organisation that registers itself in the tests."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime
from typing import Any

from sharing.employers import registering
from sharing.employers.models import Registration
from sharing.employers.registering import Sent
from tests import cast, papers

USCC = "91110000MA01B2NK7X"
LICENCE = papers.pdf("the licence of an invented organisation")

_keys = itertools.count(1)


def typed(**changes: Any) -> Sent:
    said = Sent(
        name="某银行",
        name_en="Some Bank",
        uscc=USCC,
        address="示范市示范路2号",
        legal_basis="刑法第三十七条之一",
        purposes=("finance_recruitment",),
        contact_name="某联系人",
        email="contact@bank.example",
        phone="010-5550 1234",
    )
    return replace(said, **changes)


def sent(
    *, file: bytes = LICENCE, form_key: str = "", source: str = "192.0.2.1", now: datetime = cast.NOW, **changes: Any
) -> tuple[Registration, str]:
    key = form_key or f"form-{next(_keys)}"
    return registering.send(typed(**changes), file, form_key=key, source=source, now=now)


def confirmed(now: datetime = cast.NOW, **changes: Any) -> Registration:
    """One that the registry sees; the message that asked for it is as if it was sent."""
    found, _secret = sent(now=now, **changes)
    registering.confirm(found.pk, now=now)
    return Registration.objects.get(pk=found.pk)
