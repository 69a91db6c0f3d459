"""What an officer types at the desk, as the browser would send it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import AccessRecord, Account, Listing, Officer
from tests import cast
from tests.signing_in import sign_in, with_app

Typed = dict[str, Any]

PASSWORD = "correct horse battery staple"


def with_app_and_password(account: Account) -> Account:
    """Who signs in by `PASSWORD` and an authenticator app."""
    account.set_password(PASSWORD)
    account.save()
    return with_app(account)


def at_the_desk(officer: Officer, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    sign_in(client, officer.account)
    return client


def with_a_reason(officer: Officer, *listings: Listing) -> Client:
    """At the desk, having said why these cases of another court are read."""
    browser = at_the_desk(officer)
    for listing in listings:
        browser.post(f"/desk/listings/{listing.number}/why/", {"reason": "a complaint is looked into"})
    return browser


def words(browser: Client, name: str, *args: object, **query: int) -> str:
    """What a page about departments and employers says, without its marks."""
    answer = browser.get(reverse(f"sharing_desk:{name}", args=args), query)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def statements(browser: Client, name: str, *args: object) -> int:
    """How many a page about departments and employers costs that there is."""
    path = reverse(f"sharing_desk:{name}", args=args)
    browser.get(path)  # what is kept in memory is read once
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def decision(**changes: Any) -> Typed:
    """The judgment of `tests.cast`, as typed."""
    typed = {
        "kind": "criminal",
        "number": "（2026）京0105刑初123号",
        "court": "",
        "authority": "",
        "instance": "first",
        "instrument": "judgment",
        "filed_on": "2026-03-02",
        "pronounced_on": "2026年9月1日",
        "prosecutor_received_on": "2026-09-02",
        "facts": ["telecom_fraud_related"],
    }
    return {**typed, **changes}


def circumstances(**changes: Any) -> Typed:
    """The circumstances of `tests.cast`, as typed."""
    typed = {
        "shown": "",
        "channels": ["social_app"],
        **_rows("data", 4),
        "data-0-kind": "phone_number",
        "data-0-records": "52,000",
        **_rows("parties", 1),
        "parties-0-ordinal": "1",
        "parties-0-employed_at_time": "true",
    }
    return {**typed, **changes}


def party(number: str = cast.DEFENDANT_NUMBER, name: str = "高䶮", **changes: Any) -> Typed:
    """The party of `tests.cast`, as typed."""
    typed = {
        "kind": "natural",
        "name": name,
        "charge": "CL 253-1",
        "article": "CL 253-1",
        "offence_dates": "2024-05-06",
        "penalty_kind": "fixed_term",
        "sentence_months": "24",
        "fine_yuan": "20,000",
        "received_on": "2026-09-02",
        **_rows("documents", 2),
        "documents-0-type": "resident_id",
        "documents-0-number": number,
        "documents-1-type": "resident_id",
        **_rows("prohibitions", 2),
        "prohibitions-0-scope": "不得从事个人信息处理相关职业",
        "prohibitions-0-basis": "CL 37-1",
        "prohibitions-0-months": "36",
        "prohibitions-1-basis": "CL 37-1",
    }
    return {**typed, **changes}


def checked(browser: Client, where: str, typed: Typed) -> Any:
    """Filled in, looked at on the page to check, and sent from there, as it stands there. The answer to the last press."""
    shown = browser.post(where, typed, follow=True)
    assert shown.redirect_chain, "what was filled in is sound"
    return browser.post(f"{where}?check", shown.context["carried"])


def as_offered(browser: Client, where: str) -> Typed:
    """What a sheet sends on which nothing was touched."""
    page = browser.get(where).context
    form = page["sheet"].form
    sent = {name: _sent(form[name].value()) for name in form.fields}
    return {**page["carried"], **{name: value for name, value in sent.items() if value is not None}}


def typed_over(browser: Client, listing: Listing, act: str, **changes: Any) -> Any:
    """The answer to a proposal's sheet on which these fields were changed."""
    where = reverse("admin:propose", args=[listing.number, act])
    why = {"reason": "typing error", "ground": "（2026）京0105刑初123号之一"}
    return browser.post(where, {**as_offered(browser, where), **why, **changes})


def looks(officer: Officer) -> list[tuple[str, str]]:
    """(listing, page) of everything the officer was shown, sorted by both: looks of one instant have no order of theirs."""
    return sorted(AccessRecord.objects.filter(officer=officer).values_list("listing_number", "page"))


def _sent(value: Any) -> Any:
    if isinstance(value, bool):
        return "on" if value else None
    return value.isoformat() if isinstance(value, date) else value


def _rows(prefix: str, count: int) -> Typed:
    return {f"{prefix}-TOTAL_FORMS": str(count), f"{prefix}-INITIAL_FORMS": "0"}
