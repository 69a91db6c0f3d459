"""The rows of the demonstration's own pages, which the product does not have. Namespace ``demo``."""

from __future__ import annotations

from registry.permissions.rows import Anybody, Row, Scope, Shows, rows

DEMONSTRATION: tuple[Row, ...] = tuple(
    rows(
        Anybody(),
        Scope.PUBLIC,
        Shows.NOBODY,
        "everybody in it is invented, and it serves this machine alone",
        room="demo",
        read="landing board as_integrator as_applicant breaking follow components paper identity_describe identity_keys "
        "figures",
        both="act_as as_hr as_listed_person attempt identity_authorize tour tour_step tour_lists",
        send="identity_token",
    )
)
