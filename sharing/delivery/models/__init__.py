"""What the engine reads and writes: who was told of what, endpoints as readers of the log, held lanes, attempts.

There is no row for what was not yet tried: a reader's backlog is the log between its cursor and the telling cursor.
"""

from sharing.delivery.models.endpoints import (
    IN_FLIGHT_MOST,
    IN_FLIGHT_USUAL,
    PACE_MOST,
    ClientCertificate,
    Endpoint,
    EndpointSecret,
    EndpointStage,
    EndpointState,
    TrustedAuthorities,
)
from sharing.delivery.models.pulses import Process, Pulse
from sharing.delivery.models.telling import MEANT_EVENTS, TellingCursor, Told
from sharing.delivery.models.trying import Attempt, Held, HeldReason

__all__ = [
    "IN_FLIGHT_MOST",
    "IN_FLIGHT_USUAL",
    "MEANT_EVENTS",
    "PACE_MOST",
    "Attempt",
    "ClientCertificate",
    "Endpoint",
    "EndpointSecret",
    "EndpointStage",
    "EndpointState",
    "Held",
    "HeldReason",
    "Process",
    "Pulse",
    "TellingCursor",
    "Told",
    "TrustedAuthorities",
]
