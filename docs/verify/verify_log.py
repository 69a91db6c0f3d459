"""Is the court's public log one history for everybody, and does it hold what you were told?

    python verify_log.py https://host/log/ --vkey KEY [--witness KEY ...] [--state FILE] [--own FILE ...] [--quick]
    python verify_log.py --proof FILE.tlog-proof --vkey KEY [--witness KEY ...] [--event FILE.json]

Python 3.11 or later and one package: cryptography. It stands on RFC 6962 and 9162 (hashes, proofs) and on C2SP
signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles and tlog-proof. Exit status: 0 all good, 1 it could not be
checked, 2 the log or your list is not as it should be. The last line is the verdict.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import hmac
import http.client
import itertools
import json
import os
import re
import sqlite3
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import index
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH, HASH, ENTRY = 256, 32, 34  # hashes in a tile; bytes of a hash; bytes of an entry with its length before it
ENTRIES = "entries"
LOG_KIND, WITNESS_KIND = 0x01, 0x04
MOST_LEAVES, MOST_NOTE = 1 << 40, 1_000_000
LAST_SECOND = 253_402_300_799  # of the year 9999
SECONDS, THREADS, AT_ONCE = 20, 4, 128
LOOPBACK = ("127.0.0.1", "::1", "localhost")
NAMED = 100  # faults, one on a line; the others are counted
Row = Callable[[int, int], list[bytes]]  # the hashes of the tile of a level and a number


class CannotCheck(Exception):
    """Exit status 1."""


class Absent(CannotCheck):
    """The server has no such file."""


class Fault(Exception):
    """Exit status 2."""


# Signed notes and checkpoints


def decoded(text: str, what: str, size: int | None = None) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if base64.b64encode(raw).decode() != text or size not in (None, len(raw)):
        raise CannotCheck(f"{what}: not base64, or not of {size or 'that many'} bytes")
    return raw


class Key(NamedTuple):
    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, vkey: str, kind: int) -> Key:
        found = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", vkey)
        if not found:
            raise CannotCheck(f"the key {vkey!r} is not written as name+id+base64")
        raw = decoded(found[3], f"the key of {found[1]}", 1 + HASH)
        if raw[0] != kind:
            raise CannotCheck(f"the key of {found[1]} is of kind {raw[0]}, and kind {kind} is needed here")
        key_id = hashlib.sha256(found[1].encode() + b"\n" + raw).digest()[:4]
        if key_id.hex() != found[2]:
            raise CannotCheck(f"the key of {found[1]} is mistyped: its id does not fit")
        return cls(found[1], key_id, raw[1:])

    def holds(self, message: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Checkpoint:
    """``raw``: the whole note, ``text``: what is signed of it; each signature by its key's name and id."""

    raw: bytes
    text: str
    signatures: list[tuple[str, bytes]]
    size: int
    root: bytes

    @classmethod
    def open(cls, raw: bytes, key: Key, what: str) -> Checkpoint:
        """CannotCheck: it is no checkpoint. Fault: it is not one of this log."""
        try:
            text, blank, lines = raw.decode().rpartition("\n\n")
        except UnicodeDecodeError:
            raise CannotCheck(f"{what} is not UTF-8") from None
        found = [re.fullmatch(r"\N{EM DASH} ([^\s+]+) (\S+)", line) for line in lines.removesuffix("\n").split("\n")]
        body = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,12})\n(\S+)(\n[^\n]+)*", text)
        if not (blank and body and lines.endswith("\n") and all(found)) or re.search(
            r"[\x00-\x09\x0b-\x1f]", text + lines
        ):
            raise CannotCheck(f"{what} is no signed note of origin, size and root")
        signatures = [(each[1], decoded(each[2], what)) for each in found if each]
        if int(body[2]) > MOST_LEAVES:
            raise CannotCheck(f"{what}: the size is beyond what is believed")
        made = cls(raw, text + "\n", signatures, int(body[2]), decoded(body[3], f"{what}: the root", HASH))
        values = made.signed_by(key)
        if body[1] != key.name or not values:
            raise Fault(f"{what} has no signature of {key.name} by this key: another log's, or the key is not its own")
        if not all(key.holds(made.text, each) for each in values):
            raise Fault(f"{what}: the signature of {key.name} does not hold")
        return made

    def signed_by(self, key: Key) -> list[bytes]:
        return [value[4:] for name, value in self.signatures if (name, value[:4]) == (key.name, key.id)]

    def cosigned_at(self, witness: Key) -> int | None:
        """Unix seconds; None where it did not cosign. Fault: what it cosigned is not this."""
        times = []
        for value in self.signed_by(witness):
            times.append(int.from_bytes(value[:8], "big"))
            if not witness.holds(f"cosignature/v1\ntime {times[-1]}\n{self.text}", value[8:]):
                raise Fault(f"the cosignature of {witness.name} is stale or forged: it is not of this checkpoint")
            if times[-1] > LAST_SECOND:
                raise Fault(f"the cosignature of {witness.name} is of a time that cannot be")
        return max(times, default=None)


# The tree


def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(row: Sequence[bytes]) -> bytes:
    """Root over these hashes. An odd one at the end goes up as it is: RFC 6962's split, read from below."""
    while len(row) > 1:
        above = [node(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = [*above, row[-1]] if len(row) % 2 else above
    return row[0]


def root_at(size: int, row: Row) -> bytes:
    """Root of the tree of the first `size` leaves, out of the last tile of each level."""
    beside: list[bytes] = []
    level = 0
    while size:
        size, width = divmod(size, WIDTH)
        hashes = (row(level, size)[:width] if width else []) + beside
        beside = [fold(hashes)] if hashes else []
        level += 1
    return beside[0] if beside else hashlib.sha256(b"").digest()


def root_by(path: Iterable[bytes], found: bytes, place: int, size: int) -> bytes | None:
    """Where a proof of inclusion leads to from a leaf (RFC 9162, 2.1.3.2); None: it is too long or too short."""
    last = size - 1
    for beside in path:
        if not last:
            return None
        if place & 1 or place == last:
            found = node(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, beside)
        place, last = place >> 1, last >> 1
    return None if last else found


# The files of the log


class Tile(NamedTuple):
    """``level`` may be `ENTRIES`."""

    level: int | str
    number: int
    width: int

    @property
    def name(self) -> str:
        *before, last = f"{self.number:,}".split(",")
        return "/".join([str(self.level), *(f"x{each.zfill(3)}" for each in before), last.zfill(3)])


def tiles(level: int | str, count: int) -> Iterator[Tile]:
    """All of a level of `count` hashes."""
    for number in range(-(-count // WIDTH)):
        yield Tile(level, number, min(WIDTH, count - number * WIDTH))


class Log:
    """Nothing is believed of the lengths of answers, and no redirect is followed."""

    def __init__(self, prefix: str) -> None:
        try:
            url = urlsplit(prefix)
            self._host, self._port, self._path = url.hostname or "", url.port, f"{url.path.rstrip('/')}/"
            self._host.encode("idna")
            self._path.encode("ascii")
        except ValueError as error:
            raise CannotCheck(f"the address of the log: {error}") from None
        if url.scheme != "https" and (url.scheme, url.hostname in LOOPBACK) != ("http", True):
            raise CannotCheck("the address of the log is one of https://")
        if not self._host or url.username or url.query or url.fragment:
            raise CannotCheck("the address of the log is of the form https://host/log/")
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self._mine, self._pool = threading.local(), ThreadPoolExecutor(THREADS)
        self._connections: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        self._pool.shutdown()
        for each in self._connections:
            each.close()

    def many(self, wanted: Iterator[Tile]) -> Iterator[bytes]:
        """Several at a time, in their order."""
        while some := list(itertools.islice(wanted, AT_ONCE)):
            yield from self._pool.map(self.tile, some)

    def tile(self, tile: Tile) -> bytes:
        """Where a partial one is gone, the full one that took its place, cut."""
        unit = ENTRY if tile.level == ENTRIES else HASH
        path, most = f"tile/{tile.name}", 2 * WIDTH * unit  # what is too long is to be named, not just refused
        if tile.width == WIDTH:
            return self.get(path, most)
        try:
            return self.get(f"{path}.p/{tile.width}", most)
        except Absent:
            return self.get(path, most)[: tile.width * unit]

    def get(self, path: str, most: int) -> bytes:
        """On the connection of this thread; on a new one if the server closed it meanwhile."""
        kept = getattr(self._mine, "connection", None)
        self._mine.connection = None
        try:
            return self._ask(kept or self._connected(), path, most)
        except (OSError, http.client.HTTPException) as error:
            if not kept:
                raise CannotCheck(f"{path}: {type(error).__name__}: {error}") from None
        return self.get(path, most)

    def _connected(self) -> http.client.HTTPConnection:
        made = http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)
        if self._tls:
            made = http.client.HTTPSConnection(self._host, self._port, timeout=SECONDS, context=self._tls)
        self._connections.append(made)
        return made

    def _ask(self, connection: http.client.HTTPConnection, path: str, most: int) -> bytes:
        until, body = time.monotonic() + SECONDS, b""
        connection.request("GET", self._path + path, headers={"Accept-Encoding": "identity"})
        with connection.getresponse() as answer:
            if answer.status != http.client.OK:
                kind = Absent if answer.status == http.client.NOT_FOUND else CannotCheck
                raise kind(f"{path}: the server answers {answer.status}")
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise CannotCheck(f"{path}: the answer is compressed, which was not asked for")
            while piece := answer.read1(most + 1):
                body += piece
                if len(body) > most or time.monotonic() > until:
                    raise CannotCheck(f"{path}: the answer is too long or too slow")
            if answer.length:
                raise http.client.IncompleteRead(body, answer.length)
        self._mine.connection = connection
        return body


class Proven:
    """Tiles that lead to the root of a checkpoint; only those that are asked for are fetched. Raises Fault."""

    def __init__(self, log: Log, checkpoint: Checkpoint) -> None:
        self._log, self._size, self._kept = log, checkpoint.size, dict[tuple[int, int], list[bytes]]()
        if root_at(checkpoint.size, self.row) != checkpoint.root:
            raise Fault("the last tiles of the log do not lead to the root of its checkpoint")

    def row(self, level: int, number: int) -> list[bytes]:
        """A partial tile is proven by the root itself, a full one by its hash in the tile above."""
        if (level, number) not in self._kept:
            tile = Tile(level, number, min(WIDTH, (self._size >> 8 * level) - number * WIDTH))
            raw = self._log.tile(tile)
            above = self.row(level + 1, number // WIDTH)[number % WIDTH] if tile.width == WIDTH else None
            if len(raw) != tile.width * HASH or above not in (None, fold(cut(raw, HASH))):
                raise Fault(f"{below(level + 1, number, self._size)}: tile {tile.name} is not of this checkpoint")
            self._kept[level, number] = cut(raw, HASH)
        return self._kept[level, number]


class Recomputed:
    """The whole tree, out of the entries. ``odds``: up to which position tiles of the log say something else.

    ``wanted``: the bundles of entries whose leaves are asked for afterwards.
    """

    def __init__(self, log: Log, size: int, wanted: set[int], progress: bool) -> None:
        self._log, self._size, self._wanted, self._progress = log, size, wanted | {size // WIDTH}, progress
        self._kept: dict[tuple[int, int], list[bytes]] = {}
        self.odds: list[tuple[int, str]] = []
        rows = (leaves(raw) for raw in log.many(tiles(ENTRIES, size)))
        for level in range(size.bit_length() // 8 + 1):
            above = self._climb(level, rows)
            rows = (above[at : at + WIDTH] for at in range(0, len(above), WIDTH))

    def row(self, level: int, number: int) -> list[bytes]:
        return self._kept[level, number]

    def _climb(self, level: int, rows: Iterable[list[bytes]]) -> list[bytes]:
        """Compares a level with its tiles; returns the level above."""
        above, count = [], self._size >> 8 * level
        for tile, row, raw in zip(tiles(level, count), rows, self._log.many(tiles(level, count)), strict=True):
            at = differs_at(row, cut(raw, HASH), tile.width)
            if at is not None:
                place, what = tile.number * WIDTH + at, "what is below it" if level else "the entries"
                said = f"{below(level, place, self._size)}: tile {tile.name} and {what} differ"
                self.odds.append(((place + 1) * WIDTH**level, said))
            if level or tile.number in self._wanted:
                self._kept[level, tile.number] = row
            if tile.width == WIDTH:
                above.append(fold(row or [b""]))
            if self._progress and not level and not tile.number % WIDTH:
                sys.stderr.write(f"{tile.number * WIDTH} of {self._size} entries\n")
        return above


def cut(raw: bytes, unit: int) -> list[bytes]:
    return [raw[at : at + unit] for at in range(0, len(raw), unit)]


def leaves(bundle: bytes) -> list[bytes]:
    """Of the entries of a bundle; in the place of what is no commitment, nothing that a tile could hold."""
    return [leaf(each[2:]) if len(each) == ENTRY and each[:2] == b"\0\x20" else b"" for each in cut(bundle, ENTRY)]


def differs_at(row: list[bytes], other: list[bytes], width: int) -> int | None:
    if row == other and len(row) == width:
        return None
    unlike = (at for at, (one, two) in enumerate(zip(row, other, strict=False)) if one != two)
    return next(unlike, min(len(row), len(other)))


def below(height: int, number: int, size: int) -> str:
    """The positions below one hash."""
    first, last = number * WIDTH**height + 1, min((number + 1) * WIDTH**height, size)
    return f"positions {first} to {last}" if height else f"position {first}"


# What the department was told


class Told(NamedTuple):
    """``commitment`` None: something was left out for this department, and the salt with it."""

    position: int
    epoch: int  # 0: not known
    id: str
    commitment: bytes | None

    @classmethod
    def read(cls, item: Any, where: str) -> Told | None:
        """A body of a push or pull, or a position with its commitment. None: it is of no event of the log."""
        try:
            data = item.get("data", item)
            event = data.get("event", data)
            if data.get("trial") or "position" not in event:
                return None
            raw = None
            if data.get("salt") is not None and not data.get("redacted"):
                canonical = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                raw = hmac.digest(decoded(data["salt"], where, HASH), canonical.encode(), "sha256")
            elif "commitment" in event:
                raw = decoded(event["commitment"], where, HASH)
            position, epoch = index(event["position"]), index(event.get("epoch", 0))
            return cls(position, epoch, str(event.get("id", "")), raw).checked(where)
        except (AttributeError, TypeError, ValueError, RecursionError):
            raise CannotCheck(f"{where}: neither an event with its salt nor a position with its commitment") from None

    def checked(self, where: str) -> Told:
        if not 1 <= self.position <= MOST_LEAVES or len(self.commitment or bytes(HASH)) != HASH:
            raise CannotCheck(f"{where}: no position, or no commitment")
        return self


class Own:
    """``counts``: how many of them are what."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._told: dict[int, Told] = {}
        self.counts: Counter[str] = Counter()
        for path in paths:
            for each in from_store(path) if read(path, 16) == b"SQLite format 3\0" else from_json(path):
                self._take(each)

    def _take(self, new: Told | None) -> None:
        """After a restore of the court's book the later epoch counts."""
        if new is None or new.commitment is None:
            self.counts["redacted, cannot be checked" if new else "of a trial, or no event"] += 1
            return
        old = self._told.setdefault(new.position, new)
        if old.commitment != new.commitment:
            if old.epoch == new.epoch or 0 in (old.epoch, new.epoch):
                raise Fault(f"position {new.position}: you were told two events, {old.id} and {new.id}")
            self.counts["replaced in a later epoch"] += 1
        self._told[new.position] = max(old, new)  # by epoch; of one epoch, whichever has its id

    @property
    def bundles(self) -> set[int]:
        return {(position - 1) // WIDTH for position in self._told}

    def unlike(self, size: int, row: Row) -> Iterator[str]:
        for position, each in sorted(self._told.items()):
            number, at = divmod(position - 1, WIDTH)
            if position > size:
                self.counts["not yet in the checkpoint"] += 1
            elif row(0, number)[at : at + 1] != [leaf(each.commitment or b"")]:
                yield f"position {position} {each.id}: the log holds something else than you were told"
            else:
                self.counts["as in the log"] += 1


def from_store(path: Path) -> Iterator[Told]:
    """The store of the reference receiver."""
    try:
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as store:
            for position, epoch, commitment in store.execute("SELECT position, epoch, commitment FROM commitments"):
                yield Told(index(position), index(epoch), "", bytes(commitment)).checked(str(path))
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise CannotCheck(f"{path}: {error}") from None


def from_json(path: Path) -> Iterator[Told | None]:
    """One document, or one in each line; each is an event, or an answer of the pull."""
    raw = read(path)
    try:
        documents = [(str(path), parsed(raw, ""))]
    except CannotCheck:
        lines = ((f"{path}, line {at}", line) for at, line in enumerate(raw.split(b"\n"), 1) if line.strip())
        documents = [(where, parsed(line, where)) for where, line in lines]
    for where, document in documents:
        whole = isinstance(document, dict) and isinstance(document.get("events"), list)
        for item in document["events"] if whole else [document]:
            yield Told.read(item, where)


def parsed(raw: bytes, where: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise CannotCheck(f"{where}: not JSON") from None


def read(path: Path, most: int = -1) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise CannotCheck(f"{path}: {error.strerror}") from None


# What was seen before


def kept(path: Path | None, key: Key) -> Checkpoint | None:
    if path is None or not path.exists():
        return None
    try:
        return Checkpoint.open(read(path, MOST_NOTE), key, "the checkpoint kept")
    except (CannotCheck, Fault) as error:
        raise CannotCheck(f"{path}: {error}; if the court announced a new log, begin a new file") from None


def keep(path: Path, raw: bytes) -> None:
    """As a whole or not at all, and still there after a power cut."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        if os.name == "posix":
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
    except OSError as error:
        raise CannotCheck(f"{path}: {error.strerror}") from None


def split(old: Checkpoint, new: Checkpoint) -> str:
    """Why they cannot be of one history, as far as they say it themselves; "" if they can."""
    if new.size < old.size:
        return f"the log has {new.size} entries now, and had {old.size}"
    return f"two roots over the same {new.size} entries" if new.size == old.size and new.root != old.root else ""


# The checks


@dataclass
class Report:
    faults: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, line: str, **facts: Any) -> None:
        self.lines.append(line)
        self.facts |= facts

    def fault(self, line: str) -> None:
        if len(self.faults) < NAMED:
            self.lines.append(line)
        self.faults.append(line)

    def say_checkpoint(self, checkpoint: Checkpoint, key: Key) -> None:
        root = base64.b64encode(checkpoint.root).decode()
        line = f"checkpoint of {key.name}: {checkpoint.size} entries, root {root}, signed by its key"
        self.say(line, origin=key.name, size=checkpoint.size, root=root)


def check_witnesses(checkpoint: Checkpoint, options: argparse.Namespace, report: Report) -> None:
    """Raises CannotCheck where there are too few."""
    keys = [Key.parse(vkey, WITNESS_KIND) for vkey in options.witness]
    cosigned = {key.name: checkpoint.cosigned_at(key) for key in keys}
    since = time.time() - options.max_age * 3600 if options.max_age else 0
    missing = [name for name, at in cosigned.items() if at is None or at < since]
    for name, at in cosigned.items():
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at)) if at is not None else "never: missing"
        report.say(f"witness {name}: cosigned {when}{', which is too long ago' if at and name in missing else ''}")
    report.say(f"witnesses: {len(cosigned) - len(missing)} of {len(cosigned)}", witnesses=cosigned, missing=missing)
    if len(cosigned) - len(missing) < (len(cosigned) if options.quorum is None else options.quorum):
        raise CannotCheck(f"the checkpoint is not yet witnessed enough; missing: {', '.join(missing)}")


def check_log(options: argparse.Namespace, report: Report) -> None:
    key, own = Key.parse(options.vkey, LOG_KIND), Own(options.own)
    old = kept(options.state, key)
    with contextlib.closing(Log(options.log)) as log:
        new = Checkpoint.open(log.get("checkpoint", MOST_NOTE), key, "the checkpoint")
        report.say_checkpoint(new, key)
        if old and (why := split(old, new)):
            say_split(why, old, new, options.state, report)
            return
        row = read_tree(log, new, own.bundles | ({old.size // WIDTH} if old else set()), options, report)
        if not report.faults:
            check_history(old, new, row, options.state, report)
        for wrong in own.unlike(new.size, row):
            report.fault(wrong)
    if options.own:
        said = ", ".join(f"{count} {what}" for what, count in sorted(own.counts.items()))
        report.say(f"your own events: {said or 'none'}", own=own.counts)
    check_witnesses(new, options, report)


def check_history(old: Checkpoint | None, new: Checkpoint, row: Row, state: Path | None, report: Report) -> None:
    if old and state and root_at(old.size, row) != old.root:
        why = f"the first {old.size} positions are not what they were when they were signed before"
        say_split(why, old, new, state, report)
        return
    if old:
        report.say(f"it extends the checkpoint of {old.size} entries that was kept", extends=old.size)
    if state:
        keep(state, new.raw)


def read_tree(log: Log, new: Checkpoint, wanted: set[int], options: argparse.Namespace, report: Report) -> Row:
    if options.quick:
        proven = Proven(log, new)
        report.say("the last tiles lead to its root (quick: the entries were not read)")
        return proven.row
    whole = Recomputed(log, new.size, wanted, options.progress)
    fits = root_at(new.size, whole.row) == new.root
    said = f"the root over all {new.size} entries is {'' if fits else 'not '}that of the checkpoint"
    report.say(said, root_fits=fits)
    if whole.odds:
        report.fault(f"first broken place: {min(whole.odds)[1]} ({len(whole.odds)} such tiles)")
    elif not fits:
        report.fault(f"entries and tiles agree with each other, but {said}")
    return whole.row


def say_split(why: str, old: Checkpoint, new: Checkpoint, state: Path, report: Report) -> None:
    """Keeps both signed notes in a file of their own."""
    named = (state.with_name(f"{state.name}.split-{at}") for at in itertools.count(1))
    path = next(each for each in named if not each.exists())
    both = f"--- kept ---\n{old.raw.decode()}\n--- served now ---\n{new.raw.decode()}"
    keep(path, both.encode())
    report.say(
        f"{both}both signed notes are in {path}", split=str(path), kept=old.raw.decode(), served=new.raw.decode()
    )
    report.fault(f"SPLIT VIEW: {why}")


def check_proof(options: argparse.Namespace, report: Report) -> None:
    """A file in the form of C2SP tlog-proof, without a net."""
    key = Key.parse(options.vkey, LOG_KIND)
    head, _, note = read(options.proof, MOST_NOTE).partition(b"\n\n")
    form = r"c2sp\.org/tlog-proof@v1\n(?:extra (\S+)\n)?index (0|[1-9][0-9]{0,12})((?:\n\S+){0,64})"
    found = re.fullmatch(form, head.decode(errors="replace"))
    if not found:
        raise CannotCheck(f"{options.proof} is no proof of the form c2sp.org/tlog-proof@v1")
    place, path = int(found[2]), [decoded(each, "a hash of the proof", HASH) for each in found[3].split()]
    checkpoint = Checkpoint.open(note, key, "the checkpoint of the proof")
    report.say_checkpoint(checkpoint, key)
    entry = entry_of(options.event, place, found[1] or "", report)
    if place >= checkpoint.size or root_by(path, leaf(entry), place, checkpoint.size) != checkpoint.root:
        raise Fault(f"it is not in the log at position {place + 1}")
    report.say(f"it is in the log at position {place + 1}", position=place + 1)
    check_witnesses(checkpoint, options, report)


def entry_of(event: Path | None, place: int, extra: str, report: Report) -> bytes:
    if event is None:
        report.say("no event was given: only the commitment that the proof itself names is looked for", event=False)
        return decoded(extra, "the extra line of the proof, in the place of an event", HASH)
    told = next(from_json(event), None)
    if told is None or told.commitment is None:
        raise CannotCheck(f"{event}: no event with its salt")
    if told.position != place + 1:
        raise Fault(f"the event is of position {told.position}, and the proof of {place + 1}")
    return told.commitment


class Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CannotCheck(f"{message}; see --help")


def options_of(arguments: Sequence[str]) -> argparse.Namespace:
    asked = Arguments(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    asked.add_argument("log", nargs="?", help="address of the log, as https://host/log/")
    asked.add_argument("--vkey", required=True, help="key of the log")
    asked.add_argument("--witness", action="extend", nargs="+", default=[], metavar="KEY", help="key of a witness")
    asked.add_argument("--quorum", type=int, metavar="N", help="how many witnesses are enough (all)")
    asked.add_argument("--max-age", type=float, metavar="HOURS", help="an older cosignature does not count")
    asked.add_argument("--state", type=Path, metavar="FILE", help="where the last checkpoint is kept")
    asked.add_argument(
        "--own", action="extend", nargs="+", type=Path, default=[], metavar="FILE", help="what you were told"
    )
    asked.add_argument("--quick", action="store_true", help="prove by tiles; do not read all entries")
    asked.add_argument("--proof", type=Path, metavar="FILE", help="check this proof file, without a net")
    asked.add_argument("--event", type=Path, metavar="FILE", help="the event of the proof, with its salt")
    asked.add_argument("--progress", action="store_true", help="say on standard error how far it is")
    asked.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    options = asked.parse_args(arguments)
    if bool(options.log) == bool(options.proof):
        asked.error("give the address of the log, or --proof FILE")
    return options


def main(arguments: Sequence[str]) -> int:
    report, as_json, status, verdict = Report(), "--json" in arguments, 0, "ALL GOOD"
    try:
        options = options_of(arguments)
        (check_proof if options.proof else check_log)(options, report)
    except CannotCheck as error:
        status, verdict = 1, f"COULD NOT BE CHECKED: {error}"
    except Fault as fault:
        report.fault(str(fault))
    if report.faults:
        more = f" (and {len(report.faults) - 1} more)" if len(report.faults) > 1 else ""
        status, verdict = 2, f"NOT AS IT SHOULD BE: {report.faults[0]}{more}"
    said = {"status": status, "verdict": verdict, "faults": report.faults, **report.facts}
    sys.stdout.write(json.dumps(said) + "\n" if as_json else "\n".join([*report.lines, verdict]) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
