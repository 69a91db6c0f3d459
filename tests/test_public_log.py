"""The log as anybody reads it: checkpoint, tiles and entries at fixed addresses, and nothing that names anybody."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.test import Client as Browser

from registry.checkpoints import epochs, origin, signing
from registry.models import LogHead
from registry.tree.checkpoints import opened
from registry.tree.hashing import leaf
from registry.tree.tiles import Tile
from sharing.public import log
from tests import cast, logs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def get(address):
    return Browser().get(f"/log/{address}")


def test_the_checkpoint_is_the_signed_note_and_is_not_kept_for_long():
    logs.append(3)
    logs.sign_all()
    answer = get("checkpoint")
    checkpoint, _ = opened(answer.content, origin.keys(1)[0], settings.REGISTRY_LOG_ORIGIN)
    assert checkpoint.size == 3
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Cache-Control"] == "public, max-age=1"


def test_a_complete_tile_is_kept_for_ever():
    entries = logs.append(300)
    logs.sign_all()
    answer = get("tile/0/000")
    assert answer.content == b"".join(map(leaf, entries[:256]))
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Type"] == "application/octet-stream"
    assert not answer.cookies


def test_partial_tiles_and_entries_are_served_as_wide_as_they_are_asked_for():
    entries = logs.append(300)
    logs.sign_all()
    assert get("tile/0/001.p/44").content == b"".join(map(leaf, entries[256:]))
    assert get("tile/entries/001.p/2").content == b"".join(b"\x00\x20" + each for each in entries[256:258])
    assert len(get("tile/1/000.p/1").content) == 32


def test_what_is_not_signed_is_not_shown():
    logs.append(300)
    logs.sign_all()
    logs.append(300)
    assert get("tile/0/001.p/45").status_code == 404
    assert get("tile/entries/001").status_code == 404
    logs.sign_all()
    assert get("tile/entries/001").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["0/0", "0/000.p/256", "0/000.p/0", "64/000", "-1/000", "0/x000/000", "entries/1", "0/../checkpoint", "x"],
)
def test_an_address_of_no_tile_says_so_by_name(address):
    logs.append(300)
    logs.sign_all()
    answer = get(f"tile/{address}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "R-394"
    assert answer["Cache-Control"] == "no-store"


def test_before_anything_is_signed_there_is_no_checkpoint():
    answer = get("checkpoint")
    assert (answer.status_code, answer.json()["code"]) == (503, "R-393")


def test_after_a_restore_the_closed_log_says_where_it_goes_on():
    logs.append(300)
    logs.sign_all()
    assert get("tile/0/000").status_code == 200
    logs.back_to(0)
    logs.append(290)
    signing.sign(now=logs.NOW)
    epochs.open_epoch(because="disk of the database host lost", now=logs.NOW, after=1, seen=305)
    answer = get("checkpoint")
    assert (answer.status_code, answer.json()["code"]) == (410, "R-395")
    assert "/log/2/" in answer.json()["detail"]
    assert get("tile/0/001.p/1").status_code == 410
    log._goes_on.cache_clear()  # a second later
    kept = get("tile/0/000")
    assert (kept.status_code, kept["Cache-Control"]) == (410, "no-store"), "although this process has it at hand"
    checkpoint, _ = opened(get("2/checkpoint").content, origin.keys(2)[0], f"{settings.REGISTRY_LOG_ORIGIN}/2")
    assert checkpoint.size == 290
    assert get("2/tile/0/000").status_code == 200
    page = Browser().get("/log/", headers={"Accept-Language": "en"})
    assert b"disk of the database host lost" in page.content
    assert b"\n300\n" in page.content
    assert b"Others had seen 305 events of the log before." in page.content


@pytest.mark.parametrize("address", ["1/checkpoint", "2/checkpoint", "3/tile/0/000", "0/checkpoint"])
def test_an_epoch_that_is_none_has_no_log(address):
    logs.append(300)
    logs.sign_all()
    assert get(address).status_code == 404


@pytest.mark.parametrize("address", ["tile/entries/000", "tile/0/001.p/44"])
def test_a_row_that_was_deleted_is_named_and_no_fault_of_ours(address):
    logs.append(300)
    logs.sign_all()
    logs.by_hand("DELETE FROM registry_event WHERE position IN (7, 290)")
    answer = get(address)
    assert (answer.status_code, answer.json()["code"]) == (503, "R-398")


@pytest.mark.parametrize("failure", [OperationalError, InterfaceError])
@pytest.mark.parametrize("address", ["checkpoint", "tile/0/000"])
def test_while_the_database_is_away_it_says_when_to_come_back(monkeypatch, failure, address):
    monkeypatch.setattr("sharing.public.log._refuse_closed", lambda epoch: (_ for _ in ()).throw(failure("a detail")))
    answer = get(address)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "R-904", "60")
    assert b"a detail" not in answer.content
    assert answer["Cache-Control"] == "no-store"


def test_only_reading_is_possible():
    logs.sign_all()
    assert Browser().post("/log/checkpoint").status_code == 405
    assert Browser().head("/log/checkpoint").status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_says_where_the_log_stands_and_how_to_check_it(language):
    cast.in_force()
    logs.sign_all()
    page = Browser().get("/log/", headers={"Accept-Language": language}).content.decode()
    assert origin.keys(1)[0].vkey.replace("+", "&#x2B;") in page or origin.keys(1)[0].vkey in page
    assert "verify_log.py" in page
    assert cast.DEFENDANT_NUMBER not in page


def test_the_page_says_that_the_log_is_halted_and_what_is_not_signed_yet():
    assert b"Nothing is signed yet" in Browser().get("/log/", headers={"Accept-Language": "en"}).content
    LogHead.objects.update(halted="older")
    assert b"The log is halted" in Browser().get("/log/", headers={"Accept-Language": "en"}).content


def test_addresses_of_tiles_are_those_of_the_specification():
    logs.append(300)
    logs.sign_all()
    for tile in (Tile(0, 0), Tile(0, 1, 44), Tile(1, 0, 1), Tile(None, 0), Tile(None, 1, 44)):
        assert get(f"tile/{tile.address}").status_code == 200
