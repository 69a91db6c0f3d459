"""A peer that fell silent is asked after: on the sockets themselves, and by what the server was asked to do at its end."""

from __future__ import annotations

import socket

import pytest
from django.conf import settings
from django.db import connection
from kombu import Connection

from config import broker, silence


def test_the_broker_is_asked_after_on_the_socket_itself():
    with Connection(settings.REDIS_URL, transport_options=broker.transport_options(settings.REDIS_URL)) as opened:
        wire = opened.default_channel.client.connection_pool.get_connection()
        assert wire._sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        found = {option: wire._sock.getsockopt(socket.IPPROTO_TCP, option) for option in silence.SOCKET}
        wire.disconnect()
    assert found == silence.SOCKET


def test_rabbitmq_is_asked_after_too_and_a_socket_of_this_machine_is_not():
    assert broker.transport_options("amqp://mq.internal//")["socket_settings"] == silence.SOCKET
    assert "socket_keepalive" not in broker.transport_options("redis+socket:///run/valkey.sock")


@pytest.mark.django_db
def test_the_database_is_told_to_ask_after_us():
    """Over a socket of the machine the server shows zeros, whatever it was told."""
    asked = connection.settings_dict["OPTIONS"]
    assert silence.AT_THE_DATABASE in asked["options"]
    assert silence.DATABASE.items() <= asked.items()
