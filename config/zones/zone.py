"""The zones, and the role of each in the database."""

from __future__ import annotations

from enum import StrEnum


class Zone(StrEnum):
    """What ``REGISTRY_ZONE`` may be."""

    ALL = "all"  # one process for everything: the demonstration, development, a small court
    DESK = "desk"
    PORTAL = "portal"  # departments, employers, persons, their programs, and where results are verified
    PUBLIC = "public"
    WORKER = "worker"  # worker and beat
    OWNER = "owner"  # migrations and the operator's commands; serves nothing


KEEPER = "registry_keeper"
SERVING_PAGES = (Zone.ALL, Zone.DESK, Zone.PORTAL, Zone.PUBLIC)
WORKING = (Zone.ALL, Zone.WORKER)
ROLES = {
    Zone.ALL: "registry_application",
    Zone.DESK: "registry_desk",
    Zone.PORTAL: "registry_portal",
    Zone.PUBLIC: "registry_public",
    Zone.WORKER: "registry_worker",
}
# Whoever destroys what the keeper alone may destroy: files and drafts at the desk, what has to go by the clock.
BECOMING_KEEPER = (Zone.ALL, Zone.DESK, Zone.WORKER)
