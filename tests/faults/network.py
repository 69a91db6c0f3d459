"""Hosts of their own in one machine: network namespaces on a bridge, each with an address, a link and a power switch.

Nothing is refused where something is cut: packets get lost, as between machines. Needs root. The names bear the number of the
test's process; what a run that was killed left behind is taken away by the next one.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.programs import missing

PREFIX, LINK = "registry-hosts", "rg"
NETWORKS = "10.213"  # the third number is drawn from what no interface of this machine has
FORWARDING, DISABLED = "3", "0"  # states of a port of the bridge
NOWHERE = "02:00:00:00:00:00"  # nobody's
IP = shutil.which("ip", path=f"{os.environ['PATH']}:/usr/sbin") or "ip"
BRIDGE = shutil.which("bridge", path=f"{os.environ['PATH']}:/usr/sbin") or "bridge"
NFT = shutil.which("nft", path=f"{os.environ['PATH']}:/usr/sbin") or "nft"
LOSING = "losing"  # the name of a table
LOSES = """
    table inet {table} {{
        chain arriving {{ type filter hook input priority 0; iifname eth0 numgen random mod 100 < {percent} counter drop; }}
    }}
"""
CLONE_NEWNET = 0x40000000


def needs_namespaces() -> None:
    """Skips, or fails in CI, where this machine does not let us have them."""
    probe = f"{PREFIX}-{os.getpid()}-probe"
    if os.geteuid() != 0 or not _run(IP, "netns", "add", probe, check=False):
        missing("a network namespace", "run as root, with iproute2")
    _run(IP, "netns", "del", probe)


@dataclass(frozen=True)
class Host:
    name: str
    namespace: str
    link: str  # the bridge's end of its cable
    address: str
    hardware: str

    @property
    def has_power(self) -> bool:
        return (Path("/run/netns") / self.namespace).exists()

    @property
    def within(self) -> tuple[str, ...]:
        """What puts a command onto this host."""
        return (IP, "netns", "exec", self.namespace)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Sockets that this thread opens meanwhile are on this host."""
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/proc/self/ns/net") as home, open(f"/run/netns/{self.namespace}") as there:
            assert libc.setns(there.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert libc.setns(home.fileno(), CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())


@dataclass
class Network:
    """All hosts, by name, and where this process stands among them."""

    bridge: str
    subnet: str  # its first three numbers
    hosts: dict[str, Host] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"{self.subnet}.1"

    def add(self, name: str) -> Host:
        """A host of a name and address that none had, switched on."""
        number = len(self.hosts) + 2
        namespace = f"{PREFIX}-{os.getpid()}-{name}"
        hardware = f"02:00:00:00:01:{number:02x}"
        host = Host(name, namespace, f"{self.bridge}n{number}", f"{self.subnet}.{number}", hardware)
        self.hosts[name] = host
        self.switch_on(host)
        return host

    def switch_on(self, host: Host) -> None:
        _run(IP, "netns", "add", host.namespace)
        peer = ("peer", "name", "eth0", "address", host.hardware, "netns", host.namespace)
        _run(IP, "link", "add", host.link, "type", "veth", *peer)
        _run(IP, "link", "set", host.link, "master", self.bridge, "up")
        for words in (f"addr add {host.address}/24 dev eth0", "link set lo up", "link set eth0 up"):
            _run(IP, "-n", host.namespace, *words.split())

    def lose_power(self, host: Host) -> None:
        """Its cable goes dead, then everything on it, its sockets too: nobody is told."""
        self.cut_off(host)
        self.kill(host)
        _run(IP, "link", "del", host.link)
        _run(IP, "netns", "del", host.namespace)

    def kill(self, host: Host) -> None:
        """`kill -9` of everything on it. Its kernel lives, and tells whoever was connected."""
        _kill_all(host.namespace)

    def cut_off(self, host: Host) -> None:
        """Whatever it sends, or is sent, is lost."""
        _run(BRIDGE, "link", "set", "dev", host.link, "state", DISABLED)

    def join(self, host: Host) -> None:
        _run(BRIDGE, "link", "set", "dev", host.link, "state", FORWARDING)

    def part(self, one: Host, other: Host) -> None:
        """Between these two everything is lost; each still has the others."""
        for host, peer in ((one, other), (other, one)):
            words = f"neigh replace {peer.address} lladdr {NOWHERE} dev eth0 nud permanent"
            _run(IP, "-n", host.namespace, *words.split())

    def mend(self, one: Host, other: Host) -> None:
        for host, peer in ((one, other), (other, one)):
            _run(IP, "-n", host.namespace, "neigh", "del", peer.address, "dev", "eth0")

    @contextmanager
    def losing(self, percent: int) -> Iterator[Callable[[], int]]:
        """Of all packets that arrive at a host that has power now, whatever they hold, so many are lost. Yields how many that were."""
        if not Path(NFT).exists():
            missing("nft", "apt-get install nftables")
        hosts = [host for host in self.hosts.values() if host.has_power]
        rules = LOSES.format(table=LOSING, percent=percent)
        for host in hosts:
            _run(*host.within, NFT, rules)
        try:
            yield lambda: sum(_lost(host) for host in hosts)
        finally:
            for host in hosts:
                _run(*host.within, NFT, "delete", "table", "inet", LOSING)

    def end(self) -> None:
        for host in self.hosts.values():
            if host.has_power:
                self.kill(host)
                _run(IP, "netns", "del", host.namespace, check=False)
            # With its namespace it would go some time later, and the next network needs the name.
            _run(IP, "link", "del", host.link, check=False)
        _run(IP, "link", "del", self.bridge, check=False)


@contextmanager
def network() -> Iterator[Network]:
    """An empty one; every host that was added to it ends with it."""
    _take_away_what_is_left()
    made = Network(f"{LINK}{os.getpid()}", _free_subnet())
    try:
        _run(IP, "link", "add", made.bridge, "type", "bridge")
        _run(IP, "addr", "add", f"{made.address}/24", "dev", made.bridge)
        _run(IP, "link", "set", made.bridge, "up")
        yield made
    finally:
        made.end()


def _lost(host: Host) -> int:
    command = [*host.within, NFT, "list", "table", "inet", LOSING]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sum(int(packets) for packets in re.findall(r"counter packets (\d+)", said))


def _free_subnet() -> str:
    taken = subprocess.run([IP, "-4", "-o", "addr"], capture_output=True, text=True, check=True).stdout
    first = os.getpid() % 250
    numbers = [(first + step) % 250 + 1 for step in range(250)]
    return next(f"{NETWORKS}.{number}" for number in numbers if f" {NETWORKS}.{number}." not in taken)


def _take_away_what_is_left() -> None:
    """Of runs whose process is gone."""
    named = subprocess.run([IP, "netns", "list"], capture_output=True, text=True, check=True).stdout
    for name in [line.split()[0] for line in named.splitlines() if line.startswith(f"{PREFIX}-")]:
        owner = name.removeprefix(f"{PREFIX}-").partition("-")[0]
        if not Path(f"/proc/{owner}").exists():
            _kill_all(name)
            _run(IP, "netns", "del", name, check=False)
            _run(IP, "link", "del", f"{LINK}{owner}", check=False)


def _kill_all(namespace: str) -> None:
    while left := _processes(namespace):
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _processes(namespace: str) -> list[int]:
    said = subprocess.run([IP, "netns", "pids", namespace], capture_output=True, text=True, check=False)
    return [int(pid) for pid in said.stdout.split()]


def _run(*command: str, check: bool = True) -> bool:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not check, f"{' '.join(command)}: {done.stderr.strip()}"
    return done.returncode == 0
