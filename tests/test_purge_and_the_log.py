"""A purge destroys payload and salt: every proof about the log holds as before, and nobody can tell any more what was said."""

from __future__ import annotations

import hmac
from itertools import chain

import pytest
from django.apps import apps
from django.test import Client as Browser

from registry.checkpoints import proving, stored
from registry.keys import KeyUnknown, SealBroken, keyring
from registry.log import commitment
from registry.models import Event, EventPayload
from registry.models.log import open_part
from registry.tree import proofs
from registry.tree.hashing import leaf
from sharing.departments import feed
from sharing.retention import purging
from tests import cast, logs
from tests.purging import confirm_purged, over, walk

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.usefixtures("the_court_has_decided")]

SALT_BYTES = 32


@pytest.fixture
def told(finance):
    """(commitment, body, salt) of each event that a purge destroys, as a department was given them."""
    cast.measure(finance)
    listing = cast.in_force()
    cast.corrected(listing, name="高䶮䶮")
    kept = [opened(event) for event in Event.objects.order_by("position")]
    cast.withdrawn(cast.fresh(listing))
    walk()
    logs.sign_all()
    confirm_purged(finance)
    return kept


def opened(event):
    body, salt = (
        open_part(event.event_id, part, getattr(event.payload, f"{part}_sealed")) for part in ("body", "salt")
    )
    return bytes(event.commitment), body, salt


def purge():
    assert purging.purge(now=over()) == 1


def test_the_tree_and_every_proof_are_what_they_were(told):
    before = proving.newest()
    purge()
    logs.append(3)
    after = logs.sign_all()
    proofs.verify_consistency(
        before.size, bytes(before.root), after.size, bytes(after.root),
        proofs.consistency(stored.tree(after.size), before.size, after.size),
    )  # fmt: skip
    for position, (entry, _body, _salt) in enumerate(told, start=1):
        found = proving.inclusion(position, after.size, newest=after)
        assert found.commitment == entry
        proofs.verify_inclusion(leaf(entry), position - 1, after.size, found.path, bytes(after.root))


def test_neither_body_nor_salt_is_left_anywhere_for_any_live_key(told):
    assert secrets_of(told) & set(everything()), "the search finds what is there"
    purge()
    assert not secrets_of(told) & set(everything())


def test_who_knows_word_for_word_what_was_said_cannot_show_that_it_was(told):
    """Whatever 32 bytes the database holds, none of them is the salt."""
    purge()
    for entry, body, salt in told:
        assert commitment(salt, body) == entry, "with the salt he could"
        for value in everything():
            for start in range(max(len(value) - SALT_BYTES + 1, 0)):
                assert hmac.digest(value[start : start + SALT_BYTES], body, "sha256") != entry


def test_neither_feed_nor_log_gives_them(told, finance):
    purge()
    page = feed.page(finance.pk, 0, 100).as_json()
    bundle = Browser().get(f"/log/tile/entries/000.p/{len(told)}").content
    for entry, body, salt in told:
        assert entry in bundle
        for secret in (body, salt, salt.hex().encode()):
            assert secret not in page
            assert secret not in bundle
    assert EventPayload.objects.count() == 1, "that of the withdrawal, which names nobody"


def secrets_of(told):
    return set(chain.from_iterable((body, salt) for _entry, body, salt in told))


def everything():
    """Every binary value of every table, as it stands and as our keys open it where an event's parts are bound to."""
    places = [
        f"event.{part}.{each}" for each in Event.objects.values_list("event_id", flat=True) for part in ("body", "salt")
    ]
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.all():
            for field in model._meta.concrete_fields:
                value = getattr(row, field.attname)
                if isinstance(value, bytes | memoryview):
                    yield bytes(value)
                    yield from opened_with_our_keys(bytes(value), places)


def opened_with_our_keys(value, places):
    for place in places:
        try:
            yield keyring().open(value, bound_to=place)
        except (SealBroken, KeyUnknown):
            continue
