"""What opens something is shown once: afterwards it is in no page, no answer, no request that goes out, no mail, no line of
the log, and in the database only sealed or hashed.
"""

from __future__ import annotations

import base64
import hashlib
import html
import logging
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from sharing.delivery import heartbeat, slot
from sharing.delivery.models import Endpoint, EndpointSecret
from sharing.departments import stages, telling
from sharing.departments.portal import urls as department_urls
from sharing.employers.portal import urls as employer_urls
from sharing.parties import members, refused_calls, reminding
from sharing.parties.models import Client, Member, MemberRole, Organisation
from tests import asking, cast
from tests.machines import ELSEWHERE, Program, from_
from tests.receiving import receiver
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.usefixtures("notice_waived")]
PASSWORD = "a long enough phrase"
SHOWN = re.compile(r"<pre[^>]*>REGISTRY_CLIENT_ID=(\S+)\s+REGISTRY_CLIENT_SECRET=([^<\s]+)</pre>")
WHSEC = re.compile(r"whsec_[A-Za-z0-9+/=]+")


def once_of(page):
    """The mark of a form whose answer shows something once."""
    return re.search(r'name="once"\s+value="([^"]+)"', page.content.decode())[1]


def owner_of(organisation, name):
    member = members.take_in(
        organisation, username=name, password=PASSWORD, name=name, email=f"{name}@x.example", role=MemberRole.OWNER
    )
    browser = Browser(headers={"accept-language": "en"}, raise_request_exception=False)
    sign_in(browser, member.account)
    return browser


def forms_of(secret):
    """As it stands, and as a careless line would write it: coded, without its prefix, hashed without a key, in part."""
    text = secret.removeprefix("whsec_")
    raw = base64.b64decode(text) if secret.startswith("whsec_") else text.encode()
    coded = base64.b64encode(text.encode()).decode().rstrip("=")
    return {
        text,
        text.rstrip("="),
        quote(text, safe=""),
        html.escape(text),
        raw.hex(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        coded[:-2],
        hashlib.sha256(raw).hexdigest(),
        hashlib.sha256(text.encode()).hexdigest(),
        text[len(text) // 2 :][:16],
    }


def found_in(where, secrets, tokens=()):
    """Which of the places hold any form of a secret, or a token; of these the database keeps a digest (RFC 9700 §4.17)."""
    forms = set(tokens).union(*map(forms_of, secrets))
    return [name for name, text in where.items() if any(form in text for form in forms)]


def pages_of(browser, urls, name, known):
    """Every page of a portal that can be opened with what is known."""
    read = {}
    for each in urls.urlpatterns:
        try:
            address = reverse(f"{name}:{each.name}", kwargs={n: known[n] for n in each.pattern.converters})
        except (KeyError, NoReverseMatch):
            continue
        read[address] = browser.get(address, follow=True).getvalue().decode(errors="replace")
    return read


def database():
    """Every table as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        rows = {}
        for name in tables:
            cursor.execute(f'SELECT coalesce(string_agg(row_to_json(t)::text, chr(10)), chr(10)) FROM "{name}" AS t')
            rows[name] = cursor.fetchone()[0]
    return rows


@pytest.fixture
def inbox():
    with receiver() as opened:
        yield opened


def test_a_reload_of_the_page_that_shows_an_endpoints_new_secret_leaves_that_one(inbox):
    browser = owner_of(cast.department().organisation, "ou")
    browser.post("/department/endpoints/new/", {"url": inbox.url})
    known = [Endpoint.objects.get().pk]
    sent = {"do": "rotate", "once": once_of(browser.get(reverse("department:endpoint", args=known)))}
    act = reverse("department:endpoint_act", args=known)
    assert WHSEC.search(html.unescape(browser.post(act, sent).content.decode()))
    kept = set(EndpointSecret.objects.values_list("pk", "live_until"))
    again = browser.post(act, sent, follow=True).content.decode()
    assert "This was sent before" in again
    assert set(EndpointSecret.objects.values_list("pk", "live_until")) == kept


def test_of_a_departments_secrets_nothing_is_left_but_where_it_was_shown(inbox, caplog):
    caplog.set_level(logging.DEBUG)
    department = cast.department()
    cast.measure(department)
    browser = owner_of(department.organisation, "ou")
    whsec = WHSEC.search(html.unescape(browser.post("/department/endpoints/new/", {"url": inbox.url}).content.decode()))
    endpoint = Endpoint.objects.get()
    stages.open_without_run(endpoint.pk, because="tests", now=cast.NOW)
    rotated = browser.post(reverse("department:endpoint_act", args=[endpoint.pk]), {"do": "rotate"}, follow=True)
    again = WHSEC.search(html.unescape(rotated.content.decode()))
    made = [SHOWN.search(browser.post(reverse("department:add_key")).content.decode()).groups()]
    answer = browser.post(reverse("department:key", args=[made[0][0]]), {"do": "replace", "overlap": "7"})
    made.append(SHOWN.search(answer.content.decode()).groups())
    secrets = [whsec.group(), again.group(), *(secret for _id, secret in made)]
    assert len(set(secrets)) == 4

    cast.in_force()
    telling.walk(now=timezone.now())
    slot.run()
    Endpoint.objects.update(beat_due=timezone.now())
    heartbeat.beat(now=timezone.now())
    programs = [Program(department.organisation, *each) for each in made]
    for program in programs:
        program.ask_for_token()
    tokens = [program.token for program in programs]
    reads = {str(n): program.call().content.decode() for n, program in enumerate(programs)}
    Organisation.objects.update(networks=["203.0.113.0/24"])
    programs[0].call(**from_(ELSEWHERE))
    refused_calls.tell(now=timezone.now())
    Client.objects.update(last_used_on=timezone.localdate() + timedelta(days=2))
    reminding.remind(now=Client.objects.latest("pk").expires_at - timedelta(days=1))
    assert len(mail.outbox) >= 2
    assert inbox.requests

    known = {"endpoint_id": endpoint.pk, "client_id": made[0][0], "member_id": Member.objects.get().pk}
    pages = pages_of(browser, department_urls, "department", known)
    assert {reverse("department:keys"), reverse("department:key", args=[made[0][0]])} <= pages.keys()
    officer = Browser(headers={"accept-language": "en"})
    sign_in(officer, cast.high_court_registrar().account)
    desk = reverse("sharing_desk:department", args=[department.organisation.code])
    pages[desk] = officer.get(desk).content.decode()
    assert "Programs may call from" in pages[desk]
    places = {
        **pages,
        **reads,
        **{f"request {n}": f"{each.headers} {each.body.decode()}" for n, each in enumerate(inbox.requests)},
        **{f"mail {n}": f"{each.subject} {each.body}" for n, each in enumerate(mail.outbox)},
        **database(),
        "log": caplog.text,
    }
    assert found_in(places, secrets, tokens) == []


def test_of_an_employers_key_nothing_is_left_but_where_it_was_shown(caplog):
    caplog.set_level(logging.DEBUG)
    bank = asking.bank()
    browser = owner_of(bank.organisation, "ou")
    made = SHOWN.search(browser.post(reverse("employer:add_key")).content.decode()).groups()
    program = Program(bank.organisation, *made)
    program.ask_for_token()
    program.call()
    pages = pages_of(browser, employer_urls, "employer", {"client_id": made[0]})
    assert reverse("employer:key", args=[made[0]]) in pages
    assert found_in({**pages, **database(), "log": caplog.text}, [made[1]], [program.token]) == []


@pytest.mark.parametrize("leak", range(10))
def test_a_leak_in_any_form_would_be_found(leak):
    secret = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    form = sorted(forms_of(secret))[leak % len(forms_of(secret))]
    assert found_in({"page": f"a page with {form} in it", "other": "without"}, [secret]) == ["page"]
