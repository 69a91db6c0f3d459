"""The table as a document (`docs/permissions.md`), in English, as the other documents are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from config.permissions.table import GROUPS, TABLE
from registry.lifecycle import ACTS, DECIDERS, Act
from registry.models import Role
from registry.permissions.rows import Officers, Row

HEAD = """# Who may open what

Made from the one table of permissions (`registry/permissions/`, `sharing/permissions/`) by `manage.py permissions`; a test
holds the two equal, another one that every address has a row and every row an address, and a third asks every address as
everybody. What has no row is closed: the gate (`config/permissions/gate.py`) answers 404 and says so in the log.

The gate asks who comes, and the view asks further: whose the one object is that the address names. **Another court's,
another department's, another employer's or another person's is answered as if it were not there**: the same page, the same
headers, the same questions to the database. An officer whose role is not named is told which ones are (403); nobody at all
is led to the sign-in. Why it is so: [0057](decisions/0057-permissions-are-one-table-and-what-is-not-in-it-is-closed.md).

*GET* stands for HEAD as well. *Whose* is the scope of the rows that are found there, *at most* the most that can be read
there of a person.
"""


def document() -> str:
    return "\n".join([HEAD, *_roles(), *_acts(), *_groups()]) + "\n"


def _roles() -> Iterator[str]:
    yield "## By role: how many addresses each officer finds open\n"
    yield "| role | in any court | at the High Court | of them to change something |"
    yield "|---|---|---|---|"
    asked = [row for row in TABLE if isinstance(row.who, Officers)]
    for role in Role:
        anywhere = {row.route for row in asked if isinstance(row.who, Officers) and role in row.who.roles}
        rows = [row for row in asked if isinstance(row.who, Officers) and role in (*row.who.roles, *row.who.high_court)]
        changing = {row.route for row in rows if "POST" in row.methods}
        yield f"| {role.value} | {len(anywhere)} | {len({row.route for row in rows})} | {len(changing)} |"
    yield ""


def _acts() -> Iterator[str]:
    yield "## Acts on listings\n"
    yield "From `registry.lifecycle`, which says from which states, too. What is proposed is decided by a second officer.\n"
    yield "| act | by | decided by | by the High Court's officers for every court |"
    yield "|---|---|---|---|"
    for act in ACTS.values():
        yield f"| {act.name} | {_names(act.roles) or 'the system'} | {_decided(act)} | {'yes' if act.high_court else ''} |"
    yield ""


def _decided(act: Act) -> str:
    return _names(DECIDERS[act.name]) + ", another one" if act.proposed else ""


def _names(roles: tuple[Role, ...]) -> str:
    return ", ".join(role.value for role in roles)


def _groups() -> Iterator[str]:
    for title, rows in GROUPS:
        yield f"## {title}\n"
        yield "| who | addresses | whose | at most | why |"
        yield "|---|---|---|---|---|"
        for (who, scope, shows, why), alike in groupby(rows, _said):
            yield f"| {who} | {_addresses(alike)} | {scope} | {shows} | {why} |"
        yield ""


def _said(row: Row) -> tuple[str, str, str, str]:
    return row.who.spoken, row.scope, row.shows, row.why


def _addresses(rows: Iterable[Row]) -> str:
    by_methods = groupby(rows, lambda row: row.methods)
    return "; ".join(
        f"{', '.join(methods)}: {', '.join(f'`{row.route}`' for row in alike)}" for methods, alike in by_methods
    )
