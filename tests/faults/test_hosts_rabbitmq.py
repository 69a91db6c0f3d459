"""Where the broker matters, the same with RabbitMQ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.hosts import Hosts
from tests.faults.rabbit import PROGRAM, Rabbit
from tests.faults.test_hosts import (  # noqa: F401
    judged,
    listings,
    running_with,
    test_a_network_that_loses_one_packet_in_ten,
    test_a_worker_without_power_is_replaced_by_the_other,
    test_the_broker_without_a_network,
    test_the_broker_without_power_and_with_everything_in_it,
)
from tests.programs import missing

pytestmark = [pytest.mark.hosts, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Hosts]:
    if not PROGRAM.exists():
        missing("RabbitMQ", "apt-get install rabbitmq-server")
    with django_db_blocker.unblock(), running_with(Rabbit, tmp_path_factory.mktemp("rabbitmq")) as made:
        yield made
