"""The desk's navigation offers each role its own pages and says which of them is in view."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import translation

from registry.admin.navigation import entries_for
from tests import cast, desk
from tests.auditing import auditor

pytestmark = pytest.mark.django_db


def offered(officer, path="/elsewhere/"):
    with translation.override("en"):
        return {str(entry.label): entry.current for entry in entries_for(officer, path)}


def test_each_role_is_offered_what_it_does():
    clerk, judge, auditing = offered(cast.clerk()), offered(cast.judge()), offered(auditor())
    assert {"Enter a decision", "Imports", "Counter code"} <= set(clerk)
    assert not {"Enter a decision", "Imports", "Counter code", "Departments"} & set(judge)
    assert {"Audit", "Readings", "Statistics"} <= set(auditing)
    assert "Find by document number" not in auditing
    assert "Sealing" in offered(cast.high_court_registrar())
    assert "Sealing" not in offered(cast.registrar())
    assert set(offered(cast.security_administrator())) == {"My work", "Officers", "Locked accounts"}
    assert set(offered(cast.system_administrator())) == {"My work", "System"}


def test_every_page_that_is_offered_opens():
    administrators = (auditor(), cast.security_administrator(), cast.system_administrator())
    for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.high_court_registrar(), *administrators):
        browser = desk.at_the_desk(officer)
        for entry in entries_for(officer, "/"):
            answer = browser.get(entry.address)
            assert answer.status_code == 200, (officer.role, entry.address)
            marked = re.findall(r'<a href="([^"]+)" aria-current="page">', answer.text)
            assert entry.address in marked, (officer.role, entry.address)


def test_a_page_below_belongs_to_the_entry_above_it_and_all_belong_to_no_first_page():
    below = offered(cast.clerk(), f"{reverse('admin:imports')}new/")
    assert {label for label, current in below.items() if current} == {"Imports"}
    assert below["Imports"] == "true"


def test_nobody_without_an_appointment_is_offered_anything(client):
    assert b"desk-nav" not in client.get(reverse("admin:login")).content
