"""What the log costs: a commitment and its seal, a checkpoint, proofs and tiles of a long log.

`LEAVES=1000000` names how many it has; they stand as 10,000,000 events of nobody.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.utils import timezone
from django.views.static import serve

from registry import log
from registry.checkpoints import guard, proving, signing
from registry.models import Checkpoint, EventType, Listing, LogHead, TreeTile
from registry.models.log import open_parts
from registry.tree import proofs
from registry.tree.hashing import HASH_BYTES, Frontier, leaf, node
from registry.tree.tiles import WIDTH
from registry.verifying import walking
from registry.verifying.events import Opened, Row
from sharing.public import log as pages
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

LEAVES = int(os.environ.get("LEAVES", "10000000"))
CHUNK = 500_000
EVENTS, ROUNDS, TIMES, TILES, STEPS = 2000, 5, 40, 2000, 10
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)

_EVENTS = """
    INSERT INTO registry_event (position, event_id, epoch, type, version, occurred_at, recorded_at, commitment)
    SELECT number, 'evt_' || lpad(number::text, 26, '0'), 1, 'audit.anchored', 0, now(), now(), sha256(number::text::bytea)
    FROM generate_series(%s::bigint, %s::bigint) AS number
"""


def measure(stage: Stage) -> list[Figure]:
    listing = Listing.objects.get(pk=book.fill(1)[0])
    figures = [_appending(stage, listing), _verifying(stage, listing)]
    _grow(stage)
    return [*figures, _checkpoint(stage), *_proofs(stage), _tiles(stage)]


# What an act pays


def _appending(stage: Stage, listing: Listing) -> Figure:
    stage.say("commitments")
    entry = _entry(listing)
    values, floors = [], []
    for _round in range(ROUNDS):
        values.append(_each(lambda number: log._event(entry, number, 1), EVENTS))
        floors.append(_each(lambda number: log.canonical({"position": number, "listing": entry.payload}), EVENTS))
    return Figure(
        name="log-append", unit="ms", values=values, floors=floors, target_of="value", target=1,
        measured=f"one event's canonical bytes, salt, commitment and two seals, {EVENTS:,} in a row",
        floor_is="the canonical bytes alone",
    )  # fmt: skip


def _entry(listing: Listing) -> log.Entry:
    return log.Entry(type=EventType.PUBLISHED, listing=listing, payload=_payload(), occurred_at=NOW)


def _payload() -> dict[str, object]:
    person = {"kind": "natural", "name": "高䶮", "documents": [{"type": "passport", "number": "E00000000"}]}
    return {
        "number": "L-2026-000001",
        "version": 1,
        "state": "active",
        "flags": [],
        "person": person,
        "statement": None,
    }


# Whoever verifies it


def _verifying(stage: Stage, listing: Listing) -> Figure:
    stage.say("verifying")
    opened = [_opened(listing, position) for position in range(1, walking.STEP * STEPS + 1)]
    commitments = [each.row.commitment for each in opened]
    values, floors = [], []
    for _round in range(ROUNDS):
        values.append(len(opened) / seconds(lambda: _verified(opened, commitments)))
        floors.append(len(opened) / seconds(lambda: [_hashed(each) for each in opened]))
    return Figure(
        name="log-verifying", unit="events/s", values=values, floors=floors, target_of="ratio", target=0.2,
        measured="canonical bytes against commitment and columns, and the tree grown, on one core (target 100,000 a second)",
        floor_is="the HMAC of the bytes and two hashes, and nothing else",
    )  # fmt: skip


def _opened(listing: Listing, position: int) -> Opened:
    event, payload = log._event(_entry(listing), position, 1)
    body, salt = open_parts(event.event_id, bytes(payload.body_sealed), bytes(payload.salt_sealed))
    row = Row(
        position, event.event_id, 1, event.type, listing.pk, event.version, NOW, bytes(event.commitment),
        "L-2026-000001", listing.state, b"", b"",
    )  # fmt: skip
    return Opened(row, body, salt)


def _verified(opened: list[Opened], commitments: list[bytes]) -> None:
    frontier = Frontier()
    for begin in range(0, len(opened), walking.STEP):
        step = slice(begin, begin + walking.STEP)
        found, grown = walking.verified(opened[step], commitments[step], frontier)
        expect(not found, "something was found in what is sound")
        frontier = grown.frontier


def _hashed(each: Opened) -> bytes:
    return node(leaf(hmac.digest(each.salt, each.body, "sha256")), each.row.commitment)


# A checkpoint


def _checkpoint(stage: Stage) -> Figure:
    stage.say("checkpoints after one event")
    values, floors = [], []
    for _time in range(TIMES):
        _append_one()
        values.append(seconds(lambda: signing.sign(now=timezone.now())) * 1000)
        floors.append(seconds(_floor_of_signing) * 1000)
    expect(signing.latest().size == LogHead.objects.get().size, "not everything is signed")
    return Figure(
        name="log-checkpoint", unit="ms", values=values, floors=floors, target_of="value", target=5,
        measured=f"a checkpoint after one event behind {LEAVES:,}: grown, signed, guarded and committed, fsync on",
        floor_is="a file written like the guard, and one row committed",
    )  # fmt: skip


def _each(work: Callable[[int], object], times: int) -> float:
    """Milliseconds of one."""
    return seconds(lambda: [work(number) for number in range(times)]) * 1000 / times


def _append_one() -> None:
    with transaction.atomic():
        size = LogHead.objects.get().size
        with connection.cursor() as cursor:
            cursor.execute(_EVENTS, [size + 1, size + 1])
        LogHead.objects.update(size=size + 1)


def _floor_of_signing() -> None:
    guard.write(Path(settings.REGISTRY_LOG_GUARD).read_text())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO benchmark_note (note) VALUES (%s)", ["x" * 300])


# Proofs


def _proofs(stage: Stage) -> list[Figure]:
    stage.say("proofs")
    newest = proving.newest()
    positions = [secrets.randbelow(newest.size) + 1 for _ in range(TIMES)]
    included = [_timed(_included, each, newest) for each in positions]
    grown = [_timed(_grown, each, newest) for each in positions]
    floors = [_timed(_one_tile, each, newest) for each in positions]
    of = f"of a random position of {newest.size:,}"
    floor = "one tile read by its number"
    return [
        Figure(
            name="log-inclusion", unit="ms", values=included, floors=floors, target_of="value", target=5,
            measured=f"the proof {of}, and the commitment, read from the database and verified", floor_is=floor,
        ),
        Figure(
            name="log-consistency", unit="ms", values=grown, floors=floors, target_of="value", target=5,
            measured=f"the proof {of} as an older size, read from the database", floor_is=floor,
        ),
    ]  # fmt: skip


def _timed(work: Callable[[int, Checkpoint], None], position: int, newest: Checkpoint) -> float:
    """In milliseconds."""
    return seconds(lambda: work(position, newest)) * 1000


def _included(position: int, newest: Checkpoint) -> None:
    found = proving.inclusion(position, newest.size, newest=newest)
    proofs.verify_inclusion(leaf(found.commitment), position - 1, newest.size, found.path, bytes(newest.root))


def _grown(position: int, newest: Checkpoint) -> None:
    proving.consistency(position, newest.size, newest=newest)


def _one_tile(position: int, _newest: Checkpoint) -> None:
    TreeTile.objects.values_list("hashes", flat=True).get(level=0, number=(position - 1) // WIDTH // 2)


# Tiles


def _tiles(stage: Stage) -> Figure:
    stage.say("tiles")
    values, floors = [], []
    with TemporaryDirectory() as folder:
        (Path(folder) / "000").write_bytes(secrets.token_bytes(WIDTH * HASH_BYTES))
        for _round in range(ROUNDS):
            values.append(1000 / _each(lambda number: _read(pages.tile, f"0/{number % 100:03d}"), TILES))
            floors.append(1000 / _each(lambda number: _read(serve, "000", document_root=folder), TILES))
    return Figure(
        name="log-tiles", unit="tiles/s", values=values, floors=floors, target_of="ratio", target=0.8,
        measured="complete tiles, a hundred of them again and again, by the view in one process",
        floor_is="django.views.static.serve of one file of that length",
    )  # fmt: skip


def _read(view: Callable[..., HttpResponse | StreamingHttpResponse], address: str, **options: str) -> None:
    name = "path" if options else "address"
    response = view(_request(), **{name: address}, **options)
    content = response.getvalue()
    response.close()
    assert len(content) == WIDTH * HASH_BYTES


def _request() -> HttpRequest:
    return RequestFactory().get("/log/tile/0/000")


# A long log


def _grow(stage: Stage) -> None:
    """Whatever the book has done so far goes: its one listing is not needed any more."""
    stage.say(f"{LEAVES:,} events")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        cursor.execute("CREATE TABLE benchmark_note (id bigserial PRIMARY KEY, note text)")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE registry_event CASCADE")
        for first in range(1, LEAVES + 1, CHUNK):
            cursor.execute(_EVENTS, [first, min(first + CHUNK - 1, LEAVES)])
        cursor.execute("SET session_replication_role = DEFAULT")
    LogHead.objects.update(size=LEAVES)
    stage.say("their tree")
    while signing.sign(now=NOW):
        pass
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registry_event, registry_treetile")
