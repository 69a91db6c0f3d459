"""A worker whose broker was away while it wanted to acknowledge all that it had in its hands hears again by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection, Message, Queue
from kombu.transport import redis

from config.valkey import Valkey

pytestmark = pytest.mark.service
PREFETCH = 2
QUEUE = Queue("credit", routing_key="credit")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "broker", tmp_path / "broker.log")
    server.start()
    yield server
    server.stop()


def may_take_more(broker: Valkey, *, transport: str | None = None) -> bool:
    """As many messages as it may have are taken; the broker dies; none can be acknowledged."""
    taken: list[Message] = []
    with Connection(broker.url, transport=transport) as connection, connection.channel() as channel:
        assert isinstance(channel, redis.Channel)
        with connection.Producer(channel) as producer:
            for _ in range(PREFETCH):
                producer.publish("", routing_key=QUEUE.routing_key, declare=[QUEUE])
        channel.basic_qos(0, PREFETCH, False)
        with connection.Consumer([QUEUE], channel=channel, on_message=taken.append):
            while len(taken) < PREFETCH:
                connection.drain_events(timeout=5)
            assert not channel.qos.can_consume()
            broker.child.kill()
            for message in taken:
                with pytest.raises(connection.connection_errors):
                    message.ack()
            may = bool(channel.qos.can_consume())
            broker.start()
    return may


def test_what_could_not_be_acknowledged_gives_its_place_back(broker):
    assert may_take_more(broker)


def test_left_to_itself_kombu_keeps_it_for_ever(broker):
    """Once this fails, `config/operation/credit.py` is not needed any more."""
    assert not may_take_more(broker, transport="kombu.transport.redis:Transport")
