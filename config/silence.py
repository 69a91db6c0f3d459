"""How soon a peer that fell silent is noticed, on every connection to the database and to the broker.

A host that loses its power or its network says nothing, and the kernel's own patience is two hours. Both ends ask: a
process that waits for an answer must get on, and the server must let go of the locks of a session whose host is gone.
"""

from __future__ import annotations

import socket

IDLE, EVERY, TIMES = 4, 2, 3  # seconds until the first probe and between probes; probes that stay unanswered
UNHEARD = 10  # seconds for which what was sent may stay unacknowledged
# The same of a question to the database, for which somebody waits: a load balancer for fifteen seconds. The kernel looks after 0.2,
# 0.6, 1.4, 3, 6.2 and 12.6 s, or later where the network is slower: with four seconds it is never later than after 8.2. Then it is
# connected anew, by who looks for new code lists and by the page, and neither is there.
ASKED = 4
CONNECT = 3

# What libpq takes, and what the server is asked to do at its own end. Over a socket of the same machine both mean nothing.
DATABASE = {
    "keepalives_idle": IDLE,
    "keepalives_interval": EVERY,
    "keepalives_count": TIMES,
    "tcp_user_timeout": ASKED * 1000,
}
AT_THE_DATABASE = (
    f"-c tcp_keepalives_idle={IDLE} -c tcp_keepalives_interval={EVERY} -c tcp_keepalives_count={TIMES}"
    f" -c tcp_user_timeout={UNHEARD * 1000}"
)

_SOCKET = {
    "TCP_KEEPIDLE": IDLE,
    "TCP_KEEPINTVL": EVERY,
    "TCP_KEEPCNT": TIMES,
    "TCP_USER_TIMEOUT": UNHEARD * 1000,
}
SOCKET = {getattr(socket, name): value for name, value in _SOCKET.items() if hasattr(socket, name)}
