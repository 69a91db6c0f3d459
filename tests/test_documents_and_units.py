"""What an operator is told to type is of the users that the units run as, and closes every door that there is."""

from __future__ import annotations

import re
from pathlib import Path

from config.zones.zone import Zone

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = "\n".join(each.read_text(encoding="utf-8") for each in sorted((ROOT / "docs").glob("*.md")))
BACKUP = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
UNITS = "\n".join(each.read_text(encoding="utf-8") for each in (ROOT / "deploy" / "systemd").glob("*.service"))
TYPED = re.compile(
    r"--uid=([a-z_]+)|install -d -o ([a-z_]+)|^registry +([a-z_]+) +registry_(?:worker|application)", re.MULTILINE
)
ELSEWHERE = {"registry-mutual-tls.conf": "registry.mutual-tls.conf"}  # as the guided installation calls it


def users() -> set[str]:
    """Of the units; a template is of each zone that serves pages."""
    named = set(re.findall(r"^User=(\S+)$", UNITS, re.MULTILINE))
    return {user.replace("%i", zone) for user in named for zone in (Zone.DESK, Zone.PORTAL, Zone.PUBLIC)}


def test_the_users_in_what_is_typed_are_those_of_the_units():
    typed = {user for found in TYPED.findall(DOCUMENTS) for user in found if user}
    assert {"registry", "registry_desk"} <= typed <= users()


def test_a_restore_closes_every_server_that_leads_to_the_portals():
    closing = next(line for line in BACKUP.split("\n1") if "with the portals closed" in line)
    leading = [
        each for each in (ROOT / "deploy" / "nginx").glob("*.conf") if "http://registry_portal" in each.read_text()
    ]
    assert len(leading) == 2
    for each in leading:
        assert f"`{ELSEWHERE.get(each.name, each.name)}`" in closing
