"""Who looks for the list of an installation: each service as the user of its unit, in all his groups, with its own environment."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Mapping
from pathlib import Path

import pytest

from config.installing import services
from config.installing.services import Service
from config.installing.writing import Place
from tests.programs import missing, needed

ENVIRONMENTS = {
    "environment": "DATABASE_URL=postgres://registry_application@/registry\nREDIS_URL=redis://127.0.0.1/0\n",
    **{
        f"{zone}.environment": f"REGISTRY_ZONE={zone}\nDATABASE_URL=postgres://registry_{zone}@/registry\n"
        for zone in ("desk", "portal", "public", "worker")
    },
}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "registry"
    folder.mkdir()
    for name, text in ENVIRONMENTS.items():
        (folder / name).write_text(text)
    return Place(tmp_path, tmp_path)


def _seen(zones: str, place: Place) -> dict[str, str]:
    """User → role in the database."""
    answers = {"user": "registry", "zones": zones}
    found = {each.user: _role(each.environment) for each in services.services(answers, place)}
    assert all(each.environment["REDIS_URL"] for each in services.services(answers, place))
    return found


def _role(environment: Mapping[str, str]) -> str:
    return environment["DATABASE_URL"].removeprefix("postgres://").partition("@")[0]


def test_one_process_for_all_zones_looks_as_its_user(place):
    assert _seen("one", place) == {"registry": "registry_application"}


def test_with_zones_apart_nobody_asks_the_database_as_another_than_whom_it_lets_in(place):
    """By peer over the socket (docs/operating.md): zones as users who are called as their roles, the worker as `registry`."""
    assert _seen("apart", place) == {
        "registry": "registry_worker",
        "registry_desk": "registry_desk",
        "registry_portal": "registry_portal",
        "registry_public": "registry_public",
    }


def test_it_looks_in_every_group_of_its_user():
    """The keys are read by the zones through the group `registry`."""
    if os.geteuid() != 0:
        missing("another user", "run as root", in_ci=False)
    named = [(name, group.gr_gid) for group in grp.getgrall() for name in group.gr_mem]
    if not named:
        missing("a user in a second group", "adduser postgres ssl-cert", in_ci=False)
    name, group = named[0]
    said = services.run_by(Service(name, {"PATH": os.environ["PATH"]}), [needed("id", package="coreutils"), "-G"])
    assert {int(each) for each in said.split()} == {group, pwd.getpwnam(name).pw_gid}


def test_a_user_who_is_not_there_is_red_with_the_remedy(place, monkeypatch):
    monkeypatch.setattr(services, "is_root", lambda: True)
    answers = {"user": "nobody_of_this_name", "zones": "apart"}
    found = [(each.part, each.colour, each.remedy) for each in services.look(answers, place, "en")]
    user = "nobody_of_this_name"
    remedy = f"adduser --system --no-create-home {user}_desk && adduser {user}_desk {user}"
    assert ("user", "red", remedy) in found
