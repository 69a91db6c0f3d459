"""More than two hundred forms of an address that is not public, at every stage: nothing is saved, resolved or sent."""

from __future__ import annotations

import json
import subprocess
import sys
from ipaddress import ip_address

import pytest

from sharing import addresses
from sharing.transport import egress, exchange
from tests import reaching

# A network with nothing in it but this machine, which answers for every address.
ALONE = "ip link set lo up && ip route add local default dev lo && ip -6 route add local default dev lo && exec {}"


def test_no_form_gets_past_any_stage():
    forms = reaching.all_forms()
    assert len(forms) >= 350
    reached = reaching.try_all(forms)
    assert reached.nothing, reached
    assert reached.tried > 4 * len(forms)


def _in_a_network_of_its_own(*words):
    program = " ".join([sys.executable, "-m", "tests.reaching", *words])
    command = ["unshare", "--net", "--map-root-user", "sh", "-c", ALONE.format(program)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if run.returncode and "Traceback" not in run.stderr:
        pytest.skip(f"no network of one's own here: {run.stderr[-200:]}")
    return json.loads(run.stdout)


def test_the_kernel_counts_no_packet():
    told = _in_a_network_of_its_own()
    assert told["forms"] >= 350
    assert (told["opened"], told["ActiveOpens"], told["OutSegs"]) == (0, 0, 0)


def test_the_kernel_counts_them_where_the_guard_is_off():
    """The check catches a planted defect: the address is judged when it is saved, and resolved again."""
    told = _in_a_network_of_its_own(reaching.GUARD_OFF)
    assert told["opened"] > 200
    assert told["ActiveOpens"] > 200


def test_the_library_alone_would_let_some_through(monkeypatch):
    """The check catches a planted defect."""

    def is_global(address, allowed_networks=()):
        return ip_address(address).is_global

    for place in (addresses, exchange, egress):
        monkeypatch.setattr(place, "may_connect", is_global)
    forms = ["64:ff9b::7f00:1", "192.88.99.1", "224.0.0.1", "5f00::1", "168.63.129.16", "::ffff:0:7f00:1"]
    reached = reaching.try_all([form for form in forms if ip_address(form).is_global])
    assert reached.saved
    assert reached.resolved
    assert reached.opened


def test_checking_once_and_resolving_again_is_found(monkeypatch):
    """The check catches a planted defect."""
    monkeypatch.setattr(exchange, "may_connect", lambda *_asked: True)
    reached = reaching.try_all(["127.0.0.1", "10.0.0.1"])
    assert not reached.saved
    assert len(reached.opened) >= 4
