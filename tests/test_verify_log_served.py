"""The court's own log as it is served, its feed and its proof files, under the program that anybody checks them with."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from registry.models import Event
from sharing.departments import telling
from sharing.witnesses import asking
from tests import asking as calling
from tests import cast, logs, witnessing
from tests.log_checking import GOOD, NOT_AS_IT_SHOULD_BE, run
from tests.log_server import Served, serving

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
MORE = 300


@pytest.fixture
def door(finance):
    headers = calling.bearer(finance.organisation, ("events",))
    return lambda path: Browser().get(f"/api/v1/{path}", headers=headers)


@pytest.fixture
def cosigned(settings, finance):
    """A listing told to a department, and a log that a witness cosigned."""
    cast.in_force()
    telling.walk(now=cast.NOW)
    with witnessing.witness() as witness:
        settings.SHARING_LOG_WITNESSES = witness.setting
        logs.append(MORE)
        logs.sign_all()
        asking.ask_all(now=logs.NOW)
    return ("--vkey", logs.vkey(), "--witness", logs.WITNESS.key.vkey)


def as_served() -> Served:
    """Every file by its address, taken from the court's own answers."""
    log = Served([bytes(each) for each in Event.objects.order_by("position").values_list("commitment", flat=True)])
    log.files = {name: Browser().get(f"/log/{name}").content for name in log.files}
    return log


def test_what_the_court_serves_tells_and_signs_is_all_good(door, cosigned, tmp_path):
    told, proof = tmp_path / "events.json", tmp_path / "event.tlog-proof"
    told.write_bytes(door("events?after=0").content)
    proof.write_bytes(door("log/proof-file?position=1").content)
    with serving(as_served()) as server:
        for quick in ([], ["--quick"]):
            said = run(server.prefix, *cosigned, "--own", told, *quick)
            assert said.status == GOOD, said
            assert "your own events: 1 as in the log" in said.lines
    assert run("--proof", proof, *cosigned, "--event", told).status == GOOD


def test_an_event_that_was_changed_after_it_was_told_is_named(door, cosigned, tmp_path):
    told = tmp_path / "events.json"
    told.write_bytes(door("events?after=0").content.replace(b'"version":1', b'"version":2'))
    with serving(as_served()) as server:
        said = run(server.prefix, *cosigned, "--own", told)
    assert said.status == NOT_AS_IT_SHOULD_BE
    assert "position 1 evt_" in said.verdict
