"""Rotating a book of 100,000 rows from one suite to the other; and what sealing, opening and digesting cost in each."""

from __future__ import annotations

import os
from functools import partial

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings

from registry.keys import DigestKeys, Keyring, new_key
from registry.models import IdentityDocument, Person, PersonKind
from registry.storing import store
from registry.suites import GM, SUITES, Suite
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

DOCUMENTS, CHUNK, VALUES = 50_000, 500, 20_000
MEASURED = (
    "s for `manage.py rotate_keys` from intl to gm over {documents:,} persons and as many documents: {rows:,} values sealed anew "
    "and as many digested anew, in transactions of {chunk}, fsync on"
)
FLOOR = "as many rows with as many values changed, in transactions of {chunk}, by SQL alone"


def measure(stage: Stage) -> list[Figure]:
    stage.say(f"{DOCUMENTS:,} documents")
    for start in range(0, DOCUMENTS, 10_000):
        _fill(start, 10_000)
    floor = seconds(_floor)
    rings = {
        "REGISTRY_DATA_KEYS": f"{new_key(2, GM)},{settings.REGISTRY_DATA_KEYS}",
        "REGISTRY_DIGEST_KEYS": f"{new_key(2, GM, digests=True)},{settings.REGISTRY_DIGEST_KEYS}",
    }
    with override_settings(**rings):
        connection.close()  # the new versions are noted by the next one
        rotated = seconds(partial(call_command, "rotate_keys"))
        ring = Keyring(rings["REGISTRY_DATA_KEYS"])
        heads = Person.objects.values_list("name_sealed", flat=True)
        expect({ring.version(bytes(each)) for each in heads} == {2}, "something was skipped")
    said = {"documents": DOCUMENTS, "rows": 2 * DOCUMENTS, "chunk": CHUNK}
    return [
        Figure(
            name="keys", unit="s", values=[rotated], floors=[floor], target_of="value", target=300,
            measured=MEASURED.format(**said), floor_is=FLOOR.format(**said),
        ),
        *(figure for suite in SUITES.values() for figure in _of(suite)),
    ]  # fmt: skip


def _fill(start: int, count: int) -> None:
    persons, documents = [], []
    for place in range(start, start + count):
        person = Person(kind=PersonKind.NATURAL)
        person.name = f"张{place}"
        document = IdentityDocument(person=person, type="passport_cn")
        document.number = f"E{place:08}"
        persons.append(person)
        documents.append(document)
    with transaction.atomic():
        store(persons)
        store(documents)


def _floor() -> None:
    """Two tables, in each of which a sealed value and a digest of every row change."""
    for table in ("registry_person", "registry_identitydocument"):
        copy = f"benchmark_{table}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"INSERT INTO {copy} TABLE {table}")
            cursor.execute(f"SELECT id FROM {copy} ORDER BY id")
            ids = [key for (key,) in cursor.fetchall()]
        sealed, digest = ("name_sealed", "name_digest") if table == "registry_person" else ("number_sealed", "digest")
        for start in range(0, len(ids), CHUNK):
            rows = [(os.urandom(60), os.urandom(32), key) for key in ids[start : start + CHUNK]]
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(f"UPDATE {copy} SET {sealed} = %s, {digest} = %s WHERE id = %s", rows)


def _of(suite: Suite) -> list[Figure]:
    """Against the other suite's: which of them a court takes costs so much."""
    other = next(each for each in SUITES.values() if each is not suite)
    return [
        Figure(
            name=f"keys: {what} {suite.name}", unit="µs", values=[work(suite)], floors=[work(other)], target_of="value",
            target=200, measured=f"one value {what}, mean of {VALUES:,}", floor_is=f"the same in suite {other.name}",
        )
        for what, work in (("sealed and opened", _sealing), ("digested", _digesting))
    ]  # fmt: skip


def _sealing(suite: Suite) -> float:
    ring = Keyring(new_key(1, suite))

    def work() -> None:
        for _value in range(VALUES):
            ring.open(ring.seal("张三丰".encode(), bound_to="person.name.7"), bound_to="person.name.7")

    return seconds(work) / VALUES * 1_000_000


def _digesting(suite: Suite) -> float:
    ring = DigestKeys(new_key(1, suite, digests=True))

    def work() -> None:
        for _value in range(VALUES):
            ring.digest("resident:110105199001011234")

    return seconds(work) / VALUES * 1_000_000
