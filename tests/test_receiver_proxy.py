"""A department whose programs reach the court through a forward proxy alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sharing.receiver.calling import Client, Registry, Unreachable
from sharing.receiver.settings import BadSetting, read_settings
from tests.receiver_double import Program, becomes_true, pushed, running_registry


class Proxy:
    """Takes CONNECT and passes bytes on to ``target``, whatever host was named; ``asked``: the first lines."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.asked: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._pass, args=(caller,), daemon=True).start()

    def _pass(self, caller: socket.socket) -> None:
        said = b""
        while not said.endswith(b"\r\n\r\n"):
            said += caller.recv(1)
        self.asked.append(said.split(b"\r\n")[0].decode())
        other = socket.create_connection(self.target)
        caller.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        threading.Thread(target=_copy, args=(other, caller), daemon=True).start()
        _copy(caller, other)


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while content := source.recv(65536):
            target.sendall(content)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def through_a_proxy(tmp_path: Path) -> Iterator[tuple[Program, Proxy]]:
    with running_registry() as registry:
        registry.holds(pushed(1))
        proxy = Proxy(("127.0.0.1", registry.server_port))
        nowhere = "http://127.0.0.1:9"
        program = Program(
            tmp_path / "store.sqlite", nowhere, changes={"RECEIVER_PROXY": f"http://127.0.0.1:{proxy.port}"}
        )
        program.start()
        yield program, proxy
        program.stop()
        proxy.close()


def test_the_registry_is_pulled_from_through_the_proxy(through_a_proxy: tuple[Program, Proxy]) -> None:
    program, proxy = through_a_proxy
    assert becomes_true(lambda: program.numbers() == ["L-2026-000001"])
    assert {said.rpartition(" ")[0] for said in proxy.asked} == {"CONNECT 127.0.0.1:9"}


def test_tls_is_with_the_court_under_its_name_and_not_with_the_proxy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as court:
        proxy = Proxy(court.getsockname())
        line = Registry(Client("https://court.example", "a", "b", proxy=("127.0.0.1", proxy.port)))
        calling = threading.Thread(target=_refused, args=(line,))
        calling.start()
        connection, _ = court.accept()
        hello = connection.recv(65536)
        connection.close()
        calling.join(timeout=10)
        proxy.close()
    assert {said.rpartition(" ")[0] for said in proxy.asked} == {"CONNECT court.example:443"}
    assert (hello[:1], b"court.example" in hello) == (b"\x16", True)


def _refused(line: Registry) -> None:
    with pytest.raises(Unreachable):
        line.read_public("/log/checkpoint")


@pytest.mark.parametrize(
    "proxy", ["proxy:3128", "https://proxy:3128", "http://proxy", "http://a:b@proxy:1", "http://p:x"]
)
def test_a_proxy_that_could_not_be_used_is_said_at_the_start(proxy: str, tmp_path: Path) -> None:
    told = {"REGISTRY_URL": "http://127.0.0.1:9", "REGISTRY_CLIENT_ID": "a", "REGISTRY_CLIENT_SECRET": "b"}
    with pytest.raises(BadSetting, match="RECEIVER_PROXY"):
        read_settings(["--store", str(tmp_path / "s"), "--pull-only"], told | {"RECEIVER_PROXY": proxy})
