"""A message whose acknowledgement failed gives its place back to the worker that took it.

A worker has so many messages in its hands at most. kombu counts for ever those that it could not acknowledge (5.7): where Redis was
away when the last of them was done, the worker takes no others, does not look at its connection either, and never notices that it is
broken (celery #8030, #10205; decision 0078).
"""

from __future__ import annotations

from kombu.transport import redis, virtual


class Credit(redis.QoS):
    """What the broker still holds unacknowledged comes again after its time; every task may be done twice."""

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)
        except redis.Transport.connection_errors:
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = Credit


class Transport(redis.Transport):
    Channel = Channel
