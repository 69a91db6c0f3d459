"""Addresses drawn from every network that is not public, in drawn spellings: saved, resolved, posted to. Nothing is reached."""

from __future__ import annotations

import random
import time
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from sharing.addresses import REFUSED_V4, REFUSED_V6
from tests.reaching import try_all

FORMS = 200  # a round
WRAPPERS = ("::ffff:{0}", "::{0}", "64:ff9b::{0}", "64:ff9b:1::{0}", "::ffff:0:{0}", "2002:{1}::", "2001:0:{1}::1")


def run(seed: int, seconds: float) -> dict[str, Any]:
    """``forms`` and ``tried`` were attempted; ``reached`` got past a stage, and must be 0. At least one round."""
    draw, ends = random.Random(seed), time.monotonic() + seconds
    forms = tried = 0
    reached: list[str] = []
    while not forms or time.monotonic() < ends:
        drawn = [_form(draw) for _ in range(FORMS)]
        found = try_all(drawn)
        forms, tried = forms + len(drawn), tried + found.tried
        reached += [*found.saved, *found.resolved, *found.opened]
    return {"forms": forms, "tried": tried, "reached": len(reached), "first": reached[:3], "ok": not reached}


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
