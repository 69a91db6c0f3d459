"""Addresses drawn from every network that is not public, in drawn spellings: saved, resolved, posted to. Nothing is reached."""

from __future__ import annotations

import random
import time
from collections import Counter
from ipaddress import IPv4Address, IPv6Address

import pytest

from sharing.addresses import REFUSED_V4, REFUSED_V6
from sharing.transport import exchange
from tests.ledger.at_once import ALONE
from tests.ledger.counts import Counts
from tests.reaching import try_all

SECONDS_A_SEED = 60.0
AT_ONCE = ALONE
FORMS = 200  # a round
WRAPPERS = ("::ffff:{0}", "::{0}", "64:ff9b::{0}", "64:ff9b:1::{0}", "::ffff:0:{0}", "2002:{1}::", "2001:0:{1}::1")


def run(seed: int, seconds: float) -> Counts:
    """``forms``, each saved, resolved and posted to: ``tried`` attempts. At least one round."""
    draw, ends, counts = random.Random(seed), time.monotonic() + seconds, Counts()
    while not counts.done or time.monotonic() < ends:
        drawn = [_form(draw) for _ in range(FORMS)]
        found = try_all(drawn)
        reached = [*found.saved, *found.resolved, *found.opened]
        counts.add(Counts(Counter(forms=len(drawn), tried=found.tried), [f"reached: {form}" for form in reached]))
    return counts


def planted(seed: int) -> dict[str, str]:
    """An address that is judged when it is saved, and resolved again."""
    begun, draw = time.monotonic(), random.Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exchange, "may_connect", lambda *_asked: True)
        opened = try_all([_form(draw) for _ in range(FORMS)]).opened
    return {"judged once, resolved again": f"caught after {time.monotonic() - begun:.1f} s" if opened else ""}


def _form(draw: random.Random) -> str:
    if draw.random() < 0.2:
        network = draw.choice(REFUSED_V6)
        return str(network[draw.randrange(network.num_addresses)])
    network4 = draw.choice(REFUSED_V4)
    address = network4[draw.randrange(network4.num_addresses)]
    return draw.choice((_wrapped, _spelled))(address, draw)


def _wrapped(address: IPv4Address, draw: random.Random) -> str:
    """Embedded in one of version 6; what is mapped there is the address itself."""
    number = int(address)
    halves = f"{number >> 16:x}:{number & 0xFFFF:x}"
    return str(IPv6Address(draw.choice(WRAPPERS).format(address, halves)))


def _spelled(address: IPv4Address, draw: random.Random) -> str:
    """As glibc reads it, too: each part in another base, the last ones run together, digits of another width."""
    parts = list(address.packed)
    kept = draw.randint(1, 4)
    last = int.from_bytes(bytes(parts[kept - 1 :]), "big")
    bases = ("{}", "0x{:x}", "0{:o}", "0X{:X}")
    spelled = ".".join(draw.choice(bases).format(number) for number in [*parts[: kept - 1], last])
    if draw.random() < 0.2:
        return spelled.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    return spelled
